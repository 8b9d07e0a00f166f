"""Exports as people have them: the same lines in other forms load to the same figures, or stop."""

import json
import shutil
import subprocess
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lgs_excel.errors import InputError
from lgs_excel.loading import dates, numbers
from lgs_excel.loading.parts import Stated
from lgs_excel.loading.replace import Totals
from lgs_excel.warehouse.load_log import loads
from tests.components import need
from tests.loading.exports import (
    HEADER,
    as_texts,
    expected,
    invoice,
    line,
    lines_in,
    load_all,
    totals_in,
    write_csv,
    write_workbook,
)

MARKS = {
    "point": (".", [",", " ", "'", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", ""]),
    "comma": (",", [".", " ", ""]),
}
AROUND = ["{}", "£{}", "{} GBP", "GBP {}", "€{}"]
BELOW_ZERO = ["-{}", "({})", "{}-", "\N{MINUS SIGN}{}"]


@st.composite
def written(draw):
    """A few prices, and their texts in one form."""
    decimal, groups = MARKS[draw(st.sampled_from(sorted(MARKS)))]
    group, around, below = (
        draw(st.sampled_from(groups)),
        draw(st.sampled_from(AROUND)),
        draw(st.sampled_from(BELOW_ZERO)),
    )
    places = draw(st.integers(0, 4))
    prices = draw(st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=5))
    values = [Decimal(price).scaleb(-places) for price in prices if abs(price) < 10 ** (8 + places)]
    texts = []
    for value in values:
        digits = f"{abs(value):,.{places}f}".translate(str.maketrans({",": group, ".": decimal}))
        texts.append((below if value < 0 else "{}").format(around.format(digits)))
    return values, texts


@examples(max_examples=200, deadline=None)
@given(written())
def test_a_number_in_any_form_is_read_as_that_number_or_stops(prices):
    values, texts = prices
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (quantity VARCHAR, unit_price VARCHAR)")
        for text in texts:
            connection.execute("INSERT INTO t VALUES ('6', ?)", [text])
        try:
            form = numbers.decide("sales.csv", number_evidence(connection), stated=None, typed=False)
        except InputError as error:
            if "--decimal-point or --decimal-comma" not in str(error):
                raise
            return
        expression = numbers.number("unit_price", form, "DECIMAL(18, 4)")
        read = [row[0] for row in connection.execute(f"SELECT {expression} FROM t").fetchall()]
        assert read == values


@st.composite
def written_quantities(draw):
    """A few quantities, and their texts in one form."""
    group = draw(st.sampled_from([",", ".", " ", "'", "\N{NO-BREAK SPACE}", ""]))
    below, around = draw(st.sampled_from(BELOW_ZERO)), draw(st.sampled_from(["{}", " {} ", "{}.0", "{}\t"]))
    values = draw(st.lists(st.integers(-(2**31) + 1, 2**31 - 1), min_size=1, max_size=5))
    texts = [
        around.format((below if value < 0 else "{}").format(f"{abs(value):,}".replace(",", group))) for value in values
    ]
    return values, texts


@examples(max_examples=200, deadline=None)
@given(written_quantities(), st.sampled_from(["2.55", "2,55", "255"]))
def test_a_quantity_in_any_form_is_read_as_that_number_or_not_at_all(quantities, price):
    """Beside prices that do or do not tell the decimal mark; as a line that is set aside, or as a load that stops."""
    values, texts = quantities
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (quantity VARCHAR, unit_price VARCHAR)")
        for text in texts:
            connection.execute("INSERT INTO t VALUES (?, ?)", [text, price])
        try:
            form = numbers.decide("sales.csv", number_evidence(connection), stated=None, typed=False)
        except InputError as error:
            if "--decimal-point or --decimal-comma" not in str(error):
                raise
            return
        expression = numbers.number("quantity", form, "INTEGER")
        read = [row[0] for row in connection.execute(f"SELECT {expression} FROM t").fetchall()]
        assert all(found in (value, None) for found, value in zip(read, values, strict=True))


TIMES = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", ", %H:%M"]
DAYS = [
    "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%y",
    "%d-%b-%Y", "%d-%b-%y", "%d %B %y", "%d %B %Y", "%b %d, %Y",
    "%Y%m%d", "serial",
]  # fmt: skip


def date_text(when, day, time):
    if day == "serial":
        passed = when - datetime(1899, 12, 30)
        return f"{passed.days + passed.seconds / 86400:.9f}" if time else f"{passed.days}"
    return when.strftime(f"{day}{time}")


@examples(max_examples=200, deadline=None)
@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(DAYS),
    st.sampled_from(TIMES),
)
def test_a_date_in_any_form_is_read_as_that_day_or_not_at_all(moments, day, time):
    texts = [date_text(when, day, time) for when in moments]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (place INTEGER, text VARCHAR)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [list(one) for one in enumerate(texts)])
        try:
            row = connection.execute(f"SELECT {dates.date_evidence('text')} FROM t").fetchone()
            form = dates.decide_dates("sales.csv", row, None)
        except InputError as error:
            if "--dates day-first or --dates month-first" not in str(error):
                raise
            return
        query = f"SELECT {dates.timestamp('text', form)} FROM t ORDER BY place"
        read = [row[0] for row in connection.execute(query).fetchall()]
    century = [when for when in moments if "%y" in day and not 2000 <= when.year < 2069]
    if not century:  # two digits of a year are of this one
        seconds = "S" in time or (day == "serial" and time)
        meant = [when.replace(second=when.second if seconds else 0, microsecond=0) for when in moments]
        meant = meant if time else [when.replace(hour=0, minute=0) for when in meant]
        assert all(found in (when, None) for found, when in zip(read, meant, strict=True)), texts


def number_evidence(connection):
    """What the table `t` says of how its numbers are written."""
    found = {}
    for column in numbers.COLUMNS:
        row = connection.execute(numbers.evidence(column, "t")).fetchone()
        plain = connection.execute(numbers.plain_evidence(column, f"t WHERE NOT ({numbers.odd(column)})")).fetchone()
        found[column] = numbers.read_evidence(row, plain)
    return found


def test_a_number_of_two_readings_stops_the_load_and_an_option_decides(warehouse, tmp_path):
    path = write_csv(tmp_path / "a.csv", [[*as_texts([line()])[0][:5], "1,234", "17850", "France"]])
    with pytest.raises(InputError, match=r"'1,234' in a.csv can be read as 1234 .* or as 1.234 .* --decimal-comma"):
        load_all(warehouse, path)
    load_all(warehouse, path, stated=Stated(decimal_comma=False))
    assert lines_in(warehouse)[0][5] == 1234


def test_a_month_by_its_name_may_have_a_year_of_two_digits(warehouse, tmp_path):
    rows = as_texts([line()])
    rows[0][4] = "01-Dec-10"
    load_all(warehouse, write_csv(tmp_path / "a.csv", rows))
    assert lines_in(warehouse)[0][4] == datetime(2010, 12, 1)


def test_a_title_of_several_lines_in_quotes_hides_no_line(warehouse, tmp_path):
    path = write_csv(tmp_path / "a.csv", invoice("536365"))
    path.write_bytes(b'"Sales,\r\nby line"\r\n,,,\r\n"Made ""today"""\r\n' + path.read_bytes())
    report = load_all(warehouse, path)
    assert (report.files[0].read, report.files[0].loaded) == (3, 3)
    assert lines_in(warehouse) == expected(invoice("536365"))


def test_ten_rejects_of_one_form_stop_a_load_whatever_their_share(warehouse, tmp_path):
    rows = as_texts(invoice("536365", 1000))
    for row in rows[:10]:
        row[3] = f"{row[3]} pcs"
    path = write_csv(tmp_path / "a.csv", rows)
    with pytest.raises(InputError, match=r"10 lines can't be used for one reason, such as line 2: quantity '6 pcs'"):
        load_all(warehouse, path)
    assert load_all(warehouse, path, accept_rejects=True).files[0].rejected == 10


def test_a_header_below_titles_and_under_other_names_is_found(warehouse, tmp_path):
    path = write_csv(tmp_path / "a.csv", invoice("536365"), ["Document", *HEADER[1:3], "Qty", *HEADER[4:]])
    path.write_bytes(b"Sales export\r\n\r\nGenerated,2011\r\n" + path.read_bytes())
    with pytest.raises(InputError, match=r"a.csv lacks invoice_no\..*--column invoice_no="):
        load_all(warehouse, path)
    report = load_all(warehouse, path, stated=Stated(columns={"invoice_no": "Document"}))
    assert (report.files[0].loaded, report.files[0].rejected) == (3, 0)
    understood = "2 title lines passed over; Document read as invoice_no; Qty read as quantity"
    assert understood in report.text()
    with warehouse.reading() as connection:
        assert [one.understood for one in loads(connection)] == [understood]


FORMS = [
    "brackets.csv", "compact-dates.csv", "decimal-comma.csv", "other-names.csv", "plain.csv", "pounds.csv",
    "records.json", "serial-dates.csv", "sql-server.sql", "thousands.csv", "title-lines.csv", "two-parts.zip",
]  # fmt: skip


@pytest.fixture
def dialects() -> tuple[Path, Totals]:
    """The folder of one export in many forms, and what each of them holds."""
    folder = need("dialects")
    said = json.loads((folder / "expected.json").read_text(), parse_float=Decimal)
    return folder, Totals(said["lines"], said["quantity"], said["amount"])


@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_the_real_export_loads_to_the_same_figures(warehouse, dialects, name):
    folder, totals = dialects
    report = load_all(warehouse, folder / name)
    assert totals_in(warehouse) == totals
    assert report.files[0].rejected == 0


def test_every_form_that_there_is_was_tried(dialects):
    assert {file.name for file in dialects[0].iterdir()} == {*FORMS, "cut-again.csv", "expected.json"}


def test_an_invoice_that_comes_again_with_fewer_lines_is_refused(warehouse, dialects):
    folder, totals = dialects
    load_all(warehouse, folder / "plain.csv")
    with pytest.raises(InputError, match=r"1 invoice has FEWER lines than before: C536391\. .* --accept-fewer"):
        load_all(warehouse, folder / "cut-again.csv")
    assert totals_in(warehouse) == totals
    load_all(warehouse, folder / "cut-again.csv", accept_fewer=True)
    assert totals_in(warehouse).lines == totals.lines - 4


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_old_and_open_workbooks_load_as_excels_own(duckdb_warehouse, tmp_path, suffix):
    lines = [*invoice("536365"), line("C536379", "D", "Discount", -1, datetime(2010, 12, 1, 9, 41), "27.50", None)]
    write_workbook(tmp_path / "sales.xlsx", {"a": lines[:2], "notes": [], "b": lines[2:]})
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [need("soffice"), profile, "--headless", "--convert-to", suffix, "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "sales.xlsx"], check=True, capture_output=True, timeout=120)
    shutil.rmtree(tmp_path / "profile", ignore_errors=True)
    load_all(duckdb_warehouse, tmp_path / f"sales.{suffix}")
    assert lines_in(duckdb_warehouse) == expected(lines)
