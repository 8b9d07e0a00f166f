"""Net sales by month, and their growth."""

from __future__ import annotations

from datetime import date

import numpy as np

from lgs_excel import formatting as fmt
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.report.charts.figures import axis_pounds, growth_label, to_day
from lgs_excel.report.charts.house import AXIS, Page, empty_chart, scale_of
from lgs_excel.report.charts.months import (
    AXIS_HEIGHT,
    HEIGHT,
    LEFT,
    RIGHT,
    MonthAxis,
    draw_columns,
    label_columns,
    month_axis,
)
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, GREY, ORANGE, TEAL

NAME = "lgs_chart_sales"
GROWTH_HEIGHT = 96
MOST_GROWTH = 2.0  # what grew by more is drawn no higher, else a start from almost nothing would hide the rest


def sales_chart(sales: MonthlySales, data_through: date) -> Chart:
    """Net by month as columns, growth beneath as columns up and down; the unfinished month is hatched.

    data_through: the day of the last line. Without any sales, a sentence.
    """
    months = sales.months
    if not months[["gross", "net"]].any(axis=None):
        return empty_chart(NAME, "No sales in this period", HEIGHT)
    axis = month_axis(months["month"], sales.unfinished, data_through)
    net, growth = months["net"].tolist(), months["growth"].tolist()
    best = int(np.argmax(net))
    page = Page(HEIGHT, _finding(axis, net, growth, best, short=True), "Net sales by month")
    has_growth = bool(np.isfinite(growth).any())
    bottom = HEIGHT - 12 - AXIS_HEIGHT - GROWTH_HEIGHT * has_growth
    _draw_net(page, axis, net, best, bottom)
    axis.draw(page, bottom)
    if has_growth:
        _draw_growth(page, axis, growth, bottom + AXIS_HEIGHT)
    return page.chart(NAME, _message(axis, net, growth, best))


def _draw_net(page: Page, axis: MonthAxis, net: list[float], best: int, bottom: float) -> None:
    below = 16 if min(net) < 0 else 0
    scale = scale_of(net, bottom - below, page.body + 16)
    page.grid(scale, LEFT, RIGHT, axis_pounds)
    draw_columns(page, axis, scale, net, BLUE)
    tops = [scale(value) for value in net]
    label_columns(page, axis, tops, [fmt.short_pounds(value) for value in net], best, below=lambda i: net[i] < 0)


def _draw_growth(page: Page, axis: MonthAxis, growth: list[float], top: float) -> None:
    page.text(LEFT, top + 14, "Growth on the month before", colour=GREY)
    shown = [float(np.clip(value, -MOST_GROWTH, MOST_GROWTH)) for value in growth]
    scale = scale_of(shown, page.height - 24, top + 32)
    page.line((LEFT, RIGHT), (scale(0), scale(0)), AXIS)
    for i, value in enumerate(shown):
        if np.isfinite(value):
            left, right = axis.sides(i, 0.45)
            page.bar(left, scale(value), right, scale(0), TEAL if value >= 0 else ORANGE)
    tops = [scale(value) if np.isfinite(value) else scale(0) for value in shown]
    texts = [growth_label(value) if np.isfinite(value) else "" for value in growth]
    label_columns(page, axis, tops, texts, int(np.nanargmax(growth)), below=lambda i: growth[i] < 0)


def _finding(axis: MonthAxis, net: list[float], growth: list[float], best: int, *, short: bool) -> str:
    """The best month, in short or whole pounds."""
    money = fmt.short_pounds if short else fmt.pounds
    month, figure = axis.months[best], f"{money(net[best])} net"
    if best == axis.unfinished:
        figure += f" {to_day(axis.through)}" if axis.through else ""
    if len(net) == 1:
        return f"{fmt.long_month(month)}: {figure}"
    if net[best] <= 0:
        return f"Net sales were never above zero; {fmt.long_month(month)} came nearest: {figure}"
    best_yet = "is already" if best == axis.unfinished else "was"
    return f"{fmt.long_month(month)} {best_yet} the best month: {figure}{_grown(axis, growth, best)}"


def _grown(axis: MonthAxis, growth: list[float], best: int) -> str:
    if not np.isfinite(growth[best]):
        return ""
    before = axis.months[best - 1]
    name = fmt.long_month(before)
    if before.year == axis.months[best].year:
        name = name.removesuffix(f" {before.year}")
    size = fmt.percent(abs(growth[best]))
    if size == fmt.percent(0):
        return f", level with {name}"
    return f", {'up' if growth[best] > 0 else 'down'} {size} on {name}"


def _message(axis: MonthAxis, net: list[float], growth: list[float], best: int) -> str:
    sentences = [f"Net sales by month, {axis.span}", _finding(axis, net, growth, best, short=False)]
    finished = range(len(net) - (axis.through is not None))
    if len(finished) > 1:
        lowest = min(finished, key=net.__getitem__)
        kind = "finished month" if axis.through else "month"
        figure = fmt.pounds(net[lowest])
        sentences.append(f"The lowest {kind} was {fmt.long_month(axis.months[lowest])}: {figure}")
    if axis.through and best != axis.unfinished:
        figure = fmt.pounds(net[-1])
        sentences.append(f"{fmt.long_month(axis.months[-1])} is unfinished: {figure} {to_day(axis.through)}")
    return ". ".join(sentences) + "."
