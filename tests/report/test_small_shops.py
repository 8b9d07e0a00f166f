"""Shops that have hardly anything: every sheet says something sensible of them."""

import re

import pytest

from lgs_excel.pipeline import make_report
from lgs_excel.report.model import Note
from tests.analytics.small_shop import Line, fill

MONTHS = [f"2011-{month:02}-10 10:00" for month in range(1, 13)]
SHOPS = {
    "one line": [Line("1", MONTHS[0])],
    "one customer": [Line(f"{number}", day) for number, day in enumerate(MONTHS)],
    "all given back": [
        line
        for number, day in enumerate(MONTHS)
        for line in (Line(f"{number}", day), Line(f"C{number}", day, quantity=-1))
    ],
    "nothing but cancellations": [Line(f"C{number}", day, quantity=-1) for number, day in enumerate(MONTHS)],
    "nobody known": [Line(f"{number}", day, None) for number, day in enumerate(MONTHS)],
    "one day": [Line(f"{number}", MONTHS[5], f"{number}") for number in range(30)],
    "charges alone": [Line(f"{number}", day, stock_code="POST") for number, day in enumerate(MONTHS)],
}
NO_WORDS = re.compile(r"\b(nan|None(?! of)|inf|NaT)\b")


def texts(report):
    """Every text that a reader sees."""
    for sheet in report:
        yield from (sheet.title, sheet.finding, sheet.coverage)
        yield from (block.text + block.detail for block in sheet.blocks if isinstance(block, Note))
        yield from (chart.message for chart in sheet.charts)
        cells = (getattr(value, "value", value) for table in sheet.tables for row in table.rows for value in row)
        yield from (cell for cell in cells if isinstance(cell, str))


@pytest.mark.parametrize("shop", SHOPS)
def test_no_text_speaks_of_a_figure_that_is_not_there(warehouse, settings, shop):
    fill(warehouse, SHOPS[shop])
    report = make_report(settings)
    assert not [text for text in texts(report) if NO_WORDS.search(text)]
    assert not report.facts["checks"].startswith("0 ")
    assert report.facts["failed"] == "0"


def test_the_sheet_rfm_names_the_segment_that_there_is(warehouse, settings):
    fill(warehouse, SHOPS["one customer"])
    (rfm,) = (sheet for sheet in make_report(settings) if sheet.title == "RFM")
    assert rfm.finding == "Need Attention: 100.0% of customers, 100.0% of sales."
