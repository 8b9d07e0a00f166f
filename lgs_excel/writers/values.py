"""The values of the cells of ours on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

import xlwings as xw

from lgs_excel.report.cell_area import Area, without
from lgs_excel.report.layout import PlacedCell
from lgs_excel.report.model import Value
from lgs_excel.report.style import format_of
from lgs_excel.writers import excel
from lgs_excel.writers.formats import cell_at, cells_of
from lgs_excel.writers.layout_parts import texts_of
from lgs_excel.writers.plan import Plan
from lgs_excel.writers.undo import place_holders

_TEXT = "@"
_PLACE_HOLDER = "…"  # of what goes alone: a cell that is emptied may lose its link


def write_values(sheet: xw.Sheet, plan: Plan, check: Callable[[], None]) -> list[Area]:
    """A block of cells at a time; gives those that were written. A text goes into cells with the format of text, where
    Excel takes it as it is; one that begins with an apostrophe, and one among figures, goes alone.
    """
    cells = {(cell.row, cell.column): cell for cell in plan.layout.cells}
    blocks = [area for area in _blocks(plan) if not _holds(plan, cells, area)]
    for table in plan.tables:
        header = Area(table.ours.row, table.ours.column, table.ours.row, table.ours.last_column)
        if table.current and header in blocks:
            place_holders(sheet, header)
    for area in blocks:
        block: list[list[Value]] = []
        alone: list[PlacedCell] = []
        for row in range(area.row, area.last_row + 1):
            line: list[Value] = []
            for column in range(area.column, area.last_column + 1):
                cell = cells.get((row, column))
                special = cell is not None and _goes_alone(cell)
                line.append(None if cell is None else _PLACE_HOLDER if special else cell.value)
                if cell is not None and special:
                    alone.append(cell)
            block.append(line)
        excel.write_values(cells_of(sheet, area), block)
        for cell in alone:
            _write_alone(cell_at(sheet, cell.row, cell.column), cell)
        check()
    return blocks


def _holds(plan: Plan, cells: Mapping[tuple[int, int], PlacedCell], area: Area) -> bool:
    """Whether cells that stay where they are, or came with their table, hold already what they are to hold."""
    before = _before_moves(plan, area) if plan.written else None
    if before is None or without([before], plan.old):
        return False
    places = product(range(area.row, area.last_row + 1), range(area.column, area.last_column + 1))
    wanted = [excel.as_held(cell.value) if (cell := cells.get(place)) else None for place in places]
    return wanted == [value for row in before.of(plan.held) for value in row]


def _before_moves(plan: Plan, area: Area) -> Area | None:
    """Where cells stood before the tables were moved; None if they did not stand together."""
    for source, goal in plan.moves:
        if goal.around(area) == goal:
            return area.shifted(source.row - goal.row, source.column - goal.column)
    return None if any(area.overlaps(one) for both in plan.moves for one in both) else area


def _blocks(plan: Plan) -> Iterator[Area]:
    yield from texts_of(plan.layout)
    for table in plan.tables:
        ours = table.ours
        yield Area(ours.row, ours.column, ours.row, ours.last_column)
        yield Area(ours.row + 1, ours.column, ours.last_row, ours.last_column)


def _goes_alone(cell: PlacedCell) -> bool:
    if not isinstance(cell.value, str):
        return False
    return cell.value.startswith("'") or format_of(cell.look, cell.kind).number_format != _TEXT


def _write_alone(cell: xw.Range, placed: PlacedCell) -> None:
    """After an apostrophe, in a cell without a format, anything is text; with the format of text it is not certain."""
    cell.number_format = "General"
    cell.value = f"'{placed.value}"
    cell.number_format = format_of(placed.look, placed.kind).number_format
