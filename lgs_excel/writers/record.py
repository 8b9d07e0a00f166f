"""What the last refresh wrote into a workbook, so that the next one need not read formats, nor write what is the same.

The record is a file in the reader's cache folder; the workbook has its key, a hash of it, as a name. It is believed for
a sheet only where its cells hold what was written: else, and where there is no record, everything is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl.utils.units import pixels_to_points
from platformdirs import user_cache_path

from lgs_excel import __version__
from lgs_excel.files import atomic_write
from lgs_excel.report.cell_area import Area, box, parse_areas, without
from lgs_excel.report.layout import Layout, text_name
from lgs_excel.report.style import Format, format_of
from lgs_excel.settings import APP
from lgs_excel.writers import excel
from lgs_excel.writers.formats import Formats, wanted_formats

KEY_NAME = "lgs_refreshed"
_MOST_FILES = 50


@dataclass(frozen=True)
class SheetRecord:
    """A sheet as it was written. areas: the cells that are ours. content: hash of what was to be written; values: of
    what the cells held then. heights: row → points. links: cell → place. pictures: name → hash.
    """

    areas: tuple[Area, ...]
    content: str
    values: str
    formats: Formats
    bodies: tuple[Area, ...]
    heights: dict[int, float]
    links: dict[tuple[int, int], str]
    pictures: dict[str, str]


Record = Mapping[str, SheetRecord]


def load_record(names: xw.main.Names, shipped: Path | None = None) -> dict[str, SheetRecord]:
    """The sheets as the last refresh of this workbook wrote them; none where that is not known. shipped: the record of
    the workbook as it is shipped.
    """
    if KEY_NAME not in names:
        return {}
    key = str(names[KEY_NAME].refers_to).strip('="')
    if not key.isalnum():
        return {}
    for file in (_folder() / f"{key}.json", shipped):
        with suppress(OSError, ValueError, KeyError, TypeError):
            text = file.read_text(encoding="utf-8") if file else ""
            if _key(text) == key:
                return {title: _sheet(one) for title, one in json.loads(text).items()}
    return {}


def record_of(layouts: Iterable[Layout]) -> str:
    """The record of a workbook that the headless writer makes, as text: what a refresh would have written."""
    return _text({layout.sheet.title: as_written(layout) for layout in layouts})


def key_of(text: str) -> str:
    """What the workbook's name KEY_NAME refers to, for this record."""
    return f'"{_key(text)}"'


def save_record(record: Record) -> str:
    """Keep a record; gives its key. Raises OSError where there is no room for it."""
    text = _text(record)
    folder, key = _folder(), _key(text)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with atomic_write(folder / f"{key}.json") as file:
        file.write(text.encode())
    kept = sorted(folder.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[_MOST_FILES:]:
        with suppress(OSError):
            old.unlink()
    return key


def formats_of(layout: Layout) -> Iterator[tuple[Area, Format]]:
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


def links_of(layout: Layout) -> dict[tuple[int, int], tuple[str, str]]:
    """By cell the place that it leads to, and its text."""
    return {(cell.row, cell.column): (_place(cell.link), str(cell.value)) for cell in layout.cells if cell.link}


def _place(title: str) -> str:
    return "'{}'!A1".format(title.replace("'", "''"))


def bodies_of(layout: Layout) -> list[Area]:
    """The rows of tables that have lines below them."""
    return [
        Area(placed.row + 1, placed.column, placed.last_row, placed.last_column)
        for placed in layout.tables
        if placed.table.rows
    ]


def areas_of(layout: Layout) -> tuple[Area, ...]:
    """The cells that are ours: texts, then tables."""
    name = text_name(layout.sheet.title)
    texts = next(parse_areas(placed.refers_to) for placed in layout.names if placed.name == name)
    tables = (Area(placed.row, placed.column, placed.last_row, placed.last_column) for placed in layout.tables)
    return (*texts, *tables)


def as_written(layout: Layout, held: Sequence[Sequence[Any]] | None = None) -> SheetRecord:
    """A sheet once it is written. held: what its cells hold then, from A1 on, if not just what they were given."""
    areas, formats = areas_of(layout), list(formats_of(layout))
    rest = without(areas, [area for area, _ in formats])
    return SheetRecord(
        areas,
        content_of(layout),
        values_hash(_given(layout, box(areas)) if held is None else held, areas),
        wanted_formats([*formats, *((area, Format()) for area in rest)]),
        tuple(bodies_of(layout)),
        {row: pixels_to_points(pixels) for row, pixels in layout.heights.items()},
        {cell: place for cell, (place, _) in links_of(layout).items()},
        pictures_of(layout),
    )


def _given(layout: Layout, area: Area) -> list[list[object]]:
    block: list[list[object]] = [[None] * area.last_column for _ in range(area.last_row)]
    for cell in layout.cells:
        block[cell.row - 1][cell.column - 1] = excel.as_held(cell.value)
    return block


def content_of(layout: Layout) -> str:
    """A hash of all that is to be written on a sheet."""
    cells = [(c.row, c.column, c.value, format_of(c.look, c.kind), c.look.ruled, c.link) for c in layout.cells]
    tables = [(placed.table.name, placed.address) for placed in layout.tables]
    names = [(placed.name, placed.refers_to) for placed in layout.names]
    return _hash(repr((cells, tables, names, layout.heights, sorted(pictures_of(layout).items()))))


def pictures_of(layout: Layout) -> dict[str, str]:
    """By name a hash of each picture and its alternative text."""
    charts = [placed.chart for placed in layout.charts if placed.chart.png]
    return {chart.name: _hash(chart.message, chart.png) for chart in charts}


def values_hash(block: Sequence[Sequence[Any]], areas: Iterable[Area]) -> str:
    """A hash of what the cells of `areas` hold. block: of the cells from A1 on, as Excel gives it."""
    held = [area.of(block) for area in sorted(areas)]
    return _hash(repr(held))


def _text(record: Record) -> str:
    return json.dumps({title: _plain(one) for title, one in record.items()}, separators=(",", ":")) + "\n"


def _folder() -> Path:
    return user_cache_path(APP, appauthor=False) / "refreshed"


def _key(text: str) -> str:
    return _hash(__version__, text.encode())


def _hash(*of: str | bytes) -> str:
    digest = sha256()
    for part in of:
        digest.update(part.encode(errors="surrogatepass") if isinstance(part, str) else part)
    return digest.hexdigest()[:32]


def _plain(record: SheetRecord) -> dict[str, Any]:
    areas = {name: [[*_corners(area), value] for area, value in found] for name, found in record.formats.items()}
    links = [[*cell, place] for cell, place in record.links.items()]
    whole = asdict(record) | {"formats": areas, "links": links}
    return whole | {"areas": [_corners(a) for a in record.areas], "bodies": [_corners(a) for a in record.bodies]}


def _sheet(plain: dict[str, Any]) -> SheetRecord:
    formats = {name: [(Area(*one[:4]), one[4]) for one in found] for name, found in plain["formats"].items()}
    return SheetRecord(
        tuple(Area(*one) for one in plain["areas"]),
        plain["content"],
        plain["values"],
        formats,
        tuple(Area(*one) for one in plain["bodies"]),
        {int(row): points for row, points in plain["heights"].items()},
        {(row, column): place for row, column, place in plain["links"]},
        plain["pictures"],
    )


def _corners(area: Area) -> list[int]:
    return [area.row, area.column, area.last_row, area.last_column]
