"""Which column of an export is which column of `retail`: header names in any order, case and of every known layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from lgs_excel.errors import InputError, nearest
from lgs_excel.terminal import printable
from lgs_excel.warehouse.schema import COLUMNS

OPTIONAL = ("description", "customer_id", "country")
NEEDED = tuple(name for name in COLUMNS if name not in OPTIONAL)
# The column by which an export of rejected lines says which of them each line mends.
MENDS = "rejected_line"
MOST_ABOVE = 50  # a header is looked for in so many lines
REJECTED_EXTRAS = ("file", "line", "reason", "more")

_NAMES = {
    "invoice_no": ("invoice", "invoiceno"),
    "stock_code": ("stockcode",),
    "description": ("description",),
    "quantity": ("quantity",),
    "invoice_date": ("invoicedate",),
    "unit_price": ("unitprice", "price"),
    "customer_id": ("customerid",),
    "country": ("country",),
    MENDS: ("rejectedline",),
}
# What other shops' tools call them. A column of a known layout goes before them.
_SYNONYMS = {
    "invoice_no": (
        "invoicenumber", "invoicenum", "invoiceid", "orderid", "orderno", "ordernumber", "order", "receiptno",
        "receiptnumber", "documentno", "documentnumber",
    ),
    "stock_code": (
        "sku", "item", "itemcode", "itemno", "itemnumber", "productcode", "productid", "productno", "stockno",
        "article",
        "articleno", "articlenumber",
    ),
    "description": ("productname", "productdescription", "itemdescription", "itemname", "product", "title"),
    "quantity": ("qty", "units", "qtysold", "unitssold", "quantitysold", "quantityordered", "qtyordered"),
    "invoice_date": (
        "date", "orderdate", "datetime", "invoicedatetime", "orderdatetime", "timestamp", "saledate", "salesdate",
        "transactiondate", "dateofinvoice",
    ),
    "unit_price": ("priceeach", "itemprice", "priceperunit", "unitpricegbp", "pricegbp", "sellingprice"),
    "customer_id": ("customer", "customerno", "customernumber", "customercode", "clientid", "accountno"),
    "country": ("shipcountry", "shippingcountry", "customercountry", "billingcountry", "countryname", "shiptocountry"),
}  # fmt: skip
_KNOWN = {name: column for column, names in _NAMES.items() for name in names}
_KNOWN_ELSEWHERE = {name: column for column, names in _SYNONYMS.items() for name in names}


@dataclass(frozen=True)
class Header:
    """Where each known column stands: `places` maps its name to a zero-based position of `width` columns;
    `left_out` are the names of columns that nobody here knows; `understood` says which names were read as which
    columns, where they are of no known layout.
    """

    places: dict[str, int]
    width: int
    left_out: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed columns that the header lacks."""
        return tuple(name for name in NEEDED if name not in self.places)


def named_columns(said: Sequence[str]) -> dict[str, str]:
    """The columns that somebody named, as `invoice_no=Document`; the later of two wins. Raises InputError for another
    form and an unknown column.
    """
    names = {}
    for one in said:
        column, equals, name = one.partition("=")
        column, name = column.strip(), name.strip().strip('"')
        if not equals or not name or column not in COLUMNS:
            raise InputError(
                f"The column {printable(one)!r} can't be used.{nearest(column, COLUMNS)} Write the name here, an "
                f'equals sign and the name in the export: invoice_no="Document". Columns: {", ".join(COLUMNS)}.'
            )
        names[column] = name
    return names


def read_header(names: Sequence[str], place: str, named: Mapping[str, str] = MappingProxyType({})) -> Header:
    """The header whose cells are `names`; `place` names the file (and sheet) in an error; `named` are the names that
    somebody gave for this export, which go before all others.

    Raises InputError when two cells mean the same column.
    """
    ours = {_folded(name): column for column, name in named.items()}
    places: dict[str, int] = {}
    left_out: dict[int, None] = {}
    understood: list[str] = []
    for known in (ours, _KNOWN, _KNOWN_ELSEWHERE):
        found: dict[str, int] = {}
        for position, name in enumerate(names):
            column = known.get(_folded(name))
            if not column or column in places or position in places.values():
                continue
            if column in found:
                raise InputError(
                    f"{place} has two columns for {column}: {printable(names[found[column]], 40)!r} and "
                    f"{printable(name, 40)!r}. One is allowed; delete or rename the other and load it again, or say "
                    f'which it is: --column {column}="{printable(name, 40)}".'
                )
            found[column] = position
        places.update(found)
        if known is not _KNOWN:
            understood.extend(f"{printable(names[at].strip(), 40)} read as {column}" for column, at in found.items())
    left_out.update(dict.fromkeys(at for at, name in enumerate(names) if name.strip() and at not in places.values()))
    others = [printable(names[at].strip(), 40) for at in left_out]
    if MENDS in places:  # an export of rejected lines: what it says beside them is ours
        others = [name for name in others if name not in REJECTED_EXTRAS]
    return Header(places, len(names), tuple(others), tuple(understood))


def find_header(rows: Sequence[Sequence[str]], place: str, named: Mapping[str, str]) -> int:
    """The position of the row that names the columns: the first with every needed one, else that with most of them."""
    best, most = 0, -1
    for position, names in enumerate(rows):
        try:
            header = read_header(names, place, named)
        except InputError:  # two columns of one meaning: said when it is settled that this is the header
            found = len({*map(_folded, names)} & {*_KNOWN, *_KNOWN_ELSEWHERE})
        else:
            if not header.missing:
                return position
            found = len(header.places)
        if found > most and any(name.strip() for name in names):
            best, most = position, found
    return best


def passed_over(lines: int) -> tuple[str, ...]:
    """What is said of lines above the header."""
    return (f"{lines} title line{'' if lines == 1 else 's'} passed over",) if lines else ()


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def require_columns(header: Header, names: Sequence[str], place: str) -> None:
    """Raises InputError unless the header has every needed column."""
    if header.missing:
        others = [name.strip()[:40] for name in names if name.strip()]
        found = ", ".join(others[:20]) or "nothing"
        near = [(column, match) for column in header.missing for match in _near(column, header.left_out)]
        column, name = near[0] if near else (header.missing[0], "NAME")
        raise InputError(
            f"{place} lacks {_list(header.missing)}. Found: {printable(found)}. Needed in one of its first "
            f"{MOST_ABOVE} lines, in any order: Invoice, StockCode, Quantity, InvoiceDate, Price (and Description, "
            "Customer ID, Country if there). Export it again with its header line, or say what it calls a column: "
            f'--column {column}="{name}".'
        )


def _near(column: str, names: Sequence[str]) -> list[str]:
    """The names that look like one of this column."""
    known = [*_NAMES[column], *_SYNONYMS[column]]
    by_folded = {_folded(name): name for name in names}
    found = [match for one in known for match in get_close_matches(one, by_folded, n=1, cutoff=0.7)]
    return [by_folded[match] for match in found[:1]]


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
