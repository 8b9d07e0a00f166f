"""Formats of cells by property: read in as few calls as they allow, compared without any, written by value.

Each call to Excel is a round trip between two processes, and areas that get the same value are one range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import xlwings as xw

from lgs_excel.report.cell_area import Area, box, joined, without
from lgs_excel.report.style import Format
from lgs_excel.writers import excel

# Property → areas with the value that all their cells have. Areas of one property don't overlap.
Formats = dict[str, list[tuple[Area, Any]]]
NAMES = tuple(field.name for field in fields(Format))
_LONGEST_ADDRESS = 255  # of a range of several areas, in characters


class Mixed:
    """The value of a format that the cells differ in."""


def _colour(rgb: tuple[int, int, int] | None) -> str | None:
    return None if rgb is None else "#{:02X}{:02X}{:02X}".format(*rgb)


_OF_FONT: dict[str, Callable[[Any], Any]] = {
    "font": lambda font: font.name,
    "points": lambda font: font.size,
    "bold": lambda font: font.bold,
    "italic": lambda font: font.italic,
    "colour": lambda font: _colour(font.color),
}
_OF_CELLS: dict[str, Callable[[xw.Range], Any]] = {
    "number_format": lambda cells: cells.number_format,
    "underline": excel.underline,
    "fill": lambda cells: _colour(cells.color),
    "horizontal": lambda cells: cells.horizontal_alignment,
    "vertical": lambda cells: cells.vertical_alignment,
    "wrap": lambda cells: cells.wrap_text,
    "indent": excel.indent,
}
_SET: dict[str, Callable[[xw.Range, Any], None]] = {
    "number_format": lambda cells, value: setattr(cells, "number_format", value),
    "underline": excel.set_underline,
    "fill": lambda cells, value: setattr(cells, "color", value),
    "horizontal": lambda cells, value: setattr(cells, "horizontal_alignment", value),
    "vertical": lambda cells, value: setattr(cells, "vertical_alignment", value),
    "wrap": lambda cells, value: setattr(cells, "wrap_text", value),
    "indent": excel.set_indent,
}
_SET_FONT = {"font": "name", "points": "size", "bold": "bold", "italic": "italic", "colour": "color"}


def cells_of(sheet: xw.Sheet, area: Area) -> xw.Range:
    """The cells of an area: by its address, in one call, as numbers of rows and columns take five."""
    return sheet.range(area.address.replace("$", ""))


def cell_at(sheet: xw.Sheet, row: int, column: int) -> xw.Range:
    """A single cell."""
    return cells_of(sheet, Area(row, column, row, column))


def ranges_of(sheet: xw.Sheet, areas: Iterable[Area]) -> Iterator[xw.Range]:
    """The cells of areas, in as few ranges as the length of an address allows."""
    text = ""
    for area in areas:
        address = area.address.replace("$", "")
        if text and len(text) + 1 + len(address) > _LONGEST_ADDRESS:
            yield sheet.range(text)
            text = ""
        text = f"{text},{address}" if text else address
    if text:
        yield sheet.range(text)


def wanted_formats(areas: Iterable[tuple[Area, Format]]) -> Formats:
    """By property what areas are to have."""
    pairs = list(areas)
    return {name: [(area, getattr(wanted, name)) for area, wanted in pairs] for name in NAMES}


def read_formats(sheet: xw.Sheet, areas: Sequence[Area], known: Formats) -> Formats:
    """By property what the cells of `areas` have now. known: what others have."""
    found: Formats = {name: [] for name in NAMES}
    together: dict[Area, list[str]] = {}
    for name in _differing(sheet, areas, found):
        # They are most likely as new cells are, and so are known to be some of those between them.
        usual = getattr(Format(), name)
        for whole in joined(areas, [area for area, value in known[name] if value != usual]):
            together.setdefault(whole, []).append(name)
    for whole, names in together.items():
        _read(sheet, whole, names, found, [area for area in areas if area.overlaps(whole)])
    return found


def _differing(sheet: xw.Sheet, areas: Sequence[Area], found: Formats) -> Sequence[str]:
    """The properties that the cells of several areas differ in, read of all of them at once; what they are alike in
    goes into `found`.
    """
    if len(areas) < 2:
        return NAMES if areas else ()
    ranges = list(ranges_of(sheet, areas))
    fonts = [cells.font for cells in ranges]
    for name in NAMES:
        first, *others = (_value(cells, font, name, box(areas)) for cells, font in zip(ranges, fonts, strict=True))
        if first is not Mixed and all(value == first for value in others):
            found[name] = [(area, first) for area in areas]
    return [name for name in NAMES if not found[name]]


def _read(sheet: xw.Sheet, area: Area, names: Sequence[str], found: Formats, parts: Sequence[Area]) -> None:
    """What the cells of `parts` have, which are within an area: if its cells don't differ, it's read at once, else part
    by part, and a single part in halves.
    """
    cells = cells_of(sheet, area)
    font = cells.font if any(name in _OF_FONT for name in names) else None
    mixed = []
    for name in names:
        value = _value(cells, font, name, area)
        if value is Mixed:
            mixed.append(name)
        else:
            found[name] += [(part, value) for part in parts]
    if area.shape == (1, 1):  # the letters of one cell differ
        for name in mixed:
            found[name].append((area, Mixed))
        return
    if mixed and len(parts) == 1:
        parts = area.halves(by_rows=_alike_in_rows(sheet, area, mixed[0]))
    for part in parts if mixed else ():
        _read(sheet, part, mixed, found, [part])


def _alike_in_rows(sheet: xw.Sheet, area: Area, name: str) -> bool:
    """Whether the cells of an area's first row don't differ, nor those of its last one: then its rows do."""
    if 1 in area.shape:
        return False
    for number in (area.row, area.last_row):
        row = Area(number, area.column, number, area.last_column)
        cells = cells_of(sheet, row)
        if _value(cells, cells.font if name in _OF_FONT else None, name, row) is Mixed:
            return False
    return True


def _value(cells: xw.Range, font: Any, name: str, area: Area) -> Any:
    """The value that all cells of an area have, or Mixed."""
    try:
        value = _OF_FONT[name](font) if name in _OF_FONT else _OF_CELLS[name](cells)
    except TypeError:  # xlwings can't say the colour of letters that differ
        return Mixed
    # Excel gives black for fills that differ, which is nobody's fill for a single cell, either.
    black = name == "fill" and value == "#000000" and area.shape != (1, 1)
    return Mixed if black or (value is None and name != "fill") else value


class FormatWriter:
    """Gives the cells of a sheet formats; the same areas are the same range for every property."""

    def __init__(self, sheet: xw.Sheet) -> None:
        self._sheet = sheet
        self._ranges: dict[tuple[Area, ...], list[xw.Range]] = {}
        self._fonts: dict[tuple[Area, ...], list[Any]] = {}

    def put(self, name: str, values: Iterable[tuple[Area, Any]]) -> None:
        """Give cells values of one property."""
        by_value: dict[Any, list[Area]] = {}
        for area, value in (pairs := list(values)):
            plain = getattr(Format(), name)  # for a cell whose letters differed, which can't be had again
            by_value.setdefault(plain if value is Mixed else value, []).append(area)
        every = [area for area, _ in pairs]
        if len(by_value) > 1 and len(self._ranges_of(every)) == 1:
            # All get what most get, in the range of the properties that all have alike, and then the others theirs.
            most = max(by_value, key=lambda value: len(by_value[value]))
            by_value = {most: every} | {value: areas for value, areas in by_value.items() if value != most}
        for value, areas in by_value.items():
            key = tuple(areas)
            ranges = self._ranges_of(areas)
            if name in _SET_FONT:
                if key not in self._fonts:
                    self._fonts[key] = [cells.font for cells in ranges]
                for font in self._fonts[key]:
                    setattr(font, _SET_FONT[name], value)
            else:
                for cells in ranges:
                    _SET[name](cells, value)

    def _ranges_of(self, areas: Sequence[Area]) -> list[xw.Range]:
        key = tuple(areas)
        if key not in self._ranges:
            self._ranges[key] = list(ranges_of(self._sheet, areas))
        return self._ranges[key]


def put_formats(sheet: xw.Sheet, formats: Formats) -> None:
    """Give cells formats."""
    writer = FormatWriter(sheet)
    for name, values in formats.items():
        writer.put(name, values)


def differing(
    known: Formats, wanted: Formats, name: str, always: Sequence[Area] = ()
) -> tuple[list[tuple[Area, Any]], list[tuple[Area, Any]]]:
    """Where a property is to change: areas with the value that they get, and areas with the one that they have.

    always: cells that are to be given their value though they have it.
    """
    new, old = [], []
    for area, value in wanted[name]:
        for place, was in known[name]:
            both = area.common(place)
            if both is None:
                continue
            parts = [both] if was != value else [part for hole in always if (part := both.common(hole))]
            new += [(part, value) for part in parts]
            old += [(part, was) for part in parts]
    return new, old


def part_of(known: Formats, areas: Sequence[Area]) -> Formats:
    """What is known of these cells."""
    return {
        name: [(part, value) for place, value in found for area in areas if (part := place.common(area))]
        for name, found in known.items()
    }


def without_cells(known: Formats, holes: Sequence[Area]) -> Formats:
    """What is known of other cells than these."""
    return {
        name: [(part, value) for place, value in found for part in without([place], holes)]
        for name, found in known.items()
    }


def moved(known: Formats, source: Area, row: int, column: int) -> Formats:
    """What is known after the cells of `source` were cut and put elsewhere; those that are left are as new ones."""
    down, right = row - source.row, column - source.column
    target = source.at(row, column)
    going = {
        name: [(place.shifted(down, right), value) for place, value in found]
        for name, found in part_of(known, [source]).items()
    }
    staying = without_cells(known, [source, target])
    left = wanted_formats((area, Format()) for area in without([source], [target]))
    return {name: [*staying[name], *going[name], *left[name]] for name in known}


def unknown_cells(known: Formats, areas: Iterable[Area]) -> list[Area]:
    """The cells of `areas` of which nothing is known."""
    return without(areas, [place for place, _ in known[NAMES[0]]])
