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
        "sentence": "What it means, in words; the five sentences of the Summary.",
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
            "earlier complete month, of at least six."
        ),
    ),
    source="Ang, The LMDI approach to decomposition analysis (Energy Policy, 2005).",
)


@dataclass(frozen=True)
class Changes:
    """rows: the columns of `DEFINITION`. month: the last complete month shown, None if there is none. sentences: up to
    five, in the order in which they are read.
    """

    rows: pd.DataFrame
    month: date | None
    sentences: tuple[str, ...]

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
        return Changes(nothing, None, ("No month is complete yet: there is nothing to compare.",))
    month = complete["month"].iloc[-1].date()
    before, last_year = add_months(month, -1), add_months(month, -12)
    shown = set(complete["month"].dt.date)
    figures = _figures(snapshot, [each for each in (month, before, last_year) if each in shown])
    rows = _against_month_before(snapshot, complete, month, figures)
    rows += _against_last_year(month, figures)
    frame = pd.DataFrame(rows, columns=[*DEFINITION.columns]).astype({"amount": "float64", "share": "float64"})
    return Changes(frame, month, tuple(frame["sentence"].dropna()))


def _against_month_before(
    snapshot: Snapshot, complete: pd.DataFrame, month: date, figures: dict[date, Figures]
) -> list[dict[str, object]]:
    before = add_months(month, -1)
    comparison = Comparison(month, before, figures[month], figures.get(before))
    growth = complete["growth"].iloc[:-1].abs().dropna()
    swing = float(growth.quantile(_USUAL)) if len(growth) >= _FEWEST_CHANGES else None
    headline = changes_text.headline(comparison, swing)
    if comparison.before is None:
        return [_row(comparison, "net sales", None, headline)]
    rows = [_row(comparison, "net sales", comparison.change, headline)]
    parts = decompose(comparison.before, comparison.now)
    rows += [_row(comparison, part, amount) for part, amount in parts.items()]
    rows[1]["sentence"] = changes_text.causes(comparison, parts) + _cancellations(complete)
    new = _new_customers(snapshot, month, before)
    starts = before == snapshot.period.history_month  # in which nobody is known to be new
    by_new = None if starts else new[month] - new[before]
    by_existing = None if by_new is None else comparison.now.known - comparison.before.known - by_new
    sentence = changes_text.new_and_existing(comparison, new[month], new[before], starts=starts)
    rows.append(_row(comparison, "new customers", by_new, sentence))
    rows.append(_row(comparison, "existing customers", by_existing))
    products, customers = _products(snapshot, month, before), _customers(snapshot, month, before)
    movers = [_row(comparison, f"product {mover.key}", mover.amount) for mover in products]
    movers += [_row(comparison, f"customer {mover.key}", mover.amount) for mover in customers]
    if movers:
        movers[0]["sentence"] = changes_text.movers(comparison, products, customers)
    return rows + movers


def _against_last_year(month: date, figures: dict[date, Figures]) -> list[dict[str, object]]:
    last_year = add_months(month, -12)
    comparison = Comparison(month, last_year, figures[month], figures.get(last_year))
    if comparison.before is None:
        return [_row(comparison, "net sales", None, changes_text.last_year(comparison, {}))]
    parts = decompose(comparison.before, comparison.now)
    rows = [_row(comparison, "net sales", comparison.change, changes_text.last_year(comparison, parts))]
    return rows + [_row(comparison, part, amount) for part, amount in parts.items()]


def _row(comparison: Comparison, part: str, amount: Decimal | None, sentence: str | None = None) -> dict[str, object]:
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


def _cancellations(complete: pd.DataFrame) -> str:
    """A sentence on unusual cancellations; "" where they are as usual, or too little is known."""
    rates = (-complete["cancelled"] / complete["gross"].where(complete["gross"] > 0)).tolist()
    earlier = [rate for rate in rates[:-1] if rate == rate]  # noqa: PLR0124 - NaN is the one that is not itself
    if len(earlier) < _FEWEST_CHANGES or not (rates[-1] > max(earlier) or rates[-1] < min(earlier)):
        return ""
    return " " + changes_text.cancellations(rates[-1], earlier)
