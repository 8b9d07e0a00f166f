"""Amounts in any currency are the same cells by both writers."""

import pytest

from lgs_excel.formatting import use_currency
from lgs_excel.report.model import Kind
from lgs_excel.report.style import number_format
from lgs_excel.writers import live
from tests.report.sample_reports import report, sheet, table
from tests.writers.compare import differences
from tests.writers.test_conformance import but_for_widths

CODES = {
    "€": "€#,##0;[Red]-€#,##0",
    "kr": '"kr\u00a0"#,##0;[Red]-"kr\u00a0"#,##0',
    "₹": '"₹"#,##0;[Red]-"₹"#,##0',
}


@pytest.mark.parametrize("sign", CODES)
def test_both_writers_make_the_same_of_it(open_book, sign):
    use_currency(sign)
    assert number_format(Kind.MONEY) == CODES[sign]
    made = report(sheet(table("lgs_Money"), title="Shop"))
    book = open_book(report(sheet(table("lgs_Money", rows=1), title="Shop")))
    live.refresh(made, book)
    assert but_for_widths(differences(book, open_book(made), ["Shop"])) == []
