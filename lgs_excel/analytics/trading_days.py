"""Trading days: the days on which the shop takes orders, and whether a month still has some to come."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from lgs_excel.errors import SettingsError
from lgs_excel.settings import WEEKDAYS, Settings
from lgs_excel.warehouse.months import add_months, month_of
from lgs_excel.warehouse.snapshot import Period


def trading_days(first: date, last: date, settings: Settings) -> list[date]:
    """The trading days from `first` to `last`, both included, in order."""
    closed = {WEEKDAYS.index(name) for name in settings.closed_weekdays}
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [
        day
        for day in days
        if day.weekday() not in closed
        and day.strftime("%m-%d") not in settings.closed_days
        and day not in _holidays(day.year, settings.bank_holidays)
    ]


def month_end(month: date) -> date:
    """The last day of `month`."""
    return add_months(month, 1) - timedelta(days=1)


def month_days(month: date, settings: Settings) -> list[date]:
    """The trading days of `month`, in order."""
    return trading_days(month, month_end(month), settings)


def unfinished_month(period: Period, settings: Settings) -> date | None:
    """The last month shown if trading days are left in it after the last line, unless the lines go on; else None."""
    if period.goes_on:
        return None
    month = month_of(period.data_through)
    left = trading_days(period.data_through + timedelta(days=1), month_end(month), settings)
    return month if left else None


@lru_cache(maxsize=256)
def _holidays(year: int, calendar: str) -> frozenset[date]:
    """Bank holidays and Easter Sunday of `year`; only Easter Sunday where `calendar` is empty."""
    from dateutil.easter import easter

    days = {easter(year)}
    if calendar:
        import holidays  # takes 0.2 s to import

        country, _, subdivision = calendar.partition("-")
        try:
            days |= set(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
        except NotImplementedError as error:
            raise SettingsError(
                f"bank_holidays is {calendar!r}, which is not a known calendar. Write a country code, or country and "
                "subdivision, such as GB-ENG; leave it empty for none."
            ) from error
    return frozenset(days)
