"""What predictions are made of: net sales by day, and the trading days around them."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.forecast_methods import Floats, Known, Step, recent_pace
from lgs_excel.analytics.trading_days import month_days, month_end, trading_days, unfinished_month
from lgs_excel.settings import Settings
from lgs_excel.warehouse.months import add_months, month_of, months_between
from lgs_excel.warehouse.snapshot import Snapshot


@dataclass(frozen=True)
class TradingHistory:
    """Net sales by day from the beginning to the end of the period, whatever its first month.

    net: pounds by day, in order. begins, through: the first and the last day that the data cover. first: the first
    month that they cover from its first trading day on. next_month: the first that is not over. running: the one that
    is unfinished, or None. typed: net sales of the twelve months before `first`, or none.
    """

    net: pd.Series[float]
    begins: date
    through: date
    first: date
    next_month: date
    running: date | None
    typed: tuple[float, ...]
    settings: Settings

    @cached_property
    def months(self) -> list[date]:
        """The complete months, in order."""
        return months_between(self.first, add_months(self.next_month, -1))

    @cached_property
    def known(self) -> Known:
        """Sales per trading day of the complete months, after those that were typed in."""
        typed = [add_months(self.first, i - len(self.typed)) for i in range(len(self.typed))]
        before = [amount / self.days(month) for amount, month in zip(self.typed, typed, strict=True)]
        rates = [self.month(month) / self.days(month) for month in self.months]
        pace = [self._pace(month_end(month)) for month in self.months]
        return Known(np.array(before + rates), np.array([math.nan] * len(before) + pace), len(before))

    def days(self, month: date) -> int:
        """The trading days of `month`; at least one, so that there is a rate."""
        return max(1, len(month_days(month, self.settings)))

    def month(self, month: date) -> float:
        """Net sales of `month`, so far if it is running."""
        return self._sold(month, month_end(month))

    def rest(self, step: Step) -> float:
        """What the running month may still bring, given its prediction as a whole; never below zero.

        By last year's share of the month after the same trading day; where last year is not known, by the recent pace.
        """
        month = self.running or self.next_month
        days, before = (month_days(each, self.settings) for each in (month, add_months(month, -12)))
        over = bisect_right(days, self.through)
        last_year = self._sold(add_months(month, -12), month_end(add_months(month, -12)))
        if add_months(month, -12) not in self.months or last_year <= 0 or not before:
            return max(self._pace(self.through), 0) * (len(days) - over)
        alike = min(round(over * len(before) / len(days)), len(before) - 1)
        by_then = self._sold(before[0].replace(day=1), before[alike - 1]) if alike else 0.0
        left = min(max(1 - by_then / last_year, 0), 1)
        # Two guesses at the whole month, what came so far ÷ (1 − left) and the prediction, the first with the weight of
        # the part that is over; of their mean, what is left.
        return max(left * self.month(month) + left**2 * step.rate * len(days), 0)

    def _sold(self, first: date, last: date) -> float:
        return math.fsum(self.net.loc[pd.Timestamp(first) : pd.Timestamp(last)])

    def _pace(self, day: date) -> float:
        return recent_pace(self._daily[: bisect_right(self._trading_days, day)])

    @cached_property
    def _trading_days(self) -> list[date]:
        return trading_days(self.begins, self.through, self.settings)

    @cached_property
    def _daily(self) -> Floats:
        """Net sales of each trading day, those of closed days after it included."""
        days = np.array(self._trading_days, dtype="datetime64[D]")
        if not len(days):
            return np.zeros(0)
        places = np.searchsorted(days, self.net.index.to_numpy().astype("datetime64[D]"), "right") - 1
        daily = np.zeros(len(days))
        np.add.at(daily, places.clip(0), self.net.to_numpy())
        return daily


def trading_history(snapshot: Snapshot) -> TradingHistory:
    """The history of the countries shown; last year's months as typed in the settings only for all countries."""
    rows = snapshot.history.c
    daily = snapshot.frame(sa.select(rows.day, sa.func.sum(rows.amount).label("net")).group_by(rows.day))
    daily = daily[daily["day"].notna()].sort_values("day")
    period, settings = snapshot.period, snapshot.settings
    running = unfinished_month(period, settings)
    first = month_of(period.begins)
    if trading_days(first, period.begins - timedelta(days=1), settings):
        first = add_months(first, 1)
    return TradingHistory(
        net=daily.set_index(pd.DatetimeIndex(daily["day"]))["net"],
        begins=period.begins,
        through=period.data_through,
        first=first,
        next_month=max(first, running or add_months(period.last_month, 1)),
        running=running,
        typed=() if snapshot.filters.countries else settings.last_year_sales,
        settings=settings,
    )
