"""CSV: its dialect from its first line, then DuckDB's own reader; what that refuses goes line by line (repair)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import MOST_ABOVE, Header, find_header, passed_over, read_header, require_columns
from lgs_excel.loading.encoding import Text
from lgs_excel.loading.parts import Part, Stated
from lgs_excel.loading.sql import literal_path, text_columns

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_HEADER = 1 << 20  # characters


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written: `first_line` is the number, from 1, of the line after its header; `above` how many
    lines that say something are above that, `open_quote` whether one of them has a quote that it does not close.
    """

    delimiter: str
    names: tuple[str, ...]
    first_line: int
    above: int = 0
    open_quote: bool = False


def read_dialect(text: Text, stated: Stated) -> Dialect:
    """The dialect by that of the first lines which names the needed columns when it is split, else most of them."""
    lines = _first_lines(text)
    allowed: tuple[str, ...] = DELIMITERS
    if lines and lines[0][1].lower().startswith("sep=") and len(lines[0][1]) == 5:  # how Excel is told the delimiter
        allowed = (lines.pop(0)[1][4],)
    if stated.delimiter is not None:
        if len(stated.delimiter) != 1 or stated.delimiter in '"\r\n':
            raise InputError(
                f"The delimiter {stated.delimiter!r} can't be used. It is one character, such as ',' or ';'."
            )
        allowed = (stated.delimiter,)
    rows = [
        (delimiter, place, _split(line, delimiter)) for place, (_, line) in enumerate(lines) for delimiter in allowed
    ]
    if not rows:
        return Dialect(allowed[0], (), 1)
    delimiter, place, names = rows[find_header([row[2] for row in rows], text.name, stated.columns)]
    open_quote = any(line.count('"') % 2 for _, line in lines[:place])
    return Dialect(delimiter, tuple(names), lines[place][0] + 1, place, open_quote)


def delimited_part(text: Text, stated: Stated, folder: Path) -> Part:
    """The part of a CSV file, for DuckDB's own reader. Raises InputError where its header lacks a needed column."""
    dialect = read_dialect(text, stated)
    header = read_header(dialect.names, text.name, stated.columns)
    require_columns(header, dialect.names, text.name)
    repair = partial(_repaired, text, dialect, header, folder)
    # DuckDB would take NUL, PostgreSQL can't; and it takes a quoted text of several lines above the header for one.
    if text.has_nul or dialect.open_quote:
        return repair()
    quoted = "'" + dialect.delimiter.replace("'", "''") + "'"
    columns = text_columns([f"c{position}" for position in range(header.width)])
    return Part(
        name=text.name,
        relation=(
            f"read_csv(?, auto_detect=false, header=false, skip={dialect.first_line - 1}, delim={quoted}, "
            f"quote='\"', escape='\"', columns={columns}, compression='none', strict_mode=true)"
        ),
        parameters=(literal_path(text.path),),
        columns={name: f"c{position}" for name, position in header.places.items()},
        first_line=dialect.first_line,
        understood=(*passed_over(dialect.above), *header.understood),
        left_out=header.left_out,
        notes=_notes(text),
        exact=lambda records: text.lines - (dialect.first_line - 1) == records,
        again=repair,
    )


def _repaired(text: Text, dialect: Dialect, header: Header, folder: Path) -> Part:
    from lgs_excel.loading.csv_repair import repair

    repaired = repair(text.path, dialect.delimiter, header, dialect.first_line, folder)
    return Part(
        name=text.name,
        relation=repaired.relation,
        parameters=repaired.parameters,
        columns={name: name for name in header.places},
        line="line",
        broken=repaired.broken,
        understood=(*passed_over(dialect.above), *header.understood),
        left_out=header.left_out,
        notes=_notes(text),
    )


def _notes(text: Text) -> tuple[str, ...]:
    if text.ends:
        return text.notes
    return (*text.notes, "Its last line has no end: the file may have been cut there.")


def _first_lines(text: Text) -> list[tuple[int, str]]:
    """Those of the first lines that are not blank, with their numbers; what is too long for a header is cut."""
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        lines = [(number, _line(file)) for number in range(1, MOST_ABOVE + 2)]
    return [(number, line) for number, line in lines if line.strip()]


def _line(file: TextIO) -> str:
    line = piece = file.readline(_LONGEST_HEADER)
    while len(piece) == _LONGEST_HEADER and not piece.endswith("\n"):
        piece = file.readline(_LONGEST_HEADER)
    return line.rstrip("\r\n")


def _split(line: str, delimiter: str) -> list[str]:
    csv.field_size_limit(2**31 - 1)
    return next(csv.reader([line.replace("\r", " ")], delimiter=delimiter), [])
