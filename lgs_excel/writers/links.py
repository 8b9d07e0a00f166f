"""The links of ours on a sheet."""

from __future__ import annotations

from collections.abc import Mapping

import xlwings as xw

from lgs_excel.report.cell_area import Area, without
from lgs_excel.writers import excel
from lgs_excel.writers.formats import Formats, cells_of, part_of, put_formats
from lgs_excel.writers.layout_parts import links_of
from lgs_excel.writers.plan import Plan
from lgs_excel.writers.undo import Cell, Undo


def remove_links(sheet: xw.Sheet, plan: Plan, undo: Undo) -> dict[Cell, str]:
    """Remove the links of ours that are not wanted, and let those that lead elsewhere lead where they are to; gives
    those that are there then: cell → place.
    """
    wanted = {cell: place for cell, (place, _) in links_of(plan.layout).items()}
    found = _after_moves(plan, plan.written.links) if plan.written else _read(sheet, plan)
    there = {}
    for cell, (place, text) in found.items():
        goal = wanted.get(cell)
        if place != goal and goal and excel.can_redirect():
            undo.redirect(sheet, cell, place, goal)
            there[cell] = goal
        elif place != goal:
            undo.unlink(sheet, cell, place, text)
        else:
            there[cell] = place
    return there


def _read(sheet: xw.Sheet, plan: Plan) -> dict[Cell, tuple[str, str]]:
    """The links of our cells, with their texts."""
    found = {}
    for area in without((*plan.old, *plan.new), ()):
        for one in cells_of(sheet, area) if excel.linked(cells_of(sheet, area)) else ():
            if place := excel.linked(one):
                found[one.row, one.column] = place, str(one.value)
    return found


def _after_moves(plan: Plan, links: Mapping[Cell, str]) -> dict[Cell, tuple[str, str]]:
    """Where links are once the tables are moved, with their texts: they go along, and are lost where one is put."""
    found = {}
    moves = plan.moves
    for (row, column), place in links.items():
        cell = Area(row, column, row, column)
        source, goal = next(((one, other) for one, other in moves if one.overlaps(cell)), (cell, cell))
        if source is not cell or not any(other.overlaps(cell) for _, other in moves):
            after = row + goal.row - source.row, column + goal.column - source.column
            found[after] = place, str(plan.held[row - 1][column - 1])
    return found


def write_links(sheet: xw.Sheet, plan: Plan, undo: Undo, there: Mapping[Cell, str], formats: Formats) -> None:
    """The links that are not there yet. formats: of all cells; Excel gives links a style of its own."""
    links = links_of(plan.layout)
    missing = {cell: link for cell, link in links.items() if there.get(cell) != link[0]}
    if missing:
        undo.links(sheet, missing, formats)
        areas = [Area(row, column, row, column) for row, column in missing]
        put_formats(sheet, part_of(formats, areas))
