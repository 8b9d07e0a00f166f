"""The distribution of invoice amounts."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lgs_excel.analytics.invoices import even_edges, round_edges

amounts = st.floats(0.01, 1e9, allow_nan=False)


def invoices(*prices):
    """An invoice of one line for each price."""
    return [(str(number), "2011-01-31", "1", 1, price) for number, price in enumerate(prices, 1)]


def figures(shop, **filters):
    return shop.show("invoices", **filters).iloc[0].to_dict()


def test_an_invoice_is_the_sum_of_its_sale_lines_only(shop):
    shop(
        ("1", "2011-01-05", "1", 3, "2.00"),
        ("1", "2011-01-05", "1", 1, "0.50"),
        ("1", "2011-01-05", "1", 1, "0.00"),
        ("1", "2011-01-05", None, -5, "2.00"),
        ("C2", "2011-01-05", "1", -3, "2.00"),
        ("A3", "2011-01-05", "1", 1, "9.00"),
    )
    found = figures(shop)
    assert (found["count"], found["min"], found["max"], found["mean"]) == (1, 6.5, 6.5, 6.5)


def test_one_invoice_is_all_of_its_figures_and_none_is_below_the_85th_percentile(shop):
    shop(*invoices("12.34"))
    found = figures(shop)
    assert [found[name] for name in ("min", "mean", "median", "mode", "max", "p85")] == [12.34] * 6
    assert found["trimmed_count"] == 0
    assert math.isnan(found["trimmed_mean"])


def test_without_a_sale_there_are_no_invoices(shop):
    shop(("C1", "2011-01-05", "1", -3, "2.00"), ("2", "2011-01-05", "1", 1, "0.00"))
    found = figures(shop)
    assert (found["count"], found["trimmed_count"]) == (0, 0)
    assert all(math.isnan(value) for name, value in found.items() if not name.endswith("count"))
    whole = shop.answers().invoices.whole
    assert whole.bins.empty
    assert whole.total == 0


def test_percentiles_lie_on_the_line_between_two_invoices(shop):
    shop(*invoices("1.00", "2.00", "3.00", "10.00"))
    found = figures(shop)
    assert found["median"] == 2.5
    assert found["p85"] == pytest.approx(3 + 0.55 * 7)
    assert (found["trimmed_count"], found["trimmed_mean"], found["trimmed_median"]) == (3, 2, 2)


def test_an_invoice_of_exactly_the_85th_percentile_is_not_below_it(shop):
    shop(*invoices(*(f"{pounds}.00" for pounds in range(1, 22))))  # p85 is the 18th of 21
    found = figures(shop)
    assert found["p85"] == 18
    assert found["trimmed_count"] == 17


@pytest.mark.parametrize("price", ["0.1", "16888.02"])
def test_equal_invoices_are_all_at_the_85th_percentile_and_none_is_below(shop, price):
    """Interpolating between equal numbers may not lose the last binary digit."""
    for number in (2, 3, 6, 11):
        shop(*invoices(*[price] * number))
        assert (figures(shop)["p85"], figures(shop)["trimmed_count"]) == (float(price), 0)


def test_the_mode_is_the_smallest_of_the_most_frequent_amounts(shop):
    shop(*invoices("5.00", "5.00", "3.00", "3.00", "1.00", "9.00"))
    assert figures(shop)["mode"] == 3


def test_the_mode_is_to_the_penny(shop):
    shop(*invoices("4.994", "5.004", "4.995", "6.00", "6.00"))
    assert figures(shop)["mode"] == 5


def test_the_histogram_counts_every_invoice_once_at_whichever_edge_it_is(shop):
    shop(*invoices("0.99", "1.00", "2.00", "4.99", "5.00", "99.99", "100.00"))
    bins = shop.answers().invoices.whole.bins
    assert bins["lower"].tolist() == [0, 1, 2, 5, 10, 20, 50, 100]
    assert bins["upper"].tolist() == [1, 2, 5, 10, 20, 50, 100, 200]
    assert bins["invoices"].tolist() == [1, 1, 2, 1, 0, 0, 1, 1]


def test_whiskers_end_at_the_last_invoice_within_reach(shop):
    shop(*invoices("1.00", "10.00", "11.00", "12.00", "13.00", "14.00", "100.00"))
    whole = shop.answers().invoices.whole
    assert (whole.q1, whole.q3) == (10.5, 13.5)
    assert (whole.whisker_low, whole.whisker_high) == (10, 14)


def test_an_invoice_of_two_countries_is_split_by_a_filter(shop):
    shop(
        ("1", "2011-01-05", "1", 3, "1.00", "22423", "France"),
        ("1", "2011-01-05", "1", 4, "1.00", "22423", "Spain"),
    )
    assert figures(shop)["max"] == 7
    assert figures(shop, countries=["Spain"])["max"] == 4


@given(amounts)
def test_round_edges_reach_above_every_amount(largest):
    edges = round_edges(largest)
    assert edges[0] == 0
    assert edges == sorted(set(edges))
    assert edges[-2] <= largest < edges[-1]


@given(amounts)
@example(0.28)
@example(0.01)
@example(3e-7)
def test_even_edges_are_few_and_reach_every_amount_below(largest):
    edges = even_edges(largest)
    assert edges[0] == 0
    assert len(edges) <= 31
    assert edges[-2] < largest <= edges[-1]


def test_there_are_no_edges_without_amounts():
    assert round_edges(math.nan) == even_edges(math.nan) == []
