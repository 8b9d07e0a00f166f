"""When do customers order again, who is due for it now, and which first products bring them back?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.intervals import wilson
from lgs_excel.analytics.products import dearest_items, labels
from lgs_excel.warehouse.lines import is_of, is_product
from lgs_excel.warehouse.snapshot import Snapshot

HORIZONS = (30, 60, 90, 180)
PRODUCT_HORIZON = 90
FEWEST_CUSTOMERS = 50
FIRST_ITEMS = 3
_DECIMALS = 4  # decimals of an exact amount

_NOTES = (
    (
        "Orders of one customer on one day count once. First and second orders are judged on the whole history (of the "
        "countries shown) before the end of the period, whatever the first month shown."
    ),
    "In the history's own first weeks a first order may be a later one of a customer who bought before.",
)
DEFINITION = Definition(
    name="second-order",
    question="How many customers order again, and after how many days?",
    columns={
        "customers": "Customers with at least one sale line.",
        "returned": "Those of them with an order on a later day than their first.",
        "median_days": "The median of the days from the first order day to the second; blank if nobody returned.",
        "p25_days": "A quarter of those who returned needed no more days (the percentile, linear between two days).",
        "p75_days": "Three quarters of those who returned needed no more days.",
    },
    notes=_NOTES,
)
HORIZON = Definition(
    name="second-order-horizons",
    question="Which share of the customers orders again within 30, 60, 90 and 180 days?",
    columns={
        "days": "Days from the first order day.",
        "observed": "Customers whose first order day is at least so many days before the day of the last line.",
        "returned": "Those of them whose second order day is at most so many days after the first.",
        "share": "Returned ÷ observed, as a fraction; blank where nobody was observed for so long.",
    },
    notes=_NOTES,
)
DUE = Definition(
    name="second-order-due",
    question="Who ordered once, and is due for the second order now?",
    columns={
        "customer_id": "The customer's number, as text.",
        "country": "The country of the first order (the first in the alphabet, if several).",
        "first_order": "The day of the only order day.",
        "days_since": "Calendar days from then to the as-of date.",
        "value": "Sales of that day, in pounds.",
        "items": f"What was bought on that day for most money, {FIRST_ITEMS} products at most.",
    },
    notes=(
        (
            "Customers with one order day, whose days since are between the quarter and the three quarters of the days "
            "that others needed (second-order: p25_days, p75_days). The highest value first, then by customer."
        ),
        *_NOTES,
    ),
)
FIRST_PRODUCTS = Definition(
    name="first-products",
    question="Which products in a first order bring customers back?",
    columns={
        "stock_code": "The product, upper-cased and trimmed.",
        "description": "Its most frequent description in the period.",
        "customers": f"Customers with it in their first order, {PRODUCT_HORIZON} days or more before the as-of date.",
        "returned": f"Those of them with a second order within {PRODUCT_HORIZON} days.",
        "share": "Returned ÷ customers, as a fraction.",
        "lift": f"Share ÷ the share of all customers observed for {PRODUCT_HORIZON} days.",
        "low95": "The low end of the 95 % interval of the share.",
        "high95": "The high end of it: where it holds the share of all customers, the product may be luck.",
    },
    notes=(
        (
            f"Products, not charges, that at least {FEWEST_CUSTOMERS} customers observed for {PRODUCT_HORIZON} days "
            "had in their first order; the highest share first, then by code."
        ),
        *_NOTES,
    ),
    source="Wilson's interval: Wilson, Journal of the American Statistical Association 22 (1927).",
)


@dataclass(frozen=True)
class SecondOrders:
    """The four tables about second orders: the columns of `DEFINITION`, `HORIZON`, `DUE` and `FIRST_PRODUCTS`."""

    summary: pd.DataFrame
    horizons: pd.DataFrame
    due: pd.DataFrame
    products: pd.DataFrame


def second_orders(snapshot: Snapshot) -> SecondOrders:
    """All four."""
    return SecondOrders(
        second_order(snapshot), second_order_horizons(snapshot), second_order_due(snapshot), first_products(snapshot)
    )


def second_order(snapshot: Snapshot) -> pd.DataFrame:
    """One row with the columns of `DEFINITION`: counts as int64, days as float64."""
    customers = _customers(snapshot)
    days = _days_between(customers)
    p25, median, p75 = np.percentile(days, [25, 50, 75]) if len(days) else [np.nan] * 3
    row = (len(customers), len(days), median, p25, p75)
    return pd.DataFrame([row], columns=[*DEFINITION.columns])


def second_order_horizons(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `HORIZON`, a row for each of `HORIZONS`."""
    customers = _customers(snapshot)
    rows = []
    for days in HORIZONS:
        observed = _observed(customers, snapshot.period.data_through, days)
        returned = int(_returned(observed, days).sum())
        rows.append((days, len(observed), returned, returned / len(observed) if len(observed) else np.nan))
    return pd.DataFrame(rows, columns=[*HORIZON.columns])


def second_order_due(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `DUE`, the highest value first."""
    customers = _customers(snapshot)
    days = _days_between(customers)
    once = customers[customers["second"].isna()].copy()
    once["days_since"] = (pd.Timestamp(snapshot.period.as_of) - once["first"]).dt.days
    low, high = np.percentile(days, [25, 75]) if len(days) else (np.nan, np.nan)
    due = once[once["days_since"].between(low, high)].rename(columns={"first": "first_order"})
    if due.empty:
        return due.reindex(columns=[*DUE.columns]).astype({"items": "object"})
    due = due.merge(_values(snapshot, due), on="customer_id").merge(_items(snapshot, due), how="left", on="customer_id")
    return due.sort_values(["value", "customer_id"], ascending=[False, True], ignore_index=True)[[*DUE.columns]]


def first_products(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `FIRST_PRODUCTS`, the highest share first."""
    observed = _observed(_customers(snapshot), snapshot.period.as_of - timedelta(days=1), PRODUCT_HORIZON)
    returned = _returned(observed, PRODUCT_HORIZON)
    first = _first_orders(snapshot).c
    until = snapshot.period.as_of - timedelta(days=1 + PRODUCT_HORIZON)
    horizon = sa.cast(first.first.op("+")(sa.literal_column(f"INTERVAL '{PRODUCT_HORIZON}' DAY")), sa.Date)
    back = sa.case((sa.and_(first.days > 1, first.second <= horizon), 1), else_=0).label("back")
    line = snapshot.history_line.c
    bought = (
        sa.select(line.stock_code, first.customer_id, back)
        .where(
            first.first <= until,
            is_of(line, "sale"),
            line.customer_id == first.customer_id,
            sa.cast(line.invoice_date, sa.Date) == first.first,
        )
        .distinct()
        .subquery("bought")
    ).c
    counted = (
        sa.select(bought.stock_code, sa.func.count().label("customers"), sa.func.sum(bought.back).label("returned"))
        .group_by(bought.stock_code)
        .having(sa.func.count() >= FEWEST_CUSTOMERS)
        .subquery("counted")
    )
    is_goods = is_product(counted.c.stock_code, snapshot.settings.product_code_pattern)
    products = snapshot.frame(sa.select(counted).where(is_goods))
    products["returned"] = products["returned"].astype("int64")
    products["share"] = products["returned"] / products["customers"]
    products["lift"] = products["share"] / (returned.mean() if returned.any() else np.nan)
    products["low95"], products["high95"] = wilson(products["returned"], products["customers"])
    products = products.merge(labels(snapshot, products["stock_code"].tolist()), how="left", on="stock_code")
    ranked = products.sort_values(["share", "stock_code"], ascending=[False, True], ignore_index=True)
    return ranked[[*FIRST_PRODUCTS.columns]]


def _first_orders(snapshot: Snapshot) -> sa.FromClause:
    """customer_id, first, second, days: the first two days on which each customer ordered, and how many these are; both
    are the same day where there is one.
    """
    rows = snapshot.history.c
    days = (
        sa.select(rows.customer_id, rows.day)
        .where(rows.kind == "sale", rows.customer_id.is_not(None))
        .distinct()
        .subquery("order_day")
    )
    number = sa.func.row_number().over(partition_by=days.c.customer_id, order_by=days.c.day).label("number")
    order = sa.select(days, number).subquery("numbered").c
    return snapshot.materialize(
        "lgs_first_orders",
        sa.select(
            order.customer_id,
            sa.func.min(order.day).label("first"),
            sa.func.max(order.day).label("second"),
            sa.func.count().label("days"),
        )
        .where(order.number <= 2)
        .group_by(order.customer_id),
    )


def _customers(snapshot: Snapshot) -> pd.DataFrame:
    """customer_id, first, second (datetime64; NaT after a single order day), in any order."""
    return snapshot.once("first orders", lambda: _asked(snapshot))


def _asked(snapshot: Snapshot) -> pd.DataFrame:
    customers = snapshot.frame(sa.select(_first_orders(snapshot)))
    customers["second"] = customers["second"].where(customers["days"] > 1)
    return customers[["customer_id", "first", "second"]]


def _days_between(customers: pd.DataFrame) -> pd.Series[int]:
    """The days from the first order day to the second, of those who have one."""
    return (customers["second"] - customers["first"]).dropna().dt.days


def _observed(customers: pd.DataFrame, until: date, days: int) -> pd.DataFrame:
    return customers[customers["first"] <= pd.Timestamp(until) - pd.Timedelta(days=days)]


def _returned(observed: pd.DataFrame, days: int) -> pd.Series[bool]:
    return (observed["second"] - observed["first"]).dt.days <= days


def _values(snapshot: Snapshot, customers: pd.DataFrame) -> pd.DataFrame:
    """customer_id, country, value of customers who ordered on one day only."""
    rows = snapshot.history.c
    values = snapshot.frame(
        sa.select(rows.customer_id, sa.func.min(rows.country).label("country"), sa.func.sum(rows.amount).label("value"))
        .where(rows.kind == "sale", rows.customer_id.in_(customers["customer_id"].tolist()))
        .group_by(rows.customer_id)
    )
    # Equal values are equal, in whatever order they were added.
    values["value"] = values["value"].round(_DECIMALS)
    return values


def _items(snapshot: Snapshot, customers: pd.DataFrame) -> pd.DataFrame:
    """customer_id, items: the descriptions (else codes) of the products that each spent most on; of customers who
    ordered on one day only.
    """
    rows, ids = snapshot.history.c, customers["customer_id"].tolist()
    # By customers that are named: joined with a new table, of which it has no statistics, an engine may plan badly.
    line = snapshot.lines_of(
        sa.select(rows.invoice_no).where(rows.kind == "sale", rows.customer_id.in_(ids)), history=True
    ).c
    bought = (
        sa.select(
            line.customer_id,
            line.stock_code,
            sa.func.max(sa.func.trim(line.description)).label("description"),
            sa.func.sum(line.amount).label("amount"),
        )
        .where(is_of(line, "sale"), line.customer_id.in_(ids))
        .group_by(line.customer_id, line.stock_code)
        .subquery("bought")
    )
    # No more than so many beside the last that may be shown, equal ones included: their codes decide here, as engines
    # order text by different rules.
    rank = sa.func.rank().over(partition_by=bought.c.customer_id, order_by=bought.c.amount.desc()).label("place")
    goods = is_product(bought.c.stock_code, snapshot.settings.product_code_pattern)
    ranked = sa.select(bought, rank).where(goods).subquery("ranked")
    columns = [ranked.c[name] for name in ("customer_id", "stock_code", "description", "amount")]
    return dearest_items(snapshot.frame(sa.select(*columns).where(ranked.c.place <= FIRST_ITEMS)), FIRST_ITEMS)
