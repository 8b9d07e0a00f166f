"""Sales: gross, cancelled, adjustments, net, growth by month."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.sales import sales_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.sales import sales_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import monthly_table

COLUMNS = {
    "gross": Column("Gross sales", Kind.MONEY),
    "cancelled": Column("Cancelled", Kind.MONEY),
    "adjustments": Column("Adjustments", Kind.MONEY),
    "net": Column("Net sales", Kind.MONEY),
    "growth": Column("Growth", Kind.CHANGE),
}


def sales_sheet(sales: MonthlySales, context: Context) -> Sheet:
    """The sheet Sales."""
    through = context.period.data_through
    return Sheet(
        title="Sales",
        finding=_finding(sales, context),
        coverage=context.coverage,
        blocks=(
            monthly_table("lgs_SalesByMonth", sales.months, COLUMNS, context),
            make_chart("lgs_chart_sales", sales_message(sales, through), context.style, sales_figure, sales, through),
            Note(
                "Net sales are all lines of the export: sales less cancellations and bad-debt adjustments.", Mark.QUIET
            ),
            Note("Growth is net sales against the month before; an unfinished month has none.", Mark.QUIET),
        ),
    )


def _finding(sales: MonthlySales, context: Context) -> str:
    if not context.last_complete:
        return f"Net sales to {fmt.day(context.period.data_through)}: {fmt.money(sales.months['net'].sum())}."
    complete = sales.months[sales.months["month"] <= pd.Timestamp(context.last_complete)]
    last = complete.iloc[-1]
    finding = f"{fmt.long_month(last['month'])}: net sales {fmt.money(last['net'])}"
    if fmt.defined(last["growth"]):
        finding += f", {fmt.change(last['growth'])} on {fmt.long_month(complete['month'].iloc[-2])}"
    if len(complete) > 2 and last["net"] == complete["net"].max():
        finding += f"; the best of {len(complete)} months"
    return f"{finding}."
