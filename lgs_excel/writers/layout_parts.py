"""What a sheet is to have once it is written, worked out from its layout: areas, formats, lines, links, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from lgs_excel.report.cell_area import Area, box, parse_areas, without
from lgs_excel.report.layout import Layout, link_place, text_name
from lgs_excel.report.style import Format, format_of
from lgs_excel.writers import excel
from lgs_excel.writers.formats import Formats, wanted_formats


def texts_of(layout: Layout) -> tuple[Area, ...]:
    """Where texts outside tables stand."""
    name = text_name(layout.sheet.title)
    return next(parse_areas(placed.refers_to) for placed in layout.names if placed.name == name)


def areas_of(layout: Layout) -> tuple[Area, ...]:
    """The cells that are ours: texts, then tables."""
    return (*texts_of(layout), *tables_of(layout).values())


def tables_of(layout: Layout) -> dict[str, Area]:
    """Where tables stand, by name."""
    return {
        placed.table.name: Area(placed.row, placed.column, placed.last_row, placed.last_column)
        for placed in layout.tables
    }


def formats_in(layout: Layout, areas: Iterable[Area]) -> Formats:
    """What the cells of `areas` are to have: what the layout says; the others what new cells have."""
    formats = list(formats_of(layout))
    rest = without(areas, [area for area, _ in formats])
    return wanted_formats([*formats, *((area, Format()) for area in rest)])


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
    return {(cell.row, cell.column): (link_place(cell.link), str(cell.value)) for cell in layout.cells if cell.link}


def bodies_of(layout: Layout) -> list[Area]:
    """The rows of tables that have lines below them."""
    return [
        Area(placed.row + 1, placed.column, placed.last_row, placed.last_column)
        for placed in layout.tables
        if placed.table.rows
    ]


def scales_of(layout: Layout) -> tuple[Area, ...]:
    """The cells that have a colour scale, an area each."""
    return tuple(Area(*corners) for placed in layout.tables for corners in placed.scales)


def values_of(layout: Layout) -> list[list[object]]:
    """What the cells from A1 on are given, as Excel holds it."""
    area = box(areas_of(layout))
    block: list[list[object]] = [[None] * area.last_column for _ in range(area.last_row)]
    for cell in layout.cells:
        block[cell.row - 1][cell.column - 1] = excel.as_held(cell.value)
    return block


def content_of(layout: Layout) -> str:
    """A hash of all that is to be written on a sheet."""
    cells = [(c.row, c.column, c.value, format_of(c.look, c.kind), c.look.ruled, c.link) for c in layout.cells]
    tables = [(placed.table.name, placed.address, placed.scales) for placed in layout.tables]
    names = [(placed.name, placed.refers_to) for placed in layout.names]
    return short_hash(repr((cells, tables, names, layout.heights, sorted(pictures_of(layout).items()))))


def pictures_of(layout: Layout) -> dict[str, str]:
    """By name a hash of each picture and its alternative text."""
    charts = [placed.chart for placed in layout.charts if placed.chart.png]
    return {chart.name: short_hash(chart.message, chart.png) for chart in charts}


def short_hash(*of: str | bytes) -> str:
    """Thirty-two letters that tell texts and files apart."""
    digest = sha256()
    for part in of:
        digest.update(part.encode(errors="surrogatepass") if isinstance(part, str) else part)
    return digest.hexdigest()[:32]
