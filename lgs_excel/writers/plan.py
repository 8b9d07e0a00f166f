"""What a refresh is to write into an open workbook, where it is ours to write, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import xlwings as xw

from lgs_excel.errors import WorkbookError
from lgs_excel.report.cell_area import Area, box, parse_areas, without
from lgs_excel.report.layout import Layout, PlacedTable, address, cells_name, text_name
from lgs_excel.writers import excel
from lgs_excel.writers.formats import cells_of
from lgs_excel.writers.layout_parts import areas_of, tables_of
from lgs_excel.writers.record import SheetRecord, values_hash

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

    @property
    def kept(self) -> Area | None:
        """What remains of the table where it stands, if it is to be smaller."""
        if self.current is None:
            return None
        rows = min(self.current.shape[0], self.target.shape[0])
        first, columns = self.current, self.target.shape[1]
        return Area(first.row, first.column, first.row + rows - 1, first.column + columns - 1)


class Cells:
    """The cells of a sheet from A1 to the last of some areas; each thing is read once."""

    def __init__(self, sheet: xw.Sheet, areas: Iterable[Area]) -> None:
        self._sheet = sheet
        self._area = box(areas)

    @cached_property
    def range(self) -> xw.Range:
        """Themselves."""
        return cells_of(self._sheet, self._area)

    @cached_property
    def held(self) -> list[list[Any]]:
        """What they hold."""
        return excel.values(self.range)

    @cached_property
    def typed(self) -> list[list[str]]:
        """What someone would have typed into them."""
        return excel.formulas(self.range)

    def reaching(self, areas: Iterable[Area]) -> Cells:
        """These, or more if one of `areas` goes on beyond them."""
        whole = box((*areas, self._area))
        return self if whole == self._area else Cells(self._sheet, [whole])


@dataclass(frozen=True)
class Plan:
    """A sheet to be written. sheet: None if it is to be added; old: the cells that are ours now; bodies: those of them
    that are rows of tables; cells: as far as old and new reach. written: what is known of the sheet, if it is as the
    last refresh left it.
    """

    layout: Layout
    sheet: xw.Sheet | None
    tables: tuple[TablePlan, ...]
    old: tuple[Area, ...]
    bodies: tuple[Area, ...]
    cells: Cells | None = None
    written: SheetRecord | None = None
    stale: tuple[str, ...] = ()  # tables of ours that this report has not

    @property
    def new(self) -> tuple[Area, ...]:
        """The cells that will be ours."""
        return areas_of(self.layout)

    @property
    def held(self) -> Sequence[Sequence[Any]]:
        """What cells hold now, from A1 on."""
        return self.cells.held if self.cells else ()

    @property
    def moves(self) -> list[tuple[Area, Area]]:
        """The cells of tables that are cut and put elsewhere, and where: as many of them as remain of a table."""
        return [
            (table.kept, table.kept.at(*origin(table.target)))
            for table in self.tables
            if table.kept and origin(table.kept) != origin(table.target)
        ]

    @property
    def stays(self) -> bool:
        """Whether all cells that are ours stay where they are, and no others become ours."""
        changed = any(table.current != table.target for table in self.tables)
        return not changed and not self.stale and sorted(self.old) == sorted(self.new)


class Standing:
    """What stands in a workbook before a refresh, each thing read once."""

    def __init__(self, book: xw.Book) -> None:
        self.names = book.names
        self.sheets = book.sheets
        self._refers_to: dict[str, str | None] = {}
        self._tables: dict[str, dict[str, Area]] = {}
        self._by_sheet: dict[str, dict[str, xw.main.Table]] = {}
        self._by_title: dict[str, xw.Sheet] = {}
        self.by_name: dict[str, xw.main.Table] = {}  # the tables of the sheets that were looked at

    def sheet(self, title: str) -> xw.Sheet | None:
        """The sheet of this title."""
        if not self._by_title:
            active = self.sheets.active
            if active.name == title:
                return active
            self._by_title = {sheet.name: sheet for sheet in self.sheets}
        return self._by_title.get(title)

    def others(self, title: str) -> list[tuple[str, xw.Sheet]]:
        """The other sheets by their titles."""
        self._by_title = self._by_title or {sheet.name: sheet for sheet in self.sheets}
        return [(name, sheet) for name, sheet in self._by_title.items() if name != title]

    def refers_to(self, name: str) -> str | None:
        """What a name refers to; None if there is no such name."""
        if name not in self._refers_to:
            try:  # rather than to ask first, as most are there
                self._refers_to[name] = str(self.names[name].refers_to)
            except Exception:
                if name in self.names:
                    raise
                self._refers_to[name] = None
        return self._refers_to[name]

    def tables(self, title: str, sheet: xw.Sheet, known: Mapping[str, Area] | None = None) -> dict[str, Area]:
        """Where the tables of a sheet are. known: those whose place need not be asked for."""
        if title not in self._tables:
            places = known or {}
            self._tables[title] = {
                name: places[name] if name in places else parse_areas(table.range.address)[0]
                for name, table in self.table_names(title, sheet).items()
            }
        return self._tables[title]

    def table_names(self, title: str, sheet: xw.Sheet) -> dict[str, xw.main.Table]:
        """The tables of a sheet by their names."""
        if title not in self._by_sheet:
            self._by_sheet[title] = {table.name: table for table in sheet.tables}
            self.by_name |= self._by_sheet[title]
        return self._by_sheet[title]


def plan_sheet(standing: Standing, layout: Layout, written: SheetRecord | None = None) -> Plan:
    """How `layout` is to be written, by what is there now. written: the sheet as the last refresh left it, if that is
    known. Raises WorkbookError for what is in the way.
    """
    title, names = layout.sheet.title, [placed.table.name for placed in layout.tables]
    sheet = standing.sheet(title)
    cells = Cells(sheet, (*(written.areas if written else ()), *areas_of(layout))) if sheet else None
    if cells is None or written is None or values_hash(cells.held, written.areas) != written.values:
        written = None
        texts = _named_areas(standing, title, text_name(title))
        by_name = {name: _named_areas(standing, title, cells_name(name)) for name in names}
    else:  # neither its names nor the places of tables that stay need be asked for
        texts = tuple(area for area in written.areas if area not in written.tables.values())
        by_name = {name: (written.tables[name],) if name in written.tables else () for name in names}
    tables = standing.tables(title, sheet, _staying(layout, written)) if sheet else {}
    _check_places(standing, title, [name for name in names if name not in tables])
    if sheet is None or cells is None:
        new = tuple(TablePlan(placed, area := _area(placed), None, area) for placed in layout.tables)
        return Plan(layout, None, new, (), ())
    plans, old = [], []
    for placed in layout.tables:
        current = tables.get(placed.table.name)
        ours = next(iter(by_name[placed.table.name]), current)
        old += [ours] if ours else []
        plans.append(_table_plan(placed, ours, current, title))
    stale = tuple(name for name in tables if name not in by_name and _is_ours(name, written, standing))
    old += [tables[name] for name in stale]
    if excel.is_protected(sheet):
        raise WorkbookError(
            f"The sheet {title!r} is protected. Take the protection off (Review > Unprotect Sheet), and refresh again. "
            "Nothing was changed."
        )
    ours_now = (*texts, *old)
    cells = cells.reaching(ours_now)
    bodies = tuple(_ruled(cells.held, old))
    if written and sorted(ours_now) != sorted(written.areas):
        written = None
    plan = Plan(layout, sheet, tuple(plans), ours_now, bodies, cells, written, stale)
    _check_free(tables, plan)
    return plan


def _staying(layout: Layout, written: SheetRecord | None) -> dict[str, Area]:
    """Where the tables are that stay where the last refresh put them."""
    before = written.tables if written else {}
    return {name: area for name, area in tables_of(layout).items() if before.get(name) == area}


def _is_ours(table: str, written: SheetRecord | None, standing: Standing) -> bool:
    """Whether a table that this report has not is one of ours."""
    return table in written.tables if written else bool(standing.refers_to(cells_name(table)))


def _named_areas(standing: Standing, title: str, name: str) -> tuple[Area, ...]:
    """The areas of a name of ours; none if it is not there, or its cells were deleted."""
    refers_to = standing.refers_to(name)
    if refers_to is None or "#REF!" in refers_to:
        return ()
    sheet = refers_to.removeprefix("=").rpartition("!")[0].rpartition(",")[2].strip("'").replace("''", "'")
    if sheet != title:
        raise WorkbookError(
            f"The sheet {title!r} is now called {sheet!r}. Call it {title!r} again, and refresh again. Nothing was "
            "changed."
        )
    return parse_areas(refers_to)


def _check_places(standing: Standing, title: str, missing: Sequence[str]) -> None:
    """Raise WorkbookError if a table that is missing here is on another sheet; a workbook has each name once."""
    for name, sheet in standing.others(title) if missing else ():
        for table in standing.table_names(name, sheet):
            if table in missing:
                raise WorkbookError(
                    f"The table {table} is on the sheet {name!r}; it belongs on {title!r}. Move it back, or give "
                    "it another name, and refresh again. Nothing was changed."
                )


def _area(placed: PlacedTable) -> Area:
    return Area(placed.row, placed.column, placed.last_row, placed.last_column)


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


def _check_free(tables: Mapping[str, Area], plan: Plan) -> None:
    """Raise WorkbookError if something of the reader's stands where we are about to write, or to move a table to."""
    title = plan.layout.sheet.title
    ours = {*plan.stale, *(table.placed.table.name for table in plan.tables)}
    for name, place in tables.items():
        if name not in ours and any(place.overlaps(area) for area in plan.new):
            raise WorkbookError(
                f"On {title!r} the table {name} ({place.address.replace('$', '')}) is in the way. {_FOREIGN}"
            )
    moved = [table for table in plan.tables if table.current and origin(table.current) != origin(table.target)]
    wanted = [*plan.new, *(table.current.at(table.target.row, table.target.column) for table in moved if table.current)]
    free = [*plan.old, *(table.current for table in moved if table.current)]
    looked_at = without(wanted, free)
    typed = plan.cells.reaching(looked_at).typed if plan.cells and looked_at else []
    for area in looked_at:
        for i, row in enumerate(area.of(typed)):
            for j, text in enumerate(row):
                if text:
                    raise WorkbookError(
                        f"On {title!r} the cell {address(area.row + i, area.column + j)} has something of yours "
                        f"({text[:40]!r}) where the report is about to write. {_FOREIGN}"
                    )


def _ruled(held: Sequence[Sequence[Any]], tables: Iterable[Area]) -> Iterator[Area]:
    """The rows of tables that have lines below them: not the blank one of a table that has none."""
    for area in tables:
        body = Area(area.row + 1, area.column, area.last_row, area.last_column)
        if body.shape[0] > 1 or any(value is not None for row in body.of(held) for value in row):
            yield body


def origin(area: Area) -> tuple[int, int]:
    """Its first row and column."""
    return area.row, area.column
