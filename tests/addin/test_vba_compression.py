"""Compressed VBA source, read back by oletools."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.addin.build.vba_compression import CHUNK, compress, offset_bits
from tests.addin.olevba import decompressed

WORDS = (b"Sub ", b"End Sub\r\n", b"If ", b" Then ", b"x", b"0", b" ", b"    ")


def texts(size):
    return st.lists(st.sampled_from(WORDS), min_size=size, max_size=size).map(b"".join)


@given(st.integers(0, 900).flatmap(texts))
def test_what_was_compressed_is_read_back(text):
    assert decompressed(compress(text)) == text


@given(st.binary(max_size=60), st.integers(0, 300))
def test_repetitions_of_anything_are_read_back(piece, times):
    text = piece * times
    assert decompressed(compress(text)) == text


@pytest.mark.parametrize("size", [0, 1, 2, 3, 15, 16, 17, 4095, 4096, 4097, 8192, 12_289])
@pytest.mark.parametrize("letter", [b"a", b"abcdefgh"])
def test_every_length_is_read_back(size, letter):
    text = (letter * size)[:size]
    assert decompressed(compress(text)) == text


def test_text_becomes_shorter():
    text = b"Public Sub LGS_Mail(ByVal Control As IRibbonControl)\r\n" * 200
    assert len(compress(text)) < len(text) / 10


def test_a_full_chunk_that_is_random_is_kept_as_it_is():
    text = random.Random(1).randbytes(CHUNK)
    made = compress(text)
    assert made[3:] == text
    assert decompressed(made) == text


def test_a_random_end_is_refused():
    with pytest.raises(ValueError, match="can't be compressed"):
        compress(random.Random(1).randbytes(CHUNK - 1))


@pytest.mark.parametrize(
    ("position", "bits"), [(1, 4), (16, 4), (17, 5), (32, 5), (33, 6), (2048, 11), (2049, 12), (4096, 12)]
)
def test_the_offset_has_as_many_bits_as_the_chunk_needs(position, bits):
    assert offset_bits(position) == bits  # the table of [MS-OVBA] 2.4.1.3.19.1
