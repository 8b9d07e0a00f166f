"""Power before, intervals after; right by simulation of campaigns whose effect is known."""

import math

import numpy as np
import pytest

from lgs_excel.campaigns.draw import draw_hold_out
from lgs_excel.campaigns.statistics import difference_of_means, difference_of_shares, smallest_difference
from tests.campaigns.test_draw import people

CAMPAIGNS = 2_000


@pytest.mark.parametrize(("mailed", "held", "points"), [(631, 70, 10.6), (350, 351, 6.3)])
def test_the_smallest_difference_is_the_published_one(mailed, held, points):
    assert round(100 * smallest_difference(0.1, mailed, held), 1) == points


def test_an_empty_group_has_no_smallest_difference():
    assert math.isnan(smallest_difference(0.1, 100, 0))


@pytest.mark.parametrize(
    ("bought", "expected"),
    # Newcombe, 1998, table II, method 10.
    [
        ((56, 70, 48, 80), (0.2, 0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.6, 0.1705, 0.8090)),
        ((10, 10, 0, 20), (1.0, 0.6791, 1.0)),
        ((0, 10, 0, 10), (0.0, -0.2775, 0.2775)),
    ],
)
def test_newcombes_interval_is_the_published_one(bought, expected):
    found = difference_of_shares(*bought)
    assert (found.value, found.low, found.high) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("effect", [0.0, 0.03])
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_interval_of_shares_covers_the_truth(effect, share):
    """Customers who buy at rates of their own; the groups are drawn as a campaign draws them."""
    customers = people(1_400)
    rng = np.random.default_rng(11)
    rates = rng.beta(2, 14, len(customers))
    covered = claimed = 0
    for seed in range(CAMPAIGNS):
        held = draw_hold_out(customers, share, seed).to_numpy()
        bought = rng.random(len(customers)) < rates + effect * ~held
        found = difference_of_shares(bought[~held].sum(), (~held).sum(), bought[held].sum(), held.sum())
        covered += found.low <= effect <= found.high
        claimed += found.is_clear
    assert 0.93 <= covered / CAMPAIGNS <= 0.97
    if not effect:
        assert claimed / CAMPAIGNS <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / CAMPAIGNS)


def test_the_interval_of_spending_covers_the_truth():
    rng = np.random.default_rng(5)
    covered, rounds = 0, 300
    for seed in range(rounds):
        groups = [np.where(rng.random(n) < 0.25, rng.lognormal(5.5, 0.9, n), 0.0) for n in (900, 300)]
        found = difference_of_means(*groups, seed)
        covered += found.low <= 0 <= found.high
    assert 0.92 <= covered / rounds <= 0.98


def test_where_some_spend_far_more_the_interval_reaches_farther_up():
    mailed, held_out = np.random.default_rng(3).lognormal(4, 1.2, 80), np.full(60, 90.0) + np.arange(60)
    found = difference_of_means(mailed, held_out, 1)
    assert found.high - found.value > 1.2 * (found.value - found.low) > 0


def test_where_few_bought_nothing_is_said_of_spending():
    assert difference_of_means(np.array([1.0] * 50), np.array([5.0] * 4 + [0.0] * 50), 1) is None


def test_the_same_seed_gives_the_same_interval():
    one, other = np.arange(50.0), np.arange(40.0)
    assert difference_of_means(one, other, 3) == difference_of_means(one, other, 3)
    assert difference_of_means(one, other, 3) != difference_of_means(one, other, 4)
