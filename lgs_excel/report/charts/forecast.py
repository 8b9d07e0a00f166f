"""Net sales by month, and the range of those to come."""

from __future__ import annotations

from datetime import date

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.forecast import SalesForecast
from lgs_excel.report.charts.figures import axis_pounds, to_day
from lgs_excel.report.charts.house import Page, Scale, empty_chart, scale_of
from lgs_excel.report.charts.letters import BOLD, text_width
from lgs_excel.report.charts.months import AXIS_HEIGHT, HEIGHT, LEFT, RIGHT, MonthAxis
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, TEAL

NAME = "lgs_chart_forecast"
MOST_MONTHS = 30  # the latest ones
RANGE_95, RANGE_80 = "#D3EDEB", "#93CFCA"  # two tints of TEAL


def forecast_chart(forecast: SalesForecast, data_through: date) -> Chart:
    """Net sales so far as columns, an unfinished month hatched; predictions as a mark on bars for their ranges.

    data_through: the day of the last line. Without a prediction, a sentence.
    """
    months = forecast.months.tail(MOST_MONTHS).reset_index(drop=True)
    ahead = months[months["predicted"].notna()]
    if ahead.empty:
        return empty_chart(NAME, "No prediction yet", HEIGHT)
    axis = MonthAxis(tuple(months["month"].dt.date), None)
    key = ((BLUE, "so far"), (TEAL, "predicted"), (RANGE_80, "80% range"), (RANGE_95, "95% range"))
    page = Page(HEIGHT, _finding(ahead.iloc[-len(forecast.next) or -1], short=True), "Net sales by month", key)
    shown = [*months["actual"], *ahead["predicted"], *ahead["high80"]]
    # A 95 % range that would leave the rest flat is cut off at the top.
    top = 1.4 * max(shown, key=lambda value: value if fmt.defined(value) else 0.0)
    shown += [min(value, top) for value in ahead["high95"]]
    scale = scale_of(shown, HEIGHT - 12 - AXIS_HEIGHT, page.body + 16)
    page.grid(scale, LEFT, RIGHT, axis_pounds)
    for i, row in months.iterrows():
        _draw_month(page, axis, scale, int(str(i)), row)
    axis.draw(page, scale.start)
    return page.chart(NAME, _message(months, ahead, data_through))


def _draw_month(page: Page, axis: MonthAxis, scale: Scale, index: int, row: pd.Series) -> None:
    left, right = axis.sides(index)
    if fmt.defined(row["predicted"]):
        inner = axis.sides(index, 0.44)
        page.bar(left, scale(row["low95"]), right, scale(min(row["high95"], scale.high)), RANGE_95)
        page.bar(*_box(inner, scale(row["low80"]), scale(row["high80"])), RANGE_80)
        y = scale(row["predicted"])
        page.line((left, right), (y, y), TEAL, 2.2)
    if fmt.defined(row["actual"]):
        page.bar(left, scale(row["actual"]), right, scale(0), BLUE, hatched=row["kind"] == "unfinished")
    if fmt.defined(row["predicted"]):
        _label(page, axis, scale, index, row)


def _box(sides: tuple[float, float], low: float, high: float) -> tuple[float, float, float, float]:
    return sides[0], high, sides[1], low


def _label(page: Page, axis: MonthAxis, scale: Scale, index: int, row: pd.Series) -> None:
    text = fmt.short_pounds(row["predicted"])
    if text_width(text, face=BOLD) <= axis.slot - 2:
        top = scale(min(row["high95"], scale.high))
        page.text(axis.centre(index), top - 4, text, side="center", face=BOLD, over_grid=True)


def _finding(row: pd.Series, *, short: bool) -> str:
    money = fmt.short_pounds if short else fmt.pounds
    whole = " as a whole" if row["kind"] == "unfinished" else ""
    return (
        f"{fmt.long_month(row['month'])}{whole}: about {money(row['predicted'])}, most likely "
        f"{money(row['low80'])} to {money(row['high80'])}"
    )


def _message(months: pd.DataFrame, ahead: pd.DataFrame, data_through: date) -> str:
    sentences = ["Net sales by month, with predictions and their 80% and 95% ranges"]
    sentences += [_finding(row, short=False) for _, row in ahead.iterrows()]
    unfinished = months[months["kind"] == "unfinished"]
    if len(unfinished):
        month, came = unfinished.iloc[0]["month"], fmt.pounds(unfinished.iloc[0]["actual"])
        sentences.append(f"{fmt.long_month(month)} brought {came} {to_day(data_through)}")
    return ". ".join(sentences) + "."
