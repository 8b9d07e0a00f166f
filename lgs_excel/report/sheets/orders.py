"""Orders: placed, cancelled, cancellation rate by month."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.order_hours import WEEKDAYS
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.report.charts.orders import orders_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.orders import orders_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import monthly_table

COLUMNS = {
    "placed": Column("Placed", Kind.COUNT),
    "cancelled": Column("Cancelled", Kind.COUNT),
    "cancellation_rate": Column("Cancellation rate", Kind.SHARE),
    "placed_notebook": Column("Placed (notebook)", Kind.COUNT),
}


def orders_sheet(orders: MonthlyOrders, hours: pd.DataFrame, context: Context) -> Sheet:
    """The sheet Orders. hours: the columns of order-hours."""
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
            *_hours(hours),
            Note("Placed: invoices with a sale line. Cancelled: invoices that start with C.", Mark.QUIET),
            Note(
                "Placed (notebook) is the first notebook's formula, all invoices − 2 × cancelled, for comparison; it "
                "assumes that each cancellation undoes a whole order of the same month, which few do.",
                Mark.QUIET,
            ),
        ),
    )


def _hours(hours: pd.DataFrame) -> list[Table]:
    """A row an hour, from the first to the last with an order; a column a weekday."""
    if hours.empty:
        return []
    placed = {(row["weekday"], row["hour"]): row["orders"] for row in hours.to_dict("records")}
    rows = tuple(
        (f"{hour:02}:00", *(placed.get((day, hour)) for day in WEEKDAYS))
        for hour in range(hours["hour"].min(), hours["hour"].max() + 1)
    )
    days = tuple(day[:3] for day in WEEKDAYS)
    columns = Column("From", Kind.TEXT), *(Column(day, Kind.COUNT) for day in days)
    caption = "When orders are placed: by hour and weekday, all months shown together"
    return [Table("lgs_Order_Hours", columns, rows, caption, ((days[0], days[-1]),))]


def _finding(orders: MonthlyOrders, context: Context) -> str:
    month = context.last_complete or context.period.last_month
    row = orders.months[orders.months["month"] == pd.Timestamp(month)].iloc[0]
    finding = f"{fmt.long_month(month)}: {fmt.count(row['placed'], 'order')} placed, {row['cancelled']:,} cancelled"
    if fmt.defined(row["cancellation_rate"]):
        finding += f": a cancellation rate of {fmt.percent(row['cancellation_rate'])}"
    return f"{finding}."
