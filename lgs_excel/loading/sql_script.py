"""The text of an SQL script, read piece by piece without ever holding more than a piece: what a statement says, where
it ends, and nothing about what it would do.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lgs_excel.errors import InputError

_CHUNK = 1 << 20
_AHEAD = 1 << 16  # the head of a statement is never longer

STRING = r"'[^']*(?:''[^']*)*'"
ESCAPED_STRING = r"'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'"
NAME = r"(?:[\w$]+|\"(?:[^\"]|\"\")+\"|`[^`]+`|\[(?:[^\]]|\]\])+\])"

_BLANK = re.compile(r"\s+|--[^\n]*|\\[^\n]*")
# One piece of a statement, as long as it is whole; what else begins with a quote is cut off by the end of the buffer.
_PIECE = re.compile(
    rf"[^;'\"`$/eE\-(){{}}]+|[eE]{ESCAPED_STRING}|{STRING}|\"[^\"]*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*\n|/\*.*?\*/",
    re.DOTALL,
)
# SQL Server's scripts: a statement may end with its line, and names are in brackets.
_SQL_SERVER = re.compile(r"^[ \t]*GO[ \t]*\r?$|\[dbo\]\s*\.|\bINSERT\s+(?:INTO\s+)?\[", re.IGNORECASE | re.MULTILINE)
_ITS_PIECE = re.compile(
    rf"[^;'\"\[\n/\-()]+|{STRING}|\"[^\"]*\"|\[[^\]]*\]|--[^\n]*|/\*.*?\*/",
    re.DOTALL,
)
_ITS_BEGIN = re.compile(
    r"(?:GO|INSERT|CREATE|ALTER|DROP|SET|USE|EXEC|EXECUTE|PRINT|UPDATE|DELETE|TRUNCATE|DECLARE|IF|BEGIN|COMMIT)\b",
    re.IGNORECASE,
)
_OPENS = ("'", '"', "`", "$", "/*", "--", "[")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.)", re.DOTALL)
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Script:
    """A position in a script: `line` is the number of its line, from 1; `of_sql_server` whether statements need no
    semicolon.
    """

    def __init__(self, file: io.TextIOBase, name: str) -> None:
        self._file = file
        self._buffer = ""
        self._ended = False
        self.name = name
        self.position = 0
        self.line = 1
        self.ensure(_AHEAD)
        self.of_sql_server = bool(_SQL_SERVER.search(self._buffer, 0, _AHEAD))

    def match(self, pattern: re.Pattern[str], *, long: bool = False) -> re.Match[str] | None:
        """The match of a pattern here; it is not passed by. `long`: it may have long texts in it,
        for which the file is read as far as it takes.
        """
        self.ensure(_AHEAD)
        while True:
            found = pattern.match(self._buffer, self.position)
            if self._ended or (found and found.end() < len(self._buffer)):
                return found
            in_hand = len(self._buffer) - self.position
            if found is None and in_hand >= _AHEAD and not (long and self._is_cut()):
                return None
            self._fill()

    def pass_by(self, found: re.Match[str]) -> None:
        """Go on behind a match."""
        self._advance(found.end())

    def take_all(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """Pass by one match after the other while they are in hand: the number of its line, and the match."""
        self.ensure(_AHEAD)
        while (found := pattern.match(self._buffer, self.position)) and found.end() < len(self._buffer):
            line = self.line
            self._advance(found.end())
            yield line, found

    def skip_blank(self) -> None:
        """Pass by white space, comments and commands to psql (a backslash to the end of its line)."""
        while True:
            self.ensure(2)
            if self._buffer.startswith("/*", self.position):
                self._pass_through("*/")
            elif found := _BLANK.match(self._buffer, self.position):
                if found.end() == len(self._buffer) and not self._ended:
                    self._fill()
                    continue
                self._advance(found.end())
            else:
                return

    def skip_to(self, ends: str) -> str:
        """Pass by one statement or bracket up to and with one of the characters `ends`, and return it; quotes, comments
        and inner brackets are passed by whole. Raises InputError where the file ends before.
        """
        pieces: list[str] = []
        depth = 0
        while True:
            piece = self._take_piece(_PIECE)
            if not piece:
                raise self.cut()
            depth += (piece == "(") - (piece == ")")
            pieces.append(piece)
            if piece in ends and depth <= 0:
                return "".join(pieces)

    def skip_statement(self) -> str:
        """Pass by a statement, and return it: up to its semicolon, or in SQL Server's scripts the line before the next
        one begins. Raises InputError where the file ends before.
        """
        if not self.of_sql_server:
            return self.skip_to(";")
        pieces: list[str] = []
        while piece := self._take_piece(_ITS_PIECE):
            pieces.append(piece)
            if piece == "\n":
                self.skip_blank()
            if piece == ";" or (piece == "\n" and self.match(_ITS_BEGIN)):
                break
        return "".join(pieces)

    def _take_piece(self, pattern: re.Pattern[str]) -> str:
        """Pass by one piece of a statement, and return it; empty at the end of the file."""
        while True:
            self.ensure(2)
            if self.at_end():
                return ""
            found = pattern.match(self._buffer, self.position)
            if found and (found.end() < len(self._buffer) or self._ended):
                end = found.end()
            elif found or (not self._ended and self._buffer.startswith(_OPENS, self.position)):
                self._fill()
                continue
            else:
                end = self.position + 1
            piece = self._buffer[self.position : end]
            self._advance(end)
            return piece

    def read_line(self) -> str | None:
        """The rest of this line without its end; None at the end of the file."""
        while (end := self._buffer.find("\n", self.position)) < 0 and not self._ended:
            self._fill()
        if end < 0:
            if self.at_end():
                return None
            end = len(self._buffer)
        line = self._buffer[self.position : end]
        self.position = min(end + 1, len(self._buffer))
        self.line += 1
        return line.removesuffix("\r")

    def at_end(self) -> bool:
        """Whether there is nothing more."""
        self.ensure(1)
        return self.position >= len(self._buffer)

    def cut(self) -> InputError:
        """The error for a file that ends in the middle of something."""
        return InputError(
            f"{self.name} is cut short: it ends in the middle of a statement (line {self.line:,}). "
            "Copy or dump it again; nothing was changed."
        )

    def ensure(self, characters: int) -> None:
        """Have this many characters in hand, if there are."""
        while len(self._buffer) - self.position < characters and not self._ended:
            self._fill()

    def _fill(self) -> None:
        # Reading at least as much as there is keeps the work on one very long text linear.
        more = self._file.read(max(_CHUNK, len(self._buffer) - self.position))
        self._ended = not more
        self._buffer = self._buffer[self.position :] + more
        self.position = 0

    def _advance(self, end: int) -> None:
        self.line += self._buffer.count("\n", self.position, end)
        self.position = end

    def _pass_through(self, mark: str) -> None:
        while (end := self._buffer.find(mark, self.position + 2)) < 0:
            if self._ended:
                raise self.cut()
            self._fill()
        self._advance(end + len(mark))

    def _is_cut(self) -> bool:
        """Whether an odd number of quotes may mean that a text goes on behind the buffer."""
        return self._buffer.count("'", self.position) % 2 == 1


def unescaped(text: str) -> str:
    r"""The text that is meant by one with backslashes: \n, \t, \\, \x41, \101, é."""
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = str(found[1])
    if len(code) > 1 and code[0] in "xuU":
        return chr(min(int(code[1:], 16), 0x10FFFF))
    if code[0] in "01234567":
        return chr(int(code, 8))
    return _CONTROL.get(code) or code


def plain_name(name: str) -> str:
    """A table's or column's name without its quotes and schema."""
    last = str(re.findall(NAME, name)[-1])
    if last[0] == "[":
        return last[1:-1].replace("]]", "]")
    return last[1:-1].replace('""', '"') if last[0] in '"`' else last
