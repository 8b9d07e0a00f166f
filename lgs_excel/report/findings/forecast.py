"""Net sales of the months to come, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.forecast import SalesForecast


def forecast_title(forecast: SalesForecast) -> str:
    """Such as "January 2012: about £560k, most likely £422k to £743k"."""
    ahead = _ahead(forecast)
    return _predicted(ahead.iloc[-len(forecast.next) or -1], fmt.short_money) if len(ahead) else "No prediction yet"


def forecast_message(forecast: SalesForecast, data_through: date) -> str:
    """Each month to come with its range, and what the unfinished one has brought."""
    ahead, months = _ahead(forecast), forecast.months
    if ahead.empty:
        return f"{forecast_title(forecast)}."
    sentences = ["Net sales by month, with predictions and their 80% and 95% ranges"]
    sentences += [_predicted(row, fmt.money) for _, row in ahead.iterrows()]
    for _, row in months[months["kind"] == "unfinished"].iterrows():
        came = f"{fmt.money(row['actual'])} to {fmt.short_day(data_through)}"
        sentences.append(f"{fmt.long_month(row['month'])} brought {came}")
    return ". ".join(sentences) + "."


def _ahead(forecast: SalesForecast) -> pd.DataFrame:
    return forecast.months[forecast.months["predicted"].notna()]


def _predicted(row: pd.Series, money: Callable[[float], str]) -> str:
    whole = " as a whole" if row["kind"] == "unfinished" else ""
    likely = f"most likely {money(row['low80'])} to {money(row['high80'])}"
    return f"{fmt.long_month(row['month'])}{whole}: about {money(row['predicted'])}, {likely}"
