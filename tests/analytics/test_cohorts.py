"""Who comes back, month by month."""

FRANCE = (1, "1.00", "22423", "France")


def rows(shop, **filters):
    """cohort, size, month, age, active of each row; months by their numbers."""
    table = shop.show("cohorts", **filters)
    months = [table[name].dt.month for name in ("cohort", "month")]
    return list(zip(months[0], table["size"], months[1], table["age"], table["active"], strict=True))


def test_a_cohort_is_followed_to_the_last_month_through_months_without_a_sale(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-01-09", "b"), ("3", "2011-03-01", "a"), ("4", "2011-03-01", "c"))
    assert rows(shop) == [(1, 2, 1, 0, 2), (1, 2, 2, 1, 0), (1, 2, 3, 2, 1), (3, 1, 3, 0, 1)]
    assert shop.column("cohorts", "retention") == [1, 0, 0.5, 1]


def test_cohorts_are_whole_whatever_the_first_month_shown(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-02-09", "a"), ("3", "2011-03-01", "b"))
    assert rows(shop, from_month="2011-02") == rows(shop)
    assert rows(shop, to_month="2011-02") == [(1, 1, 1, 0, 1), (1, 1, 2, 1, 1)]


def test_only_a_sale_makes_a_member_and_only_of_a_known_customer(shop):
    shop(("C1", "2011-01-05", "a", -1), ("2", "2011-01-05", None), ("3", "2011-01-05", "b", 1, "0.00"))
    assert rows(shop) == []
    shop(("C1", "2011-01-05", "a", -1), ("2", "2011-02-05", "a"))
    assert rows(shop) == [(2, 1, 2, 0, 1)]


def test_who_came_when_is_judged_by_the_countries_shown(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-02-05", "a", *FRANCE))
    assert rows(shop, countries=["France"]) == [(2, 1, 2, 0, 1)]
