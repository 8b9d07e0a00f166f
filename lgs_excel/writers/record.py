"""What the last refresh wrote into a workbook, so that the next one need not read formats, nor write what is the same.

The record is a file in the reader's cache folder; the workbook has its key, a hash of it, as a name. It is believed for
a sheet only where its cells hold what was written: else, and where there is no record, everything is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils.units import pixels_to_points
from platformdirs import user_cache_path

from lgs_excel import __version__
from lgs_excel.files import atomic_write
from lgs_excel.report.cell_area import Area
from lgs_excel.report.layout import Layout
from lgs_excel.settings import APP
from lgs_excel.writers.formats import Formats
from lgs_excel.writers.layout_parts import (
    areas_of,
    bodies_of,
    content_of,
    formats_in,
    links_of,
    pictures_of,
    scales_of,
    short_hash,
    tables_of,
    values_of,
)

KEY_NAME = "lgs_refreshed"
_MOST_FILES = 50


@dataclass(frozen=True)
class SheetRecord:
    """A sheet as it was written. areas: the cells that are ours. content: hash of what was to be written; values: of
    what the cells held then. heights: row → points. links: cell → place. pictures: name → hash. scales: the cells that
    have a colour scale. tables: where ours stand, by name. names: what the names of cells refer to.
    """

    areas: tuple[Area, ...]
    content: str
    values: str
    formats: Formats
    bodies: tuple[Area, ...]
    heights: dict[int, float]
    links: dict[tuple[int, int], str]
    pictures: dict[str, str]
    scales: tuple[Area, ...] = ()
    tables: dict[str, Area] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


Record = Mapping[str, SheetRecord]


def load_record(named: str | None, shipped: Path | None = None) -> dict[str, SheetRecord]:
    """The sheets as the last refresh of this workbook wrote them; none where that is not known. named: what KEY_NAME
    refers to, None if there is no such name; shipped: the record of the workbook as it is shipped.
    """
    key = (named or "").strip('="')
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


def as_written(layout: Layout, held: Sequence[Sequence[Any]] | None = None) -> SheetRecord:
    """A sheet once it is written. held: what its cells hold then, from A1 on, if not just what they were given."""
    areas = areas_of(layout)
    return SheetRecord(
        areas,
        content_of(layout),
        values_hash(values_of(layout) if held is None else held, areas),
        formats_in(layout, areas),
        tuple(bodies_of(layout)),
        {row: pixels_to_points(pixels) for row, pixels in layout.heights.items()},
        {cell: place for cell, (place, _) in links_of(layout).items()},
        pictures_of(layout),
        scales_of(layout),
        tables_of(layout),
        {placed.name: placed.refers_to for placed in layout.names},
    )


def values_hash(block: Sequence[Sequence[Any]], areas: Iterable[Area]) -> str:
    """A hash of what the cells of `areas` hold. block: of the cells from A1 on, as Excel gives it."""
    held = [area.of(block) for area in sorted(areas)]
    return short_hash(repr(held))


def _text(record: Record) -> str:
    return json.dumps({title: _plain(one) for title, one in record.items()}, separators=(",", ":")) + "\n"


def _folder() -> Path:
    return user_cache_path(APP, appauthor=False) / "refreshed"


def _key(text: str) -> str:
    return short_hash(__version__, text.encode())


def _plain(record: SheetRecord) -> dict[str, Any]:
    areas = {name: [[*_corners(area), value] for area, value in found] for name, found in record.formats.items()}
    links = [[*cell, place] for cell, place in record.links.items()]
    whole = asdict(record) | {"formats": areas, "links": links}
    corners = {name: [_corners(area) for area in getattr(record, name)] for name in ("areas", "bodies", "scales")}
    return whole | corners | {"tables": {name: _corners(area) for name, area in record.tables.items()}}


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
        tuple(Area(*one) for one in plain["scales"]),
        {name: Area(*one) for name, one in plain["tables"].items()},
        plain["names"],
    )


def _corners(area: Area) -> list[int]:
    return [area.row, area.column, area.last_row, area.last_column]
