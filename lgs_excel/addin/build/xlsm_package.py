"""A workbook of sheets to a workbook with macros: the parts of an .xlsx with four things more, as an .xlsm.

They are the VBA project, the ribbon, the sheet `xlwings.conf` that tells xlwings where Python is, and what names them
([ECMA-376] part 2: content types and relationships; [MS-OFFMACRO2] 2.2.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

CONF_TITLE, CONF_CODE_NAME = "xlwings.conf", "shConf"
_TYPES, _ROOT_RELATIONS = "[Content_Types].xml", "_rels/.rels"
_BOOK, _BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_PROJECT, _CONF, _RIBBON = "xl/vbaProject.bin", "xl/worksheets/conf.xml", "customUI/customUI.xml"
_PLAIN_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_BOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
_DEFAULT_NAMESPACE: Any = {None: _SHEETS}
_COLUMN_WIDTHS = (32, 64)

Conf: TypeAlias = Mapping[str, str | bool]


def add_macros(workbook: bytes, project: bytes, ribbon: bytes, conf: Conf) -> bytes:
    """`workbook`, an .xlsx whose sheets have code names, as an .xlsm with this VBA project, ribbon and xlwings.conf."""
    parts = _parts(workbook)
    types = etree.fromstring(parts[_TYPES])
    book_type = next(part for part in types if part.get("ContentType") == _PLAIN_BOOK)
    book_type.set("ContentType", _MACRO_BOOK)
    types.insert(0, _like(types[0], "Default", Extension="bin", ContentType=_PROJECT_TYPE))
    types.append(_like(types[0], "Override", PartName=f"/{_CONF}", ContentType=_SHEET_TYPE))
    root = etree.fromstring(parts[_ROOT_RELATIONS])
    _relate(root, f"{_MICROSOFT}/ui/extensibility", _RIBBON)
    relations = etree.fromstring(parts[_BOOK_RELATIONS])
    _relate(relations, f"{_MICROSOFT}/vbaProject", "vbaProject.bin")
    sheet_id = _relate(relations, f"{_OFFICE}/worksheet", "worksheets/conf.xml")
    changed = {
        _TYPES: etree.tostring(types),
        _ROOT_RELATIONS: etree.tostring(root),
        _BOOK_RELATIONS: etree.tostring(relations),
        _BOOK: _with_sheet(parts[_BOOK], sheet_id),
        _CONF: _conf_sheet(conf),
        _PROJECT: project,
        _RIBBON: ribbon,
    }
    return _rewritten(workbook, changed)


def configured(workbook: bytes, conf: Conf) -> bytes:
    """`workbook`, an .xlsm that `add_macros` made, with another xlwings.conf; all else in it is as it was."""
    return _rewritten(workbook, {_CONF: _conf_sheet(conf)})


def _parts(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in (_TYPES, _ROOT_RELATIONS, _BOOK, _BOOK_RELATIONS)}


def _rewritten(workbook: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The archive with `changed` in place of parts of the same names, or behind all others; times as they were."""
    file = BytesIO()
    with ZipFile(BytesIO(workbook)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        time = old.infolist()[0].date_time
        names = [*old.namelist(), *(name for name in changed if name not in old.namelist())]
        for name in names:
            info = ZipInfo(name, time)
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, changed[name] if name in changed else old.read(name))
    return file.getvalue()


def _like(sibling: Any, tag: str, **attributes: str) -> Any:
    """A new element of the namespace of another."""
    return etree.Element(etree.QName(etree.QName(sibling).namespace, tag), attributes)


def _relate(relations: Any, kind: str, target: str) -> str:
    """Add a relationship to a part; gives its identifier."""
    identifier = f"rIdLgs{len(relations) + 1}"
    relations.append(_like(relations, "Relationship", Id=identifier, Type=kind, Target=target))
    return identifier


def _with_sheet(book: bytes, relation: str) -> bytes:
    """The workbook's part with xlwings.conf as its last sheet, hidden."""
    root = etree.fromstring(book)
    sheets = root.find(f"{{{_SHEETS}}}sheets")
    if sheets is None:
        raise ValueError("the workbook has no sheets")
    number = 1 + max(int(sheet.get("sheetId", "0")) for sheet in sheets)
    conf = _like(sheets, "sheet", name=CONF_TITLE, sheetId=str(number), state="hidden")
    conf.set(etree.QName(_OFFICE, "id"), relation)
    sheets.append(conf)
    return etree.tostring(root)


def _conf_sheet(conf: Conf) -> bytes:
    """A sheet of two columns: names, and values that are text or TRUE and FALSE."""
    root = etree.Element(f"{{{_SHEETS}}}worksheet", nsmap=_DEFAULT_NAMESPACE)
    etree.SubElement(root, f"{{{_SHEETS}}}sheetPr", codeName=CONF_CODE_NAME)
    columns = etree.SubElement(root, f"{{{_SHEETS}}}cols")
    for i, width in enumerate(_COLUMN_WIDTHS, 1):
        etree.SubElement(columns, f"{{{_SHEETS}}}col", min=str(i), max=str(i), width=str(width), customWidth="1")
    data = etree.SubElement(root, f"{{{_SHEETS}}}sheetData")
    for number, (name, value) in enumerate(conf.items(), 1):
        row = etree.SubElement(data, f"{{{_SHEETS}}}row", r=str(number))
        _cell(row, f"A{number}", value=name)
        _cell(row, f"B{number}", value=value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _cell(row: Any, address: str, *, value: str | bool) -> None:
    cell = etree.SubElement(row, f"{{{_SHEETS}}}c", r=address, t="b" if isinstance(value, bool) else "inlineStr")
    if isinstance(value, bool):
        etree.SubElement(cell, f"{{{_SHEETS}}}v").text = str(int(value))
    else:
        text = etree.SubElement(etree.SubElement(cell, f"{{{_SHEETS}}}is"), f"{{{_SHEETS}}}t")
        text.text = value
