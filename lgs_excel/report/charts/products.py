"""The most bought products."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.figure import Figure

from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.chart_style import drawable
from lgs_excel.report.charts.figure import new_figure, sentence_figure, title_letters, zero_line
from lgs_excel.report.findings.products import MOST, figure_of, products_title, shorten

HEIGHT = 460
NAME_LETTERS, TITLE_LETTERS = 40, 36
FEWEST = 10  # rows to the height, so that a single product is no wall
SUBTITLES = {
    "revenue": "Revenue less cancellations",
    "units": "Units bought less units cancelled",
    "customers": "Customers who bought it",
}


def products_figure(products: ProductRanking) -> Figure:
    """The first 15 products as bars, in the ranking's order and measure.

    Names are drawn as plain text, shortened, and without the letters that no font has; a product that is left without
    any shows its stock code. Without products, a sentence.
    """
    first = products.products.head(MOST)
    if first.empty:
        return sentence_figure(products_title(products, ""), HEIGHT)
    names = [_drawn(code, text) for code, text in zip(first["stock_code"], first["description"], strict=True)]
    title = products_title(products, shorten(names[0], TITLE_LETTERS))
    if len(title) > title_letters():
        title = products_title(products, shorten(names[0], TITLE_LETTERS), "\n")
    figure = new_figure(title, SUBTITLES[products.by], height=HEIGHT, fit=True)
    axes, values = figure.subplots(), first[products.by].astype("float64")
    bars = axes.barh(range(len(first)), values, 0.68, color="C0", linewidth=0)
    axes.bar_label(bars, [figure_of(products)(value) for value in values], padding=4)[0].set(weight="bold")
    shown, dark = [shorten(name, NAME_LETTERS) for name in names], mpl.rcParams["text.color"]
    axes.set_yticks(range(len(first)), shown, size="large", color=dark, family=mpl.rcParams["font.sans-serif"])
    axes.set_ylim(max(len(first), FEWEST) - 0.4, -0.6)
    axes.xaxis.set_visible(False)
    axes.margins(x=0.02)
    axes.grid(visible=False)
    zero_line(axes, upright=True)
    return figure


def _drawn(code: str, description: object) -> str:
    """The description as it can be drawn, or else the stock code, or else a question mark."""
    fonts = tuple(mpl.rcParams["font.sans-serif"])
    return (drawable(description, fonts) if isinstance(description, str) else "") or drawable(code, fonts) or "?"
