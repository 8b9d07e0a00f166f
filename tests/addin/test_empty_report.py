"""The workbook without figures: as a report, but for what the figures say."""

import re
from datetime import datetime

import pytest

from lgs_excel.addin.build.empty_report import template
from lgs_excel.loading.load import load_demo
from lgs_excel.pipeline import make_report
from lgs_excel.report.inputs import Inputs
from lgs_excel.report.layout import lay_out
from lgs_excel.warehouse.connect import open_warehouse
from tests.conftest import settings_for


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A report of another shop than those that the template is made from."""
    settings = settings_for(f"duckdb:///{(tmp_path_factory.mktemp('shop') / 'shop.duckdb').as_posix()}")
    load_demo(open_warehouse(settings), scale=0.05)
    return make_report(settings, made_at=datetime(2026, 1, 5), inputs=Inputs())


def texts(sheet):
    return [str(cell.value) for cell in lay_out(sheet).cells if cell.value is not None]


def test_it_has_the_sheets_of_a_report_in_the_same_order(empty_report, filled):
    assert [sheet.title for sheet in empty_report] == [sheet.title for sheet in filled]
    assert empty_report.sheets[-1].title == "Settings"


def test_it_has_the_tables_of_a_report_with_the_same_headers(empty_report, filled):
    for sheet, like in zip(empty_report, filled, strict=True):
        assert [table.name for table in sheet.tables] == [table.name for table in like.tables]
        for table, other in zip(sheet.tables, like.tables, strict=True):
            if table.name != "lgs_Headlines":  # whose headers are months
                assert [c.header for c in table.columns] == [c.header for c in other.columns]


def test_it_is_set_up_as_a_report_is(empty_report, filled):
    for sheet, like in zip(empty_report, filled, strict=True):
        layout, other = lay_out(sheet), lay_out(like)
        assert sheet.landscape == like.landscape
        assert layout.frozen_rows == other.frozen_rows, sheet.title
        assert layout.pages_down == other.pages_down, sheet.title
        assert set(layout.widths) == set(other.widths), sheet.title


def test_a_column_is_as_wide_as_for_figures(empty_report):
    sales = next(sheet for sheet in empty_report if sheet.title == "Sales")
    assert lay_out(sales).widths[2] >= len("Gross sales") + 3


def test_it_says_nothing_of_the_shops_that_it_is_made_from(empty_report):
    for sheet in empty_report:
        if sheet.title not in {"Definitions", "Settings", "Summary", "Customer", "Campaigns"}:
            assert not any(table.rows for table in sheet.tables), sheet.title
        said = " ".join([sheet.finding, sheet.coverage, *texts(sheet)])
        assert "pass" not in said or sheet.title == "Definitions"
        assert not re.search(r"£\d|\b(2023|2024|2025)\b", said), sheet.title
        assert not any(chart.png for chart in sheet.charts)


def test_definitions_are_all_there(empty_report, filled):
    one, other = (next(s for s in made if s.title == "Definitions") for made in (empty_report, filled))
    assert one.tables[0].rows == other.tables[0].rows
    assert one.finding == other.finding


def test_the_first_page_says_how_to_begin(empty_report):
    said = texts(empty_report.sheets[0])
    assert said[1] == "No figures yet: click Refresh all on the ribbon’s tab LGS Analytics."
    for words in ("Refresh all", "macros are blocked", "Unblock", "trusted location", "lgs-excel install", "doctor"):
        assert any(words in line for line in said), words


def test_no_filter_is_set(empty_report):
    rows = {row[0]: getattr(row[1], "value", row[1]) for row in empty_report.sheets[-1].tables[0].rows}
    assert [rows[name] for name in ("Country", "From", "To", "As of")] == [None] * 4
    assert (rows["RFM scores"], rows["Products by"]) == ("default", "revenue")


def test_it_is_the_same_each_time(empty_report):
    assert template() == empty_report
