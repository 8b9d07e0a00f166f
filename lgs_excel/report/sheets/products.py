"""Products: the most bought."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.product_details import cancelled_of_all
from lgs_excel.analytics.product_forecast import ProductForecast
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.products import products_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.products import products_message
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import plain, printed_first, table

PRINTED = 25
COLUMNS = {
    "rank": Column("Rank", Kind.COUNT),
    "stock_code": Column("Code", Kind.TEXT),
    "description": Column("Product", Kind.TEXT, 36),
    "abc": Column("Class", Kind.TEXT, 8),
    "units": Column("Units", Kind.COUNT),
    "revenue": Column("Revenue", Kind.MONEY),
    "orders": Column("Orders", Kind.COUNT),
    "customers": Column("Customers", Kind.COUNT),
    "repeat_rate": Column("Bought again", Kind.SHARE),
    "cancelled_share": Column("Cancelled", Kind.SHARE),
    "low95": Column("Low 95%", Kind.SHARE),
    "high95": Column("High 95%", Kind.SHARE),
    "undone": Column("Undone", Kind.COUNT),
    "price": Column("Price", Kind.PENCE),
    "price_changes": Column("Price changes", Kind.COUNT),
    "first_sold": Column("First sold", Kind.DAY),
    "last_sold": Column("Last sold", Kind.DAY),
}
_DETAILS = (
    "abc", "repeat_rate", "cancelled_share", "low95", "high95", "undone", "price", "price_changes", "first_sold",
    "last_sold",
)  # fmt: skip
DETAIL_COLUMNS = {name: COLUMNS[name] for name in _DETAILS}

FORECAST_COLUMNS = {
    "rank": Column("Rank", Kind.COUNT),
    "stock_code": Column("Code", Kind.TEXT),
    "description": Column("Product", Kind.TEXT),
    "orders": Column("Orders", Kind.COUNT),
    "units": Column("Units", Kind.COUNT),
    "low80": Column("Low 80%", Kind.COUNT),
    "high80": Column("High 80%", Kind.COUNT),
    "change": Column("Change", Kind.CHANGE),
}


def products_sheet(
    products: ProductRanking, details: pd.DataFrame, forecast: ProductForecast, context: Context
) -> Sheet:
    """The sheet Products: the most bought, and those to be expected next month. details: the columns of product-details
    of the same products.
    """
    shown = products.products.merge(details[["stock_code", *_DETAILS]], how="left", on="stock_code")
    base = cancelled_of_all(details)
    ranked = shown.assign(rank=range(1, len(shown) + 1))
    return Sheet(
        title="Products",
        finding=_finding(products),
        coverage=context.coverage,
        blocks=(
            make_chart("lgs_chart_products", products_message(products), context.style, products_figure, products),
            Note(_extent(products), Mark.QUIET),
            *printed_first(len(shown), PRINTED),
            *([_table(ranked, base)] if len(shown) else []),
            *(Note(text, Mark.QUIET) for text in _remarks(base)),
            Note("Units and revenue are sales less cancellations; postage and other charges are left out.", Mark.QUIET),
            *_expected(forecast),
        ),
        printed=("lgs_Products", PRINTED),
        pages=1,
    )


def _table(ranked: pd.DataFrame, base: float) -> Table:
    """The products, with the share of cancelled orders in red where it is above `base` beyond chance."""
    found, place = table("lgs_Products", ranked, COLUMNS), [*COLUMNS].index("cancelled_share")
    rows = tuple(
        (*row[:place], Cell(plain(share), mark=Mark.BAD), *row[place + 1 :]) if low > base else row
        for row, share, low in zip(found.rows, ranked["cancelled_share"], ranked["low95"], strict=True)
    )
    return replace(found, rows=rows)


def _remarks(base: float) -> list[str]:
    often = f"Cancelled, in red: beyond chance more often than the products here ({fmt.percent(base)})."
    return [
        "Class A: the products that make the first 80% of revenue; B: the next 15%; C: the rest.",
        *([often] if base > 0 else []),
        "Undone: orders taken back within the hour, which count neither as orders nor as cancelled.",
    ]


def _expected(forecast: ProductForecast) -> list[Table | Note]:
    """What to expect next month, or why nothing can be said."""
    if forecast.reason:
        return [Note(forecast.reason, Mark.QUIET)]
    ranked = forecast.products.assign(rank=range(1, len(forecast.products) + 1))
    caption = f"To be expected in {fmt.long_month(forecast.month)}, by orders with the product"
    return [
        table("lgs_Product_Forecast", ranked, FORECAST_COLUMNS, caption),
        Note(
            "From the last 48 trading days, without the season: after a peak such as Christmas less will come. Change: "
            "units against the 48 trading days before. In four of five cases units are between low and high.",
            Mark.QUIET,
        ),
    ]


def _extent(products: ProductRanking) -> str:
    shown = len(products.products)
    if shown == products.total:
        return f"All {fmt.count(shown, 'product')} by {products.by}."
    return (
        f"The top {shown} of {fmt.count(products.total, 'product')} by {products.by}; all of them: "
        "lgs-excel show products --format csv."
    )


def _finding(products: ProductRanking) -> str:
    if products.products.empty:
        return "No product was bought in this period."
    first = products.products.iloc[0]
    values = {
        "revenue": fmt.money(first["revenue"]),
        "units": fmt.count(first["units"], "unit"),
        "customers": fmt.count(first["customers"], "customer"),
    }
    finding = f"{first['description']} leads with {values[products.by]}"
    if products.revenue > 0:
        share = fmt.percent(products.products["revenue"].sum() / products.revenue)
        finding += f"; the {fmt.count(len(products.products), 'product')} here make {share} of product revenue"
    return f"{finding}."
