"""Which column of an export is which column of `retail`: header names in any order, case and of every known layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lgs_excel.errors import InputError
from lgs_excel.warehouse.schema import COLUMNS

OPTIONAL = ("description", "customer_id", "country")
NEEDED = tuple(name for name in COLUMNS if name not in OPTIONAL)
# The column by which an export of rejected lines says which of them each line mends.
MENDS = "rejected_line"
REJECTED_EXTRAS = ("file", "line", "reason", "more")

_ALIASES = {
    "invoice": "invoice_no",
    "invoiceno": "invoice_no",
    "invoicenumber": "invoice_no",
    "stockcode": "stock_code",
    "description": "description",
    "quantity": "quantity",
    "invoicedate": "invoice_date",
    "unitprice": "unit_price",
    "price": "unit_price",
    "customerid": "customer_id",
    "country": "country",
    "rejectedline": MENDS,
}


@dataclass(frozen=True)
class Header:
    """Where each known column stands: `places` maps its name to a zero-based position of `width` columns;
    `left_out` are the names of columns that nobody here knows.
    """

    places: dict[str, int]
    width: int
    left_out: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed columns that the header lacks."""
        return tuple(name for name in NEEDED if name not in self.places)


def read_header(names: Sequence[str], place: str) -> Header:
    """The header whose cells are `names`; `place` names the file (and sheet) in an error.

    Raises InputError when two cells mean the same column.
    """
    places: dict[str, int] = {}
    left_out: list[str] = []
    for position, name in enumerate(names):
        known = _ALIASES.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if known in places:
            raise InputError(
                f"{place} has two columns for {known}: {names[places[known]]!r} and {name!r}. "
                "One is allowed; delete or rename the other and load it again."
            )
        if known:
            places[known] = position
        elif name.strip():
            left_out.append(printable(name.strip(), 40))
    if MENDS in places:  # an export of rejected lines: what it says beside them is ours
        left_out = [name for name in left_out if name not in REJECTED_EXTRAS]
    return Header(places, len(names), tuple(left_out))


def require_columns(header: Header, names: Sequence[str], place: str) -> None:
    """Raises InputError unless the header has every needed column."""
    if header.missing:
        found = ", ".join(name.strip()[:40] for name in names[:20] if name.strip()) or "nothing"
        raise InputError(
            f"{place} lacks {_list(header.missing)}. Found: {printable(found)}. Needed in its first line, in any "
            "order: Invoice, StockCode, Quantity, InvoiceDate, Price (and Description, Customer ID, Country if "
            "there). Export it again with its header line."
        )


def printable(text: str, most: int = 200) -> str:
    """`text` in one line that a terminal can show: control characters as escapes, cut at `most` characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]} …"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
