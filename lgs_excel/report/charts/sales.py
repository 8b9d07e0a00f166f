"""Net sales by month, and their growth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import draw_columns, label_columns, month_axis
from lgs_excel.report.findings.sales import has_sales, sales_title
from lgs_excel.report.months import Months, months_of

MOST_GROWTH = 2.0  # what grew by more is drawn no higher, else a start from almost nothing would hide the rest


def sales_figure(sales: MonthlySales, data_through: date) -> Figure:
    """Net by month as columns and, if there is any, growth below as columns up and down. Without sales, a sentence.

    data_through: the day of the last line.
    """
    title = sales_title(sales, data_through)
    if not has_sales(sales):
        return sentence_figure(title)
    months, net = months_of(sales.months["month"], sales.unfinished, data_through), sales.months["net"]
    figure = new_figure(title, "Net sales by month")
    if sales.months["growth"].notna().any():
        top, bottom = figure.subplots(2, 1, height_ratios=(2.2, 1), gridspec_kw={"hspace": 0.62, "bottom": 0.06})
        _draw_growth(bottom, months, sales.months["growth"])
    else:
        top = figure.subplots()
    month_axis(top, months)
    draw_columns(top, months, net.tolist(), "C0")
    value_ticks(top.yaxis, fmt.axis_money)
    zero_line(top)
    label_columns(top, months, net, [fmt.short_money(value) for value in net], months.told, below=net < 0)
    return figure


def _draw_growth(axes: Axes, months: Months, growth: pd.Series) -> None:
    axes.set_title("Growth on the month before")
    month_axis(axes, months, labels=False)
    axes.yaxis.set_visible(False)
    zero_line(axes)
    shown = growth.clip(-MOST_GROWTH, MOST_GROWTH)
    axes.bar(range(len(shown)), shown, 0.45, color=np.where(shown >= 0, "C1", "C3"), linewidth=0)
    axes.margins(y=0.25)
    texts = [fmt.growth_label(value) for value in growth]
    label_columns(axes, months, shown.fillna(0), texts, months.told, below=growth < 0)
