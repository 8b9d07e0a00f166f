"""Recency, frequency and monetary value; scores that ties can't upset; segments."""

import itertools
import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.analytics.catalogue import CATALOGUE, Options
from lgs_excel.analytics.rfm import SEGMENT_OF, SEGMENTS, tie_safe_scores
from lgs_excel.errors import InputError
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.conftest import put
from tests.conftest import READ_ENGINES, settings_for

numbers = st.lists(st.integers(-5, 5) | st.integers(-10_000, 10_000), min_size=1, max_size=60)


def customers(shop, **filters):
    return shop.show("rfm-customers", **filters).set_index("customer_id")


def test_recency_is_in_calendar_days_to_the_day_after_the_last_line(shop):
    shop(("1", "2011-01-05 09:00", "a"), ("2", "2011-01-31 23:59", "b"), ("C3", "2011-02-02 08:00", None, -1))
    assert customers(shop)["recency"].to_dict() == {"b": 3, "a": 29}


def test_the_last_line_is_that_of_any_country(shop):
    shop(("1", "2011-01-05", "a", 1, "1.00", "22423", "France"), ("2", "2011-01-31", "b"))
    assert customers(shop, countries=["France"])["recency"].to_dict() == {"a": 27}


def test_the_as_of_date_may_be_set(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-01-10", "a"))
    assert customers(shop, as_of="2011-01-10")[["recency", "frequency"]].to_numpy().tolist() == [[5, 1]]
    assert customers(shop, as_of="2012-01-10")["recency"].tolist() == [365]


def test_the_as_of_date_of_some_months_is_the_day_after_their_last_line(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-01-29", "b"), ("3", "2011-03-01", "a"))
    assert customers(shop, to_month="2011-01")["recency"].to_dict() == {"b": 1, "a": 25}


def test_frequency_counts_invoices_with_a_sale_line(shop):
    shop(
        ("1", "2011-01-05", "a"),
        ("1", "2011-01-05", "a", 2),
        ("2", "2011-01-06", "a"),
        ("3", "2011-01-07", "a", 1, "0.00"),
        ("C4", "2011-01-08", "a", -1),
    )
    assert customers(shop)["frequency"].tolist() == [2]
    assert customers(shop)["last_purchase"].dt.day.tolist() == [6]


def test_monetary_is_sales_less_cancellations(shop):
    shop(
        ("1", "2011-01-05", "a", 10, "2.50"),
        ("C2", "2011-01-06", "a", -12, "2.50"),
        ("A3", "2011-01-06", "a", 1, "-7.00"),
        ("4", "2011-01-06", "a", -1, "3.00"),
    )
    assert customers(shop)["monetary"].tolist() == [-5]


def test_who_only_cancelled_is_no_customer_but_is_accounted_for(shop):
    shop(("1", "2011-01-05", "a"), ("C2", "2011-01-06", "b", -3))
    assert customers(shop).index.tolist() == ["a"]
    assert shop.answers().rfm.not_scored == -3


def test_the_country_is_that_of_the_last_purchase_and_the_first_in_the_alphabet(shop):
    shop(
        ("1", "2011-01-05", "a", 1, "1.00", "22423", "Austria"),
        ("2", "2011-01-06 09:00", "a", 1, "1.00", "22423", "Cyprus"),
        ("3", "2011-01-06 18:00", "a", 1, "1.00", "22423", "Spain"),
        ("C4", "2011-01-07", "a", -1, "1.00", "22423", "Belgium"),
    )
    assert customers(shop)["country"].tolist() == ["Cyprus"]


def test_one_customer_has_middling_scores(shop):
    shop(("1", "2011-01-05", "a"))
    assert customers(shop)[["r", "f", "m"]].to_numpy().tolist() == [[3, 3, 3]]
    assert customers(shop)["segment"].tolist() == ["Need Attention"]


def test_five_customers_have_a_score_each(shop):
    shop(*((f"{n}{i}", f"2011-01-0{n}", f"c{n}", n) for n in range(1, 6) for i in range(n)))
    scores = customers(shop)[["r", "f", "m"]]
    assert scores.to_dict("index") == {f"c{n}": {"r": n, "f": n, "m": n} for n in range(5, 0, -1)}


def test_customers_are_listed_best_first(shop):
    shop(("1", "2011-01-05", "b"), ("2", "2011-01-05", "a"), ("3", "2011-01-05", "c", 9), ("4", "2011-01-02", "d"))
    assert customers(shop).index.tolist() == ["c", "a", "b", "d"]


def test_thresholds_say_which_values_got_which_score(shop):
    shop(*((f"{n}{i}", f"2011-01-0{n}", f"c{n}", n) for n in range(1, 6) for i in range(n)))
    thresholds = shop.answers().rfm.thresholds
    assert thresholds[thresholds["measure"] == "recency"].drop(columns="measure").to_numpy().tolist() == [
        [5, 1, 1, 1], [4, 2, 2, 1], [3, 3, 3, 1], [2, 4, 4, 1], [1, 5, 5, 1],
    ]  # fmt: skip
    assert thresholds.loc[thresholds["measure"] == "frequency", "lowest"].tolist() == [5, 4, 3, 2, 1]


def test_shares_of_segments_add_up_to_one(shop):
    shop(*((str(n), f"2011-01-{n:02}", f"c{n % 7}", n) for n in range(1, 29)))
    assert shop.show("rfm-segments")[["share_of_customers", "share_of_sales"]].sum().tolist() == pytest.approx([1, 1])


def test_the_classic_recipe_counts_gross_sales(shop):
    shop(
        *((str(n), f"2011-01-0{n}", f"c{n}", n) for n in range(1, 8)),
        ("C9", "2011-01-08", "c7", -6),
    )
    assert (
        shop.show("rfm-customers", options=Options(rfm="classic")).set_index("customer_id").loc["c7", "monetary"] == 7
    )
    assert customers(shop).loc["c7", "monetary"] == 1


def test_the_classic_recipe_says_when_it_cannot_cut(shop):
    shop(("1", "2011-01-05", "a"), ("2", "2011-01-05", "b"))
    with pytest.raises(InputError, match=r"classic can't cut the period's 2 customers .* use --rfm default"):
        shop.show("rfm-customers", options=Options(rfm="classic"))


def test_the_classic_recipe_says_so_without_customers(shop):
    shop(("1", "2011-01-05", None))
    with pytest.raises(InputError, match="the period's 0 customers"):
        shop.show("rfm-segments", options=Options(rfm="classic"))


def test_an_unknown_recipe_names_the_nearest(shop):
    shop(("1", "2011-01-05", "a"))
    with pytest.raises(
        InputError, match=r"--rfm 'clasic' is not known\. Allowed: default, classic\. Nearest: classic\."
    ):
        shop.show("rfm-segments", options=Options(rfm="clasic"))


def test_all_125_scores_are_in_exactly_one_segment():
    for r, f, _ in itertools.product(range(1, 6), repeat=3):
        assert len([segment for segment in SEGMENTS if r in segment.r and f in segment.f]) == 1
        assert SEGMENT_OF[r, f] in {segment.name for segment in SEGMENTS}


def test_each_segment_says_what_to_do():
    assert all(segment.action.endswith(".") for segment in SEGMENTS)
    assert len({segment.action for segment in SEGMENTS}) == 10


@given(numbers)
def test_equal_values_have_equal_scores_and_better_ones_no_lower(values):
    series = pd.Series(values)
    high, low = tie_safe_scores(series, best="high"), tie_safe_scores(series, best="low")
    for (value, best_high, best_low), (other, other_high, other_low) in itertools.combinations(
        zip(values, high, low, strict=True), 2
    ):
        if value == other:
            assert (best_high, best_low) == (other_high, other_low)
        elif value > other:
            assert best_high >= other_high
            assert best_low <= other_low
    assert set(high) | set(low) <= {1, 2, 3, 4, 5}


@given(numbers, st.randoms())
def test_the_order_of_customers_changes_no_score(values, chance):
    series = pd.Series(values)
    places = list(series.index)
    chance.shuffle(places)
    shuffled = tie_safe_scores(series[places], best="high")
    assert shuffled.sort_index().tolist() == tie_safe_scores(series, best="high").tolist()


@given(st.integers(1, 200))
def test_without_ties_each_score_has_a_fifth_of_the_customers(number):
    sizes = tie_safe_scores(pd.Series(range(number)), best="high").value_counts()
    assert all(abs(size - number / 5) < 1 for size in sizes)


def test_no_values_have_no_scores():
    assert tie_safe_scores(pd.Series([], dtype="float64"), best="high").tolist() == []


@pytest.mark.parametrize("engine", READ_ENGINES)
def test_shuffling_the_lines_of_the_real_sales_changes_no_customer(real_sales, new_url, engine):
    shuffled = open_warehouse(settings_for(new_url(engine)))
    put(real_sales.raw.sample(frac=1, random_state=7), shuffled)
    settings = settings_for(shuffled.url.render_as_string(hide_password=False))
    with open_snapshot(shuffled, settings) as snapshot:
        for name in ("rfm-segments", "rfm-customers"):
            table = CATALOGUE[name].table(snapshot, Options())
            pd.testing.assert_frame_equal(table, real_sales.tables(engine)[name])


def test_shuffling_the_lines_of_a_shop_changes_no_figure(shop):
    lines = [
        (f"{'C' if n % 9 == 0 else ''}{n // 2}", f"2011-0{1 + n % 3}-1{n % 5}", f"c{n % 6}", 1 + n % 4, "2.00",
         f"1000{n % 3}", ("France", "Spain")[n % 2], f"NAME {n % 4}")
        for n in range(60)
    ]  # fmt: skip
    before = {name: shop(*lines).show(name) for name in CATALOGUE}
    random.Random(1).shuffle(lines)
    shop(*lines)
    for name, table in before.items():
        pd.testing.assert_frame_equal(shop.show(name), table)
