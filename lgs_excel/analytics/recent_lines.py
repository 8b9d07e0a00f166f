"""The last months' lines of goods sold, kept for the analyses that look at products over time."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa

from lgs_excel.analytics.trading_days import trading_days
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.months import add_months, month_of
from lgs_excel.warehouse.snapshot import Snapshot

TRADING_DAYS = 144


def recent_days(snapshot: Snapshot) -> list[date]:
    """The last TRADING_DAYS trading days of the period, or all, if there are fewer, in order."""
    period = snapshot.period
    first = max(period.first_month, period.begins)
    return trading_days(first, period.data_through, snapshot.settings)[-TRADING_DAYS:]


def recent_lines(snapshot: Snapshot) -> sa.FromClause:
    """Sale and cancellation lines since the beginning of the month that the recent days, or the month before the last
    two, begin in: stock_code, invoice_no, day, sale (1 or 0), quantity, amount.
    """
    line = snapshot.line.c
    days = recent_days(snapshot)
    since = min([add_months(snapshot.period.last_month, -2), *map(month_of, days[:1])])
    return snapshot.materialize(
        "lgs_recent",
        sa.select(
            line.stock_code,
            line.invoice_no,
            sa.cast(line.invoice_date, sa.Date).label("day"),
            sa.case((is_of(line, "sale"), 1), else_=0).label("sale"),
            line.quantity,
            line.amount,
        ).where(is_of(line, "sale", "cancellation"), line.invoice_date >= datetime.combine(since, time.min)),
    )


def recent_products(snapshot: Snapshot) -> sa.FromClause:
    """Sales and cancellations since the same day or before: stock_code, day (or the first of its month), amount."""
    kept = snapshot.stored_product
    if kept is None:
        return recent_lines(snapshot)
    rows = kept.c
    sold = sa.select(rows.stock_code, rows.month.label("day"), rows.amount)
    return sold.where(rows.kind.in_(("sale", "cancellation"))).subquery("recent_product")
