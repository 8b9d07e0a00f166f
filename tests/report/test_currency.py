"""A shop that trades in another currency: every amount has its sign, and no word speaks of pounds."""

import re

import openpyxl
import pytest

from lgs_excel.delivery.attachment import read_report
from lgs_excel.delivery.digest import digest
from lgs_excel.pipeline import write_report
from tests.analytics.small_shop import Line, fill
from tests.conftest import settings_for

LINES = [
    Line(f"{number}", f"2011-{month:02}-10 10:00", f"{number % 9}", quantity=number % 5 + 1)
    for number, month in enumerate((month for month in range(1, 13) for _ in range(8)), 536_365)
]
OURS = re.compile("£|\\bpounds?\\b|\\bpenny\\b")


@pytest.fixture
def in_euro(warehouse):
    """Settings of a shop in euro, one of whose products has a £ in its name."""
    fill(warehouse, [*LINES, Line("600000", "2011-12-11 10:00", "1", stock_code="22424", description="VOUCHER £40")])
    return settings_for(warehouse.url.render_as_string(hide_password=False), currency="€")


def test_every_amount_has_its_sign(in_euro, tmp_path):
    out = tmp_path / "report.xlsx"
    made = write_report(out, in_euro)
    book = openpyxl.load_workbook(out)
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)} | {
        chart.message for page in made for chart in page.charts
    }
    assert {text for text in texts if OURS.search(text)} == {"Voucher £40"}
    assert any("€" in text for text in texts)
    codes = {cell.number_format for cell in cells}
    assert "€#,##0;[Red]-€#,##0" in codes
    assert not any("£" in code for code in codes)


def test_a_mailed_workbook_is_told_in_it(in_euro, tmp_path):
    out = tmp_path / "report.xlsx"
    write_report(out, in_euro)
    mailed, _ = read_report(out, customers=True)
    said = repr(digest(mailed))
    assert "€" in said
    assert "£" not in said
