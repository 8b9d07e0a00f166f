"""SQL dumps: the rows of COPY blocks and INSERT statements, read as data. No statement is ever executed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import Header, read_header
from lgs_excel.loading.csv_repair import line_text
from lgs_excel.loading.encoding import Text
from lgs_excel.loading.parts import LONGEST_FIELD, LONGEST_LINE, Part, Stated
from lgs_excel.loading.sql import literal_path, text_columns
from lgs_excel.loading.sql_script import ESCAPED_STRING, NAME, STRING, Script, plain_name, unescaped
from lgs_excel.terminal import printable
from lgs_excel.warehouse.schema import COLUMNS, RETAIL

_TABLE = rf"({NAME}(?:\s*\.\s*{NAME})*)"
_LIST = r"(?:\s*\(([^()]*)\))?"
_COPY = re.compile(rf"COPY\s+(?:ONLY\s+)?{_TABLE}{_LIST}\s+FROM\s+stdin\b([^;]*);[^\n]*\n?", re.IGNORECASE)
_INSERT = re.compile(
    rf"(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?(?:INTO\s+)?(?:ONLY\s+)?{_TABLE}{_LIST}\s*(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES?\b",
    re.IGNORECASE,
)
_INTO = re.compile(rf"INSERT\s+(?:INTO\s+)?{_TABLE}", re.IGNORECASE)
_CREATE = re.compile(rf"CREATE\s+(?:\w+\s+){{0,2}}TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\(", re.IGNORECASE)
_GO = re.compile(r"GO\b[^\n]*", re.IGNORECASE)
_NO_COLUMN = re.compile(r"\s*(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE|LIKE|KEY|INDEX)\b", re.IGNORECASE)
_PLAIN_COPY = re.compile(r"\s*(?:WITH\s*)?(?:\(\s*FORMAT\s+'?text'?\s*\))?\s*", re.IGNORECASE)
_SQL = re.compile(
    r"--|/\*|\\(?:restrict|connect|!)|(?:SET|COPY|INSERT|CREATE|DROP|BEGIN|START|SELECT|USE|LOCK|ALTER|TRUNCATE|PRAGMA|DELETE)\s",
    re.IGNORECASE,
)


def _tuple_pattern(string: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of a whole tuple and of one value in it, where a plain string is `string`."""
    number = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    plain = rf"(?:[eE]{ESCAPED_STRING}|[nN]?{string}|0x[0-9a-f]+|{number}|NULL|DEFAULT|TRUE|FALSE)"
    type_ = r"\w+\s*(?:\([0-9, ]*\))?"
    value = (
        rf"(?:CAST\s*\(\s*{plain}\s+AS\s+{type_}\s*\)"
        rf"|CONVERT\s*\(\s*{type_}\s*,\s*{plain}(?:\s*,\s*[0-9]+)?\s*\)"
        rf"|(?:timestamp\s+|date\s+)?{plain})"
        r"(?:::[a-zA-Z_]\w*(?:\s+(?:with|without|varying|time|zone|precision))*(?:\([0-9, ]*\))?)?"
    )
    # Possessive and atomic, so that a tuple that does not match is told at once.
    whole = rf"\(\s*+((?>{value})(?:\s*+,\s*+(?>{value}))*+)\s*+\)\s*+([,;])?"
    return re.compile(whole, re.IGNORECASE | re.DOTALL), re.compile(value, re.IGNORECASE | re.DOTALL)


_CAST = re.compile(r"CAST\s*\(\s*(.*)\s+AS\s+(\w+)\s*(?:\([0-9, ]*\))?\s*\)", re.IGNORECASE | re.DOTALL)
_CONVERT = re.compile(
    r"CONVERT\s*\(\s*(\w+)\s*(?:\([0-9, ]*\))?\s*,\s*(.*?)(?:\s*,\s*[0-9]+)?\s*\)", re.IGNORECASE | re.DOTALL
)
# The tuples that dumps are made of: plain texts, numbers and NULL. Their inside is CSV with ' for a quote.
_COMMON = re.compile(
    rf"\s*+\(((?:{STRING}|[-+0-9.]++|NULL)(?:, ?(?:{STRING}|[-+0-9.]++|NULL))*+)\)([,;])",
)
_STANDARD = _tuple_pattern(STRING)
_MYSQL = _tuple_pattern(ESCAPED_STRING)


@dataclass
class _Rows:
    """The rows of one table with one list of columns, on their way to the file that DuckDB reads."""

    table: str
    header: Header
    path: Path
    broken_path: Path
    file: Any
    writer: Any
    broken: Any
    count: int = 0

    def add(self, line: int, fields: list[str]) -> None:
        reason = None
        if len(fields) != self.header.width:
            reason = f"it has {len(fields)} values, not {self.header.width}"
        else:
            text = "".join(fields)
            if "\0" in text:
                reason = "it has a NUL character"
            elif len(text) > LONGEST_FIELD:
                reason = f"it is longer than {LONGEST_FIELD:,} characters"
        if reason:
            self.reject(line, fields, reason)
        else:
            self.writer.writerow([line, *fields])
            self.count += 1

    def reject(self, line: int, fields: list[str], reason: str) -> None:
        self.broken.writerow([line, reason, line_text(fields, self.header)])
        self.count += 1


@dataclass
class _Dump:
    """What was found in a dump so far."""

    folder: Path
    name: str
    files: ExitStack
    named: Mapping[str, str]
    rows: dict[tuple[str, tuple[str, ...]], _Rows] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    passed_over: dict[str, None] = field(default_factory=dict)

    def rows_of(self, table: str, listed: str | None) -> _Rows | None:
        """Where rows of this table go; None for a table that is not of sales."""
        name = plain_name(table)
        names = _names(listed) if listed else self.columns.get(name) or (list(COLUMNS) if name == RETAIL else [])
        key = (name, tuple(names))
        if key not in self.rows:
            header = read_header(names, f"{self.name}, table {name}", self.named)
            if header.missing:
                self.passed_over[name] = None
                return None
            path = self.folder / f"rows-{len(self.rows)}.tsv"
            broken_path = self.folder / f"broken-{len(self.rows)}.csv"
            file = self.files.enter_context(path.open("w", encoding="utf-8", newline=""))
            broken = self.files.enter_context(broken_path.open("w", encoding="utf-8", newline=""))
            writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
            self.rows[key] = _Rows(name, header, path, broken_path, file, writer, csv.writer(broken))
        return self.rows[key]


def looks_like_dump(text: Text) -> bool:
    """Whether a text file is a script of SQL, by its name or its first words."""
    if re.search(r"\.(sql|dump)(\.(gz|xz|bz2))?$", text.name, re.IGNORECASE):
        return True
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        return bool(_SQL.match(file.read(4096).lstrip()))


def dump_parts(text: Text, stated: Stated, folder: Path) -> Iterator[Part]:
    """A part for each table of sales in the dump; only `retail`, where there is one of that name.

    Raises InputError for a dump that is cut short or has no such table.
    """
    with ExitStack() as files:
        dump = _Dump(folder, text.name, files, stated.columns)
        source = files.enter_context(text.path.open(encoding="utf-8-sig", newline=""))
        _read(Script(source, text.name), dump)
    found = [rows for rows in dump.rows.values() if rows.table == RETAIL] or list(dump.rows.values())
    if not found:
        tables = printable(", ".join(dump.passed_over)) or "none"
        raise InputError(
            f"{text.name} has no rows of a table with the columns of `retail`. Tables with rows in it: {tables}. "
            "Dump that table with `pg_dump --table=retail --data-only`."
        )
    others = {**dump.passed_over, **{rows.table: None for rows in dump.rows.values() if rows not in found}}
    notes = [*text.notes]
    if others:
        notes.append(f"Tables in it that were passed over: {printable(', '.join(others))}.")
    for number, rows in enumerate(found):
        yield _part(text.name, rows, tuple(notes) if number == 0 else ())


def _part(name: str, rows: _Rows, notes: tuple[str, ...]) -> Part:
    columns = "{'line': 'BIGINT', " + text_columns(f"c{place}" for place in range(rows.header.width))[1:]
    return Part(
        name=name,
        relation=(
            "read_csv(?, auto_detect=false, header=false, delim='\t', quote='\"', escape='\"', new_line='\\n', "
            f"nullstr='\\N', allow_quoted_nulls=false, columns={columns}, compression='none', "
            f"max_line_size={LONGEST_LINE})"
        ),
        parameters=(literal_path(rows.path),),
        columns={known: f"c{place}" for known, place in rows.header.places.items()},
        line="line",
        broken=rows.broken_path,
        typed=True,
        understood=rows.header.understood,
        left_out=rows.header.left_out,
        notes=notes,
    )


def _read(script: Script, dump: _Dump) -> None:
    while True:
        script.skip_blank()
        if script.at_end():
            return
        if script.of_sql_server and (found := script.match(_GO)):
            script.pass_by(found)
        elif found := script.match(_COPY):
            script.pass_by(found)
            _read_copy(script, dump, found)
        elif found := script.match(_INSERT):
            script.pass_by(found)
            _read_tuples(script, dump.rows_of(found[1], found[2]), mysql="`" in found[1])
        elif found := script.match(_CREATE):
            script.pass_by(found)
            body = script.skip_statement()
            dump.columns[plain_name(found[1])] = _column_names(body)
        else:
            if found := script.match(_INTO):  # not of rows
                dump.passed_over[f"{plain_name(found[1])} (INSERT without VALUES)"] = None
            script.skip_statement()


def _read_copy(script: Script, dump: _Dump, head: re.Match[str]) -> None:
    if not _PLAIN_COPY.fullmatch(head[3]):
        raise InputError(
            f"{script.name} has a COPY with options in line {script.line - 1:,}:{head[3].rstrip()[:60]}. Only the text "
            "format of pg_dump is read. Dump it with pg_dump, or load the rows as a CSV file."
        )
    rows = dump.rows_of(head[1], head[2])
    while (line := script.read_line()) != r"\.":
        if line is None:
            raise script.cut()
        if rows is None:
            continue
        # NULL is \N on both sides; a line with nothing else to undo goes through as it is.
        plain = line.count("\\") == line.count("\\N") and '"' not in line and "\0" not in line and "\r" not in line
        if plain and line.count("\t") == rows.header.width - 1 and len(line) <= LONGEST_FIELD:
            rows.file.write(f"{script.line - 1}\t{line}\n")
            rows.count += 1
        else:
            fields = ["" if text == r"\N" else unescaped(text) for text in line.split("\t")]
            rows.add(script.line - 1, fields)


def _read_tuples(script: Script, rows: _Rows | None, *, mysql: bool) -> None:
    whole, value = _MYSQL if mysql else _STANDARD
    mark: str | None = ","
    while mark == ",":
        if not mysql:
            mark = _read_common(script, rows)
            if mark == ";":
                return
        script.skip_blank()
        line = script.line
        if found := script.match(whole, long=True):
            script.pass_by(found)
            if rows is not None:
                rows.add(line, [_meant(text, mysql=mysql) for text in value.findall(found[1])])
            mark = found[2]
        else:
            mark = _read_expression(script, rows, line)
    if mark is None and not script.of_sql_server:  # ON CONFLICT and the like
        script.skip_to(";")


def _read_common(script: Script, rows: _Rows | None) -> str:
    """Read on while there are only plain tuples; the mark behind the last one."""
    for line, found in script.take_all(_COMMON):
        inside = found[1]
        if rows is not None:
            if "'NULL'" in inside:  # a text, and no null
                rows.add(line, [_meant(text, mysql=False) for text in _STANDARD[1].findall(inside)])
            else:
                fields = next(csv.reader([inside], quotechar="'", skipinitialspace=True))
                rows.add(line, ["" if text == "NULL" else text for text in fields])
        if found[2] == ";":
            return ";"
    return ","


def _read_expression(script: Script, rows: _Rows | None, line: int) -> str | None:
    """Set a tuple aside that has more than plain values in it; the mark behind it."""
    text = script.skip_to(";),")
    while text.count("(") > 0 and not text.endswith((")", ";")):
        text += script.skip_to(";),")
    if text == ";":
        return ";"
    if rows is not None:
        rows.reject(line, [text.strip("(); ")], "a value in it is an expression, and a dump is read as data")
    script.skip_blank()
    found = script.match(re.compile("[,;]"))
    if found:
        script.pass_by(found)
    return ";" if text.endswith(";") else found and found[0]


def _meant(token: str, *, mysql: bool) -> str:
    """The text that a value of a tuple stands for; "" for NULL."""
    kind = ""
    if found := _CAST.fullmatch(token):
        token, kind = found[1], found[2].lower()
    elif found := _CONVERT.fullmatch(token):
        kind, token = found[1].lower(), found[2]
    start = token.find("'")
    if start < 0:
        word = token.split("::", 1)[0]
        if word[:2] in ("0x", "0X"):
            return _moment(word, kind)
        return "" if word.upper() in ("NULL", "DEFAULT") else word
    text = token[start + 1 : token.rindex("'")].replace("''", "'")
    return unescaped(text) if mysql or token[:start].strip().lower() == "e" else text


# How many hexadecimal digits SQL Server writes a moment in: half of them days since 1900, half the time of day.
_DIGITS = {"datetime": 16, "smalldatetime": 8}


def _moment(written: str, kind: str) -> str:
    """A moment that SQL Server wrote in binary: its time is in 300ths of a second, or in minutes if it is a small one.
    As it is written where it is none.
    """
    if len(written) - 2 != _DIGITS.get(kind):
        return written
    value = bytes.fromhex(written[2:])
    days = int.from_bytes(value[: len(value) // 2], signed=kind == "datetime")
    time = int.from_bytes(value[len(value) // 2 :])
    of_day = timedelta(minutes=time if kind == "smalldatetime" else time / 18_000)
    try:
        moment = datetime(1900, 1, 1) + timedelta(days)
    except OverflowError:
        return written
    return str((moment + of_day).replace(microsecond=0)) if of_day < timedelta(1) else written


def _names(listed: str) -> list[str]:
    return [plain_name(name) for name in listed.split(",") if name.strip()]


def _column_names(body: str) -> list[str]:
    """The column names of what stands in the brackets of CREATE TABLE."""
    names, depth, start = [], 0, 0
    for position, character in enumerate(body):
        depth += (character == "(") - (character == ")")
        if (character == "," and depth == 0) or depth < 0:
            column = body[start:position]
            name = re.match(rf"\s*({NAME})", column)
            if name and not _NO_COLUMN.match(column):
                names.append(plain_name(name[1]))
            start = position + 1
            if depth < 0:
                break
    return names
