"""Small pieces of DuckDB's SQL, so that no text from a file or path becomes part of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def literal_path(path: Path) -> str:
    """The path for DuckDB's file readers, whose patterns (`*`, `?`, `[`) it is not to match."""
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))


def text_columns(names: Iterable[str]) -> str:
    """The `columns` of read_csv for names of our own: all of them text."""
    return "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"


def quoted_text(text: str) -> str:
    """A text as an SQL literal, for statements that take no parameters (SET, ATTACH, COPY … TO)."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
