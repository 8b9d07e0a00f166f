"""Small lists as people have them, CSV or Excel: which of our columns stands where, and the rows."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lgs_excel.errors import InputError
from lgs_excel.loading.encoding import as_utf8

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DELIMITERS = ",;\t|"


def read_list(path: Path, names: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], list[list[str]]]:
    """Which column stands where, and the rows below; without a row of names all rows, and no columns.

    names: of each column, how others call it, in small letters alone, the surest first. Raises InputError for a file
    that can't be read or has no rows.
    """
    try:
        found = _sheet(path) if path.suffix.lower() in WORKBOOKS else _csv(path)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}. Name a CSV or Excel file.") from error
    rows = [row for row in found if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError(f"{path} is empty. Give a CSV or Excel file with a row for each entry.")
    folded = [re.sub(r"[^a-z]", "", name.lower()) for name in rows[0]]
    columns = {
        name: folded.index(found_name)
        for name, known in names.items()
        if (found_name := next((one for one in known if one in folded), None))
    }
    return columns, rows[1:] if columns else rows


def _csv(path: Path) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return [*_rows(as_utf8(path, path.name, None, Path(folder)).path)]
        except csv.Error as error:
            raise InputError(f"{path} is no CSV file: {error}. Save it as CSV.") from error


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.readline()
        delimiter = max(_DELIMITERS, key=start.count)
        if start.lower().startswith("sep="):  # how Excel is told the delimiter
            delimiter, start = start[4:5], file.readline()
        yield from csv.reader([start, *file], delimiter=delimiter)


def _sheet(path: Path) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        path.stat()  # one that is not there is said as such
        raise InputError(f"{path} is no workbook that can be read: {error}. Save it as .xlsx or CSV.") from error
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
