"""Every answer by the name that `lgs-excel show` and `lgs-excel sql` know it by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd

from lgs_excel.analytics import (
    buy_list,
    changes,
    checks,
    cohorts,
    countries,
    customer,
    customers,
    forecast,
    has_not,
    invoices,
    movement,
    order_hours,
    orders,
    pairs,
    product_details,
    product_forecast,
    products,
    rfm,
    sales,
    season,
    second_order,
    this_week,
)
from lgs_excel.analytics.definition import Definition
from lgs_excel.warehouse.snapshot import Begin, Snapshot

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What a reader may choose beyond filters: the RFM recipe, how products are ranked (top: None is all), and what an
    analysis of ON_REQUEST is about (has, lacks: stock codes; customer: a number; stock: of a stock file).
    """

    rfm: rfm.Recipe = "default"
    by: products.Ranking = "revenue"
    top: int | None = None
    has: str = ""
    lacks: str = ""
    customer: str = ""
    stock: buy_list.Stock | None = None


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

    ranking = begin(lambda seen: _ranked(seen, options))
    expected = begin(lambda seen: product_forecast.product_forecast(seen, options.top))
    ordering = begin(lambda seen: buy_list.buy_list(seen, options.stock))
    together = begin(pairs.pairs)
    seasonal = begin(season.seasons)
    monthly = answer("sales", lambda: sales.monthly_sales(snapshot))
    segments = answer("rfm-segments", lambda: rfm.customer_segments(snapshot, options.rfm))
    return checks.Results(
        sales=monthly,
        rfm=segments,
        orders=answer("orders", lambda: orders.monthly_orders(snapshot)),
        order_hours=answer("order-hours", lambda: order_hours.order_hours(snapshot)),
        invoices=answer("invoices", lambda: invoices.invoice_amounts(snapshot)),
        customers=answer("customers", lambda: customers.monthly_customers(snapshot)),
        forecast=answer("forecast", lambda: forecast.sales_forecast(snapshot)),
        changes=answer("changes", lambda: changes.what_changed(snapshot, monthly)),
        movement=answer("movement", lambda: movement.segment_movement(snapshot, segments)),
        countries=answer("countries", lambda: countries.countries(snapshot)),
        cohorts=answer("cohorts", lambda: cohorts.customer_cohorts(snapshot)),
        second_orders=answer("second-order", lambda: second_order.second_orders(snapshot)),
        line_totals=checks.line_totals(snapshot),  # before those that may be under way, so as not to wait for them
        products=(ranked := answer("products", ranking))[0],
        product_details=ranked[1],
        product_forecast=answer("product-forecast", expected),
        buy_list=answer("buy-list", ordering),
        pairs=answer("pairs", together),
        seasons=answer("season", seasonal),
    )


def _ranked(snapshot: Snapshot, options: Options) -> tuple[products.ProductRanking, pd.DataFrame]:
    """The ranking, and the details of those in it."""
    ranking = products.product_ranking(snapshot, options.by, options.top)
    few = None if options.top is None else ranking.products["stock_code"].tolist()
    return ranking, product_details.product_details(snapshot, few)


def _first(table: pd.DataFrame, top: int | None) -> pd.DataFrame:
    return table if top is None else table.head(top)


def _movement(snapshot: Snapshot) -> movement.Movement:
    return movement.segment_movement(snapshot, rfm.customer_segments(snapshot))


def _checked(snapshot: Snapshot, options: Options) -> pd.DataFrame:
    answers = answer_all(snapshot, replace(options, top=options.top or 1))
    return checks.checks(snapshot, answers).rows


def _this_week(snapshot: Snapshot, options: Options) -> pd.DataFrame:
    answers = answer_all(snapshot, replace(options, top=options.top or products.TOP_PRODUCTS))
    return this_week.this_week(snapshot, answers)


_ENTRIES = (
    Entry(this_week.DEFINITION, _this_week),
    Entry(invoices.DEFINITION, lambda snapshot, _: invoices.invoice_amounts(snapshot).record),
    Entry(orders.DEFINITION, lambda snapshot, _: orders.monthly_orders(snapshot).months),
    Entry(order_hours.DEFINITION, lambda snapshot, _: order_hours.order_hours(snapshot)),
    Entry(sales.DEFINITION, lambda snapshot, _: sales.monthly_sales(snapshot).months),
    Entry(customers.DEFINITION, lambda snapshot, _: customers.monthly_customers(snapshot).months),
    Entry(countries.DEFINITION, lambda snapshot, _: countries.countries(snapshot)),
    Entry(cohorts.DEFINITION, lambda snapshot, _: cohorts.customer_cohorts(snapshot).triangle),
    Entry(cohorts.AVERAGE, lambda snapshot, _: cohorts.customer_cohorts(snapshot).average),
    Entry(second_order.DEFINITION, lambda snapshot, _: second_order.second_order(snapshot)),
    Entry(second_order.HORIZON, lambda snapshot, _: second_order.second_order_horizons(snapshot)),
    Entry(second_order.DUE, lambda snapshot, _: second_order.second_order_due(snapshot)),
    Entry(second_order.FIRST_PRODUCTS, lambda snapshot, _: second_order.first_products(snapshot)),
    Entry(rfm.SEGMENTS_DEFINITION, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).segments),
    Entry(rfm.CUSTOMERS, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).customers),
    Entry(products.DEFINITION, lambda snapshot, say: products.product_ranking(snapshot, say.by, say.top).products),
    Entry(product_details.DEFINITION, lambda snapshot, say: _first(product_details.product_details(snapshot), say.top)),
    Entry(pairs.DEFINITION, lambda snapshot, _: pairs.pairs(snapshot)),
    Entry(season.DEFINITION, lambda snapshot, _: season.seasons(snapshot).seasons),
    Entry(season.MONTHS, lambda snapshot, _: season.seasons(snapshot).months),
    Entry(forecast.DEFINITION, lambda snapshot, _: forecast.sales_forecast(snapshot).months),
    Entry(forecast.BACKTEST, lambda snapshot, _: forecast.sales_forecast(snapshot).backtest),
    Entry(
        product_forecast.DEFINITION, lambda snapshot, say: product_forecast.product_forecast(snapshot, say.top).products
    ),
    Entry(buy_list.DEFINITION, lambda snapshot, say: buy_list.buy_list(snapshot, say.stock).products),
    Entry(changes.DEFINITION, lambda snapshot, _: changes.what_changed(snapshot, sales.monthly_sales(snapshot)).rows),
    Entry(movement.MOVEMENT, lambda snapshot, _: _movement(snapshot).moves),
    Entry(movement.AT_RISK, lambda snapshot, _: _movement(snapshot).at_risk),
    Entry(checks.DEFINITION, _checked),
)
CATALOGUE = {entry.definition.name: entry for entry in _ENTRIES}
# Those that have to be told what they are about.
ON_REQUEST = {
    entry.definition.name: entry
    for entry in (
        Entry(has_not.DEFINITION, lambda snapshot, said: has_not.has_not(snapshot, said.has, said.lacks)),
        Entry(customer.DEFINITION, lambda snapshot, said: customer.customer(snapshot, said.customer)),
    )
}
