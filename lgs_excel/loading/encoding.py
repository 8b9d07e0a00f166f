"""Text in any encoding becomes UTF-8 that DuckDB reads: as it is where it can be, else as a copy."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from lgs_excel.errors import InputError

_CHUNK = 1 << 20
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Text:
    """A UTF-8 file: how often it breaks a line, whether its last line ends and whether it has NUL characters."""

    path: Path
    name: str
    breaks: int
    ends: bool
    has_nul: bool
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """Physical lines, where a line ends with LF or CR LF."""
        return self.breaks + (not self.ends)


def as_utf8(path: Path, name: str, stated: str | None, folder: Path) -> Text:
    """The file at `path` as UTF-8: itself, or a copy in `folder`.

    Without a stated encoding: a byte order mark decides, else UTF-8, else each line that is not UTF-8 is read as
    Windows-1252 and counted in a note. Raises InputError for an encoding that is unknown or does not fit.
    """
    if stated is None:
        with path.open("rb") as file:
            start = file.read(4)
        marked = next((encoding for mark, encoding in _MARKS.items() if start.startswith(mark)), None)
        if marked in (None, "utf-8-sig"):
            found = _scan(path, name)
            return found or _scan_copy(*_mended(path, folder), name)
        stated = marked
    return _scan_copy(_recoded(path, name, stated or "utf-8", folder), (), name)


def _scan(path: Path, name: str, notes: tuple[str, ...] = ()) -> Text | None:
    """What there is to know of a UTF-8 file; None where it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    breaks, has_nul, last = 0, False, b""
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if decoder.getstate()[0] or not chunk.isascii():  # ASCII, which is most, is UTF-8
                    decoder.decode(chunk)
                breaks += chunk.count(b"\n")
                has_nul = has_nul or b"\0" in chunk
                last = chunk[-1:]
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return Text(path, name, breaks, last == b"\n", has_nul, notes)


def _scan_copy(copy: Path, notes: tuple[str, ...], name: str) -> Text:
    found = _scan(copy, name, notes)
    if found is None:
        raise AssertionError("what was written as UTF-8 is UTF-8")
    return found


def _mended(path: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """A copy in UTF-8 of a file that is not: its lines one by one, so that one stray byte spoils one line only."""
    copy = folder / "utf-8.txt"
    read_as_1252 = 0
    with path.open("rb") as source, copy.open("wb") as target:
        for line in source:
            try:
                line.decode("utf-8")
                target.write(line)
            except UnicodeDecodeError:
                read_as_1252 += 1
                # The five bytes that Windows-1252 leaves open are read as the web does, as control characters.
                text = "".join(_character(byte) for byte in line)
                target.write(text.encode("utf-8"))
    return copy, (
        f"{read_as_1252:,} lines are not UTF-8 and were read as Windows-1252; state the encoding if that is wrong.",
    )


def _character(byte: int) -> str:
    return _WINDOWS_1252[byte]


_WINDOWS_1252 = [bytes([byte]).decode("cp1252", errors="replace") for byte in range(256)]
_WINDOWS_1252 = [chr(byte) if text == "\N{REPLACEMENT CHARACTER}" else text for byte, text in enumerate(_WINDOWS_1252)]


def _recoded(path: Path, name: str, encoding: str, folder: Path) -> Path:
    """A copy in UTF-8 of a file in `encoding`."""
    copy = folder / "utf-8.txt"
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise InputError(
            f"The encoding {encoding!r} is unknown. Known are utf-8, cp1252, utf-16, latin-1 and all others of Python."
        ) from error
    with path.open("rb") as source, copy.open("wb") as target:
        try:
            while chunk := source.read(_CHUNK):
                target.write(_encoded(decoder.decode(chunk)))
            target.write(_encoded(decoder.decode(b"", final=True)))
        except (UnicodeError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise InputError(
                f"{name} is not text in {encoding}: {reason}. State another encoding, or none to have it found."
            ) from error
    return copy


def _encoded(text: object) -> bytes:
    if not isinstance(text, str):  # "hex" and the like are codecs, too
        raise UnicodeError("it is no encoding of text")
    return text.encode("utf-8")
