"""Text that a workbook can hold: what XML forbids is removed, what a cell can't hold is cut, and both are counted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from lgs_excel.report.model import Block, Cell, Note, Sheet, Table, Value

# A cell's text has at most this many characters (UTF-16 units, of which an emoji takes two).
LONGEST = 32_767
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` without the characters that XML forbids, as far as a cell can hold it."""
    allowed = _FORBIDDEN.sub("", text)
    if len(allowed) * 2 <= LONGEST:
        return allowed
    return allowed.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")


def one_line(text: str) -> str:
    """`text` on one line, composed (é is one letter), without Unicode's class C: controls, marks of direction."""
    composed = unicodedata.normalize("NFC", text)
    kept = (letter if unicodedata.category(letter)[0] != "C" else " " for letter in composed)
    return " ".join("".join(kept).split())


def _bare(value: Value | Cell) -> Value:
    return value.value if isinstance(value, Cell) else value


def clean_sheet(sheet: Sheet) -> tuple[Sheet, int]:
    """`sheet` with clean text in its tables and lines, and the number of its texts that had to be changed."""
    changed = 0
    texts = [
        value for table in sheet.tables for row in table.rows for value in map(_bare, row) if isinstance(value, str)
    ]
    clean = max(map(len, texts), default=0) * 2 <= LONGEST and not _FORBIDDEN.search("\n".join(texts))

    def plain(value: Value) -> Value:
        nonlocal changed
        if not isinstance(value, str):
            return value
        text = clean_text(value)
        changed += text != value
        return text

    def cleaned(value: Value | Cell) -> Value | Cell:
        return replace(value, value=plain(value.value)) if isinstance(value, Cell) else plain(value)

    def cleaned_block(block: Block) -> Block:
        if isinstance(block, Table):
            if clean:  # nearly always, and found out in a tenth of the time
                return block
            return replace(block, rows=tuple(tuple(map(cleaned, row)) for row in block.rows))
        if isinstance(block, Note):
            return replace(block, text=clean_text(block.text), detail=clean_text(block.detail))
        return block

    blocks = tuple(map(cleaned_block, sheet.blocks))
    return replace(
        sheet, finding=clean_text(sheet.finding), coverage=clean_text(sheet.coverage), blocks=blocks
    ), changed
