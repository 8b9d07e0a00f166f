"""Orders placed and cancelled by month, and the cancellation rate."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import draw_columns, label_columns, month_axis, slot
from lgs_excel.report.findings.orders import has_orders, orders_title
from lgs_excel.report.months import Months, months_of


def orders_figure(orders: MonthlyOrders, unfinished: date | None, data_through: date) -> Figure:
    """Placed orders up, cancelled ones down, the cancellation rate as a line below. Without orders, a sentence.

    unfinished: the month that is not over; data_through: the day of the last line.
    """
    title = orders_title(orders, unfinished, data_through)
    if not has_orders(orders):
        return sentence_figure(title)
    table, months = orders.months, months_of(orders.months["month"], unfinished, data_through)
    figure = new_figure(title, "Orders by month", (("placed", "C0"), ("cancelled", "C3")))
    top, bottom = figure.subplots(2, 1, height_ratios=(3.4, 1), gridspec_kw={"hspace": 0.75, "bottom": 0.04})
    month_axis(top, months)
    placed, cancelled = table["placed"], -table["cancelled"]
    draw_columns(top, months, placed.tolist(), "C0")
    draw_columns(top, months, cancelled.tolist(), "C3")
    value_ticks(top.yaxis, lambda value: fmt.axis_count(abs(value)), whole=True)
    zero_line(top)
    top.margins(y=0.12 if cancelled.any() else 0.03)
    label_columns(top, months, placed, [f"{count:,}" for count in placed], months.told)
    texts = [f"{-count:,}" if count else "" for count in cancelled]
    label_columns(top, months, cancelled, texts, months.told, below=True)
    _draw_rate(bottom, months, table["cancellation_rate"])
    return figure


def _draw_rate(axes: Axes, months: Months, rate: pd.Series) -> None:
    axes.set_title("Cancellation rate: cancelled ÷ (placed + cancelled)")
    month_axis(axes, months, labels=False)
    axes.plot(rate, color="C2", marker="o" if slot(months) > 14 else "", markersize=5)
    if months.unfinished is not None:
        page = mpl.rcParams["figure.facecolor"]
        axes.plot(months.unfinished, rate.iloc[-1], "o", color="C2", markerfacecolor=page, markersize=6)
    top = max(0.01, 1.45 * rate.max())
    axes.set_ylim(0, top)
    axes.set_yticks([0], ["0%"])
    texts = [fmt.percent(value) if fmt.defined(value) else "" for value in rate]
    label_columns(axes, months, rate.fillna(0) + 0.05 * top, texts, months.told)
