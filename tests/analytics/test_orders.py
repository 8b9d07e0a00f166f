"""Orders placed and cancelled by month."""

import pytest


def test_an_order_is_an_invoice_with_at_least_one_sale_line(shop):
    shop(
        ("1", "2011-01-05"),
        ("1", "2011-01-05", "1", 1, "0.00"),
        ("2", "2011-01-05", "1", 1, "0.00"),
        ("3", "2011-01-05", None, -1, "0.00"),
        ("A4", "2011-01-05", None, 1, "9.00"),
        ("C5", "2011-01-05", "1", -1),
        ("C5", "2011-01-05", "1", -1),
    )
    assert shop.column("orders", "placed") == [1]
    assert shop.column("orders", "cancelled") == [1]
    assert shop.column("orders", "cancellation_rate") == [0.5]


def test_the_notebooks_formula_takes_two_off_for_each_cancellation(shop):
    shop(("1", "2011-01-05"), ("2", "2011-01-05", "1", 1, "0.00"), ("C3", "2011-01-05", "1", -1), ("4", "2011-01-06"))
    assert shop.column("orders", "placed_notebook") == [4 - 2]


def test_a_month_without_orders_has_zeros_and_no_rate(shop):
    shop(("1", "2011-01-31"), ("2", "2011-02-28", "1", 1, "0.00"), ("3", "2011-04-29"))
    orders = shop.show("orders")
    assert orders["placed"].tolist() == [1, 0, 0, 1]
    assert shop.column("orders", "cancellation_rate") == [0, None, None, 0]


def test_a_cancellation_in_two_months_is_one_in_each(shop):
    shop(("C1", "2011-01-31", "1", -1), ("C1", "2011-02-01", "1", -1))
    assert shop.column("orders", "cancelled") == [1, 1]


@pytest.mark.parametrize("second", [("1", "2011-01-05", "2"), ("1", "2011-01-05", "1", 1, "1.00", "22423", "France")])
def test_an_invoice_of_two_customers_or_countries_is_one_order(shop, second):
    shop(("1", "2011-01-05", "1"), second)
    assert shop.column("orders", "placed") == [1]
