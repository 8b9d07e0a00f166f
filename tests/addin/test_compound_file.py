"""The compound file that a VBA project is kept in."""

import io
import struct

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.addin.build.compound_file import compound_file
from tests.addin.compound_file_audit import AuditError, audited

NAMES = st.text("abcXYZ019_ é", min_size=1, max_size=31)
SIZES = st.one_of(st.integers(0, 200), st.sampled_from((63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 70_000)))
STREAMS = st.builds(lambda size, byte: bytes([byte]) * size, SIZES, st.integers(0, 255))


def storages(inside):
    # Names that differ only in capitals are one name.
    return st.lists(st.tuples(NAMES, inside), max_size=12, unique_by=lambda held: held[0].upper()).map(dict)


@given(storages(st.one_of(STREAMS, storages(STREAMS))))
def test_every_file_is_in_order_and_holds_what_was_put_in(root):
    assert audited(compound_file(root)) == root


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 8, 30, 31, 32, 100])
def test_any_number_of_streams_is_a_red_black_tree(count):
    root = {f"stream{i}": b"x" * i for i in range(count)}
    assert audited(compound_file(root)) == root


def test_a_large_file_has_several_sectors_of_fat():
    root = {"a": b"1" * 200_000, "b": {"c": b"2" * 5000, "d": b"3"}}
    file = compound_file(root)
    assert struct.unpack_from("<I", file, 44)[0] > 1
    assert audited(file) == root


def test_another_reader_finds_the_same():
    root = {"VBA": {"dir": b"d" * 100, "Module1": b"m" * 9000}, "PROJECT": b"p" * 700}
    with olefile.OleFileIO(io.BytesIO(compound_file(root)), raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert {"/".join(path): ole.openstream(path).read() for path in ole.listdir()} == {
            "VBA/dir": root["VBA"]["dir"],
            "VBA/Module1": root["VBA"]["Module1"],
            "PROJECT": root["PROJECT"],
        }


def test_the_same_streams_give_the_same_bytes():
    assert compound_file({"a": b"1", "b": {}}) == compound_file({"a": b"1", "b": {}})


def test_what_it_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="at most 31 characters"):
        compound_file({"n" * 32: b""})
    with pytest.raises(ValueError, match="too large"):
        compound_file({"a": bytes(8_000_000)})


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (0, "no signature"),
        (512 + 1, None),  # inside a stream: any byte is as good
        (-512, "chain|sector|FAT"),
    ],
)
def test_the_audit_sees_a_damaged_byte(at, said):
    file = bytearray(compound_file({"a": b"1" * 5000, "b": b"2"}))
    file[at] ^= 0xFF
    if said is None:
        assert audited(bytes(file))["a"] != b"1" * 5000
    else:
        with pytest.raises((AuditError, IndexError), match=said):
            audited(bytes(file))


def test_the_audit_sees_a_tree_that_is_not_in_order():
    file = bytearray(compound_file({"aa": b"1", "b": b"2", "c": b"3"}))
    at = file.index("c\0".encode("utf-16-le")[:2] + bytes(2), 512)
    file[at : at + 2] = "a".encode("utf-16-le")
    with pytest.raises(AuditError, match="not in order"):
        audited(bytes(file))
