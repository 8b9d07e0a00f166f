"""Orders placed and cancelled by month, and the cancellation rate."""

from __future__ import annotations

from datetime import date

import numpy as np

from lgs_excel import formatting as fmt
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.report.charts.figures import axis_count, to_day, whole
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
from lgs_excel.report.style import BLUE, GREY, ORANGE, PLUM

NAME = "lgs_chart_orders"
RATE_HEIGHT = 78


def orders_chart(orders: MonthlyOrders, unfinished: date | None, data_through: date) -> Chart:
    """Placed orders up, cancelled ones down, the cancellation rate as a line beneath; the unfinished month is hatched.

    unfinished: that month; data_through: the day of the last line. Without any orders, a sentence.
    """
    months = orders.months
    placed, cancelled = months["placed"].tolist(), months["cancelled"].tolist()
    if not sum(placed) + sum(cancelled):
        return empty_chart(NAME, "No orders in this period", HEIGHT)
    axis = month_axis(months["month"], unfinished, data_through)
    best = int(np.argmax(placed))
    page = Page(HEIGHT, _finding(axis, placed, cancelled), "Orders by month", ((BLUE, "placed"), (ORANGE, "cancelled")))
    bottom = HEIGHT - 8 - AXIS_HEIGHT - RATE_HEIGHT
    scale = scale_of([*placed, *(-value for value in cancelled)], bottom - 16 * any(cancelled), page.body + 16)
    page.grid(scale, LEFT, RIGHT, lambda value: axis_count(abs(value)), 5, whole=True)
    draw_columns(page, axis, scale, placed, BLUE)
    draw_columns(page, axis, scale, [-value for value in cancelled], ORANGE)
    label_columns(page, axis, [scale(value) for value in placed], [whole(value) for value in placed], best)
    lows = [scale(-value) for value in cancelled]
    texts = [whole(value) if value else "" for value in cancelled]
    label_columns(page, axis, lows, texts, int(np.argmax(cancelled)), below=lambda _: True)
    axis.draw(page, bottom)
    _draw_rate(page, axis, months["cancellation_rate"].tolist(), bottom + AXIS_HEIGHT)
    return page.chart(NAME, _message(axis, placed, cancelled, months["cancellation_rate"].tolist()))


def _draw_rate(page: Page, axis: MonthAxis, rate: list[float], top: float) -> None:
    page.text(LEFT, top + 15, "Cancellation rate: cancelled ÷ (placed + cancelled)", colour=GREY)
    scale = scale_of(rate, page.height - 14, top + 38)
    page.line((LEFT, RIGHT), (scale(0), scale(0)), AXIS)
    page.text(LEFT - 7, scale(0) + 4, "0%", colour=GREY, side="right")
    places = [scale(value) for value in rate]
    page.line([axis.centre(i) for i in range(len(rate))], places, PLUM, 1.5)
    for i, place in enumerate(places):
        if np.isfinite(place) and (axis.slot > 14 or i == axis.unfinished):
            page.dot(axis.centre(i), place, PLUM, hollow=i == axis.unfinished)
    texts = [fmt.percent(value) if np.isfinite(value) else "" for value in rate]
    label_columns(page, axis, [place - 4 for place in places], texts, int(np.nanargmax(rate)))


def _finding(axis: MonthAxis, placed: list[int], cancelled: list[int]) -> str:
    best = int(np.argmax(placed))
    rate = fmt.percent(cancelled[best] / (placed[best] + cancelled[best])) if placed[best] else ""
    month = fmt.long_month(axis.months[best])
    through = f" {to_day(axis.through)}" if axis.through and best == axis.unfinished else ""
    if not placed[best]:
        return f"No orders were placed, and {whole(sum(cancelled))} cancelled"
    figures = f"{whole(placed[best])} placed, {whole(cancelled[best])} cancelled ({rate})"
    return f"{month}{through}: {figures}" if len(placed) == 1 else f"{month}{through} had the most orders: {figures}"


def _message(axis: MonthAxis, placed: list[int], cancelled: list[int], rate: list[float]) -> str:
    sentences = [f"Orders by month, {axis.span}", _finding(axis, placed, cancelled)]
    if len(placed) > 1:
        all_rate = fmt.percent(sum(cancelled) / (sum(placed) + sum(cancelled)))
        highest = int(np.nanargmax(rate))
        sentences += [
            f"In all {whole(sum(placed))} were placed and {whole(sum(cancelled))} cancelled, a rate of {all_rate}",
            f"The highest rate was {fmt.percent(rate[highest])} in {fmt.long_month(axis.months[highest])}",
        ]
    if axis.through and len(placed) > 1:
        last = f"{whole(placed[-1])} placed, {whole(cancelled[-1])} cancelled"
        sentences.append(f"{fmt.long_month(axis.months[-1])} is unfinished: {last} {to_day(axis.through)}")
    return ". ".join(sentences) + "."
