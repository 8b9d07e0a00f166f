"""How much to order: by hand, and against the product forecast of the real sales."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest

from lgs_excel.analytics.buy_list import StockItem, buy_list
from lgs_excel.analytics.product_forecast import product_forecast
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics import reference_forecasts
from tests.conftest import settings_for

# Ten of the one and one of the other on each of the 26 trading days from 31 January to 1 March 2011 (no Saturdays).
DAYS = [day for day in pd.date_range("2011-01-31", "2011-03-01") if day.day_name() != "Saturday"]
LINES = [
    (f"{code}{i}", f"{day:%Y-%m-%d}", "a", units, "1.00", code, "France", name)
    for i, day in enumerate(DAYS)
    for code, units, name in (("11111", 10, "RED MUG"), ("22222", 1, "CHRISTMAS BAUBLE"))
]


def bought(shop, *stock, lines=LINES, **said):
    """The list as of 2 March, by code; for a lead of 5 and a review of 2 days: 2 to 8 March, six trading days."""
    said = {"lead_days": 5, "review_days": 2} | said
    settings = settings_for(shop.settings.warehouse_url, **said)
    with open_snapshot(shop(*lines).warehouse, settings, parse_filters()) as snapshot:
        items = tuple(StockItem(*item) for item in stock) if stock else None
        return buy_list(snapshot, items).products.set_index("stock_code")


def test_without_a_stock_file_it_is_the_demand_alone(shop):
    found = bought(shop)
    assert found["units"].tolist() == [60, 6]
    assert found["season"].tolist() == ["", "Christmas"]
    assert found["description"].tolist() == ["RED MUG", "CHRISTMAS BAUBLE"]
    assert found[["on_hand", "on_order", "pack", "order", "runs_out"]].isna().all(axis=None)


def test_what_is_there_and_on_order_is_not_ordered_again(shop):
    found = bought(shop, ("11111", 12, 5, 10), ("22222", 100, 0, 1))
    # Two past predictions are too few for a high case: the expected units are ordered.
    assert found["high80"].isna().all()
    assert found["order"].to_dict() == {"11111": 50, "22222": 0}  # 43 in packs of 10
    assert found.index[0] == "11111"
    assert f"{found.loc['11111', 'runs_out']:%Y-%m-%d}" == "2011-03-03"  # the second trading day
    assert found.loc["22222", "runs_out"] > pd.Timestamp("2011-06-01")


@pytest.mark.parametrize(("pack", "order"), [(1, 60), (60, 60), (61, 61), (7, 63), (0.5, 60)])
def test_packs_are_whole(shop, pack, order):
    assert bought(shop, ("11111", 0, 0, pack)).loc["11111", "order"] == order


def test_a_product_that_comes_twice_is_added_up(shop):
    assert bought(shop, ("11111", 20, 0, 1), ("11111", 5, 5, 6)).loc["11111", "order"] == 30


def test_a_product_that_is_not_in_the_file_has_no_order(shop):
    found = bought(shop, ("22222", 0))
    assert found.index.tolist() == ["22222", "11111"]
    assert found.loc["22222", "order"] == 6
    assert np.isnan(found.loc["11111", "order"])


def test_what_has_run_out_runs_out_today(shop):
    assert f"{bought(shop, ('11111', 0)).loc['11111', 'runs_out']:%Y-%m-%d}" == "2011-03-02"
    assert f"{bought(shop, ('11111', -3)).loc['11111', 'runs_out']:%Y-%m-%d}" == "2011-03-02"


def test_codes_that_nobody_knows_are_named(shop):
    with open_snapshot(shop(*LINES).warehouse, shop.settings, parse_filters()) as snapshot:
        stock = StockItem("11111", 1), StockItem("Z", 1), StockItem("A", 1)
        assert buy_list(snapshot, stock).unknown == ("A", "Z")


def test_a_history_that_is_too_short_gives_no_list(shop):
    assert bought(shop, ("11111", 1), lines=LINES[:20]).empty


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_it_is_the_product_forecast_for_as_many_trading_days(real_sales, engine):
    with real_sales.snapshot(engine, parse_filters(to_month="2011-09")) as snapshot:
        listed = buy_list(snapshot).products.set_index("stock_code")
        monthly = product_forecast(snapshot).products.set_index("stock_code").reindex(listed.index)
    # 1 October to 18 November 2011 has 42 trading days, October 26.
    assert listed["units"].tolist() == pytest.approx((monthly["units"] * 42 / 26).tolist(), abs=0.15)
    assert listed["change"].equals(monthly["change"])
    often = monthly["units"] > 100
    assert (np.log1p(listed["high80"]) - np.log1p(listed["units"]))[often].round(2).tolist() == pytest.approx(
        (np.log1p(monthly["high80"]) - np.log1p(monthly["units"]))[often].round(2).tolist(), abs=0.011
    )


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
@pytest.mark.parametrize(
    "filters",
    [{}, {"to_month": "2011-09"}, {"countries": ["Germany"]}, {"as_of": "2011-08-16"}, {"to_month": "2011-04"}],
)
def test_the_record_is_what_would_have_been_ordered_against_what_came(real_sales, engine, filters):
    filters = parse_filters(**filters)
    with real_sales.snapshot(engine, filters) as snapshot:
        found = buy_list(snapshot).record
    expected = reference_forecasts.order_record(real_sales.oracle(filters))
    assert found is None if expected is None else astuple(found) == pytest.approx(expected, abs=1e-9)


def test_the_record_of_the_real_year(real_sales):
    with real_sales.snapshot("duckdb", parse_filters()) as snapshot:
        record = buy_list(snapshot).record
    assert record.products == 200
    assert (record.high_enough, record.weeks_enough) == (0.855, 0.505)
    assert (record.high_over, record.weeks_over) == pytest.approx((0.881, 0.155), abs=0.001)
