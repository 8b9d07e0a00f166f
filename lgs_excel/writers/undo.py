"""What a refresh changes in an open workbook, so that it can be put back.

Each method remembers first and changes then, and what is put back may be put back though it was never changed. So a
failure between any two calls, or within one, can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import xlwings as xw

from lgs_excel.report.cell_area import Area, without
from lgs_excel.report.style import RULE
from lgs_excel.writers import excel
from lgs_excel.writers.formats import (
    NAMES,
    Formats,
    FormatWriter,
    cell_at,
    cells_of,
    differing,
    part_of,
    put_formats,
    ranges_of,
)
from lgs_excel.writers.plan import Cells

Put = Callable[[], object]
Cell = tuple[int, int]  # its row and column


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
        self._all_names = book.names
        self._cells: list[_Saved] = []
        self._tables: list[Put] = []
        self._formats: list[Put] = []
        self._scales: list[Put] = []
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
        for put in (*self._scales, *reversed(self._names), *reversed(self._sheets)):
            put()

    def finish(self) -> None:
        """Delete the pictures that were replaced: the very last thing, as nothing can bring them back."""
        for put in self._last:
            put()

    def save_cells(self, sheet: xw.Sheet, areas: Sequence[Area], known: Formats, cells: Cells) -> None:
        """Remember what cells hold, before anything of them is moved, formatted or written. known: their formats."""
        cells = cells.reaching(areas)
        for area in without(areas, ()):
            values, texts = area.of(cells.held), area.of(cells.typed)
            formulas = [
                (i, j, text)
                for i, row in enumerate(texts)
                for j, text in enumerate(row)
                if text.startswith("=") and text != values[i][j]
            ]
            number_formats = part_of({"number_format": known["number_format"]}, [area])["number_format"]
            self._cells.append(_Saved(sheet, area, values, formulas, number_formats))

    def resize(self, sheet: xw.Sheet, table: xw.main.Table, before: Area, area: Area) -> None:
        """Make a table larger or smaller; before: where it is now."""
        if before != area:
            self._tables.append(lambda: table.resize(cells_of(sheet, before)))
            table.resize(cells_of(sheet, area))

    def save_names(self, names: Mapping[str, str]) -> None:
        """Remember what names refer to, before cells are moved: the application changes names along."""
        self._names += [partial(self._all_names.add, name, refers_to) for name, refers_to in names.items()]

    def save_rules(self, sheet: xw.Sheet, areas: Iterable[Area]) -> None:
        """Remember which cells have lines below them."""
        self._tables.append(partial(_rule, sheet, tuple(areas), ruled=True))

    def move(
        self, sheet: xw.Sheet, table: xw.main.Table, before: Area, area: Area, known: Formats,
        links: Iterable[Cell] | None,
    ) -> None:  # fmt: skip
        """Move a table's cells, as by cut and paste; what stands where they go is lost. known: the formats of those.
        links: the cells that have any, if that is known.
        """
        for lost in without([area], [before]):
            if links is None or any(Area(*cell, *cell).overlaps(lost) for cell in links):
                self._save_links(sheet, lost)
            self._tables.append(partial(put_formats, sheet, part_of(known, [lost])))

        def back() -> None:
            if table.range.address != before.address:
                excel.move(table.range, cells_of(sheet, before))

        self._tables.append(back)
        excel.move(table.range, cells_of(sheet, area))

    def _save_links(self, sheet: xw.Sheet, area: Area) -> None:
        for cell in cells_of(sheet, area) if excel.linked(cells_of(sheet, area)) else ():
            if place := excel.linked(cell):
                self._tables.append(partial(excel.link, cell, place, str(cell.value)))

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

    def remove_table(self, sheet: xw.Sheet, table: xw.main.Table, name: str, style: str) -> None:
        """Make plain cells of a table."""
        cells = sheet.range(table.range.address)

        def back() -> None:
            if name not in sheet.tables:
                sheet.tables.add(source=cells, name=name, table_style_name=style)

        self._tables.append(back)
        excel.unlist(table)

    def formats(self, sheet: xw.Sheet, known: Formats, wanted: Formats) -> None:
        """Give cells formats; what they have already is not touched. known: what they have."""
        turned: list[Area] = []
        writer = FormatWriter(sheet)
        for name in NAMES:
            new, old = differing(known, wanted, name, turned if name == "indent" else ())
            if not new:
                continue
            if name == "horizontal":  # another side takes the indent away
                turned = [area for area, _ in new]
                self._formats.append(partial(put_formats, sheet, part_of({"indent": known["indent"]}, turned)))
            self._formats.append(partial(put_formats, sheet, {name: old}))
            writer.put(name, new)

    def scales(self, put: Put) -> None:
        """Remember how to put colour scales back, once tables are where they were: they go along with cells."""
        self._scales.append(put)

    def rule(self, sheet: xw.Sheet, areas: Sequence[Area], *, ruled: bool) -> None:
        """Draw a hair line below each row of cells, or remove it; save_rules knows which had one."""
        if ruled:
            self._formats.append(partial(_rule, sheet, areas, ruled=False))
        _rule(sheet, areas, ruled=ruled)

    def height(self, sheet: xw.Sheet, first_row: int, last_row: int, points: float) -> None:
        """Give rows a height."""
        rows = cells_of(sheet, Area(first_row, 1, last_row, 1))
        before = rows.row_height
        if before is None:
            middle = (first_row + last_row) // 2
            self.height(sheet, first_row, middle, points)
            self.height(sheet, middle + 1, last_row, points)
        elif abs(before - points) > 0.5:  # Excel rounds to its pixels
            self._formats.append(lambda: setattr(rows, "row_height", before))
            rows.row_height = points

    def links(self, sheet: xw.Sheet, links: Mapping[Cell, tuple[str, str]], known: Formats) -> None:
        """Give cells links to places in the workbook, such as "'RFM Customers'!A1", with a text; they look like links
        then. known: their formats.
        """
        self._formats.append(partial(put_formats, sheet, part_of(known, [Area(*cell, *cell) for cell in links])))
        for place, (leads_to, text) in links.items():
            cell = cell_at(sheet, *place)
            self._formats.append(partial(excel.unlink, cell))
            excel.link(cell, leads_to, text)

    def redirect(self, sheet: xw.Sheet, cell: Cell, before: str, place: str) -> None:
        """Let the link of a cell lead to another place than before."""
        cells = cell_at(sheet, *cell)
        self._formats.append(partial(excel.redirect, cells, before))
        excel.redirect(cells, place)

    def unlink(self, sheet: xw.Sheet, cell: Cell, place: str, text: str) -> None:
        """Remove the link of a cell, which leads to a place and has a text."""
        cells = cell_at(sheet, *cell)
        self._formats.append(partial(excel.link, cells, place, text))
        excel.unlink(cells)

    def picture(
        self, sheet: xw.Sheet, name: str, found: dict[str, xw.main.Picture], add: Callable[[], xw.main.Picture]
    ) -> xw.main.Picture:
        """Put a picture in the place of the one of this name, if there is one. found: the sheet's pictures, kept up to
        date; add: makes it.
        """
        self.remove_picture(sheet, name, found)
        found[name] = made = add()
        excel.rename(made, name)
        return made

    def remove_picture(self, sheet: xw.Sheet, name: str, found: dict[str, xw.main.Picture]) -> None:
        """Set the picture of this name aside, if there is one, to be deleted in the end; found: as of `picture`."""
        old, before = f"{name}_old", {*found}

        def back() -> None:
            if old in sheet.pictures:
                if name in sheet.pictures:
                    sheet.pictures[name].delete()
                sheet.pictures[old].name = name
            for picture in list(sheet.pictures):
                if picture.name not in before:
                    picture.delete()

        self._pictures.append(back)
        if removed := found.pop(name, None):
            excel.rename(removed, old)
            found[old] = removed
            self._last.append(removed.delete)

    def name(self, name: str, refers_to: str, before: str | None) -> None:
        """Make a name refer to cells, or to a constant; before: what it refers to now, None if it is not there."""
        if before is None:
            self._names.append(lambda: self._all_names[name].delete() if name in self._all_names else None)
        else:
            self._names.append(partial(self._all_names.add, name, before))
        self._all_names.add(name, refers_to)  # or makes the one that is there refer to it, in one call

    def remove_name(self, name: str, before: str) -> None:
        """Forget a name; before: what it refers to."""
        names = self._all_names
        self._names.append(lambda: names.add(name, before) if name not in names else None)
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


def _put_cells(saved: _Saved) -> None:
    """With the format General and an apostrophe before each text, so that Excel takes it as it is."""
    cells = cells_of(saved.sheet, saved.area)
    cells.number_format = "General"
    place_holders(saved.sheet, saved.area)
    typed = [[f"'{value}" if isinstance(value, str) else value for value in row] for row in saved.values]
    excel.write_values(cells, typed)
    for i, j, formula in saved.formulas:
        cells[i, j].formula = formula
    put_formats(saved.sheet, {"number_format": saved.number_formats})


def place_holders(sheet: xw.Sheet, area: Area) -> None:
    """Write texts that no table has into the first row. Headers are written one after the other, and one that another
    column has still would get a number.
    """
    row = Area(area.row, area.column, area.row, area.last_column)
    excel.write_values(cells_of(sheet, row), [[f"lgs column {i}" for i in range(row.shape[1])]])


def _rule(sheet: xw.Sheet, areas: Sequence[Area], *, ruled: bool) -> None:
    for several in (True, False):  # a single row has no lines within it
        alike = [area for area in areas if (area.shape[0] > 1) is several]
        for cells in ranges_of(sheet, alike):
            borders = cells.borders
            for side in ("inside_horizontal", "edge_bottom") if several else ("edge_bottom",):
                border = borders[side]
                if ruled:
                    border.color = RULE
                    border.weight = "hairline"
                else:
                    border.line_style = None
