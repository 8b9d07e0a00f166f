"""What every kind of source becomes before it is staged: parts, each a table of text in the order of its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Progress = Callable[[str, float], None]
DateOrder = Literal["day-first", "month-first"]

# A longer field is no description of a gift: its line is rejected, and its text cut for the quarantine.
LONGEST_FIELD = 1_000_000
LONGEST_LINE = 8 * 4 * LONGEST_FIELD + 1000  # of the eight columns, in bytes


@dataclass(frozen=True)
class Stated:
    """What only a person can say about an export's text; None means that the file itself decides. `columns` are the
    names that it has for columns of `retail`: {"invoice_no": "Document"}.
    """

    decimal_comma: bool | None = None
    dates: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


AS_THE_FILE_SAYS = Stated()


@dataclass(frozen=True)
class Part:
    """One table of lines, in order: a CSV file, a sheet, a table of a dump.

    `relation` is what DuckDB selects from (`parameters` are bound to its `?`), `columns` the SQL expression in
    it of each known column that there is, `line` the expression of a line's number; None where line numbers
    follow from `first_line` and the order. `broken` is a CSV file of the lines that could not be split into
    fields: line, reason, text. `again` makes the part anew, slower, with exact line numbers; None where they are
    exact already: `exact` decides on the count of lines that were read. `typed`: its numbers are numbers in the source,
    so that a point in them is a decimal one. `understood` is how its header was read, in words.
    """

    name: str
    relation: str
    columns: Mapping[str, str]
    parameters: tuple[object, ...] = ()
    line: str | None = None
    first_line: int = 1
    broken: Path | None = None
    typed: bool = False
    understood: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exact: Callable[[int], bool] = field(default=lambda _: True)
    again: Callable[[], Part] | None = None
