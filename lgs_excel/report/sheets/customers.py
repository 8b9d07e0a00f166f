"""Customers: active, new and existing by month."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.report.charts.customers import customers_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.customers import customers_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import monthly_table

COLUMNS = {
    "active": Column("Active", Kind.COUNT),
    "new": Column("New", Kind.COUNT),
    "existing": Column("Existing", Kind.COUNT),
}


def customers_sheet(customers: MonthlyCustomers, context: Context) -> Sheet:
    """The sheet Customers."""
    starts = customers.history_starts
    remarks = {f"m{starts:%Y_%m}": "history starts here"} if starts else {}
    notes = [
        Note("New: the first sale in the whole history is in this month. Existing: bought before.", Mark.QUIET),
        Note(_coverage(customers), Mark.QUIET),
    ]
    if starts:
        notes.insert(
            1,
            Note(f"In {fmt.month(starts)} every customer counts as new: the history starts there.", Mark.QUIET),
        )
    reach = context.unfinished, context.period.data_through
    return Sheet(
        title="Customers",
        finding=_finding(customers, context),
        coverage=context.coverage,
        blocks=(
            monthly_table("lgs_Customers", customers.months, COLUMNS, context, **remarks),
            make_chart(
                "lgs_chart_customers",
                customers_message(customers, *reach),
                context.style,
                customers_figure,
                customers,
                *reach,
            ),
            *notes,
        ),
    )


def _coverage(customers: MonthlyCustomers) -> str:
    if not fmt.defined(customers.share_without_customer):
        return "There are no sales in this period."
    return f"{fmt.percent(customers.share_without_customer)} of gross sales name no customer and are not counted here."


def _finding(customers: MonthlyCustomers, context: Context) -> str:
    month = context.last_complete or context.period.last_month
    row = customers.months[customers.months["month"] == pd.Timestamp(month)].iloc[0]
    return (
        f"{fmt.long_month(month)}: {fmt.count(row['active'], 'active customer')}, of whom {row['new']:,} new and "
        f"{row['existing']:,} existing."
    )
