"""Products: the most bought."""

from __future__ import annotations

from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report import charts, words
from lgs_excel.report.context import Context
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
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


def products_sheet(products: ProductRanking, context: Context) -> Sheet:
    """The sheet Products."""
    shown = products.products
    ranked = shown.assign(rank=range(1, len(shown) + 1))
    return Sheet(
        title="Products",
        finding=_finding(products),
        reach=context.reach,
        blocks=(
            table("lgs_Products", ranked, COLUMNS),
            charts.products_chart(products),
            Note(_extent(products), Mark.QUIET),
            Note("Units and revenue are sales less cancellations; postage and other charges are left out.", Mark.QUIET),
        ),
    )


def _extent(products: ProductRanking) -> str:
    shown = len(products.products)
    if shown == products.total:
        return f"All {words.count(shown, 'product')} by {products.by}."
    return (
        f"The top {shown} of {words.count(products.total, 'product')} by {products.by}; all of them: "
        "lgs-excel show products --format csv."
    )


def _finding(products: ProductRanking) -> str:
    if products.products.empty:
        return "No product was bought in this period."
    first = products.products.iloc[0]
    values = {
        "revenue": words.pounds(first["revenue"]),
        "units": words.count(first["units"], "unit"),
        "customers": words.count(first["customers"], "customer"),
    }
    finding = f"{first['description']} leads with {values[products.by]}"
    if products.revenue > 0:
        share = words.percent(products.products["revenue"].sum() / products.revenue)
        finding += f"; the {words.count(len(products.products), 'product')} here make {share} of product revenue"
    return f"{finding}."
