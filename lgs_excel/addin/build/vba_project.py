"""A VBA project, [MS-OVBA] 2.3: source text to the vbaProject.bin of a workbook.

Only source is written, no compiled code: the version of _VBA_PROJECT says so, and Excel compiles each module when it
first runs. The same modules give the same bytes.
"""

from __future__ import annotations

import struct
import uuid
from collections import Counter
from dataclasses import dataclass

from lgs_excel.addin.build.compound_file import compound_file
from lgs_excel.addin.build.vba_compression import compress
from lgs_excel.addin.build.vba_module import ENCODING, Kind, Module

_CODE_PAGE, _ENGLISH = 1252, 0x409
_WINDOWS_32 = 1  # which is written on 64-bit systems, too
# 2.3.4.1: the header alone, of a version of no Office: whatever was compiled is to be left aside.
_VBA_PROJECT = struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0)
_SYSTEM = r"C:\Windows\System32"
_OFFICE = r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16"
# The libraries that the modules use: OLE's, and Office's with the ribbon in it.
_REFERENCES = (
    ("stdole", rf"*\G{{00020430-0000-0000-C000-000000000046}}#2.0#0#{_SYSTEM}\stdole2.tlb#OLE Automation"),
    (
        "Office",
        rf"*\G{{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}}#2.0#0#{_OFFICE}\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
_ITEMS = {Kind.MODULE: "Module={}", Kind.CLASS: "Class={}"}
_DOCUMENT_ITEM = "Document={}/&H00000000"


@dataclass(frozen=True)
class Project:
    """A project by its modules, among them one for the workbook and one for each sheet."""

    name: str
    modules: tuple[Module, ...]

    def __post_init__(self) -> None:
        names = Counter(module.name.casefold() for module in self.modules)
        names[self.name.casefold()] += 1
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"names in a VBA project must be unique: {', '.join(twice)}")
        if [module.kind for module in self.modules].count(Kind.WORKBOOK) != 1:
            raise ValueError("a VBA project has one module for the workbook")

    def __bytes__(self) -> bytes:
        streams = {module.name: compress(module.text) for module in self.modules}
        return compound_file(
            {
                "VBA": {**streams, "dir": compress(self.dir_stream()), "_VBA_PROJECT": _VBA_PROJECT},
                "PROJECT": self.project_stream(),
                "PROJECTwm": self._names_stream(),
            }
        )

    def dir_stream(self) -> bytes:
        """The dir stream (2.3.4.2): information, references, modules."""
        information = (
            _record(0x0001, _long(_WINDOWS_32)),
            _record(0x0002, _long(_ENGLISH)),
            _record(0x0014, _long(_ENGLISH)),
            _record(0x0003, _short(_CODE_PAGE)),
            _record(0x0004, self.name.encode(ENCODING)),
            _text(0x0005, 0x0040, ""),  # a description
            _text(0x0006, 0x003D, ""),  # a help file
            _record(0x0007, _long(0)),
            _record(0x0008, _long(0)),
            _short(0x0009) + _long(4) + _long(1) + _short(1),  # its version; the size counts half of it
            _text(0x000C, 0x003C, ""),  # constants
        )
        references = (
            _text(0x0016, 0x003E, name) + _record(0x000D, _long(len(library)) + library.encode(ENCODING) + bytes(6))
            for name, library in _REFERENCES
        )
        modules = (_record(0x000F, _short(len(self.modules))), _record(0x0013, _short(0xFFFF)))
        described = map(_described, self.modules)
        return b"".join((*information, *references, *modules, *described, _record(0x0010)))

    def project_stream(self) -> bytes:
        """The PROJECT stream (2.3.1), text that lists the modules."""
        # Any identifier does; this one is the same for the same modules.
        names = "|".join(module.name for module in self.modules)
        identifier = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'vba:{self.name}|{names}')}}}".upper()
        lines = (
            f'ID="{identifier}"',
            *(_ITEMS.get(module.kind, _DOCUMENT_ITEM).format(module.name) for module in self.modules),
            f'Name="{self.name}"',
            'HelpContextID="0"',
            'VersionCompatible32="393222000"',
            f'CMG="{obscured(bytes(4), identifier, 0x5D)}"',  # not protected
            f'DPB="{obscured(bytes(1), identifier, 0x61)}"',  # no password
            f'GC="{obscured(bytes([0xFF]), identifier, 0x65)}"',  # visible
            "",
            "[Host Extender Info]",
            "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
            "",
            "[Workspace]",
            *(f"{module.name}=0, 0, 0, 0, C" for module in self.modules),
        )
        return "".join(f"{line}\r\n" for line in lines).encode(ENCODING)

    def _names_stream(self) -> bytes:
        """The PROJECTwm stream (2.3.3): the modules' names in both encodings."""
        names = (module.name for module in self.modules)
        pairs = (name.encode(ENCODING) + b"\0" + name.encode("utf-16-le") + b"\0\0" for name in names)
        return b"".join(pairs) + b"\0\0"


def _described(module: Module) -> bytes:
    """A MODULE record (2.3.4.2.3.2); its source begins at the start of its stream."""
    return b"".join(
        (
            _text(0x0019, 0x0047, module.name),
            _text(0x001A, 0x0032, module.name),  # its stream
            _text(0x001C, 0x0048, ""),  # a description
            _record(0x0031, _long(0)),
            _record(0x001E, _long(0)),
            _record(0x002C, _short(0xFFFF)),
            _record(0x0021 if module.kind is Kind.MODULE else 0x0022),
            _record(0x002B),
        )
    )


def obscured(data: bytes, identifier: str, seed: int) -> str:
    """`data` as the Data Encryption of 2.4.3.2 has it, in hexadecimal; the seed, which may be any byte, is given."""
    key = sum(identifier.encode(ENCODING)) & 0xFF
    made = [seed, seed ^ 2, seed ^ key]
    before, earlier, last = key, made[1], made[2]
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + _long(len(data)) + data:
        made.append(byte ^ ((earlier + before) & 0xFF))
        before, earlier, last = byte, last, made[-1]
    return bytes(made).hex().upper()


def _record(identifier: int, payload: bytes = b"") -> bytes:
    return _short(identifier) + _long(len(payload)) + payload


def _text(identifier: int, unicode_identifier: int, text: str) -> bytes:
    """A text in both encodings."""
    return _record(identifier, text.encode(ENCODING)) + _record(unicode_identifier, text.encode("utf-16-le"))


def _short(number: int) -> bytes:
    return struct.pack("<H", number)


def _long(number: int) -> bytes:
    return struct.pack("<I", number)
