"""Products to be expected next month, from lines made by hand."""

from datetime import date

import pytest

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.trading_days import trading_days
from lgs_excel.errors import InputError
from lgs_excel.settings import Settings
from tests.analytics.compare_tables import assert_products
from tests.analytics.reference import Oracle, read_lines
from tests.analytics.small_shop import Line, frame, values

DAYS = trading_days(date(2011, 1, 4), date(2011, 9, 30), Settings())[-144:]
OCTOBER = len(trading_days(date(2011, 10, 1), date(2011, 10, 31), Settings()))


def sold(number, day, code="22423", quantity=2, customer="a", price="1.00"):
    return (str(number), DAYS[day].isoformat(), customer, quantity, price, code, "United Kingdom", f"THING {code}")


def daily(quantity=2, code="22423", days=range(144), start=1000):
    return [sold(start + day, day, code, quantity) for day in days]


def test_orders_and_units_are_the_daily_mean_of_48_trading_days_times_those_of_next_month(shop):
    shop(*daily(), *daily(4, "22424", range(97, 144, 2), 2000))
    table = shop.show("product-forecast")
    assert table[["stock_code", "orders", "units"]].to_numpy().tolist() == [
        ["22423", float(OCTOBER), 2.0 * OCTOBER],
        ["22424", OCTOBER / 2, 2.0 * OCTOBER],
    ]
    assert shop.answers().product_forecast.month == date(2011, 10, 1)


def test_change_is_on_the_48_trading_days_before(shop):
    shop(*daily(2, days=range(96)), *daily(3, days=range(96, 144)), *daily(1, "22424", range(96, 144), 2000))
    assert values(shop.show("product-forecast")["change"]) == [pytest.approx(0.5), None]


def test_a_steady_product_has_a_narrow_range(shop):
    shop(*daily())
    row = shop.show("product-forecast").iloc[0]
    assert row["low80"] == row["units"] == row["high80"]


def test_two_invoices_are_two_orders_and_two_lines_of_one_are_one(shop):
    shop(*daily(), sold(1143, 143), sold("x", 143))
    assert shop.column("product-forecast", "orders") == [pytest.approx(OCTOBER * 49 / 48, abs=0.05)]


def test_an_order_that_was_cancelled_at_once_is_not_expected_again(shop):
    shop(*daily(), sold(9000, 140, quantity=80_000), sold("C9001", 140, quantity=-80_000))
    assert shop.column("product-forecast", "units") == [2.0 * OCTOBER]


def test_a_giant_line_counts_as_the_largest_but_one_in_a_hundred(shop):
    shop(*daily(), sold(9000, 140, quantity=80_000))
    assert shop.column("product-forecast", "units") == [pytest.approx(2 * OCTOBER * 49 / 48, abs=0.05)]


def test_products_only_and_only_those_that_sold_lately(shop):
    shop(*daily(), *daily(1, "POST", range(140, 144), 3000), *daily(1, "22425", range(80, 90), 4000))
    assert shop.column("product-forecast", "stock_code") == ["22423"]


def test_a_short_history_has_no_range_and_a_shorter_one_a_reason(shop):
    shop(*daily(days=range(100, 144)))
    row = shop.show("product-forecast").iloc[0]
    assert row[["low80", "high80", "change"]].isna().all()
    assert row["units"] == pytest.approx(2 * OCTOBER, abs=0.05)
    shop(*daily(days=range(125, 144)))
    answer = shop.answers().product_forecast
    assert answer.products.empty
    assert answer.reason.startswith("Products are not predicted: it needs 24 trading days, and the period has ")


@pytest.mark.parametrize("extra", [0, 40])
def test_the_top_is_the_head_of_the_whole_list(shop, extra):
    """Also where one product has many lines in few orders, so that lines alone would mislead."""
    lines = [
        sold(f"{code}-{day}", day, f"2{code}")
        for code in range(1000, 1009)
        for day in range(144 - code % 1000 - 1, 144)
    ]
    lines += [sold("many", 143, "29999") for _ in range(extra)]
    shop(*lines)
    whole = shop.show("product-forecast")
    for top in (1, 2, 4):
        shown = shop.show("product-forecast", options=Options(top=top))
        assert shown.to_dict("records") == whole.head(top).to_dict("records")
    assert shop.answers(Options(top=2)).product_forecast.total == len(whole)


@pytest.mark.parametrize("top", [0, -3])
def test_a_top_of_none_is_refused(shop, top):
    shop(*daily())
    with pytest.raises(InputError, match=rf"--top {top} is too few\. Give 1 or more"):
        shop.show("product-forecast", options=Options(top=top))


def test_many_products_of_every_kind_are_as_worked_out_apart(shop):
    """More than 200 that sell, so that there are two groups to pool misses of."""
    lines = [
        sold(f"{code}{day}", day, f"2{code}", 1 + (code * day) % 7)
        for code in range(1000, 1230)
        for day in range(code % 9, 144, 11 + code % 31)
    ]
    shop(*lines)
    assert_products(shop.show("product-forecast"), Oracle(read_lines(frame(Line(*line) for line in lines))))
