"""Who moved between segments, and who slipped, on a history made by hand and on the real sales."""

import pytest

from lgs_excel.analytics.rfm import customer_segments
from lgs_excel.warehouse.filters import parse_filters
from tests.analytics.small_shop import values
from tests.conftest import ENGINES

UK = "United Kingdom"


def bought(customer, *days, code="22423", price="10.00", description="MUG"):
    return [(f"1{customer}{day}", day, customer, 1, price, code, UK, description) for day in days]


@pytest.fixture
def slipping(shop):
    """Five customers to the end of April; then all but one, the loyal one, come again in May.

    Then (30 April): a (3 orders, the last in April) is a Champion. Now: a alone did not come in May.
    """
    return shop(
        *bought("a", "2011-03-01", "2011-03-11", "2011-04-28"),
        *bought("a", "2011-04-28", code="22424", price="99.00", description="BOWL"),
        *bought("b", "2011-01-05", "2011-05-31"),
        *bought("c", "2011-01-06", "2011-05-30"),
        *bought("d", "2011-01-07", "2011-01-09", "2011-05-29"),
        *bought("e", "2011-01-10", "2011-05-27"),
        *bought("f", "2011-05-31"),
    )


def moves(shop, **filters):
    rows = shop.show("movement", **filters)
    return {(was, now): count for was, now, count in rows.itertuples(index=False)}


def test_each_customer_moves_from_the_segment_then_to_the_segment_now(slipping):
    then = segments(slipping, as_of="2011-05-01")
    now = segments(slipping)
    expected = {}
    for customer, segment in now.items():
        pair = (then.get(customer, "Not yet a customer"), segment)
        expected[pair] = expected.get(pair, 0) + 1
    assert moves(slipping) == expected
    assert then["a"] == "Champions"
    assert now["a"] == "Can't Lose"


def segments(shop, **filters):
    table = shop.show("rfm-customers", **filters)
    return dict(zip(table["customer_id"], table["segment"], strict=True))


def test_a_customer_who_is_new_was_not_yet_one(slipping):
    assert sum(count for (was, _), count in moves(slipping).items() if was == "Not yet a customer") == 1


def test_who_slipped_is_told_with_habits_and_last_items(slipping):
    (row,) = slipping.show("at-risk").to_dict("records")
    assert {name: row[name] for name in row if name != "last_purchase"} == {
        "customer_id": "a", "country": UK, "from_segment": "Champions", "to_segment": "Can't Lose",
        "spend_12_months": 129, "usual_gap": 29, "days_overdue": 34 - 29, "last_items": "BOWL, MUG",
    }  # fmt: skip
    assert f"{row['last_purchase']:%Y-%m-%d}" == "2011-04-28"


def test_spend_is_that_of_twelve_months_less_cancellations(shop):
    shop(
        *bought("a", "2010-03-01", "2011-03-11", "2011-04-28"),
        ("C1", "2011-04-28", "a", -1, "4.00"),
        *(line for c in "bcde" for line in bought(c, "2011-01-05", "2011-05-31")),
    )
    assert shop.column("at-risk", "spend_12_months") == [10 + 10 - 4]


def test_the_most_spend_comes_first_and_equal_ones_by_customer(shop):
    shop(
        *(line for c in ("a3", "a1", "a2") for line in bought(c, "2011-03-01", "2011-03-11", "2011-04-28")),
        *bought("a2", "2011-04-20", price="50.00"),
        *(line for c in "bcdefghijklm" for line in bought(c, "2011-01-05", "2011-05-31")),
    )
    found = shop.column("at-risk", "customer_id")
    assert found == sorted(found, key=lambda customer: (customer != "a2", customer))
    assert found


def test_in_the_first_month_everybody_is_new_and_nobody_at_risk(shop):
    shop(*bought("a", "2011-05-31"), *bought("b", "2011-05-30"))
    assert sum(moves(shop).values()) == 2
    assert {was for was, _ in moves(shop)} == {"Not yet a customer"}
    assert shop.show("at-risk").empty


def test_without_customers_nobody_moves(shop):
    shop(("1", "2011-05-31", None))
    assert moves(shop) == {}
    assert shop.show("at-risk").empty


@pytest.mark.parametrize("engine", ENGINES)
def test_the_real_moves_add_up_to_the_segments_of_both_days(real_sales, engine):
    tables = real_sales.tables(engine)
    moved, now = tables["movement"], tables["rfm-segments"].set_index("segment")["customers"]
    for segment, customers in now.items():
        assert moved.loc[moved["to_segment"] == segment, "customers"].sum() == customers
    with real_sales.snapshot(engine, parse_filters(as_of="2011-12-01")) as snapshot:
        then = customer_segments(snapshot).segments.set_index("segment")["customers"]
    for segment, customers in then.items():
        assert moved.loc[moved["from_segment"] == segment, "customers"].sum() == customers
    assert moved["customers"].sum() == 4_338
    slipped = moved[
        moved["from_segment"].isin(["Champions", "Loyal Customers"])
        & moved["to_segment"].isin(["At Risk", "Can't Lose", "Hibernating", "About to Sleep"])
    ]
    assert len(tables["at-risk"]) == slipped["customers"].sum() == 43
    assert values(tables["at-risk"]["spend_12_months"]) == sorted(values(tables["at-risk"]["spend_12_months"]))[::-1]
