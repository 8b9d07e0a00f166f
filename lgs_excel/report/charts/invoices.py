"""How invoice amounts are spread: a histogram, and a box plot on the same axis beneath it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lgs_excel import formatting as fmt
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts
from lgs_excel.report.charts.figures import axis_count, axis_pounds, pence
from lgs_excel.report.charts.house import AXIS, MARGIN, WIDTH, Page, Scale, empty_chart, scale_of
from lgs_excel.report.charts.letters import BOLD, text_width
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, DARK, GREY, ORANGE, TEAL

NAME, TRIMMED_NAME = "lgs_chart_invoices", "lgs_chart_invoices_trimmed"
HEIGHT = 380
LEFT, RIGHT = 62, WIDTH - 28
BOX_TOP = HEIGHT - 60
AXIS_TOP = BOX_TOP - 50
WIDEST_BAR = 130.0


Room: TypeAlias = tuple[float, float, float, float]  # left, right, top, bottom


@dataclass(frozen=True)
class AmountAxis:
    """Amounts on an axis whose `edges` stand at even distances; between two edges of a `log` axis an amount's logarithm
    counts, so that bars of unlike bins are equally wide and a box plot still fits beneath them.
    """

    edges: tuple[float, ...]
    log: bool

    def __call__(self, amount: float) -> float:
        """The place of an amount in pixels."""
        edges = self.edges
        i = min(max(int(np.searchsorted(edges, amount, side="right")) - 1, 0), len(edges) - 2)
        lower, upper = edges[i], edges[i + 1]
        if self.log and lower > 0:
            part = math.log(amount / lower) / math.log(upper / lower)
        else:
            part = (amount - lower) / (upper - lower)
        return self.at_edge(i + part)

    def at_edge(self, number: float) -> float:
        """The place of the edge of this number."""
        bins = len(self.edges) - 1
        span = min(RIGHT - LEFT, bins * WIDEST_BAR)
        return (LEFT + RIGHT) / 2 + span * (number / bins - 0.5)

    def draw(self, page: Page, top: float, label: Callable[[float], str]) -> None:
        """A label at each edge, or at every second, fourth … if there are many."""
        widest = max(text_width(label(edge)) for edge in self.edges)
        apart = self.at_edge(1) - self.at_edge(0)
        step = next(step for step in (1, 2, 4, 5, 10, 20, 50) if step * apart >= widest + 6)
        for i in range(0, len(self.edges), step):
            x = self.at_edge(i)
            page.line((x, x), (top, top + 4), AXIS)
            page.text(x, top + 16, label(self.edges[i]), colour=GREY, side="center")


def invoice_chart(invoices: InvoiceAmounts) -> Chart:
    """All invoices: bins of sizes 1, 2, 5, 10, 20, 50 … pounds. Without invoices, a sentence."""
    whole = invoices.whole
    if not whole.count:
        return empty_chart(NAME, "No invoices in this period", HEIGHT)
    finding = (
        f"Half of {fmt.count(whole.count, 'invoice')} are {_pounds(whole.median)} or less; "
        f"the mean is {_pounds(whole.mean)}, the largest {_pounds(whole.max)}"
        if whole.count > 1
        else f"One invoice, of {pence(whole.max)}"
    )
    page = Page(HEIGHT, finding, "Number of invoices by amount, in steps of 1, 2, 5, 10, 20, 50 … pounds")
    _draw(page, whole, log=True)
    return page.chart(NAME, f"{finding}. {_figures(whole)}")


def trimmed_invoice_chart(invoices: InvoiceAmounts) -> Chart:
    """The invoices below the 85th percentile, in even bins. Without any, a sentence."""
    trimmed, whole = invoices.trimmed, invoices.whole
    if not whole.count:
        return empty_chart(TRIMMED_NAME, "No invoices in this period", HEIGHT)
    if not trimmed.count:
        return empty_chart(TRIMMED_NAME, "No invoices below the 85th percentile: the larger ones are all equal", HEIGHT)
    means = f"{_pounds(trimmed.mean)} instead of {_pounds(whole.mean)}"
    less = fmt.percent((whole.mean - trimmed.mean) / whole.mean)
    finding = f"Without the largest 15% of invoices, the mean is {means} ({less} less)"
    page = Page(HEIGHT, finding, f"Number of invoices by amount, as far as the 85th percentile, {pence(invoices.p85)}")
    _draw(page, trimmed, log=False)
    return page.chart(TRIMMED_NAME, f"{finding}. {_figures(trimmed)}")


def _draw(page: Page, amounts: Distribution, *, log: bool) -> None:
    bins = amounts.bins
    numbers = bins["invoices"].tolist()
    # Empty bins at the left end say nothing; at the right end there are none.
    first = next(i for i, number in enumerate(numbers) if number) if log else 0
    numbers = numbers[first:]
    axis = AmountAxis((*bins["lower"].iloc[first:], bins["upper"].iloc[-1]), log)
    scale = scale_of(numbers, AXIS_TOP, page.body + 32)
    page.grid(scale, LEFT, RIGHT, axis_count, whole=True)
    labels = _draw_bars(page, axis, scale, numbers)
    axis.draw(page, scale.start, axis_pounds if log else fmt.pounds if axis.edges[1] % 1 == 0 else pence)
    _draw_averages(page, axis, amounts, labels)
    _draw_box(page, axis, amounts)


def _draw_bars(page: Page, axis: AmountAxis, scale: Scale, numbers: list[int]) -> list[Room]:
    """Bars, and numbers above them if all have room; where those stand."""
    widest = max(text_width(f"{number:,}") for number in numbers)
    roomy = widest + 2 <= axis.at_edge(1) - axis.at_edge(0)
    labels = []
    for i, number in enumerate(numbers):
        left, right = axis.at_edge(i), axis.at_edge(i + 1)
        page.bar(left + 1, scale(number), right - 1, scale(0), BLUE)
        if roomy and number:
            middle, half = (left + right) / 2, text_width(f"{number:,}") / 2
            page.text(middle, scale(number) - 4, f"{number:,}", side="center", over_grid=True)
            labels.append((middle - half, middle + half, scale(number) - 16, scale(number) - 1))
    return labels


def _draw_averages(page: Page, axis: AmountAxis, amounts: Distribution, labels: list[Room]) -> None:
    """Median and mean as lines through the bars, not through their labels; what they are stands outwards."""
    top = page.body + 12
    averages = sorted(((amounts.median, TEAL, "median"), (amounts.mean, ORANGE, "mean")))
    for value, colour, _ in averages:
        x = axis(value)
        _, _, stop, go = next((room for room in labels if room[0] - 2 <= x <= room[1] + 2), (0, 0, top + 4, top + 4))
        page.line((x, x), (top + 4, max(stop, top + 4)), colour, 1.5)
        page.line((x, x), (go, AXIS_TOP), colour, 1.5)
    left, right = (axis(value) for value, _, _ in averages)
    lower, higher = (f"{name} {pence(value)}" for value, _, name in averages)
    if left - text_width(lower, face=BOLD) < MARGIN:
        page.text(left, top, f"{lower}, {higher}", face=BOLD)
    elif right + text_width(higher, face=BOLD) > WIDTH - MARGIN:
        page.text(right, top, f"{lower}, {higher}", side="right", face=BOLD)
    else:
        page.text(left - 3, top, lower, side="right", face=BOLD)
        page.text(right + 3, top, higher, face=BOLD)


def _draw_box(page: Page, axis: AmountAxis, amounts: Distribution) -> None:
    top, bottom = BOX_TOP, BOX_TOP + 24
    middle = (top + bottom) / 2
    q1, q3 = axis(amounts.q1), axis(amounts.q3)
    # Of few amounts, none may lie between a quartile and the end of its whisker.
    low, high = min(axis(amounts.whisker_low), q1), max(axis(amounts.whisker_high), q3)
    page.line((axis(amounts.min), low), (middle, middle), GREY, dashed=True)
    page.line((high, axis(amounts.max)), (middle, middle), GREY, dashed=True)
    page.line((low, high), (middle, middle), DARK, 1, layer=1)
    for x in (low, high):
        page.line((x, x), (middle - 6, middle + 6), DARK, 1)
    page.bar(q1, top, q3, bottom, "#C9D6E3")
    page.line((axis(amounts.median),) * 2, (top, bottom), TEAL, 2.5)
    page.dot(axis(amounts.mean), middle, ORANGE, 5)
    if amounts.min < amounts.whisker_low:
        page.dot(axis(amounts.min), middle, GREY, 3.5)
    if amounts.max > amounts.whisker_high:
        page.dot(axis(amounts.max), middle, GREY, 3.5)
    smallest, largest = f"smallest {pence(amounts.min)}", f"largest {pence(amounts.max)}"
    if axis(amounts.min) + text_width(smallest) < q1 - 8:
        page.text(axis(amounts.min), middle - 10, smallest, colour=GREY)
    if axis(amounts.max) - text_width(largest) > q3 + 8:
        page.text(axis(amounts.max), middle - 10, largest, colour=GREY, side="right")
    text = f"Half of the invoices: {_pounds(amounts.q1)} to {_pounds(amounts.q3)}"
    half = text_width(text) / 2
    x = min(max((q1 + q3) / 2, LEFT + half), RIGHT - half)
    page.text(x, bottom + 16, text, side="center")


def _pounds(amount: float) -> str:
    return fmt.pounds(amount) if amount == 0 or amount >= 10 else pence(amount)


def _figures(amounts: Distribution) -> str:
    return (
        f"Histogram and box plot of {fmt.count(amounts.count, 'invoice')}: smallest {pence(amounts.min)}, "
        f"lower quartile {pence(amounts.q1)}, median {pence(amounts.median)}, mean {pence(amounts.mean)}, "
        f"upper quartile {pence(amounts.q3)}, largest {pence(amounts.max)}; the whiskers of the box plot go from "
        f"{pence(amounts.whisker_low)} to {pence(amounts.whisker_high)}."
    )
