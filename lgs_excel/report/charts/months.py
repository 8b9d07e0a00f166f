"""The axis that all monthly charts share, and the labels of its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.figures import to_day
from lgs_excel.report.charts.house import MARGIN, WIDTH, Page, Scale
from lgs_excel.report.charts.letters import BOLD, ITALIC, PLAIN, text_width
from lgs_excel.report.style import GREY

HEIGHT = 380
LEFT, RIGHT = 62, WIDTH - 24
AXIS_HEIGHT = 32  # two rows: months, years
WIDEST_SLOT = 110.0
YEAR_ROOM = 58.0  # between a year and "to 31 Dec"
YEAR_GAP = 6.0


@dataclass(frozen=True)
class MonthAxis:
    """Months side by side from LEFT to RIGHT. through: the day that the data reach in the last month if it is
    unfinished, else None.
    """

    months: tuple[date, ...]
    through: date | None

    @property
    def slot(self) -> float:
        """A month's width."""
        return min(WIDEST_SLOT, (RIGHT - LEFT) / len(self.months))

    def centre(self, index: int) -> float:
        """The middle of a month."""
        return (LEFT + RIGHT) / 2 + (index - (len(self.months) - 1) / 2) * self.slot

    def sides(self, index: int, share: float = 0.7) -> tuple[float, float]:
        """The left and right side of a month's column that takes `share` of the slot."""
        half = self.slot * share / 2
        return self.centre(index) - half, self.centre(index) + half

    @property
    def unfinished(self) -> int | None:
        """The index of the unfinished month."""
        return len(self.months) - 1 if self.through else None

    @property
    def span(self) -> str:
        """The first and the last month: December 2010 to December 2011."""
        first, last = fmt.long_month(self.months[0]), fmt.long_month(self.months[-1])
        return first if first == last else f"{first} to {last}"

    def draw(self, page: Page, top: float) -> None:
        """As many months as have room, years beneath, and how far the unfinished month goes."""
        step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 1200) if step * self.slot >= 26)
        labelled = [i for i, month in enumerate(self.months) if (12 * month.year + month.month - 1) % step == 0]
        for i in labelled if step < 12 else ():
            page.text(self.centre(i), top + 14, fmt.month(self.months[i])[:3], side="center")
        years = {i: str(self.months[i].year) for i in self._first_of_years(labelled)}
        if self.through:
            last, note = len(self.months) - 1, to_day(self.through)
            near = [i for i in years if self.centre(last) - self.centre(i) < YEAR_ROOM]
            for i in near:
                note = f"{years.pop(i)}, {note}"
            self._draw_note(page, top + 28, note)
        room = float(page.width)
        for i, year in reversed(years.items()):
            wide = text_width(year, face=BOLD)
            right = min(self.centre(i) + wide / 2, room)  # a year's last month is not far from the next year's first
            page.text(right, top + 28, year, colour=GREY, side="right", face=BOLD)
            room = right - wide - YEAR_GAP

    def _first_of_years(self, labelled: Sequence[int]) -> list[int]:
        """Of the labelled months (of the first, if none is), the first of each year."""
        seen: dict[int, int] = {}
        for i in labelled or [0]:
            seen.setdefault(self.months[i].year, i)
        return list(seen.values())

    def _draw_note(self, page: Page, y: float, note: str) -> None:
        half = text_width(note) / 2
        x = min(self.centre(len(self.months) - 1), page.width - MARGIN / 2 - half)
        page.text(x, y, note, side="center", face=ITALIC)


def month_axis(months: pd.Series, unfinished: date | None, data_through: date) -> MonthAxis:
    """The axis of a column of months; `unfinished` counts where it is the last of them."""
    dates = tuple(months.dt.date)
    return MonthAxis(dates, data_through if dates and dates[-1] == unfinished else None)


def draw_columns(page: Page, axis: MonthAxis, scale: Scale, values: Sequence[float], colour: str) -> None:
    """A column a month from zero, the unfinished one hatched."""
    for i, value in enumerate(values):
        left, right = axis.sides(i)
        page.bar(left, scale(value), right, scale(0), colour, hatched=i == axis.unfinished)


def label_columns(
    page: Page, axis: MonthAxis, tops: Sequence[float], texts: Sequence[str], best: int | None = None, *,
    below: Callable[[int], bool] = lambda _: False,
) -> None:  # fmt: skip
    """Texts above (or below) places: all of them if all have room, else the best month's and the last one's."""
    last = len(texts) - 1
    roomy = max((text_width(text, face=BOLD) for text in texts), default=0) <= axis.slot - 2
    for i, text in enumerate(texts):
        if not text or not (roomy or i in (best, last)):
            continue
        y = tops[i] + 12 if below(i) else tops[i] - 4
        if roomy or i != last:
            page.text(axis.centre(i), y, text, side="center", face=BOLD if i == best else PLAIN, over_grid=True)
        elif best is None or last - best > 2 or i == best:
            # To the right, where no higher column is in its way.
            x = min(axis.sides(i)[0], page.width - 4 - text_width(text, face=BOLD))
            page.text(x, y, text, face=BOLD if i == best else PLAIN, over_grid=True)
