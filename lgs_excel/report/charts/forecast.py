"""Net sales by month, and the range of those to come."""

from __future__ import annotations

from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.analytics.forecast import SalesForecast
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import hatch, label_columns, month_axis
from lgs_excel.report.findings.forecast import forecast_title
from lgs_excel.report.months import Months

MOST_MONTHS = 30  # the latest ones


def forecast_figure(forecast: SalesForecast) -> Figure:
    """Net sales so far as columns, an unfinished month hatched; predictions as a mark on bars for their ranges.

    Without a prediction, a sentence.
    """
    table = forecast.months.tail(MOST_MONTHS).reset_index(drop=True)
    past, ahead = table[table["actual"].notna()], table[table["predicted"].notna()]
    if ahead.empty:
        return sentence_figure(forecast_title(forecast))
    tints = {80: to_rgba("C1", 0.5), 95: to_rgba("C1", 0.2)}
    legend = (("so far", "C0"), ("predicted", "C1"), ("80% range", tints[80]), ("95% range", tints[95]))
    figure = new_figure(forecast_title(forecast), "Net sales by month", legend)
    axes, months = figure.subplots(), Months(tuple(table["month"].dt.date))
    month_axis(axes, months)
    # A 95 % range that would leave the rest flat is cut off at the top.
    highest = max(0.0, *table[["actual", "predicted", "high80"]].max())
    tops = table["high95"].clip(upper=1.4 * highest)
    axes.bar(ahead.index, tops[ahead.index] - ahead["low95"], 0.7, ahead["low95"], color=tints[95], linewidth=0)
    axes.bar(ahead.index, ahead["high80"] - ahead["low80"], 0.44, ahead["low80"], color=tints[80], linewidth=0)
    axes.hlines(ahead["predicted"], ahead.index - 0.35, ahead.index + 0.35, color="C1", linewidth=2.2)
    bars = axes.bar(past.index, past["actual"], 0.7, color="C0", linewidth=0)
    for bar, kind in zip(bars, past["kind"], strict=True):
        if kind == "unfinished":
            hatch(bar, "C0")
    value_ticks(axes.yaxis, fmt.axis_money)
    zero_line(axes)
    axes.margins(y=0.06)
    texts = [fmt.short_money(value) if fmt.defined(value) else "" for value in table["predicted"]]
    label_columns(axes, months, tops.fillna(table["actual"]), texts)
    return figure
