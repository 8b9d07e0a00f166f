"""When in the week are orders placed?"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="order-hours",
    question="When in the week are orders placed?",
    columns={
        "weekday": "Monday to Sunday, of the order's first sale line.",
        "hour": "The hour of the day that it is in: 10 is from 10:00 to 10:59.",
        "orders": "Invoices with at least one sale line; hours of a weekday without any are left out.",
    },
    notes=("In the shop's own time, as the export gives it. An order counts once, whenever its further lines are.",),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def order_hours(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `DEFINITION`: weekday (str), hour, orders (int64), in the order of the week."""
    line = snapshot.line.c
    first = (
        sa.select(sa.func.min(line.invoice_date).label("moment"))
        .where(is_of(line, "sale"))
        .group_by(line.invoice_no)
        .subquery("first_sale")
    )
    hour = sa.func.date_trunc(sa.literal_column("'hour'"), first.c.moment, type_=sa.DateTime).label("moment")
    placed = snapshot.frame(sa.select(hour, sa.func.count().label("orders")).group_by(hour))
    moments = pd.to_datetime(placed["moment"])
    hours = placed.assign(day=moments.dt.day_of_week, hour=moments.dt.hour).groupby(["day", "hour"])["orders"].sum()
    found = hours.reset_index().astype("int64")
    found.insert(0, "weekday", pd.Series([WEEKDAYS[day] for day in found.pop("day")], index=found.index, dtype="str"))
    return found
