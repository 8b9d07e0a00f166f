"""Whatever a shop sells, and whatever is asked of it, the answers are those worked out apart."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lgs_excel.errors import InputError
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.compare_tables import assert_as_expected
from tests.analytics.reference import Oracle, read_lines
from tests.analytics.small_shop import Line, every_table, fill, frame

BEGIN = datetime(2010, 11, 20)
COUNTRIES = ("United Kingdom", "France", "EIRE")

lines = st.lists(
    st.builds(
        Line,
        invoice_no=st.sampled_from(["1", "2", "3", "4", "5", "6", "C7", "C8", "c9", "A10"]),
        day=st.integers(0, 200_000).map(lambda minutes: (BEGIN + timedelta(minutes=minutes)).isoformat()),
        customer_id=st.sampled_from(["12346", "12347", "12347.0", "12348", "12349", "12350", "12351", "", None]),
        quantity=st.sampled_from([-3, -1, 1, 1, 2, 5, 12]),
        price=st.sampled_from(["0.00", "0.10", "0.30", "1.00", "2.555", "16888.02", "-5.00"]),
        stock_code=st.sampled_from(["22423", "85123A", "85123a", " 22424", "POST", "DCGS1", "M"]),
        country=st.sampled_from([*COUNTRIES, None]),
        description=st.sampled_from(
            ["CAKESTAND", "cakestand", "HEART ", "HEART", "Xmas heart", "EASTER BUNNY", "", None]
        ),
    ),
    min_size=1,
    max_size=30,
)
months = st.none() | st.integers(0, 6).map(lambda number: add_months(date(2010, 10, 1), number))
filters = st.tuples(
    st.lists(st.sampled_from(COUNTRIES), max_size=2, unique=True).map(tuple),
    months,
    months,
    st.none() | st.integers(-5, 160).map(lambda days: BEGIN.date() + timedelta(days=days)),
)


@pytest.fixture(scope="module")
def duckdb_shop(shops):
    return shops["duckdb"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(lines=lines, asked=filters)
def test_every_analysis_of_any_shop_is_as_worked_out_apart(duckdb_shop, lines, asked):
    assume(not (asked[1] and asked[2] and asked[1] > asked[2]))
    fill(duckdb_shop.warehouse, lines)
    raw = read_lines(frame(lines))
    try:
        with open_snapshot(duckdb_shop.warehouse, duckdb_shop.settings, Filters(*asked)) as snapshot:
            tables = every_table(snapshot)
    except InputError as refused:
        assert_rightly_refused(str(refused), raw, Filters(*asked))
    else:
        assert_as_expected(tables, Oracle(raw, Filters(*asked)))


def assert_rightly_refused(message, raw, filters):
    """There is no such country, month or day, or nothing is left."""
    if "is not a country" in message:
        assert set(filters.countries) - set(raw["country"])
    elif "is not in the data" in message:
        reach = raw["month"].dt.date
        assert any(not reach.min() <= month <= reach.max() for month in (filters.from_month, filters.to_month) if month)
    elif "before the data begin" in message:
        assert filters.as_of <= raw["month"].dt.date.min()
    else:
        assert "leave no line" in message
        kept = raw["day"].dt.date < (filters.as_of or date.max)
        kept &= raw["month"].dt.date <= (filters.to_month or date.max)
        kept &= raw["month"].dt.date >= (filters.from_month or date.min)
        assert not kept.any()
