"""CSV: its dialect from its first line, then DuckDB's own reader; what that refuses goes line by line (repair)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import Header, read_header, require_columns
from lgs_excel.loading.parts import Part, Stated
from lgs_excel.loading.sql import literal_path, text_columns
from lgs_excel.loading.text import Text

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_HEADER = 1 << 20  # characters


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written: `first_line` is the number, from 1, of the line after its header."""

    delimiter: str
    names: tuple[str, ...]
    first_line: int


def read_dialect(text: Text, stated: Stated) -> Dialect:
    """The dialect by the first line that is not blank, and whose columns are known best when split by it."""
    line, number = _first_line(text)
    if line.lower().startswith("sep=") and len(line) == 5:  # how Excel is told the delimiter
        allowed: tuple[str, ...] = (line[4],)
        line, number = _first_line(text, after=number)
    else:
        allowed = DELIMITERS
    if stated.delimiter is not None:
        if len(stated.delimiter) != 1 or stated.delimiter in '"\r\n':
            raise InputError(
                f"The delimiter {stated.delimiter!r} can't be used. It is one character, such as ',' or ';'."
            )
        allowed = (stated.delimiter,)
    splits = [(delimiter, _split(line, delimiter)) for delimiter in allowed]
    delimiter, names = max(splits, key=lambda split: _known(split[1], text.name))
    return Dialect(delimiter, tuple(names), number + 1)


def delimited_part(text: Text, stated: Stated, folder: Path) -> Part:
    """The part of a CSV file, for DuckDB's own reader. Raises InputError where its header lacks a needed column."""
    dialect = read_dialect(text, stated)
    header = read_header(dialect.names, text.name)
    require_columns(header, dialect.names, text.name)
    repair = partial(_repaired, text, dialect, header, stated, folder)
    if text.has_nul:  # DuckDB would take them, PostgreSQL can't
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
        decimal_comma=stated.decimal_comma,
        left_out=header.left_out,
        notes=_notes(text),
        exact=lambda records: text.lines - (dialect.first_line - 1) == records,
        again=repair,
    )


def _repaired(text: Text, dialect: Dialect, header: Header, stated: Stated, folder: Path) -> Part:
    from lgs_excel.loading.repair import repair

    repaired = repair(text.path, dialect.delimiter, header, dialect.first_line, folder)
    return Part(
        name=text.name,
        relation=repaired.relation,
        parameters=repaired.parameters,
        columns={name: name for name in header.places},
        line="line",
        broken=repaired.broken,
        decimal_comma=stated.decimal_comma,
        left_out=header.left_out,
        notes=_notes(text),
    )


def _notes(text: Text) -> tuple[str, ...]:
    if text.ends:
        return text.notes
    return (*text.notes, "Its last line has no end: the file may have been cut there.")


def _first_line(text: Text, after: int = 0) -> tuple[str, int]:
    """The first line that is not blank and its number; ("", n) where there is none."""
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        for number in count(1):
            line = file.readline(_LONGEST_HEADER)
            if not line or (line.strip() and number > after):
                return line.rstrip("\r\n"), number
    raise AssertionError("count is endless")


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _known(names: list[str], place: str) -> int:
    try:
        return len(read_header(names, place).places)
    except InputError:  # two columns of one meaning are known ones, too; said when the dialect is settled
        return len(names)
