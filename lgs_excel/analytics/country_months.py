"""How much did each country buy each month?"""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from lgs_excel.warehouse.filters import check_countries
from lgs_excel.warehouse.snapshot import Snapshot


def monthly_countries(snapshot: Snapshot) -> pd.DataFrame:
    """country, month (datetime64), net (float64, pounds), placed, cancelled, active, new (int64): for each country what
    sales, orders and customers say under a filter on that country alone. In the order of country and month; no row for
    a month in which a country has no line. A country that is spelt in several ways is one, by its first spelling.
    """
    orders = _orders(snapshot).set_index(["country", "month"])
    customers = _customers(snapshot).set_index(["country", "month"])
    return (
        orders.join(customers)
        .fillna({"active": 0, "new": 0})
        .astype({"active": "int64", "new": "int64"})
        .sort_index()
        .reset_index()
    )


def _orders(snapshot: Snapshot) -> pd.DataFrame:
    rows = snapshot.invoice.c
    country = country_name(snapshot, rows.country)
    numbers = sa.func.count(rows.invoice_no.distinct())
    return snapshot.frame(
        sa.select(
            country,
            rows.month,
            sa.func.sum(rows.amount).label("net"),
            numbers.filter(rows.kind == "sale").label("placed"),
            numbers.filter(rows.kind == "cancellation").label("cancelled"),
        ).group_by(country, rows.month)
    )


def _customers(snapshot: Snapshot) -> pd.DataFrame:
    """country, month, active, new; a customer of two countries is new once in each."""
    rows = snapshot.history.c
    bought = (
        sa.select(country_name(snapshot, rows.country), rows.customer_id, rows.month)
        .where(rows.kind == "sale", rows.customer_id.is_not(None))
        .distinct()
        .subquery("bought")
    )
    first = sa.func.min(bought.c.month).over(partition_by=[bought.c.country, bought.c.customer_id]).label("first")
    known = sa.select(bought, first).subquery("known")
    return snapshot.frame(
        sa.select(
            known.c.country,
            known.c.month,
            sa.func.count().label("active"),
            sa.func.count().filter(known.c.first == known.c.month).label("new"),
        )
        .where(known.c.month >= snapshot.period.first_month)
        .group_by(known.c.country, known.c.month)
    )


def country_name(snapshot: Snapshot, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """`column` by the spelling that stands for all of a country's."""
    spelling = {name: check_countries((name,), snapshot.countries)[0] for name in snapshot.countries}
    others = {name: first for name, first in spelling.items() if name != first}
    return (sa.case(others, value=column, else_=column) if others else column).label("country")
