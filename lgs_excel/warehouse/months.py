"""Calendar months as dates: a month is the date of its first day."""

from __future__ import annotations

import re
from datetime import date

from lgs_excel.errors import InputError


def month_of(day: date) -> date:
    """The month that `day` is in."""
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """The month `count` months after (before, if negative) `month`."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every month from `first` to `last`, both included, in order; empty when `last` is earlier."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(first, i) for i in range(count + 1)]


def parse_month(text: str) -> date:
    """The month of "2011-11". Raises InputError for anything else."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise InputError(f"{text!r} is not a month. Write it as YYYY-MM, such as 2011-11.")
    return date(int(found[1]), int(found[2]), 1)


def month_text(month: date) -> str:
    """A month as "2011-11", the form that parse_month reads."""
    return f"{month.year:04}-{month.month:02}"
