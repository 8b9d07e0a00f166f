"""Dates as exports write them: ISO, 01/12/2010 08:26 in either order, 1-Dec-2010, 20101201 0826, Excel's 40513.35. A
time zone is dropped: a sale happened when the shop's clock said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lgs_excel.errors import InputError
from lgs_excel.loading.parts import DateOrder

_TIME = r"(?:[T ,]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.][0-9]+)?)? ?([AaPp][Mm])?)?"
_NUMBERS = rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}|[0-9]{{2}}){_TIME}"
_NAMES = "['first', 'second', 'year', 'hour', 'minute', 'sec', 'half']"
_ISO = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?"
_ZONE = r"(?:Z|[ ]?[+-][0-9]{2}(?::?[0-9]{2})?)?"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_WITH_MONTH_NAME = [
    f"{day}{time}"
    for day in (
        *(f"%d{mark}{month}{mark}{year}" for mark in ("-", " ") for year in ("%y", "%Y") for month in ("%b", "%B")),
        *(f"{month} %d{comma} %Y" for month in ("%b", "%B") for comma in ("", ",")),
    )
    for time in _TIMES
]
_COMPACT = "^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.][0-9]+)?)?)?Z?$"
# Days since 1899-12-30, from 1927 on: fewer digits may be anything.
_SERIAL = "[1-7][0-9]{4}([.][0-9]+)?"
_MONTHS = "^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
EARLIEST, LATEST = "1900-01-01", "2100-01-01"


@dataclass(frozen=True)
class DateForm:
    """How the dates of a part are written: `order` where some are three numbers, `serial` where some are Excel's,
    `compact` where some are 20101201. What none is written like is not tried: it costs time on each line.
    """

    order: DateOrder | None = None
    serial: bool = False
    compact: bool = False
    understood: tuple[str, ...] = ()


def timestamp(text: str, form: DateForm) -> str:
    """The SQL expression that is the timestamp of the SQL expression `text`, or null."""
    iso = f"regexp_extract({text}, '^({_ISO}){_ZONE}$', 1)"
    ways = [
        # Most exports write each date just as DuckDB would: the comparison is far cheaper than a pattern.
        f"CASE WHEN TRY_CAST({text} AS TIMESTAMP)::VARCHAR = {text} THEN TRY_CAST({text} AS TIMESTAMP) END",
        f"TRY_CAST(nullif({iso}, '') AS TIMESTAMP)",
        f"try_strptime({text}, {_WITH_MONTH_NAME})",
    ]
    if form.order:
        ways.insert(2, _from_numbers(text, form.order))
    if form.compact:
        ways.append(_from_compact(text))
    if form.serial:
        ways.append(_from_serial(text))
    # A digit or a month comes first: to DuckDB "epoch" and "infinity" are timestamps, too.
    return f"CASE WHEN {text} < ':' OR regexp_matches(lower({text}), '{_MONTHS}') THEN coalesce({', '.join(ways)}) END"


def _from_compact(text: str) -> str:
    names = "['year', 'month', 'day', 'hour', 'minute', 'sec']"
    parts = f"regexp_extract({text}, '{_COMPACT}', {names})"
    time = "coalesce(nullif(d.hour, ''), '00') || ':' || coalesce(nullif(d.minute, ''), '00')"
    iso = f"d.year || '-' || d.month || '-' || d.day || ' ' || {time} || ':' || coalesce(nullif(d.sec, ''), '00')"
    return f"(SELECT TRY_CAST(CASE WHEN d.year <> '' THEN {iso} END AS TIMESTAMP) FROM (SELECT {parts} AS d))"


def _from_serial(text: str) -> str:
    seconds = f"round(TRY_CAST({text} AS DOUBLE) * 86400)::BIGINT"
    return f"CASE WHEN regexp_full_match({text}, '{_SERIAL}') THEN '1899-12-30'::TIMESTAMP + to_seconds({seconds}) END"


def _from_numbers(text: str, order: DateOrder) -> str:
    """Written as ISO and cast, so that the 31st of February is null."""
    parts = f"regexp_extract({text}, '^{_NUMBERS}$', {_NAMES})"
    day, month = ("first", "second") if order == "day-first" else ("second", "first")
    hour = (  # TRY_CAST throughout: all branches are worked out for all lines
        "CASE upper(d.half) WHEN '' THEN coalesce(TRY_CAST(d.hour AS INT), 0) "
        "WHEN 'PM' THEN TRY_CAST(d.hour AS INT) % 12 + 12 ELSE TRY_CAST(d.hour AS INT) % 12 END"
    )
    year = "CASE WHEN length(d.year) = 2 THEN '20' || d.year ELSE d.year END"
    iso = (
        f"{year} || '-' || d.{month} || '-' || d.{day} || ' ' || {hour} || ':' || "
        "coalesce(nullif(d.minute, ''), '0') || ':' || coalesce(nullif(d.sec, ''), '0')"
    )
    return f"(SELECT TRY_CAST(CASE WHEN d.year <> '' THEN {iso} END AS TIMESTAMP) FROM (SELECT {parts} AS d))"


def date_evidence(text: str) -> str:
    """SQL expressions (aggregates): how many dates could be of either order, the largest first and second number,
    one such date, how many are Excel's day numbers, and how many compact.
    """
    parts = f"regexp_extract({text}, '^{_NUMBERS}$', {_NAMES})"
    first, second = f"TRY_CAST({parts}.first AS INT)", f"TRY_CAST({parts}.second AS INT)"
    return (
        f"count({first}), max({first}), max({second}), any_value({text}) FILTER ({first} IS NOT NULL), "
        f"count(*) FILTER (regexp_full_match({text}, '{_SERIAL}')), "
        f"count(*) FILTER (regexp_matches({text}, '{_COMPACT}'))"
    )


def decide_dates(name: str, row: tuple[Any, ...], stated: DateOrder | None) -> DateForm:
    """How the dates of a part are written, by what `date_evidence` found in it.

    Excel's day numbers are read where no date is three numbers: beside those, they are dates whose day and month Excel
    may have taken for each other. Raises InputError where the dates do not tell their order, or tell both.
    """
    either, first, second, example, serial, compact = row
    order = _order(name, first, second, example, stated) if either else None
    understood = []
    if order:
        understood.append(f"dates are {order.replace('-', ' ')}")
    if serial and not either:
        understood.append("dates are Excel's day numbers")
    if compact:
        understood.append("dates are compact (20101201)")
    return DateForm(order, bool(serial and not either), bool(compact), tuple(understood))


def _order(name: str, first: int, second: int, example: str, stated: DateOrder | None) -> DateOrder:
    """Which number is the day, by the largest of each in the whole part."""
    if stated:
        return stated
    if first > 12 >= second:
        return "day-first"
    if second > 12 >= first:
        return "month-first"
    said = (
        f"The dates of {name} can be read both ways, such as {example!r}: no day is above 12"
        if first <= 12
        else f"Some dates of {name} can only be day-first and some only month-first, such as {example!r}"
    )
    raise InputError(
        f"{said}. Say which with --dates day-first or --dates month-first, or export ISO dates (2010-12-01)."
    )
