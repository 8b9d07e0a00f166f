"""Who is held out."""

import numpy as np
import pandas as pd
import pytest

from lgs_excel.campaigns.draw import draw_hold_out


def people(number, seed=1):
    rng = np.random.default_rng(seed)
    ids = [f"{10_000 + i}" for i in range(number)]
    return pd.DataFrame({"customer_id": ids, "value": rng.lognormal(5, 1, number).round(2)})


@pytest.mark.parametrize(("number", "share", "held"), [(701, 0.1, 70), (701, 0.5, 351), (7, 0.1, 1), (4, 0.1, 0)])
def test_the_share_is_held_out(number, share, held):
    assert draw_hold_out(people(number), share, 7).sum() == held


def test_each_fifth_by_value_gives_its_share():
    customers = people(500)
    held = draw_hold_out(customers, 0.2, 3)
    fifths = pd.qcut(customers["value"].rank(ascending=False, method="first"), 5, labels=False)
    assert held.groupby(fifths).sum().tolist() == [20] * 5


def test_the_order_of_the_customers_changes_nobodys_group():
    customers = people(300)
    first = set(customers.loc[draw_hold_out(customers, 0.25, 5), "customer_id"])
    for seed in range(5):
        shuffled = customers.sample(frac=1, random_state=seed)
        assert set(shuffled.loc[draw_hold_out(shuffled, 0.25, 5), "customer_id"]) == first


def test_another_seed_draws_others():
    customers = people(300)
    assert not draw_hold_out(customers, 0.25, 5).equals(draw_hold_out(customers, 0.25, 6))


def test_everybody_is_held_out_as_often():
    customers = people(50)
    times = sum(draw_hold_out(customers, 0.2, seed).astype(int) for seed in range(2_000))
    assert times.between(320, 480).all()  # 400 are expected, give or take 18
