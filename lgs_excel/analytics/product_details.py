"""How do the products do: who buys them again, who cancels them, at which price, since when?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.intervals import wilson
from lgs_excel.analytics.products import labels, lines_of, product_sums
from lgs_excel.warehouse.snapshot import Snapshot

UNDONE_WITHIN = timedelta(hours=1)
A, B = 0.80, 0.95  # shares of revenue up to which a product's class goes
_TINY = 1e-6  # pounds: far below a penny, far above what adding up loses

DEFINITION = Definition(
    name="product-details",
    question="How do the products do: who buys them again, who cancels them, at which price, since when?",
    columns={
        "stock_code": "The product's code, in capitals and trimmed.",
        "description": "Its most frequent description; the first in the alphabet, if several.",
        "abc": "A: the products that make the first 80% of revenue. B: those that make the next 15%. C: the rest.",
        "repeat_rate": "Of the known customers who bought it, the share with two or more order days of it.",
        "orders": "Invoices with a sale of it.",
        "cancelled": "Cancellation invoices with it.",
        "undone": "Of these, those that took a sale back within the hour: same customer, product and quantity.",
        "cancelled_share": (
            "Cancelled ÷ (orders + cancelled), without the orders that were undone within the hour and what undid them."
        ),
        "low95": "In 19 of 20 cases its true share of cancelled orders is above this and …",
        "high95": "… below this (Wilson's interval).",
        "price": "The usual price, in pounds: of most sale lines in the last month with one; the lowest, if several.",
        "price_changes": "Months whose usual price is not that of the month with a sale before.",
        "first_sold": "The day of the first sale in the period.",
        "last_sold": "The day of the last sale in the period.",
    },
    notes=(
        "By revenue, the most first; product lines only, as in products. Revenue of the classes: as in products.",
        "With few orders a share of cancelled ones is luck: compare the interval, and not the share.",
    ),
    source="Wilson's interval: Journal of the American Statistical Association 22 (1927).",
)


def product_details(snapshot: Snapshot, codes: list[str] | None = None) -> pd.DataFrame:
    """The columns of `DEFINITION`: counts as int64, shares and pounds as float64, days as datetime64; of every product
    of the period, or of those in `codes`.
    """
    products = _classes(product_sums(snapshot))
    if codes is not None:
        products = products[products["stock_code"].isin(codes)]
    lines = lines_of(snapshot, codes)
    for part in (
        labels(snapshot, codes),
        _counts(snapshot, lines),
        _repeats(snapshot, lines),
        _undone(snapshot, lines),
        _prices(snapshot, lines),
    ):
        products = products.merge(part, how="left", on="stock_code")
    whole = ["orders", "cancelled", "undone", "undone_orders", "price_changes"]
    products = products.fillna(dict.fromkeys(whole, 0)).astype(dict.fromkeys(whole, "int64"))
    cancelled = products["cancelled"] - products["undone"]
    trials = (products["orders"] - products["undone_orders"] + cancelled).where(lambda number: number > 0)
    low, high = wilson(cancelled, trials.astype("float64"))
    products = products.assign(cancelled_share=cancelled / trials, low95=low, high95=high)
    return products[[*DEFINITION.columns]].reset_index(drop=True)


def cancelled_of_all(details: pd.DataFrame) -> float:
    """The share of cancelled orders of all the products of `details` together, NaN without any order."""
    cancelled = (details["cancelled"] - details["undone"]).sum()
    trials = details["orders"].sum() + cancelled
    return float(cancelled / trials) if trials else float("nan")


def _classes(sums: pd.DataFrame) -> pd.DataFrame:
    """stock_code, abc, by revenue; no class where there is no revenue."""
    ranked = sums.sort_values(["revenue", "stock_code"], ascending=[False, True], ignore_index=True)
    total, upto = ranked["revenue"].sum(), ranked["revenue"].cumsum()
    abc = np.select([upto <= A * total + _TINY, upto <= B * total + _TINY], ["A", "B"], "C").astype("object")
    if len(abc):
        abc[0] = "A"  # also where it makes more than that alone
    return ranked[["stock_code"]].assign(abc=abc if total > 0 else "")


def _counts(snapshot: Snapshot, lines: sa.FromClause) -> pd.DataFrame:
    """stock_code, orders, cancelled, first_sold, last_sold."""
    line = lines.c
    # An invoice is a row, and rows are counted: an engine that counts different values sorts them first.
    invoice = (
        sa.select(
            line.stock_code,
            line.kind,
            sa.cast(sa.func.min(line.invoice_date), sa.Date).label("first"),
            sa.cast(sa.func.max(line.invoice_date), sa.Date).label("last"),
        )
        .group_by(line.stock_code, line.kind, line.invoice_no)
        .subquery("invoice")
    ).c
    sale = invoice.kind == "sale"
    return snapshot.frame(
        sa.select(
            invoice.stock_code,
            sa.func.count().filter(sale).label("orders"),
            sa.func.count().filter(~sale).label("cancelled"),
            sa.func.min(invoice.first).filter(sale).label("first_sold"),
            sa.func.max(invoice.last).filter(sale).label("last_sold"),
        ).group_by(invoice.stock_code)
    )


def _repeats(snapshot: Snapshot, lines: sa.FromClause) -> pd.DataFrame:
    """stock_code, repeat_rate."""
    line = lines.c
    days = sa.func.count(sa.cast(line.invoice_date, sa.Date).distinct()).label("days")
    bought = (
        sa.select(line.stock_code, line.customer_id, days)
        .where(line.kind == "sale", line.customer_id.is_not(None))
        .group_by(line.stock_code, line.customer_id)
        .subquery("bought")
    ).c
    again = sa.func.sum(sa.case((bought.days > 1, 1), else_=0)).label("again")
    found = snapshot.frame(
        sa.select(bought.stock_code, sa.func.count().label("customers"), again).group_by(bought.stock_code)
    )
    return found[["stock_code"]].assign(repeat_rate=found["again"].astype("float64") / found["customers"])


def _undone(snapshot: Snapshot, lines: sa.FromClause) -> pd.DataFrame:
    """stock_code, undone (cancellation invoices), undone_orders (the invoices that they took back)."""
    line, sale = lines.c, lines.alias("sold").c
    pairs = snapshot.frame(
        sa.select(
            line.stock_code,
            line.invoice_no.label("cancellation"),
            sale.invoice_no.label("sale"),
            line.invoice_date.label("cancelled_at"),
            sale.invoice_date.label("sold_at"),
        ).where(
            line.kind == "cancellation",
            sale.kind == "sale",
            sale.stock_code == line.stock_code,
            sale.customer_id == line.customer_id,
            sale.quantity == -line.quantity,
            sale.invoice_date <= line.invoice_date,
        )
    )
    soon = pairs[pairs["cancelled_at"] - pairs["sold_at"] <= UNDONE_WITHIN]
    counts = soon.groupby("stock_code")[["cancellation", "sale"]].nunique()
    return counts.rename(columns={"cancellation": "undone", "sale": "undone_orders"}).reset_index()


def _prices(snapshot: Snapshot, lines: sa.FromClause) -> pd.DataFrame:
    """stock_code, price, price_changes."""
    line = lines.c
    month: sa.ColumnElement[Any] = 12 * sa.extract("year", line.invoice_date) + sa.extract("month", line.invoice_date)
    keys = [line.stock_code, sa.cast(month, sa.Integer).label("month"), line.unit_price]
    counted = snapshot.frame(
        sa.select(*keys, sa.func.count().label("lines"))
        .where(line.kind == "sale")
        .group_by(line.stock_code, month, line.unit_price)
    )
    ordered = counted.sort_values(["stock_code", "month", "lines", "unit_price"], ascending=[True, True, False, True])
    usual = ordered.drop_duplicates(["stock_code", "month"])
    same = usual["stock_code"] == usual["stock_code"].shift()
    changed = usual.assign(price_changes=same & (usual["unit_price"] != usual["unit_price"].shift()))
    by_code = changed.groupby("stock_code", as_index=False)
    return by_code.agg(price=("unit_price", "last"), price_changes=("price_changes", "sum"))
