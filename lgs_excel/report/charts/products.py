"""The most bought products."""

from __future__ import annotations

from collections.abc import Callable

from lgs_excel import formatting as fmt
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.charts.figures import plain, whole
from lgs_excel.report.charts.house import AXIS, MARGIN, TEXT_SIZE, WIDTH, Page, Scale, empty_chart
from lgs_excel.report.charts.letters import BOLD, PLAIN, drawable, shortened, text_width
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE

NAME = "lgs_chart_products"
HEIGHT = 460
MOST = 15
NAMES_WIDTH = 260
TITLE_LETTERS = 42
HIGHEST_ROW = 34.0
_SUBTITLES = {
    "revenue": "Revenue less cancellations",
    "units": "Units bought less units cancelled",
    "customers": "Customers who bought it",
}


def products_chart(products: ProductRanking) -> Chart:
    """The first 15 products as bars, in the ranking's order and measure.

    Descriptions are drawn as plain text, shortened, and without the letters that no font has; a product that is left
    without any shows its stock code. Without products, a sentence.
    """
    first = products.products.head(MOST)
    if first.empty:
        return empty_chart(NAME, "No products in this period", HEIGHT)
    values = first[products.by].astype("float64").tolist()
    shown = [_drawn(code, text) for code, text in zip(first["stock_code"], first["description"], strict=True)]
    share = values[0] / products.revenue if products.by == "revenue" and products.revenue > 0 else None
    page = Page(HEIGHT, _finding(_cut(shown[0], TITLE_LETTERS), products, values[0], share), _SUBTITLES[products.by])
    _draw_bars(page, shown, values, _figure(products))
    full = first["description"].iloc[0]
    name = (plain(full) if isinstance(full, str) else "") or shown[0]
    return page.chart(NAME, _message(name, products, values, share))


def _draw_bars(page: Page, names: list[str], values: list[float], figure: Callable[[float], str]) -> None:
    room = max(text_width(figure(value), face=BOLD) for value in values) + 8
    left, right = MARGIN + NAMES_WIDTH + 10, WIDTH - MARGIN - room
    low, high = min(0.0, *values), max(0.0, *values)
    scale = Scale(low, high if high > low else low + 1, left + (room if low < 0 else 0), right)
    top = page.body + 6
    row = min(HIGHEST_ROW, (HEIGHT - 14 - top) / len(values))
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y = top + (i + 0.5) * row
        page.text(left - 10, y + 4, shortened(name, NAMES_WIDTH, TEXT_SIZE), size=TEXT_SIZE, side="right")
        page.bar(scale(0), y - 0.34 * row, scale(value), y + 0.34 * row, BLUE)
        text = figure(value)
        if value < 0:
            page.text(scale(value) - 6, y + 4, text, side="right")
        else:
            page.text(scale(value) + 6, y + 4, text, face=BOLD if i == 0 else PLAIN)
    page.line((scale(0),) * 2, (top, top + len(values) * row), AXIS)


def _figure(products: ProductRanking) -> Callable[[float], str]:
    return fmt.pounds if products.by == "revenue" else whole


def _drawn(code: str, description: str | None) -> str:
    """The description as it can be drawn, or else the stock code, or else a question mark."""
    return (drawable(description) if isinstance(description, str) else "") or drawable(code) or "?"


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _finding(name: str, products: ProductRanking, value: float, share: float | None) -> str:
    if value <= 0:
        return f"No product’s {products.by} came to more than zero"
    unit = {"revenue": "", "units": " units", "customers": " customers"}[products.by]
    of_all = f", {fmt.percent(share)} of product revenue" if share is not None else ""
    lead = "sold best" if products.by != "customers" else "has the most buyers"
    return f"{name} {lead}: {_figure(products)(value)}{unit}{of_all}"


def _message(name: str, products: ProductRanking, values: list[float], share: float | None) -> str:
    sentences = [_finding(_cut(name, 120), products, values[0], share)]
    if len(values) > 1:
        together = sum(values)
        of_all = f", {fmt.percent(together / products.revenue)} of product revenue" if share is not None else ""
        revenue = f" bring {_figure(products)(together)} together{of_all}" if products.by == "revenue" else " are shown"
        sentences.append(f"The first {len(values)} of {whole(products.total)} products{revenue}")
        sentences.append(f"Number {len(values)}: {_figure(products)(values[-1])}")
    return ". ".join(sentences) + "."
