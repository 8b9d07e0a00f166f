"""How large are our invoices?"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.warehouse.snapshot import Snapshot

TRIM_AT = 0.85

DEFINITION = Definition(
    name="invoices",
    question="How large are our invoices?",
    columns={
        "count": "Invoices with at least one sale line.",
        "min": "The smallest invoice, in pounds.",
        "mean": "Sum of all invoices ÷ their number.",
        "median": "Half of the invoices are smaller.",
        "mode": "The most frequent amount, to the penny; the smallest if there are several.",
        "max": "The largest invoice.",
        "p85": "85 % of the invoices are smaller (85th percentile).",
        "trimmed_count": "Invoices below the 85th percentile.",
        "trimmed_mean": "Their mean.",
        "trimmed_median": "Their median.",
    },
    notes=(
        "An invoice's amount is the sum of its sale lines; later cancellations are invoices of their own.",
        (
            "Percentiles interpolate linearly (percentile_cont). In box plots the whiskers end at the last invoice "
            "within 1.5 × the distance between the quartiles."
        ),
    ),
)


@dataclass(frozen=True)
class Distribution:
    """How a set of invoice amounts is spread, in pounds; NaN where there are none. bins: lower (included), upper
    (excluded), invoices (int64).
    """

    count: int
    total: float
    min: float
    q1: float
    median: float
    mean: float
    q3: float
    max: float
    whisker_low: float
    whisker_high: float
    bins: pd.DataFrame


@dataclass(frozen=True)
class InvoiceAmounts:
    """whole: all invoices. trimmed: those below p85, the 85th percentile. mode: in pounds."""

    whole: Distribution
    trimmed: Distribution
    mode: float
    p85: float

    @property
    def record(self) -> pd.DataFrame:
        """The figures of `DEFINITION.columns`, one row."""
        whole = {name: value for name, value in asdict(self.whole).items() if name in DEFINITION.columns}
        trimmed = {f"trimmed_{name}": getattr(self.trimmed, name) for name in ("count", "mean", "median")}
        figures = {**whole, "mode": self.mode, "p85": self.p85, **trimmed}
        return pd.DataFrame([{name: figures[name] for name in DEFINITION.columns}])


def invoice_amounts(snapshot: Snapshot) -> InvoiceAmounts:
    """The distribution of invoice amounts; without invoices, counts of zero and NaN."""
    invoice = snapshot.invoice
    amounts = snapshot.materialize(
        "lgs_invoice_amount",
        sa.select(invoice.c.invoice_no, sa.func.sum(invoice.c.amount).label("amount"))
        .where(invoice.c.kind == "sale")
        .group_by(invoice.c.invoice_no),
    )
    whole = _figures(snapshot, amounts)
    below = sa.select(amounts).where(_binary(amounts.c.amount) < whole["p85"]).cte("trimmed_amount")
    trimmed = _figures(snapshot, below)
    return InvoiceAmounts(
        _distribution(snapshot, amounts, whole, round_edges(whole["max"])),
        _distribution(snapshot, below, trimmed, even_edges(whole["p85"])),
        _mode(snapshot, amounts),
        whole["p85"],
    )


def _binary(amount: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    """As a binary number: PostgreSQL interpolates percentiles of no other, and all engines must round alike."""
    return sa.cast(amount, sa.Double)


def _figures(snapshot: Snapshot, amounts: sa.FromClause) -> dict[str, float]:
    """count, total, min, mean, max, q1, median, q3, p85 of the amounts; NaN where there are none."""

    def percentile(fraction: float) -> sa.ColumnElement[Any]:
        return sa.func.percentile_cont(sa.literal_column(str(fraction))).within_group(_binary(amounts.c.amount))

    found = snapshot.record(
        sa.select(
            sa.func.count().label("count"),
            sa.func.sum(amounts.c.amount).label("total"),
            sa.func.min(amounts.c.amount).label("min"),
            sa.func.max(amounts.c.amount).label("max"),
            percentile(0.25).label("q1"),
            percentile(0.5).label("median"),
            percentile(0.75).label("q3"),
            percentile(TRIM_AT).label("p85"),
        ).select_from(amounts)
    )
    figures = {name: math.nan if value is None else float(value) for name, value in found.items()}
    return {**figures, "mean": figures["total"] / figures["count"] if found["count"] else math.nan}


def _distribution(
    snapshot: Snapshot, amounts: sa.FromClause, figures: dict[str, float], edges: list[float]
) -> Distribution:
    reach = 1.5 * (figures["q3"] - figures["q1"])
    amount = _binary(amounts.c.amount)
    ends = sa.select(
        sa.func.min(amount).filter(amount >= figures["q1"] - reach).label("low"),
        sa.func.max(amount).filter(amount <= figures["q3"] + reach).label("high"),
    )
    whiskers = snapshot.record(ends) if figures["count"] else {"low": math.nan, "high": math.nan}
    return Distribution(
        count=int(figures["count"]),
        total=figures["total"] if figures["count"] else 0.0,
        **{name: figures[name] for name in ("min", "q1", "median", "mean", "q3", "max")},
        whisker_low=whiskers["low"],
        whisker_high=whiskers["high"],
        bins=_bins(snapshot, amounts, edges),
    )


def _bins(snapshot: Snapshot, amounts: sa.FromClause, edges: list[float]) -> pd.DataFrame:
    """How many amounts lie between each pair of `edges`; the last edge lies above all."""
    bins = pd.DataFrame({"lower": edges[:-1], "upper": edges[1:]})
    if bins.empty:
        return bins.assign(invoices=0)
    number = sa.case(
        *((amounts.c.amount < sa.literal(upper, sa.Numeric), i) for i, upper in enumerate(edges[1:])),
    ).label("bin")
    found = snapshot.frame(sa.select(number, sa.func.count().label("invoices")).group_by(number))
    return bins.assign(invoices=found.set_index("bin")["invoices"].reindex(bins.index, fill_value=0))


def round_edges(largest: float) -> list[float]:
    """Edges for amounts of every size: 0, 1, 2, 5, 10, 20, 50 … up to the first above `largest`; empty for NaN."""
    if math.isnan(largest):
        return []
    edges, scale = [0.0], 1.0
    while edges[-1] <= largest:
        edges += [scale, 2 * scale, 5 * scale]
        scale *= 10
    return edges[: next(i for i, edge in enumerate(edges) if edge > largest) + 1]


def even_edges(largest: float, most: int = 30) -> list[float]:
    """At most `most` + 1 evenly spaced round edges from 0 to the first at or above `largest`; empty for NaN."""
    if math.isnan(largest):
        return []
    power = 10.0 ** math.floor(math.log10(largest / most)) if largest > 0 else 1.0
    step = next(step for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step * most >= largest)
    # Edges such as 0.01 are not exact in binary: the last is found by comparing, as dividing may be one off.
    edges = [i * step for i in range(most + 1)]
    return edges[: next(i for i, edge in enumerate(edges) if i and edge >= largest) + 1]


def _mode(snapshot: Snapshot, amounts: sa.FromClause) -> float:
    pennies = sa.func.round(amounts.c.amount, 2).label("pennies")
    select = sa.select(pennies, sa.func.count().label("invoices")).group_by(pennies)
    found = snapshot.frame(select.order_by(sa.desc("invoices"), "pennies").limit(1))
    return math.nan if found.empty else float(found["pennies"].iloc[0])
