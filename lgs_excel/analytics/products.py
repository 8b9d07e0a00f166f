"""Which products are most bought?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args
from zlib import crc32

import pandas as pd
import sqlalchemy as sa

from lgs_excel import formatting as fmt
from lgs_excel.analytics.definition import Definition
from lgs_excel.errors import InputError, nearest
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Snapshot

Ranking = Literal["revenue", "units", "customers"]
RANKINGS: tuple[Ranking, ...] = get_args(Ranking)
TOP_PRODUCTS = 50  # that the workbook shows

DEFINITION = Definition(
    name="products",
    question="Which products are most bought?",
    columns={
        "stock_code": "The product's code, in capitals and trimmed.",
        "description": "Its most frequent description; the first in the alphabet, if several.",
        "units": "Units sold less units cancelled.",
        "revenue": "Sales less cancellations, in pounds.",
        "orders": "Invoices with a sale of it.",
        "customers": "Known customers of those invoices.",
    },
    notes=(
        (
            "Product lines only: codes of five digits and up to two letters, or that start with DCGS; postage, fees "
            "and other charges are left out. The rule is a setting (product_code_pattern)."
        ),
        "Ranked by revenue, units or customers; equal products by their code.",
        "Sales less cancellations: an order that was cancelled within minutes makes no best seller.",
    ),
)


@dataclass(frozen=True)
class ProductRanking:
    """products: the columns of `DEFINITION`, the most bought first. total: how many products were bought or cancelled.
    revenue: of all of them, in pounds; charges: sales less cancellations of everything else.
    """

    products: pd.DataFrame
    total: int
    revenue: float
    charges: float
    by: Ranking


def product_ranking(snapshot: Snapshot, by: Ranking = "revenue", top: int | None = None) -> ProductRanking:
    """The `top` (default: all) products by `by`. Raises InputError for an unknown ranking or a `top` below 1."""
    if by not in RANKINGS:
        raise InputError(f"--by {by!r} is not known. Allowed: {', '.join(RANKINGS)}.{nearest(by, RANKINGS)}")
    if top is not None and top < 1:
        raise InputError(f"--top {top} is too few. Give 1 or more, or leave it out for all.")
    sums = product_sums(snapshot)
    if by == "customers" or top is None:
        ranked = most_bought(_with_buyers(sums, _buyers(snapshot)), by, top)
    else:
        # Counting the buyers of a few products costs a fraction of counting them for all.
        ranked = most_bought(sums, by, top)
        ranked = _with_buyers(ranked, _buyers(snapshot, ranked["stock_code"].tolist()))
    named = labels(snapshot, None if top is None else ranked["stock_code"].tolist())
    ranked = ranked.merge(named, how="left", on="stock_code")
    charges = _charges(snapshot)
    return ProductRanking(ranked[[*DEFINITION.columns]], len(sums), math.fsum(sums["revenue"]), charges, by)


def _bought(snapshot: Snapshot) -> sa.ColumnElement[bool]:
    rows = snapshot.product.c
    return sa.and_(rows.is_product, rows.kind.in_(("sale", "cancellation")))


def product_sums(snapshot: Snapshot) -> pd.DataFrame:
    """stock_code, units, revenue (pounds) of every product that was bought or cancelled, in no order."""
    rows = snapshot.product.c
    return snapshot.frame(
        sa.select(rows.stock_code, sa.func.sum(rows.units).label("units"), sa.func.sum(rows.amount).label("revenue"))
        .where(_bought(snapshot))
        .group_by(rows.stock_code)
    )


def most_bought(products: pd.DataFrame, by: Ranking, top: int | None) -> pd.DataFrame:
    """The first `top` (None: all) of `products` by the column `by`, equal ones by their code."""
    # Sorted here, since engines order text by different rules.
    return products.sort_values([by, "stock_code"], ascending=[False, True], ignore_index=True).head(
        len(products) if top is None else top
    )


def lines_of(snapshot: Snapshot, codes: list[str] | None) -> sa.FromClause:
    """The sale and cancellation lines of all products, or of those in `codes`, kept for several questions.

    stock_code, invoice_no, customer_id, invoice_date, kind, quantity, unit_price.
    """
    line = snapshot.line.c
    few = line.stock_code.in_(snapshot.product_codes if codes is None else codes)
    names = ("stock_code", "invoice_no", "customer_id", "invoice_date", "kind", "quantity", "unit_price")
    lines = sa.select(*(line[name] for name in names)).where(is_of(line, "sale", "cancellation"), few)
    which = "s" if codes is None else f"_{crc32(' '.join(codes).encode()):08x}"
    return snapshot.materialize(f"lgs_product_line{which}", lines)


def _buyers(snapshot: Snapshot, codes: list[str] | None = None) -> pd.DataFrame:
    """stock_code, orders, customers: from the sale lines of all products, or of those in `codes`."""
    line = (snapshot.line if codes is None else lines_of(snapshot, codes)).c
    return snapshot.frame(
        sa.select(
            line.stock_code,
            sa.func.count(line.invoice_no.distinct()).label("orders"),
            sa.func.count(line.customer_id.distinct()).label("customers"),
        )
        .where(is_of(line, "sale"))
        .group_by(line.stock_code)
    )


def _with_buyers(products: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """`products` with their orders and customers, zero where a product was only cancelled."""
    counted = products.merge(buyers, how="left", on="stock_code")
    return counted.fillna({"orders": 0, "customers": 0}).astype({"orders": "int64", "customers": "int64"})


def labels(snapshot: Snapshot, codes: list[str] | None = None) -> pd.DataFrame:
    """stock_code, description: the most frequent one of each product, or of those in `codes`; none where no line has
    any.
    """
    named = snapshot.once("labels", lambda: _labels(snapshot))
    return named if codes is None else named[named["stock_code"].isin(codes)]


def _labels(snapshot: Snapshot) -> pd.DataFrame:
    rows = snapshot.product.c
    label = sa.func.trim(rows.description).label("description")
    select = sa.select(rows.stock_code, label, sa.func.sum(rows.lines).label("lines"))
    counted = snapshot.frame(select.where(_bought(snapshot), label != "").group_by(rows.stock_code, label))
    ordered = counted.sort_values(["stock_code", "lines", "description"], ascending=[True, False, True])
    return ordered.drop_duplicates("stock_code")[["stock_code", "description"]]


def product_name(row: pd.Series, end: str = "") -> str:
    """The description in a row of a table, for a sentence, else the stock code; end: of both columns' names, such as
    "_a".
    """
    text = row[f"description{end}"]
    return fmt.title_form(text) if isinstance(text, str) and text else str(row[f"stock_code{end}"])


def dearest_items(bought: pd.DataFrame, most: int) -> pd.DataFrame:
    """customer_id, items: the descriptions (else codes) of the `most` products on which each customer spent most;
    bought: customer_id, stock_code, description, amount, one row a customer and product.
    """
    named = bought["description"].where(bought["description"].fillna("") != "", bought["stock_code"])
    dearest = bought.assign(item=named).sort_values(["amount", "stock_code"], ascending=[False, True])
    items: dict[str, list[str]] = {}
    # In plain Python: a group of pandas' own for each customer takes fifty times as long.
    for customer, item in zip(dearest["customer_id"], dearest["item"], strict=True):
        mine = items.setdefault(customer, [])
        if len(mine) < most:
            mine.append(item)
    rows = [(customer, ", ".join(mine)) for customer, mine in items.items()]
    return pd.DataFrame(rows, columns=["customer_id", "items"]).astype("object")


def _charges(snapshot: Snapshot) -> float:
    rows = snapshot.product.c
    sums = snapshot.record(
        sa.select(sa.func.coalesce(sa.func.sum(rows.amount), 0).label("charges")).where(
            ~rows.is_product, rows.kind.in_(("sale", "cancellation"))
        )
    )
    return float(sums["charges"])
