"""How many customers bought each month, and how many of them were new?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.monthly import by_month
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="customers",
    question="How many customers bought each month, and how many of them were new?",
    columns={
        "month": "Calendar month of the line's invoice date.",
        "active": "Customers with at least one sale line in the month.",
        "new": "Those of them whose first sale in the whole history is in this month.",
        "existing": "Active − new.",
    },
    notes=(
        (
            "First sales are judged on the whole history (of the countries shown) before the end of the period, "
            "whatever the first month shown."
        ),
        "In the history's own first month every customer counts as new: nobody knows who bought before.",
        "Lines without a customer can't be counted here; the sheet says which share of sales they are.",
    ),
)


@dataclass(frozen=True)
class MonthlyCustomers:
    """months: month (datetime64), active, new, existing (int64), one row for every month of the period.
    history_starts: the history's first month if it is shown, else None. share_without_customer: of the period's gross
    sales, a fraction (NaN without sales).
    """

    months: pd.DataFrame
    history_starts: date | None
    share_without_customer: float


def monthly_customers(snapshot: Snapshot) -> MonthlyCustomers:
    """Active, new and existing customers by month; a month without sales has zeros."""
    sale = sa.and_(snapshot.history.c.kind == "sale", snapshot.history.c.customer_id.is_not(None))
    bought = (
        sa.select(snapshot.history.c.customer_id, snapshot.history.c.month).where(sale).distinct().subquery("bought")
    )
    first = sa.func.min(bought.c.month).over(partition_by=bought.c.customer_id).label("first")
    known = sa.select(bought, first).subquery("known")
    select = (
        sa.select(
            known.c.month,
            sa.func.count().label("active"),
            sa.func.count().filter(known.c.first == known.c.month).label("new"),
        )
        .where(known.c.month >= snapshot.period.first_month)
        .group_by(known.c.month)
        .order_by(known.c.month)
    )
    months = by_month(snapshot, select)
    months["existing"] = months["active"] - months["new"]
    starts = snapshot.period.history_month
    return MonthlyCustomers(
        months, starts if starts == snapshot.period.first_month else None, _share_without_customer(snapshot)
    )


def _share_without_customer(snapshot: Snapshot) -> float:
    invoice = snapshot.invoice
    sums = snapshot.record(
        sa.select(
            sa.func.sum(invoice.c.amount).label("gross"),
            sa.func.coalesce(sa.func.sum(invoice.c.amount).filter(invoice.c.customer_id.is_(None)), 0).label("unknown"),
        ).where(invoice.c.kind == "sale")
    )
    return float(sums["unknown"] / sums["gross"]) if sums["gross"] else float("nan")
