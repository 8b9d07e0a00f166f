"""A VBA project, read back by oletools."""

import io
import struct
import zipfile

import pytest

from lgs_excel.addin.build.vba_module import Kind, Module
from lgs_excel.addin.build.vba_project import Project, obscured
from tests.addin.compound_file_audit import audited
from tests.addin.olevba import decompressed, modules_of

BOOK = Module("ThisWorkbook", Kind.WORKBOOK)
CODE = Module("Code", Kind.MODULE, 'Option Explicit\r\nPublic Sub Hello()\r\n    MsgBox "£"\r\nEnd Sub\r\n')


def test_the_modules_are_read_back():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/vbaProject.bin", bytes(Project("Test", (BOOK, CODE))))
    found = modules_of(file.getvalue())
    assert found.keys() == {"ThisWorkbook", "Code"}
    assert found["Code"].splitlines() == CODE.text.decode("cp1252").splitlines()


def test_the_streams_are_those_of_the_specification():
    found = audited(bytes(Project("Test", (BOOK, CODE))))
    assert found.keys() == {"VBA", "PROJECT", "PROJECTwm"}
    assert found["VBA"].keys() == {"ThisWorkbook", "Code", "dir", "_VBA_PROJECT"}
    assert found["VBA"]["_VBA_PROJECT"].hex(" ") == "cc 61 ff ff 00 00 00"
    assert decompressed(found["VBA"]["Code"]) == CODE.text
    assert found["PROJECTwm"].startswith(b"ThisWorkbook\0" + "ThisWorkbook".encode("utf-16-le") + b"\0\0Code\0")


def test_the_project_lists_its_modules_by_kind():
    sheet, klass = Module("shSales", Kind.SHEET), Module("Thing", Kind.CLASS)
    lines = Project("Test", (BOOK, sheet, klass, CODE)).project_stream().decode("cp1252").split("\r\n")
    assert lines[1:5] == [
        "Document=ThisWorkbook/&H00000000",
        "Document=shSales/&H00000000",
        "Class=Thing",
        "Module=Code",
    ]
    assert 'Name="Test"' in lines
    assert "Code=0, 0, 0, 0, C" in lines


# Of the records that have always the same, as [MS-OVBA] 2.3.4.2 says.
SIZES = {0x01: 4, 0x02: 4, 0x14: 4, 0x03: 2, 0x07: 4, 0x08: 4, 0x09: 4, 0x0F: 2, 0x13: 2, 0x31: 4, 0x1E: 4, 0x2C: 2,
         0x21: 0, 0x22: 0, 0x2B: 0, 0x10: 0}  # fmt: skip


def test_the_records_of_dir_follow_each_other_to_the_end():
    raw = Project("Test", (BOOK, CODE)).dir_stream()
    at, found = 0, []
    while at < len(raw):
        kind, size = struct.unpack_from("<HI", raw, at)
        at += 6 + size + (2 if kind == 0x0009 else 0)  # the version's size counts half of it
        found.append(kind)
        assert SIZES.get(kind, size) == size, hex(kind)
    assert at == len(raw)
    assert found[:4] == [0x0001, 0x0002, 0x0014, 0x0003]
    assert found[-1] == 0x0010
    assert [kind for kind in found if kind in {0x0021, 0x0022}] == [0x0022, 0x0021]  # a document, then a module


def plain(text, identifier):
    """What Data Encryption (2.4.3.3) hides."""
    coded = bytes.fromhex(text)
    seed, version, key = coded[0], coded[0] ^ coded[1], coded[0] ^ coded[2]
    assert version == 2
    assert key == sum(identifier.encode("cp1252")) & 0xFF
    before, earlier, last = key, coded[1], coded[2]
    out = bytearray()
    for byte in coded[3:]:
        out.append(byte ^ ((earlier + before) & 0xFF))
        before, earlier, last = out[-1], last, byte
    ignored = (seed & 6) // 2
    (length,) = struct.unpack_from("<I", out, ignored)
    data = bytes(out[ignored + 4 :])
    assert len(data) == length
    return data


@pytest.mark.parametrize("data", [bytes(4), bytes(1), b"\xff"])
@pytest.mark.parametrize("seed", [0x00, 0x5D, 0x61, 0x65, 0xFF])
def test_what_is_obscured_can_be_made_plain(data, seed):
    identifier = "{00000000-0000-0000-0000-00000000000A}"
    assert plain(obscured(data, identifier, seed), identifier) == data


def test_the_same_modules_give_the_same_bytes():
    assert bytes(Project("Test", (BOOK, CODE))) == bytes(Project("Test", (BOOK, CODE)))


def test_names_must_be_unique_whatever_their_capitals():
    with pytest.raises(ValueError, match="unique: code"):
        Project("Test", (BOOK, CODE, Module("CODE", Kind.MODULE)))
    with pytest.raises(ValueError, match="unique: test"):
        Project("Test", (BOOK, Module("test", Kind.MODULE)))


def test_there_is_one_module_for_the_workbook():
    with pytest.raises(ValueError, match="one module for the workbook"):
        Project("Test", (CODE,))


@pytest.mark.parametrize("name", ["1st", "with space", "", "x" * 32, "naïve", "_x"])
def test_a_name_that_vba_does_not_take_is_refused(name):
    with pytest.raises(ValueError, match="can't be the name of a VBA module"):
        Module(name, Kind.MODULE)


def test_a_line_that_vba_does_not_take_is_refused():
    with pytest.raises(ValueError, match="line 2 has more than 1023 characters"):
        Module("Code", Kind.MODULE, "'" + "x" * 1023)


def test_a_character_outside_windows_1252_is_refused():
    with pytest.raises(ValueError, match="codec can't encode"):
        _ = Module("Code", Kind.MODULE, "' →").text


def test_the_heading_of_an_exported_file_is_replaced():
    exported = (
        'VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1  \'True\r\nEND\r\nAttribute VB_Name = "Other"\r\n'
        "Attribute VB_Exposed = True\r\n' Notice\r\nOption Explicit\r\n"
    )
    lines = Module("Thing", Kind.CLASS, exported).text.decode().split("\r\n")
    assert lines[0] == 'Attribute VB_Name = "Thing"'
    assert lines[1] == 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"'
    assert lines[8:] == ["' Notice", "Option Explicit", ""]


def test_a_module_without_source_has_its_heading():
    assert Module("shSales", Kind.SHEET).text.decode().split("\r\n")[-2:] == ["Attribute VB_Customizable = True", ""]
