"""Countries: what each buys, and which grow."""

from tests.analytics.small_shop import values

FRANCE, EIRE = "France", "EIRE"


def row(shop, country, **filters):
    table = shop.show("countries", **filters).set_index("country")
    return values(table.loc[country, ["net", "gross", "orders", "customers", "share", "average_order", "growth"]])


def test_each_country_has_its_sums_and_its_share(shop):
    shop(
        ("1", "2011-01-05", "a", 3),
        ("1", "2011-01-05", "a", 1),
        ("2", "2011-01-06", "b", 2),
        ("C3", "2011-01-07", "b", -1),
        ("4", "2011-01-08", "c", 5, "1.00", "POST", FRANCE),
    )
    assert row(shop, "United Kingdom") == [5, 6, 2, 2, 0.5, 3, None]
    assert row(shop, FRANCE) == [5, 5, 1, 1, 0.5, 5, None]
    assert shop.show("countries")["country"].tolist() == [FRANCE, "United Kingdom"]  # equal ones by name


def test_growth_is_of_the_last_complete_month(shop):
    shop(("1", "2011-01-05", "a", 4), ("2", "2011-02-05", "a", 6), ("3", "2011-03-01", "a", 9))
    assert row(shop, "United Kingdom")[-1] == 0.5
    assert row(shop, "United Kingdom", to_month="2011-02")[-1] == 0.5
    assert row(shop, "United Kingdom", from_month="2011-02")[-1] is None
    assert row(shop, "United Kingdom", to_month="2011-01")[-1] is None


def test_growth_needs_a_month_before_above_zero(shop):
    shop(("C1", "2011-01-05", "a", -4), ("2", "2011-02-05", "a", 6), ("3", "2011-03-01", "a"))
    assert row(shop, "United Kingdom")[-1] is None


def test_a_country_without_orders_has_no_average_and_no_share_of_nothing(shop):
    shop(("C1", "2011-01-05", "a", -4), ("2", "2011-01-05", "b", 1, "4.00", "22423", EIRE))
    assert row(shop, "United Kingdom") == [-4, 0, 0, 0, None, None, None]
