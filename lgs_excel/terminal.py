"""Text on its way to a terminal, a log or a redirected file: it steers no terminal, and no code page stops it."""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from io import TextIOWrapper
from pathlib import Path

# Controls (ESC among them), formats (marks of direction, zero-width characters), halves of characters, private use,
# line and paragraph separators.
_STEERING = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_PLAIN = {
    "−": "-", "–": "-", "—": "-", "→": "->", "←": "<-", "…": "...", "×": "x", "÷": "/", "≤": "<=", "≥": ">=",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "£": "GBP ", "€": "EUR ", "•": "*", "│": "|",
    "─": "-", "━": "-",
}  # fmt: skip


def visible(text: str) -> str:
    """`text` with each character that could steer a terminal written as its code, ESC as a backslash and u001b; line
    ends and tabs stay.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(_code(x) if x not in "\n\t" and unicodedata.category(x) in _STEERING else x for x in text)


def printable(text: str, most: int = 200) -> str:
    """`text` on one line that a terminal can show: what it can't is written as its code; cut at `most` characters."""
    shown = "".join(x if x.isprintable() else _code(x) for x in text[: most + 1])
    return shown if len(shown) <= most else f"{shown[:most]} …"


def prepare_output() -> None:
    """Let standard output and errors take any text: what their code page lacks is written in characters that it has.

    On Windows a redirected stream has the code page of the system, such as 1252, in which there is no minus sign.
    """
    codecs.register_error("lgs_excel.plain", _in_plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="lgs_excel.plain")


def write_data_as_utf8() -> None:
    """Let standard output be UTF-8 where it is no terminal: CSV and JSON for a program, with every character."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")


def is_closed_pipe(error: Exception) -> bool:
    """Whether the program that reads our output has ended. Windows says EINVAL where others say EPIPE."""
    if isinstance(error, OSError) and error.errno == errno.EINVAL:
        return error.filename is None
    return isinstance(error, BrokenPipeError)


def drop_output() -> None:
    """Write nothing more: what is still in the buffers would fail again when Python ends."""
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends


def _code(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_plain_letter, lacking)), error.end


def _plain_letter(character: str) -> str:
    """In ASCII, which every code page has."""
    letters = _PLAIN.get(character) or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters or "?"
