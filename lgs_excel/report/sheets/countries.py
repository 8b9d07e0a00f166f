"""Countries: how much each buys, and how that changes."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.countries import countries_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.countries import countries_message, countries_title
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import table

COLUMNS = {
    "country": Column("Country", Kind.TEXT),
    "net": Column("Net sales", Kind.MONEY),
    "share": Column("Share", Kind.SHARE),
    "gross": Column("Gross sales", Kind.MONEY),
    "orders": Column("Orders", Kind.COUNT),
    "customers": Column("Customers", Kind.COUNT),
    "average_order": Column("Average order", Kind.PENCE),
    "growth": Column("Growth", Kind.CHANGE),
}


def countries_sheet(countries: pd.DataFrame, context: Context) -> Sheet:
    """The sheet Countries. countries: the columns of its definition."""
    message = countries_message(countries)
    return Sheet(
        title="Countries",
        finding=f"{countries_title(countries)}.",
        coverage=context.coverage,
        blocks=(
            table("lgs_SalesByCountry", countries, COLUMNS),
            make_chart("lgs_chart_countries", message, context.style, countries_figure, countries),
            Note(_growth(context), Mark.QUIET),
        ),
    )


def _growth(context: Context) -> str:
    last = context.last_complete
    if not last:
        return "No month is complete yet, so that there is no growth."
    return f"Growth: net sales of {fmt.month(last)} against the month before; blank where that had none."
