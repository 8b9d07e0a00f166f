"""Where everything stands: the only owner of addresses. Both writers put cells where this says.

A sheet from the top: title (A1), finding (A2), coverage (A3), ways to other sheets (row 4), then its blocks one below
the other, a blank row after each table. Charts stand to the right of the tables if those leave room on the page, else
below, in the order of the blocks. Rows and columns count from 1.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from openpyxl.utils import get_column_letter

from lgs_excel import formatting as fmt
from lgs_excel.report.model import Cell, Chart, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.style import (
    CAPTION,
    COVERAGE,
    DARK,
    FINDING,
    HEADER,
    LINK,
    MARKS,
    PLAIN,
    TITLE,
    CellStyle,
)

WAYS_ROW, FIRST_BLOCK_ROW = 4, 5
WAYS_COLUMNS = (1, 3)  # two columns have room for the first way, however narrow they are
ROW_PIXELS = 20
TITLE_ROW_PIXELS = 32
# Calibri 11 has digits of 7 pixels; a column has 5 more for its edges.
CHARACTER_PIXELS, COLUMN_EDGE_PIXELS = 7, 5
SPACER_WIDTH, USUAL_WIDTH = 3.0, 8.43
# A width counts digits; the letters of a sentence are narrower.
LETTERS_PER_DIGIT = 1.12
# As wide as a table may be for a chart to stand beside it: together they fill an A4 page across.
WIDEST_BESIDE = 860
# So that a laptop has room for what scrolls below.
MOST_FROZEN_ROWS = 12
# A page takes about 50; this many are still easily read when made to fit.
MOST_ROWS_ON_A_PAGE = 70
NARROWEST, WIDEST, LONG_TEXT_WIDTH = 9.0, 48.0, 70.0


@dataclass(frozen=True)
class PlacedCell:
    """A cell with its address, what it says and how it looks."""

    row: int
    column: int
    value: Value
    kind: Kind
    look: CellStyle
    link: str | None = None
    choices: tuple[str, ...] | str = ()
    between: tuple[int, int] | None = None


@dataclass(frozen=True)
class PlacedTable:
    """A table with its address."""

    table: Table
    row: int  # of its headers
    column: int

    @property
    def last_row(self) -> int:
        """Its last row; an Excel table has at least one row below its headers, blank if there is nothing to say."""
        return self.row + max(1, len(self.table.rows))

    @property
    def last_column(self) -> int:
        """Its last column."""
        return self.column + len(self.table.columns) - 1

    @property
    def scales(self) -> list[tuple[int, int, int, int]]:
        """The first row and column, and the last ones, of the cells that each of its colour scales is on."""
        at = {column.header: i for i, column in enumerate(self.table.columns, self.column)}
        ends = self.table.scales if self.table.rows else ()
        return [(self.row + 1, at[first], self.last_row, at[last]) for first, last in ends]

    @property
    def address(self) -> str:
        """Such as "A6:F19", headers included."""
        return f"{address(self.row, self.column)}:{address(self.last_row, self.last_column)}"


@dataclass(frozen=True)
class PlacedChart:
    """A chart with the cell that its top left corner stands on."""

    chart: Chart
    row: int
    column: int

    @property
    def last_row(self) -> int:
        """The last row that it may cover."""
        return self.row + math.ceil(self.chart.height / ROW_PIXELS) - 1


@dataclass(frozen=True)
class PlacedName:
    """A name of the workbook for cells of a sheet: areas such as "$A$1:$A$3"."""

    name: str
    sheet: str
    areas: tuple[str, ...]

    @property
    def refers_to(self) -> str:
        """As a workbook writes it: "'RFM Customers'!$A$1:$A$3,'RFM Customers'!$A$20"."""
        quoted = self.sheet.replace("'", "''")
        return ",".join(f"'{quoted}'!{area}" for area in self.areas)


@dataclass(frozen=True)
class Layout:
    """A sheet with every address settled. widths: column → characters. heights: row → pixels, where not ROW_PIXELS.

    names: of the cells that have one, of each table's cells (cells_name), and of all the texts outside tables
    (text_name): with the pictures they tell what on the sheet is ours.
    """

    sheet: Sheet
    cells: tuple[PlacedCell, ...]
    tables: tuple[PlacedTable, ...]
    charts: tuple[PlacedChart, ...]
    names: tuple[PlacedName, ...]
    widths: dict[int, float]
    heights: dict[int, int] = field(default_factory=dict)

    @property
    def frozen_rows(self) -> int:
        """Rows that stay in sight: up to the headers of the only table, where that is near the top, else three."""
        return self.tables[0].row if len(self.tables) == 1 and self.tables[0].row <= MOST_FROZEN_ROWS else 3

    @property
    def pages_down(self) -> int:
        """How many pages it is printed on: 1 for a sheet that is only a little longer; 0 for as many as it takes."""
        if self.sheet.pages is not None:
            return self.sheet.pages
        last_row = max(cell.row for cell in self.cells)
        return 1 if max([last_row, *(chart.last_row for chart in self.charts)]) <= MOST_ROWS_ON_A_PAGE else 0

    @property
    def print_area(self) -> str | None:
        """What is printed, such as "A1:F60", if not all of it."""
        if self.sheet.printed is None:
            return None
        name, rows = self.sheet.printed
        for placed in self.tables:
            if placed.table.name == name and not 0 < len(placed.table.rows) <= rows:
                columns = [*self.widths, *map(self._last_column, self.charts)]
                return f"A1:{address(placed.row + rows, max(columns))}"
        return None

    def _last_column(self, placed: PlacedChart) -> int:
        """The last column that a chart covers."""
        column, left = placed.column, float(placed.chart.width)
        while (left := left - _column_pixels(self.widths.get(column, USUAL_WIDTH))) > 0:
            column += 1
        return column

    def rows(self) -> Iterator[list[PlacedCell]]:
        """The cells by row, from the first row to the last; empty lists for blank rows."""
        by_row: dict[int, list[PlacedCell]] = {}
        for cell in self.cells:
            by_row.setdefault(cell.row, []).append(cell)
        for row in range(1, max(by_row) + 1):
            yield sorted(by_row.get(row, []), key=lambda cell: cell.column)


def first_row(sheet: Sheet) -> int:
    """The row that the blocks begin in."""
    return FIRST_BLOCK_ROW + (1 if sheet.ways else 0)


def link_place(link: str) -> str:
    """Where a link leads to, as a workbook writes it: "'RFM Customers'!A1" for "RFM Customers"."""
    title, _, cell = link.partition("!")
    return "'{}'!{}".format(title.replace("'", "''"), cell or "A1")


def address(row: int, column: int) -> str:
    """The address "B7" for row 7, column 2."""
    return f"{get_column_letter(column)}{row}"


def absolute(row: int, column: int) -> str:
    """The address "$B$7" for row 7, column 2."""
    return f"${get_column_letter(column)}${row}"


def text_name(title: str) -> str:
    """The name of a sheet's texts outside its tables: "lgs_RFM_Customers_text" for "RFM Customers"."""
    return f"lgs_{re.sub(r'[^A-Za-z0-9]+', '_', title)}_text"


def cells_name(table: str) -> str:
    """The name of a table's cells, headers included: Excel makes a table larger when something is typed beside it, and
    that is not ours.
    """
    return f"{table}_cells"


def code_name(title: str) -> str:
    """The name that macros know a sheet by: "shRFMCustomers" for "RFM Customers"; a module has at most 31 letters."""
    return f"sh{re.sub(r'[^A-Za-z0-9]', '', title)}"[:31]


def lay_out(sheet: Sheet) -> Layout:
    """The addresses of everything on `sheet`."""
    widths = _widths(sheet)
    beside = bool(sheet.tables) and _pixels(widths) <= WIDEST_BESIDE and not _runs_on(sheet)
    chart_column = len(widths) + 2
    characters = sum(widths.values())
    cells = [*_heading(sheet)]  # the texts; the tables' cells come after them
    table_cells: list[PlacedCell] = []
    heights = {1: TITLE_ROW_PIXELS}
    tables: list[PlacedTable] = []
    charts: list[PlacedChart] = []
    row = beside_row = first_row(sheet)
    gap = 0
    for block in sheet.blocks:
        if isinstance(block, Note):
            lines = list(_note_cells(block, row, characters, len(widths)))
            cells += lines
            row = lines[-1].row + 1
            gap = 0 if block.mark is Mark.HEADING else 1
        elif isinstance(block, Chart) and beside:
            charts.append(PlacedChart(block, beside_row, chart_column))
            beside_row = charts[-1].last_row + 2
        elif isinstance(block, Chart):
            charts.append(PlacedChart(block, row, 1))
            row = charts[-1].last_row + 2
        else:
            row += gap
            if block.caption:
                cells.append(PlacedCell(row, 1, block.caption, Kind.TEXT, CAPTION))
                row += 1
            placed = PlacedTable(block, row, 1)
            tables.append(placed)
            table_cells += _table_cells(placed)
            heights |= _row_heights(placed, widths)
            row = placed.last_row + 2
            gap = 0
    if beside and sheet.charts:
        widths[len(widths) + 1] = SPACER_WIDTH
        if len(tables) == 1:  # its headers are printed on top of every page, and what stands on them, too
            down = max(0, tables[0].row + 1 - charts[0].row)
            charts = [replace(placed, row=placed.row + down) for placed in charts]
    names = (_text_areas(sheet, cells), *(name for placed in tables for name in _cell_names(sheet, placed)))
    return Layout(sheet, (*cells, *table_cells), tuple(tables), tuple(charts), names, widths, heights)


def _heading(sheet: Sheet) -> list[PlacedCell]:
    texts = ((sheet.title, TITLE), (sheet.finding, FINDING), (sheet.coverage, COVERAGE))
    ways = [
        PlacedCell(WAYS_ROW, column, way.value, Kind.TEXT, _look(way.mark, linked=True), way.link)
        for column, way in zip(WAYS_COLUMNS, sheet.ways, strict=False)
    ]
    return [*(PlacedCell(row, 1, text, Kind.TEXT, look) for row, (text, look) in enumerate(texts, 1)), *ways]


def _text_areas(sheet: Sheet, texts: list[PlacedCell]) -> PlacedName:
    """The name of the texts: rows next to each other, as wide as the widest of them, are one area."""
    widest: dict[int, int] = {}
    for cell in texts:
        widest[cell.row] = max(widest.get(cell.row, 1), cell.column)
    areas: list[tuple[int, int, int]] = []
    for row, column in sorted(widest.items()):
        if areas and areas[-1][1] == row - 1 and areas[-1][2] == column:
            areas[-1] = (areas[-1][0], row, column)
        else:
            areas.append((row, row, column))
    spans = tuple(f"{absolute(first, 1)}:{absolute(last, column)}" for first, last, column in areas)
    return PlacedName(text_name(sheet.title), sheet.title, spans)


def _cell_names(sheet: Sheet, placed: PlacedTable) -> Iterator[PlacedName]:
    corners = absolute(placed.row, placed.column), absolute(placed.last_row, placed.last_column)
    yield PlacedName(cells_name(placed.table.name), sheet.title, (":".join(corners),))
    for i, column in enumerate(placed.table.columns, placed.column):
        if column.name:
            cells = f"{absolute(placed.row + 1, i)}:{absolute(placed.last_row, i)}"
            yield PlacedName(column.name, sheet.title, (cells,))
    for j, values in enumerate(placed.table.rows, placed.row + 1):
        for i, value in enumerate(values, placed.column):
            if isinstance(value, Cell) and value.name:
                yield PlacedName(value.name, sheet.title, (absolute(j, i),))


def _runs_on(sheet: Sheet) -> bool:
    """Whether a line may run on beyond the tables, where a chart would stand."""
    return any(isinstance(block, Note) and block.detail for block in sheet.blocks)


def _note_cells(note: Note, row: int, characters: float, columns: int) -> Iterator[PlacedCell]:
    """A line runs on over the blank cells to its right, but not beyond the tables: there may be a chart."""
    look = _look(note.mark, linked=bool(note.link))
    lines = (
        [note.text]
        if note.detail or not note.wraps
        else textwrap.wrap(note.text, int(characters * LETTERS_PER_DIGIT), break_on_hyphens=False)
    )
    for i, line in enumerate(lines or [""]):
        yield PlacedCell(row + i, 1, line or None, Kind.TEXT, look, note.link)
        if look.fill:
            yield from (PlacedCell(row + i, column, None, Kind.TEXT, look) for column in range(2, columns + 1))
    if note.detail:
        yield PlacedCell(row, 2, note.detail, Kind.TEXT, PLAIN)


def _look(mark: Mark | None, *, linked: bool) -> CellStyle:
    look = MARKS[mark] if mark else PLAIN
    return replace(look, colour=LINK.colour, underline=True) if linked and not mark else look


@cache
def _ruled(mark: Mark | None, *, linked: bool) -> CellStyle:
    """The look of a cell of a table."""
    return replace(_look(mark, linked=linked), ruled=True)


def _table_cells(placed: PlacedTable) -> Iterator[PlacedCell]:
    table = placed.table
    for i, column in enumerate(table.columns):
        yield PlacedCell(placed.row, placed.column + i, column.header, column.kind, HEADER)
    shaded = {column for _, first, _, last in placed.scales for column in range(first, last + 1)}
    for j, values in enumerate(table.rows, placed.row + 1):
        for i, (column, value) in enumerate(zip(table.columns, values, strict=True), placed.column):
            cell = value if isinstance(value, Cell) else Cell(value)
            look = _ruled(cell.mark, linked=bool(cell.link))
            if i in shaded:  # grey letters are not read on it
                look = replace(look, colour=DARK)
            yield PlacedCell(j, i, cell.value, cell.kind or column.kind, look, cell.link, cell.choices, cell.between)


def _row_heights(placed: PlacedTable, widths: dict[int, float]) -> dict[int, int]:
    """The heights of rows whose long text needs more than one line."""
    heights = {}
    long = [i for i, column in enumerate(placed.table.columns) if column.kind is Kind.LONG_TEXT]
    for j, values in enumerate(placed.table.rows, placed.row + 1):
        lines = max((_lines(_plain(values[i]), widths[placed.column + i]) for i in long), default=1)
        if lines > 1:
            heights[j] = lines * (ROW_PIXELS - 1) + 3
    return heights


def _lines(value: Value, width: float) -> int:
    width = max(10, int(width * LETTERS_PER_DIGIT))
    return sum(max(1, len(textwrap.wrap(line, width))) for line in str(value or "").split("\n"))


def _widths(sheet: Sheet) -> dict[int, float]:
    """Each column as wide as the widest that it shows in any table of the sheet."""
    widths: dict[int, float] = {}
    for table in sheet.tables:
        for i, column in enumerate(table.columns, 1):
            widths[i] = max(widths.get(i, NARROWEST), _fitting(table, i - 1, column.width))
    return widths or {1: LONG_TEXT_WIDTH}


def _fitting(table: Table, index: int, given: float | None) -> float:
    column = table.columns[index]
    if given is not None:
        return given
    if column.kind is Kind.LONG_TEXT:
        return LONG_TEXT_WIDTH
    shown = max((len(shown_text(row[index], column.kind)) for row in table.rows), default=0)
    # Headers are bold, and have a button to filter by.
    return min(max(shown + 2.0, len(column.header) * 1.1 + 3.5), WIDEST)


_SHOWN = {
    Kind.MONEY: "-£,.0f",
    Kind.PENCE: "-£,.2f",
    Kind.SHARE: ".1%",
    Kind.CHANGE: "+.1%",
    Kind.POINTS: "+.1f",
    Kind.NUMBER: ",.1f",
}


def shown_text(value: Value | Cell, kind: Kind) -> str:
    """About what a cell shows: what its width must hold."""
    if isinstance(value, Cell):
        return shown_text(value.value, value.kind or kind)
    if value is None:
        return ""
    if isinstance(value, date):
        return "30 Nov 2011" if kind is Kind.DAY else "Nov 2011"
    if isinstance(value, str):
        return value
    code = _SHOWN.get(kind, ",.0f")
    return f"{fmt.currency()}{value:{code[2:]}}" if code.startswith("-£") else f"{value:{code}}"


def _plain(value: Value | Cell) -> Value:
    return value.value if isinstance(value, Cell) else value


def _pixels(widths: dict[int, float]) -> float:
    return sum(map(_column_pixels, widths.values()))


def _column_pixels(width: float) -> float:
    return width * CHARACTER_PIXELS + COLUMN_EDGE_PIXELS
