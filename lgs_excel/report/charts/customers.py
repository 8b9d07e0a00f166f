"""New and existing customers by month."""

from __future__ import annotations

from datetime import date

import numpy as np

from lgs_excel import formatting as fmt
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.report.charts.figures import axis_count, to_day, whole
from lgs_excel.report.charts.house import AXIS, Page, Scale, empty_chart, scale_of
from lgs_excel.report.charts.letters import BOLD, ITALIC, text_width
from lgs_excel.report.charts.months import AXIS_HEIGHT, HEIGHT, LEFT, RIGHT, MonthAxis, label_columns, month_axis
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, TEAL, WHITE

NAME = "lgs_chart_customers"
UNKNOWN = "#B4BCC7"  # nobody knows whether these are new


def customers_chart(customers: MonthlyCustomers, unfinished: date | None, data_through: date) -> Chart:
    """New customers at the foot of each column, existing ones above; the unfinished month is hatched, and the first of
    the history grey, since all its customers would count as new.

    unfinished: that month; data_through: the day of the last line. Without any customers, a sentence.
    """
    months = customers.months
    active, new = months["active"].tolist(), months["new"].tolist()
    if not sum(active):
        return empty_chart(NAME, "No customers in this period", HEIGHT)
    axis = month_axis(months["month"], unfinished, data_through)
    starts = customers.history_starts is not None and axis.months[0] == customers.history_starts
    key = ((BLUE, "new: their first order ever"), (TEAL, "existing"), *(((UNKNOWN, "not known"),) if starts else ()))
    page = Page(HEIGHT, _finding(axis, active, new, starts=starts), "Active customers by month", key)
    scale = scale_of(active, HEIGHT - 12 - AXIS_HEIGHT, page.body + (36 if starts else 16))
    page.grid(scale, LEFT, RIGHT, axis_count, whole=True)
    _draw_columns(page, axis, scale, active, new, starts=starts)
    axis.draw(page, scale.start)
    if starts:
        _mark_start(page, axis, scale(active[0]) - 18)
    return page.chart(NAME, _message(axis, active, new, starts=starts))


def _draw_columns(
    page: Page, axis: MonthAxis, scale: Scale, active: list[int], new: list[int], *, starts: bool
) -> None:
    for i, (total, first) in enumerate(zip(active, new, strict=True)):
        left, right = axis.sides(i)
        hatched = i == axis.unfinished
        if i == 0 and starts:
            page.bar(left, scale(total), right, scale(0), UNKNOWN, hatched=hatched)
            continue
        page.bar(left, scale(first), right, scale(0), BLUE, hatched=hatched)
        # A white seam, so that the parts are told apart without their colours.
        page.bar(left, scale(total), right, scale(first) - (1 if first else 0), TEAL, hatched=hatched)
        text = whole(first)
        room = text_width(text, face=BOLD) + 4 <= right - left and scale(0) - scale(first) >= 17
        if room and not hatched:
            page.text(axis.centre(i), scale(first) + 13, text, colour=WHITE, side="center", face=BOLD)
    tops = [scale(value) for value in active]
    label_columns(page, axis, tops, [whole(value) for value in active], int(np.argmax(active)))


def _mark_start(page: Page, axis: MonthAxis, bottom: float) -> None:
    """A pointer from above all columns to the first."""
    x, y = axis.centre(0), page.body + 10
    note = "History starts here: nobody knows who bought before"
    page.text(max(LEFT, axis.sides(0)[0]), y, note, face=ITALIC)
    page.line((x, x), (y + 5, max(bottom, y + 6)), AXIS)


def _finding(axis: MonthAxis, active: list[int], new: list[int], *, starts: bool) -> str:
    best = int(np.argmax(active))
    through = f" {to_day(axis.through)}" if axis.through and best == axis.unfinished else ""
    share = (
        "" if best == 0 and starts else f", {whole(new[best])} of them new ({fmt.percent(new[best] / active[best])})"
    )
    month = fmt.long_month(axis.months[best]) + through
    if len(active) == 1:
        return f"{month}: {fmt.count(active[best], 'active customer')}{share}"
    return f"{month} had the most customers: {whole(active[best])} active{share}"


def _message(axis: MonthAxis, active: list[int], new: list[int], *, starts: bool) -> str:
    sentences = [f"New and existing customers by month, {axis.span}", _finding(axis, active, new, starts=starts)]
    if starts:
        unknown = fmt.count(active[0], "customer")
        sentences.append(
            f"The history starts in {fmt.long_month(axis.months[0])}: how many of its {unknown} are new is not known"
        )
    if axis.through and len(active) > 1:
        sentences.append(
            f"{fmt.long_month(axis.months[-1])} is unfinished: {whole(active[-1])} active, {whole(new[-1])} new "
            f"{to_day(axis.through)}"
        )
    return ". ".join(sentences) + "."
