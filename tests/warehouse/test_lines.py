"""What each line is, in tables of our own making and of others'."""

import pytest
import sqlalchemy as sa

from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.lines import KINDS, typed_lines
from lgs_excel.warehouse.schema import found_retail
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.compare_tables import assert_same
from tests.analytics.small_shop import Line, every_table, fill
from tests.conftest import ENGINES, settings_for

OURS = {
    "invoice_no": "TEXT",
    "stock_code": "TEXT",
    "description": "TEXT",
    "quantity": "INTEGER",
    "invoice_date": "TIMESTAMP",
    "unit_price": "NUMERIC(12, 4)",
    "customer_id": "TEXT",
    "country": "TEXT",
}
# Prices that a binary number of 32 bits holds only nearly, or PostgreSQL's own cast would cut to six digits.
LINES = [
    Line("536365", "2011-01-05 08:26:00", "17850", 6, "2.55", "85123A"),
    Line("536365", "2011-01-05 08:26:00", "17850", 6, "0.001", "71053"),
    Line("536366", "2011-01-31 23:59:59", "12346", 1, "16888.02", "22423", "EIRE"),
    Line("C536367", "2011-02-01 00:00:00", "12346", -1, "16888.02", "22423", "EIRE"),
    Line("536368", "2011-02-10 10:00:00", None, 3, "11062.06", "POST"),
    Line("536369", "2011-02-10 10:00:00", None, 3, "38970.0", "22424", None, None),
    Line("536370", "2011-03-10 10:00:00", "12347", 80995, "2.08", "23843"),
    Line("536371", "2011-03-10 10:00:00", "12347", 2, "0", "23843"),
    Line("A536372", "2011-03-31 10:00:00", None, 1, "-11062.06", "B"),
]


def answers(url):
    with open_snapshot(open_warehouse(settings_for(url)), settings_for(url)) as snapshot:
        return every_table(snapshot)


def bare_table(url, *, types=None, table="retail", extra=""):
    """LINES in a table that somebody else made."""
    types = OURS | (types or {})
    definition = ", ".join(f"{name} {kind}" for name, kind in types.items())
    with open_warehouse(settings_for(url)).writing() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table} ({definition}{extra})")
        insert = sa.text(f"INSERT INTO {table} ({', '.join(OURS)}) VALUES ({', '.join(f':{name}' for name in OURS)})")
        for line in LINES:
            row = line.row
            if types["invoice_date"] in ("TEXT", "VARCHAR(30)"):
                row["invoice_date"] = row["invoice_date"].isoformat(" ")
            connection.execute(insert, row | {"unit_price": line.price})
    return url


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def expected(new_url, engine):
    """The answers where the table is as we make it."""
    url = new_url(engine)
    fill(open_warehouse(settings_for(url)), LINES)
    return answers(url)


def test_the_sum_of_these_lines_can_be_seen_by_eye(expected):
    assert expected["sales"]["net"].tolist() == [
        15.3 + 0.006 + 16888.02,
        -16888.02 + 33186.18 + 116910,
        168469.6 - 11062.06,
    ]


TYPES = {
    "unit_price": ["REAL", "DOUBLE PRECISION", "NUMERIC(10, 3)", "NUMERIC(38, 6)", "TEXT", "VARCHAR(20)"],
    "customer_id": ["REAL", "DOUBLE PRECISION", "INTEGER", "BIGINT", "NUMERIC(10, 1)", "VARCHAR(10)"],
    "quantity": ["BIGINT", "REAL", "DOUBLE PRECISION", "NUMERIC(12, 2)", "TEXT"],
    "invoice_date": ["TIMESTAMP WITH TIME ZONE", "TEXT", "VARCHAR(30)"],
    "country": ["VARCHAR(40)"],
    "stock_code": ["VARCHAR(12)"],
    "invoice_no": ["VARCHAR(8)"],
    "description": ["VARCHAR(100)"],
}


@pytest.mark.parametrize(("column", "kind"), [(column, kind) for column, kinds in TYPES.items() for kind in kinds])
def test_a_column_of_another_type_gives_the_same_figures(new_url, engine, expected, column, kind):
    assert_same_answers(answers(bare_table(new_url(engine), types={column: kind})), expected)


def test_a_numeric_without_a_scale_gives_the_same_figures(new_url, expected):
    """In PostgreSQL such a number is exact; in DuckDB it is DECIMAL(18, 3)."""
    url = bare_table(new_url("postgresql"), types={"unit_price": "NUMERIC", "customer_id": "NUMERIC"})
    assert_same_answers(answers(url), expected)


def test_everything_may_differ_at_once(new_url, engine, expected):
    types = {
        "unit_price": "REAL",
        "customer_id": "DOUBLE PRECISION",
        "quantity": "BIGINT",
        "invoice_date": "TIMESTAMP WITH TIME ZONE",
    }
    assert_same_answers(answers(bare_table(new_url(engine), types=types)), expected)


def test_more_columns_than_ours_do_no_harm(new_url, engine, expected):
    url = bare_table(
        new_url(engine), extra=", line_id BIGINT, kind TEXT DEFAULT 'x', amount REAL, month TEXT, day TEXT"
    )
    assert_same_answers(answers(url), expected)


def test_retail_may_be_a_view(new_url, engine, expected):
    url = bare_table(new_url(engine), types={"unit_price": "REAL"}, table="sale_line")
    with open_warehouse(settings_for(url)).writing() as connection:
        connection.exec_driver_sql(f"CREATE VIEW retail AS SELECT {', '.join(reversed(OURS))} FROM sale_line")
    assert_same_answers(answers(url), expected)


def test_a_customer_above_a_million_is_read_from_a_binary_number(new_url, engine):
    url = new_url(engine)
    with open_warehouse(settings_for(url)).writing() as connection:
        columns = ", ".join(f"{name} {kind}" for name, kind in (OURS | {"customer_id": "REAL"}).items())
        connection.exec_driver_sql(f"CREATE TABLE retail ({columns})")
        row = "'1', '22423', 'CAKESTAND', 1, '2011-01-31', 1, 1234567, 'France'"
        connection.exec_driver_sql(f"INSERT INTO retail VALUES ({row})")
    assert answers(url)["rfm-customers"]["customer_id"].tolist() == ["1234567"]


def test_lines_without_a_date_are_in_no_month_and_a_check_says_so(new_url, engine):
    url = new_url(engine)
    with open_warehouse(settings_for(url)).writing() as connection:
        columns = ", ".join(f"{name} {kind}" for name, kind in OURS.items())
        connection.exec_driver_sql(f"CREATE TABLE retail ({columns})")
        for day, country in (("'2011-01-31'", "France"), ("NULL", "Spain")):
            row = f"'1', '22423', 'CAKESTAND', 1, {day}, 1, '1', '{country}'"
            connection.exec_driver_sql(f"INSERT INTO retail VALUES ({row})")
    checks = answers(url)["checks"]
    assert "Sales: net of all months" in checks.loc[checks["result"] == "FAIL", "check"].tolist()


def lines_of(warehouse, *lines):
    fill(warehouse, [Line(*line) for line in lines])
    with warehouse.reading() as connection:
        select = typed_lines(found_retail(connection, "here")).order_by("invoice_no")
        return connection.execute(select).mappings().all()


@pytest.mark.parametrize(
    ("invoice_no", "quantity", "price", "kind"),
    [
        ("1", 1, "0.01", "sale"),
        ("1", 1, "0.00", "free"),
        ("1", 1, "-0.01", "correction"),
        ("1", 0, "1.00", "correction"),
        ("1", -1, "1.00", "correction"),
        ("1", -1, "0.00", "correction"),
        ("C1", 1, "1.00", "cancellation"),
        ("C1", -1, "1.00", "cancellation"),
        ("C1", -1, "0.00", "cancellation"),
        ("c1", -1, "1.00", "cancellation"),
        ("A1", 1, "-1.00", "adjustment"),
        ("A1", 1, "1.00", "adjustment"),
        ("a1", -1, "0.00", "adjustment"),
        ("1A", 1, "1.00", "sale"),
        ("1C", 1, "1.00", "sale"),
        ("B1", 1, "1.00", "sale"),
    ],
)
def test_every_line_is_of_one_kind(shared_warehouse, invoice_no, quantity, price, kind):
    (line,) = lines_of(shared_warehouse, (invoice_no, "2011-01-05", "1", quantity, price))
    assert line["kind"] == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("exported", "read"),
    [("17850", "17850"), ("17850.0", "17850"), ("", None), (None, None), ("C-12.05", "C-12.05"), ("10.00", "10.00")],
)
def test_a_customer_is_read_as_text_without_a_decimal(shared_warehouse, exported, read):
    (line,) = lines_of(shared_warehouse, ("1", "2011-01-05", exported))
    assert line["customer_id"] == read


@pytest.mark.parametrize(("exported", "read"), [("EIRE", "EIRE"), (None, "Unspecified"), ("", "Unspecified")])
def test_a_line_without_a_country_is_of_an_unspecified_one(shared_warehouse, exported, read):
    (line,) = lines_of(shared_warehouse, ("1", "2011-01-05", "1", 1, "1.00", "22423", exported))
    assert line["country"] == read


def test_the_amount_is_exact(shared_warehouse):
    (line,) = lines_of(shared_warehouse, ("1", "2011-01-05", "1", 80995, "2.0801"))
    assert str(line["amount"]) == "168477.6995"


@pytest.fixture(scope="module")
def shared_warehouse(new_url, engine):
    return open_warehouse(settings_for(new_url(engine)))


def assert_same_answers(found, expected):
    assert found.keys() == expected.keys()
    for name, table in expected.items():
        assert_same(found[name], table)
