"""The workbook that is mailed: a report without its customers, or a file that was written before."""

from __future__ import annotations

import re
import warnings
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

from lgs_excel import formatting as fmt
from lgs_excel.delivery.digest import CHANGED, HEADLINES, SUMMARY, THIS_WEEK
from lgs_excel.errors import DeliveryError
from lgs_excel.report.model import Block, Cell, Chart, Column, Kind, Mark, Note, Report, Sheet, Table, Value
from lgs_excel.report.style import NUMBER_FORMATS
from lgs_excel.writers.headless import FACT_PREFIX, SUFFIX

ExcelSheet: TypeAlias = Any

CUSTOMER = "Customer"  # the heading of customers' numbers
FACTS = ("data_through", "asked_to", "filters", "rfm", "warehouse", "run", "checks", "failed", "lines")
_KINDS = {code: kind for kind, code in reversed(NUMBER_FORMATS.items())}  # "@" is plain text
_MONEY = re.compile(r'("[^"]+"|[^#"]+)(#.*);\[Red\]-\1\2')  # whatever the currency
_IN_POUNDS = rf"{fmt.POUND}\2;[Red]-{fmt.POUND}\2"


def without_customers(report: Report) -> Report:
    """`report` without the tables that list customers, sheets that had nothing else, and links to these."""
    kept = [replace(sheet, blocks=tuple(block for block in sheet.blocks if not _lists(block))) for sheet in report]
    gone = {
        sheet.title
        for sheet, left in zip(report, kept, strict=True)
        if sheet.tables and not (left.tables or left.charts)
    }

    sheets = tuple(
        replace(sheet, blocks=tuple(_without_links(sheet.blocks, gone))) for sheet in kept if sheet.title not in gone
    )
    return replace(report, sheets=sheets)


def _without_links(blocks: Iterable[Block], gone: Container[str]) -> Iterator[Block]:
    """The blocks without links to sheets that are gone, and without their lines in the list of sheets."""
    for block in blocks:
        if isinstance(block, Note) and block.link in gone:
            if block.text != block.link:
                yield replace(block, link=None)
        elif isinstance(block, Table):
            yield replace(block, rows=tuple(tuple(_unlinked(value, gone) for value in row) for row in block.rows))
        else:
            yield block


def _unlinked(value: Value | Cell, gone: Container[str]) -> Value | Cell:
    if isinstance(value, Cell) and value.link in gone:
        return replace(value, value=f"{value.value} (not mailed)", link=None)
    return value


def _lists(block: Block) -> bool:
    """Whether a block is a table with a row a customer."""
    return isinstance(block, Table) and any(column.header == CUSTOMER for column in block.columns)


def read_report(file: Path, *, customers: bool) -> tuple[Report, bytes]:
    """A workbook that lgs-excel wrote: what a mail says of it (the Summary, and every sheet's charts), and its bytes.

    Raises DeliveryError where it is none, and where it lists customers and `customers` doesn't allow that.
    """
    if file.suffix.lower() != SUFFIX:
        raise DeliveryError(
            f"{file} is not a {SUFFIX} file; mail filters take others, such as workbooks with macros, away. Make one "
            "with `lgs-excel report --out FILE.xlsx`, or leave --report out."
        )
    book, content = _open(file)
    if not customers and any(CUSTOMER in table.column_names for sheet in book for table in sheet.tables.values()):
        raise DeliveryError(
            f"{file} lists customers. Say --with-customers to mail it all the same, or leave --report out: the report "
            "is then made without them."
        )
    properties = {one.name: str(one.value or "") for one in book.custom_doc_props.props}
    facts = {name: properties.get(f"{FACT_PREFIX}{name}") for name in FACTS}
    if SUMMARY not in book.sheetnames or None in facts.values():
        raise _no_report(file)
    try:
        report = Report(
            title=book.properties.title or "",
            company=book.properties.creator or "",
            made_at=book.properties.created or datetime.min,  # noqa: DTZ901 - of a file without one, and only shown
            sheets=tuple(map(_sheet, book)),
            facts={name: text or "" for name, text in facts.items()},
        )
    except ValueError as error:
        raise _no_report(file) from error
    return report, content


def _open(file: Path) -> tuple[Any, bytes]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        content = file.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl would not write again: nothing is written
            return load_workbook(BytesIO(content)), content
    except OSError as error:
        raise DeliveryError(f"{file} can't be read: {error.strerror or error}. Name a report that is there.") from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise _no_report(file) from error


def _no_report(file: Path) -> DeliveryError:
    return DeliveryError(
        f"{file} is not a report of lgs-excel, or of an earlier version. Make it anew with "
        f"`lgs-excel report --out {file}`."
    )


def _sheet(sheet: ExcelSheet) -> Sheet:
    told = [str(sheet.cell(row, 1).value or "") for row in (1, 2, 3)]
    blocks = [*_charts(sheet), *(_summary_blocks(sheet) if sheet.title == SUMMARY else ())]
    return Sheet(sheet.title, told[1], told[2], tuple(blocks))


def _charts(sheet: ExcelSheet) -> Iterator[Chart]:
    for image in sheet._images:  # noqa: SLF001 - openpyxl has no other way to a sheet's pictures
        about = image.anchor.pic.nvPicPr.cNvPr
        yield Chart(about.name, about.descr or "", image._data(), image.width // 2, image.height // 2)  # noqa: SLF001


def _summary_blocks(sheet: ExcelSheet) -> Iterator[Block]:
    """The headline figures, and the lines of "What changed"."""
    if HEADLINES in sheet.tables:
        header, *rows = sheet[sheet.tables[HEADLINES].ref]
        columns = tuple(Column(str(cell.value), Kind.TEXT) for cell in header)
        yield Table(HEADLINES, columns, tuple(tuple(map(_cell, row)) for row in rows))
    yield Note(THIS_WEEK, Mark.HEADING)
    yield from _tasks(sheet)
    cells = iter([row[0] for row in sheet.iter_rows(min_row=4)])
    if any(cell.value == CHANGED for cell in cells):
        yield Note(CHANGED, Mark.HEADING)
        yield from map(Note, _sentences(cells))


def _tasks(sheet: ExcelSheet) -> Iterator[Note]:
    """The lines of "This week": pounds, and what to do."""
    rows = iter(list(sheet.iter_rows(min_row=4, max_col=2)))
    if any(row[0].value == THIS_WEEK for row in rows):
        for money, task in rows:
            if not task.value:
                break
            yield Note(str(money.value), detail=str(task.value))


def _sentences(cells: Iterator[Any]) -> Iterator[str]:
    """Lines up to the first that is blank or a heading, those that were wrapped joined again."""
    sentence = ""
    for cell in cells:
        if cell.value is None or cell.font.bold:
            break
        sentence = f"{sentence} {cell.value}".strip()
        if sentence.endswith((".", "!", "?")):
            yield sentence
            sentence = ""
    if sentence:
        yield sentence


def _cell(cell: Any) -> Cell:
    value = cell.value.date() if isinstance(cell.value, datetime) else cell.value
    if not isinstance(value, str | int | float | date | None):
        raise ValueError(f"{value!r} is no value of a report")  # noqa: TRY004 - of a file, not of a caller
    return Cell(value, _KINDS.get(_MONEY.sub(_IN_POUNDS, cell.number_format), Kind.NUMBER))
