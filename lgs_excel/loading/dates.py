"""Dates as exports write them: ISO, 01/12/2010 08:26 in either order, 1-Dec-2010. A time zone is dropped: a sale
happened when the shop's clock said so.
"""

from __future__ import annotations

from lgs_excel.errors import InputError
from lgs_excel.loading.parts import DateOrder

_TIME = r"(?:[T ,]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.][0-9]+)?)? ?([AaPp][Mm])?)?"
_NUMBERS = rf"([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}}|[0-9]{{2}}){_TIME}"
_NAMES = "['first', 'second', 'year', 'hour', 'minute', 'sec', 'half']"
_ISO = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?"
_ZONE = r"(?:Z|[ ]?[+-][0-9]{2}(?::?[0-9]{2})?)?"
_WITH_MONTH_NAME = [
    f"%d{separator}%b{separator}{year}{time}"
    for separator in ("-", " ")
    for year in ("%Y", "%y")
    for time in ("", " %H:%M", " %H:%M:%S")
]
EARLIEST, LATEST = "1900-01-01", "2100-01-01"


def timestamp(text: str, order: DateOrder | None) -> str:
    """The SQL expression that is the timestamp of the SQL expression `text`, or null."""
    iso = f"regexp_extract({text}, '^({_ISO}){_ZONE}$', 1)"
    ways = [
        # Most exports write each date just as DuckDB would: the comparison is far cheaper than a pattern.
        f"CASE WHEN TRY_CAST({text} AS TIMESTAMP)::VARCHAR = {text} THEN TRY_CAST({text} AS TIMESTAMP) END",
        f"TRY_CAST(nullif({iso}, '') AS TIMESTAMP)",
        f"try_strptime({text}, {_WITH_MONTH_NAME})",
    ]
    if order:
        ways.insert(2, _from_numbers(text, order))
    # A digit comes first: to DuckDB "epoch" and "infinity" are timestamps, too.
    return f"CASE WHEN {text} < ':' THEN coalesce({', '.join(ways)}) END"


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


def order_evidence(text: str) -> str:
    """SQL expressions (aggregates): how many dates could be of either order, the largest first and second number,
    and one such date.
    """
    parts = f"regexp_extract({text}, '^{_NUMBERS}$', {_NAMES})"
    first, second = f"TRY_CAST({parts}.first AS INT)", f"TRY_CAST({parts}.second AS INT)"
    return f"count({first}), max({first}), max({second}), any_value({text}) FILTER ({first} IS NOT NULL)"


def decide_order(
    name: str, either: int, first: int, second: int, example: str, stated: DateOrder | None
) -> DateOrder | None:
    """Which number is the day, by the largest of each in the whole file; None where no date needs it.

    Raises InputError where the file does not tell, or tells both.
    """
    if not either:
        return None
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
