"""Predicted net sales: from the lines to the months, on shops made by hand and on the real sales."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from lgs_excel.analytics.forecast import sales_forecast
from lgs_excel.analytics.trading_days import month_days
from lgs_excel.errors import SettingsError
from lgs_excel.settings import Settings, load_settings
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.months import add_months
from tests.analytics.compare_tables import assert_sound
from tests.analytics.small_shop import values
from tests.conftest import ENGINES, settings_for

FIRST = date(2009, 1, 1)
SEASON = (40, 40, 50, 45, 50, 50, 50, 50, 70, 80, 120, 60)


def month_lines(month, net):
    """`net` pounds, half on the first trading day and half on the last."""
    days = month_days(month, Settings())
    return [
        (f"{month:%y%m}{i}", day.isoformat(), "a", 1 if net >= 0 else -1, f"{abs(net) / 2:.2f}")
        for i, day in enumerate((days[0], days[-1]))
    ]


def months_of(*nets, first=FIRST):
    return [line for i, net in enumerate(nets) for line in month_lines(add_months(first, i), net)]


def kinds(table):
    return table["kind"].value_counts().to_dict()


@pytest.mark.parametrize(("count", "ahead"), [(1, 0), (2, 0), (3, 1), (11, 3), (12, 3), (13, 3), (24, 3), (60, 3)])
def test_any_length_of_history_has_the_predictions_that_fit_it(duckdb_only, count, ahead):
    shop = duckdb_only(*months_of(*(SEASON * 5)[:count]))
    table = shop.show("forecast")
    assert kinds(table) == {"history": count} | ({"forecast": ahead} if ahead else {})
    assert_sound(table)
    assert (shop.answers().forecast.reason == "") == bool(ahead)


def test_under_three_months_the_reason_is_given(shop):
    shop(*months_of(5, 6))
    assert shop.answers().forecast.reason == "There is no prediction: it needs 3 complete months, and there are 2."


@pytest.mark.parametrize(
    "nets",
    [
        (*SEASON, 0, 0, 50, *SEASON), (*SEASON, -5, 40, *SEASON), (0,) * 14, (-3,) * 14, (*SEASON, 1e7, *SEASON),
        (5, 0, 5, 0, 5, 0), (*SEASON, *(0,) * 12), (0, *SEASON[1:], 1),
    ],
)  # fmt: skip
def test_gaps_zeros_negative_months_and_a_giant_order_are_survived(duckdb_only, nets):
    shop = duckdb_only(*months_of(*nets))
    table = shop.show("forecast")
    assert_sound(table)
    assert len(table[table["kind"] == "history"]) == len(nets)
    answer = shop.answers().forecast
    assert bool(answer.reason) == (not len(answer.next))
    assert np.isfinite(shop.show("forecast-backtest")["predicted"]).all()


def test_a_shop_that_stopped_has_a_reason(shop):
    shop(*months_of(5, 5, 5, 0, 0), ("9", "2009-05-29", "a", 1, "0.00"))
    assert shop.answers().forecast.reason == (
        "There is no prediction: the last 24 trading days brought no net sales above zero."
    )


def test_last_years_month_is_predicted_for_its_trading_days(shop):
    shop(*months_of(*SEASON))
    january, _, march = shop.column("forecast", "predicted")[-3:]
    days = {year: [len(month_days(date(year, month, 1), Settings())) for month in (1, 3)] for year in (2009, 2010)}
    assert january == pytest.approx(40 / days[2009][0] * days[2010][0], abs=0.01)
    assert march == pytest.approx(50 / days[2009][1] * days[2010][1], abs=0.01)


def test_the_unfinished_month_is_neither_learnt_from_nor_scored(shop):
    shop(*months_of(*SEASON, 40, 40), ("9", "2010-03-02", "a", 1, "5.00"))
    little = shop.show("forecast"), shop.show("forecast-backtest")
    shop(*months_of(*SEASON, 40, 40), ("9", "2010-03-02", "a", 1, "5000.00"))
    much = shop.show("forecast"), shop.show("forecast-backtest")
    columns = ["month", "predicted", "low80", "high95"]
    assert much[0][much[0]["kind"] == "forecast"][columns].equals(little[0][little[0]["kind"] == "forecast"][columns])
    assert much[1].equals(little[1])
    assert values(little[0]["kind"])[-4:] == ["unfinished", "forecast", "forecast", "forecast"]


def test_of_the_unfinished_month_what_came_is_kept_and_the_rest_goes_by_last_years_share(shop):
    """Half of each month came on its first day, so that half a month is left after it."""
    shop(*months_of(*SEASON, *SEASON[:2]), ("9", "2010-03-01", "a", 1, "30.00"))
    row = shop.show("forecast").set_index("kind").loc["unfinished"]
    whole = 50 / len(month_days(date(2009, 3, 1), Settings())) * len(month_days(date(2010, 3, 1), Settings()))
    growth = (
        40 / len(month_days(date(2010, 1, 1), Settings())) + 40 / len(month_days(date(2010, 2, 1), Settings()))
    ) / (40 / len(month_days(date(2009, 1, 1), Settings())) + 40 / len(month_days(date(2009, 2, 1), Settings())))
    assert row["actual"] == 30
    assert row["predicted"] == pytest.approx(30 + 0.5 * 30 + 0.25 * whole * growth**0.5, abs=0.01)


def test_without_last_year_the_rest_goes_by_the_recent_pace(shop):
    shop(*months_of(24, 24, 24, 24), ("9", "2009-05-01", "a", 1, "6.00"))
    row = shop.show("forecast").set_index("kind").loc["unfinished"]
    march, april, may = (month_days(date(2009, month, 1), Settings()) for month in (3, 4, 5))
    days = [*march, *april, may[0]]
    sold = {march[0]: 12, march[-1]: 12, april[0]: 12, april[-1]: 12, may[0]: 6}
    pace = sum(sum(sold.get(day, 0) for day in days[-last:]) / last for last in (12, 24)) / 2
    assert row["predicted"] == pytest.approx(6 + pace * (len(may) - 1), abs=0.01)


def test_a_first_month_that_began_before_the_data_is_not_learnt_from(shop):
    shop(("1", "2008-12-15", "a", 1, "99.00"), *months_of(5, 5))
    assert shop.answers().forecast.reason.endswith("there are 2.")
    shop(*months_of(5, 5, 5))
    assert shop.answers().forecast.reason == ""


def test_the_months_shown_change_no_prediction(shop):
    shop(*months_of(*SEASON, *SEASON))
    whole, part = shop.show("forecast"), shop.show("forecast", from_month="2010-06")
    assert values(part["month"]) == values(whole["month"])[17:]
    assert part["predicted"].tolist() == pytest.approx(whole["predicted"].tolist()[17:], nan_ok=True)


def test_as_of_a_day_only_what_was_known_then_counts(shop):
    shop(*months_of(*SEASON, *SEASON))
    then = shop.show("forecast", to_month="2010-03")
    shop(*months_of(*SEASON, *SEASON[:3]))
    assert then.equals(shop.show("forecast"))


def test_last_years_totals_in_the_settings_let_a_young_shop_know_the_season(shop):
    shop(*months_of(44, 44, 55, first=date(2010, 1, 1)))
    url = shop.warehouse.url.render_as_string(hide_password=False)
    table = shop.show("forecast", settings=settings_for(url, last_year_sales=SEASON))
    assert kinds(table) == {"history": 3, "forecast": 3}
    assert table["predicted"].iloc[-1] == pytest.approx(50 * 1.1**0.5, rel=0.15)
    assert kinds(shop.show("forecast")) == {"history": 3, "forecast": 1}
    record = shop.show("forecast-backtest", settings=settings_for(url, last_year_sales=SEASON))
    assert set(values(record["month"])) <= {"2010-01", "2010-02", "2010-03"}


def test_last_years_totals_are_those_of_all_countries(shop):
    shop(*months_of(44, 44, 55, first=date(2010, 1, 1)))
    url = shop.warehouse.url.render_as_string(hide_password=False)
    some = shop.show("forecast", settings=settings_for(url, last_year_sales=SEASON), countries=["United Kingdom"])
    assert kinds(some) == {"history": 3, "forecast": 1}


@pytest.mark.parametrize("text", ["1,2,3", "a,b", "1,2,3,4,5,6,7,8,9,10,11,inf"])
def test_last_years_totals_must_be_twelve_amounts(text, tmp_path):
    with pytest.raises(SettingsError, match="last_year_sales"):
        load_settings(environment={"LGS_LAST_YEAR_SALES": text}, file=tmp_path / "none.toml")


def test_last_years_totals_can_be_given_in_the_file_and_the_environment(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("last_year_sales = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5]\n")
    assert load_settings(environment={}, file=file).last_year_sales == (*range(1, 12), 12.5)
    said = {"LGS_LAST_YEAR_SALES": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13"}
    assert load_settings(environment=said, file=file).last_year_sales[-1] == 13


@pytest.mark.parametrize("engine", ENGINES)
def test_the_real_december_is_closed_by_last_years_share_not_taken_for_a_whole_month(real_sales, engine):
    table = real_sales.tables(engine)["forecast"].set_index("month")
    december = table.loc["2011-12-01"]
    assert (december["kind"], december["actual"]) == ("unfinished", pytest.approx(433_668.01))
    # By days it would be 433,668 × 20 ÷ 8 = 1,084,170: Christmas closing and the quiet days before it are known.
    assert 748_957 < december["predicted"] < 900_000
    assert table.loc["2011-11-01", "kind"] == "history"
    assert values(table.index.to_series())[-3:] == ["2012-01", "2012-02", "2012-03"]
    assert table.loc["2012-01-01", "predicted"] == pytest.approx(560_000.26)  # 24 trading days in both years


def test_real_months_are_predicted_as_far_off_as_the_record_says(real_sales):
    with real_sales.snapshot("duckdb", parse_filters(to_month="2011-11")) as snapshot:
        answer = sales_forecast(snapshot)
    assert answer.accuracy.tried == 0
    assert answer.seasonal
    with real_sales.snapshot("duckdb", parse_filters(to_month="2011-08")) as snapshot:
        answer = sales_forecast(snapshot)
    record = answer.backtest
    assert answer.accuracy.error == pytest.approx(record["error"].abs().mean())
    assert answer.accuracy.inside == record["inside80"].sum()
    assert record["error"].tolist() == pytest.approx((record["predicted"] / record["actual"] - 1).tolist(), abs=1e-6)
    assert pd.api.types.is_bool_dtype(record["inside80"])


@pytest.fixture
def duckdb_only(shops):
    return shops["duckdb"]
