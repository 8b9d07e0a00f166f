"""Products: the most bought."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.product_forecast import ProductForecast
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.products import products_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.products import products_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import table

COLUMNS = {
    "rank": Column("Rank", Kind.COUNT),
    "stock_code": Column("Code", Kind.TEXT),
    "description": Column("Product", Kind.TEXT),
    "units": Column("Units", Kind.COUNT),
    "revenue": Column("Revenue", Kind.MONEY),
    "orders": Column("Orders", Kind.COUNT),
    "customers": Column("Customers", Kind.COUNT),
}


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


def products_sheet(products: ProductRanking, forecast: ProductForecast, context: Context) -> Sheet:
    """The sheet Products: the most bought, and those to be expected next month."""
    shown = products.products
    ranked = shown.assign(rank=range(1, len(shown) + 1))
    return Sheet(
        title="Products",
        finding=_finding(products),
        coverage=context.coverage,
        blocks=(
            table("lgs_Products", ranked, COLUMNS),
            make_chart("lgs_chart_products", products_message(products), context.style, products_figure, products),
            Note(_extent(products), Mark.QUIET),
            Note("Units and revenue are sales less cancellations; postage and other charges are left out.", Mark.QUIET),
            *_expected(forecast),
        ),
    )


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
        "revenue": fmt.pounds(first["revenue"]),
        "units": fmt.count(first["units"], "unit"),
        "customers": fmt.count(first["customers"], "customer"),
    }
    finding = f"{first['description']} leads with {values[products.by]}"
    if products.revenue > 0:
        share = fmt.percent(products.products["revenue"].sum() / products.revenue)
        finding += f"; the {fmt.count(len(products.products), 'product')} here make {share} of product revenue"
    return f"{finding}."
