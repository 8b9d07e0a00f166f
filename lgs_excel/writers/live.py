"""A Report into a workbook that is open in Excel, by xlwings' public interface.

Only what is ours is written and cleared: tables, texts and named cells as the workbook's names tell (layout.py), and
pictures. Everything is read and checked before the first cell is written; on an error, or when it is cancelled in the
middle, the workbook is made what it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import xlwings as xw
from openpyxl.utils.units import pixels_to_points

from lgs_excel.errors import LgsError, WorkbookError
from lgs_excel.report.cell_area import Area, box, without
from lgs_excel.report.layout import (
    CHARACTER_PIXELS,
    COLUMN_EDGE_PIXELS,
    ROW_PIXELS,
    PlacedCell,
    PlacedChart,
    cells_name,
    lay_out,
)
from lgs_excel.report.model import Report, Value
from lgs_excel.report.style import TABLE_STYLE, Format, format_of
from lgs_excel.writers import excel
from lgs_excel.writers.formats import (
    NAMES,
    Formats,
    cells_of,
    moved,
    part_of,
    put_formats,
    ranges_of,
    read_formats,
    unknown_cells,
    wanted_formats,
)
from lgs_excel.writers.plan import Plan, Standing, origin, plan_sheet
from lgs_excel.writers.record import (
    KEY_NAME,
    SheetRecord,
    as_written,
    bodies_of,
    content_of,
    formats_of,
    links_of,
    load_record,
    pictures_of,
    save_record,
)
from lgs_excel.writers.undo import Undo, place_holders

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
            raise WorkbookError("Cancelled: the workbook is as it was. Refresh again when you are ready.")

    try:
        check()
        with excel.quiet(book.app), tempfile.TemporaryDirectory() as folder:
            standing = Standing(book)
            record = load_record(standing.names, shipped)
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
            sheet.range((1, column)).column_width = width - COLUMN_EDGE_PIXELS / CHARACTER_PIXELS
        known = read_formats(sheet, plan.new)
    else:
        known = _prepare(sheet, plan, standing, undo)
    check()
    wanted = _wanted_formats(plan)
    there = _remove_links(sheet, plan, undo)
    _write_formats(sheet, plan, undo, known, wanted)
    check()
    _write_values(sheet, plan, check)
    _write_links(sheet, plan, undo, there, wanted)
    for table in plan.tables:
        if table.current is None:
            undo.add_table(sheet, table.placed.table.name, table.target, TABLE_STYLE)
        else:
            excel.filter_again(standing.by_name[table.placed.table.name])
    check()
    _write_pictures(sheet, plan, undo, folder, check)
    for name in layout.names:
        before = standing.refers_to(name.name)
        if before is None or _moves(plan) or not _alike_places(before, name.refers_to):
            undo.name(name.name, f"={name.refers_to}", before)
    check()
    return as_written(layout, excel.values(cells_of(sheet, box(plan.new))))


def _is_there(sheet: xw.Sheet, plan: Plan, written: SheetRecord, content: str) -> bool:
    """Whether nothing is to be changed."""
    if written.content != content or not plan.stays:
        return False
    return not written.pictures or {*written.pictures} <= {picture.name for picture in sheet.pictures}


def _prepare(sheet: xw.Sheet, plan: Plan, standing: Standing, undo: Undo) -> Formats:
    """Remember what is there, and put the tables where they are to stand; gives the cells' formats after that."""
    targets = [table.target for table in plan.tables]
    current = [table.current for table in plan.tables if table.current]
    moves = _moves(plan)
    ours = [*plan.old, *plan.new, *(targets + current if moves else ())]
    known = plan.written.formats if plan.written else {name: [] for name in NAMES}
    known = _with_unknown(sheet, known, ours)
    names = {placed.name: standing.refers_to(placed.name) for placed in plan.layout.names}
    undo.save_names({name: refers_to for name, refers_to in names.items() if refers_to is not None})
    undo.save_cells(sheet, [*plan.old, *plan.new, *(targets if moves else ())], known)
    undo.save_rules(sheet, plan.bodies)
    for stale in plan.stale:
        undo.remove_table(sheet, standing.by_name[stale], stale, TABLE_STYLE)
        if before := standing.refers_to(cells_name(stale)):
            undo.remove_name(cells_name(stale), before)
    for source, row, column in _arrange_tables(sheet, plan, standing.by_name, undo, known):
        known = moved(known, source, row, column)
    return _with_unknown(sheet, known, [*plan.old, *plan.new])


def _with_unknown(sheet: xw.Sheet, known: Formats, areas: Sequence[Area]) -> Formats:
    """What is known, and what is read of the other cells of `areas`."""
    read = read_formats(sheet, unknown_cells(known, areas))
    return {name: [*known[name], *read[name]] for name in NAMES}


def _moves(plan: Plan) -> bool:
    """Whether a table is cut and put elsewhere."""
    return any(table.current and origin(table.current) != origin(table.target) for table in plan.tables)


def _alike_places(one: str, other: str) -> bool:
    """Whether two names refer to the same cells: Excel quotes a sheet's title only where it must."""
    return one.removeprefix("=").replace("'", "") == other.replace("'", "")


def _arrange_tables(
    sheet: xw.Sheet, plan: Plan, found: Mapping[str, xw.main.Table], undo: Undo, known: Formats
) -> list[tuple[Area, int, int]]:
    """Put the tables where they are to stand: first smaller, then moved, then larger, so that none meets another. Gives
    the cells that were moved, in turn, with the row and column that they were put to.
    """
    standing = [(table.placed.table.name, table.current, table.target) for table in plan.tables if table.current]
    now: dict[str, Area] = {}
    for name, current, target in standing:
        rows = min(current.shape[0], target.shape[0])
        last_row, last_column = current.row + rows - 1, current.column + target.shape[1] - 1
        now[name] = Area(current.row, current.column, last_row, last_column)
        if now[name] != current:
            undo.resize(found[name], current, now[name])
    down = [one for one in standing if one[2].row > one[1].row]
    others = [one for one in standing if one not in down and origin(one[1]) != origin(one[2])]
    moves = []
    for name, _, target in (*reversed(down), *others):
        place = now[name].at(target.row, target.column)
        undo.move(sheet, found[name], now[name], place, known)
        known = moved(known, now[name], place.row, place.column)
        moves.append((now[name], place.row, place.column))
        now[name] = place
    for name, _, target in standing:
        if now[name] != target:
            undo.resize(found[name], now[name], target)
    return moves


def _wanted_formats(plan: Plan) -> Formats:
    """Of cells that are, or were, ours: those of the layout; the others as new cells have."""
    wanted = list(formats_of(plan.layout))
    rest = without([*plan.old, *plan.new], [area for area, _ in wanted])
    return wanted_formats([*wanted, *((area, Format()) for area in rest)])


def _write_formats(sheet: xw.Sheet, plan: Plan, undo: Undo, known: Formats, wanted: Formats) -> None:
    for cells in ranges_of(sheet, without(plan.old, plan.new)):
        cells.clear_contents()
    undo.formats(sheet, known, wanted)
    bodies = bodies_of(plan.layout)
    if plan.written and not _moves(plan):
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


def _remove_links(sheet: xw.Sheet, plan: Plan, undo: Undo) -> dict[tuple[int, int], str]:
    """Remove the links of ours that are not wanted, or lead elsewhere; gives the others: cell → place."""
    wanted = {cell: place for cell, (place, _) in links_of(plan.layout).items()}
    if plan.written and not _moves(plan):
        found = dict(plan.written.links)
    else:
        found = {}
        for area in without((*plan.old, *plan.new), ()):
            for one in cells_of(sheet, area) if excel.linked(cells_of(sheet, area)) else ():
                if place := excel.linked(one):
                    found[one.row, one.column] = place
    for cell, place in found.items():
        if place != wanted.get(cell):
            undo.unlink(sheet, cell, place, str(sheet.range(cell).value))
    return {cell: place for cell, place in found.items() if place == wanted.get(cell)}


def _write_links(
    sheet: xw.Sheet, plan: Plan, undo: Undo, there: Mapping[tuple[int, int], str], formats: Formats
) -> None:
    """The links that are not there yet. formats: of all cells; Excel gives links a style of its own."""
    links = links_of(plan.layout)
    missing = {cell: link for cell, link in links.items() if there.get(cell) != link[0]}
    if missing:
        undo.links(sheet, missing, formats)
        areas = [Area(row, column, row, column) for row, column in missing]
        for name, values in part_of(formats, areas).items():
            put_formats(sheet, name, values)


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


def _write_values(sheet: xw.Sheet, plan: Plan, check: Callable[[], None]) -> None:
    """A block of cells at a time. A text goes into cells with the format of text, where Excel takes it as it is; one
    that begins with an apostrophe, and one among figures, goes alone.
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
                line.append(None if cell is None or special else cell.value)
                if cell is not None and special:
                    alone.append(cell)
            block.append(line)
        excel.write_values(cells_of(sheet, area), block)
        for cell in alone:
            _write_alone(sheet.range((cell.row, cell.column)), cell)
        check()


def _holds(plan: Plan, cells: Mapping[tuple[int, int], PlacedCell], area: Area) -> bool:
    """Whether cells that stay where they are hold already what they are to hold."""
    if not plan.written or _moves(plan) or without([area], plan.old):
        return False
    places = product(range(area.row, area.last_row + 1), range(area.column, area.last_column + 1))
    wanted = [excel.as_held(cell.value) if (cell := cells.get(place)) else None for place in places]
    return wanted == [value for row in area.of(plan.held) for value in row]


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


def _write_pictures(sheet: xw.Sheet, plan: Plan, undo: Undo, folder: Path, check: Callable[[], None]) -> None:
    """A picture that is there keeps the place and size that the reader gave it, unless it would cover our cells: then
    all go to their places. One that is there as it is to be is left alone.
    """
    charts = [placed for placed in plan.layout.charts if placed.chart.png]
    if not charts:
        return
    pictures, all_of_sheet = pictures_of(plan.layout), sheet.pictures
    found = {picture.name: picture for picture in all_of_sheet}
    known = plan.written.pictures if plan.written else {}
    same = {name for name, was in known.items() if name in found and pictures.get(name) == was}
    grown = without(plan.new, plan.old if plan.written else ())
    looked_at = [name for name in pictures if name in found and (grown or name not in same)]
    boxes = {name: _box_of(found[name]) for name in looked_at}
    keep = not any(_covers(one, _box_of(cells_of(sheet, area))) for area in grown for one in boxes.values())
    for placed in charts:
        name = placed.chart.name
        if name in same and keep:
            continue
        file = folder / f"{name}.png"
        file.write_bytes(placed.chart.png)
        where = boxes[name] if keep and name in found else _box(sheet, placed)
        made = undo.picture(sheet, name, found, partial(_add_picture, all_of_sheet, file, where))
        excel.describe(made, placed.chart.message)
        check()


def _add_picture(pictures: xw.main.Pictures, file: Path, box: _Box) -> xw.main.Picture:
    return pictures.add(file, left=box.left, top=box.top, width=box.width, height=box.height)


def _box(sheet: xw.Sheet, placed: PlacedChart) -> _Box:
    corner = sheet.range((placed.row, placed.column))
    width, height = pixels_to_points(placed.chart.width), pixels_to_points(placed.chart.height)
    return _Box(corner.left, corner.top, width, height)


def _box_of(thing: xw.main.Picture | xw.Range) -> _Box:
    return _Box(thing.left, thing.top, thing.width, thing.height)


def _covers(one: _Box, other: _Box) -> bool:
    """Whether they meet by more than a point, which is rounding."""
    return (
        one.left + 1 < other.left + other.width
        and other.left + 1 < one.left + one.width
        and one.top + 1 < other.top + other.height
        and other.top + 1 < one.top + one.height
    )
