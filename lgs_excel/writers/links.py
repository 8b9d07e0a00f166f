"""The links of ours on a sheet."""

from __future__ import annotations

from collections.abc import Mapping

import xlwings as xw

from lgs_excel.report.cell_area import Area, without
from lgs_excel.writers import excel
from lgs_excel.writers.formats import Formats, cells_of, part_of, put_formats
from lgs_excel.writers.layout_parts import links_of
from lgs_excel.writers.plan import Plan
from lgs_excel.writers.undo import Undo


def remove_links(sheet: xw.Sheet, plan: Plan, undo: Undo) -> dict[tuple[int, int], str]:
    """Remove the links of ours that are not wanted, or lead elsewhere; gives the others: cell → place."""
    wanted = {cell: place for cell, (place, _) in links_of(plan.layout).items()}
    if plan.written and not plan.moves:
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


def write_links(
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
