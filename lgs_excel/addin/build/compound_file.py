"""A compound file, [MS-CFB] version 3: streams in storages, as a small file system of 512-byte sectors.

Streams of 4096 bytes and more have sectors of their own; shorter ones share the mini stream, in pieces of 64 bytes. The
same streams give the same bytes: no times, no random identifiers.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Storage: TypeAlias = "Mapping[str, bytes | Storage]"

SECTOR, MINI_SECTOR, MINI_CUTOFF = 512, 64, 4096
# 2.1: sector numbers that mean something else; 2.6.1: no such entry.
FREE, END_OF_CHAIN, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1
_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
_HEADER = "<8s16s5H6s9I"
_ENTRY = "<64sHBBIII16sIQQIQ"
_MOST_IN_HEADER = 109  # sectors of the FAT that the header itself can name
_LONGEST_NAME = 31


@dataclass
class _Entry:
    """An entry of the directory (2.6.1)."""

    name: str
    kind: int
    data: bytes = b""
    start: int = 0
    colour: int = BLACK
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM

    def __bytes__(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0" if self.name else b""
        numbers = (self.left, self.right, self.child, bytes(16), 0, 0, 0, self.start, len(self.data))
        return struct.pack(_ENTRY, name, len(name), self.kind, self.colour, *numbers)


def compound_file(root: Storage) -> bytes:
    """The file with these streams (bytes) and storages (mappings) by name.

    Raises ValueError for a name of more than 31 characters, and beyond some 7 MB, which a VBA project never has.
    """
    entries = _directory(root)
    sectors = _Sectors()
    mini = _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == STREAM:
            entry.start = (sectors if len(entry.data) >= MINI_CUTOFF else mini).add(entry.data)
    entries[0].data = mini.content
    entries[0].start = sectors.add(mini.content)
    mini_fat = mini.table
    mini_fat_at = sectors.add(mini_fat)
    unused = bytes(_Entry("", 0)) * (-len(entries) % (SECTOR // struct.calcsize(_ENTRY)))
    directory_at = sectors.add(b"".join(map(bytes, entries)) + unused)
    fat_at = sectors.reserve_fat()
    return b"".join(
        (_header(fat_at, directory_at, mini_fat_at, len(mini_fat) // SECTOR), sectors.content, sectors.table)
    )


def _header(fat_at: list[int], directory_at: int, mini_fat_at: int, mini_fat_sectors: int) -> bytes:
    """The header (2.2), which names the sectors of the FAT."""
    if len(fat_at) > _MOST_IN_HEADER:
        raise ValueError("too large for a compound file without further FAT lists")
    counts = (0, len(fat_at), directory_at, 0, MINI_CUTOFF, mini_fat_at, mini_fat_sectors, END_OF_CHAIN, 0)
    header = struct.pack(_HEADER, _SIGNATURE, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6), *counts)
    return header + _numbers([*fat_at, *[FREE] * (_MOST_IN_HEADER - len(fat_at))])


class _Sectors:
    """Sectors in a row, and their allocation table: which sector comes after which (2.3, 2.4)."""

    def __init__(self, size: int = SECTOR) -> None:
        self._size = size
        self._parts: list[bytes] = []
        self._next: list[int] = []

    def add(self, data: bytes) -> int:
        """Store `data`; gives its first sector, END_OF_CHAIN for no data."""
        if not data:
            return END_OF_CHAIN
        first = len(self._next)
        count = -(-len(data) // self._size)
        self._parts.append(data.ljust(count * self._size, b"\0"))
        self._next += [*range(first + 1, first + count), END_OF_CHAIN]
        return first

    def reserve_fat(self) -> list[int]:
        """The sectors behind all others, in which the table itself stands; it has an entry for them, too."""
        count = 1
        while count * SECTOR // 4 < len(self._next) + count:
            count += 1
        first = len(self._next)
        self._next += [FAT_SECTOR] * count
        return list(range(first, first + count))

    @property
    def content(self) -> bytes:
        return b"".join(self._parts)

    @property
    def table(self) -> bytes:
        """The table in whole sectors."""
        table = _numbers(self._next)
        return table.ljust(-(-len(table) // SECTOR) * SECTOR, b"\xff")


def _directory(root: Storage) -> list[_Entry]:
    """The entries of the directory, the root first."""
    entries = [_Entry("Root Entry", ROOT)]

    def add(parent: _Entry, storage: Storage) -> None:
        first = len(entries)
        entries.extend(
            _Entry(name, STREAM, held) if isinstance(held, bytes) else _Entry(name, STORAGE)
            for name, held in storage.items()
        )
        ids = range(first, len(entries))
        for i, (name, held) in zip(ids, storage.items(), strict=True):
            if len(name) > _LONGEST_NAME:
                raise ValueError(f"{name}: a name in a compound file has at most {_LONGEST_NAME} characters")
            if not isinstance(held, bytes):
                add(entries[i], held)
        parent.child = _tree(entries, sorted(ids, key=lambda i: sort_key(entries[i].name)))

    add(entries[0], root)
    return entries


def sort_key(name: str) -> tuple[int, str]:
    """The order of names in a storage: shorter ones first, then by capital letters (2.6.4)."""
    return len(name.encode("utf-16-le")), name.upper()


def _tree(entries: list[_Entry], ids: list[int]) -> int:
    """Make a red-black tree of the entries `ids`, which are in order; gives its top (2.6.4).

    The middle one is on top, again and again, so that all levels but the last are full; those on the last are red.
    """
    full = (len(ids) + 1).bit_length() - 1

    def top(some: list[int], level: int) -> int:
        if not some:
            return NO_STREAM
        middle = len(some) // 2
        entry = entries[some[middle]]
        entry.colour = BLACK if level < full else RED
        entry.left, entry.right = top(some[:middle], level + 1), top(some[middle + 1 :], level + 1)
        return some[middle]

    return top(ids, 0)


def _numbers(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)
