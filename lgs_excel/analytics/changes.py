"""What changed last month, and what made the difference?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics import changes_text
from lgs_excel.analytics.changes_text import Comparison, Mover
from lgs_excel.analytics.decomposition import PARTS, Figures, decompose
from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.products import labels
from lgs_excel.analytics.recent_lines import recent_products
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.warehouse.months import add_months, month_text
from lgs_excel.warehouse.snapshot import Snapshot

MOVERS = 3
MOST_FACTS = 10
_WHO = ("new customers", "existing customers")
_CANDIDATES = 50  # as engines order equal amounts and texts by different rules, the first are picked from more
_FEWEST_CHANGES = 6
_USUAL = 0.8

DEFINITION = Definition(
    name="changes",
    question="What changed last month, and what made the difference?",
    columns={
        "comparison": "The last complete month against the month before, or against the same month last year.",
        "part": (
            "net sales: the whole change. customers to adjustments and corrections: the parts that add up to it. new "
            "customers, existing customers: the change of sales with a customer, by who bought. product …, customer …: "
            "the three of each that moved sales most."
        ),
        "amount": "What it changed net sales by, in pounds. Blank where there is nothing to compare with.",
        "share": "Amount ÷ the whole change of net sales. Blank where that is nothing.",
        "sentence": "What it means, in words. Blank where it is less than half a pound.",
    },
    notes=(
        (
            "Net sales = customers × orders per customer × value per order (sale lines with a customer) + sales "
            "without a customer + cancellations + adjustments and corrections. Each factor gets its logarithmic change "
            "× the logarithmic mean of both months' sales, so that the parts add up to the change, to the penny."
        ),
        (
            "Products and customers: sales less cancellations. New customers: their first sale in the whole history is "
            "in that month."
        ),
        (
            "Normal swing: what four in five of the earlier monthly changes did not exceed, up or down; it takes six "
            "of them. Cancellations are unusual when their share of gross sales is above, or below, that of every "
            "earlier complete month, of at least six. In a month that is not over only a high share is told: a "
            "cancellation comes after its order."
        ),
    ),
    source="Ang, The LMDI approach to decomposition analysis (Energy Policy, 2005).",
)


@dataclass(frozen=True)
class Fact:
    """Something that changed, in a sentence. about: "product" or "customer", if it is about one."""

    text: str
    about: str = ""


@dataclass(frozen=True)
class Changes:
    """rows: the columns of `DEFINITION`. month: the last complete month shown, None if there is none. facts: at most
    MOST_FACTS, in the order in which they are read.
    """

    rows: pd.DataFrame
    month: date | None
    facts: tuple[Fact, ...]

    def parts(self, earlier: date) -> pd.DataFrame:
        """The rows that add up to the change against the month `earlier`; none where that is not shown."""
        against = self.rows["comparison"].str.endswith(f" {month_text(earlier)}")
        return self.rows[against & self.rows["part"].isin(PARTS)]


def what_changed(snapshot: Snapshot, sales: MonthlySales) -> Changes:
    """The last complete month of the period against the one before and the same month last year, where they are shown.

    sales: those of the same snapshot.
    """
    complete = sales.months[sales.months["month"].dt.date != sales.unfinished]
    if complete.empty:
        nothing = pd.DataFrame(columns=[*DEFINITION.columns])
        return Changes(nothing, None, (Fact("No month is complete yet: there is nothing to compare."),))
    month = complete["month"].iloc[-1].date()
    before, last_year = add_months(month, -1), add_months(month, -12)
    shown = set(complete["month"].dt.date)
    figures = _figures(snapshot, [each for each in (month, before, last_year) if each in shown])
    on_before, on_last_year = (Comparison(month, one, figures[month], figures.get(one)) for one in (before, last_year))
    rows = _against_month_before(snapshot, on_before)
    facts = _facts(rows, changes_text.normal_swing(on_before, _swing(complete)))
    facts.append(Fact(changes_text.last_year(on_last_year)))
    facts += _cancellations(complete, sales.months[len(complete) :])
    rows += _against_last_year(on_last_year)
    frame = pd.DataFrame(rows, columns=[*DEFINITION.columns]).astype({"amount": "float64", "share": "float64"})
    return Changes(frame, month, tuple(facts))


def _facts(rows: list[dict[str, Any]], swing: str | None) -> list[Fact]:
    """The month before: the whole, then of each kind of row the one that moved most, two of the parts."""
    facts = [Fact(rows[0]["sentence"]), *([Fact(swing)] if swing else [])]
    told = [row for row in rows if row["sentence"]]

    def most(number: int, *parts: str, about: str = "") -> list[Fact]:
        mine = [row for row in told if str(row["part"]).startswith(parts)]
        ranked = sorted(mine, key=lambda row: -abs(row["amount"] or 0))
        return [Fact(row["sentence"], about) for row in ranked[:number]]

    return [
        *facts,
        *most(2, *PARTS),
        *most(1, *_WHO),
        *most(1, "product ", about="product"),
        *most(1, "customer ", about="customer"),
    ]


def _against_month_before(snapshot: Snapshot, comparison: Comparison) -> list[dict[str, Any]]:
    month, earlier = comparison.month, comparison.earlier
    headline = changes_text.headline(comparison)
    if comparison.before is None:
        return [_row(comparison, "net sales", None, headline)]
    rows = [_row(comparison, "net sales", comparison.change, headline)]
    for part, amount in decompose(comparison.before, comparison.now).items():
        rows.append(_row(comparison, part, amount, changes_text.cause(comparison, part, amount)))
    new = _new_customers(snapshot, month, earlier)
    starts = earlier == snapshot.period.history_month  # in which nobody is known to be new
    for who, now, then in zip(
        _WHO,
        (new[month], comparison.now.known - new[month]),
        (new[earlier], comparison.before.known - new[earlier]),
        strict=True,
    ):
        said = changes_text.bought(comparison, who.split()[0].capitalize(), now, None if starts else then)
        rows.append(_row(comparison, who, None if starts else now - then, said if now or then else None))
    for what, movers in (
        ("Product", _products(snapshot, month, earlier)),
        ("Customer", _customers(snapshot, month, earlier)),
    ):
        for mover in movers:
            said = changes_text.mover(comparison, what, mover)
            rows.append(_row(comparison, f"{what.lower()} {mover.key}", mover.amount, said))
    return rows


def _swing(complete: pd.DataFrame) -> float | None:
    """What four in five of the monthly changes before the last did not exceed; None where too few are known."""
    growth = complete["growth"].iloc[:-1].abs().dropna()
    return float(growth.quantile(_USUAL)) if len(growth) >= _FEWEST_CHANGES else None


def _against_last_year(comparison: Comparison) -> list[dict[str, Any]]:
    said = changes_text.last_year(comparison)
    if comparison.before is None:
        return [_row(comparison, "net sales", None, said)]
    parts = decompose(comparison.before, comparison.now)
    rows = [_row(comparison, "net sales", comparison.change, said)]
    return rows + [_row(comparison, part, amount) for part, amount in parts.items()]


def _row(comparison: Comparison, part: str, amount: Decimal | None, sentence: str | None = None) -> dict[str, Any]:
    share = amount / comparison.change if amount is not None and comparison.change else None
    return {
        "comparison": f"{month_text(comparison.month)} against {month_text(comparison.earlier)}",
        "part": part,
        "amount": amount,
        "share": share,
        "sentence": sentence,
    }


def _figures(snapshot: Snapshot, months: list[date]) -> dict[date, Figures]:
    """The figures of each of `months`; zeros for one without lines."""
    rows = snapshot.invoice.c
    sale = rows.kind == "sale"
    known = sa.and_(sale, rows.customer_id.is_not(None))

    def total(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
        return sa.func.coalesce(sa.func.sum(rows.amount).filter(condition), 0)

    found = snapshot.rows(
        sa.select(
            rows.month,
            total(known).label("known"),
            total(sa.and_(sale, rows.customer_id.is_(None))).label("unknown"),
            total(rows.kind == "cancellation").label("cancelled"),
            total(rows.kind.not_in(("sale", "cancellation"))).label("other"),
            sa.func.count(rows.customer_id.distinct()).filter(known).label("customers"),
            sa.func.count(rows.invoice_no.distinct()).filter(known).label("orders"),
        )
        .where(rows.month.in_(months))
        .group_by(rows.month)
    )
    return dict.fromkeys(months, Figures()) | {row.pop("month"): Figures(**row) for row in found}


def _new_customers(snapshot: Snapshot, month: date, before: date) -> dict[date, Decimal]:
    """What customers whose first sale in the whole history is in the month bought in it, for both months."""
    rows = snapshot.history.c
    bought = sa.and_(rows.kind == "sale", rows.customer_id.is_not(None), rows.month <= month)
    monthly = (
        sa.select(rows.customer_id, rows.month, sa.func.sum(rows.amount).label("amount"))
        .where(bought)
        .group_by(rows.customer_id, rows.month)
        .subquery("monthly")
    )
    first = sa.func.min(monthly.c.month).over(partition_by=monthly.c.customer_id).label("first")
    ranked = sa.select(monthly, first).subquery("ranked")
    found = snapshot.rows(
        sa.select(ranked.c.month, sa.func.sum(ranked.c.amount).label("amount"))
        .where(ranked.c.first == ranked.c.month, ranked.c.month.in_((month, before)))
        .group_by(ranked.c.month)
    )
    return dict.fromkeys((month, before), Decimal(0)) | {row["month"]: row["amount"] for row in found}


def _products(snapshot: Snapshot, month: date, before: date) -> list[Mover]:
    """The products whose sales less cancellations moved most, by description."""
    bought = recent_products(snapshot).c
    moved = sa.func.sum(sa.case((bought.day >= month, bought.amount), else_=-bought.amount)).label("moved")
    codes = (
        sa.select(bought.stock_code.label("key"), moved)
        .where(bought.day >= before, bought.day < add_months(month, 1))
        .group_by(bought.stock_code)
        .subquery("code")
    )
    movers = _most(snapshot, sa.select(codes).where(codes.c.key.in_(snapshot.product_codes)), codes.c.moved)
    named = labels(snapshot, [mover.key for mover in movers]).set_index("stock_code")["description"]
    return [Mover(mover.key, mover.amount, named.get(mover.key)) for mover in movers]


def _customers(snapshot: Snapshot, month: date, before: date) -> list[Mover]:
    """The customers whose sales less cancellations moved most."""
    rows = snapshot.invoice.c
    moved = sa.func.sum(sa.case((rows.month == month, rows.amount), else_=-rows.amount)).label("moved")
    select = (
        sa.select(rows.customer_id.label("key"), moved)
        .where(rows.kind.in_(("sale", "cancellation")), rows.month.in_((month, before)), rows.customer_id.is_not(None))
        .group_by(rows.customer_id)
    )
    return _most(snapshot, select, moved)


def _most(snapshot: Snapshot, select: sa.Select[Any], moved: sa.ColumnElement[Any]) -> list[Mover]:
    """The three that moved most, up or down; of equal ones the first by key; none that did not move."""
    rows = snapshot.rows(select.order_by(sa.func.abs(moved).desc()).limit(_CANDIDATES))
    ranked = sorted((row for row in rows if row["moved"]), key=lambda row: (-abs(row["moved"]), row["key"]))
    return [Mover(row["key"], row["moved"]) for row in ranked[:MOVERS]]


def _cancellations(complete: pd.DataFrame, unfinished: pd.DataFrame) -> list[Fact]:
    """That cancellations were unusual, or are in the month that is not over; nothing where too little is known."""
    rates = _cancelled_shares(complete)
    told = []
    if (earlier := _usual(rates[:-1])) and (rates[-1] > max(earlier) or rates[-1] < min(earlier)):
        told.append(Fact(changes_text.cancellations(rates[-1], earlier)))
    if earlier := _usual(rates):
        for month, rate in zip(unfinished["month"].dt.date, _cancelled_shares(unfinished), strict=True):
            if rate > max(earlier):
                told.append(Fact(changes_text.cancellations_so_far(month, rate, earlier)))
    return told


def _cancelled_shares(months: pd.DataFrame) -> list[float]:
    """What was cancelled as a share of gross sales; NaN where there were none."""
    return (-months["cancelled"] / months["gross"].where(months["gross"] > 0)).tolist()


def _usual(shares: list[float]) -> list[float]:
    """The shares to compare with: none where they are too few."""
    known = [share for share in shares if share == share]  # noqa: PLR0124 - NaN is the one that is not itself
    return known if len(known) >= _FEWEST_CHANGES else []
