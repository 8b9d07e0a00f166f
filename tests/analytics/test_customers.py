"""Active, new and existing customers by month."""

import math
from datetime import date

import pytest

FRANCE = (1, "1.00", "22423", "France")


def counts(shop, **filters):
    return shop.show("customers", **filters)[["active", "new", "existing"]].to_numpy().tolist()


def test_a_customer_is_new_in_the_month_of_the_first_sale_and_existing_afterwards(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-01-09", "a"), ("3", "2011-02-01", "a"), ("4", "2011-02-01", "b"))
    assert counts(shop) == [[1, 1, 0], [2, 1, 1]]


def test_who_bought_before_the_first_month_shown_is_not_new(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-02-05", "a"), ("3", "2011-02-05", "b"))
    assert counts(shop, from_month="2011-02") == [[2, 1, 1]]
    assert shop.answers(from_month="2011-02").customers.history_starts is None
    assert shop.answers().customers.history_starts == date(2011, 1, 1)


def test_a_gap_of_months_makes_nobody_new_again(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-04-05", "a"))
    assert counts(shop) == [[1, 1, 0], [0, 0, 0], [0, 0, 0], [1, 0, 1]]


def test_only_a_sale_makes_a_customer(shop):
    shop(
        ("C1", "2011-01-05", "a", -1),
        ("2", "2011-01-05", "b", 1, "0.00"),
        ("A3", "2011-01-05", "c"),
        ("4", "2011-02-05", "a"),
    )
    assert counts(shop) == [[0, 0, 0], [1, 1, 0]]


def test_one_customer_may_be_written_in_several_ways(shop):
    shop(("1", "2011-01-05", "17850"), ("2", "2011-02-05", "17850.0"))
    assert counts(shop) == [[1, 1, 0], [1, 0, 1]]


@pytest.mark.parametrize("nobody", ["", None])
def test_lines_without_a_customer_are_a_share_and_no_customer(shop, nobody):
    shop(("1", "2011-01-05", nobody, 1), ("2", "2011-01-05", "a", 3))
    assert counts(shop) == [[1, 1, 0]]
    assert shop.answers().customers.share_without_customer == 0.25


def test_a_shop_that_knows_nobody_has_no_customers(shop):
    shop(("1", "2011-01-05", None), ("2", "2011-02-05", ""))
    assert counts(shop) == [[0, 0, 0], [0, 0, 0]]
    answers = shop.answers()
    assert answers.customers.share_without_customer == 1
    assert answers.rfm.customers.empty
    assert answers.rfm.thresholds.empty
    assert answers.rfm.segments["customers"].sum() == 0


def test_a_shop_without_a_sale_has_no_share(shop):
    shop(("C1", "2011-01-05", "a", -1))
    assert math.isnan(shop.answers().customers.share_without_customer)


def test_who_is_new_is_judged_by_the_countries_shown(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-02-05", "a", *FRANCE))
    assert counts(shop) == [[1, 1, 0], [1, 0, 1]]
    assert counts(shop, countries=["France"]) == [[0, 0, 0], [1, 1, 0]]


def test_an_invoice_of_two_customers_makes_both_active(shop):
    shop(("1", "2011-01-05", "a"), ("1", "2011-01-05", "b"))
    assert counts(shop) == [[2, 2, 0]]
