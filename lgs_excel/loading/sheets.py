"""Excel workbooks: every sheet with the known columns, read by calamine."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import (
    MOST_ABOVE,
    Header,
    find_header,
    passed_over,
    read_header,
    require_columns,
)
from lgs_excel.loading.contents import Content
from lgs_excel.loading.csv_repair import clean_csv
from lgs_excel.loading.parts import Part, Stated
from lgs_excel.loading.sql import literal_path, text_columns
from lgs_excel.terminal import printable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


def sheet_parts(content: Content, stated: Stated, folder: Path) -> Iterator[Part]:
    """A part for each sheet that has the needed columns in one of its first lines; other sheets are named in a note.

    Raises InputError for a workbook that is damaged, locked or has no such sheet.
    """
    import python_calamine as calamine

    try:
        with content.path.open("rb") as file, calamine.load_workbook(file) as book:
            notes = [*content.notes]
            found = 0
            lacking: list[list[str]] = []
            for name in book.sheet_names:
                rows = _rows(book.get_sheet_by_name(name))
                place = f"{content.name}, sheet {printable(name)!r}"
                above = [[_text(cell) for cell in row] for _, row in islice(rows, MOST_ABOVE)]
                at = find_header(above, place, stated.columns)
                names = above[at] if above else []
                header = read_header(names, place, stated.columns)
                if header.missing:
                    lacking.append(names)
                    notes.append(
                        f"Its sheet {printable(name)!r} lacks {', '.join(header.missing)} and was passed over."
                    )
                    continue
                path = folder / f"sheet-{found}.csv"
                again = islice(_rows(book.get_sheet_by_name(name)), at + 1, None)
                _write(again, header, path)
                understood = (*passed_over(at), *header.understood)
                yield replace(_part(place, header, path, tuple(notes)), understood=understood)
                notes, found = [], found + 1
    except (calamine.CalamineError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise InputError(
            f"{content.name} is no workbook that can be read: {printable(str(error))}. "
            "Save it again as .xlsx, without a password; nothing was changed."
        ) from error
    if not found:
        names = max(lacking, key=len, default=[])
        require_columns(read_header(names, content.name, stated.columns), names, content.name)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Each row that is not blank, and its number in the sheet."""
    start = sheet.start
    first = start[0] + 1 if start else 1  # calamine counts from zero, and from the first used row
    for number, row in enumerate(sheet.iter_rows(), start=first):
        if any(cell != "" for cell in row):
            yield number, row


def _write(rows: Iterable[tuple[int, list[Any]]], header: Header, path: Path) -> None:
    places = [*header.places.values()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([number, *[_text(row[place]) for place in places]] for number, row in rows)


def _part(place: str, header: Header, path: Path, notes: tuple[str, ...]) -> Part:
    return Part(
        name=place,
        relation=clean_csv("{'line': 'BIGINT', " + text_columns(header.places)[1:]),
        parameters=(literal_path(path),),
        columns={name: name for name in header.places},
        line="line",
        left_out=header.left_out,
        notes=notes,
    )


def _text(cell: object) -> str:
    """A cell as text: 536365 for a number without a fraction, ISO for a date."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return f"{text}0" if text[-4:-3] == "." else text  # 1.234 might be a text for a thousand
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
