"""What changed, in words and figures, in months whose answer is known."""

import pytest

from lgs_excel.analytics.changes import MOST_FACTS
from tests.analytics.small_shop import values

MUG, BOWL = "22423", "22424"


def sold(invoice, day, customer="a", quantity=10, price="10.00", code=MUG):
    return (invoice, day, customer, quantity, price, code, "United Kingdom", {MUG: "MUG", BOWL: "BOWL"}.get(code))


def sentences(shop, **filters):
    return values(shop.show("changes", **filters)["sentence"].dropna())


def facts(shop):
    return [fact.text for fact in shop.answers().changes.facts]


def amounts(shop, comparison="2011-05 against 2011-04", **filters):
    rows = shop.show("changes", **filters)
    rows = rows[rows["comparison"] == comparison]
    return dict(zip(rows["part"], rows["amount"], strict=True))


@pytest.fixture
def growing(shop):
    """From one customer to two, who buy alike; the last day of May is a trading day."""
    return shop(
        sold("1", "2011-03-31"),
        sold("2", "2011-04-28"),
        sold("3", "2011-05-31"),
        sold("4", "2011-05-31", "b", code=BOWL),
    )


def test_growth_through_a_new_customer(growing):
    assert sentences(growing) == [
        "May 2011: net sales £200, up 100.0% on April 2011.",
        "More customers: +£100 on April 2011.",
        "New customers bought for £100, £100 more than in April 2011.",
        "Existing customers bought for £100, as much as in April 2011.",
        "Product Bowl: +£100 on April 2011.",
        "Customer b: +£100 on April 2011.",
        "There is no complete May 2010 among the months shown to compare May 2011 with.",
    ]


def test_the_parts_of_growth(growing):
    assert amounts(growing) == {
        "net sales": 100,
        "customers": 100,
        "orders per customer": 0,
        "value per order": 0,
        "sales without a customer": 0,
        "cancellations": 0,
        "adjustments and corrections": 0,
        "new customers": 100,
        "existing customers": 0,
        "product 22424": 100,
        "customer b": 100,
    }
    assert growing.show("changes")["share"].iloc[:3].tolist() == [1, 1, 0]


def test_a_fall_through_smaller_orders_and_cancellations(shop):
    shop(
        sold("0", "2011-03-31"),
        sold("1", "2011-04-28"),
        sold("2", "2011-05-31", quantity=8),
        sold("C3", "2011-05-31", quantity=-1),
        sold("4", "2011-05-31", None, 1, "2.00", "POST"),
        sold("A5", "2011-05-31", None, 1, "-3.00", "B"),
    )
    found = amounts(shop)
    assert {part: amount for part, amount in found.items() if amount} == {
        "net sales": -31, "value per order": -20, "cancellations": -10, "sales without a customer": 2,
        "adjustments and corrections": -3, "existing customers": -20, "product 22423": -30, "customer a": -30,
    }  # fmt: skip
    assert sentences(shop)[1:5] == [
        "Smaller orders: −£20 on April 2011.",
        "More sales without a customer: +£2 on April 2011.",
        "More cancellations: −£10 on April 2011.",
        "Adjustments and corrections: −£3 on April 2011.",
    ]
    assert facts(shop)[1:3] == ["Smaller orders: −£20 on April 2011.", "More cancellations: −£10 on April 2011."]


def test_in_the_second_month_of_the_history_nobody_knows_who_was_new(shop):
    shop(sold("1", "2011-04-28"), sold("2", "2011-05-31"))
    assert "Existing customers bought for £100." in sentences(shop)
    assert (
        values(shop.show("changes").set_index("part")["amount"][["new customers", "existing customers"]]) == [None] * 2
    )


def test_no_change_says_so(shop):
    shop(sold("1", "2011-03-31"), sold("2", "2011-04-28"), sold("3", "2011-05-31"))
    assert sentences(shop)[:2] == [
        "May 2011: net sales £100, unchanged on April 2011.",
        "Existing customers bought for £100, as much as in April 2011.",
    ]
    assert values(shop.show("changes")["share"])[:7] == [None] * 7


def test_what_cancels_out_is_told(shop):
    shop(sold("1", "2011-03-31"), sold("2", "2011-04-28"), *(sold(f"3{c}", "2011-05-31", c, 5) for c in "ab"))
    assert facts(shop)[1:3] == ["More customers: +£69 on April 2011.", "Smaller orders: −£69 on April 2011."]


def test_the_first_month_has_nothing_before_it(shop):
    shop(sold("1", "2011-05-31"))
    assert sentences(shop) == [
        "May 2011: net sales £100. It is the first complete month shown: there is none before it to compare with.",
        "There is no complete May 2010 among the months shown to compare May 2011 with.",
    ]
    assert values(shop.show("changes")["amount"]) == [None, None]


def test_an_unfinished_month_alone_is_not_compared(shop):
    shop(sold("1", "2011-05-04"))
    assert shop.show("changes").empty
    assert facts(shop) == ["No month is complete yet: there is nothing to compare."]


def test_an_unfinished_month_is_left_out(growing):
    assert values(growing.show("changes", as_of="2011-05-20")["comparison"])[0] == "2011-04 against 2011-03"


def test_the_same_month_last_year(shop):
    shop(sold("1", "2010-05-31"), sold("2", "2011-04-28"), sold("3", "2011-05-31", quantity=15))
    assert sentences(shop)[-1] == facts(shop)[-1] == "On May 2010 net sales were up 50.0% (+£50)."
    assert amounts(shop, "2011-05 against 2010-05")["net sales"] == 50


def test_a_month_before_without_sales(shop):
    shop(sold("1", "2011-03-31"), sold("2", "2011-05-31"))
    assert sentences(shop)[0] == "May 2011: net sales £100, after £0 in April 2011."
    assert sentences(shop)[1] == "More customers: +£100 on April 2011."


def swinging(*last):
    """Eight months that swing between £100 and £120, then `last`."""
    months = [
        f"2011-{month:02}-{day}" for month, day in ((1, 31), (2, 28), (3, 31), (4, 28), (5, 31), (6, 30), (7, 29))
    ]
    return [sold(f"{i}", day, quantity=10 + 2 * (i % 2)) for i, day in enumerate(months)] + list(last)


def test_a_change_within_the_normal_swing_is_called_so(shop):
    shop(*swinging(sold("9", "2011-08-31", quantity=11)))
    assert facts(shop)[1].startswith("That is within the normal swing: in four of five months before, sales moved by ")
    shop(*swinging(sold("9", "2011-08-31", quantity=30)))
    assert facts(shop)[0].endswith("up 200.0% on July 2011.")
    assert facts(shop)[1].startswith("That is more than the normal swing: ")


def test_unusual_cancellations_are_named(shop):
    shop(*swinging(sold("9", "2011-08-31"), sold("C10", "2011-08-31", quantity=-4)))
    assert facts(shop)[-1] == "Cancellations were unusually high: 40.0% of gross sales, 0.0% in the months before."
    assert len(facts(shop)) <= MOST_FACTS


def test_a_month_that_is_not_over_warns_of_many_cancellations_and_not_of_few(shop):
    usual = swinging(sold("9", "2011-08-31"), sold("C10", "2011-08-31", quantity=-2))
    shop(*usual, sold("11", "2011-09-05"), sold("C12", "2011-09-06", quantity=-3))
    assert facts(shop)[-2:] == [
        "Cancellations were unusually high: 20.0% of gross sales, 0.0% in the months before.",
        "September 2011 so far: 30.0% of gross sales is cancelled, at most 20.0% in a month before.",
    ]
    shop(*usual, sold("11", "2011-09-05"), sold("C12", "2011-09-06", quantity=-1))
    assert "so far" not in facts(shop)[-1]
    shop(*swinging(sold("C10", "2011-08-31", quantity=-2)), sold("11", "2011-09-05"))
    assert "so far" not in facts(shop)[-1]


def test_the_three_that_moved_most_are_named_up_or_down(shop):
    shop(
        *(sold(f"1{n}", "2011-04-28", f"c{n}", n, "1.00", f"2242{n}") for n in range(1, 6)),
        sold("20", "2011-05-31", "c5", 1, "1.00", "22425"),
        sold("21", "2011-05-31", "c9", 4, "1.00", "22429"),
    )
    found = [part for part in amounts(shop) if part.startswith(("product", "customer "))]
    assert found == ["product 22424", "product 22425", "product 22429", "customer c4", "customer c5", "customer c9"]
    about = [fact.about for fact in shop.answers().changes.facts]
    assert [one for one in about if one] == ["product", "customer"]
