"""From what a person names (files, folders, archives) to the files of a load: what each is, and its fingerprint."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from lgs_excel.errors import InputError, nearest

Kind = Literal["text", "workbook", "parquet"]
SUFFIXES = (".csv", ".tsv", ".txt", ".sql", ".dump", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".pq")
PACKED = (".gz", ".xz", ".bz2", ".zip")
ALLOWED = "Allowed: CSV and SQL files (also as .gz, .xz, .bz2 or .zip), XLSX and Parquet."
_CHUNK = 1 << 20


class Readable(Protocol):
    """An open file, as each of the compressions gives it."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""
        ...


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


@dataclass(frozen=True)
class Content:
    """A readable file of one kind: a source itself, or what was unpacked from one."""

    path: Path
    name: str
    kind: Kind


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
    found = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
    return [file for file in found if _is_known(file)], [file.name for file in found if not _is_known(file)]


def _is_known(file: Path) -> bool:
    suffixes = [suffix.lower() for suffix in file.suffixes[-2:]]
    return bool(suffixes) and (suffixes[-1] in SUFFIXES or suffixes[-1] in PACKED)


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


def contents(source: SourceFile, folder: Path) -> list[Content]:
    """What is in a source: itself, or the file or files that it packs, unpacked below `folder`.

    Raises InputError for a file of a foreign kind and an archive that is damaged, locked or empty.
    """
    with source.path.open("rb") as file:
        start = file.read(262)
    if start.startswith(b"PK") and not _is_workbook(source.path):
        return _unzipped(source, folder)
    for magic, unpack in ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ\0", lzma.open), (b"BZh", bz2.open)):
        if start.startswith(magic):
            target = folder / "unpacked"
            with unpack(source.path, "rb") as packed:
                _unpack(packed, target, source.name)
            return [_content(target, source.name)]
    return [_content(source.path, source.name)]


def _content(path: Path, name: str) -> Content:
    """Told by its first bytes, whatever its name."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise InputError(f"{name} is empty when unpacked. {ALLOWED} Export it again.")
    if start.startswith(b"PAR1"):
        return Content(path, name, "parquet")
    if start.startswith(b"\xd0\xcf\x11\xe0") or (start.startswith(b"PK") and _is_workbook(path)):
        return Content(path, name, "workbook")
    if start.startswith(b"PGDMP"):
        raise InputError(
            f"{name} is a PostgreSQL dump in the custom format; plain text is needed. "
            "Dump it with `pg_dump --format=plain --table=retail`, or turn it into text with `pg_restore --file=FILE`."
        )
    if _is_binary(start):
        raise InputError(
            f"{name} is a binary file that starts with {start[:8]!r}. {ALLOWED} Export it as one of these."
        )
    return Content(path, name, "text")


def _is_binary(start: bytes) -> bool:
    """Control characters, but for those of text; UTF-16 says so by its mark."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    first_line = start.split(b"\n", 1)[0]
    return start.startswith(b"\x89PNG") or any(byte < 9 or 13 < byte < 32 for byte in first_line)


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")
    return any(name.startswith("xl/") or name == "content.xml" for name in names)


def _unzipped(source: SourceFile, folder: Path) -> list[Content]:
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
            found = []
            for number, member in enumerate(members):
                target = folder / f"member-{number}"  # never the member's own path
                name = f"{source.name}: {member.filename}"
                with archive.open(member) as packed:
                    _unpack(packed, target, name)
                found.append(_content(target, name))
    except RuntimeError as error:  # how zipfile says that a password is needed
        raise InputError(f"{source.name} is locked with a password. Unpack it and load what was in it.") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _damaged(source.name, error) from error
    if not found:
        raise InputError(f"{source.name} is an empty archive. {ALLOWED} Export it again.")
    return found


def _unpack(packed: Readable, target: Path, name: str) -> None:
    try:
        with target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                out.write(chunk)
    except (EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise _damaged(name, error) from error
    except OSError as error:
        if error.errno is None:  # bz2 says "Invalid data stream" so
            raise _damaged(name, error) from error
        raise


def _damaged(name: str, error: Exception) -> InputError:
    return InputError(f"{name} is damaged or cut short: {error}. Copy or export it again; nothing was changed.")


def total_size(sources: Iterable[SourceFile]) -> int:
    """Bytes of all files together."""
    return sum(source.size for source in sources)
