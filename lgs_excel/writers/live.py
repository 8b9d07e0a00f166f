"""A Report into a workbook that is open in Excel, by xlwings' public interface.

Only what is ours is written and cleared: tables, texts and named cells as the workbook's names tell (layout.py), and
pictures. Everything is read and checked before the first cell is written; on an error, or when it is cancelled in the
middle, the workbook is made what it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import xlwings as xw
from openpyxl.utils.units import pixels_to_points

from lgs_excel.errors import LgsError, WorkbookError
from lgs_excel.report.cell_area import Area, without
from lgs_excel.report.layout import (
    CHARACTER_PIXELS,
    COLUMN_EDGE_PIXELS,
    ROW_PIXELS,
    Layout,
    PlacedCell,
    PlacedChart,
    cells_name,
    lay_out,
)
from lgs_excel.report.model import Report, Value
from lgs_excel.report.style import TABLE_STYLE, Format, format_of
from lgs_excel.writers import excel
from lgs_excel.writers.plan import Plan, origin, plan_sheet
from lgs_excel.writers.undo import Undo, cells_of, place_holders

Say = Callable[[str], None]
_TEXT = "@"


@dataclass(frozen=True)
class _Box:
    """Where a picture stands, in points."""

    left: float
    top: float
    width: float
    height: float


def refresh(
    report: Report, book: xw.Book, *, say: Say = lambda _: None, cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Write `report` into `book`: sheets that are missing are added, the others filled anew.

    say: is told "3 of 9 Sales" as each sheet's turn comes. cancelled: asked between any two blocks. Raises
    WorkbookError, with the workbook as it was: for what is in the way (with its place), when it is cancelled, when
    Excel is busy or refuses.
    """

    def check() -> None:
        if cancelled():
            raise WorkbookError("Cancelled: the workbook is as it was. Refresh again when you are ready.")

    try:
        check()
        with excel.quiet(book.app), tempfile.TemporaryDirectory() as folder:
            plans = [plan_sheet(book, lay_out(sheet)) for sheet in report]
            check()
            _write(plans, Undo(book), Path(folder), say, check)
    except LgsError:
        raise
    except Exception as error:
        raise _stated(error) from error


def _write(plans: list[Plan], undo: Undo, folder: Path, say: Say, check: Callable[[], None]) -> None:
    try:
        for i, plan in enumerate(plans, 1):
            say(f"{i} of {len(plans)} {plan.layout.sheet.title}")
            _write_sheet(plan, undo, folder, check)
        check()
    except BaseException as error:
        say("Putting the workbook back as it was")
        try:
            undo.put_back()
        except Exception as worse:  # noqa: BLE001 - whatever it was, it must be said
            raise WorkbookError(
                f"The refresh failed ({_one_line(error)}), and the workbook could not be put back as it was "
                f"({_one_line(worse)}). Close it without saving, and open it again."
            ) from error
        raise
    try:
        undo.finish()
    except Exception as error:
        raise WorkbookError(
            f"The workbook is refreshed, but an old picture could not be deleted ({_one_line(error)}). Delete it: its "
            "name ends with _old."
        ) from error


def _stated(error: Exception) -> WorkbookError:
    if excel.is_busy(error):
        return WorkbookError(
            "Excel is busy: a cell is being edited, or a window is waiting for an answer. Finish editing the cell with "
            "Enter or Esc, and refresh again. The workbook is as it was."
        )
    return WorkbookError(
        f"Excel refused to be written to ({_one_line(error)}). Unprotect the sheets if they are protected, and refresh "
        "again. The workbook is as it was."
    )


def _one_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _write_sheet(plan: Plan, undo: Undo, folder: Path, check: Callable[[], None]) -> None:
    """In an order in which Excel takes each thing as it is meant: formats before values, values before tables."""
    layout, sheet = plan.layout, plan.sheet or undo.add_sheet(plan.layout.sheet.title)
    if plan.sheet is None:
        for column, width in layout.widths.items():
            sheet.range((1, column)).column_width = width - COLUMN_EDGE_PIXELS / CHARACTER_PIXELS
    else:
        moved = [table.target for table in plan.tables]
        undo.save_names(name.name for name in layout.names)
        undo.save_cells(sheet, [*plan.old, *plan.new, *moved])
        undo.save_rules(sheet, plan.bodies)
        for stale in plan.stale:
            undo.remove_table(sheet, stale, TABLE_STYLE)
            undo.remove_name(cells_name(stale))
        _arrange_tables(sheet, plan, undo)
    check()
    _write_formats(sheet, plan, undo, check)
    check()
    _write_values(sheet, plan, check)
    for cell in layout.cells:
        if cell.link:
            _write_link(sheet, cell, cell.link, undo)
    for table in plan.tables:
        if table.current is None:
            undo.add_table(sheet, table.placed.table.name, table.target, TABLE_STYLE)
        else:
            excel.filter_again(sheet.tables[table.placed.table.name])
    check()
    _write_pictures(sheet, plan, undo, folder, check)
    for name in layout.names:
        undo.name(name.name, f"={name.refers_to}")


def _arrange_tables(sheet: xw.Sheet, plan: Plan, undo: Undo) -> None:
    """Put the tables where they are to stand: first smaller, then moved, then larger, so that none meets another."""
    standing = [(table.placed.table.name, table.current, table.target) for table in plan.tables if table.current]
    for name, current, target in standing:
        rows = min(current.shape[0], target.shape[0])
        last_row, last_column = current.row + rows - 1, current.column + target.shape[1] - 1
        undo.resize(sheet, name, Area(current.row, current.column, last_row, last_column))
    down = [one for one in standing if one[2].row > one[1].row]
    others = [one for one in standing if one not in down and origin(one[1]) != origin(one[2])]
    for name, current, target in (*reversed(down), *others):
        rows = min(current.shape[0], target.shape[0])
        last_row = target.row + rows - 1
        undo.move(sheet, name, Area(target.row, target.column, last_row, target.last_column))
    for name, _, target in standing:
        undo.resize(sheet, name, target)


def _write_formats(sheet: xw.Sheet, plan: Plan, undo: Undo, check: Callable[[], None]) -> None:
    wanted_links = {(cell.row, cell.column): _place(cell.link) for cell in plan.layout.cells if cell.link}
    for area in without((*plan.old, *plan.new), ()):
        undo.unlink(sheet, area, wanted_links)
    for area in without(plan.old, plan.new):
        cells_of(sheet, area).clear_contents()
        undo.format(sheet, area, Format())
    for one in plan.tables:
        if not one.placed.table.rows:  # the blank row that a table must have
            undo.format(
                sheet, Area(one.ours.last_row, one.ours.column, one.ours.last_row, one.ours.last_column), Format()
            )
    for area, wanted in _alike(plan.layout):
        undo.format(sheet, area, wanted)
        check()
    bodies = [
        Area(one.ours.row + 1, one.ours.column, one.ours.last_row, one.ours.last_column)
        for one in plan.tables
        if one.placed.table.rows
    ]
    # Lines that came along with a table that was moved, too.
    moved = [table.current.at(*origin(table.target)) for table in plan.tables if table.current]
    for area in without((*plan.old, *plan.new, *moved, *(table.target for table in plan.tables)), bodies):
        undo.rule(sheet, area, ruled=False)
    for area in bodies:
        undo.rule(sheet, area, ruled=True)
    _write_heights(sheet, plan, undo)


def _alike(layout: Layout) -> Iterator[tuple[Area, Format]]:
    """Areas whose cells have one format: runs of rows in a column, then such runs side by side."""
    runs: list[tuple[int, int, int, Format]] = []
    for cell in sorted(layout.cells, key=lambda cell: (cell.column, cell.row)):
        wanted = format_of(cell.look, cell.kind)
        if runs and runs[-1][0] == cell.column and runs[-1][2] == cell.row - 1 and runs[-1][3] == wanted:
            runs[-1] = (cell.column, runs[-1][1], cell.row, wanted)
        else:
            runs.append((cell.column, cell.row, cell.row, wanted))
    areas: dict[tuple[int, int, Format], list[tuple[int, int]]] = {}
    for column, row, last_row, wanted in runs:
        beside = areas.setdefault((row, last_row, wanted), [])
        if beside and beside[-1][1] == column - 1:
            beside[-1] = (beside[-1][0], column)
        else:
            beside.append((column, column))
    for (row, last_row, wanted), columns in areas.items():
        for first, last in columns:
            yield Area(row, first, last_row, last), wanted


def _write_heights(sheet: xw.Sheet, plan: Plan, undo: Undo) -> None:
    """Rows that are ours have the height that their texts need; rows between them are left alone."""
    rows = sorted({row for area in (*plan.old, *plan.new) for row in range(area.row, area.last_row + 1)})
    heights = plan.layout.heights
    first = None
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        first = first or row
        height = heights.get(row, ROW_PIXELS)
        if after != row + 1 or heights.get(after, ROW_PIXELS) != height:
            undo.height(sheet, first, row, pixels_to_points(height))
            first = None


def _write_values(sheet: xw.Sheet, plan: Plan, check: Callable[[], None]) -> None:
    """A block of cells at a time. A text goes into cells with the format of text, where Excel takes it as it is; one
    that begins with an apostrophe, and one among figures, goes alone.
    """
    cells = {(cell.row, cell.column): cell for cell in plan.layout.cells}
    for table in plan.tables:
        header = Area(table.ours.row, table.ours.column, table.ours.row, table.ours.last_column)
        if table.current:
            place_holders(sheet, header)
    for area in _blocks(plan):
        block: list[list[Value]] = []
        alone: list[PlacedCell] = []
        for row in range(area.row, area.last_row + 1):
            line: list[Value] = []
            for column in range(area.column, area.last_column + 1):
                cell = cells.get((row, column))
                special = cell is not None and _goes_alone(cell)
                line.append(None if cell is None or special else cell.value)
                if cell is not None and special:
                    alone.append(cell)
            block.append(line)
        cells_of(sheet, area).value = block
        for cell in alone:
            _write_alone(sheet.range((cell.row, cell.column)), cell)
        check()


def _blocks(plan: Plan) -> Iterator[Area]:
    yield from plan.texts
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


def _write_link(sheet: xw.Sheet, placed: PlacedCell, title: str, undo: Undo) -> None:
    here = Area(placed.row, placed.column, placed.row, placed.column)
    if not excel.linked(cells_of(sheet, here)):
        undo.link(sheet, here, _place(title), str(placed.value))
        undo.format(sheet, here, format_of(placed.look, placed.kind))  # Excel gives links a style of its own


def _place(title: str) -> str:
    return "'{}'!A1".format(title.replace("'", "''"))


def _write_pictures(sheet: xw.Sheet, plan: Plan, undo: Undo, folder: Path, check: Callable[[], None]) -> None:
    """A picture that is there keeps the place and size that the reader gave it, unless it would cover our cells: then
    all go to their places.
    """
    new = [cells_of(sheet, area) for area in plan.new]
    charts = [placed for placed in plan.layout.charts if placed.chart.png]
    there = {placed.chart.name for placed in charts if placed.chart.name in sheet.pictures}
    keep = not any(_covers(sheet.pictures[name], cells) for name in there for cells in new)
    for placed in charts:
        name = placed.chart.name
        file = folder / f"{name}.png"
        file.write_bytes(placed.chart.png)
        box = _box_of(sheet.pictures[name]) if keep and name in there else _box(sheet, placed)
        undo.picture(sheet, name, partial(_add_picture, sheet, file, box))
        excel.describe(sheet.pictures[name], placed.chart.message)
        check()


def _add_picture(sheet: xw.Sheet, file: Path, box: _Box, name: str) -> xw.main.Picture:
    return sheet.pictures.add(file, name=name, left=box.left, top=box.top, width=box.width, height=box.height)


def _box(sheet: xw.Sheet, placed: PlacedChart) -> _Box:
    corner = sheet.range((placed.row, placed.column))
    width, height = pixels_to_points(placed.chart.width), pixels_to_points(placed.chart.height)
    return _Box(corner.left, corner.top, width, height)


def _box_of(thing: xw.main.Picture | xw.Range) -> _Box:
    return _Box(thing.left, thing.top, thing.width, thing.height)


def _covers(picture: xw.main.Picture, cells: xw.Range) -> bool:
    """Whether they meet by more than a point, which is rounding."""
    one, other = _box_of(picture), _box_of(cells)
    return (
        one.left + 1 < other.left + other.width
        and other.left + 1 < one.left + one.width
        and one.top + 1 < other.top + other.height
        and other.top + 1 < one.top + one.height
    )
