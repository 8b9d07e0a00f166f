"""The pictures of ours on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import xlwings as xw
from openpyxl.utils.units import pixels_to_points

from lgs_excel.report.cell_area import Area, without
from lgs_excel.report.layout import PlacedChart
from lgs_excel.writers import excel
from lgs_excel.writers.formats import cell_at, cells_of
from lgs_excel.writers.layout_parts import pictures_of
from lgs_excel.writers.plan import Plan
from lgs_excel.writers.undo import Undo

CHART_NAMES = "lgs_chart_"  # is how those of ours begin


@dataclass(frozen=True)
class _Box:
    """Where a picture stands, in points."""

    left: float
    top: float
    width: float
    height: float


def write_pictures(sheet: xw.Sheet, plan: Plan, undo: Undo, folder: Path, check: Callable[[], None]) -> None:
    """A picture that is there keeps the place and size that the reader gave it, unless it would cover our cells: then
    all go to their places. One that is there as it is to be is left alone; those of ours that the
    report has no more go, and what a computer that went out in the middle left.
    """
    charts = [placed for placed in plan.layout.charts if placed.chart.png]
    known = plan.written.pictures if plan.written else {}
    if not charts and (plan.sheet is None or (plan.written and not known)):
        return
    pictures, all_of_sheet = pictures_of(plan.layout), sheet.pictures
    found = {picture.name: picture for picture in all_of_sheet}
    named = {placed.chart.name for placed in plan.layout.charts}
    for stale in sorted(name for name in found if name.startswith(CHART_NAMES) and name not in named):
        undo.remove_picture(sheet, stale, found)
    same = {name for name, was in known.items() if name in found and pictures.get(name) == was}
    grown = without(plan.new, plan.old if plan.written else ())
    places = {placed.chart.name: placed for placed in charts}
    looked_at = [name for name in places if name in found and (grown or name not in same)]
    boxes = {name: _box_of(found[name]) for name in looked_at}
    elsewhere = [one for name, one in boxes.items() if grown and not _alike(one, _box(sheet, places[name]))]
    keep = not elsewhere or not any(_covered(sheet, area, elsewhere) for area in grown)
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
    corner = cell_at(sheet, placed.row, placed.column)
    width, height = pixels_to_points(placed.chart.width), pixels_to_points(placed.chart.height)
    return _Box(corner.left, corner.top, width, height)


def _box_of(picture: xw.main.Picture) -> _Box:
    return _Box(picture.left, picture.top, picture.width, picture.height)


def _alike(one: _Box, other: _Box) -> bool:
    """Whether they differ by at most a point, which is rounding."""
    return all(abs(a - b) <= 1 for a, b in zip(astuple(one), astuple(other), strict=True))


def _covered(sheet: xw.Sheet, area: Area, boxes: Iterable[_Box]) -> bool:
    """Whether one of these boxes covers one of the cells, by more than a point, which is rounding."""
    cells = cells_of(sheet, area)
    top = cells.top
    lower = [one for one in boxes if top + 1 < one.top + one.height]
    bottom = top + cells.height if lower else top
    beside = [one for one in lower if one.top + 1 < bottom]
    if not beside:
        return False
    left, width = cells.left, cells.width
    return any(one.left + 1 < left + width and left + 1 < one.left + one.width for one in beside)
