"""The arithmetic of predictions, on months made by hand and at random."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgs_excel.analytics import forecast_methods as ladder
from lgs_excel.analytics.forecast_methods import Known, Step, Trial, half_width, predict, record, t_quantile

SEASON = np.array([5, 4, 5, 4, 5, 5, 5, 5, 8, 9, 12, 7.0])


def known(rates, pace=None, own=0):
    rates = np.array(rates, dtype="float64")
    return Known(rates, rates.copy() if pace is None else np.array(pace, dtype="float64"), own)


def rates_of(steps):
    return [step.rate for step in steps]


@pytest.mark.parametrize(
    ("freedom", "t80", "t95"),
    [(1, 3.078, 12.706), (2, 1.886, 4.303), (10, 1.372, 2.228), (20, 1.325, 2.086), (21, 1.323, 2.080),
     (28, 1.313, 2.048), (30, 1.310, 2.042), (60, 1.296, 2.000), (120, 1.289, 1.980)],
)  # fmt: skip
def test_quantiles_of_students_t_are_those_of_the_tables(freedom, t80, t95):
    assert t_quantile(80, freedom) == pytest.approx(t80, abs=0.0015)
    assert t_quantile(95, freedom) == pytest.approx(t95, abs=0.0015)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_under_three_months_nothing_is_predicted(count):
    assert predict(known([5.0] * count), 3) == []


def test_under_a_year_the_pace_goes_one_month_ahead():
    assert predict(known([5, 6, 7], pace=[5, 6, 9]), 3) == [Step(9, seasonal=False)]
    assert rates_of(predict(known([5, 6, 7], pace=[5, 6, 9]), 3, paced=2)) == [9, 9]


def test_a_month_that_is_known_from_last_year_is_predicted_from_it():
    steps = predict(known([*range(1, 12)], pace=[20] * 11), 3)
    assert [(step.rate, step.seasonal) for step in steps] == [(20, False), (1, True), (2, True)]


def test_a_year_gives_last_years_months_times_the_root_of_growth():
    year = predict(known(SEASON), 3)
    assert rates_of(year) == [5, 4, 5]
    assert all(step.seasonal for step in year)
    grown = predict(known([*SEASON, *SEASON[:3] * 1.44]), 3)
    assert rates_of(grown) == pytest.approx(SEASON[3:6] * 1.2)


@pytest.mark.parametrize(("factor", "growth"), [(0.01, 0.4), (100, 2.5), (1.3, 1.3)])
def test_growth_is_kept_within_limits(factor, growth):
    assert ladder.growth(np.array([*SEASON, *SEASON[:2] * factor])) == pytest.approx(growth)


def test_growth_on_nothing_is_none():
    assert ladder.growth(np.array([0.0, *SEASON[1:], 5.0])) == 1


def test_two_years_of_the_same_season_are_predicted_again():
    assert rates_of(predict(known([*SEASON, *SEASON]), 3)) == pytest.approx(SEASON[:3])
    assert rates_of(predict(known([*SEASON] * 5), 3)) == pytest.approx(SEASON[:3])


def test_where_last_year_sold_nothing_the_pace_is_taken():
    rates = [0.0, *SEASON[1:]]
    steps = predict(known(rates, pace=[8] * 12), 2)
    assert [(step.rate, step.seasonal) for step in steps] == [(8, False), (4, True)]


def test_a_shop_that_stopped_is_not_predicted():
    assert predict(known([5, 5, 5, 0, 0], pace=[5, 5, 5, 0, 0]), 3) == []
    assert predict(known([5, 5, 5, -1], pace=[5, 5, 5, -1]), 3) == []


def test_the_naive_method_takes_last_years_figure_or_the_last_months():
    assert rates_of(predict(known([*SEASON, 50]), 2, "naive")) == [4, 5]
    assert rates_of(predict(known([5, 6, 7], pace=[1, 1, 1]), 2, "naive")) == [7]


def test_the_record_is_made_of_what_was_known_then():
    rates = np.array([*SEASON, *SEASON * 1.1])
    for trial in record(known(rates)):
        again = predict(known(rates[: trial.origin]), 3)[trial.horizon - 1]
        assert (trial.predicted, trial.seasonal) == (again.rate, again.seasonal)
        assert trial.actual == rates[trial.target]


def test_later_months_change_no_earlier_prediction_and_no_earlier_range():
    rates = np.array([*SEASON, *SEASON * 1.1])
    rates[19] *= 1.4  # outside its range, unless the shock after it were known
    shocked = rates.copy()
    shocked[20] *= 40
    until = [trial for trial in record(known(rates)) if trial.target < 20]
    assert [trial for trial in record(known(shocked)) if trial.target < 20] == until
    assert not until[-1].inside80


def test_the_record_keeps_failures_and_every_horizon():
    trials = record(known([*SEASON, *SEASON * [1] * 6, *[9.0] * 6][:30]))
    assert {trial.horizon for trial in trials} == {1, 2, 3}
    assert len(trials) == len({(trial.origin, trial.horizon) for trial in trials})


def test_months_that_were_typed_in_are_learnt_from_but_not_predicted():
    trials = record(known([*SEASON, *SEASON[:4]], own=12))
    assert {trial.target for trial in trials} == {12, 13, 14, 15}
    assert all(trial.seasonal for trial in trials)


def test_a_range_without_a_record_is_the_prior():
    assert half_width([], 1, 80, seasonal=True) == pytest.approx(1.886 * 0.15)
    assert half_width([], 2, 95, seasonal=False) == pytest.approx(2.776 * 0.25 * math.sqrt(2))


def test_a_range_grows_with_past_misses_of_its_own_kind_only():
    misses = [Trial(12 + i, 1, 5.0, 10.0, seasonal=True, inside80=False) for i in range(6)]
    wide = half_width(misses, 1, 80, seasonal=True)
    assert wide == pytest.approx(1.397 * math.sqrt((2 * 0.15**2 + 6 * math.log(2) ** 2) / 8))
    assert half_width(misses, 1, 80, seasonal=False) == half_width([], 1, 80, seasonal=False)


def test_a_month_of_nothing_counts_as_a_miss_by_five_times():
    assert Trial(12, 1, 5.0, 0.0, seasonal=True, inside80=False).miss == -math.log(5)
    assert Trial(12, 1, 5.0, 5000.0, seasonal=True, inside80=False).miss == math.log(5)
    assert math.isnan(Trial(12, 1, 5.0, -1.0, seasonal=True, inside80=False).error)


def test_the_naive_method_is_used_where_it_has_been_nearer_and_there_is_enough_to_judge_by():
    def trials(error, count):
        return [Trial(12 + i, 1, 10 * (1 + error), 10.0, seasonal=True, inside80=True) for i in range(count)]

    assert ladder.better(trials(0.2, 6), trials(0.1, 6)) == "naive"
    assert ladder.better(trials(0.2, 5), trials(0.1, 5)) == "ladder"
    assert ladder.better(trials(0.1, 9), trials(0.1, 9)) == "ladder"
    assert ladder.better([], []) == "ladder"


# To four decimals, as money is.
rates = (st.floats(-50, 5000) | st.just(0.0) | st.floats(1e5, 1e9)).map(lambda rate: round(rate, 4))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 60).flatmap(lambda n: st.lists(rates, min_size=n, max_size=n)), st.integers(0, 12))
def test_any_history_has_finite_predictions_above_zero_or_none(history, own):
    months = known(history, own=min(own, len(history)))
    trials = record(months)
    for step in predict(months, 4, paced=2):
        assert math.isfinite(step.rate)
        assert step.rate > 0
        inner, outer = (half_width(trials, 1, level, seasonal=step.seasonal) for level in (80, 95))
        assert 0 < inner < outer < 10
