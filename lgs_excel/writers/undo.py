"""What a refresh changes in an open workbook, so that it can be put back.

Each method remembers first and changes then, and what is put back may be put back though it was never changed. So a
failure between any two calls, or within one, can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import xlwings as xw

from lgs_excel.report.cell_area import Area, parse_areas, without
from lgs_excel.report.style import RULE, Format
from lgs_excel.writers import excel

Put = Callable[[], object]


class Mixed:
    """The value of a format that the cells differ in."""


def _colour(rgb: tuple[int, int, int] | None) -> str | None:
    return None if rgb is None else "#{:02X}{:02X}{:02X}".format(*rgb)


def _fill(cells: xw.Range) -> str | type[Mixed] | None:
    """Excel gives black for cells that differ, which is nobody's fill for a single cell, either."""
    rgb = cells.color
    return Mixed if rgb == (0, 0, 0) and len(cells) > 1 else _colour(rgb)


_GET: dict[str, Callable[[xw.Range], Any]] = {
    "number_format": lambda cells: cells.number_format,
    "font": lambda cells: cells.font.name,
    "points": lambda cells: cells.font.size,
    "bold": lambda cells: cells.font.bold,
    "italic": lambda cells: cells.font.italic,
    "underline": excel.underline,
    "colour": lambda cells: _colour(cells.font.color),
    "fill": _fill,
    "horizontal": lambda cells: cells.horizontal_alignment,
    "vertical": lambda cells: cells.vertical_alignment,
    "wrap": lambda cells: cells.wrap_text,
    "indent": excel.indent,
}
_SET: dict[str, Callable[[xw.Range, Any], None]] = {
    "number_format": lambda cells, value: setattr(cells, "number_format", value),
    "font": lambda cells, value: setattr(cells.font, "name", value),
    "points": lambda cells, value: setattr(cells.font, "size", value),
    "bold": lambda cells, value: setattr(cells.font, "bold", value),
    "italic": lambda cells, value: setattr(cells.font, "italic", value),
    "underline": excel.set_underline,
    "colour": lambda cells, value: setattr(cells.font, "color", value),
    "fill": lambda cells, value: setattr(cells, "color", value),
    "horizontal": lambda cells, value: setattr(cells, "horizontal_alignment", value),
    "vertical": lambda cells, value: setattr(cells, "vertical_alignment", value),
    "wrap": lambda cells, value: setattr(cells, "wrap_text", value),
    "indent": excel.set_indent,
}
_NAMES = [field.name for field in fields(Format)]


def cells_of(sheet: xw.Sheet, area: Area) -> xw.Range:
    """The cells of an area."""
    return sheet.range((area.row, area.column), (area.last_row, area.last_column))


def formats_of(sheet: xw.Sheet, area: Area, name: str) -> Iterator[tuple[Area, Any]]:
    """One format of an area's cells: parts in which they have the same, with it."""
    try:
        value = _GET[name](cells_of(sheet, area))
    except TypeError:  # xlwings can't say the colour of letters that differ
        value = Mixed
    if value is Mixed or (value is None and name != "fill"):
        for half in area.halves():
            yield from formats_of(sheet, half, name)
    else:
        yield area, value


@dataclass(frozen=True)
class _Saved:
    """Cells as they were."""

    sheet: xw.Sheet
    area: Area
    values: list[list[Any]]
    formulas: list[tuple[int, int, str]]
    number_formats: list[tuple[Area, str]]


class Undo:
    """What was changed in `book`. put_back() undoes all of it; finish() does what can't be undone."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._cells: list[_Saved] = []
        self._tables: list[Put] = []
        self._formats: list[Put] = []
        self._pictures: list[Put] = []
        self._names: list[Put] = []
        self._sheets: list[Put] = []
        self._last: list[Put] = []

    def put_back(self) -> None:
        """Make the workbook what it was."""
        for put in (*reversed(self._pictures), *reversed(self._formats), *reversed(self._tables)):
            put()
        for saved in self._cells:
            _put_cells(saved)
        for put in (*reversed(self._names), *reversed(self._sheets)):
            put()

    def finish(self) -> None:
        """Delete the pictures that were replaced: the very last thing, as nothing can bring them back."""
        for put in self._last:
            put()

    def save_cells(self, sheet: xw.Sheet, areas: Sequence[Area]) -> None:
        """Remember what the cells hold, before anything of them is moved, formatted or written."""
        for area in without(areas, ()):
            cells = cells_of(sheet, area)
            values, typed = excel.values(cells), excel.formulas(cells)
            formulas = [
                (i, j, text)
                for i, row in enumerate(typed)
                for j, text in enumerate(row)
                if text.startswith("=") and text != values[i][j]
            ]
            self._cells.append(_Saved(sheet, area, values, formulas, list(formats_of(sheet, area, "number_format"))))

    def resize(self, sheet: xw.Sheet, name: str, area: Area) -> None:
        """Make a table larger or smaller."""
        table = sheet.tables[name]
        before = table.range.address
        if before != area.address:
            self._tables.append(lambda: table.resize(sheet.range(before)))
            table.resize(cells_of(sheet, area))

    def save_names(self, names: Iterable[str]) -> None:
        """Remember what names refer to, before cells are moved: the application changes names along."""
        for name in names:
            if name in self._book.names:
                found = self._book.names[name]
                self._names.append(partial(setattr, found, "refers_to", found.refers_to))

    def save_rules(self, sheet: xw.Sheet, areas: Iterable[Area]) -> None:
        """Remember which cells have lines below them."""
        self._tables += [partial(_rule, sheet, area, ruled=True) for area in areas]

    def move(self, sheet: xw.Sheet, name: str, area: Area) -> None:
        """Move a table's cells, as by cut and paste; what stands where they go is lost."""
        table = sheet.tables[name]
        before = sheet.range(table.range.address)
        for lost in without([area], parse_areas(before.address)):
            self._save_looks(sheet, lost)

        def back() -> None:
            if table.range.address != before.address:
                table.range.move(before)

        self._tables.append(back)
        table.range.move(cells_of(sheet, area))

    def _save_looks(self, sheet: xw.Sheet, area: Area) -> None:
        for cell in cells_of(sheet, area) if excel.linked(cells_of(sheet, area)) else ():
            if place := excel.linked(cell):
                self._tables.append(partial(excel.link, cell, place, str(cell.value)))
        for name in _NAMES:
            self._tables.append(partial(_put_formats, sheet, name, list(formats_of(sheet, area, name))))

    def add_table(self, sheet: xw.Sheet, name: str, area: Area, style: str) -> None:
        """Make a table of cells."""
        before = {table.name for table in sheet.tables}

        def back() -> None:
            for table in list(sheet.tables):
                if table.name not in before:
                    excel.unlist(table)

        self._formats.append(back)
        table = sheet.tables.add(source=cells_of(sheet, area), name=name, table_style_name=style)
        table.show_table_style_row_stripes = False

    def remove_table(self, sheet: xw.Sheet, name: str, style: str) -> None:
        """Make plain cells of a table."""
        table = sheet.tables[name]
        cells = sheet.range(table.range.address)

        def back() -> None:
            if name not in sheet.tables:
                sheet.tables.add(source=cells, name=name, table_style_name=style)

        self._tables.append(back)
        excel.unlist(table)

    def format(self, sheet: xw.Sheet, area: Area, wanted: Format) -> None:
        """Give cells a format; what they have already is not touched."""
        for name in _NAMES:
            value = getattr(wanted, name)
            before = list(formats_of(sheet, area, name))
            if any(was != value for _, was in before):
                if name == "horizontal":  # another side takes the indent away
                    indents = list(formats_of(sheet, area, "indent"))
                    self._formats.append(partial(_put_formats, sheet, "indent", indents))
                self._formats.append(partial(_put_formats, sheet, name, before))
                _SET[name](cells_of(sheet, area), value)

    def rule(self, sheet: xw.Sheet, area: Area, *, ruled: bool) -> None:
        """Draw a hair line below each row of cells, or remove it; save_rules knows which had one."""
        if ruled:
            self._formats.append(partial(_rule, sheet, area, ruled=False))
        _rule(sheet, area, ruled=ruled)

    def height(self, sheet: xw.Sheet, first_row: int, last_row: int, points: float) -> None:
        """Give rows a height."""
        rows = sheet.range((first_row, 1), (last_row, 1))
        before = rows.row_height
        if before is None:
            middle = (first_row + last_row) // 2
            self.height(sheet, first_row, middle, points)
            self.height(sheet, middle + 1, last_row, points)
        elif abs(before - points) > 0.5:  # Excel rounds to its pixels
            self._formats.append(lambda: setattr(rows, "row_height", before))
            rows.row_height = points

    def link(self, sheet: xw.Sheet, area: Area, place: str, text: str) -> None:
        """Give a cell a link to a place in the workbook, such as "'RFM Customers'!A1"; it looks like one then."""
        cell = cells_of(sheet, area)
        self._formats += [partial(_put_formats, sheet, name, list(formats_of(sheet, area, name))) for name in _NAMES]
        self._formats.append(lambda: excel.unlink(cell))
        excel.link(cell, place, text)

    def unlink(self, sheet: xw.Sheet, area: Area, wanted: Mapping[tuple[int, int], str]) -> None:
        """Remove the links of cells, but for the wanted ones: (row, column) → the place that it leads to."""
        for cell in cells_of(sheet, area) if excel.linked(cells_of(sheet, area)) else ():
            place = excel.linked(cell)
            if place and place != wanted.get((cell.row, cell.column)):
                self._formats.append(partial(excel.link, cell, place, str(cell.value)))
                excel.unlink(cell)

    def picture(self, sheet: xw.Sheet, name: str, add: Callable[[str], xw.main.Picture]) -> None:
        """Put a picture in the place of the one of this name, if there is one. add: makes it, with the name given."""
        new, old = f"{name}_new", f"{name}_old"
        for left_over in (new, old):  # by a computer that went out in the middle
            if left_over in sheet.pictures:
                sheet.pictures[left_over].delete()
        before = {picture.name for picture in sheet.pictures}

        def back() -> None:
            if old in sheet.pictures:
                if name in sheet.pictures:
                    sheet.pictures[name].delete()
                sheet.pictures[old].name = name
            for picture in list(sheet.pictures):
                if picture.name not in before:
                    picture.delete()

        self._pictures.append(back)
        made = add(new)
        if name in before:
            sheet.pictures[name].name = old
            self._last.append(sheet.pictures[old].delete)
        made.name = name

    def name(self, name: str, refers_to: str) -> None:
        """Make a name refer to cells."""
        names = self._book.names
        if name in names:
            before = names[name].refers_to
            self._names.append(lambda: setattr(names[name], "refers_to", before))
            names[name].refers_to = refers_to
        else:
            self._names.append(lambda: names[name].delete() if name in names else None)
            names.add(name, refers_to)

    def remove_name(self, name: str) -> None:
        """Forget a name."""
        names = self._book.names
        if name in names:
            refers_to = str(names[name].refers_to)
            self._names.append(lambda: names.add(name, refers_to) if name not in names else None)
            names[name].delete()

    def add_sheet(self, title: str) -> xw.Sheet:
        """A new sheet behind all others."""
        sheets, active, before = self._book.sheets, self._book.sheets.active, self._book.sheet_names

        def back() -> None:
            for sheet in list(sheets):
                if sheet.name not in before:
                    sheet.delete()
            active.activate()

        self._sheets.append(back)
        sheet = sheets.add(title, after=sheets[len(before) - 1])
        active.activate()
        return sheet


def _put_formats(sheet: xw.Sheet, name: str, before: list[tuple[Area, Any]]) -> None:
    for area, value in before:
        _SET[name](cells_of(sheet, area), value)


def _put_cells(saved: _Saved) -> None:
    """With the format General and an apostrophe before each text, so that Excel takes it as it is."""
    cells = cells_of(saved.sheet, saved.area)
    cells.number_format = "General"
    place_holders(saved.sheet, saved.area)
    cells.value = [[f"'{value}" if isinstance(value, str) else value for value in row] for row in saved.values]
    for i, j, formula in saved.formulas:
        cells[i, j].formula = formula
    _put_formats(saved.sheet, "number_format", saved.number_formats)


def place_holders(sheet: xw.Sheet, area: Area) -> None:
    """Write texts that no table has into the first row. Headers are written one after the other, and one that another
    column has still would get a number.
    """
    row = Area(area.row, area.column, area.row, area.last_column)
    cells_of(sheet, row).value = [[f"lgs column {i}" for i in range(row.shape[1])]]


def _rule(sheet: xw.Sheet, area: Area, *, ruled: bool) -> None:
    borders = cells_of(sheet, area).borders
    for side in ("edge_bottom", "inside_horizontal") if area.shape[0] > 1 else ("edge_bottom",):
        if ruled:
            borders[side].color = RULE
            borders[side].weight = "hairline"
        else:
            borders[side].line_style = None
