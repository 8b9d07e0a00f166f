"""How much did we sell each month, and did it grow?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.monthly import by_month
from lgs_excel.analytics.trading_days import unfinished_month
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="sales",
    question="How much did we sell each month, and did it grow?",
    columns={
        "month": "Calendar month of the line's invoice date.",
        "gross": "Sum of quantity × unit price over sale lines, in pounds.",
        "cancelled": "The same over cancellation lines (invoices that start with C); zero or below.",
        "adjustments": "The same over adjustment lines (invoices that start with A: bad debt).",
        "net": "The same over all lines: the headline, because it reconciles with the export.",
        "growth": (
            "Net ÷ the month before's net − 1. Blank in the first month, in an unfinished one, and where the month "
            "before's net is not above zero."
        ),
    },
    notes=(
        (
            "The last month is unfinished when trading days are left in it after the shop's last line: it is shown up "
            "to that day, without growth."
        ),
        "Postage and other charges are part of sales; the Products sheet leaves them out.",
    ),
)


@dataclass(frozen=True)
class MonthlySales:
    """months: month (datetime64), gross, cancelled, adjustments, net (float64, pounds), growth (fraction; NaN where it
    is not defined), one row for every month of the period. unfinished: the month that is, or None.
    """

    months: pd.DataFrame
    unfinished: date | None


def monthly_sales(snapshot: Snapshot) -> MonthlySales:
    """Sales by month, with growth; a month without lines has zeros."""
    invoice = snapshot.invoice
    sums = {
        name: sa.func.coalesce(sa.func.sum(invoice.c.amount).filter(invoice.c.kind == kind), 0).label(name)
        for name, kind in (("gross", "sale"), ("cancelled", "cancellation"), ("adjustments", "adjustment"))
    }
    select = sa.select(invoice.c.month, *sums.values(), sa.func.sum(invoice.c.amount).label("net"))
    months = by_month(snapshot, select.group_by(invoice.c.month).order_by(invoice.c.month))
    unfinished = unfinished_month(snapshot.period, snapshot.settings)
    before = months["net"].shift()
    growth = (months["net"] / before.where(before > 0)) - 1
    months["growth"] = growth.mask(months["month"].dt.date == unfinished)
    return MonthlySales(months, unfinished)
