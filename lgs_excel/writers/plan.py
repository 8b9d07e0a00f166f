"""What a refresh is to write into an open workbook, where it is ours to write, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import xlwings as xw

from lgs_excel.errors import WorkbookError
from lgs_excel.report.cell_area import Area, parse_areas, without
from lgs_excel.report.layout import Layout, PlacedTable, address, cells_name, text_name
from lgs_excel.writers import excel
from lgs_excel.writers.undo import cells_of

_FOREIGN = "Move it elsewhere, or delete it, and refresh again. Nothing was changed."


@dataclass(frozen=True)
class TablePlan:
    """A table to be written. current: where it stands now, whole, if it does; target: where it is to stand, with the
    columns that the reader added to it.
    """

    placed: PlacedTable
    ours: Area
    current: Area | None
    target: Area


@dataclass(frozen=True)
class Plan:
    """A sheet to be written. sheet: None if it is to be added; old: the cells that are ours now; bodies: those of them
    that are rows of tables.
    """

    layout: Layout
    sheet: xw.Sheet | None
    tables: tuple[TablePlan, ...]
    old: tuple[Area, ...]
    bodies: tuple[Area, ...]
    stale: tuple[str, ...] = ()  # tables of ours that this report has not

    @property
    def texts(self) -> tuple[Area, ...]:
        """Where texts outside tables are to stand."""
        name = text_name(self.layout.sheet.title)
        return next(parse_areas(placed.refers_to) for placed in self.layout.names if placed.name == name)

    @property
    def new(self) -> tuple[Area, ...]:
        """The cells that will be ours."""
        return (*self.texts, *(table.ours for table in self.tables))


def plan_sheet(book: xw.Book, layout: Layout) -> Plan:
    """How `layout` is to be written into `book`, by what is there now. Raises WorkbookError for what is in the way."""
    title = layout.sheet.title
    texts = _named_areas(book, title, text_name(title))
    by_name = {placed.table.name: _named_areas(book, title, cells_name(placed.table.name)) for placed in layout.tables}
    _check_places(book, title, by_name)
    if title not in book.sheet_names:
        tables = tuple(TablePlan(placed, area := _area(placed), None, area) for placed in layout.tables)
        return Plan(layout, None, tables, (), ())
    sheet = book.sheets[title]
    plans, old = [], []
    for placed in layout.tables:
        current = _current(sheet, placed.table.name)
        ours = next(iter(by_name[placed.table.name]), current)
        old += [ours] if ours else []
        plans.append(_table_plan(placed, ours, current, title))
    stale = [table for table in sheet.tables if table.name not in by_name and cells_name(table.name) in book.names]
    old += [parse_areas(table.range.address)[0] for table in stale]
    names = tuple(table.name for table in stale)
    plan = Plan(layout, sheet, tuple(plans), (*texts, *old), tuple(_ruled(sheet, old)), names)
    _check_free(sheet, plan)
    return plan


def _named_areas(book: xw.Book, title: str, name: str) -> tuple[Area, ...]:
    """The areas of a name of ours; none if it is not there, or its cells were deleted."""
    if name not in book.names:
        return ()
    refers_to = str(book.names[name].refers_to)
    if "#REF!" in refers_to:
        return ()
    sheet = refers_to.removeprefix("=").rpartition("!")[0].rpartition(",")[2].strip("'").replace("''", "'")
    if sheet != title:
        raise WorkbookError(
            f"The sheet {title!r} is now called {sheet!r}. Call it {title!r} again, and refresh again. Nothing was "
            "changed."
        )
    return parse_areas(refers_to)


def _check_places(book: xw.Book, title: str, names: Iterable[str]) -> None:
    for sheet in book.sheets:
        for name in names:
            if sheet.name != title and name in sheet.tables:
                raise WorkbookError(
                    f"The table {name} is on the sheet {sheet.name!r}; it belongs on {title!r}. Move it back, or give "
                    "it another name, and refresh again. Nothing was changed."
                )


def _area(placed: PlacedTable) -> Area:
    return Area(placed.row, placed.column, placed.last_row, placed.last_column)


def _current(sheet: xw.Sheet, name: str) -> Area | None:
    return parse_areas(sheet.tables[name].range.address)[0] if name in sheet.tables else None


def _table_plan(placed: PlacedTable, ours: Area | None, current: Area | None, title: str) -> TablePlan:
    target = _area(placed)
    if ours and current and (added := current.last_column - ours.last_column) > 0:
        if ours.shape[1] != target.shape[1]:
            raise WorkbookError(
                f"On {title!r} the table {placed.table.name} has columns of yours "
                f"({address(current.row, ours.last_column + 1)}), and is about to have others itself. Move them away "
                "from the table, and refresh again. Nothing was changed."
            )
        target = Area(target.row, target.column, target.last_row, target.last_column + added)
    return TablePlan(placed, _area(placed), current, target)


def _check_free(sheet: xw.Sheet, plan: Plan) -> None:
    """Raise WorkbookError if something of the reader's stands where we are about to write, or to move a table to."""
    ours = {*plan.stale, *(table.placed.table.name for table in plan.tables)}
    for table in sheet.tables:
        place = parse_areas(table.range.address)[0]
        if table.name not in ours and any(place.overlaps(area) for area in plan.new):
            raise WorkbookError(
                f"On {sheet.name!r} the table {table.name} ({place.address.replace('$', '')}) is in the way. {_FOREIGN}"
            )
    moved = [table for table in plan.tables if table.current and origin(table.current) != origin(table.target)]
    wanted = [*plan.new, *(table.current.at(table.target.row, table.target.column) for table in moved if table.current)]
    free = [*plan.old, *(table.current for table in moved if table.current)]
    for area in without(wanted, free):
        for i, row in enumerate(excel.formulas(cells_of(sheet, area))):
            for j, text in enumerate(row):
                if text:
                    raise WorkbookError(
                        f"On {sheet.name!r} the cell {address(area.row + i, area.column + j)} has something of yours "
                        f"({text[:40]!r}) where the report is about to write. {_FOREIGN}"
                    )


def _ruled(sheet: xw.Sheet, tables: Iterable[Area]) -> Iterator[Area]:
    """The rows of tables that have lines below them: not the blank one of a table that has none."""
    for area in tables:
        body = Area(area.row + 1, area.column, area.last_row, area.last_column)
        if body.shape[0] > 1 or any(value is not None for row in excel.values(cells_of(sheet, body)) for value in row):
            yield body


def origin(area: Area) -> tuple[int, int]:
    """Its first row and column."""
    return area.row, area.column
