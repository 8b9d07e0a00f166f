"""The lines that were not taken, as a CSV file that can be mended and loaded: each line then joins its invoice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from lgs_excel.errors import InputError
from lgs_excel.files import atomic_write
from lgs_excel.loading.columns import MENDS
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.load_log import RejectedLine, loads
from lgs_excel.warehouse.load_log import rejected_lines as read_lines
from lgs_excel.warehouse.schema import COLUMNS

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MARKED = re.compile(rf"'*[{''.join(map(re.escape, FORMULA_STARTS))}]")
_NUMBER = re.compile(r"[-+]?[0-9.,]+")


def rejected_lines(warehouse: Warehouse, load_id: int | None = None) -> list[RejectedLine]:
    """The lines that wait in quarantine, of one load or of all. Raises InputError for a load that there is not."""
    with warehouse.reading() as connection:
        lines = read_lines(connection, load_id)
        if load_id is not None and not lines:
            known = [load.id for load in loads(connection)]
            if load_id not in known:
                there = f"from {min(known)} to {max(known)}" if known else "none yet"
                raise InputError(f"There is no load {load_id}; there are: {there}. `lgs-excel loads` lists them.")
        return lines


def export_rejected(lines: Sequence[RejectedLine], path: Path) -> None:
    """Write the lines to a CSV file with the columns of `retail`, why each was rejected, and the id by which a mended
    line is known when the file is loaded. What a line had beyond its columns goes to `more`. Text that a spreadsheet
    would run as a formula gets an apostrophe, which a load takes off again (checks.unmarked).

    Raises InputError where the file can't be written.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "reason", "file", "line", MENDS, "more"])
    for line in lines:
        fields = [_marked(field) for field in next(csv.reader(io.StringIO(line.text, newline="")), [])]
        known, more = fields[: len(COLUMNS)], fields[len(COLUMNS) :]
        known += [""] * (len(COLUMNS) - len(known))
        writer.writerow([*known, line.reason, _marked(line.file_name), line.line, line.id, " | ".join(more)])
    try:
        with atomic_write(path) as file:
            file.write(out.getvalue().encode("utf-8-sig"))  # the mark tells Excel that it is UTF-8
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}. Name another file to export to.") from error


def _marked(field: str) -> str:
    return f"'{field}" if _MARKED.match(field) and not _NUMBER.fullmatch(field) else field
