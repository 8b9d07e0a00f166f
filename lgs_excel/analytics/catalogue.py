"""Every answer by the name that `lgs-excel show` and `lgs-excel sql` know it by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd

from lgs_excel.analytics import (
    changes,
    checks,
    cohorts,
    countries,
    customers,
    forecast,
    invoices,
    movement,
    orders,
    pairs,
    product_forecast,
    products,
    rfm,
    sales,
    second_order,
)
from lgs_excel.analytics.definition import Definition
from lgs_excel.warehouse.snapshot import Begin, Snapshot

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What a reader may choose beyond filters: the RFM recipe, and how products are ranked (top: None is all)."""

    rfm: rfm.Recipe = "default"
    by: products.Ranking = "revenue"
    top: int | None = None


@dataclass(frozen=True)
class Entry:
    """An analysis as a table: its definition, and what gives its columns from a snapshot."""

    definition: Definition
    table: Callable[[Snapshot, Options], pd.DataFrame]


def answer_all(
    snapshot: Snapshot,
    options: Options | None = None,
    say: Callable[[str], None] = lambda _: None,
    begin: Begin | None = None,
) -> checks.Results:
    """Every answer that the workbook shows, from one snapshot; `say` is told each question as its turn comes.

    begin: of `snapshot.concurrently()`, for what reads the lines of products, half of the warehouse's work. Without it
    the questions are asked one after another.
    """
    options = options or Options()
    begin = begin or snapshot.sequentially

    def answer(name: str, ask: Callable[[], T]) -> T:
        say(CATALOGUE[name].definition.question)
        return ask()

    ranking = begin(lambda seen: products.product_ranking(seen, options.by, options.top))
    expected = begin(lambda seen: product_forecast.product_forecast(seen, options.top))
    monthly = answer("sales", lambda: sales.monthly_sales(snapshot))
    segments = answer("rfm-segments", lambda: rfm.customer_segments(snapshot, options.rfm))
    return checks.Results(
        sales=monthly,
        rfm=segments,
        orders=answer("orders", lambda: orders.monthly_orders(snapshot)),
        invoices=answer("invoices", lambda: invoices.invoice_amounts(snapshot)),
        customers=answer("customers", lambda: customers.monthly_customers(snapshot)),
        forecast=answer("forecast", lambda: forecast.sales_forecast(snapshot)),
        changes=answer("changes", lambda: changes.what_changed(snapshot, monthly)),
        movement=answer("movement", lambda: movement.segment_movement(snapshot, segments)),
        line_totals=checks.line_totals(snapshot),  # before the two that may be under way, so as not to wait for them
        products=answer("products", ranking),
        product_forecast=answer("product-forecast", expected),
    )


def _movement(snapshot: Snapshot) -> movement.Movement:
    return movement.segment_movement(snapshot, rfm.customer_segments(snapshot))


def _checked(snapshot: Snapshot, options: Options) -> pd.DataFrame:
    answers = answer_all(snapshot, replace(options, top=options.top or 1))
    return checks.checks(snapshot, answers).rows


_ENTRIES = (
    Entry(invoices.DEFINITION, lambda snapshot, _: invoices.invoice_amounts(snapshot).record),
    Entry(orders.DEFINITION, lambda snapshot, _: orders.monthly_orders(snapshot).months),
    Entry(sales.DEFINITION, lambda snapshot, _: sales.monthly_sales(snapshot).months),
    Entry(customers.DEFINITION, lambda snapshot, _: customers.monthly_customers(snapshot).months),
    Entry(countries.DEFINITION, lambda snapshot, _: countries.countries(snapshot)),
    Entry(cohorts.DEFINITION, lambda snapshot, _: cohorts.cohorts(snapshot)),
    Entry(second_order.DEFINITION, lambda snapshot, _: second_order.second_order(snapshot)),
    Entry(second_order.HORIZON, lambda snapshot, _: second_order.second_order_horizons(snapshot)),
    Entry(second_order.DUE, lambda snapshot, _: second_order.second_order_due(snapshot)),
    Entry(second_order.FIRST_PRODUCTS, lambda snapshot, _: second_order.first_products(snapshot)),
    Entry(rfm.SEGMENTS_DEFINITION, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).segments),
    Entry(rfm.CUSTOMERS, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).customers),
    Entry(products.DEFINITION, lambda snapshot, say: products.product_ranking(snapshot, say.by, say.top).products),
    Entry(pairs.DEFINITION, lambda snapshot, _: pairs.pairs(snapshot)),
    Entry(forecast.DEFINITION, lambda snapshot, _: forecast.sales_forecast(snapshot).months),
    Entry(forecast.BACKTEST, lambda snapshot, _: forecast.sales_forecast(snapshot).backtest),
    Entry(
        product_forecast.DEFINITION, lambda snapshot, say: product_forecast.product_forecast(snapshot, say.top).products
    ),
    Entry(changes.DEFINITION, lambda snapshot, _: changes.what_changed(snapshot, sales.monthly_sales(snapshot)).rows),
    Entry(movement.MOVEMENT, lambda snapshot, _: _movement(snapshot).moves),
    Entry(movement.AT_RISK, lambda snapshot, _: _movement(snapshot).at_risk),
    Entry(checks.DEFINITION, _checked),
)
CATALOGUE = {entry.definition.name: entry for entry in _ENTRIES}
