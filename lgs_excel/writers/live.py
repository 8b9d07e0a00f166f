"""A Report into a workbook that is open in Excel, by xlwings' public interface.

Only what is ours is written and cleared: tables, texts and named cells as the workbook's names tell (layout.py), and
pictures. Everything is read and checked before the first cell is written; on an error, or when it is cancelled in the
middle, the workbook is made what it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl.utils.units import pixels_to_points

from lgs_excel.errors import LgsError, WorkbookError
from lgs_excel.report.cell_area import Area, box, without
from lgs_excel.report.layout import (
    CHARACTER_PIXELS,
    COLUMN_EDGE_PIXELS,
    ROW_PIXELS,
    cells_name,
    lay_out,
)
from lgs_excel.report.model import Report
from lgs_excel.report.style import TABLE_STYLE
from lgs_excel.writers import excel
from lgs_excel.writers.formats import (
    NAMES,
    Formats,
    cell_at,
    cells_of,
    moved,
    ranges_of,
    read_formats,
    unknown_cells,
)
from lgs_excel.writers.layout_parts import bodies_of, content_of, formats_in, texts_of, values_of
from lgs_excel.writers.links import remove_links, write_links
from lgs_excel.writers.pictures import write_pictures
from lgs_excel.writers.plan import Plan, Standing, origin, plan_sheet
from lgs_excel.writers.record import KEY_NAME, SheetRecord, as_written, load_record, save_record
from lgs_excel.writers.scales import save_scales, write_scales
from lgs_excel.writers.undo import Undo
from lgs_excel.writers.values import write_values

Say = Callable[[str], None]
_NOTHING: Formats = {name: [] for name in NAMES}  # is known of the cells


def refresh(
    report: Report,
    book: xw.Book,
    *,
    say: Say = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    shipped: Path | None = None,
) -> None:
    """Write `report` into `book`: sheets that are missing are added, the others filled anew.

    say: is told "3 of 9 Sales" as each sheet's turn comes. cancelled: asked between any two blocks.
    shipped: the record of the workbook as it is shipped, by which its first refresh is quick. Raises
    WorkbookError, with the workbook as it was: for what is in the way (with its place), when it is cancelled, when
    Excel is busy or refuses.
    """

    def check() -> None:
        if cancelled():
            raise WorkbookError(excel.CANCELLED)

    try:
        check()
        with excel.quiet(book.app), tempfile.TemporaryDirectory() as folder:
            standing = Standing(book)
            record = load_record(standing.refers_to(KEY_NAME), shipped)
            layouts = [lay_out(sheet) for sheet in report]
            plans = [plan_sheet(standing, layout, record.get(layout.sheet.title)) for layout in layouts]
            check()
            _write(plans, record, standing, Undo(book), Path(folder), say, check)
    except LgsError:
        raise
    except Exception as error:
        raise _stated(error) from error


def _write(
    plans: list[Plan], record: dict[str, SheetRecord], standing: Standing, undo: Undo, folder: Path, say: Say,
    check: Callable[[], None],
) -> None:  # fmt: skip
    try:
        for i, plan in enumerate(plans, 1):
            say(f"{i} of {len(plans)} {plan.layout.sheet.title}")
            record[plan.layout.sheet.title] = _write_sheet(plan, standing, undo, folder, check)
        check()
        _keep_record(record, standing, undo)
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


def _keep_record(record: dict[str, SheetRecord], standing: Standing, undo: Undo) -> None:
    """For the next refresh, which is slower without it, but right."""
    with suppress(OSError):
        key, before = f'="{save_record(record)}"', standing.refers_to(KEY_NAME)
        if key != before:
            undo.name(KEY_NAME, key, before)


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


def _write_sheet(plan: Plan, standing: Standing, undo: Undo, folder: Path, check: Callable[[], None]) -> SheetRecord:
    """In an order in which Excel takes each thing as it is meant: formats before values, values before tables."""
    layout, content = plan.layout, content_of(plan.layout)
    if plan.sheet and plan.written and _is_there(plan.sheet, plan, plan.written, content):
        return plan.written
    sheet = plan.sheet or undo.add_sheet(layout.sheet.title)
    if plan.sheet is None:
        for column, width in layout.widths.items():
            cell_at(sheet, 1, column).column_width = width - COLUMN_EDGE_PIXELS / CHARACTER_PIXELS
        known = _with_unknown(sheet, _NOTHING, plan.new)
    else:
        known = _prepare(sheet, plan, standing, undo)
    check()
    wanted = formats_in(layout, [*plan.old, *plan.new])
    there = remove_links(sheet, plan, undo)
    _write_formats(sheet, plan, undo, known, wanted)
    check()
    blocks = write_values(sheet, plan, check)
    write_scales(sheet, plan, undo)
    write_links(sheet, plan, undo, there, wanted)
    for table in plan.tables:
        if table.current is None:
            undo.add_table(sheet, table.placed.table.name, table.target, TABLE_STYLE)
        elif any(area.overlaps(table.target) for area in blocks):
            excel.filter_again(standing.by_name[table.placed.table.name])
    check()
    write_pictures(sheet, plan, undo, folder, check)
    for name in layout.names:
        before = _refers_to(name.name, plan, standing)
        if before is None or plan.moves or not _alike_places(before, name.refers_to):
            undo.name(name.name, f"={name.refers_to}", before)
    check()
    return as_written(layout, _held(sheet, plan, blocks))


def _held(sheet: xw.Sheet, plan: Plan, blocks: Sequence[Area]) -> Sequence[Sequence[Any]]:
    """What the cells hold now, from A1 on: where only texts were written, which Excel takes as they are, that is
    known.
    """
    if not plan.written or not plan.stays or any(area not in texts_of(plan.layout) for area in blocks):
        # A range goes along with cells that are moved.
        return excel.values(plan.cells.range if plan.cells and not plan.moves else cells_of(sheet, box(plan.new)))
    held, wanted = [list(row) for row in plan.held], values_of(plan.layout)
    for area in blocks:
        for row in range(area.row - 1, area.last_row):
            held[row][area.column - 1 : area.last_column] = wanted[row][area.column - 1 : area.last_column]
    return held


def _refers_to(name: str, plan: Plan, standing: Standing) -> str | None:
    """What a name refers to, by the record where there is one."""
    known = plan.written.names.get(name) if plan.written else None
    return f"={known}" if known else standing.refers_to(name)


def _is_there(sheet: xw.Sheet, plan: Plan, written: SheetRecord, content: str) -> bool:
    """Whether nothing is to be changed."""
    if written.content != content or not plan.stays:
        return False
    return not written.pictures or {*written.pictures} <= {picture.name for picture in sheet.pictures}


def _prepare(sheet: xw.Sheet, plan: Plan, standing: Standing, undo: Undo) -> Formats:
    """Remember what is there, and put the tables where they are to stand; gives the cells' formats after that."""
    targets = [table.target for table in plan.tables]
    current = [table.current for table in plan.tables if table.current]
    moves = plan.moves
    ours = [*plan.old, *plan.new, *(targets + current if moves else ())]
    known = _with_unknown(sheet, plan.written.formats if plan.written else _NOTHING, ours)
    names = {placed.name: _refers_to(placed.name, plan, standing) for placed in plan.layout.names}
    undo.save_names({name: refers_to for name, refers_to in names.items() if refers_to is not None})
    if plan.cells:
        undo.save_cells(sheet, [*plan.old, *plan.new, *(targets if moves else ())], known, plan.cells)
    undo.save_rules(sheet, plan.bodies)
    if moves:
        save_scales(sheet, plan, undo)
    for stale in plan.stale:
        undo.remove_table(sheet, standing.by_name[stale], stale, TABLE_STYLE)
        if before := _refers_to(cells_name(stale), plan, standing):
            undo.remove_name(cells_name(stale), before)
    known = _arrange_tables(sheet, plan, standing.by_name, undo, known)
    return _with_unknown(sheet, known, [*plan.old, *plan.new])


def _with_unknown(sheet: xw.Sheet, known: Formats, areas: Sequence[Area]) -> Formats:
    """What is known, and what is read of the other cells of `areas`."""
    read = read_formats(sheet, unknown_cells(known, areas), known)
    return {name: [*known[name], *read[name]] for name in NAMES}


def _alike_places(one: str, other: str) -> bool:
    """Whether two names refer to the same cells: Excel quotes a sheet's title only where it must."""
    return one.removeprefix("=").replace("'", "") == other.replace("'", "")


def _arrange_tables(
    sheet: xw.Sheet, plan: Plan, found: Mapping[str, xw.main.Table], undo: Undo, known: Formats
) -> Formats:
    """Put the tables where they are to stand: first smaller, then moved, then larger, so that none meets another.

    known: the cells' formats before; gives what is known after that.
    """
    standing = [(table.placed.table.name, table.current, table.target) for table in plan.tables if table.current]
    now = {table.placed.table.name: table.kept for table in plan.tables if table.kept}
    for name, current, _ in standing:
        if now[name] != current:
            undo.resize(sheet, found[name], current, now[name])
    links = plan.written.links if plan.written else None
    down = [one for one in standing if one[2].row > one[1].row]
    others = [one for one in standing if one not in down and origin(one[1]) != origin(one[2])]
    for name, _, target in (*reversed(down), *others):
        place = now[name].at(target.row, target.column)
        undo.move(sheet, found[name], now[name], place, known, links)
        known = moved(known, now[name], place.row, place.column)
        now[name] = place
    for name, _, target in standing:
        if now[name] != target:
            undo.resize(sheet, found[name], now[name], target)
    return known


def _write_formats(sheet: xw.Sheet, plan: Plan, undo: Undo, known: Formats, wanted: Formats) -> None:
    for cells in ranges_of(sheet, without(plan.old, plan.new)):
        cells.clear_contents()
    undo.formats(sheet, known, wanted)
    bodies = bodies_of(plan.layout)
    if plan.written and not plan.moves:
        ruled = without(plan.bodies, bodies)
        to_rule = [part for area in bodies for part in _to_rule(area, plan.bodies)]
    else:  # lines that came along with a table that was moved, too
        places = [table.current.at(*origin(table.target)) for table in plan.tables if table.current]
        ruled = without((*plan.old, *plan.new, *places, *(table.target for table in plan.tables)), bodies)
        to_rule = bodies
    undo.rule(sheet, ruled, ruled=False)
    undo.rule(sheet, to_rule, ruled=True)
    _write_heights(sheet, plan, undo)


def _to_rule(body: Area, before: Sequence[Area]) -> list[Area]:
    """The rows of a table that have no lines yet; all of them where its columns are others."""
    for area in before:
        if (area.row, area.column, area.last_column) == (body.row, body.column, body.last_column):
            return without([body], [area])
    return [body]


def _write_heights(sheet: xw.Sheet, plan: Plan, undo: Undo) -> None:
    """Rows that are ours have the height that their texts need; rows between them are left alone."""
    usual = pixels_to_points(ROW_PIXELS)
    heights = {row: pixels_to_points(pixels) for row, pixels in plan.layout.heights.items()}
    rows = {row for area in (*plan.old, *plan.new) for row in range(area.row, area.last_row + 1)}
    if plan.written:
        before = plan.written.heights
        ours = {row for area in plan.old for row in range(area.row, area.last_row + 1)}
        rows = {row for row in rows if row not in ours or before.get(row, usual) != heights.get(row, usual)}
    first = None
    in_order = sorted(rows)
    for row, after in zip(in_order, [*in_order[1:], None], strict=False):
        first = first or row
        height = heights.get(row, usual)
        if after != row + 1 or heights.get(after, usual) != height:
            undo.height(sheet, first, row, height)
            first = None
