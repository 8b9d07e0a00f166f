"""Whether two tables say the same, to the last penny."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tests.analytics import reference_forecasts, reference_tasks
from tests.analytics.reference import KINDS, Oracle


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Same columns and rows in the same order; numbers alike to a hundred-thousandth of a penny."""
    if found.empty and expected.empty:  # whose types nobody can tell
        assert [*found.columns] == [*expected.columns]
        return
    assert_frame_equal(_plain(found), _plain(expected), check_dtype=False, rtol=1e-12, atol=1e-7)


def assert_as_expected(tables: dict[str, pd.DataFrame], oracle: Oracle, recipe: str = "default") -> None:
    """Every table is the one that was worked out apart."""
    for name, table in tables.items():
        if name == "checks":
            assert_bridge(table, oracle)
        elif name in OUTLOOK:
            OUTLOOK[name](table, oracle)
        else:
            assert_same(table, oracle.table(name, recipe))


def assert_actuals(forecast: pd.DataFrame, oracle: Oracle) -> None:
    """What came in each month is as on the sheet Sales; what is predicted is sound."""
    came = forecast.loc[forecast["kind"] != "forecast", ["month", "actual"]]
    assert_same(came, oracle.sales()[["month", "net"]].set_axis(["month", "actual"], axis=1))
    assert (came["month"][forecast["kind"] == "unfinished"] == oracle.unfinished).all()
    assert_sound(forecast)


def assert_sound(forecast: pd.DataFrame) -> None:
    """Every prediction is a number of zero or more within its ranges, of a month that is not over."""
    bounds = forecast.loc[forecast["predicted"].notna(), ["low95", "low80", "predicted", "high80", "high95"]]
    assert np.isfinite(bounds.to_numpy()).all()
    assert (bounds.to_numpy() >= 0).all()
    assert (bounds.diff(axis=1).iloc[:, 1:].to_numpy() >= 0).all()
    assert set(forecast.loc[bounds.index, "kind"]) <= {"unfinished", "forecast"}
    assert forecast["month"].is_unique
    assert forecast["month"].is_monotonic_increasing


def assert_record(backtest: pd.DataFrame, oracle: Oracle) -> None:
    """What came is as on the sheet Sales; each prediction was made from earlier months."""
    net = oracle.sales().set_index("month")["net"]
    shown = backtest[backtest["month"].isin(net.index)]
    assert shown["actual"].tolist() == pytest.approx(net[shown["month"]].tolist(), abs=1e-7)
    ahead = (backtest["month"].dt.year - backtest["origin"].dt.year) * 12
    assert (ahead + backtest["month"].dt.month - backtest["origin"].dt.month).tolist() == backtest["horizon"].tolist()
    assert (backtest["predicted"] >= 0).all()


def assert_products(found: pd.DataFrame, oracle: Oracle) -> None:
    """Orders and units to a tenth, as they are rounded to."""
    expected = reference_forecasts.product_forecast(oracle)
    assert found["stock_code"].tolist() == expected["stock_code"].tolist()
    assert_frame_equal(_plain(found), _plain(expected[found.columns]), check_dtype=False, rtol=1e-9, atol=0.051)


def assert_orders(found: pd.DataFrame, oracle: Oracle) -> None:
    """What is expected, to a tenth, as it is rounded to; without a stock file nothing is to be ordered."""
    expected = reference_forecasts.buy_list(oracle)
    rounded = found["units"].tolist()
    assert rounded == sorted(rounded, reverse=True)
    assert found[["on_hand", "on_order", "pack", "order", "runs_out"]].isna().all(axis=None)
    found, expected = (table.sort_values("stock_code", ignore_index=True) for table in (found, expected))
    assert_frame_equal(_plain(found[[*expected.columns]]), _plain(expected), check_dtype=False, rtol=1e-9, atol=0.051)


def assert_tasks(found: pd.DataFrame, oracle: Oracle) -> None:
    """Each line with its figures; money to the penny, but for what hangs on units that are rounded."""
    expected = reference_tasks.this_week(oracle)
    for name in ("rule", "sheet", "new", "by"):
        assert [None if pd.isna(one) else one for one in found[name]] == [
            None if pd.isna(one) else one for one in expected[name]
        ], name
    assert found["number"].tolist() == pytest.approx(expected["number"].tolist(), abs=0.56)
    exact = (found["rule"] != "buy").tolist()
    assert found["money"][exact].tolist() == pytest.approx(expected["money"][exact].tolist(), abs=0.006)
    assert found["money"].tolist() == pytest.approx(expected["money"].tolist(), rel=0.01)
    assert all(str(text) for text in found["task"])


def assert_changes(found: pd.DataFrame, oracle: Oracle) -> None:
    """Each amount to the penny."""
    expected = reference_forecasts.changes(oracle)
    assert found[["comparison", "part"]].to_numpy().tolist() == expected[["comparison", "part"]].to_numpy().tolist()
    assert found["amount"].tolist() == pytest.approx(expected["amount"].tolist(), abs=0.011, nan_ok=True)
    whole = found["amount"].where(found["part"] == "net sales").ffill()
    assert found["share"].tolist() == pytest.approx((found["amount"] / whole.where(whole != 0)).tolist(), nan_ok=True)


OUTLOOK: dict[str, Callable[[pd.DataFrame, Oracle], None]] = {
    "forecast": assert_actuals,
    "forecast-backtest": assert_record,
    "product-forecast": assert_products,
    "buy-list": assert_orders,
    "this-week": assert_tasks,
    "changes": assert_changes,
    "movement": lambda found, oracle: assert_same(found, reference_forecasts.movement(oracle)),
    "at-risk": lambda found, oracle: assert_same(found, reference_forecasts.at_risk(oracle)),
}


def assert_bridge(checks: pd.DataFrame, oracle: Oracle) -> None:
    """The bridge of the kinds and the counts are as expected, and no check failed."""
    assert checks.loc[checks["result"] == "FAIL", "check"].tolist() == []
    expected = oracle.checks()
    bridge = checks.iloc[: len(KINDS) + 1][["lines", "amount"]]
    assert_same(bridge, expected.iloc[: len(KINDS) + 1][["lines", "amount"]])
    for name, lines in expected.iloc[len(KINDS) + 1 :][["check", "lines"]].itertuples(index=False):
        assert checks.loc[checks["check"].str.startswith(name), "lines"].tolist() == [lines]


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Missing values and texts of one sort, whichever way the frame came about."""
    plain = table.reset_index(drop=True).copy()
    for name in plain:
        if pd.api.types.is_datetime64_dtype(plain[name]):
            plain[name] = plain[name].astype("datetime64[s]")
        elif pd.api.types.is_numeric_dtype(plain[name]):
            plain[name] = plain[name].astype("float64")
        else:
            plain[name] = plain[name].astype("object").where(plain[name].notna(), None)
    return plain
