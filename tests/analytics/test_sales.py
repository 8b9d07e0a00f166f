"""Sales by month, their growth, and the month that is not over."""

import pytest

from tests.conftest import settings_for


def test_each_kind_of_line_stands_in_its_own_column_and_net_is_all_of_them(shop):
    shop(
        ("1", "2011-01-05", "17850", 10, "2.50"),
        ("C2", "2011-01-06", "17850", -4, "2.50"),
        ("A3", "2011-01-07", None, 1, "-7.00"),
        ("4", "2011-01-31", "17850", 3, "0.00"),
        ("5", "2011-01-31", None, -9, "0.00"),
    )
    assert shop.show("sales").iloc[0].drop(["month", "growth"]).tolist() == [25, -10, -7, 8]


def test_a_lower_case_letter_before_the_number_means_the_same(shop):
    shop(("c2", "2011-01-06", "17850", -4, "2.50"), ("a3", "2011-01-07", None, 1, "-7.00"))
    assert shop.show("sales").iloc[0].drop(["month", "growth"]).tolist() == [0, -10, -7, -17]


def test_a_cancellation_invoice_is_one_whatever_its_sign(shop):
    shop(("1", "2011-01-05"), ("C2", "2011-01-06", "17850", 4, "2.50"))
    assert shop.column("sales", "gross") == [1]
    assert shop.column("sales", "cancelled") == [10]
    assert shop.column("orders", "cancelled") == [1]


def test_an_adjustment_of_any_sign_is_no_sale(shop):
    shop(("A1", "2011-01-05", None, 1, "11062.06"))
    assert shop.column("sales", "adjustments") == [11062.06]
    assert shop.column("sales", "gross") == [0]


def test_a_price_below_zero_is_a_correction_and_still_in_net(shop):
    shop(("1", "2011-01-05", None, 2, "-3.00"), ("2", "2011-01-05", None, -2, "5.00"))
    assert shop.show("sales").iloc[0].drop(["month", "growth"]).tolist() == [0, 0, 0, -16]
    assert shop.show("checks").set_index("check")["lines"].filter(like="Correction").tolist() == [2]


def test_thousandths_of_a_pound_are_kept(shop):
    shop(*(("1", "2011-01-05", "17850", 1, "0.001") for _ in range(7)))
    assert shop.column("sales", "net") == [0.007]


def test_growth_compares_with_the_month_before(shop):
    shop(
        ("1", "2011-01-31", "1", 100),
        ("2", "2011-02-28", "1", 150),
        ("3", "2011-03-31", "1", 60),
        ("4", "2011-04-29", "1", 60),
    )
    assert shop.column("sales", "growth") == [None, 0.5, pytest.approx(-0.6), 0]


def test_growth_is_null_in_the_first_month_shown(shop):
    shop(("1", "2011-01-31"), ("2", "2011-02-28"), ("3", "2011-03-31"))
    assert shop.column("sales", "growth", from_month="2011-02") == [None, 0]


def test_growth_is_null_where_the_month_before_is_not_above_zero(shop):
    shop(
        ("C1", "2011-01-31", "1", -5),  # below zero
        ("2", "2011-02-28", "1", 5),
        ("3", "2011-03-31", "1", 5),
        ("C4", "2011-03-31", "1", -5),  # zero
        ("5", "2011-04-30", "1", 5),
    )
    assert shop.column("sales", "growth") == [None, None, -1, None]


def test_a_month_without_lines_has_zeros_and_the_one_after_it_no_growth(shop):
    shop(("1", "2010-11-30"), ("2", "2011-02-28"))
    sales = shop.show("sales")
    assert sales["month"].dt.strftime("%Y-%m").tolist() == ["2010-11", "2010-12", "2011-01", "2011-02"]
    assert sales["net"].tolist() == [1, 0, 0, 1]
    assert shop.column("sales", "growth") == [None, -1, None, None]


def test_growth_is_null_in_an_unfinished_month(shop):
    shop(("1", "2011-10-31"), ("2", "2011-11-30"), ("3", "2011-12-09"))
    assert shop.column("sales", "growth") == [None, 0, None]


@pytest.mark.parametrize(
    ("last_line", "unfinished"),
    [
        ("2011-11-30 17:00", None),
        ("2011-11-29 17:00", "2011-11-01"),
        ("2011-12-09 12:50", "2011-12-01"),
        ("2010-12-23 16:06", None),  # the shop's last day before Christmas
        ("2010-12-22 16:06", "2010-12-01"),
        ("2011-04-28 18:00", None),  # then a royal wedding and a Saturday
        ("2011-04-27 18:00", "2011-04-01"),
        ("2011-07-29 18:00", "2011-07-01"),  # Sunday the 31st is a trading day
        ("2011-07-30 18:00", "2011-07-01"),
        ("2011-12-31 18:00", None),
        ("2011-10-30 18:00", "2011-10-01"),
        ("2024-03-28 18:00", None),  # Good Friday, Saturday, Easter Sunday
        ("2024-03-27 18:00", "2024-03-01"),
        ("2021-05-30 18:00", None),  # the 31st is the Spring bank holiday
    ],
)
def test_a_month_is_unfinished_while_trading_days_are_left_in_it(shop, last_line, unfinished):
    shop(("1", last_line))
    found = shop.answers().sales.unfinished
    assert (found and found.isoformat()) == unfinished


def test_a_saturday_is_no_trading_day_unless_the_settings_say_so(shop):
    shop(("1", "2011-09-29"), ("2", "2012-06-29"))  # a Friday, with Saturday the 30th to come
    assert shop.column("sales", "growth")[-1] is None  # May had nothing
    url = shop.warehouse.url.render_as_string(hide_password=False)
    shop(("1", "2012-05-31"), ("2", "2012-06-29"))
    assert shop.column("sales", "growth") == [None, 0]
    open_on_saturdays = settings_for(url, closed_weekdays="Sunday")
    assert shop.column("sales", "growth", settings=open_on_saturdays) == [None, None]


def test_bank_holidays_are_a_setting(shop):
    shop(("1", "2021-04-30"), ("2", "2021-05-30"))
    url = shop.warehouse.url.render_as_string(hide_password=False)
    assert shop.column("sales", "growth") == [None, 0]
    assert shop.column("sales", "growth", settings=settings_for(url, bank_holidays="DE")) == [None, None]


def test_a_month_is_over_once_the_shop_has_sold_in_a_later_one(shop):
    """Even if the shop was closed on its last trading days."""
    shop(("1", "2011-01-31"), ("2", "2011-02-15"), ("3", "2011-03-31"))
    assert shop.column("sales", "growth", to_month="2011-02") == [None, 0]
    assert shop.column("sales", "growth", to_month="2011-02", as_of="2011-03-01") == [None, None]


def test_a_month_without_lines_is_shown_at_the_end_of_a_period_that_the_shop_outlived(shop):
    shop(("1", "2011-01-31"), ("2", "2011-03-31"))
    assert shop.column("sales", "month", to_month="2011-02") == ["2011-01", "2011-02"]
    assert shop.column("sales", "net", to_month="2011-02") == [1, 0]


def test_a_month_is_unfinished_for_every_country_alike(shop):
    """The last line is sought in every country: the data reach that far for all."""
    shop(
        ("1", "2011-10-31", "1", 1, "1.00", "22423", "France"),
        ("2", "2011-11-10", "1", 1, "1.00", "22423", "France"),
        ("3", "2011-11-30"),
    )
    assert shop.column("sales", "growth", countries=["France"]) == [None, 0]


def test_an_invoice_in_two_months_counts_in_each_with_its_lines(shop):
    shop(("1", "2011-01-31 23:59", "1", 2), ("1", "2011-02-01 00:00", "1", 3))
    assert shop.column("sales", "net") == [2, 3]
    assert shop.column("orders", "placed") == [1, 1]
    assert shop.show("invoices")[["count", "max"]].values.tolist() == [[1, 5]]


def test_as_of_leaves_out_the_lines_of_that_day_and_later_ones(shop):
    shop(("1", "2011-01-09 23:59:59", "1", 1), ("2", "2011-01-10 00:00:00", "1", 10), ("3", "2011-02-01", "1", 100))
    assert shop.column("sales", "net", as_of="2011-01-10") == [1]
    assert shop.column("sales", "net", as_of="2011-01-11") == [11]
    assert shop.column("sales", "net", as_of="2011-02-28") == [11, 100]
