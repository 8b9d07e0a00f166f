"""Exports as people have them: the same lines in other forms load to the same figures, or stop."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lgs_excel.errors import InputError
from lgs_excel.loading import numbers
from lgs_excel.loading.parts import Stated
from tests.loading.exports import HEADER, as_texts, invoice, line, lines_in, load_all, write_csv

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
        found = {}
        for column in numbers.COLUMNS:
            row = connection.execute(numbers.evidence(column, "t")).fetchone()
            plain = connection.execute(
                numbers.plain_evidence(column, f"t WHERE NOT ({numbers.odd(column)})")
            ).fetchone()
            found[column] = numbers.read_evidence(row, plain)
        try:
            form = numbers.decide("sales.csv", found, stated=None, typed=False)
        except InputError as error:
            if "--decimal-point or --decimal-comma" not in str(error):
                raise
            return
        expression = numbers.number("unit_price", form, "DECIMAL(18, 4)")
        read = [row[0] for row in connection.execute(f"SELECT {expression} FROM t").fetchall()]
        assert read == values


def test_a_number_of_two_readings_stops_the_load_and_an_option_decides(warehouse, tmp_path):
    path = write_csv(tmp_path / "a.csv", [[*as_texts([line()])[0][:5], "1,234", "17850", "France"]])
    with pytest.raises(InputError, match=r"'1,234' in a.csv can be read as 1234 .* or as 1.234 .* --decimal-comma"):
        load_all(warehouse, path)
    load_all(warehouse, path, stated=Stated(decimal_comma=False))
    assert lines_in(warehouse)[0][5] == 1234


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
    assert "2 title lines passed over; Document read as invoice_no; Qty read as quantity" in report.text()
