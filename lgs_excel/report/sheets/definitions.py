"""Definitions: what every figure means, in the words of the analyses."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from lgs_excel import formatting as fmt
from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.report.context import Context
from lgs_excel.report.layout import FIRST_BLOCK_ROW
from lgs_excel.report.model import Cell, Column, Kind, Mark, Sheet, Table, Value
from lgs_excel.report.sheets import (
    at_risk,
    buy_list,
    countries,
    customers,
    forecast,
    orders,
    pairs,
    products,
    rfm,
    sales,
    season,
    second_order,
    this_week,
)

# The sheet that shows an analysis, and the headings under which it shows its columns.
_SHEETS: dict[str, tuple[str, Mapping[str, Column]]] = {
    "this-week": ("This week", this_week.COLUMNS),
    "sales": ("Sales", sales.COLUMNS),
    "forecast": ("Forecast", forecast.COLUMNS),
    "forecast-backtest": ("Forecast", forecast.BACKTEST_COLUMNS),
    "orders": ("Orders", orders.COLUMNS),
    "order-hours": ("Orders", {}),
    "invoices": ("Invoices", {}),
    "countries": ("Countries", countries.COLUMNS),
    "customers": ("Customers", customers.COLUMNS),
    "cohorts": ("Cohorts", {}),
    "cohort-average": ("Cohorts", {}),
    "second-order": ("Second order", {}),
    "second-order-horizons": ("Second order", second_order.HORIZON_COLUMNS),
    "first-products": ("Second order", second_order.PRODUCT_COLUMNS),
    "second-order-due": ("Second order", second_order.DUE_COLUMNS),
    "rfm-segments": ("RFM", rfm.SEGMENT_COLUMNS),
    "movement": ("RFM", {}),
    "rfm-customers": ("RFM Customers", rfm.CUSTOMER_COLUMNS),
    "at-risk": ("Customers at risk", at_risk.COLUMNS),
    "products": ("Products", products.COLUMNS),
    "product-forecast": ("Products", products.FORECAST_COLUMNS),
    "product-details": ("Products", products.DETAIL_COLUMNS),
    "buy-list": ("Buy list", buy_list.COLUMNS),
    "pairs": ("Pairs", pairs.COLUMNS),
    "season": ("Season calendar", season.COLUMNS),
    "season-months": ("Season calendar", {}),
    "changes": ("Summary", {}),
    "checks": ("Checks", {}),
}
_COLUMNS = (
    Column("Sheet", Kind.TEXT, 16),
    Column("Figure", Kind.TEXT, 24),
    Column("Meaning", Kind.LONG_TEXT, 96),
    Column("Name in lgs-excel show", Kind.TEXT, 36),
)


def with_ways(sheet: Sheet, definitions: Sheet) -> Sheet:
    """A sheet with its ways back to the Summary, and to what its figures mean."""
    (table,) = definitions.tables
    titles = [row[0].value if isinstance(row[0], Cell) else row[0] for row in table.rows]
    ways = [Cell("← Summary", link="Summary")]
    if sheet.title in titles:
        row = FIRST_BLOCK_ROW + 2 + titles.index(sheet.title)  # it has ways itself, and headers
        ways.append(Cell("? What each figure means", link=f"{definitions.title}!A{row}"))
    return replace(sheet, ways=tuple(ways))


def definitions_sheet(context: Context, titles: Container[str] | None = None) -> Sheet:
    """The sheet Definitions. titles: of the sheets that there are, if not of all."""
    rows: list[tuple[Value | Cell, ...]] = []
    for name, (sheet, headings) in _SHEETS.items():
        if titles is not None and sheet not in titles:
            continue
        definition = CATALOGUE[name].definition
        link = Cell(sheet, link=sheet)
        rows.append((link, Cell("What it answers", mark=Mark.QUIET), fmt.in_currency(definition.question), name))
        for figure, meaning in definition.columns.items():
            heading = headings[figure].header if figure in headings else figure.replace("_", " ").capitalize()
            rows.append((link, heading, fmt.in_currency(meaning), f"{name}: {figure}"))
        rows += [(link, Cell("Note", mark=Mark.QUIET), fmt.in_currency(note), name) for note in definition.notes]
        if definition.source:
            rows.append((link, Cell("Source", mark=Mark.QUIET), definition.source, name))
    return Sheet(
        title="Definitions",
        finding="What each figure means. lgs-excel show NAME gives it in a terminal; lgs-excel sql NAME its query.",
        coverage=context.coverage,
        blocks=(Table("lgs_Definitions", _COLUMNS, tuple(rows)),),
    )
