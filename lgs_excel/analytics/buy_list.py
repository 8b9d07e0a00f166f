"""How much of each product is to be ordered now?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.product_forecast import OrderRecord, expected_units, order_record
from lgs_excel.analytics.products import labels
from lgs_excel.analytics.season import theme_codes
from lgs_excel.analytics.trading_days import trading_days
from lgs_excel.warehouse.snapshot import Snapshot

LONGEST_DAYS = 730  # beyond which nobody wants to know when something runs out


class StockItem(NamedTuple):
    """What there is of a product, in units; pack: what it is ordered by, 1 for single units."""

    stock_code: str
    on_hand: float
    on_order: float = 0.0
    pack: float = 1.0


Stock = tuple[StockItem, ...]

DEFINITION = Definition(
    name="buy-list",
    question="How much of each product is to be ordered now?",
    columns={
        "stock_code": "The product's code, in capitals and trimmed.",
        "description": "Its most frequent description in the period.",
        "season": "The theme that it belongs to (setting themes), if any: its demand is not that of the last weeks.",
        "units": "Units to be expected until what is ordered after this order comes (lead_days + review_days).",
        "high80": "The high case: in nine of ten cases no more should be asked for. Blank as in product-forecast.",
        "change": "Units of the last 48 trading days ÷ those of the 48 before − 1, as in product-forecast.",
        "on_hand": "Units in stock, of the stock file; blank for a product that is not in it.",
        "on_order": "Units that are ordered and have not come yet.",
        "pack": "Units that it is ordered by.",
        "order": "High case − on hand − on order, rounded up to packs, never below 0. Blank without a stock file.",
        "runs_out": "The day on which what is on hand is gone by expected demand; blank where that is years away.",
    },
    notes=(
        (
            "Expected and high case as in product-forecast, for the trading days of the next lead_days + review_days "
            "(settings). The most units to order first, without a stock file the most units expected."
        ),
        "A season is not known from the last weeks: before one order more, after it less (Season calendar).",
    ),
)


@dataclass(frozen=True)
class BuyList:
    """products: the columns of `DEFINITION`; figures as float64, runs_out as datetime64. stocked: whether there is a
    stock file; unknown: its codes that no line of the period has, in the order of the alphabet. record: how good such
    lists were, None where the history is too short.
    """

    products: pd.DataFrame
    stocked: bool
    unknown: tuple[str, ...]
    record: OrderRecord | None


def buy_list(snapshot: Snapshot, stock: Stock | None = None) -> BuyList:
    """What to order. stock: None without a stock file; a product that comes several times has the sum of all, and the
    largest pack.
    """
    unknown = _unknown_codes(snapshot, stock) if stock else ()
    return BuyList(_products(snapshot, stock), stock is not None, unknown, order_record(snapshot))


def _products(snapshot: Snapshot, stock: Stock | None) -> pd.DataFrame:
    settings, begin = snapshot.settings, snapshot.period.as_of
    until = begin + timedelta(days=settings.lead_days + settings.review_days - 1)
    ahead = len(trading_days(begin, until, settings))
    expected = expected_units(snapshot, ahead)
    expected = expected.merge(labels(snapshot), how="left", on="stock_code")
    expected = expected.merge(_added_up(stock or ()), how="left", on="stock_code")
    themes = _themes(snapshot)
    expected["season"] = [themes.get(code, "") for code in expected["stock_code"]]
    missing = expected["high80"].fillna(expected["units"]) - expected["on_hand"] - expected["on_order"]
    packs = np.ceil((missing.clip(lower=0) / expected["pack"]).round(6))
    expected["order"] = packs * expected["pack"]
    daily = expected["units"] / ahead if ahead else expected["units"] * 0
    days = trading_days(begin, begin + timedelta(days=LONGEST_DAYS), settings)
    expected["runs_out"] = pd.to_datetime(
        pd.Series([_gone(held, rate, days) for held, rate in zip(expected["on_hand"], daily, strict=True)])
    ).astype("datetime64[us]")
    expected[["units", "high80"]] = expected[["units", "high80"]].round(1)
    order = ["units", "stock_code"] if stock is None else ["order", "units", "stock_code"]
    ascending = [name == "stock_code" for name in order]
    return expected.sort_values(order, ascending=ascending, ignore_index=True)[[*DEFINITION.columns]]


def _themes(snapshot: Snapshot) -> dict[str, str]:
    """The names of the themes of each code that has any."""
    names: dict[str, list[str]] = {}
    for theme, codes in theme_codes(snapshot).items():
        for code in codes:
            names.setdefault(code, []).append(theme)
    return {code: ", ".join(mine) for code, mine in names.items()}


def _unknown_codes(snapshot: Snapshot, stock: Stock) -> tuple[str, ...]:
    known = {row["stock_code"] for row in snapshot.rows(sa.select(snapshot.product.c.stock_code).distinct())}
    return tuple(sorted({item.stock_code for item in stock} - known))


def _added_up(stock: Stock) -> pd.DataFrame:
    items = pd.DataFrame(stock, columns=[*StockItem._fields]).astype(
        {"stock_code": "object", "on_hand": "float64", "on_order": "float64", "pack": "float64"}
    )
    return items.groupby("stock_code", as_index=False).agg(
        on_hand=("on_hand", "sum"), on_order=("on_order", "sum"), pack=("pack", "max")
    )


def _gone(held: float, rate: float, days: list[date]) -> date | None:
    """The trading day on which as much as is held has been asked for."""
    if math.isnan(held) or rate <= 0:
        return None
    place = max(0, math.ceil(round(held / rate, 6)) - 1)
    return days[place] if place < len(days) else None
