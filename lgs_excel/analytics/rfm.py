"""Who are our customers: how recently, how often and for how much did each of them buy?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.errors import InputError, nearest
from lgs_excel.settings import Settings
from lgs_excel.warehouse.snapshot import Snapshot

Recipe = Literal["default", "classic"]
RECIPES: tuple[Recipe, ...] = get_args(Recipe)


@dataclass(frozen=True)
class Segment:
    """A group of customers by their scores, and what marketing should do for it."""

    name: str
    r: tuple[int, ...]
    f: tuple[int, ...]
    action: str


# The 25 pairs of scores are in exactly one segment each; first the ones to hold on to.
SEGMENTS = (
    Segment("Champions", (5,), (4, 5), "Reward them: early access to new ranges, and ask for reviews."),
    Segment("Loyal Customers", (3, 4), (4, 5), "Thank them and sell on: bundles, a loyalty scheme, higher lines."),
    Segment("Potential Loyalists", (4, 5), (2, 3), "Bring them to the next order: suggest what goes with their last."),
    Segment("New Customers", (5,), (1,), "Welcome them, and offer a reason for a second order within a month."),
    Segment("Promising", (4,), (1,), "Remind them of the shop with best sellers before they forget it."),
    Segment("Need Attention", (3,), (3,), "Send a limited offer based on what they bought before."),
    Segment("About to Sleep", (3,), (1, 2), "Win back now: popular products, or a small discount."),
    Segment("Can't Lose", (1, 2), (5,), "Call them in person: they bought often and have stopped."),
    Segment("At Risk", (1, 2), (3, 4), "Write to them by name with a good offer and what is new."),
    Segment("Hibernating", (1, 2), (1, 2), "One low-cost reminder in the season; else leave them in peace."),
)
SEGMENT_OF = {(r, f): segment.name for segment in SEGMENTS for r in segment.r for f in segment.f}

_CUSTOMER_COLUMNS = {
    "customer_id": "The customer's number, as text.",
    "country": "The country of the customer's last purchase (the first in the alphabet, if several on that day).",
    "last_purchase": "The day of the last sale.",
    "recency": "Calendar days from the last purchase to the as-of date.",
    "frequency": "Invoices with at least one sale line.",
    "monetary": "Sales less cancellations, in pounds (`classic`: sales only).",
    "r": "Recency score, 1 to 5, 5 the most recent.",
    "f": "Frequency score, 1 to 5, 5 the most frequent.",
    "m": "Monetary score, 1 to 5, 5 the highest.",
    "segment": "The group that the pair of recency and frequency scores is in.",
}
_SCORES = (
    (
        "Scores are tie-safe: with n customers and mid-rank q (the average rank among equals, 1…n, worst first) the "
        "score is floor(5 × (q − 0.5) ÷ n) + 1, at most 5, so equal values have equal scores, in whatever order the "
        "lines come."
    ),
    (
        "`--rfm classic` is the published recipe instead: quintiles (qcut) of recency, of frequency ranked in customer "
        "order, and of gross sales. It gives equal customers different scores, by their place in the list."
    ),
    (
        "With the settings rfm_recency, rfm_orders and rfm_value, four rising numbers each, the default scores have "
        "these borders instead: recency up to the first is a 5, up to the second a 4; orders and value from the first "
        "on are a 2, from the second on a 3."
    ),
    "The as-of date is the day after the last line of the period, whatever the country, unless it is set.",
)
CUSTOMERS = Definition(
    name="rfm-customers",
    question="Which customer is in which segment?",
    columns=_CUSTOMER_COLUMNS,
    notes=("Customers with at least one sale in the period; best first: by scores r, f, m, then monetary.", *_SCORES),
    source="Hughes, Strategic Database Marketing (1994); segments as commonly published for R and F.",
)
SEGMENTS_DEFINITION = Definition(
    name="rfm-segments",
    question="Who are our customers, and what should we do for them?",
    columns={
        "segment": "; ".join(f"{s.name}: R {'–'.join(map(str, s.r))}, F {'–'.join(map(str, s.f))}" for s in SEGMENTS),
        "customers": "Customers in the segment.",
        "recency": "Their mean recency, in days.",
        "frequency": "Their mean number of orders.",
        "monetary": "Their mean monetary value, in pounds.",
        "share_of_customers": "Customers ÷ all customers with a sale.",
        "share_of_sales": "Their monetary values ÷ everyone's.",
    },
    notes=_SCORES,
    source=CUSTOMERS.source,
)


@dataclass(frozen=True)
class CustomerSegments:
    """customers: columns of `CUSTOMERS`, best first. segments: columns of `SEGMENTS_DEFINITION`, one row for each of
    SEGMENTS, means NaN where nobody is in it. thresholds: measure, score, lowest, highest (the values that got the
    score), customers. recipe: how scores were made. not_scored: the monetary value of customers without a sale, who
    have only cancellations, in pounds.
    """

    customers: pd.DataFrame
    segments: pd.DataFrame
    thresholds: pd.DataFrame
    recipe: Recipe
    not_scored: float


def customer_segments(snapshot: Snapshot, recipe: Recipe = "default") -> CustomerSegments:
    """RFM scores and segments of every customer with a sale in the period.

    Raises InputError for an unknown recipe, and where the classic one can't cut so few or such equal customers.
    """
    if recipe not in RECIPES:
        raise InputError(f"--rfm {recipe!r} is not known. Allowed: {', '.join(RECIPES)}.{nearest(recipe, RECIPES)}")
    known = _measures(snapshot)
    customers = known[known["last_purchase"].notna()].reset_index(drop=True)
    if recipe == "classic":
        customers["monetary"] = customers["gross"]
    scored = customers.drop(columns="gross").assign(**_SCORES_BY_RECIPE[recipe](customers, snapshot.settings))
    scored["segment"] = [SEGMENT_OF[pair] for pair in zip(scored["r"], scored["f"], strict=True)]
    order = ["r", "f", "m", "monetary", "customer_id"]
    best_first = scored.sort_values(order, ascending=[False, False, False, False, True], ignore_index=True)
    not_scored = 0.0 if recipe == "classic" else float(known.loc[known["last_purchase"].isna(), "monetary"].sum())
    return CustomerSegments(best_first, _segments(scored), _thresholds(scored), recipe, not_scored)


def segments_as_of(snapshot: Snapshot, day: date) -> pd.DataFrame:
    """customer_id, segment of every customer with a sale in the period before `day`, by tie-safe scores as of then."""
    rows = snapshot.invoice.c
    customers = snapshot.frame(
        sa.select(
            rows.customer_id,
            sa.func.max(rows.day).label("last_purchase"),
            sa.func.count(rows.invoice_no.distinct()).label("frequency"),
        )
        .where(rows.customer_id.is_not(None), rows.kind == "sale", rows.day < day)
        .group_by(rows.customer_id)
    )
    recency = (pd.Timestamp(day) - customers["last_purchase"]).dt.days
    r = _scores(recency, snapshot.settings.rfm_recency, best="low")
    f = _scores(customers["frequency"], snapshot.settings.rfm_orders, best="high")
    names = [SEGMENT_OF[pair] for pair in zip(r, f, strict=True)]
    customers["segment"] = pd.Series(names, index=customers.index, dtype="str")  # so, even without any
    return customers[["customer_id", "segment"]]


def _measures(snapshot: Snapshot) -> pd.DataFrame:
    """customer_id, country, last_purchase, recency, frequency, monetary, gross of every known customer, in the order
    of customer_id; country, last_purchase and recency missing where there is no sale.
    """
    rows = snapshot.invoice.c
    known = rows.customer_id.is_not(None)
    sale = rows.kind == "sale"
    frame = snapshot.frame(
        sa.select(
            rows.customer_id,
            sa.func.max(rows.day).filter(sale).label("last_purchase"),
            sa.func.count(rows.invoice_no.distinct()).filter(sale).label("frequency"),
            sa.func.sum(rows.amount).filter(rows.kind.in_(("sale", "cancellation"))).label("monetary"),
            sa.func.sum(rows.amount).filter(sale).label("gross"),
        )
        .where(known)
        .group_by(rows.customer_id)
    )
    # Not joined by the engine: without statistics of its new tables it may choose a nested loop.
    places = snapshot.frame(
        sa.select(rows.customer_id, rows.country, sa.func.max(rows.day).label("last_purchase"))
        .where(known, sale)
        .group_by(rows.customer_id, rows.country)
    )
    last_places = frame[["customer_id", "last_purchase"]].merge(places).sort_values("country")
    countries = last_places.drop_duplicates("customer_id").set_index("customer_id")["country"]
    frame["recency"] = (pd.Timestamp(snapshot.period.as_of) - frame["last_purchase"]).dt.days
    frame["country"] = frame["customer_id"].map(countries)
    columns = [*_CUSTOMER_COLUMNS][:6]
    # Sorted here, since engines order text by different rules.
    return frame[[*columns, "gross"]].sort_values("customer_id", ignore_index=True)


def tie_safe_scores(values: pd.Series[Any], *, best: Literal["high", "low"]) -> pd.Series[Any]:
    """Scores 1…5 (int64), 5 for the best values; equal values have equal scores; empty for no values."""
    rank = values.rank(method="average", ascending=best == "high")
    fifths = (5 * (rank - 0.5) // len(values)) + 1
    return fifths.clip(upper=5).astype("int64")


def _scores(values: pd.Series[Any], borders: tuple[float, ...], *, best: Literal["high", "low"]) -> pd.Series[Any]:
    """Scores 1…5 by the reader's own borders, else tie-safe ones."""
    if not borders:
        return tie_safe_scores(values, best=best)
    side: Literal["left", "right"] = "left" if best == "low" else "right"
    beyond = np.searchsorted(borders, values.to_numpy(dtype="float64"), side=side)
    return pd.Series(5 - beyond if best == "low" else 1 + beyond, index=values.index, dtype="int64")


def _default_scores(customers: pd.DataFrame, settings: Settings) -> dict[str, pd.Series[Any]]:
    return {
        "r": _scores(customers["recency"], settings.rfm_recency, best="low"),
        "f": _scores(customers["frequency"], settings.rfm_orders, best="high"),
        "m": _scores(customers["monetary"], settings.rfm_value, best="high"),
    }


def _classic_scores(customers: pd.DataFrame, _: Settings) -> dict[str, pd.Series[Any]]:
    ascending = [1, 2, 3, 4, 5]
    ranked = customers["frequency"].rank(method="first")
    try:
        return {
            "r": pd.qcut(customers["recency"], 5, labels=ascending[::-1]).astype("int64"),
            "f": pd.qcut(ranked, 5, labels=ascending).astype("int64"),
            "m": pd.qcut(customers["monetary"], 5, labels=ascending).astype("int64"),
        }
    except ValueError:
        raise InputError(
            f"--rfm classic can't cut the period's {len(customers)} customers into five groups: too few, or too many "
            "of them equal. Widen the filters, or use --rfm default, which can."
        ) from None


_SCORES_BY_RECIPE: dict[Recipe, Callable[[pd.DataFrame, Settings], dict[str, pd.Series[Any]]]] = {
    "default": _default_scores,
    "classic": _classic_scores,
}


def _segments(scored: pd.DataFrame) -> pd.DataFrame:
    groups = scored.groupby("segment")
    names = pd.Index([segment.name for segment in SEGMENTS], name="segment")
    figures = groups[["recency", "frequency", "monetary"]].mean().reindex(names)
    customers = groups.size().reindex(names, fill_value=0)
    figures.insert(0, "customers", customers.astype("int64"))
    sales = groups["monetary"].sum().reindex(names, fill_value=0.0)
    figures["share_of_customers"] = customers / (len(scored) or np.nan)
    figures["share_of_sales"] = sales / (scored["monetary"].sum() or np.nan)
    return figures.reset_index()


def _thresholds(scored: pd.DataFrame) -> pd.DataFrame:
    """For each measure and score that was given: the lowest and highest value that got it, and how many."""
    parts = []
    for measure, score in (("recency", "r"), ("frequency", "f"), ("monetary", "m")):
        part = (
            scored.groupby(score)[measure]
            .agg(lowest="min", highest="max", customers="size")
            .reset_index()
            .rename(columns={score: "score"})
        )
        parts.append(part.assign(measure=measure).sort_values("score", ascending=False))
    thresholds = pd.concat(parts, ignore_index=True)
    return thresholds[["measure", "score", "lowest", "highest", "customers"]]
