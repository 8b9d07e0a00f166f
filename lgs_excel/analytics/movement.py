"""Which customers moved from one segment to another, and which good ones are slipping away?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.products import dearest_items
from lgs_excel.analytics.rfm import SEGMENTS, CustomerSegments, customer_segments, segments_as_of
from lgs_excel.analytics.trading_days import unfinished_month
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Snapshot

NEW = "Not yet a customer"
GOOD = ("Champions", "Loyal Customers")
SLIPPED = ("At Risk", "Can't Lose", "Hibernating", "About to Sleep")
LAST_ITEMS = 3

MOVEMENT = Definition(
    name="movement",
    question="Which customers moved from one segment to another since the end of the last complete month before now?",
    columns={
        "from_segment": f"The segment then; {NEW}: no sale until then.",
        "to_segment": "The segment now.",
        "customers": "How many went this way, or stayed; ways that nobody went are left out.",
    },
    notes=(
        (
            "Then: RFM as on the morning after the previous complete month, from its lines alone. Now: RFM as on the "
            "as-of date, as on the sheet RFM. Both by the tie-safe scores, whatever --rfm says."
        ),
        "A customer who buys nothing moves, too: others buy, and pass by.",
    ),
)
AT_RISK = Definition(
    name="at-risk",
    question="Which good customers are slipping away?",
    columns={
        "customer_id": "The customer's number, as text.",
        "country": "The country of the customer's last purchase.",
        "from_segment": f"The segment then: {' or '.join(GOOD)}.",
        "to_segment": f"The segment now: {', '.join(SLIPPED)}.",
        "spend_12_months": "Sales less cancellations of the twelve months before the as-of date, in pounds.",
        "last_purchase": "The day of the last sale.",
        "usual_gap": "The median of the days between one day with a purchase and the next. Blank after a single one.",
        "days_overdue": "Days since the last purchase − the usual gap.",
        "last_items": "What was bought on that day for most money, three products at most.",
    },
    notes=("The most spend first, then by customer.", *MOVEMENT.notes),
)


@dataclass(frozen=True)
class Movement:
    """moves: the columns of `MOVEMENT`, in the order of the segments. at_risk: those of `AT_RISK`, the most spend
    first. then, now: the days as of which customers are scored.
    """

    moves: pd.DataFrame
    at_risk: pd.DataFrame
    then: date
    now: date


def segment_movement(snapshot: Snapshot, now: CustomerSegments) -> Movement:
    """Segments at the end of the previous complete month against `now`, those of the same snapshot."""
    then = _then(snapshot)
    if now.recipe != "default":
        now = customer_segments(snapshot)
    before = segments_as_of(snapshot, then).rename(columns={"segment": "from_segment"})
    customers = now.customers.rename(columns={"segment": "to_segment"}).merge(before, how="left", on="customer_id")
    customers["from_segment"] = customers["from_segment"].fillna(NEW)
    slipped = customers[customers["from_segment"].isin(GOOD) & customers["to_segment"].isin(SLIPPED)]
    return Movement(_moves(customers), _at_risk(snapshot, slipped), then, snapshot.period.as_of)


def _then(snapshot: Snapshot) -> date:
    """The first day after the previous complete month: before the unfinished month, or before the last one shown."""
    return unfinished_month(snapshot.period, snapshot.settings) or snapshot.period.last_month


def _moves(customers: pd.DataFrame) -> pd.DataFrame:
    order = [segment.name for segment in SEGMENTS]
    counts = customers.groupby(["from_segment", "to_segment"]).size().rename("customers").reset_index()
    places = {name: place for place, name in enumerate([*order, NEW])}
    ranked = counts.sort_values(["from_segment", "to_segment"], key=lambda names: names.map(places), ignore_index=True)
    return ranked[[*MOVEMENT.columns]]


def _at_risk(snapshot: Snapshot, slipped: pd.DataFrame) -> pd.DataFrame:
    """`slipped` with their habits and last items."""
    if slipped.empty:
        return slipped.reindex(columns=[*AT_RISK.columns]).astype({"last_items": "object"})
    ids = slipped["customer_id"].tolist()
    customers = slipped.merge(_habits(snapshot, ids), on="customer_id")
    customers = customers.merge(_last_items(snapshot, customers), how="left", on="customer_id")
    customers["days_overdue"] = customers["recency"] - customers["usual_gap"]
    ranked = customers.sort_values(["spend_12_months", "customer_id"], ascending=[False, True], ignore_index=True)
    return ranked[[*AT_RISK.columns]]


def _habits(snapshot: Snapshot, ids: list[str]) -> pd.DataFrame:
    """customer_id, spend_12_months, usual_gap of each customer, from the whole history before the end of the period."""
    rows = snapshot.history.c
    amount = sa.func.sum(rows.amount).label("amount")
    bought = sa.func.count().filter(rows.kind == "sale").label("sales")
    days = snapshot.frame(
        sa.select(rows.customer_id, rows.day, amount, bought)
        .where(rows.customer_id.in_(ids), rows.kind.in_(("sale", "cancellation")))
        .group_by(rows.customer_id, rows.day)
    ).sort_values(["customer_id", "day"])
    since = snapshot.period.as_of - relativedelta(years=1)
    spend = days[days["day"] >= pd.Timestamp(since)].groupby("customer_id")["amount"].sum()
    visits = days[days["sales"] > 0]
    gaps = visits.groupby("customer_id")["day"].diff().dt.days.groupby(visits["customer_id"]).median()
    habits = pd.DataFrame({"spend_12_months": spend, "usual_gap": gaps}, index=pd.Index(ids, name="customer_id"))
    return habits.fillna({"spend_12_months": 0.0}).reset_index()


def _last_items(snapshot: Snapshot, customers: pd.DataFrame) -> pd.DataFrame:
    """customer_id, last_items: the descriptions (else codes) of what each bought on the day of the last purchase."""
    rows = snapshot.invoice.c
    last = customers[["customer_id", "last_purchase"]]
    invoices = snapshot.frame(
        sa.select(rows.customer_id, rows.day.label("last_purchase"), rows.invoice_no)
        .where(rows.customer_id.in_(last["customer_id"].tolist()), rows.kind == "sale")
        .where(rows.day >= last["last_purchase"].min().date())
    ).merge(last)
    line = snapshot.lines_of(sorted(set(invoices["invoice_no"]))).c
    found = (
        sa.select(
            line.customer_id,
            line.stock_code,
            sa.func.max(sa.func.trim(line.description)).label("description"),
            sa.func.sum(line.amount).label("amount"),
        )
        .where(is_of(line, "sale"))
        .group_by(line.customer_id, line.stock_code)
        .subquery("bought")
    )
    bought = snapshot.frame(sa.select(found).where(found.c.stock_code.in_(snapshot.product_codes)))
    return dearest_items(bought, LAST_ITEMS).rename(columns={"items": "last_items"})
