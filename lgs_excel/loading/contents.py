"""What is in a file, whatever its name says: an export of some kind, or those that it packs, however often."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

from lgs_excel.errors import InputError
from lgs_excel.loading.files import ALLOWED, SourceFile, by_number, is_known

Kind = Literal["text", "workbook", "parquet"]
_CHUNK = 1 << 20
_TAR_BLOCK = 512
_ZIP = (b"PK\3\4", b"PK\5\6")  # with members, and without
_MOST_LAYERS = 4  # a .tar.gz in a .zip has three


class Readable(Protocol):
    """An open file, as each of the compressions gives it."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""
        ...


@dataclass(frozen=True)
class Content:
    """A readable file of one kind: a source itself, or what was unpacked from one; `notes` on what lay beside it."""

    path: Path
    name: str
    kind: Kind
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Member:
    """A file in an archive: its name there, which is never used as a path, and what opens it."""

    name: str
    open: Callable[[], AbstractContextManager[Readable]]


def contents(source: SourceFile, folder: Path) -> list[Content]:
    """What is in a source: itself, or the file or files that it packs, unpacked below `folder`.

    Raises InputError for a file of a foreign kind and an archive that is damaged, locked or empty.
    """
    return _opened(source.path, source.name, folder, 0)


def _opened(path: Path, name: str, folder: Path, layer: int) -> list[Content]:
    with path.open("rb") as file:
        start = file.read(_TAR_BLOCK)
    if layer == _MOST_LAYERS:
        raise InputError(f"{name} is packed {layer} times over. Unpack it and load what is in it.")
    for magic, unpack in ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ\0", lzma.open), (b"BZh", bz2.open)):
        if start.startswith(magic):
            target = folder / f"unpacked-{layer}"
            with unpack(path, "rb") as packed:
                _unpack(packed, target, name)
            return _opened(target, name, folder, layer + 1)
    if start.startswith(_ZIP) and not _is_workbook(path):
        return _unarchived(_zip_members(path, name), name, folder, layer)
    if start[257:262] == b"ustar":
        return _unarchived(_tar_members(path, name), name, folder, layer)
    return [_content(path, name)]


def _unarchived(archive: AbstractContextManager[list[_Member]], name: str, folder: Path, layer: int) -> list[Content]:
    """The contents of an archive's members, in the order of their names."""
    found: list[Content] = []
    with archive as every:
        shown = [member for member in every if not _is_hidden(member.name)]
        known = [member for member in shown if is_known(PurePosixPath(member.name))] or shown
        for number, member in enumerate(sorted(known, key=lambda member: by_number(member.name))):
            own = folder / f"member-{number}"
            own.mkdir()
            target = own / "packed"
            with member.open() as packed:
                _unpack(packed, target, f"{name}: {member.name}")
            found.extend(_opened(target, f"{name}: {member.name}", own, layer + 1))
    if not found:
        raise InputError(f"{name} is an empty archive. {ALLOWED} Export it again.")
    others = sorted(member.name for member in shown if member not in known)
    if others:
        note = f"Passed over in it, as not exports by their names: {', '.join(others)}."
        found[0] = replace(found[0], notes=(note, *found[0].notes))
    return found


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in PurePosixPath(name).parts if part != "..")


@contextmanager
def _zip_members(path: Path, name: str) -> Iterator[list[_Member]]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield [_Member(info.filename, _opener(archive, info)) for info in archive.infolist() if not info.is_dir()]
    except RuntimeError as error:  # how zipfile says that a password is needed
        raise InputError(f"{name} is locked with a password. Unpack it and load what was in it.") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _damaged(name, error) from error


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[Readable]]:
    return lambda: archive.open(info)


@contextmanager
def _tar_members(path: Path, name: str) -> Iterator[list[_Member]]:
    """Files alone: links in it lead nowhere."""
    try:
        with tarfile.open(path, "r:") as archive:
            files = [info for info in archive if info.isreg()]
            _require_end(path, archive.offset)
            yield [_Member(info.name, _tar_opener(archive, info)) for info in files]
    except tarfile.TarError as error:
        raise _damaged(name, error) from error


def _tar_opener(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], AbstractContextManager[Readable]]:
    def open_member() -> AbstractContextManager[Readable]:
        file = archive.extractfile(info)
        if file is None:
            raise tarfile.ReadError(f"{info.name} is no file")
        return file

    return open_member


def _require_end(path: Path, offset: int) -> None:
    """Raises TarError where the mark of the end is not there: tarfile takes a cut for the end, too."""
    with path.open("rb") as file:
        file.seek(offset)
        if file.read(_TAR_BLOCK) != bytes(_TAR_BLOCK):
            raise tarfile.ReadError("it has no end")


def _content(path: Path, name: str) -> Content:
    """Told by its first bytes, whatever its name."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise InputError(f"{name} is empty when unpacked. {ALLOWED} Export it again.")
    if start.startswith(b"PAR1"):
        return Content(path, name, "parquet")
    if start.startswith(b"\xd0\xcf\x11\xe0") or (start.startswith(_ZIP) and _is_workbook(path)):
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


def _unpack(packed: Readable, target: Path, name: str) -> None:
    try:
        with target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                out.write(chunk)
    except (EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, tarfile.TarError) as error:
        raise _damaged(name, error) from error
    except OSError as error:
        if error.errno is None:  # bz2 says "Invalid data stream" so
            raise _damaged(name, error) from error
        raise


def _damaged(name: str, error: Exception) -> InputError:
    return InputError(f"{name} is damaged or cut short: {error}. Copy or export it again; nothing was changed.")
