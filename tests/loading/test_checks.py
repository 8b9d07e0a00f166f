"""Which lines are taken, which are set aside and why, and when a load stops and asks."""

from datetime import datetime

import pytest

from lgs_excel.errors import InputError
from lgs_excel.loading.parts import Stated
from lgs_excel.loading.rejected_lines import rejected_lines
from tests.loading.exports import as_texts, invoice, line, lines_in, load_all, write_csv


def texts(**said):
    """A good line as text, but for what is said."""
    names = (
        "invoice_no",
        "stock_code",
        "description",
        "quantity",
        "invoice_date",
        "unit_price",
        "customer_id",
        "country",
    )
    return [said.get(name, text) for name, text in zip(names, as_texts([line()])[0], strict=True)]


def reasons_for(warehouse, tmp_path, *rows, **options):
    """The reasons why these lines are rejected, in their order."""
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows), accept_rejects=True, **options)
    return [(found.line, found.reason) for found in rejected_lines(warehouse)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"invoice_no": " "}, "invoice_no is empty"),
        ({"stock_code": ""}, "stock_code is empty"),
        ({"quantity": ""}, "quantity is empty"),
        ({"quantity": "6.5"}, "quantity '6.5' is not a whole number up to 2,147,483,647"),
        ({"quantity": "0x1F"}, "quantity '0x1F' is not a whole number up to 2,147,483,647"),
        ({"quantity": "99999999999"}, "quantity '99999999999' is not a whole number up to 2,147,483,647"),
        ({"invoice_date": ""}, "invoice_date is empty"),
        ({"invoice_date": "yesterday"}, "invoice_date 'yesterday' is not a date"),
        ({"invoice_date": "2010-02-30"}, "invoice_date '2010-02-30' is not a date"),
        ({"invoice_date": "epoch"}, "invoice_date 'epoch' is not a date"),
        ({"invoice_date": "0210-12-01"}, "invoice_date '0210-12-01' is not between 1900 and 2099"),
        ({"unit_price": ""}, "unit_price is empty"),
        ({"unit_price": "free"}, "unit_price 'free' is not a price below 100,000,000"),
        ({"unit_price": "NaN"}, "unit_price 'NaN' is not a price below 100,000,000"),
        ({"unit_price": "2,55"}, "unit_price '2,55' is not a price below 100,000,000"),
        ({"unit_price": "1e12"}, "unit_price '1e12' is not a price below 100,000,000"),
        ({"description": "x" * 1_000_001}, "description is longer than 1,000,000 characters"),
        ({"description": "a\0b"}, "it has a NUL character"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_reason(duckdb_warehouse, tmp_path, said, reason):
    assert reasons_for(duckdb_warehouse, tmp_path, texts(), texts(**said), texts()) == [(3, reason)]
    assert len(lines_in(duckdb_warehouse)) == 2


@pytest.mark.parametrize(
    "said",
    [
        {"quantity": "6.0"},
        {"quantity": " +6 "},
        {"unit_price": "2.5500"},
        {"unit_price": "255e-2"},
        {"invoice_date": "2010-12-01T08:26:00Z"},
        {"invoice_date": "2010/12/1 8:26"},
        {"invoice_date": "2010-12-01 08:26:00+01"},
        {"invoice_date": "1-Dec-2010 08:26"},
        {"customer_id": "17850.0"},
        {"country": " United Kingdom "},
        {"invoice_no": "536365 "},
    ],
)
def test_other_ways_to_write_the_same_line_are_understood(duckdb_warehouse, tmp_path, said):
    assert reasons_for(duckdb_warehouse, tmp_path, texts(), texts(**said)) == []
    first, second = lines_in(duckdb_warehouse)
    assert first == second


@pytest.mark.parametrize(("text", "amount"), [("1,234.56", 1234.56), (".5", 0.5), ("-11062.06", -11062.06), ("0", 0)])
def test_prices_may_be_written_so(duckdb_warehouse, tmp_path, text, amount):
    assert reasons_for(duckdb_warehouse, tmp_path, texts(unit_price=text)) == []
    assert float(lines_in(duckdb_warehouse)[0][5]) == amount


def test_a_price_with_more_than_four_decimals_is_rounded_and_said(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", [texts(unit_price="2.5500000000000003"), texts(unit_price="2.550000")])
    assert "1 prices had more than four decimals and were rounded." in load_all(duckdb_warehouse, path).text()


def test_a_decimal_comma_is_read_where_it_is_stated(duckdb_warehouse, tmp_path):
    rows = [texts(quantity="1.200", unit_price="1.234,56"), texts(unit_price="2.55")]
    stated = Stated(decimal_comma=True)
    assert reasons_for(duckdb_warehouse, tmp_path, *rows, stated=stated) == [
        (3, "unit_price '2.55' is not a price below 100,000,000")
    ]
    assert [(row[3], float(row[5])) for row in lines_in(duckdb_warehouse)] == [(1200, 1234.56)]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["01/12/2010 08:26", "13/12/2010 9:05"], [(1, 12), (13, 12)]),
        (["12/1/2010 8:26", "12/13/2010 9:05"], [(1, 12), (13, 12)]),
        (["1.2.2010", "28.2.2010 17:45:59"], [(1, 2), (28, 2)]),
        (["02-01-10", "31-01-10"], [(2, 1), (31, 1)]),
        (["12/13/2010 1:05 PM", "1/2/2010 12:05 am"], [(13, 12), (2, 1)]),
    ],
)
def test_the_whole_file_decides_which_number_is_the_day(duckdb_warehouse, tmp_path, dates, days):
    assert reasons_for(duckdb_warehouse, tmp_path, *(texts(invoice_date=text) for text in dates)) == []
    assert sorted((row[4].day, row[4].month) for row in lines_in(duckdb_warehouse)) == sorted(days)


def test_a_time_after_noon_is_read_as_such(duckdb_warehouse, tmp_path):
    assert reasons_for(duckdb_warehouse, tmp_path, texts(invoice_date="12/13/2010 1:05 PM")) == []
    assert lines_in(duckdb_warehouse)[0][4] == datetime(2010, 12, 13, 13, 5)


def test_dates_that_could_be_read_both_ways_stop_the_load_which_asks(warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", [texts(invoice_date="01/12/2010 08:26")])
    with pytest.raises(
        InputError,
        match=r"The dates of sales.csv can be read both ways, such as '01/12/2010 08:26': no day is above 12\. "
        r"Say which with --dates day-first or --dates month-first, or export ISO dates",
    ):
        load_all(warehouse, path)
    load_all(warehouse, path, stated=Stated(dates="month-first"))
    assert lines_in(warehouse)[0][4] == datetime(2010, 1, 12, 8, 26)


def test_dates_that_contradict_each_other_stop_the_load(duckdb_warehouse, tmp_path):
    rows = [texts(invoice_date="13/12/2010"), texts(invoice_date="12/13/2010")]
    with pytest.raises(InputError, match=r"can only be day-first and some only month-first.* Say which with"):
        load_all(duckdb_warehouse, write_csv(tmp_path / "sales.csv", rows))
    stated = Stated(dates="day-first")
    assert reasons_for(duckdb_warehouse, tmp_path, *rows, stated=stated) == [
        (3, "invoice_date '12/13/2010' is not a date")
    ]


def test_more_than_a_twentieth_of_bad_lines_stops_the_load(warehouse, tmp_path):
    good = write_csv(tmp_path / "good.csv", invoice("1"))
    bad = write_csv(tmp_path / "bad.csv", [*as_texts(invoice("2", 18)), texts(quantity="x")])
    with pytest.raises(
        InputError,
        match=r"bad.csv: 1 of 19 lines can't be used \(5\.3%; allowed are 5%\), most of them \(1\) because quantity is "
        r"not a whole number up to 2,147,483,647, first in line 20\. Correct the export, or load it as it is with "
        r"--accept-rejects; nothing was changed\.",
    ):
        load_all(warehouse, good, bad)
    report = load_all(warehouse, good, bad, accept_rejects=True)
    assert [(file.read, file.loaded, file.rejected) for file in report.files] == [(3, 3, 0), (19, 18, 1)]


def test_a_twentieth_of_bad_lines_is_let_pass_and_said(warehouse, tmp_path):
    rows = [*as_texts(invoice("2", 19)), texts(quantity="x")]
    report = load_all(warehouse, write_csv(tmp_path / "sales.csv", rows))
    assert "20 lines read = 19 loaded + 1 rejected" in report.text()
    assert "1 line rejected: quantity is not a whole number up to 2,147,483,647 (first: line 21)." in report.text()


RAGGED = {
    "too few fields": ("536365,85123A", "it has 2 fields, not 8"),
    "too many fields": ("536365,85123A,A,B,6,2010-12-01,2.55,1,UK", "it has 9 fields, not 8"),
    "a quote that is never closed": ('536365,85123A,"A,6,2010-12-01,2.55,1,UK', "a quote is not closed"),
    "a quote inside a field": ('536365,85123A,"A"B,6,2010-12-01,2.55,1,UK', "a quote is inside a field"),
}


@pytest.mark.parametrize(("bad", "reason"), RAGGED.values(), ids=RAGGED)
def test_a_broken_line_takes_no_other_with_it(warehouse, tmp_path, bad, reason):
    path = write_csv(tmp_path / "sales.csv", invoice("1", 40))
    rows = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*rows[:21], bad.encode(), *rows[21:]]))
    report = load_all(warehouse, path)
    assert (report.files[0].read, report.files[0].loaded) == (41, 40)
    assert [(found.line, found.reason) for found in rejected_lines(warehouse)] == [(22, reason)]


def test_line_numbers_are_those_of_an_editor(duckdb_warehouse, tmp_path):
    rows = [texts(description="two\nlines"), *as_texts(invoice("1", 30)), texts(quantity="x")]
    path = write_csv(tmp_path / "sales.csv", rows, lineterminator="\n")
    load_all(duckdb_warehouse, path)
    (found,) = rejected_lines(duckdb_warehouse)
    assert (
        path.read_text()
        .split("\n")[found.line - 1]
        .endswith("WHITE HANGING HEART,x,2010-12-01 08:26:00,2.55,17850,United Kingdom")
    )


def test_a_file_that_was_cut_is_pointed_out(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", invoice("1", 40))
    path.write_bytes(path.read_bytes()[:-30])
    report = load_all(duckdb_warehouse, path)
    assert report.files[0].rejected == 1
    assert "Its last line has no end: the file may have been cut there." in report.text()
