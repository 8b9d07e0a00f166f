"""From a frame to the rows of a table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from lgs_excel.report.context import Context
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Table, Value

Row = tuple[Value | Cell, ...]


def table(name: str, frame: pd.DataFrame, columns: dict[str, Column], caption: str = "") -> Table:
    """The columns of `frame` that `columns` names, in its order; missing, NaN and infinite values are blank."""
    return Table(name, tuple(columns.values()), tuple(_rows(frame, columns)), caption)


def printed_first(rows: int, printed: int) -> list[Note]:
    """That a long list prints its first rows alone."""
    if rows <= printed:
        return []
    return [
        Note(f"The first {printed} of {rows:,} are printed; for others filter, and clear the print area.", Mark.QUIET)
    ]


def monthly_table(
    name: str, frame: pd.DataFrame, columns: dict[str, Column], context: Context, **remarks: str
) -> Table:
    """A table with a row a month, its first column, and a last column of remarks; an unfinished month is marked.

    remarks: further remarks by month, as "m2010_12".
    """
    rows: list[Row] = []
    for row in _rows(frame, {"month": Column("Month", Kind.MONTH), **columns}):
        month = row[0]
        if not isinstance(month, date):
            raise TypeError(f"table {name}: {month!r} is not a month")
        remark = " ".join(filter(None, [context.remark(month), remarks.get(f"m{month:%Y_%m}", "")]))
        said = (*row, remark or None)
        rows.append(tuple(Cell(value, mark=Mark.UNFINISHED) for value in said) if month == context.unfinished else said)
    headed = (Column("Month", Kind.MONTH), *columns.values(), Column("Remark", Kind.TEXT, 18))
    return Table(name, headed, tuple(rows))


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> Iterable[tuple[Value, ...]]:
    return zip(*(_values(frame[name]) for name in columns), strict=True)


def _values(column: pd.Series[Any]) -> list[Any]:
    values = column.tolist()
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf" and np.isfinite(column.to_numpy()).all():
        return values  # Python's own numbers: no need to ask what each is
    return [plain(value) for value in values]


def plain(value: Any) -> Value:
    """`value` as Python's own type; None for what is missing, NaN or infinite."""
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, str | int | date):
        return value
    raise TypeError(f"{value!r} can't be a cell")
