"""Compression of VBA source, [MS-OVBA] 2.4.1: a signature byte, then chunks of up to 4096 bytes of text each.

A chunk is groups of eight tokens under a byte of flags: a literal byte, or two bytes that copy what stood earlier in
the same chunk. How those two bytes are shared between offset and length depends on how far the chunk has got.
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SIGNATURE = b"\x01"
_COMPRESSED, _RAW = 0xB000, 0x3FFF  # 2.4.1.1.5: size − 1 in the low bits, 0b011, and whether it is compressed
_SHORTEST_COPY = 3
_FEWEST_OFFSET_BITS = 4


def compress(data: bytes) -> bytes:
    """`data` as a CompressedContainer (2.4.1.1.1)."""
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return _SIGNATURE + b"".join(map(_chunk, chunks))


def _chunk(data: bytes) -> bytes:
    """A CompressedChunk (2.4.1.1.4). Raises ValueError for a last part too random to be compressed: the format has no
    way to say its length, and source text has no such part.
    """
    tokens = _tokens(data)
    if len(tokens) <= CHUNK:
        return struct.pack("<H", _COMPRESSED | (len(tokens) - 1)) + tokens
    if len(data) < CHUNK:
        raise ValueError("the last part of the text can't be compressed")
    return struct.pack("<H", _RAW) + data


def _tokens(data: bytes) -> bytes:
    """The TokenSequences of a chunk (2.4.1.3.8)."""
    made = bytearray()
    seen: dict[bytes, list[int]] = {}
    position = 0
    while position < len(data):
        flags_at = len(made)
        made.append(0)
        for bit in range(8):
            if position >= len(data):
                break
            bits = offset_bits(position)
            start, length = _longest(data, position, seen, (0xFFFF >> bits) + _SHORTEST_COPY)
            if length:
                made[flags_at] |= 1 << bit
                made += struct.pack("<H", (position - start - 1) << (16 - bits) | (length - _SHORTEST_COPY))
            else:
                made.append(data[position])
            for at in range(position, position + max(1, length)):
                seen.setdefault(data[at : at + _SHORTEST_COPY], []).append(at)
            position += max(1, length)
    return bytes(made)


def offset_bits(position: int) -> int:
    """How many of a copy's 16 bits tell its offset at `position` of a chunk (2.4.1.3.19.1)."""
    return max(_FEWEST_OFFSET_BITS, (position - 1).bit_length()) if position else _FEWEST_OFFSET_BITS


def _longest(data: bytes, position: int, seen: dict[bytes, list[int]], most: int) -> tuple[int, int]:
    """Where the longest earlier text like that at `position` begins, and its length (2.4.1.3.19.4); 0, 0 for none."""
    most = min(most, len(data) - position)
    best, best_length = 0, 0
    if most < _SHORTEST_COPY:
        return 0, 0
    for start in reversed(seen.get(data[position : position + _SHORTEST_COPY], ())):
        length = _SHORTEST_COPY
        while length < most and data[start + length] == data[position + length]:
            length += 1
        if length > best_length:
            best, best_length = start, length
            if length == most:
                break
    return best, best_length
