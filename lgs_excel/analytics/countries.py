"""How much does each country buy, and which of them grow?"""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.country_months import country_name
from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.trading_days import unfinished_month
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="countries",
    question="How much does each country buy, and which of them grow?",
    columns={
        "country": "The country of the lines.",
        "net": "All lines, in pounds: sales less cancellations and adjustments.",
        "gross": "Sale lines, in pounds.",
        "orders": "Invoices with at least one sale line.",
        "customers": "Customers with at least one sale line in the country.",
        "share": "Net ÷ the net of all countries shown, as a fraction; blank where that is not above zero.",
        "average_order": "Gross ÷ orders, in pounds; blank without orders.",
        "growth": (
            "Net of the last complete month ÷ net of the month before − 1, as a fraction; blank where the month before "
            "is not shown, or its net is not above zero."
        ),
    },
    notes=("The highest net first, then by country. A country that is spelt in several ways is one.",),
)


def countries(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `DEFINITION`: counts as int64, the others as float64; the highest net first."""
    rows = snapshot.invoice.c
    country = country_name(snapshot, rows.country)
    sale = rows.kind == "sale"
    month = _last_complete_month(snapshot)

    def net_of(month: date) -> sa.ColumnElement[object]:
        return sa.func.coalesce(sa.func.sum(rows.amount).filter(rows.month == month), 0)

    found = snapshot.frame(
        sa.select(
            country,
            sa.func.sum(rows.amount).label("net"),
            sa.func.coalesce(sa.func.sum(rows.amount).filter(sale), 0).label("gross"),
            sa.func.count(rows.invoice_no.distinct()).filter(sale).label("orders"),
            sa.func.count(rows.customer_id.distinct()).filter(sale).label("customers"),
            net_of(month).label("now"),
            net_of(add_months(month, -1)).label("before"),
        ).group_by(country)
    )
    whole = found["net"].sum()
    found["share"] = found["net"] / whole if whole > 0 else float("nan")
    found["average_order"] = found["gross"] / found["orders"].where(found["orders"] > 0)
    is_shown = snapshot.period.first_month < month
    found["growth"] = found["now"] / found["before"].where(is_shown & (found["before"] > 0)) - 1
    return found.sort_values(["net", "country"], ascending=[False, True], ignore_index=True)[[*DEFINITION.columns]]


def _last_complete_month(snapshot: Snapshot) -> date:
    """The last month shown that is over, or the month before the first one."""
    unfinished = unfinished_month(snapshot.period, snapshot.settings)
    return add_months(unfinished, -1) if unfinished else snapshot.period.last_month
