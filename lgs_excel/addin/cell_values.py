"""From what a cell holds to what is asked, and back: every argument as Excel may give it, every error as one text."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

import pandas as pd

from lgs_excel.errors import InputError, LgsError, nearest
from lgs_excel.formatting import MONTHS
from lgs_excel.table_formats import plain
from lgs_excel.warehouse.months import month_of, parse_month

Cell = Any  # None, text, float, bool, datetime or Decimal
Grid = list[list[Cell]]
T = TypeVar("T", bound=str)
_log = logging.getLogger(__name__)
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel's serial numbers, since it counts a 29 February 1900
MOST_CELLS = 10_000  # a whole column by mistake has a million
_LAST_SERIAL = 2_958_465  # 31 December 9999
_SHORT_MONTHS = {name[:3].casefold(): number for number, name in enumerate(MONTHS, 1)}


def for_each_cell(function: Callable[..., Cell]) -> Callable[..., Grid | str]:
    """`function` of single cells, made to take ranges: a grid of answers as large as the largest of them, where a
    single cell, row or column counts for all. An error is the text of its cell.
    """
    answer = in_words(function)

    @wraps(function)
    def of_grids(*arguments: Cell | Grid) -> Grid | str:
        grids = [_grid(argument) for argument in arguments]
        rows, columns = max(map(len, grids)), max(len(grid[0]) for grid in grids)
        if rows * columns > MOST_CELLS:
            return f"LGS: the range has {rows * columns:,} cells; {MOST_CELLS:,} can be answered at once."
        if not all(len(grid) in (1, rows) and len(grid[0]) in (1, columns) for grid in grids):
            return "LGS: the ranges differ in size. Give ranges of the same rows and columns, or single cells."
        return [[answer(*(_at(grid, i, j) for grid in grids)) for j in range(columns)] for i in range(rows)]

    return of_grids


def for_one_cell(function: Callable[..., Grid]) -> Callable[..., Grid | str]:
    """`function` of single cells, which gives a whole table; an error is one text."""
    answer = in_words(function)

    @wraps(function)
    def of_cells(*arguments: Cell | Grid) -> Grid | str:
        grids = [_grid(argument) for argument in arguments]
        if any(len(grid) > 1 or len(grid[0]) > 1 for grid in grids):
            return "LGS: give single cells here, not a range of several."
        found: Grid | str = answer(*(grid[0][0] for grid in grids))
        return found

    return of_cells


def in_words(function: Callable[..., Cell]) -> Callable[..., Cell]:
    """`function`, whose errors are what it gives: a cell can show a text, but neither an exception nor its cause."""

    @wraps(function)
    def answer(*arguments: Cell) -> Cell:
        try:
            return function(*arguments)
        except LgsError as error:
            return f"LGS: {error}"
        except Exception as error:  # noqa: BLE001 - Excel would show #VALUE!, and nobody could tell why
            _log.exception("%s%r failed", function.__name__, arguments)
            return (
                f"LGS: something unforeseen went wrong ({type(error).__name__}). Click Check set-up on the LGS tab; "
                "details are in the log."
            )

    return answer


def month_in(cell: Cell) -> date:
    """The month of a date, of Excel's serial number of one, or of a text: 2011-11, 2011-11-30, Nov 2011, November 2011.

    Raises InputError for anything else.
    """
    if isinstance(cell, datetime | date):
        return date(cell.year, cell.month, 1)
    if _is_number(cell) and 1 <= cell <= _LAST_SERIAL:
        return month_of(_SERIAL_ZERO + timedelta(days=int(cell)))
    if isinstance(cell, str) and (found := re.fullmatch(r"\s*([A-Za-z]{3,9})\.?[\s-]+(\d{4})\s*", cell)):
        name, year = found[1].casefold(), int(found[2])
        number = _SHORT_MONTHS.get(name[:3], 0)
        if number and year and MONTHS[number - 1].casefold().startswith(name):
            return date(year, number, 1)
    elif isinstance(cell, str) and (found := re.fullmatch(r"\s*(\d{4}-\d{2})(-\d{2})?\s*", cell)):
        try:
            return parse_month(found[1])
        except InputError:
            pass  # said below, in the words of a cell
    raise InputError(f"{_shown(cell)} is not a month. Give a date, or a text such as 2011-11 or Nov 2011.")


def text_in(cell: Cell) -> str:
    """What a cell says, trimmed, "" for a blank one; a whole number without decimals: a customer's 17850."""
    if cell is None:
        return ""
    if _is_number(cell) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def count_in(cell: Cell, what: str) -> int:
    """A whole number of 1 or more. Raises InputError that names `what`."""
    if _is_number(cell) and cell >= 1 and cell == int(cell):
        return int(cell)
    raise InputError(f"{_shown(cell)} is not {what}. Give a whole number of 1 or more.")


def choice_in(cell: Cell, allowed: Sequence[T], what: str) -> T:
    """The one of `allowed` that the cell names, whatever its capitals. Raises InputError that names `what`."""
    by_folded = {name.casefold(): name for name in allowed}
    found = by_folded.get(text_in(cell).casefold())
    if found is None:
        name = text_in(cell)
        raise InputError(f"{_shown(cell)} is not {what}.{nearest(name, allowed)} Allowed: {', '.join(allowed)}.")
    return found


def table_out(table: pd.DataFrame) -> Grid:
    """`table` as cells, below a row of headings in words. Months and days are texts ("2011-11", "2011-12-09"), since
    the cells that a table spills into have no date format; a missing figure is a blank.
    """
    headings = [str(name).replace("_", " ").capitalize() for name in table.columns]
    columns = [[plain(str(name), value) for value in table[name].tolist()] for name in table.columns]
    return [headings, *(list(row) for row in zip(*columns, strict=True))]


def _grid(argument: Cell | Grid) -> Grid:
    return argument if isinstance(argument, list) and argument else [[argument]]


def _at(grid: Grid, i: int, j: int) -> Cell:
    row = grid[i if len(grid) > 1 else 0]
    return row[j if len(row) > 1 else 0]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and math.isfinite(cell)


def _shown(cell: Cell) -> str:
    return "A blank cell" if text_in(cell) == "" else repr(text_in(cell))
