"""Whether two tables say the same, to the last penny."""

from __future__ import annotations

import pandas as pd
from pandas.testing import assert_frame_equal

from tests.analytics.oracle import KINDS, Oracle


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Same columns and rows in the same order; numbers alike to a hundred-thousandth of a penny."""
    assert_frame_equal(_plain(found), _plain(expected), check_dtype=False, rtol=1e-12, atol=1e-7)


def assert_as_expected(tables: dict[str, pd.DataFrame], oracle: Oracle, recipe: str = "default") -> None:
    """Every table is the one that was worked out apart."""
    for name, table in tables.items():
        if name == "checks":
            assert_bridge(table, oracle)
        else:
            assert_same(table, oracle.table(name, recipe))


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
