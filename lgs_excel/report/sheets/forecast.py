"""Forecast: net sales of the next months with their ranges, and how good such predictions have been."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.forecast import SalesForecast
from lgs_excel.report.charts.forecast import forecast_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.forecast import forecast_message
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import monthly_table, plain, printed_first

PRINTED = 24
COLUMNS = {
    "actual": Column("Net sales so far", Kind.MONEY),
    "predicted": Column("Predicted", Kind.MONEY),
    "low80": Column("Low 80%", Kind.MONEY),
    "high80": Column("High 80%", Kind.MONEY),
    "low95": Column("Low 95%", Kind.MONEY),
    "high95": Column("High 95%", Kind.MONEY),
}
BACKTEST_COLUMNS = {
    "month": Column("Month", Kind.MONTH),
    "actual": Column("Net sales", Kind.MONEY),
    "predicted": Column("Predicted", Kind.MONEY),
    "error": Column("Off by", Kind.CHANGE),
    "inside80": Column("In range", Kind.TEXT),
    "horizon": Column("Ahead", Kind.COUNT),
    "origin": Column("Known to", Kind.MONTH),
}


def forecast_sheet(forecast: SalesForecast, context: Context) -> Sheet:
    """The sheet Forecast."""
    remarks = {f"m{month:%Y_%m}": "predicted" for month in forecast.next["month"]}
    ahead = forecast.months[forecast.months["predicted"].notna()]
    return Sheet(
        title="Forecast",
        finding=_finding(forecast),
        coverage=context.coverage,
        blocks=(
            *([monthly_table("lgs_ForecastByMonth", ahead, COLUMNS, context, **remarks)] if len(ahead) else []),
            make_chart(
                "lgs_chart_forecast",
                forecast_message(forecast, context.period.data_through),
                context.style,
                forecast_figure,
                forecast,
            ),
            *(Note(sentence, Mark.QUIET) for sentence in _method(forecast)),
            *_backtest(forecast),
        ),
        printed=("lgs_Backtest", PRINTED),
        pages=1,
    )


def accuracy(forecast: SalesForecast) -> str:
    """How good such predictions have been, in a sentence."""
    known = forecast.accuracy
    if not known.tried:
        return "There is no record of such predictions yet; it begins when one more month is over."
    inside = f"{known.inside} of {fmt.count(known.tried, 'actual')} were inside the 80% range"
    if not fmt.defined(known.error):
        return f"Of such predictions {inside}."
    said = f"One month ahead such predictions were off by {fmt.percent(known.error)} on average"
    if fmt.defined(known.other_error):
        other = "the usual method" if forecast.method == "naive" else f"{_naive(forecast)} alone"
        said += f", {other} by {fmt.percent(known.other_error)}"
    return f"{said}; {inside}."


def _method(forecast: SalesForecast) -> list[str]:
    """What the predictions are made of, and how good they have been."""
    if forecast.reason:
        return []
    said = [accuracy(forecast)]
    if forecast.method == "naive":
        said.append(f"So what is shown is {_naive(forecast)} alone: it has been nearer than the usual method.")
    if not forecast.seasonal:
        said.append(
            "The season is not known yet: that takes twelve months, or last year's twelve monthly totals in the "
            "settings (last_year_sales)."
        )
    return [*said, "In four of five months net sales should be inside the 80% range, in 19 of 20 inside the 95% range."]


def _naive(forecast: SalesForecast) -> str:
    return "last year's figure" if forecast.seasonal else "the last month's pace"


def _backtest(forecast: SalesForecast) -> list[Table | Note]:
    """The record, the latest first: every prediction of the last two years, made again from what was known then."""
    if forecast.backtest.empty:
        return []
    latest_first = forecast.backtest.iloc[::-1]
    rows = []
    for row in latest_first.to_dict("records"):
        inside = Cell("yes" if row["inside80"] else "no", mark=None if row["inside80"] else Mark.BAD)
        rows.append(tuple(inside if name == "inside80" else plain(row[name]) for name in BACKTEST_COLUMNS))
    record = Table("lgs_Backtest", tuple(BACKTEST_COLUMNS.values()), tuple(rows), "How good predictions have been")
    return [*printed_first(len(rows), PRINTED), record]


def _finding(forecast: SalesForecast) -> str:
    if forecast.reason:
        return forecast.reason
    said = [_expected(row) for _, row in forecast.months[forecast.months["predicted"].notna()].head(2).iterrows()]
    return f"{'; '.join(said)} (four times in five)."


def _expected(row: pd.Series) -> str:
    reach = f"{fmt.short_money(row['low80'])} to {fmt.short_money(row['high80'])}"
    whole = " as a whole" if row["kind"] == "unfinished" else ""
    return f"{fmt.long_month(row['month'])}{whole}: about {fmt.short_money(row['predicted'])}, {reach}"
