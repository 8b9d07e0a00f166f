"""What the ribbon's buttons do: each reads what is asked for, calls, and hands over."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from lgs_excel import __version__, pipeline
from lgs_excel.addin.background import Say
from lgs_excel.addin.button_context import ButtonContext, button, log_file, unchecked
from lgs_excel.addin.cache import CACHE
from lgs_excel.addin.cell_values import text_in
from lgs_excel.addin.settings_sheet import customer_in, keep_shop_settings, named, read_inputs, read_settings_sheet
from lgs_excel.addin.workbook_sources import RECORD, source_folder
from lgs_excel.analytics.catalogue import Options
from lgs_excel.errors import InputError, WorkbookError
from lgs_excel.report.model import Cell, Report, Value
from lgs_excel.report.sheets.campaigns import TITLE as CAMPAIGNS
from lgs_excel.report.sheets.customer import HOW, NUMBER
from lgs_excel.report.sheets.customer import TITLE as CUSTOMER
from lgs_excel.settings import load_settings
from lgs_excel.warehouse.filters import Filters
from lgs_excel.writers import headless, live

if TYPE_CHECKING:
    from lgs_excel.campaigns.plan import Request

# What a board reads, a page each.
BOARD_PACK = ("Summary", "This week", "Sales", "Forecast", "Customers", "RFM", "Products")
_NUMBER = re.compile(r"[\w.-]*\d[\w.-]*")  # what may be a customer's


@button
def refresh_all(context: ButtonContext) -> None:
    """Fill the workbook anew."""
    _refresh(context)


@button
def refresh_sheet(context: ButtonContext) -> None:
    """Fill the sheet in front anew."""
    title = context.book.sheets.active.name
    if title == CUSTOMER:
        _show_customer(context, customer_in(named(context.book, NUMBER)))
    elif title == CAMPAIGNS:
        _show_campaigns(context)
    else:
        _refresh(context, only=title)


@button
def look_up_customer(context: ButtonContext) -> None:
    """Fill the sheet Customer: of the number in the selected cell, else of that in its yellow cell."""
    selected = "" if context.book.sheets.active.name == CUSTOMER else customer_in(_selected(context))
    number = selected if _NUMBER.fullmatch(selected) else customer_in(named(context.book, NUMBER))
    _show_customer(context, number)


@button
def make_campaign(context: ButtonContext) -> str | None:
    """Make the lists of the campaign that the cells of the sheet Campaigns ask for, once the reader agrees."""
    from lgs_excel.addin.campaign_form import campaign_request

    request, folder, tool = campaign_request(read_inputs(context.book).campaign, context.path_for(".").absolute())
    files = _make_campaign(context, request, folder, tool)
    if not files:
        return None
    _show_campaigns(context)
    return "\n".join(f"Wrote {file}." for file in files)


@button
def show_campaigns(context: ButtonContext) -> None:
    """Fill the sheet Campaigns: what each brought."""
    _show_campaigns(context)


@button
def drop_campaign(context: ButtonContext) -> str | None:
    """Forget the campaign whose name the selected cell has, with its result, once the reader agrees."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger

    name, ledger = text_in(_selected(context)), default_campaign_ledger()
    if not name:
        raise InputError("Select the name of a campaign on the sheet Campaigns, and click again.")
    campaign = ledger.campaign(name)
    if not context.agrees(f"Forget the campaign {campaign.name} and its result? Its lists stay in {campaign.folder}."):
        return None
    ledger.drop(campaign.name)
    _show_campaigns(context)
    return f"Dropped {campaign.name}."


@button
def export_segment(context: ButtonContext, segment: str) -> str:
    """Write a segment's customers into a workbook of their own, and open it."""
    asked_for = read_settings_sheet(context.book)
    settings = load_settings()
    customers = context.listening(lambda say: pipeline.make_customer_list(settings, *asked_for, say=say))
    report = _segment(customers, segment)
    out = context.path_for(f"LGS {segment} {datetime.now():%Y-%m-%d %H%M}.xlsx")  # noqa: DTZ005 - the reader's own clock
    headless.write(report, out)
    context.book.app.books.open(str(out))
    return f"Wrote {out}."


@button
def mail(context: ButtonContext) -> str:
    """Mail the report to those who are to have it and have not."""
    delivery = pipeline.send_report(_report(context), load_settings(), say=context.say)
    delivery.check()
    return "\n".join(delivery.sentences)


@button
def save_pdf(context: ButtonContext) -> str:
    """Save the sheets for the board as a PDF beside the workbook, a page each."""
    out = context.path_for(f"{context.book.name.rpartition('.')[0] or context.book.name}.pdf")
    there = context.book.sheet_names
    context.book.to_pdf(str(out), include=[title for title in BOARD_PACK if title in there])
    return f"Wrote {out}."


@button
def save_copy(context: ButtonContext) -> str:
    """Write the same report as a workbook without macros, beside this one."""
    out = context.path_for(f"{context.book.name.rpartition('.')[0] or context.book.name}.xlsx")
    headless.check_target(out)
    headless.write(_report(context), out)
    return f"Wrote {out}: the figures of now, without macros."


@unchecked
def check_setup(context: ButtonContext) -> str:
    """Say what is wrong with the set-up, and what mends it."""
    from lgs_excel.doctor import Level, as_text, examine

    findings = examine(context.book.fullname)
    wanting = tuple(finding for finding in findings if finding.level is not Level.OK)
    return as_text(wanting) if wanting else f"All {len(findings)} checks of the set-up pass."


@unchecked
def open_log(_: ButtonContext) -> str | None:
    """Open the log in the program that opens text files here."""
    if sys.platform == "win32":
        os.startfile(log_file())  # noqa: S606 - our own file, by the program that the user chose for it
        return None
    if sys.platform == "darwin":
        subprocess.run(["/usr/bin/open", log_file()], check=False)  # noqa: S603 - as above
        return None
    return f"The log is {log_file()}."


@unchecked
def about(_: ButtonContext) -> str:
    """Say which versions these are."""
    return (
        f"LGS Analytics {__version__}, with xlwings {version('xlwings')} and Python {sys.version.split()[0]} "
        f"({sys.executable}).\n\nLog: {log_file()}"
    )


def refresh(
    book: xw.Book,
    filters: Filters,
    options: Options,
    *,
    say: Say,
    cancelled: Callable[[], bool] = lambda: False,
    listening: Callable[[Callable[[Say], Report]], Report] | None = None,
    only: str | None = None,
    warehouse: str | None = None,
) -> Report:
    """Fill `book` anew, or its sheet `only`; the report that it now shows. Worksheet functions read the warehouse anew.

    listening: does what takes long and does not touch Excel, unless it is to be done plainly. Raises InputError for a
    sheet that is none of the report's, and what live.refresh raises.
    """
    keep_shop_settings(book)
    settings = load_settings(warehouse_url=warehouse)

    def make(say: Say) -> Report:
        return pipeline.make_report(settings, filters, options, say=say, inputs=inputs)

    inputs = read_inputs(book)
    report = listening(make) if listening else make(say)
    shown = report if only is None else _only(report, only)
    live.refresh(shown, book, say=say, cancelled=cancelled, shipped=source_folder() / RECORD)
    CACHE.forget()
    return report


def open_book(name: str | None) -> xw.Book:
    """The open workbook of this name, or the only one that is ours. Raises WorkbookError if there is none, or several.

    name: a file's name, or its path.
    """
    try:
        books = [book for app in xw.apps for book in app.books]
    except xw.XlwingsError as error:
        raise WorkbookError(
            "There is no Excel here: it runs on Windows and macOS. Make a file instead: lgs-excel report --out X.xlsx."
        ) from error
    ours = [book for book in books if (_is(book, name) if name else "lgs_Country" in book.names)]
    if len(ours) == 1:
        return ours[0]
    names = ", ".join(book.name for book in books) or "none"
    asked_for = f"{name!r} is" if name else "A workbook with a Settings sheet is"
    if ours:
        raise WorkbookError(
            f"Several open workbooks fit ({', '.join(book.name for book in ours)}). Say which: --book NAME."
        )
    raise WorkbookError(
        f"{asked_for} not open in Excel. Open workbooks: {names}. Open it, or name another with --book."
    )


def _is(book: xw.Book, name: str) -> bool:
    return name.casefold() in {book.name.casefold(), str(book.fullname).casefold()}


def _refresh(context: ButtonContext, only: str | None = None) -> None:
    refresh(
        context.book, *read_settings_sheet(context.book), say=context.say, cancelled=context.cancelled,
        listening=context.listening, only=only,
    )  # fmt: skip


def _selected(context: ButtonContext) -> Value:
    """What the first cell of the selection holds; None where none is selected."""
    selection = context.book.selection
    return selection[0, 0].value if selection else None


def _show_customer(context: ButtonContext, number: str) -> None:
    if not number:
        raise InputError(f"{HOW} Or select a cell with a number, on any sheet, before you click it.")
    settings, (filters, _) = load_settings(), read_settings_sheet(context.book)
    _show(context, context.listening(lambda say: pipeline.make_customer_page(settings, number, filters, say=say)))


def _make_campaign(context: ButtonContext, request: Request, folder: Path, tool: str) -> tuple[Path, ...]:
    """The lists; none where the reader, told what can be learnt, does not agree."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.new import prepare_campaign, write_campaign

    settings, ledger, (filters, _) = load_settings(), default_campaign_ledger(), read_settings_sheet(context.book)
    plan = context.listening(lambda say: prepare_campaign(settings, filters, ledger, request, say))
    remarks = "\n".join(plan.remarks)
    if not context.agrees(f"{request.name}: {plan.chosen}.\n\n{remarks}\n\nWrite the lists to {folder}?"):
        return ()
    return write_campaign(settings, ledger, plan, folder, tool)


def _show_campaigns(context: ButtonContext) -> None:
    settings, inputs = load_settings(), read_inputs(context.book)
    _show(context, context.listening(lambda say: pipeline.make_campaigns(settings, inputs, say=say)))


def _show(context: ButtonContext, report: Report) -> None:
    """Fill the only sheet of `report`, and go there."""
    live.refresh(
        report, context.book, say=context.say, cancelled=context.cancelled, shipped=source_folder() / RECORD
    )  # fmt: skip
    context.book.sheets[report.sheets[0].title].activate()


def _report(context: ButtonContext) -> Report:
    settings, (filters, options) = load_settings(), read_settings_sheet(context.book)
    asked_for = pipeline.with_stock(options, read_inputs(context.book))
    return context.listening(lambda say: pipeline.make_report(settings, filters, asked_for, say=say))


def _only(report: Report, title: str) -> Report:
    sheets = tuple(sheet for sheet in report if sheet.title == title)
    if not sheets:
        titles = ", ".join(sheet.title for sheet in report)
        raise InputError(f"{title!r} is not a sheet of the report. Go to one of these and click again: {titles}.")
    return replace(report, sheets=sheets)


def _segment(report: Report, segment: str) -> Report:
    """A report of one sheet: the customers of a segment."""
    sheet = report.sheets[0]
    table = sheet.tables[0]
    place = [column.header for column in table.columns].index("Segment")
    rows = tuple(row for row in table.rows if _plain(row[place]) == segment)
    if not rows:
        raise InputError(f"No customer is in the segment {segment!r} with these filters. Choose another segment.")
    said = f"{len(rows):,} customers of the segment {segment}."
    only = replace(sheet, finding=said, blocks=(replace(table, rows=rows),))
    return replace(report, title=f"{report.title}: {segment}", sheets=(only,))


def _plain(value: Value | Cell) -> Value:
    return value.value if isinstance(value, Cell) else value
