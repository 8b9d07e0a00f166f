"""The report without figures: the same sheets as any report has, for a workbook that has not been refreshed yet.

It is what the reports of two made-up shops, of different sizes and months, have in common: a text, a column or a table
that is the same in both says nothing of a shop. So it follows whatever sheets a report has.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lgs_excel.addin.build.start_sheet import COVERAGE, begin, start_sheet
from lgs_excel.analytics.catalogue import Options
from lgs_excel.campaigns.result import results_table
from lgs_excel.pipeline import make_demo, make_report
from lgs_excel.report.layout import Layout, lay_out
from lgs_excel.report.model import Block, Chart, Note, Report, Sheet, Table
from lgs_excel.report.sheets.campaigns import campaigns_sheet
from lgs_excel.report.sheets.customer import HOW, empty_customer_sheet
from lgs_excel.report.sheets.definitions import with_ways
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.report.sheets.summary import SUMMARY
from lgs_excel.settings import Settings
from lgs_excel.warehouse.filters import Filters, parse_filters

MADE_AT = datetime(2020, 1, 1)  # the same bytes, whenever it is built
# Large enough for every list to be longer than a page; the second shop is seen for other months, too.
_SHOPS = ((0.03, Filters()), (0.04, parse_filters(from_month="2024-02", to_month="2025-08")))


def template() -> Report:
    """The report without figures, with the sheet Settings and a first page that says how to begin."""
    one, other = (_report_of(scale, filters) for scale, filters in _SHOPS)
    others = {sheet.title: sheet for sheet in other}
    sheets = [
        start_sheet(sheet) if sheet.title == SUMMARY else _common(sheet, others[sheet.title])
        for sheet in one
        if sheet.title in others
    ]
    customer, campaigns = empty_customer_sheet("", HOW, COVERAGE), campaigns_sheet(results_table(()), {}, COVERAGE)
    *figures, checks, definitions = sheets
    settings = settings_sheet(Filters(), Options(), (), COVERAGE, Settings())
    customer, campaigns, settings = (with_ways(sheet, definitions) for sheet in (customer, campaigns, settings))
    every = (*figures, customer, campaigns, checks, definitions, settings)
    return replace(one, sheets=every, made_at=MADE_AT, facts={})


def _report_of(scale: float, filters: Filters) -> Report:
    # Not this user's settings: the template is the same on every machine.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = replace(Settings(), warehouse_url=f"duckdb:///{Path(folder, 'shop.duckdb').as_posix()}")
        make_demo(settings, scale)
        return make_report(settings, filters, made_at=MADE_AT)


def _common(sheet: Sheet, other: Sheet) -> Sheet:
    """What both have; widths, pages and places as in the first."""
    layout = lay_out(sheet)
    blocks = tuple(found for block in sheet.blocks if (found := _common_block(block, other, layout)))
    finding = sheet.finding if sheet.finding == other.finding else begin()
    return replace(sheet, finding=finding, coverage=COVERAGE, blocks=blocks, pages=layout.pages_down)


def _common_block(block: Block, other: Sheet, layout: Layout) -> Block | None:
    if isinstance(block, Note):
        return block if block in other.blocks else Note("")
    if isinstance(block, Chart):
        return replace(block, message="", png=b"")
    found = next((table for table in other.tables if table.name == block.name), None)
    return _common_table(block, found, layout) if found else None


def _common_table(table: Table, other: Table, layout: Layout) -> Table:
    """The columns that both have, as wide as the data need; and the rows, if they are the same in all."""
    headers = [column.header for column in other.columns]
    columns = tuple(
        replace(column, width=layout.widths[number])
        for number, column in enumerate(table.columns, 1)
        if column.header in headers
    )
    same = table.rows == other.rows and len(columns) == len(table.columns)
    caption = table.caption if table.caption == other.caption else " "  # a line all the same
    return replace(table, columns=columns, rows=table.rows if same else (), caption=caption)
