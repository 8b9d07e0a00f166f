"""How many orders were placed and cancelled each month?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.monthly import by_month
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="orders",
    question="How many orders were placed and cancelled each month?",
    columns={
        "month": "Calendar month of the line's invoice date.",
        "placed": "Invoices with at least one sale line.",
        "cancelled": "Invoices that start with C.",
        "cancellation_rate": "Cancelled ÷ (placed + cancelled). Blank in a month without either.",
        "placed_notebook": (
            "For comparison: all invoices − 2 × cancelled, the first notebook's formula. It assumes that each "
            "C-invoice undoes a whole order of the same month, which few do."
        ),
    },
    notes=(
        (
            "Bridge: placed_notebook = placed + invoices without a sale line or a C (free goods, corrections, "
            "adjustments) − cancelled."
        ),
    ),
)


@dataclass(frozen=True)
class MonthlyOrders:
    """months: month (datetime64), placed, cancelled (int64), cancellation_rate (fraction), placed_notebook (int64),
    one row for every month of the period.
    """

    months: pd.DataFrame


def monthly_orders(snapshot: Snapshot) -> MonthlyOrders:
    """Orders by month; a month without lines has zeros and no rate."""
    invoice = snapshot.invoice
    numbers = sa.func.count(invoice.c.invoice_no.distinct())
    select = sa.select(
        invoice.c.month,
        numbers.filter(invoice.c.kind == "sale").label("placed"),
        numbers.filter(invoice.c.kind == "cancellation").label("cancelled"),
        numbers.label("invoices"),
    )
    months = by_month(snapshot, select.group_by(invoice.c.month).order_by(invoice.c.month))
    asked_for = months["placed"] + months["cancelled"]
    months["cancellation_rate"] = months["cancelled"] / asked_for.where(asked_for > 0)
    months["placed_notebook"] = months.pop("invoices") - 2 * months["cancelled"]
    return MonthlyOrders(months)
