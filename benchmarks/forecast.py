"""Predictions by rolling origins: how far off, beside last year's figure and two libraries; and what it all costs."""

import csv
import json
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import sqlalchemy as sa

from benchmarks.measure import Row, cost
from benchmarks.shops import settings_of

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared/data"
RIVALS = ROOT / ".venv-rivals/bin/python"
HORIZONS = 3
PRODUCT_MONTHS = 7  # May to November 2011, each predicted from what was known on its first morning


def rows(urls: dict[str, str], scale: float) -> Iterator[Row]:
    """The rows of docs/forecast.md."""
    if (DATA / "monthly_net_sales.csv").exists():
        yield from _gift_shop()
    if (DATA / "online_retail.parquet").exists():
        yield from _products()
    yield from _unfinished(urls["duckdb"])
    yield _cost(urls["duckdb"], bar=0.3 if scale <= 1 else None)


def _gift_shop() -> Iterator[Row]:
    """The shop's 24 months: origins of 12 to 21 months, each one to three months ahead, in sales per trading day."""
    from lgs_excel.analytics import forecast_methods as ladder

    known, days = _known_months()
    trials = {method: _full(ladder.record(known, method), len(days)) for method in ("ladder", "naive")}
    ours, naive = (_errors(known.rates, days, trials[method]) for method in ("ladder", "naive"))
    yield Row("sales of 1–3 months ahead: sMAPE", "8.9%", ours[0] / 8.9, 1, _figures(ours))
    yield Row("sales of 1–3 months ahead: sMAPE", "last year's figure alone", ours[0] / naive[0], 1, _figures(naive))
    inside = np.mean([trial.inside80 for trial in trials["ladder"]])
    yield Row("80% range: share inside, from 85%", "75% to 95%", abs(inside - 0.85), 0.1, f"{inside:.0%} inside")
    yield from _libraries(known.rates, days, ours, trials["ladder"])


def _libraries(rates, days, ours, trials) -> Iterator[Row]:
    what = "sales of 1–3 months ahead: sMAPE"
    if not RIVALS.exists():
        yield Row(what, "statsmodels, statsforecast", 1, None, "not there: make rivals")
        return
    first = trials[0].origin
    said = json.dumps({"series": [list(rates)], "first": first, "horizons": HORIZONS})
    done = subprocess.run(
        [RIVALS, ROOT / "benchmarks/rivals.py"], input=said, capture_output=True, text=True, check=True
    )
    for name, (by_origin,) in json.loads(done.stdout).items():
        predicted = [(t.target, t.origin, by_origin[t.origin - first][t.horizon - 1]) for t in trials]
        theirs = _scores(rates, days, predicted)
        yield Row(what, name, ours[0] / theirs[0], 1, _figures(theirs))


def _known_months():
    from lgs_excel.analytics.forecast_methods import Known
    from lgs_excel.analytics.trading_days import month_days
    from lgs_excel.settings import Settings

    with (DATA / "monthly_net_sales.csv").open() as file:
        months = [(date.fromisoformat(f"{row['month']}-01"), float(row["net_sales"])) for row in csv.DictReader(file)]
    days = np.array([len(month_days(month, Settings())) for month, _ in months])
    rates = np.array([net for _, net in months]) / days
    return Known(rates, np.full(len(rates), np.nan)), days


def _full(trials, months):
    """Of origins with a year of history and all three months after it."""
    return [trial for trial in trials if 12 <= trial.origin <= months - HORIZONS]


def _errors(rates, days, trials) -> tuple[float, float]:
    return _scores(rates, days, [(trial.target, trial.origin, trial.predicted) for trial in trials])


def _scores(rates, days, predicted) -> tuple[float, float]:
    """sMAPE in percent, and MASE: errors ÷ the mean change from one known month to the next."""
    sales = rates * days
    smape = [200 * abs(value - rates[month]) / (value + rates[month]) for month, _, value in predicted]
    mase = [
        abs(value - rates[month]) * days[month] / np.abs(np.diff(sales[:origin])).mean()
        for month, origin, value in predicted
    ]
    return float(np.mean(smape)), float(np.mean(mase))


def _figures(scores: tuple[float, float]) -> str:
    return f"sMAPE {scores[0]:.1f}%, MASE {scores[1]:.2f}"


def _products() -> Iterator[Row]:
    """The best-selling 20 and 200 products of the real lines, a month ahead, at the beginning of seven months."""
    from lgs_excel.loading.load import load
    from lgs_excel.warehouse.connect import open_warehouse

    with TemporaryDirectory() as folder:
        settings = settings_of(f"duckdb:///{folder}/lgs.duckdb")
        load([DATA / "online_retail.parquet"], open_warehouse(settings), settings)
        months = [date(2011, 5 + i, 1) for i in range(PRODUCT_MONTHS)]
        found = [_product_month(settings, month) for month in months]
        yield from _buy_list(settings)
    for top, bar in ((20, 0.27), (200, None)):
        parts = [frame.head(top) for frame in found]
        orders, units = (np.mean([_wape(part, name) for part in parts]) for name in ("orders", "units"))
        inside = np.mean([part["units_came"].between(part["low80"], part["high80"]).mean() for part in parts])
        ratio = orders / (bar or orders)
        detail = f"orders {orders:.0%}, units {units:.0%}; {inside:.0%} inside the 80% range"
        yield Row(f"products: orders of the first {top}, WAPE", "27%" if bar else "", ratio, 1 if bar else None, detail)


def _wape(frame, name: str) -> float:
    return float((frame[name] - frame[f"{name}_came"]).abs().sum() / frame[f"{name}_came"].sum())


def _buy_list(settings) -> Iterator[Row]:
    """The high case for seven weeks, on the first morning of May to October 2011, against the last four weeks' units
    for as long a time: how often each was enough, and how much too much it was.
    """
    orders = pd.concat([_order(settings, date(2011, month, 1)) for month in range(5, 11)])
    enough, over = {}, {}
    for name in ("high80", "last_weeks"):
        enough[name] = (orders[name] >= orders["units_came"]).mean()
        over[name] = (orders[name] - orders["units_came"]).clip(lower=0).sum() / orders["units_came"].sum()
    detail = ", ".join(
        f"{what}: {enough[name]:.0%} enough, {over[name]:.0%} too much"
        for what, name in (("high case", "high80"), ("last weeks", "last_weeks"))
    )
    yield Row(
        "buy list of 200 products: enough", "the last four weeks", enough["high80"] / enough["last_weeks"], None, detail
    )


def _order(settings, day: date):
    """For the 200 products with the most units expected: what is ordered on a day, and what then came."""
    from lgs_excel.analytics.buy_list import buy_list

    days = settings.lead_days + settings.review_days
    with _snapshot_as_of(settings, day) as snapshot:
        predicted = buy_list(snapshot).products.head(200)
    came = _units_between(settings, day, day + timedelta(days=days))
    before = _units_between(settings, day - timedelta(days=28), day) * (days / 28)
    return predicted.assign(
        units_came=predicted["stock_code"].map(came).fillna(0),
        last_weeks=predicted["stock_code"].map(before).fillna(0),
        high80=predicted["high80"].fillna(predicted["units"]),
    )


def _units_between(settings, first: date, after: date):
    """Units less cancellations by product."""
    with _snapshot_as_of(settings, after) as snapshot:
        line = snapshot.line.c
        sold = sa.select(line.stock_code, sa.func.sum(line.quantity).label("units")).where(
            line.invoice_date >= first, line.kind.in_(("sale", "cancellation"))
        )
        return snapshot.frame(sold.group_by(line.stock_code)).set_index("stock_code")["units"]


def _snapshot_as_of(settings, day: date):
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import open_snapshot

    return open_snapshot(open_warehouse(settings), settings, Filters(as_of=day))


def _product_month(settings, month: date):
    """What was predicted for `month` from what was known on its first morning, and what came."""
    from lgs_excel.analytics.product_forecast import product_forecast
    from lgs_excel.analytics.products import product_ranking
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import open_snapshot

    with open_snapshot(open_warehouse(settings), settings, Filters(as_of=month)) as snapshot:
        predicted = product_forecast(snapshot, 200)
    shown = Filters(from_month=predicted.month, to_month=predicted.month)
    with open_snapshot(open_warehouse(settings), settings, shown) as snapshot:
        came = product_ranking(snapshot).products[["stock_code", "orders", "units"]]
    merged = predicted.products.merge(came, how="left", on="stock_code", suffixes=("", "_came"))
    return merged.fillna({"orders_came": 0, "units_came": 0})


def _unfinished(url: str) -> Iterator[Row]:
    """Every trading day of the demo shop's second year: the month as a whole, as seen on its evening."""
    from dataclasses import replace

    from lgs_excel.analytics.forecast_history import trading_history
    from lgs_excel.analytics.forecast_methods import predict
    from lgs_excel.analytics.trading_days import month_days
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(url)
    with open_snapshot(open_warehouse(settings), settings) as snapshot:
        history = trading_history(snapshot)
    errors = []
    for month in history.months[12:]:
        days, whole = month_days(month, settings), history.month(month)
        for over, day in enumerate(days[:-1], 1):
            net = history.net.loc[: pd.Timestamp(day)]
            then = replace(history, net=net, through=day, next_month=month, running=month)
            so_far, step = then.month(month), predict(then.known, 1)[0]
            errors.append([so_far + then.rest(step), so_far * len(days) / over, so_far] / np.float64(whole) - 1)
    ours, scaled, full = np.abs(errors).mean(axis=0)
    yield Row("the unfinished month: mean error", "scaled by days", ours / scaled, 1, f"{ours:.1%}, {scaled:.1%}")
    yield Row("the unfinished month: mean error", "taken for a whole one", ours / full, 1, f"{ours:.1%}, {full:.1%}")


def _cost(url: str, bar: float | None) -> Row:
    after, before = cost(with_outlook, url, runs=5).seconds, cost(without_outlook, url, runs=5).seconds
    return Row("predictions, changes, moves: seconds more", "the answers they need", after - before, bar)


def with_outlook(url: str) -> None:
    from lgs_excel.analytics.changes import what_changed
    from lgs_excel.analytics.forecast import sales_forecast
    from lgs_excel.analytics.movement import segment_movement
    from lgs_excel.analytics.product_forecast import product_forecast

    with _snapshot(url) as snapshot:
        sales, segments = _needed(snapshot)
        sales_forecast(snapshot)
        product_forecast(snapshot, 50)
        what_changed(snapshot, sales)
        segment_movement(snapshot, segments)


def without_outlook(url: str) -> None:
    with _snapshot(url) as snapshot:
        _needed(snapshot)


def _needed(snapshot):
    from lgs_excel.analytics.rfm import customer_segments
    from lgs_excel.analytics.sales import monthly_sales

    return monthly_sales(snapshot), customer_segments(snapshot)


def _snapshot(url: str):
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(url)
    return open_snapshot(open_warehouse(settings), settings)
