"""The colour scales of ours on a sheet. A reader's own, which has other colours, is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import xlwings as xw

from lgs_excel.report.style import SCALE_COLOURS
from lgs_excel.writers import excel
from lgs_excel.writers.layout_parts import scales_of
from lgs_excel.writers.plan import Plan
from lgs_excel.writers.undo import Undo


def save_scales(sheet: xw.Sheet, plan: Plan, undo: Undo) -> None:
    """Remember where scales are, before cells are moved."""
    if plan.written is None or plan.written.scales:
        addresses = [address for address, _ in excel.colour_scales(sheet, SCALE_COLOURS)]
        undo.scales(partial(_restore, sheet, addresses))


def write_scales(sheet: xw.Sheet, plan: Plan, undo: Undo) -> None:
    """Put scales on the cells that are to have one, and on no others."""
    wanted = [area.address for area in scales_of(plan.layout)]
    if plan.written and plan.written.scales == scales_of(plan.layout) and not plan.moves:
        return
    found = [] if plan.sheet is None else excel.colour_scales(sheet, SCALE_COLOURS)
    before = [address for address, _ in found]
    if before == wanted:
        return
    if plan.sheet and not plan.moves:
        undo.scales(partial(_restore, sheet, before))
    _put(sheet, wanted, found)


def _restore(sheet: xw.Sheet, addresses: Iterable[str]) -> None:
    _put(sheet, addresses, excel.colour_scales(sheet, SCALE_COLOURS))


def _put(sheet: xw.Sheet, addresses: Iterable[str], found: Iterable[tuple[str, Any]]) -> None:
    """Have scales on the cells of `addresses`; found: those that are there, which are moved where they can be."""
    missing, spare = [*addresses], []
    for address, scale in found:
        if address in missing:
            missing.remove(address)
        else:
            spare.append(scale)
    for address in missing:
        cells = sheet.range(address)
        if spare:
            spare.pop().ModifyAppliesToRange(cells.api)
        else:
            excel.add_colour_scale(cells, SCALE_COLOURS)
    for scale in spare:
        scale.Delete()
