"""Orders: placed, cancelled, cancellation rate by month."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.report.charts.orders import orders_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.orders import orders_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import monthly_table

COLUMNS = {
    "placed": Column("Placed", Kind.COUNT),
    "cancelled": Column("Cancelled", Kind.COUNT),
    "cancellation_rate": Column("Cancellation rate", Kind.SHARE),
    "placed_notebook": Column("Placed (notebook)", Kind.COUNT),
}


def orders_sheet(orders: MonthlyOrders, context: Context) -> Sheet:
    """The sheet Orders."""
    reach = context.unfinished, context.period.data_through
    return Sheet(
        title="Orders",
        finding=_finding(orders, context),
        coverage=context.coverage,
        blocks=(
            monthly_table("lgs_OrdersByMonth", orders.months, COLUMNS, context),
            make_chart(
                "lgs_chart_orders", orders_message(orders, *reach), context.style, orders_figure, orders, *reach
            ),
            Note("Placed: invoices with a sale line. Cancelled: invoices that start with C.", Mark.QUIET),
            Note(
                "Placed (notebook) is the first notebook's formula, all invoices − 2 × cancelled, for comparison; it "
                "assumes that each cancellation undoes a whole order of the same month, which few do.",
                Mark.QUIET,
            ),
        ),
    )


def _finding(orders: MonthlyOrders, context: Context) -> str:
    month = context.last_complete or context.period.last_month
    row = orders.months[orders.months["month"] == pd.Timestamp(month)].iloc[0]
    finding = f"{fmt.long_month(month)}: {fmt.count(row['placed'], 'order')} placed, {row['cancelled']:,} cancelled"
    if fmt.defined(row["cancellation_rate"]):
        finding += f": a cancellation rate of {fmt.percent(row['cancellation_rate'])}"
    return f"{finding}."
