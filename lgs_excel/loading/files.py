"""From what a person names (files and folders) to the files of a load, in order, each with its fingerprint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lgs_excel.errors import InputError, nearest

SUFFIXES = (
    ".csv", ".tsv", ".txt", ".sql", ".dump", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods",
    ".parquet", ".pq",
)  # fmt: skip
PACKED = (".gz", ".xz", ".bz2", ".zip", ".tar", ".tgz")
ALLOWED = "Allowed: CSV, SQL, JSON, Excel and Parquet files, also as .zip, .tar, .gz, .xz or .bz2."
_CHUNK = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    """A file as it was given: `size` in bytes, `sha256` of those bytes, `changed` its time stamp (ns) when read."""

    path: Path
    name: str
    size: int
    sha256: str
    changed: int

    def require_unchanged(self) -> None:
        """Raises InputError when the file is no longer the one whose fingerprint was taken."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise InputError(f"{self.path} went away while it was read. Load it again; nothing was changed.") from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise InputError(
                f"{self.path} changed while it was read: something is still writing it. "
                "Load it again when that has ended; nothing was changed."
            )


def find_files(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Every file that `paths` name, in the order given, those of a folder by name; and notes on what was passed over.

    Raises InputError for a path that is not there or can't be read, and a folder with nothing to load.
    """
    files: list[Path] = []
    notes: list[str] = []
    for path in paths:
        if path.is_dir():
            known, others = find_exports(path)
            if not known:
                raise InputError(f"The folder {path} has no export in it. {ALLOWED} Name the right folder or file.")
            if others:
                notes.append(f"Passed over in {path}, as not exports by their names: {', '.join(others)}.")
            files.extend(known)
        elif path.exists():
            files.append(path)
        else:
            beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
            raise InputError(
                f"There is no file {path}.{nearest(path.name, beside)} Name a file or folder that is there."
            )
    if not files:
        raise InputError(f"No file was named. {ALLOWED} Name one or more files or folders.")
    return files, notes


def find_exports(folder: Path) -> tuple[list[Path], list[str]]:
    """The exports in a folder by name, told by their suffixes, and the names of its other files that are not hidden."""
    shown = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
    found = sorted(shown, key=lambda file: by_number(file.name))
    return [file for file in found if is_known(file)], [file.name for file in found if not is_known(file)]


def by_number(name: str) -> list[tuple[int, str]]:
    """The key that puts part-2 before part-10: of two numbers, the one with more digits is the larger."""
    pieces = re.split("0*([0-9]+)", name)
    return [(len(piece) if place % 2 else 0, piece) for place, piece in enumerate(pieces)]


def is_known(file: PurePath) -> bool:
    """Whether a file is an export by its name."""
    return file.suffix.lower() in (*SUFFIXES, *PACKED)


def fingerprint(path: Path) -> SourceFile:
    """The file with its SHA-256. Raises InputError for one that is empty or can't be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            before = path.stat()
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror}. See to its permissions and load it again."
        ) from error
    source = SourceFile(path, path.name, before.st_size, digest.hexdigest(), before.st_mtime_ns)
    source.require_unchanged()
    if source.size == 0:
        raise InputError(f"{path} is empty (0 bytes). {ALLOWED} Export it again.")
    return source


def total_size(sources: Iterable[SourceFile]) -> int:
    """Bytes of all files together."""
    return sum(source.size for source in sources)
