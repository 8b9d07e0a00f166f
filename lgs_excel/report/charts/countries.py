"""Net sales by country, ranked."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.report.chart_style import drawable
from lgs_excel.report.charts.figure import draw_ranking, new_figure, sentence_figure
from lgs_excel.report.findings.countries import NOTHING, drawn, has_home, leading
from lgs_excel.report.findings.products import shorten

FEWEST, NAME_LETTERS = 8, 22


def countries_figure(countries: pd.DataFrame) -> Figure:
    """A bar a country, the largest first; a country that makes more than half of all is named in the title alone.

    countries: the columns of its definition. Without any, a sentence.
    """
    rows = drawn(countries)
    if rows.empty:
        return sentence_figure(NOTHING)
    fonts = tuple(mpl.rcParams["font.sans-serif"])
    first = shorten(drawable(str(countries["country"].iloc[0]), fonts) or "?", NAME_LETTERS)
    subtitle = "Net sales of the other countries" if has_home(countries) else "Net sales by country"
    figure = new_figure(leading(countries, first), subtitle, fit=True)
    names = [shorten(drawable(str(name), fonts) or "?", NAME_LETTERS) for name in rows["country"]]
    draw_ranking(figure.subplots(), rows["net"].tolist(), [*map(fmt.money, rows["net"])], names, FEWEST)
    return figure
