"""The most bought products, in words."""

from __future__ import annotations

from collections.abc import Callable

from lgs_excel import formatting as fmt
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.excel_text import one_line

MOST = 15  # products in the chart
LETTERS = 120  # of a name in the message


def figure_of(products: ProductRanking) -> Callable[[float], str]:
    """How a figure of the ranking's measure reads."""
    return fmt.money if products.by == "revenue" else lambda value: f"{value:,.0f}".replace("-", fmt.MINUS)


def shorten(text: str, letters: int) -> str:
    """`text`, or its beginning and an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def products_title(products: ProductRanking, name: str, gap: str = " ") -> str:
    """Such as "RED MUG sold best: £9,000, 9.0% of product revenue". name: the first product's. gap: after the name."""
    if products.products.empty:
        return "No products in this period"
    value = float(products.products[products.by].iloc[0])
    if value <= 0:
        return f"No product’s {products.by} came to more than zero"
    unit = {"revenue": "", "units": " units", "customers": " customers"}[products.by]
    lead = "sold best" if products.by != "customers" else "has the most buyers"
    return f"{name}{gap}{lead}: {figure_of(products)(value)}{unit}{_of_all(products, value)}"


def products_message(products: ProductRanking) -> str:
    """The title, what the products shown bring together, and the last of them."""
    first, figure = products.products.head(MOST), figure_of(products)
    if first.empty:
        return f"{products_title(products, '')}."
    code, described = first.iloc[0]["stock_code"], first.iloc[0]["description"]
    name = (one_line(described) if isinstance(described, str) else "") or one_line(code) or "?"
    sentences = [products_title(products, shorten(name, LETTERS))]
    if len(first) > 1:
        values = first[products.by].astype("float64")
        together = f" bring {figure(values.sum())} together{_of_all(products, values.sum())}"
        shown = together if products.by == "revenue" else " are shown"
        sentences.append(f"The first {len(first)} of {products.total:,} products{shown}")
        sentences.append(f"Number {len(first)}: {figure(values.iloc[-1])}")
    return ". ".join(sentences) + "."


def _of_all(products: ProductRanking, value: float) -> str:
    if products.by != "revenue" or products.revenue <= 0:
        return ""
    return f", {fmt.percent(value / products.revenue)} of product revenue"
