"""What to do this week, and the tiles, as the workbook shows them."""

from datetime import date

import pandas as pd
import pytest

from lgs_excel.analytics.this_week import DEFINITION, RULES
from lgs_excel.report.chart_style import load_style
from lgs_excel.report.context import Context
from lgs_excel.report.findings.this_week import OF_WHAT, stake_text, task_text
from lgs_excel.report.findings.tiles import MONTHS, tiles_message, tiles_of
from lgs_excel.report.model import Cell
from lgs_excel.report.sheets.this_week import this_week_sheet
from lgs_excel.warehouse.snapshot import Period
from tests.report import test_charts as made
from tests.report.sample_reports import MADE_AT

FIRST = date(2011, 11, 1)
CONTEXT = Context(
    "Shop", Period(FIRST, FIRST, FIRST, made.THROUGH, date(2011, 12, 10)), "none", None, MADE_AT, load_style()
)
CALL = ("call", "Call 64 customers", 64, 1234.56, None, 8, "RFM Customers")
MAIL = ("season", "Mail for Christmas", 162, 900.0, "2011-08-02", None, "Season calendar")


def tasks(*rows):
    frame = pd.DataFrame(rows, columns=[*DEFINITION.columns])
    return frame.astype({"by": "datetime64[s]", "new": "Int64", "money": "float64"})


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (CALL, "Call 64 customers; 8 new since last week"),
        ((*CALL[:5], 0, "RFM Customers"), "Call 64 customers; the same as last week"),
        (MAIL, "Mail for Christmas; by 2 Aug 2011"),
    ],
)
def test_a_line_says_by_when_and_how_many_are_new(row, text):
    assert task_text(tasks(row).iloc[0]) == text


def test_every_rule_says_of_what_its_money_is():
    assert list(OF_WHAT) == [rule.__name__.strip("_") for rule in RULES]
    assert [stake_text(tasks(row).iloc[0]) for row in (CALL, MAIL)] == ["£1,235 spent in 12 months", "£900 last time"]


def test_the_sheet_links_to_the_lists_and_leaves_out_what_says_nothing():
    sheet = this_week_sheet(tasks(CALL), CONTEXT)
    (table,) = sheet.tables
    assert [column.header for column in table.columns] == [
        "What to do", "At stake", "Of what", "How many", "New in a week", "List on",
    ]  # fmt: skip
    assert table.rows[0][-1] == Cell("RFM Customers", link="RFM Customers")
    assert sheet.finding == "1 thing to do, what is at stake most first: Call 64 customers (£1,235 spent in 12 months)."
    both = this_week_sheet(tasks(CALL, MAIL), CONTEXT).tables[0]
    assert [column.header for column in both.columns][-2:] == ["By", "List on"]


def test_a_week_without_anything_has_no_table():
    sheet = this_week_sheet(tasks(), CONTEXT)
    assert (sheet.tables, sheet.finding) == ((), "Nothing stands out this week.")


def test_tiles_show_the_month_and_its_change_on_the_month_before():
    shown, month = made.tiles(20)
    assert [tile.name for tile in shown] == ["Net sales", "Orders placed", "Active customers", "Gross sales per order"]
    assert (shown[0].value, len(shown[0].line)) == ("£5,000", MONTHS)
    assert shown[0].change == pytest.approx(5 / 4 - 1)
    assert tiles_message(shown, month).startswith(
        f"{month:%B %Y}, and its change on the month before: net sales £5,000 (+25.0%), orders placed 29 (+3.6%),"
    )


def test_a_month_without_one_before_has_no_change():
    (net, *_), _ = made.tiles(1)
    assert net.text == "net sales £1,000"
    assert len(net.line) == 1


def test_a_figure_that_is_nought_in_every_month_has_no_tile():
    frame = pd.DataFrame({"month": made.months(3), "net": [1.0, 2.0, 3.0], "gross": 4.0, "placed": 0, "active": 0})
    assert [tile.name for tile in tiles_of(frame, made.months(3)[-1].date())] == ["Net sales"]
