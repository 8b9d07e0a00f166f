"""How the products do: by hand. Slices and random shops are worked out apart in test_slices and test_random_shops."""

import pytest

from lgs_excel.analytics.catalogue import Options

UK = "United Kingdom"


def line(invoice, day, quantity, price="1.00", customer="a", code="11111"):
    return (invoice, day, customer, quantity, price, code, UK, "THING")


def first(shop, *lines):
    return shop(*lines).show("product-details").iloc[0]


@pytest.mark.parametrize(
    ("cancelled_at", "undone"),
    [("2011-01-05 10:00", 1), ("2011-01-05 11:00", 1), ("2011-01-05 11:01", 0), ("2011-01-05 09:59", 0)],
)
def test_what_is_taken_back_within_the_hour_is_undone(shop, cancelled_at, undone):
    found = first(
        shop,
        line("1", "2011-01-05 10:00", 12),
        line("C2", cancelled_at, -12),
        line("3", "2011-01-06 10:00", 12),
    )
    assert (found["orders"], found["cancelled"], found["undone"]) == (2, 1, undone)
    assert found["cancelled_share"] == (0 if undone else pytest.approx(1 / 3))


@pytest.mark.parametrize(
    "other", [{"customer": "b"}, {"quantity": -11}, {"customer": None}], ids=["customer", "quantity", "nobody"]
)
def test_another_customer_or_quantity_is_cancelled_and_not_undone(shop, other):
    back = {"quantity": -12} | other
    found = first(shop, line("1", "2011-01-05 10:00", 12), line("C2", "2011-01-05 10:10", **back))
    assert (found["cancelled"], found["undone"], found["cancelled_share"]) == (1, 0, 0.5)


def test_a_product_whose_only_order_was_undone_has_no_share(shop):
    found = first(shop, line("1", "2011-01-05 10:00", 80995), line("C2", "2011-01-05 10:12", -80995))
    assert found["undone"] == 1
    assert found[["cancelled_share", "low95", "high95"]].isna().all()
    assert found["abc"] == ""  # no revenue, no class


def test_classes_go_by_the_share_of_revenue(shop):
    prices = {"11111": "70.00", "22222": "10.00", "33333": "15.00", "44444": "5.00"}
    shop(*(line(code, "2011-01-05", 1, price, code=code) for code, price in prices.items()))
    found = shop.show("product-details")
    assert found["stock_code"].tolist() == ["11111", "33333", "22222", "44444"]
    assert found["abc"].tolist() == ["A", "B", "B", "C"]
    assert shop.show("product-details", options=Options(top=2))["abc"].tolist() == ["A", "B"]


def test_a_product_that_makes_nearly_all_is_in_the_first_class(shop):
    shop(line("1", "2011-01-05", 1, "99.00"), line("2", "2011-01-05", 1, code="22222"))
    assert shop.show("product-details")["abc"].tolist() == ["A", "C"]


def test_the_usual_price_of_a_month_is_that_of_most_lines(shop):
    found = first(
        shop,
        *(line(f"1{i}", "2011-01-05", 1, price) for i, price in enumerate(["2.00", "2.00", "9.00"])),
        *(line(f"2{i}", "2011-02-07", 1, price) for i, price in enumerate(["3.00", "1.50", "3.00"])),
        *(line(f"4{i}", "2011-04-05", 1, price) for i, price in enumerate(["3.00", "2.50"])),  # as often: the lower
        line("5", "2011-05-05", 1, "2.50"),
        line("6", "2011-05-05", 1, "0.00"),  # a gift is no sale
    )
    assert (found["price"], found["price_changes"]) == (2.50, 2)
    assert (f"{found['first_sold']:%F}", f"{found['last_sold']:%F}") == ("2011-01-05", "2011-05-05")


def test_who_buys_it_again_on_another_day_comes_back(shop):
    found = first(
        shop,
        line("1", "2011-01-05 10:00", 1),
        line("2", "2011-01-05 16:00", 1),  # the same day
        line("3", "2011-01-05", 1, customer="b"),
        line("4", "2011-01-06", 1, customer="b"),
        line("5", "2011-01-06", 1, customer=None),
        line("6", "2011-01-07", 1, customer=None),
    )
    assert found["repeat_rate"] == 0.5


def test_the_published_classes_of_the_real_year(real_sales):
    from lgs_excel.warehouse.filters import parse_filters

    table = real_sales.tables("duckdb", parse_filters())["product-details"].set_index("stock_code")
    assert table["abc"].value_counts().to_dict() == {"A": 831, "B": 964, "C": 2017}
    for code in ("23843", "23166"):  # 80,995 and 74,215 units, taken back within the hour
        assert table.loc[code, "undone"] >= 1
