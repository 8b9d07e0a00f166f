"""The house style: a page on which everything is placed by hand, in pixels of the picture as it is shown.

There are no Axes: the finding, its labels and their room matter more than what a layout engine could arrange, and a
page takes a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.ticker import MaxNLocator

from lgs_excel.report.charts.drawing import SHARPNESS, Bar, Dot, Line, Mark, Text, drawn
from lgs_excel.report.charts.letters import BOLD, LABEL_SIZE, PLAIN, Face, shortened, text_width
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, DARK, GREY, WHITE

Side = Literal["left", "center", "right"]

WIDTH = 760
TITLE_SIZE, TEXT_SIZE = 13.5, 10.0  # points
MARGIN = 16
GRID, AXIS, EMPTY = "#E3E8EE", "#9AA3AE", "#EBEFF4"


@dataclass(frozen=True)
class Scale:
    """Values between low and high, and their places in pixels between start and end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of `value`."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 5, *, whole: bool = False) -> list[float]:
        """At most about `most` round values from low to high; only whole numbers if so asked."""
        locator = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole)
        slack = 1e-9 * (self.high - self.low)
        values = [float(value) for value in locator.tick_values(self.low, self.high)]
        return [value for value in values if self.low - slack <= value <= self.high + slack]


def scale_of(values: Iterable[float], start: float, end: float) -> Scale:
    """A scale that holds zero and all the `values` that are numbers."""
    known = [0.0, *(float(value) for value in values if np.isfinite(value))]
    low, high = min(known), max(known)
    return Scale(low, high if high > low else low + 1.0, start, end)


class Page:
    """A picture in the making: title at the top left, a line beneath it that says what is shown and in which colours.

    Places are pixels from the top left. key: pairs of a colour and what it stands for, put after `subtitle`. body:
    where the room beneath the head begins.
    """

    def __init__(
        self, height: int, title: str, subtitle: str = "", key: Sequence[tuple[str, str]] = (), width: int = WIDTH
    ) -> None:
        self.width, self.height = width, height
        self._marks: list[Mark] = []
        y = 25.0
        for line in self._wrapped(title):
            self.text(MARGIN, y, line, size=TITLE_SIZE, face=BOLD, colour=BLUE)
            y += 21
        if subtitle or key:
            self._subtitle(y - 1, subtitle, key)
            y += 18
        self.body = y

    def text(
        self, x: float, y: float, text: str, *, size: float = LABEL_SIZE, colour: str = DARK, side: Side = "left",
        face: Face = PLAIN, over_grid: bool = False,
    ) -> None:  # fmt: skip
        """`text` as it is, on the base line y; side: which part of it is at x; over_grid: no grid line crosses it."""
        wide = text_width(text, size, face)
        left = x - wide * {"left": 0, "center": 0.5, "right": 1}[side]
        if over_grid:
            self.bar(left - 2, y - size * 1.05, left + wide + 2, y + 2, WHITE, layer=1.5)
        self._marks.append(Text(left, y, text, size, colour, face))

    def bar(
        self, left: float, top: float, right: float, bottom: float, colour: str, *, hatched: bool = False,
        layer: float = 2,
    ) -> None:  # fmt: skip
        """A filled rectangle, hatched for what is unfinished."""
        left, right = sorted((_crisp(left), _crisp(right)))
        top, bottom = sorted((_crisp(top), _crisp(bottom)))
        if bottom > top or not hatched:
            self._marks.append(Bar(left, top, right, bottom, colour, hatched, layer))

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str = AXIS, width: float = 0.75, *,
        dashed: bool = False, layer: float = 3,
    ) -> None:  # fmt: skip
        """A line through the points; a NaN interrupts it."""
        heights = tuple(None if np.isnan(y) else y for y in ys)  # as a NaN is not the same as another
        self._marks.append(Line(tuple(xs), heights, colour, width, dashed, layer))

    def dot(self, x: float, y: float, colour: str, radius: float = 4, *, hollow: bool = False) -> None:
        """A dot with a white rim, or a ring for what is unfinished."""
        face, edge = (WHITE, colour) if hollow else (colour, WHITE)
        self._marks.append(Dot(x, y, radius, face, edge))

    def grid(
        self, scale: Scale, left: float, right: float, label: Callable[[float], str], most: int = 4, *,
        whole: bool = False,
    ) -> None:  # fmt: skip
        """Light horizontal lines with a label at the left, a darker one at zero."""
        for value in scale.ticks(most, whole=whole):
            y = _crisp(scale(value))
            if value == 0:
                self.line((left, right), (y, y), AXIS, layer=3)
            else:
                self.line((left, right), (y, y), GRID, layer=1)
            self.text(left - 7, y + 4, label(value), colour=GREY, side="right")

    def chart(self, name: str, message: str) -> Chart:
        """The finished picture."""
        return Chart(name, message, drawn(self.width, self.height, tuple(self._marks)), self.width, self.height)

    def _subtitle(self, y: float, subtitle: str, key: Sequence[tuple[str, str]]) -> None:
        x = float(MARGIN)
        if subtitle:
            self.text(x, y, subtitle, size=TEXT_SIZE, colour=GREY)
            x += text_width(subtitle, TEXT_SIZE) + 14
        for colour, meaning in key:
            self.bar(x, y - 9, x + 10, y + 1, colour)
            self.text(x + 15, y, meaning, size=TEXT_SIZE)
            x += 15 + text_width(meaning, TEXT_SIZE) + 14

    def _wrapped(self, title: str) -> list[str]:
        """One line, or two; what doesn't fit there is left out."""
        room = self.width - 2 * MARGIN
        words = title.split(" ")
        fitting = (n for n in range(len(words), 1, -1) if text_width(" ".join(words[:n]), TITLE_SIZE, BOLD) <= room)
        first = next(fitting, 1)
        lines = [" ".join(words[:first]), " ".join(words[first:])]
        return [shortened(line, room, TITLE_SIZE, BOLD) for line in lines if line]


def empty_chart(name: str, sentence: str, height: int, width: int = WIDTH) -> Chart:
    """A picture that only says why there is none."""
    page = Page(height, "", width=width)
    page.bar(MARGIN, MARGIN, width - MARGIN, height - MARGIN, EMPTY)
    page.text(width / 2, height / 2 + 4, sentence, size=12, colour=GREY, side="center")
    return page.chart(name, sentence + ".")


def _crisp(place: float) -> float:
    """The nearest place between two pixels of the file."""
    return round(place * SHARPNESS) / SHARPNESS
