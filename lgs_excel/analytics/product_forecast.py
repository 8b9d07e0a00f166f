"""Which products will be asked for next month?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.products import labels
from lgs_excel.analytics.recent_lines import recent_days, recent_lines
from lgs_excel.analytics.trading_days import month_days
from lgs_excel.errors import InputError
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import Snapshot

Floats = NDArray[np.float64]

BLOCK = 24  # trading days: four weeks
WINDOW = 2  # blocks that a prediction is made of
ORIGINS = 4  # past predictions that the range is made of, a block apart
BLOCKS = WINDOW + ORIGINS
FEWEST_DAYS = BLOCK
_FIGURES = ("lines", "units", "low80", "high80", "change")
HEAD = 200  # the best-selling products, whose misses are pooled apart from the others'

DEFINITION = Definition(
    name="product-forecast",
    question="Which products will be asked for next month?",
    columns={
        "stock_code": "The product's code, in capitals and trimmed.",
        "description": "Its most frequent description; the first in the alphabet, if several.",
        "orders": "Invoices with the product to be expected next month.",
        "units": "Units to be expected next month, less cancellations.",
        "low80": "In four of five cases the units should be above this and …",
        "high80": "… below this. Blank where there are no two past predictions to judge by.",
        "change": "Units of the last 48 trading days ÷ those of the 48 before − 1. Blank where those are not positive.",
    },
    notes=(
        (
            "Expected: the mean of the last 48 trading days (eight weeks; all, if there are fewer, at least 24) × the "
            "trading days of the month after the last one, of the countries and months shown. A line counts at most as "
            "much as the largest but one in a hundred of its product's lines."
        ),
        "By expected orders, the most first; equal ones by units, then by code. Products without a sale are left out.",
        (
            "Range: the misses (logarithms of 1 + units) of the same prediction 1 to 4 times 24 trading days ago, of "
            "all products; those of the 200 then sold most often for the first 200, those of the others for the rest."
        ),
        (
            "A product's season is not known from so few sales: after a peak such as Christmas less will come than "
            "this, and the Forecast sheet, which knows the season, says how much less the shop as a whole."
        ),
    ),
)


@dataclass(frozen=True)
class ProductForecast:
    """products: the columns of `DEFINITION`, the most orders first. month: the month expected. total: how many products
    there are, whatever part of them is shown. reason: why there is no prediction, else "".
    """

    products: pd.DataFrame
    month: date
    total: int
    reason: str = ""


def product_forecast(snapshot: Snapshot, top: int | None = None) -> ProductForecast:
    """The `top` (default: all) products to be expected next month. Raises InputError for a `top` below 1."""
    if top is not None and top < 1:
        raise InputError(f"--top {top} is too few. Give 1 or more, or leave it out for all.")
    month = add_months(snapshot.period.last_month, 1)
    days = recent_days(snapshot)
    if len(days) < FEWEST_DAYS:
        reason = f"Products are not predicted: it needs {FEWEST_DAYS} trading days, and the period has {len(days)}."
        return ProductForecast(pd.DataFrame(columns=[*DEFINITION.columns]), month, 0, reason)
    ahead = len(month_days(month, snapshot.settings))
    sold = expected_units(snapshot, ahead)
    expected = _with_orders(snapshot, recent_lines(snapshot), _starts(days)[WINDOW - 1], sold, top)
    expected["orders"] *= ahead / min(len(days), BLOCK * WINDOW)
    ranked = expected.sort_values(["orders", "units", "stock_code"], ascending=[False, False, True], ignore_index=True)
    ranked[["orders", "units", "low80", "high80"]] = ranked[["orders", "units", "low80", "high80"]].round(1)
    shown = ranked.head(len(ranked) if top is None else top)
    named = labels(snapshot, None if top is None else shown["stock_code"].tolist())
    shown = shown.merge(named, how="left", on="stock_code")
    return ProductForecast(shown[[*DEFINITION.columns]], month, len(sold))


def expected_units(snapshot: Snapshot, ahead: int) -> pd.DataFrame:
    """stock_code, lines, units, low80, high80, change of each product for the next `ahead` trading days; no rows where
    the period has fewer than FEWEST_DAYS.
    """
    days = recent_days(snapshot)
    if len(days) < FEWEST_DAYS:
        return pd.DataFrame(
            {"stock_code": pd.Series(dtype="object"), **{name: pd.Series(dtype="float64") for name in _FIGURES}}
        )
    return _expected(_sold(snapshot, _starts(days)), len(days), ahead)


@dataclass(frozen=True)
class OrderRecord:
    """How what would have been ordered BLOCK × WINDOW trading days ago met what was then asked for: of how many
    products; by the high case, and by the four weeks before: the share of products for which it was enough, and what
    was too much, as a share of what was asked for.
    """

    products: int
    high_enough: float
    high_over: float
    weeks_enough: float
    weeks_over: float


def order_record(snapshot: Snapshot) -> OrderRecord | None:
    """The record of the HEAD products with the most units expected then; None where the history is too short."""
    days = recent_days(snapshot)
    if len(days) < BLOCK * BLOCKS:
        return None
    sold = _sold(snapshot, _starts(days))
    units, lines, came = (sold.filter(regex=f"^{name}").to_numpy("float64") for name in "unw")
    expected = np.maximum(units[:, WINDOW : 2 * WINDOW].sum(axis=1), 0)
    _, high = _range(expected, units[:, WINDOW:], lines[:, WINDOW:])
    first = np.argsort(-expected, kind="stable")[:HEAD]
    first = first[np.isfinite(high[first]) & (expected[first] > 0)]
    asked = np.maximum(came[first, :WINDOW].sum(axis=1), 0)
    if not asked.sum():
        return None
    weeks = WINDOW * np.maximum(came[first, WINDOW], 0)
    return OrderRecord(len(first), *_met(high[first], asked), *_met(weeks, asked))


def _met(ordered: Floats, asked: Floats) -> tuple[float, float]:
    """The share for which it was enough, and what was too much, as a share of what was asked for."""
    over = np.maximum(ordered - asked, 0).sum() / asked.sum()
    return float((ordered >= asked).mean()), float(over)


def _starts(days: list[date]) -> list[date]:
    """The first day of each block, the last block first."""
    starts = [days[-BLOCK * n] for n in range(1, min(BLOCKS, len(days) // BLOCK) + 1)]
    return starts if len(starts) >= WINDOW else [*starts, days[0]]


def _sold(snapshot: Snapshot, starts: list[date]) -> pd.DataFrame:
    """stock_code, and of each block its units u0, u1, …, sale lines n0, n1, … and units without a limit for a line
    w0, w1, …: of products, not of charges; in the order of codes.

    starts: the first day of each block, the last block first.
    """
    return snapshot.once(f"sold since {starts[-1]}", lambda: _asked(snapshot, starts))


def _asked(snapshot: Snapshot, starts: list[date]) -> pd.DataFrame:
    line = recent_lines(snapshot).c
    block = sa.case(*((line.day >= start, number) for number, start in enumerate(starts))).label("block")
    # Lines of a product that are the same but for their invoice, first: of these there are few.
    keys = [line.stock_code, block, line.sale, line.quantity]
    alike = (
        sa.select(*keys, sa.func.count().label("lines")).where(line.day >= starts[-1]).group_by(*keys).cte("alike")
    ).c
    number = sa.func.sum(alike.lines)
    upto = sa.func.sum(number).over(partition_by=alike.stock_code, order_by=alike.quantity)
    whole = sa.func.sum(number).over(partition_by=alike.stock_code)
    sizes = (
        sa.select(alike.stock_code, alike.quantity, upto.label("upto"), whole.label("whole"))
        .where(alike.sale == 1)
        .group_by(alike.stock_code, alike.quantity)
        .subquery("size")
    ).c
    caps = (
        sa.select(sizes.stock_code, sa.func.min(sizes.quantity).label("cap"))
        .where(100 * sizes.upto >= 99 * sizes.whole)
        .group_by(sizes.stock_code)
        .subquery("cap")
    )
    capped = sa.func.greatest(sa.func.least(alike.quantity, caps.c.cap), -caps.c.cap) * alike.lines
    sums = [
        sa.cast(sa.func.coalesce(sa.func.sum(amount).filter(alike.block == n), 0), sa.BigInteger).label(f"{name}{n}")
        for n in range(len(starts))
        for name, amount in (("u", capped), ("n", alike.sale * alike.lines), ("w", alike.quantity * alike.lines))
    ]
    sold = (
        sa.select(alike.stock_code, *sums)
        .join_from(caps, alike.stock_code.table, caps.c.stock_code == alike.stock_code)
        .group_by(alike.stock_code)
        .subquery("sold")
    )
    found = snapshot.frame(sa.select(sold).where(sold.c.stock_code.in_(snapshot.product_codes)))
    # Engines give rows in any order, and equal products must not change places.
    return found.sort_values("stock_code", ignore_index=True)


def _with_orders(
    snapshot: Snapshot, lines: sa.FromClause, since: date, sold: pd.DataFrame, top: int | None
) -> pd.DataFrame:
    """`sold` with the orders since that day, at least of the `top` with the most."""
    if top is not None and len(sold) > 2 * top:
        # Counting the orders of a few products costs a fraction. None has more orders than lines, so that these few are
        # enough when the last of the top has more orders than any other product has lines.
        ranked = sold.sort_values("lines", ascending=False)
        likely = ranked.head(2 * top)
        counted = likely.merge(_orders(snapshot, lines, since, likely["stock_code"].tolist()), on="stock_code")
        if counted["orders"].nlargest(top).iloc[-1] > ranked["lines"].iloc[2 * top]:
            return counted
    return sold.merge(_orders(snapshot, lines, since), on="stock_code")


def _orders(snapshot: Snapshot, lines: sa.FromClause, since: date, codes: list[str] | None = None) -> pd.DataFrame:
    """stock_code, orders (float64): the sale invoices of each product, or of those in `codes`, since that day."""
    line = lines.c
    pairs = sa.select(line.stock_code, line.invoice_no).where(line.sale == 1, line.day >= since).distinct()
    found = (pairs if codes is None else pairs.where(line.stock_code.in_(codes))).subquery()
    orders = sa.cast(sa.func.count(), sa.Float).label("orders")
    return snapshot.frame(sa.select(found.c.stock_code, orders).group_by(found.c.stock_code))


def _expected(sold: pd.DataFrame, days: int, ahead: int) -> pd.DataFrame:
    """stock_code, lines, units, low80, high80, change for `ahead` trading days, from the sums of `_sold` over `days`;
    only products with a sale in the blocks that a prediction is made of.
    """
    units, lines = sold.filter(regex="^u").to_numpy("float64"), sold.filter(regex="^n").to_numpy("float64")
    rate = np.maximum(units[:, :WINDOW].sum(axis=1), 0) / min(days, BLOCK * WINDOW)
    expected = rate * ahead
    low, high = _range(expected, units, lines)
    before = units[:, WINDOW : 2 * WINDOW].sum(axis=1) if units.shape[1] >= 2 * WINDOW else np.zeros(len(units))
    change = np.divide(units[:, :WINDOW].sum(axis=1), before, out=np.full(len(units), np.nan), where=before > 0) - 1
    frame = sold[["stock_code"]].assign(
        lines=lines[:, :WINDOW].sum(axis=1), units=expected, low80=low, high80=high, change=change
    )
    return frame[frame["lines"] > 0]


def _range(expected: Floats, units: Floats, lines: Floats) -> tuple[Floats, Floats]:
    """The 80 % range of each product; NaN where there are fewer than two past predictions."""
    misses: tuple[list[Any], list[Any]] = ([], [])
    for origin in range(1, units.shape[1] - WINDOW + 1):
        seen = slice(origin, origin + WINDOW)
        predicted = np.maximum(units[:, seen].sum(axis=1), 0) / WINDOW
        miss = np.log1p(np.maximum(units[:, origin - 1], 0)) - np.log1p(predicted)
        for part, places in zip(misses, _head_and_rest(lines[:, seen].sum(axis=1)), strict=True):
            part.append(miss[places])
    low, high = np.full(len(expected), np.nan), np.full(len(expected), np.nan)
    if len(misses[0]) < WINDOW:
        return low, high
    for part, places in zip(misses, _head_and_rest(lines[:, :WINDOW].sum(axis=1)), strict=True):
        pooled = np.concatenate(part)
        if len(pooled):
            below, above = np.quantile(pooled, [0.1, 0.9])
            low[places] = np.maximum(np.expm1(np.log1p(expected[places]) + below), 0)
            high[places] = np.maximum(np.expm1(np.log1p(expected[places]) + above), 0)
    return low, high


def _head_and_rest(lines: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of the HEAD products with the most lines, and of all others that have any."""
    ranked = np.argsort(-lines, kind="stable")
    ranked = ranked[lines[ranked] > 0]
    return ranked[:HEAD], ranked[HEAD:]
