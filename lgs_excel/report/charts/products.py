"""The most bought products."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.figure import Figure

from lgs_excel.analytics.products import ProductRanking
from lgs_excel.report.chart_style import drawable
from lgs_excel.report.charts.figure import draw_ranking, new_figure, sentence_figure, title_letters
from lgs_excel.report.findings.products import MOST, figure_of, products_title, shorten

HEIGHT = 460
NAME_LETTERS, TITLE_LETTERS = 40, 36
FEWEST = 10  # rows to the height
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
    values, shown = first[products.by].astype("float64").tolist(), [shorten(name, NAME_LETTERS) for name in names]
    draw_ranking(figure.subplots(), values, [*map(figure_of(products), values)], shown, FEWEST, "large")
    return figure


def _drawn(code: str, description: object) -> str:
    """The description as it can be drawn, or else the stock code, or else a question mark."""
    fonts = tuple(mpl.rcParams["font.sans-serif"])
    return (drawable(description, fonts) if isinstance(description, str) else "") or drawable(code, fonts) or "?"
