"""How often a refresh calls Excel: each call is a round trip between two processes, of a millisecond or more."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lgs_excel.addin.workbook_sources import RECORD, WORKBOOK, source_folder
from lgs_excel.pipeline import make_report
from lgs_excel.report.inputs import Inputs
from lgs_excel.warehouse.filters import Filters
from lgs_excel.writers import live
from tests.libreoffice.calls import CALLS
from tests.report.sample_reports import MADE_AT, report, sheet, table
from tests.writers.compare import differences
from tests.writers.test_conformance import but_for_widths, real_settings, titles

__all__ = ["real_settings"]
# Of 22 sheets; the country, the months or both.
FIRST_FILL, NOTHING_NEW, OTHER_FILTER, BOTH_FILTERS, ONE_SHEET = 2_300, 300, 1_500, 1_900, 60


@pytest.fixture(scope="module")
def reports(real_settings):
    """Reports of the real sales by what they are filtered to."""
    filters = {
        "all": Filters(),
        "Germany": Filters(countries=("Germany",)),
        "to October": Filters(to_month=date(2011, 10, 1)),
        "both": Filters(countries=("Germany",), from_month=date(2011, 3, 1), to_month=date(2011, 9, 1)),
    }
    made = {
        name: make_report(real_settings, chosen, made_at=MADE_AT, inputs=Inputs()) for name, chosen in filters.items()
    }
    return made | {"an hour later": make_report(real_settings, made_at=MADE_AT + timedelta(hours=1), inputs=Inputs())}


def calls_of_refresh(made, book):
    CALLS.count = 0
    live.refresh(made, book, shipped=source_folder() / RECORD)
    return CALLS.count


def test_the_calls_of_a_day_with_the_real_report(open_book, reports):
    book = open_book(source_folder() / WORKBOOK)
    assert calls_of_refresh(reports["all"], book) <= FIRST_FILL
    assert calls_of_refresh(reports["an hour later"], book) <= NOTHING_NEW
    for name in ("Germany", "all", "to October", "all"):
        assert calls_of_refresh(reports[name], book) <= OTHER_FILTER, name
    for name in ("both", "to October"):
        assert calls_of_refresh(reports[name], book) <= BOTH_FILTERS, name
        assert but_for_widths(differences(book, open_book(reports[name]), titles(reports[name]))) == []
    book.sheets["Sales"].activate()
    october = reports["to October"]
    sales = replace(october, sheets=tuple(one for one in october if one.title == "Sales"))
    assert calls_of_refresh(sales, book) <= ONE_SHEET


def shop(rows=4, value=1):
    return report(replace(sheet(table("lgs_Upper", rows=rows), title="Shop"), finding=f"There are {value}."))


def test_without_a_record_a_refresh_is_right_and_the_next_one_is_quick(open_book, tmp_path):
    book = open_book(shop())
    slow = calls_of_refresh(shop(value=2), book)
    quick = calls_of_refresh(shop(value=3), book)
    assert quick < slow / 2
    assert differences(book, open_book(shop(value=3))) == []
    for file in (tmp_path / "cache").rglob("*.json"):
        file.write_text("{}")
    calls_of_refresh(shop(value=4), book)
    assert differences(book, open_book(shop(value=4))) == []


@pytest.mark.parametrize("text", ["17", "=1+1", "typed over"])
def test_a_cell_that_was_typed_over_is_written_again(open_book, text):
    book = open_book(shop())
    live.refresh(shop(), book)
    book.sheets["Shop"]["A6"].value = text
    live.refresh(shop(), book)
    assert differences(book, open_book(shop())) == []


def test_a_picture_that_was_deleted_comes_back(open_book, reports):
    sales = replace(reports["all"], sheets=tuple(one for one in reports["all"] if one.title == "Sales"))
    book = open_book(sales)
    live.refresh(sales, book)
    (picture,) = book.sheets["Sales"].pictures
    name = picture.name
    picture.delete()
    live.refresh(sales, book)
    assert [one.name for one in book.sheets["Sales"].pictures] == [name]


def test_a_record_that_was_tampered_with_is_not_believed(open_book, tmp_path):
    book = open_book(shop())
    live.refresh(shop(), book)
    (file,) = (tmp_path / "cache").rglob("*.json")
    file.write_text(file.read_text().replace("#12436D", "#FF0000"))
    live.refresh(shop(rows=6), book)
    assert differences(book, open_book(shop(rows=6))) == []
