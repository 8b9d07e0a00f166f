"""What every sheet needs to know besides its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lgs_excel import formatting as fmt
from lgs_excel.report.chart_style import Style
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import Period


@dataclass(frozen=True)
class Context:
    """period: the time shown. filters: in words. unfinished: the month that is not over, or None. style: of charts."""

    company: str
    period: Period
    filters: str
    unfinished: date | None
    made_at: datetime
    style: Style

    @property
    def run(self) -> str:
        """What tells this report from every other: the time it was made."""
        return f"{self.made_at:%Y%m%d-%H%M%S}"

    @property
    def coverage(self) -> str:
        """How far the data go: the third line of every sheet."""
        parts = [f"Data to {fmt.day(self.period.data_through)}", f"as of {fmt.day(self.period.as_of)}"]
        if self.filters != "none":
            parts.append(f"filters: {self.filters}")
        return " · ".join([*parts, f"run {self.run}"])

    @property
    def last_complete(self) -> date | None:
        """The last month shown that is over, None if there is none."""
        last = add_months(self.unfinished, -1) if self.unfinished else self.period.last_month
        return last if last >= self.period.first_month else None

    def remark(self, month: date) -> str:
        """What must be said of a month, "" if nothing."""
        if month == self.unfinished:
            return f"to {fmt.short_day(self.period.data_through)}"
        return ""
