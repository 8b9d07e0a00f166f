"""A Report as a new .xlsx file, by openpyxl: nothing of Excel is needed.

The same Report gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.fill import Blip
from openpyxl.drawing.geometry import PresetGeometry2D
from openpyxl.drawing.image import Image
from openpyxl.drawing.picture import PictureFrame
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import pixels_to_points
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_STYLE

from lgs_excel.report.layout import (
    Layout,
    PlacedCell,
    PlacedChart,
    PlacedTable,
    address,
    code_name,
    lay_out,
    link_place,
)
from lgs_excel.report.model import Kind, Report
from lgs_excel.report.style import BLUE, INPUT_FILL, RULE, SCALE_COLOURS, TABLE_STYLE, CellStyle, format_of
from lgs_excel.writers import files
from lgs_excel.writers.files import Form

# The stubs of openpyxl know its sheets and cells of write-only mode by half.
ExcelSheet: TypeAlias = Any
ExcelCell: TypeAlias = Any

# The name that macros know the workbook by.
BOOK_CODE_NAME = "ThisWorkbook"
SUFFIX = ".xlsx"
# The report's facts are kept as properties of the workbook, so that a file can be mailed later.
FACT_PREFIX = "lgs_"
_LONGEST_FACT = 255
_EARLIEST_ZIP_YEAR = 1980
_A4 = 9
EMU_PER_PIXEL = 9525
_ESCAPE_LIKE = re.compile(r"(?=_x[0-9A-Fa-f]{4}_)")
_FONT_PARTS = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
               "family", "charset", "scheme")  # fmt: skip
_SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DEFAULT_NS: Any = {None: _SHEET_NS}


def check_target(path: Path) -> None:
    """Raise WorkbookError if no report can be written to `path`, before the work for it is done."""
    files.check_target(path, XLSX)


def write(report: Report, path: Path) -> None:
    """Write `report` to `path`, in place of what is there; errors as of `files.write`."""
    files.write(report, path, XLSX)


def workbook_bytes(report: Report, constants: Iterable[tuple[str, str]] = ()) -> bytes:
    """The .xlsx file of `report`. constants: further names, and what they refer to."""
    book: Any = Workbook(write_only=True)  # its stubs don't know custom properties
    book.code_name = BOOK_CODE_NAME
    properties = book.properties
    properties.title, properties.creator, properties.company = report.title, report.company, report.company
    properties.created = properties.modified = report.made_at
    for name, text in report.facts.items():
        book.custom_doc_props.append(StringProperty(name=f"{FACT_PREFIX}{name}", value=fact_text(text)))
    looks = _Looks()
    for sheet in report:
        layout = lay_out(sheet)
        _write_sheet(book.create_sheet(sheet.title), layout, looks)
        for placed in layout.names:
            book.defined_names[placed.name] = DefinedName(placed.name, attr_text=placed.refers_to)
    for name, value in constants:
        book.defined_names[name] = DefinedName(name, attr_text=value)
    file = BytesIO()
    with _PinnedZip(file, report.made_at) as archive:
        ExcelWriter(book, archive).write_data()
    return file.getvalue()


XLSX = Form(".xlsx", workbook_bytes)


def fact_text(text: str) -> str:
    """A report's fact as a property of a workbook, which Excel lets have 255 characters: a longer one is cut, and ends
    with a mark of its own so that it differs from others.
    """
    if len(text) <= _LONGEST_FACT:
        return text
    return f"{text[: _LONGEST_FACT - 12]} … {sha256(text.encode()).hexdigest()[:8]}"


class _PinnedZip(ZipFile):
    """A zip archive whose entries bear a given time instead of the present one."""

    def __init__(self, file: BytesIO, time: datetime) -> None:
        super().__init__(file, "w", ZIP_DEFLATED)
        self._time = max(time, datetime(_EARLIEST_ZIP_YEAR, 1, 1)).timetuple()[:6]

    def writestr(self, name: Any, data: Any, *_: Any, **__: Any) -> None:  # type: ignore[override]
        info = ZipInfo(str(name), self._time)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, _in_schema_order(data) if name == ARC_STYLE else data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        self.writestr(arcname, Path(filename).read_bytes())


def _in_schema_order(stylesheet: bytes) -> bytes:
    """The stylesheet with what a font has in the order that the standard asks for; openpyxl has its own."""
    root = etree.fromstring(stylesheet)
    for font in root.iter(f"{{{_SHEET_NS}}}font"):
        font[:] = sorted(font, key=lambda part: _FONT_PARTS.index(etree.QName(part).localname))
    return etree.tostring(root)


class _Looks:
    """openpyxl's style for each look, kind of value and side of a table: made once, as hashing one for each cell takes
    most of the time of writing.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[CellStyle, Kind], Any] = {}

    def cell(self, sheet: ExcelSheet, placed: PlacedCell) -> ExcelCell:
        """`placed` as openpyxl's cell."""
        cell: ExcelCell = WriteOnlyCell(sheet, None)
        value = placed.value
        if isinstance(value, str):
            # Text stays text, whatever it looks like; "_x0041_" would be read as an escaped "A".
            cell.value = _ESCAPE_LIKE.sub("_x005F", value)
            cell.data_type = "s"
        else:
            cell.value = value
        key = (placed.look, placed.kind)
        if key not in self._made:
            self._made[key] = self._make(WriteOnlyCell(sheet, None), *key)
        cell._style = self._made[key]
        cell.row, cell.column = placed.row, placed.column
        if placed.link:
            cell._hyperlink = Hyperlink(ref=cell.coordinate, location=link_place(placed.link), display=str(value))
        return cell

    @staticmethod
    def _make(cell: ExcelCell, look: CellStyle, kind: Kind) -> Any:
        made = format_of(look, kind)
        cell.font = Font(
            name=made.font, size=made.points, bold=made.bold, italic=made.italic, color=_argb(made.colour),
            underline="single" if made.underline else None,
        )  # fmt: skip
        if made.fill:
            cell.fill = PatternFill("solid", fgColor=_argb(made.fill))
        cell.number_format = made.number_format
        cell.alignment = Alignment(
            horizontal=made.horizontal, vertical=made.vertical, wrap_text=made.wrap, indent=made.indent
        )
        if look.ruled:
            cell.border = Border(bottom=Side("hair", color=_argb(RULE)))
        return cell._style


def _write_sheet(sheet: ExcelSheet, layout: Layout, looks: _Looks) -> None:
    _set_up(sheet, layout)
    # Our own writer of the sheet's parts, put in before the first row makes openpyxl's.
    sheet._writer = _SheetWriter(sheet, _texts_like_numbers(layout))
    sheet._writer.write_top()
    # Our cells are made already and know their place: openpyxl's way of finding that out takes a third of its time.
    sheet._values_to_row = lambda cells, _: cells
    for placed in layout.rows():
        sheet.append([looks.cell(sheet, cell) for cell in placed])
    for table in layout.tables:
        sheet.tables.add(_excel_table(table))
        for row, column, last_row, last_column in table.scales:
            cells = f"{address(row, column)}:{address(last_row, last_column)}"
            sheet.conditional_formatting.add(cells, _colour_scale())
    for i, placed_chart in enumerate(layout.charts, 1):
        if placed_chart.chart.png:
            sheet.add_image(_picture(placed_chart, i))
    for cell in layout.cells:
        if validation := _validation(cell):
            sheet.data_validations.append(validation)


def _set_up(sheet: ExcelSheet, layout: Layout) -> None:
    """What a sheet has besides cells: its name for macros, panes, widths, print set-up."""
    sheet.sheet_properties.codeName = code_name(layout.sheet.title)
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = address(layout.frozen_rows + 1, 1)
    sheet.sheet_properties.tabColor = _argb(BLUE)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for column, width in layout.widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, pixels in layout.heights.items():
        sheet.row_dimensions[row].height = pixels_to_points(pixels)
    setup = sheet.page_setup
    setup.orientation = "landscape" if layout.sheet.landscape else "portrait"
    setup.paperSize, setup.fitToWidth, setup.fitToHeight = _A4, 1, layout.pages_down
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom = 0.6, 0.7
    if layout.print_area:
        sheet.print_area = layout.print_area
    sheet.print_title_rows = f"1:{layout.frozen_rows}"
    # "&" begins a code in a footer.
    sheet.oddFooter.left.text = layout.sheet.coverage.replace("&", "&&")
    sheet.oddFooter.right.text = "&A, page &P of &N"
    for part in (sheet.oddFooter.left, sheet.oddFooter.right):
        part.size = 8


class _SheetWriter(WorksheetWriter):
    """openpyxl's writer of a sheet, which also tells Excel not to mark identifiers as numbers stored as text."""

    def __init__(self, sheet: ExcelSheet, ranges: list[str]) -> None:
        super().__init__(sheet)
        self._ranges = ranges

    def write_drawings(self) -> None:
        if self._ranges:
            ignored = etree.Element(f"{{{_SHEET_NS}}}ignoredErrors", nsmap=_DEFAULT_NS)
            etree.SubElement(
                ignored, f"{{{_SHEET_NS}}}ignoredError", sqref=" ".join(self._ranges), numberStoredAsText="1"
            )
            self._send(ignored)
        super().write_drawings()

    def _send(self, element: Any) -> None:
        self.xf.send(element)


def _texts_like_numbers(layout: Layout) -> list[str]:
    """The ranges of text columns: identifiers are text on purpose."""
    return [
        f"{address(placed.row + 1, column)}:{address(placed.last_row, column)}"
        for placed in layout.tables
        for column, meta in enumerate(placed.table.columns, placed.column)
        if meta.kind is Kind.TEXT
    ]


def _excel_table(placed: PlacedTable) -> Any:
    table: Any = ExcelTable(displayName=placed.table.name, name=placed.table.name, ref=placed.address)
    table.tableStyleInfo = TableStyleInfo(name=TABLE_STYLE, showRowStripes=False)
    table._initialise_columns()
    for column, meta in zip(table.tableColumns, placed.table.columns, strict=True):
        column.name = meta.header
    return table


def _colour_scale() -> Any:
    low, high = map(_argb, SCALE_COLOURS)
    return ColorScaleRule(start_type="num", start_value=0, start_color=low, end_type="max", end_color=high)  # type: ignore[no-untyped-call]


def _validation(cell: PlacedCell) -> DataValidation | None:
    """What a cell to be filled in takes, asked when it is left: a value of a list, refused where there is no more to
    say than its texts; a whole number; a day, where Excel asks whether another text is meant.
    """
    said: dict[str, Any] = {"showErrorMessage": True}
    if isinstance(cell.choices, str):
        said = {"type": "list", "formula1": cell.choices, "showErrorMessage": False}
    elif cell.choices:
        said |= {"type": "list", "formula1": '"{}"'.format(",".join(cell.choices)), "errorTitle": "Not in the list"}
        said["error"] = f"Allowed: {', '.join(cell.choices)}."
    elif cell.between:
        least, most = cell.between
        said |= {"type": "whole", "operator": "between", "formula1": f"{least}", "formula2": f"{most}"}
        said |= {"errorTitle": "No such number", "error": f"A whole number from {least:,} to {most:,}, or blank."}
    elif cell.look.fill == INPUT_FILL and cell.kind in (Kind.MONTH, Kind.DAY):
        said |= {"type": "date", "operator": "greaterThan", "formula1": "1", "errorStyle": "warning"}
        said |= {"errorTitle": "No date", "error": "A date, such as 1 Nov 2011, or blank."}
    else:
        return None
    return DataValidation(allow_blank=True, sqref=address(cell.row, cell.column), **said)


def _picture(placed: PlacedChart, number: int) -> Image:
    chart = placed.chart
    image = Image(BytesIO(chart.png))
    frame = PictureFrame()
    frame.nvPicPr.cNvPr.id = number
    frame.nvPicPr.cNvPr.name = chart.name
    frame.nvPicPr.cNvPr.descr = chart.message
    frame.blipFill.blip = Blip(cstate="print", embed="")
    frame.spPr.prstGeom = PresetGeometry2D(prst="rect")
    size = XDRPositiveSize2D(chart.width * EMU_PER_PIXEL, chart.height * EMU_PER_PIXEL)
    image.anchor = OneCellAnchor(_from=AnchorMarker(col=placed.column - 1, row=placed.row - 1), ext=size, pic=frame)
    return image


def _argb(colour: str) -> str:
    return f"FF{colour.removeprefix('#')}"
