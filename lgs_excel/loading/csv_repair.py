"""A CSV file that is not one throughout: read line by line, so that each bad line is set aside alone.

A quote that is opened and not closed would swallow the lines after it: where a record of several lines does not
have the header's number of fields, only its first line is set aside, and reading goes on with the next.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lgs_excel.loading.columns import Header
from lgs_excel.loading.parts import LONGEST_FIELD, LONGEST_LINE
from lgs_excel.loading.sql import literal_path, text_columns
from lgs_excel.warehouse.schema import COLUMNS

# No field of an export has more line breaks: a quote is still open after that many was never closed.
_MOST_LINES = 100
NUL_SHOWN = "\N{SYMBOL FOR NULL}"


@dataclass(frozen=True)
class Repaired:
    """What DuckDB can read of the file, with the line number of each record, and the CSV of broken lines."""

    relation: str
    parameters: tuple[object, ...]
    broken: Path


@dataclass
class _Lines:
    """The physical lines of a file; those of the record that is being read can be given back."""

    file: io.TextIOWrapper
    number: int  # of the last line that was taken
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise csv.Error("a quote is not closed")
        line = self.returned.popleft() if self.returned else self.file.readline()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.number += 1
        return line

    def begin(self) -> None:
        self.taken.clear()

    def give_back(self) -> None:
        """All lines of this record but its first."""
        self.returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


def repair(path: Path, delimiter: str, header: Header, first_line: int, folder: Path) -> Repaired:
    """Split the UTF-8 file from its `first_line` on into good records and broken lines, below `folder`."""
    names = [*header.places]
    places = [header.places[name] for name in names]
    good, broken = folder / "good.csv", folder / "broken.csv"
    csv.field_size_limit(2**31 - 1)
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        good.open("w", encoding="utf-8", newline="") as good_file,
        broken.open("w", encoding="utf-8", newline="") as broken_file,
    ):
        good_writer, broken_writer = csv.writer(good_file), csv.writer(broken_file)
        for _ in range(first_line - 1):
            source.readline()
        for number, fields, reason in _records(_Lines(source, first_line - 1), delimiter, header.width):
            if reason is None:
                good_writer.writerow([number, *(fields[place] for place in places)])
            else:
                broken_writer.writerow([number, reason, line_text(fields, header)])
    columns = "{'line': 'BIGINT', " + text_columns(names)[1:]
    return Repaired(clean_csv(columns), (literal_path(good),), broken)


def clean_csv(columns: str) -> str:
    """The relation of a CSV file, bound to `?`, that Python's csv module wrote."""
    return (
        "read_csv(?, auto_detect=false, header=false, delim=',', quote='\"', escape='\"', new_line='\\r\\n', "
        f"columns={columns}, compression='none', max_line_size={LONGEST_LINE})"
    )


def _records(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[int, list[str], str | None]]:
    """Each record: the number of its first line, its fields, and why it is broken (None if it is not)."""
    while True:
        lines.begin()
        start = lines.number + 1
        try:
            fields = next(csv.reader(lines, delimiter=delimiter, strict=True), None)
            reason = None if fields is None else _reason(fields, width)
        except csv.Error as error:
            fields, reason = [], _in_plain_words(str(error))
        if fields is None:
            return
        if reason and len(lines.taken) > 1:
            lines.give_back()
            fields, reason = [], "a quote is not closed"
        if not fields and reason:
            fields = _split_anyhow(lines.taken[0], delimiter)
        if any(field.strip() for field in fields):  # a blank line is no line
            yield start, fields, reason


def _reason(fields: list[str], width: int) -> str | None:
    if len(fields) == width + 1 and not fields[-1]:
        fields.pop()  # a delimiter at the end of the line
    if len(fields) != width:
        return f"it has {len(fields)} fields, not {width}"
    if any("\0" in field for field in fields):
        return "it has a NUL character"
    if any(len(field) > LONGEST_FIELD for field in fields):
        return f"a field is longer than {LONGEST_FIELD:,} characters"
    return None


def _in_plain_words(error: str) -> str:
    return "a quote is inside a field" if "expected after" in error else "a quote is not closed"


def _split_anyhow(line: str, delimiter: str) -> list[str]:
    """The fields of a line whose quotes can't be trusted: quotes count for nothing."""
    return line.rstrip("\r\n").split(delimiter)


def line_text(fields: list[str], header: Header) -> str:
    """The fields as a CSV line in the order of `retail`, then all that the header has no column for."""
    known = {place: name for name, place in header.places.items()}
    by_name = {known[place]: text for place, text in enumerate(fields) if place in known}
    room = LONGEST_FIELD  # for all that is too much of it
    more = []
    for text in fields[header.width :]:
        if (room := room - len(text) - 1) < 0:
            break
        more.append(text)
    out = io.StringIO()
    clean = [text[:LONGEST_FIELD].replace("\0", NUL_SHOWN) for text in (*(by_name.get(n, "") for n in COLUMNS), *more)]
    csv.writer(out, lineterminator="").writerow(clean)
    return out.getvalue()
