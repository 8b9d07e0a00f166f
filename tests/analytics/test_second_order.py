"""The clock of the second order, who is due, and what brings people back."""

import math
from datetime import datetime, timedelta

import pytest

from lgs_excel.analytics.intervals import wilson
from tests.analytics.small_shop import values

BEGIN = datetime(2011, 1, 1)


def day(number):
    return (BEGIN + timedelta(days=number)).isoformat()


def test_orders_of_one_day_count_once(shop):
    shop(("1", day(0), "a"), ("2", day(0), "a"), ("3", day(10), "a"), ("4", day(0), "b"))
    assert values(shop.show("second-order").iloc[0]) == [2, 1, 10, 10, 10]


def test_percentiles_are_linear_between_two_days(shop):
    shop(*((f"{gap}{n}", day(n * gap), c) for c, gap in (("a", 10), ("b", 20), ("c", 40)) for n in (0, 1, 2)))
    assert values(shop.show("second-order").iloc[0]) == [3, 3, 20, 15, 30]


def test_nobody_who_returned_is_said_by_blanks(shop):
    shop(("1", day(0), "a"), ("C2", day(9), "a", -1))
    assert values(shop.show("second-order").iloc[0]) == [1, 0, None, None, None]
    assert shop.show("second-order-due").empty
    shop(("C2", day(9), "a", -1))
    assert values(shop.show("second-order").iloc[0]) == [0, 0, None, None, None]
    assert shop.column("second-order-horizons", "share") == [None, None, None, None]


def test_a_horizon_observes_those_who_came_long_enough_before_the_last_line(shop):
    shop(("1", day(0), "a"), ("2", day(30), "a"), ("3", day(1), "b"), ("4", day(32), "b"), ("5", day(61), "c"))
    assert shop.show("second-order-horizons")[["observed", "returned"]].to_numpy().tolist() == [
        [2, 1],
        [2, 2],
        [0, 0],
        [0, 0],
    ]


def test_who_ordered_once_is_due_from_the_quarter_to_the_three_quarters(shop):
    shop(
        *((f"{gap}{n}", day(n * gap), c) for c, gap in (("a", 10), ("b", 20), ("c", 40)) for n in (0, 1, 2)),
        ("5", day(80 - 13), "early"),
        ("6", day(80 - 14), "first", 2, "1.50", "22423", "EIRE"),
        ("7", day(80 - 14), "first", 1, "9.00", "POST"),
        ("8", day(80 - 29), "last", 3),
        ("8", day(80 - 29), "last", 1, "2.00", "85123A", "EIRE", None),
        ("9", day(80 - 30), "late"),
    )
    due = shop.show("second-order-due")
    assert due["customer_id"].tolist() == ["first", "last"]  # a day is over before it counts
    assert due[["days_since", "value", "country"]].to_numpy().tolist() == [[15, 12, "EIRE"], [30, 5, "EIRE"]]
    assert due["items"].tolist() == ["CAKESTAND", "CAKESTAND, 85123A"]


def test_the_first_month_shown_makes_no_order_the_first(shop):
    shop(("1", day(0), "a"), ("2", day(40), "a"), ("3", day(80), "a"))
    assert values(shop.show("second-order", from_month="2011-02").iloc[0]) == [1, 1, 40, 40, 40]


@pytest.fixture
def crowd(shop):
    """Sixty customers begin with a cake stand, 59 with a heart, a hundred with postage; half of the sixty return."""
    lines = []
    for number in range(160):
        customer = f"c{number:03}"
        code = "22423" if number < 60 else "POST"
        lines.append((f"1{number}", day(0), customer, 1, "1.00", code))
        if number < 49:
            lines.append((f"2{number}", day(0), customer, 1, "1.00", "85123A", "United Kingdom", "HEART"))
        if number < 30:
            lines.append((f"3{number}", day(90), customer, 1, "1.00", "22424"))
        if number == 30:
            lines.append((f"4{number}", day(91), customer))
    return shop(*lines)


def test_products_of_the_first_order_are_compared_with_all_customers(crowd):
    (product,) = crowd.show("first-products").to_dict("records")
    assert (product["stock_code"], product["description"]) == ("22423", "CAKESTAND")
    assert (product["customers"], product["returned"], product["share"]) == (60, 30, 0.5)
    assert product["lift"] == pytest.approx(0.5 / (30 / 160))
    assert product["low95"] == pytest.approx(0.37735, abs=1e-5)
    assert product["high95"] == pytest.approx(0.62265, abs=1e-5)


def test_who_is_not_observed_for_ninety_days_does_not_count(crowd):
    assert crowd.show("first-products", as_of="2011-03-31").empty
    assert len(crowd.show("first-products", as_of="2011-04-02")) == 1


def test_an_interval_of_few_stays_between_naught_and_one():
    import pandas as pd

    low, high = wilson(pd.Series([0, 5]), pd.Series([5, 5]))
    assert low.tolist() == pytest.approx([0, 0.56552], abs=1e-5)
    assert high.tolist() == pytest.approx([0.43448, 1], abs=1e-5)
    assert not any(map(math.isnan, [*low, *high]))
