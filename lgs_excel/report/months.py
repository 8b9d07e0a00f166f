"""The months that a chart or a sentence is about, and how they are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from lgs_excel import formatting as fmt


@dataclass(frozen=True)
class Months:
    """The months shown, in order. through: the day of the last line if the last month is unfinished, else None."""

    months: tuple[date, ...]
    through: date | None = None

    @property
    def unfinished(self) -> int | None:
        """The index of the unfinished month."""
        return len(self.months) - 1 if self.through else None

    @property
    def complete(self) -> int:
        """How many months are complete: all, or all but the last."""
        return len(self.months) - (self.through is not None)

    @property
    def told(self) -> int:
        """The index of the month that a picture speaks of: the last complete one, else the unfinished one."""
        return max(self.complete - 1, 0)

    @property
    def span(self) -> str:
        """The first and the last month: December 2010 to December 2011."""
        first, last = self.name(0), self.name(-1)
        return first if first == last else f"{first} to {last}"

    @property
    def to_day(self) -> str:
        """How far the data go in the unfinished month: "to 9 Dec"; "" if there is none."""
        return f"to {fmt.short_day(self.through)}" if self.through else ""

    def name(self, index: int) -> str:
        """Such as November 2011."""
        return fmt.long_month(self.months[index])

    def full_name(self, index: int) -> str:
        """The same, and for the unfinished month how far it goes: December 2011 to 9 Dec."""
        return f"{self.name(index)} {self.to_day}" if index == self.unfinished else self.name(index)


def months_of(column: pd.Series, unfinished: date | None, data_through: date) -> Months:
    """The months of a column of dates; `unfinished` counts where it is the last of them."""
    dates = tuple(column.dt.date)
    return Months(dates, data_through if dates and dates[-1] == unfinished else None)
