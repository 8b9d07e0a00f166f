"""How much shall we sell in the next months, and how good have such predictions been?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lgs_excel.analytics import forecast_methods as methods
from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.forecast_history import TradingHistory, trading_history
from lgs_excel.analytics.forecast_methods import Method, Step, Trial
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import Snapshot

MONTHS_AHEAD = 3

_METHOD = (
    (
        "Works on net sales per trading day (Sunday to Friday without bank holidays, Easter Sunday and 24 December to "
        "3 January; a setting) of complete months, times the trading days of the month that is predicted. It learns "
        "from the whole history of the countries shown before the end of the period, whatever the first month shown."
    ),
    (
        "Under 3 complete months: no prediction. 3 to 11: the mean of the last 12 and of the last 24 trading days, one "
        "month ahead. From 12: the same month last year × the root of the last three months' growth on last year. From "
        "24: the mean of that and of exponential smoothing with month factors. Where last year's figure alone (under a "
        "year: the last month's pace) has been nearer one month ahead, in six months or more, it is used instead, and "
        "the sheet says so."
    ),
    (
        "Ranges: predicted × or ÷ exp(t × s), where s is the size of past misses (logarithms) drawn towards 0.15, or "
        "towards 0.25 × √(months ahead) for the recent pace, and t is Student's. Four in five months should be inside "
        "the 80 % range; none is below zero."
    ),
    (
        "An unfinished month is never learnt from. It is predicted as what came so far + the rest: last year's share "
        "of the month after the same trading day, of a whole month that is reckoned from what came so far and from the "
        "prediction, the former counting more the later it is. Without last year: the recent pace × the trading days "
        "left."
    ),
    "A first month that begins after its first trading day is not whole, and not learnt from.",
)
DEFINITION = Definition(
    name="forecast",
    question="How much shall we sell in the next months?",
    columns={
        "month": "Calendar month.",
        "kind": "history: it is over; unfinished: it is not; forecast: it has not begun.",
        "actual": "Net sales (as on the sheet Sales), in pounds; of an unfinished month, so far.",
        "predicted": "Net sales of the whole month, in pounds. Blank for history, and where nothing can be said.",
        "low80": "In four of five months net sales should be above this and …",
        "high80": "… below this.",
        "low95": "In 19 of 20 months net sales should be above this and …",
        "high95": "… below this.",
    },
    notes=_METHOD,
    source="Chosen on this shop's months and 60 public retail series against AutoETS, AutoARIMA and AutoTheta.",
)
BACKTEST = Definition(
    name="forecast-backtest",
    question="How good have such predictions been?",
    columns={
        "origin": "The last month that was known when the prediction would have been made.",
        "horizon": "Months ahead: 1 is the month after the origin.",
        "month": "The month predicted.",
        "predicted": "What would have been predicted, in pounds.",
        "actual": "Net sales of that month, in pounds.",
        "error": "Predicted ÷ actual − 1. Blank where actual is not above zero.",
        "inside80": "Whether actual was inside the 80 % range that would have been given.",
    },
    notes=(
        "Every prediction of the last 24 months is made again from what was known then; none is left out.",
        "Only predictions of the kind that is in use now: from last year's months, or from the recent pace.",
    ),
)


@dataclass(frozen=True)
class Accuracy:
    """How good the method has been: the mean size of its errors one month ahead (a fraction), that of the method that
    is not in use (NaN: not known), and how many of how many actuals were inside the 80 % range.
    """

    error: float
    other_error: float
    inside: int
    tried: int


@dataclass(frozen=True)
class SalesForecast:
    """months: the columns of `DEFINITION`, every month of the period and up to three after it. backtest: those of
    `BACKTEST`, by origin and horizon, perhaps empty. seasonal: whether the season is known. method: "naive" where
    last year's figure alone has been better, else "ladder"; the naive one of a shop under a year is the last month's
    pace. reason: why there is no prediction, else "".
    """

    months: pd.DataFrame
    backtest: pd.DataFrame
    accuracy: Accuracy
    seasonal: bool
    method: Method
    reason: str

    @property
    def next(self) -> pd.DataFrame:
        """The months that have not begun."""
        return self.months[self.months["kind"] == "forecast"]


def sales_forecast(snapshot: Snapshot) -> SalesForecast:
    """Net sales of the period's months, of the unfinished one as a whole, and of the next three with their ranges."""
    history = trading_history(snapshot)
    known = history.known
    running = int(history.running == history.next_month)
    trials: dict[Method, list[Trial]] = {"ladder": methods.record(known), "naive": methods.record(known, "naive")}
    steps = methods.predict(known, MONTHS_AHEAD + running, paced=1 + running)
    seasonal = bool(steps) and steps[0].seasonal
    # Predictions of the two kinds are not comparable: each is judged by its own.
    alike = {name: [trial for trial in made if trial.seasonal == seasonal] for name, made in trials.items()}
    method = methods.better(alike["ladder"], alike["naive"])
    if method == "naive":
        steps = methods.predict(known, MONTHS_AHEAD + running, "naive", paced=1 + running)
    record = alike[method]
    rows = _past(snapshot, history) + _ahead(history, steps, record)
    other = alike["ladder" if method == "naive" else "naive"]
    accuracy = Accuracy(
        methods.mean_error(record), methods.mean_error(other), sum(trial.inside80 for trial in record), len(record)
    )
    return SalesForecast(
        _frame(rows, DEFINITION), _backtest(history, record), accuracy, seasonal, method, _reason(history, steps)
    )


def _past(snapshot: Snapshot, history: TradingHistory) -> list[dict[str, object]]:
    """The period's months that are over."""
    return [
        {"month": month, "kind": "history", "actual": history.month(month)}
        for month in snapshot.period.months
        if month != history.running
    ]


def _ahead(history: TradingHistory, steps: Sequence[Step], record: Sequence[Trial]) -> list[dict[str, object]]:
    """The unfinished month, if there is one, and those after it that can be predicted."""
    rows: list[dict[str, object]] = []
    if history.running and history.running != history.next_month:  # it began before its first line: not a whole one
        rows.append({"month": history.running, "kind": "unfinished", "actual": history.month(history.running)})
    for horizon, step in enumerate(steps, 1):
        month = add_months(history.next_month, horizon - 1)
        row: dict[str, object] = {"month": month, "kind": "forecast"}
        came, rest = 0.0, step.rate * history.days(month)
        if month == history.running:
            came, rest = history.month(month), history.rest(step)
            row |= {"kind": "unfinished", "actual": came}
        row["predicted"] = max(came + rest, 0)
        for level in (80, 95):
            factor = math.exp(methods.half_width(record, horizon, level, seasonal=step.seasonal))
            row |= {f"low{level}": max(came + rest / factor, 0), f"high{level}": max(came + rest * factor, 0)}
        rows.append(row)
    if not steps and history.running == history.next_month:
        rows.append({"month": history.running, "kind": "unfinished", "actual": history.month(history.running)})
    return rows


def _backtest(history: TradingHistory, record: Sequence[Trial]) -> pd.DataFrame:
    rows = []
    for trial in record:
        month = add_months(history.next_month, trial.target - len(history.known.rates))

        rows.append(
            {
                "origin": add_months(month, -trial.horizon),
                "horizon": trial.horizon,
                "month": month,
                "predicted": trial.predicted * history.days(month),
                "actual": history.month(month),
                "error": trial.error,
                "inside80": trial.inside80,
            }
        )
    return _frame(rows, BACKTEST).astype({"horizon": "int64", "inside80": "bool"})


def _frame(rows: Sequence[dict[str, object]], definition: Definition) -> pd.DataFrame:
    """The rows with the definition's columns: months as datetime64, pounds to the penny."""
    frame = pd.DataFrame(rows, columns=[*definition.columns])
    for name in frame:
        if name in ("month", "origin"):
            frame[name] = pd.to_datetime(frame[name])
        elif name not in ("kind", "horizon", "inside80"):
            frame[name] = frame[name].astype("float64")
    pounds = [name for name in frame if name in ("predicted", "low80", "high80", "low95", "high95")]
    return frame.assign(**frame[pounds].round(2))


def _reason(history: TradingHistory, steps: Sequence[Step]) -> str:
    """Why there is no prediction, in a sentence; "" where there is one."""
    if steps:
        return ""
    months = len(history.known.rates)
    if months < methods.FEWEST_MONTHS:
        return f"There is no prediction: it needs {methods.FEWEST_MONTHS} complete months, and there are {months}."
    return "There is no prediction: the last 24 trading days brought no net sales above zero."
