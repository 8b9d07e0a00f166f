"""A report by its anatomy. Frozen: two writers take the same Report and make the same cells of it.

Report
└── Sheet          title (A1), finding (A2), coverage (A3), then blocks
    ├── Table      columns, rows of values
    ├── Chart      a picture with its message in words
    └── Note       a line of text, perhaps a link
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TypeAlias

Value: TypeAlias = str | int | float | date | None


class Kind(Enum):
    """What a value is, and so how it is shown; style.py says how."""

    TEXT = "text"
    LONG_TEXT = "long text"  # wrapped
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"  # pounds
    PENCE = "pence"  # pounds and pence
    SHARE = "share"
    CHANGE = "change"  # a signed share
    POINTS = "points"  # the difference of two shares, in percentage points
    MONTH = "month"
    DAY = "day"


class Mark(Enum):
    """What a cell or a note says besides its value."""

    GOOD = "good"
    BAD = "bad"
    UNFINISHED = "unfinished"  # a month that is not over
    QUIET = "quiet"
    HEADING = "heading"
    INPUT = "input"  # for the reader to fill in


@dataclass(frozen=True)
class Cell:
    """A value that differs from its column: in kind, or by a mark; or that others find by its name.

    choices: what may be entered: one of these texts; or the name of cells with suggestions. between: whole numbers that
    may be.
    """

    value: Value
    kind: Kind | None = None
    mark: Mark | None = None
    link: str | None = None  # the title of a sheet of the same workbook, perhaps with a cell: "Definitions!A17"
    name: str | None = None  # unique in the workbook, beginning with lgs_
    choices: tuple[str, ...] | str = ()
    between: tuple[int, int] | None = None


@dataclass(frozen=True)
class Column:
    """A table's column. width: in characters, None to fit the values. name: of its cells, as a cell's."""

    header: str
    kind: Kind
    width: float | None = None
    name: str | None = None


@dataclass(frozen=True)
class Table:
    """A real Excel table. name: unique in the workbook, beginning with lgs_. caption: the line above it. scales: the
    first and the last header of columns that have a colour scale together, from nought to the highest figure in them.

    Rows have a value, or a Cell, for each column; None is a cell that is blank on purpose.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value | Cell, ...], ...]
    caption: str = ""
    scales: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        headers = [column.header for column in self.columns]
        if not {header for ends in self.scales for header in ends} <= {*headers}:
            raise ValueError(f"table {self.name}: no such columns for colour scales: {self.scales}")
        if len(set(headers)) != len(headers) or not all(headers):
            raise ValueError(f"table {self.name}: headers must be unique and not empty: {headers}")
        if any(len(row) != len(headers) for row in self.rows):
            raise ValueError(f"table {self.name}: a row has not {len(headers)} values")


@dataclass(frozen=True)
class Chart:
    """A picture. name: fixed, beginning with lgs_chart_, so that a refresh replaces it. message: its finding in words
    and figures, the picture's alternative text. png: at twice the width × height (pixels) at which it is shown; empty
    where its place is only kept.
    """

    name: str
    message: str
    png: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True)
class Note:
    """A line of text among the tables. link: as of a cell. detail: what stands in the next column, if anything. wraps:
    whether it goes on in the next row where it is longer than the tables are wide.
    """

    text: str
    mark: Mark | None = None
    link: str | None = None
    detail: str = ""
    wraps: bool = True


Block: TypeAlias = Table | Chart | Note


@dataclass(frozen=True)
class Sheet:
    """title: the sheet's name, too (at most 31 characters). finding: what it answers, in words with the figures in it.
    coverage: how far the data go. blocks: tables and notes one below the other, charts beside them. pages: how many
    pages it prints on, one below the other; 0: as many as it takes; None: by its length. ways: texts with links to
    other sheets, side by side above the blocks. printed: a table, and how many of its rows are printed; what is below
    them is for the screen alone.
    """

    title: str
    finding: str
    coverage: str
    blocks: tuple[Block, ...]
    landscape: bool = True
    pages: int | None = None
    ways: tuple[Cell, ...] = ()
    printed: tuple[str, int] | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Chart))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its tables, and of cells in them."""
        return (*(table.name for table in self.tables), *self.cell_names)

    @property
    def cell_names(self) -> tuple[str, ...]:
        """The names of cells and columns of its tables, table by table."""
        named: list[Column | Cell] = []
        for table in self.tables:
            named += table.columns
            named += [value for row in table.rows for value in row if isinstance(value, Cell)]
        return tuple(one.name for one in named if one.name)


@dataclass(frozen=True)
class Report:
    """A whole workbook. made_at: the time it was made; the same Report gives the same bytes. facts: what else a mail or
    a log needs to know of it, by name.
    """

    title: str
    company: str
    made_at: datetime
    sheets: tuple[Sheet, ...]
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, names in (
            ("sheet titles", [sheet.title.casefold() for sheet in self.sheets]),
            ("chart names", [chart.name for sheet in self.sheets for chart in sheet.charts]),
            # Excel keeps both in one list, and capitals don't tell names apart.
            ("names of tables and cells", [name.casefold() for sheet in self.sheets for name in sheet.names]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"{what} must be unique: {names}")

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)
