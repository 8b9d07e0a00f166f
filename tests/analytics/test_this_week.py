"""What to do this week: by hand. Slices and random shops are worked out apart in test_slices and test_random_shops."""

import pandas as pd
import pytest

from lgs_excel.analytics.buy_list import StockItem
from lgs_excel.analytics.catalogue import Options, answer_all
from lgs_excel.analytics.this_week import this_week
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.snapshot import open_snapshot

UK = "United Kingdom"


def tasks(shop, *lines, stock=None, **filters):
    """The lines by rule."""
    with open_snapshot(shop(*lines).warehouse, shop.settings, parse_filters(**filters)) as snapshot:
        return this_week(snapshot, answer_all(snapshot, Options(stock=stock))).set_index("rule")


def once(number, first="2011-01-03"):
    """Customers who order once, on one day."""
    return [(f"1{i}", first, f"once{i}", 1, "10.00", "11111", UK, "THING") for i in range(number)]


def twice(number):
    """Customers who come back after 30 days."""
    days = (("2", "2010-11-01"), ("3", "2010-12-01"))
    return [
        (f"{part}{i}", day, f"twice{i}", 1, "10.00", "22222", UK, "OTHER") for i in range(number) for part, day in days
    ]


LAST = ("9", "2011-02-02", "last", 1, "1.00", "33333", UK, "LAST")  # the shop is seen until the day before 3 February


def test_those_who_are_due_are_brought_back(shop):
    found = tasks(shop, *once(6, "2011-01-04"), *twice(10), LAST).loc["due"]
    # The 30th day; of the ten who were seen for 90 days all came back: six first orders of £10.
    assert (found["number"], found["money"], found["new"], found["sheet"]) == (6, 60, 6, "Second order")
    assert found["task"] == "Bring back 6 customers who ordered once and are due for their second order"


def test_a_list_of_four_is_no_line(shop):
    assert "due" not in tasks(shop, *once(4, "2011-01-04"), *twice(10), LAST).index


def test_who_was_on_the_list_a_week_ago_is_not_new(shop):
    # Others came back after 50 and 81 days; these ordered 60 and 52 days ago: a week before 53, and not yet 50.
    lines = [(f"1{i}", f"2010-12-{5 + 8 * (i % 2):02}", f"once{i}", 1, "10.00", "11111", UK, "THING") for i in range(7)]
    wide = [
        (f"4{i}", day, f"wide{i}", 1, "10.00", "22222", UK, "OTHER")
        for i in range(10)
        for day in ("2010-10-01", ("2010-11-20", "2010-12-21")[i % 2])
    ]
    found = tasks(shop, *lines, *wide, LAST).loc["due"]
    assert (found["number"], found["new"]) == (7, 3)


def test_nothing_stands_out_in_a_shop_of_one_order(shop):
    found = tasks(shop, ("1", "2011-01-05", "a", 1, "1.00", "11111", UK, "THING"))
    assert found.empty
    assert found.columns.tolist() == ["task", "number", "money", "by", "new", "sheet"]


def test_a_stock_file_makes_one_line_of_all_that_is_to_be_ordered(real_sales):
    stock = (StockItem("22423", 0), StockItem("85123A", 10**7), StockItem("22197", 20_000, pack=100))
    with real_sales.snapshot("duckdb", parse_filters()) as snapshot:
        answers = answer_all(snapshot, Options(top=50, stock=stock))
        found = this_week(snapshot, answers).set_index("rule").loc["buy"]
    wanted = answers.buy_list.products.set_index("stock_code").loc[["22423", "22197"]]
    assert found["number"] == 2
    assert found["task"] == f"Order 2 products now: {wanted['order'].sum():,.0f} units"
    assert found["by"] == wanted["runs_out"].min()


@pytest.mark.parametrize("as_of", ["2011-12-10", "2011-12-03", "2011-09-01"])
def test_nobody_is_in_two_lines(real_sales, as_of):
    with real_sales.snapshot("duckdb", parse_filters(as_of=as_of)) as snapshot:
        answers = answer_all(snapshot, Options(top=50))
        found = this_week(snapshot, answers).set_index("rule")
    customers = answers.rfm.customers
    lost = set(customers.loc[customers["segment"] == "Can't Lose", "customer_id"])
    slipped = set(answers.movement.at_risk["customer_id"])
    assert found.loc["call", "number"] == len(lost)
    assert found.loc["slipped", "number"] == len(slipped - lost)
    assert found["money"].is_monotonic_decreasing


def test_the_lines_of_the_real_year(real_sales):
    with real_sales.snapshot("duckdb", parse_filters()) as snapshot:
        found = this_week(snapshot, answer_all(snapshot, Options(top=50)))
    assert found["rule"].tolist() == ["call", "due", "slipped", "buy", "cancelled", "offer"]
    assert found["number"].tolist() == [64, 540, 35, 12798, 180, 308]
    assert found["money"].round().tolist() == [163052, 106468, 51121, 27837, 13104, 10964]
    assert found["new"].tolist()[:3] == [8, 55, 24]
    assert pd.isna(found["by"]).all()


@pytest.mark.parametrize("filters", [{}, {"countries": ["Germany"]}, {"to_month": "2011-06"}], ids=str)
def test_however_many_products_are_asked_for_the_lines_are_the_same(real_sales, filters):
    with real_sales.snapshot("duckdb", parse_filters(**filters)) as snapshot:
        few, every = (this_week(snapshot, answer_all(snapshot, Options(top=top))) for top in (50, None))
    pd.testing.assert_frame_equal(few, every)
