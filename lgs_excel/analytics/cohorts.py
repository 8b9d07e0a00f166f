"""Of the customers who came in one month, how many buy in the months after it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.trading_days import unfinished_month
from lgs_excel.warehouse.months import months_between
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="cohorts",
    question="Of the customers who came in one month, how many buy in the months after it?",
    columns={
        "cohort": "The month of the customers' first sale in the whole history.",
        "size": "Customers whose first sale is in that month.",
        "month": "A calendar month, from the cohort's own to the last one shown.",
        "age": "Months from the cohort's month to this one: 0 is the month of the first sale.",
        "active": "Customers of the cohort with at least one sale line in this month.",
        "retention": "Active ÷ size, as a fraction; 1 at age 0.",
    },
    notes=(
        (
            "Cohorts are whole: they are judged on the whole history (of the countries shown) before the end of the "
            "period, whatever the first month shown. A month in which nobody came has no cohort."
        ),
        (
            "The cohort of the history's own first month is not one of new customers: nobody knows who bought before. "
            "In an unfinished month more customers may still become active."
        ),
    ),
)
AVERAGE = Definition(
    name="cohort-average",
    question="Which share of the new customers buys again so many months later?",
    columns={
        "age": "Months from the month of the first sale.",
        "customers": "Customers of all the cohorts that are so old.",
        "active": "Those of them with at least one sale line in that month of theirs.",
        "retention": "Active ÷ customers, as a fraction.",
    },
    notes=(
        "Without the cohort of the history's own first month, and without the unfinished month.",
        "Every customer counts alike, so that a large cohort weighs more than a small one.",
    ),
)


@dataclass(frozen=True)
class Cohorts:
    """triangle: the columns of `DEFINITION`; average: those of `AVERAGE`. history_month: the first of the whole
    history; unfinished: the month that is not over, or None.
    """

    triangle: pd.DataFrame
    average: pd.DataFrame
    history_month: date
    unfinished: date | None


def customer_cohorts(snapshot: Snapshot) -> Cohorts:
    """Who came back, month by month, and on average."""
    triangle = _triangle(snapshot)
    unfinished = unfinished_month(snapshot.period, snapshot.settings)
    starts = snapshot.period.history_month
    return Cohorts(triangle, _average(triangle, starts, unfinished), starts, unfinished)


def _average(triangle: pd.DataFrame, starts: date, unfinished: date | None) -> pd.DataFrame:
    """The columns of `AVERAGE`: counts as int64, retention as float64, a row an age."""
    left_out = (triangle["cohort"] == pd.Timestamp(starts)) | (triangle["month"].dt.date == unfinished)
    ages: pd.DataFrame = (
        triangle[~left_out].groupby("age", as_index=False).agg(customers=("size", "sum"), active=("active", "sum"))
    )
    ages["retention"] = ages["active"] / ages["customers"]
    return ages[[*AVERAGE.columns]]


def _triangle(snapshot: Snapshot) -> pd.DataFrame:
    """Months as datetime64, counts as int64, retention as float64; by cohort and month, a row for every month from the
    cohort's own to the last one shown.
    """
    rows = snapshot.history.c
    bought = (
        sa.select(rows.customer_id, rows.month)
        .where(rows.kind == "sale", rows.customer_id.is_not(None))
        .distinct()
        .subquery("bought")
    )
    first = sa.func.min(bought.c.month).over(partition_by=bought.c.customer_id).label("cohort")
    known = sa.select(bought.c.month, first).subquery("known")
    counted = snapshot.frame(
        sa.select(known.c.cohort, known.c.month, sa.func.count().label("active")).group_by(
            known.c.cohort, known.c.month
        )
    )
    came = counted[counted["cohort"] == counted["month"]].sort_values("cohort")
    last = snapshot.period.last_month
    triangle = [
        (cohort, size, pd.Timestamp(month), age)
        for cohort, size in zip(came["cohort"], came["active"], strict=True)
        for age, month in enumerate(months_between(cohort.date(), last))
    ]
    frame = pd.DataFrame(triangle, columns=["cohort", "size", "month", "age"])
    frame = frame.astype({"cohort": "datetime64[us]", "size": "int64", "month": "datetime64[us]", "age": "int64"})
    active = counted.set_index(["cohort", "month"])["active"]
    places = pd.MultiIndex.from_frame(frame[["cohort", "month"]])
    frame["active"] = active.reindex(places, fill_value=0).to_numpy("int64")
    frame["retention"] = frame["active"] / frame["size"]
    return frame
