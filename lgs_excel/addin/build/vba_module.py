"""A VBA module: its source as Excel would export it, to the text that stands in the project ([MS-OVBA] 2.3.4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

ENCODING = "cp1252"
LONGEST_LINE = 1023
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_CLASS_HEAD = re.compile(r"\AVERSION 1\.0 CLASS\nBEGIN\n.*?\nEND\n", re.DOTALL)
_ATTRIBUTES = re.compile(r"\A(?:Attribute VB_\w+ = [^\n]*\n)+")


class Kind(Enum):
    """What a module belongs to; the value is the class that a document's or a class's module is made from."""

    MODULE = None
    CLASS = "{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
    WORKBOOK = "{00020819-0000-0000-C000-000000000046}"
    SHEET = "{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True)
class Module:
    """source: with or without the heading that an exported file has; a heading for `name` and `kind` replaces it.

    Raises ValueError for what VBA doesn't take: a name that is no identifier of up to 31 characters, a line of more
    than 1023, a character outside Windows-1252.
    """

    name: str
    kind: Kind
    source: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} can't be the name of a VBA module")
        for number, line in enumerate(self._lines(), 1):
            if len(line) > LONGEST_LINE:
                raise ValueError(f"{self.name}: line {number} has more than {LONGEST_LINE} characters")

    @property
    def text(self) -> bytes:
        """The module as it stands in its stream."""
        return "".join(f"{line}\r\n" for line in self._lines()).encode(ENCODING)

    def _lines(self) -> list[str]:
        lines = [f"{line}\n" for line in self.source.replace("\r\n", "\n").removesuffix("\n").split("\n")]
        body = _ATTRIBUTES.sub("", _CLASS_HEAD.sub("", "".join(lines))) if self.source else ""
        return [*self._heading(), *body.split("\n")[:-1]]

    def _heading(self) -> list[str]:
        name = f'Attribute VB_Name = "{self.name}"'
        if self.kind is Kind.MODULE:
            return [name]
        document = self.kind in {Kind.WORKBOOK, Kind.SHEET}
        return [
            name,
            f'Attribute VB_Base = "0{self.kind.value}"',
            "Attribute VB_GlobalNameSpace = False",
            "Attribute VB_Creatable = False",
            f"Attribute VB_PredeclaredId = {document}",
            f"Attribute VB_Exposed = {document}",
            "Attribute VB_TemplateDerived = False",
            f"Attribute VB_Customizable = {document}",
        ]
