"""Any slice of the real sales: the same on every engine, and as worked out apart."""

from dataclasses import asdict

import pytest

from lgs_excel.analytics.catalogue import CATALOGUE, Options
from lgs_excel.warehouse.filters import parse_filters
from tests.analytics.compare_tables import assert_as_expected, assert_same
from tests.conftest import READ_ENGINES

RFM = ("rfm-segments", "rfm-customers")
CLASSIC = Options(rfm="classic")
SLICES = {
    "everything": {},
    "the largest country in spring": {"countries": ["United Kingdom"], "from_month": "2011-04", "to_month": "2011-05"},
    "two countries": {"countries": ["EIRE", "Germany"]},
    "a country without customers": {"countries": ["Hong Kong"]},
    "a country of ten lines": {"countries": ["Saudi Arabia"]},
    "some months": {"from_month": "2011-03", "to_month": "2011-04"},
    "one month": {"from_month": "2011-06", "to_month": "2011-06"},
    "the unfinished month": {"from_month": "2011-12"},
    "as of a day in the middle of a month": {"as_of": "2011-02-15"},
    "as of later than the data": {"as_of": "2012-03-31", "countries": ["France"]},
    "all filters": {
        "countries": ["France", "Spain"],
        "from_month": "2011-02",
        "to_month": "2011-10",
        "as_of": "2011-10-20",
    },
    "a country that bought nothing then": {
        "countries": ["Saudi Arabia"],
        "from_month": "2011-05",
        "to_month": "2011-07",
    },
}


@pytest.mark.parametrize("filters", SLICES.values(), ids=SLICES.keys())
def test_every_engine_and_the_oracle_agree_on_every_row_of_every_analysis(real_sales, filters):
    filters = parse_filters(**filters)
    duckdb = real_sales.tables("duckdb", filters)
    for engine in READ_ENGINES[1:]:
        other = real_sales.tables(engine, filters)
        assert duckdb.keys() == other.keys()
        for name, table in duckdb.items():
            assert_same(table, other[name])
    assert_as_expected(duckdb, real_sales.oracle(filters))


@pytest.mark.parametrize("filters", [{}, {"countries": ["Germany"]}], ids=str)
def test_the_classic_recipe_gives_the_same_on_every_engine_and_apart(real_sales, filters):
    filters = parse_filters(**filters)
    for engine in READ_ENGINES:
        for name, table in real_sales.tables(engine, filters, CLASSIC, RFM).items():
            assert_same(table, real_sales.oracle(filters).table(name, "classic"))


@pytest.mark.parametrize("by", ["units", "customers"])
def test_products_by_another_ranking_are_the_same_on_every_engine_and_apart(real_sales, by):
    filters = parse_filters(countries=["EIRE", "Germany"])
    for engine in READ_ENGINES:
        tables = real_sales.tables(engine, filters, Options(by=by), ("products",))
        assert_same(tables["products"], real_sales.oracle(filters).products(by))


def test_the_catalogue_gives_the_same_tables_on_every_engine(real_sales):
    filters = parse_filters(countries=["Germany"], to_month="2011-06")
    one, *others = (real_sales.tables(engine, filters, names=tuple(CATALOGUE)) for engine in READ_ENGINES)
    for other in others:
        for name, table in one.items():
            assert_same(table, other[name])


@pytest.mark.parametrize("engine", READ_ENGINES[1:])
def test_every_engine_draws_the_same_charts(real_sales, engine):
    """Histograms, box plots, thresholds and the facts that are in no table."""
    one, other = real_sales.answers("duckdb"), real_sales.answers(engine)
    for part in ("whole", "trimmed"):
        ours, theirs = getattr(one.invoices, part), getattr(other.invoices, part)
        assert_same(ours.bins, theirs.bins)
        assert {**asdict(ours), "bins": None} == pytest.approx({**asdict(theirs), "bins": None})
    assert_same(one.rfm.thresholds, other.rfm.thresholds)
    assert one.rfm.not_scored == other.rfm.not_scored
    assert one.customers.share_without_customer == other.customers.share_without_customer
    assert (one.products.total, one.products.revenue) == pytest.approx((other.products.total, other.products.revenue))
