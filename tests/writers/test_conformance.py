"""One report through both writers: the same cells, formats, tables, pictures, names and links."""

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from lgs_excel.addin.workbook_sources import WORKBOOK, source_folder
from lgs_excel.pipeline import make_report
from lgs_excel.report.inputs import Inputs
from lgs_excel.report.model import Column, Kind, Mark, Note, Table
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.schema import retail
from lgs_excel.writers import live
from tests.conftest import settings_for
from tests.libreoffice.state import state
from tests.report.sample_reports import MADE_AT, chart, report, sheet, table, trap_report
from tests.writers.compare import differences

MINE = sheet(table("lgs_Mine"), title="Mine")


@pytest.fixture(scope="module")
def real_settings(real_data, new_url):
    """Settings with the real sales in DuckDB."""
    settings = settings_for(new_url("duckdb"))
    warehouse = open_warehouse(settings)
    with warehouse.writing() as connection:
        retail.create(connection)
    with duckdb.connect(str(warehouse.file)) as connection:
        connection.execute(
            "INSERT INTO retail SELECT InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, "
            f"CustomerID, Country FROM read_parquet('{real_data.as_posix()}')"
        )
    return settings


@pytest.fixture(scope="module")
def real(real_settings):
    """The report of the real sales."""
    return make_report(real_settings, made_at=MADE_AT, inputs=Inputs())


@pytest.fixture(scope="module")
def germany(real_settings):
    """Another one: fewer rows, other months."""
    filters = Filters(countries=("Germany",), from_month=date(2011, 3, 1), to_month=date(2011, 9, 1))
    return make_report(real_settings, filters, made_at=MADE_AT, inputs=Inputs())


def titles(made):
    return {one.title for one in made}


def test_traps_into_a_book_that_has_none_of_the_sheets(open_book):
    book = open_book(report(MINE))
    live.refresh(trap_report(), book)
    assert differences(book, open_book(trap_report()), titles(trap_report())) == []


def test_the_real_report_into_a_book_that_has_none_of_the_sheets(open_book, real):
    book = open_book(report(MINE))
    live.refresh(real, book)
    assert differences(book, open_book(real), titles(real)) == []


def test_a_refresh_with_a_filter_and_one_without_again(open_book, real, germany):
    book = open_book(real)
    live.refresh(germany, book)
    assert but_for_widths(differences(book, open_book(germany))) == []
    live.refresh(real, book)
    assert but_for_widths(differences(book, open_book(real))) == []


def but_for_widths(found):
    """Widths are the reader's, once a sheet is there, and places of pictures follow from them."""
    return [line for line in found if " widths " not in line and " pictures " not in line]


def shaped(rows, columns, notes, title="First"):
    """A sheet whose tables have some rows and columns, with notes above them."""
    upper = Table(
        "lgs_Upper",
        tuple(Column(f"Column {columns - i}", Kind.COUNT if i else Kind.TEXT) for i in range(columns)),
        tuple(tuple(f"row {r}" if c == 0 else r * c for c in range(columns)) for r in range(rows)),
        caption="Upper",
    )
    above = (Note(f"Note {i}", Mark.GOOD if i % 2 else Mark.QUIET, link="Mine") for i in range(notes))
    return sheet(*above, upper, chart(), Note("Between"), table("lgs_Lower", rows=max(0, 5 - rows)), title=title)


SHAPES = [(3, 3, 0), (1, 3, 2), (12, 4, 1), (0, 1, 3), (5, 2, 0), (2, 3, 4)]


def test_tables_that_grow_shrink_and_move(open_book):
    book = open_book(report(shaped(*SHAPES[-1]), MINE))
    for shape in SHAPES:
        made = report(shaped(*shape), MINE)
        live.refresh(made, book)
        assert not (found := but_for_widths(differences(book, open_book(made)))), (shape, *found[:9])


def test_the_same_report_again_changes_nothing(open_book, real):
    book = open_book(real)
    live.refresh(real, book)
    assert differences(book, open_book(real)) == []


def test_the_macro_workbook_filled_the_first_time_and_a_second_time(open_book, real):
    """The template, as it is shipped; only tables of rows that LibreOffice takes long for are left out."""
    quick = replace(real, sheets=tuple(one for one in real if not one.title.startswith("RFM")))
    book = open_book(source_folder() / WORKBOOK)
    live.refresh(quick, book)
    expected = state(open_book(quick).api)
    assert but_for_widths(differences(book, expected, titles(quick))) == []
    live.refresh(quick, book)
    assert but_for_widths(differences(book, expected, titles(quick))) == []
