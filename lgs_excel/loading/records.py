"""JSON: a list of records, or one record after the other (JSON lines), as DuckDB reads it."""

from __future__ import annotations

import re
import shutil
from codecs import BOM_UTF8
from pathlib import Path

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import Header, read_header, require_columns
from lgs_excel.loading.encoding import Text
from lgs_excel.loading.parts import Part, Stated
from lgs_excel.loading.sql import literal_path, quoted_name, quoted_text
from lgs_excel.terminal import printable

_LIST = re.compile(r"\s*\[\s*(?:[\[{\]]|$)")
_RECORD = re.compile(r"\s*\{\s*(?:[\"}]|$)")


def looks_like_json(text: Text) -> bool:
    """Whether a text file begins as JSON does."""
    return bool(_LIST.match(start := _start(text)) or _RECORD.match(start))


def records_part(text: Text, stated: Stated, folder: Path) -> Part:
    """The part of a JSON file; a line of it is a record. Raises InputError for one that is damaged, holds no records or
    lacks a needed column.
    """
    import duckdb

    path = literal_path(_without_mark(text.path, folder))
    read = f"format='{'array' if _LIST.match(_start(text)) else 'unstructured'}', records='true'"
    try:
        with duckdb.connect() as connection:
            # All of them are looked at: a record may lack what it has no value for.
            query = f"DESCRIBE SELECT * FROM read_json(?, {read}, sample_size=-1)"
            types = {row[0]: row[1] for row in connection.execute(query, [path]).fetchall()}
    except duckdb.Error as error:
        first = printable(str(error).replace(path, text.name).strip().split("\n")[0].rstrip(". "))
        raise InputError(
            f"{text.name} is no JSON that can be read: {first}. A list of records is read, "
            '[{"Invoice": "536365", …}, …], and records one after the other. Export it again; nothing was changed.'
        ) from error
    names = [*types]
    header = read_header(names, text.name, stated.columns)
    inner = [name for name, type_ in types.items() if type_.startswith("STRUCT(") and type_.endswith(")[]")]
    if header.missing and inner:
        raise InputError(
            f"{text.name} has its records inside {printable(inner[0], 40)!r}. Export that list alone: a list of "
            "records is read, and records one after the other."
        )
    require_columns(header, names, text.name)
    return Part(
        name=text.name,
        relation=f"read_json(?, {read}, columns={_columns(header, names)})",
        parameters=(path,),
        columns={known: _text(quoted_name(names[place])) for known, place in header.places.items()},
        understood=("each record of JSON is a line", *header.understood),
        left_out=header.left_out,
        notes=text.notes,
    )


def _columns(header: Header, names: list[str]) -> str:
    return "{" + ", ".join(f"{quoted_text(names[place])}: 'JSON'" for place in header.places.values()) + "}"


def _text(column: str) -> str:
    """A value as text: 536365 for a number without a fraction, and a zero more where it might be a thousand."""
    text = f"{column}->>'$'"
    return (
        f"CASE WHEN json_type({column}) <> 'DOUBLE' THEN {text} "
        f"WHEN regexp_matches({text}, '[.]0$') THEN ({text})[:-3] "
        f"WHEN regexp_matches({text}, '[.][0-9][0-9][0-9]$') THEN ({text}) || '0' ELSE {text} END"
    )


def _start(text: Text) -> str:
    with text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return file.read(4096)


def _without_mark(path: Path, folder: Path) -> Path:
    """The file without a byte order mark, which DuckDB's reader of JSON refuses."""
    with path.open("rb") as source:
        if source.read(len(BOM_UTF8)) != BOM_UTF8:
            return path
        with (folder / "records.json").open("wb") as copy:
            shutil.copyfileobj(source, copy)
    return folder / "records.json"
