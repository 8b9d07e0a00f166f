"""A shop of a few lines whose answers can be seen by eye, in a real database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import Results, checks
from lgs_excel.analytics.this_week import this_week
from lgs_excel.loading.rollups import make_anew
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.rollups import remember
from lgs_excel.warehouse.schema import make_ready, retail
from lgs_excel.warehouse.snapshot import Begin, Snapshot, open_snapshot
from tests import spark
from tests.conftest import settings_for


class Line(NamedTuple):
    """A line of an export: an order of one thing for a pound, unless it says otherwise."""

    invoice_no: str
    day: str
    customer_id: str | None = "17850"
    quantity: int = 1
    price: str = "1.00"
    stock_code: str = "22423"
    country: str | None = "United Kingdom"
    description: str | None = "CAKESTAND"

    @property
    def row(self) -> dict[str, Any]:
        """The line as a row of `retail`."""
        return {
            "invoice_no": self.invoice_no,
            "stock_code": self.stock_code,
            "description": self.description,
            "quantity": self.quantity,
            "invoice_date": datetime.fromisoformat(self.day),
            "unit_price": Decimal(self.price),
            "customer_id": self.customer_id,
            "country": self.country,
        }


def fill(warehouse: Warehouse, lines: Iterable[Line], *, rollups: bool = True) -> None:
    """Make `lines` all that there is in the warehouse, in their order; with the rollups that a load keeps there."""
    rows = [line.row for line in lines]
    if not warehouse.engine.loadable:
        spark.put(pd.DataFrame(rows, columns=retail.columns.keys()), warehouse)
        return
    with warehouse.writing() as connection:
        found = make_ready(connection, str(warehouse))
        connection.execute(sa.delete(retail))
        if rows:
            connection.execute(sa.insert(retail), rows)
        if rollups:
            make_anew(connection, found)
            remember(connection, warehouse.engine)


def frame(lines: Iterable[Line]) -> pd.DataFrame:
    """`lines` as the raw eight columns."""
    return pd.DataFrame([line.row for line in lines], columns=retail.columns.keys()).astype({"description": "object"})


class Shop:
    """A warehouse that can be filled again and again; called with its lines it is the shop that has only those."""

    def __init__(self, warehouse: Warehouse, settings: Settings | None = None) -> None:
        self.warehouse = warehouse
        self.settings = settings or settings_for(warehouse.url.render_as_string(hide_password=False))

    def __call__(self, *lines: tuple[Any, ...]) -> Shop:
        fill(self.warehouse, (Line(*line) for line in lines))
        return self

    def show(
        self, name: str, *, options: Options | None = None, settings: Settings | None = None, **filters: Any
    ) -> pd.DataFrame:
        """What `lgs-excel show NAME` has: the table of one analysis. Filters as parse_filters takes them."""
        with open_snapshot(self.warehouse, settings or self.settings, parse_filters(**filters)) as snapshot:
            return CATALOGUE[name].table(snapshot, options or Options())

    def column(self, name: str, column: str, **filters: Any) -> list[Any]:
        """One column of an analysis; a missing value is None."""
        return values(self.show(name, **filters)[column])

    def answers(self, options: Options | None = None, **filters: Any) -> Results:
        """All answers."""
        with open_snapshot(self.warehouse, self.settings, parse_filters(**filters)) as snapshot:
            return answer_all(snapshot, options)


def every_table(
    snapshot: Snapshot, options: Options | None = None, begin: Begin | None = None
) -> dict[str, pd.DataFrame]:
    """What the catalogue has, by its names; each question is asked once."""
    answers = answer_all(snapshot, options, begin=begin)
    return {
        "invoices": answers.invoices.record,
        "orders": answers.orders.months,
        "order-hours": answers.order_hours,
        "sales": answers.sales.months,
        "customers": answers.customers.months,
        "countries": answers.countries,
        "cohorts": answers.cohorts.triangle,
        "cohort-average": answers.cohorts.average,
        "second-order": answers.second_orders.summary,
        "second-order-horizons": answers.second_orders.horizons,
        "second-order-due": answers.second_orders.due,
        "first-products": answers.second_orders.products,
        "pairs": answers.pairs,
        "product-details": answers.product_details,
        "buy-list": answers.buy_list.products,
        "season": answers.seasons.seasons,
        "season-months": answers.seasons.months,
        "rfm-segments": answers.rfm.segments,
        "rfm-customers": answers.rfm.customers,
        "products": answers.products.products,
        "forecast": answers.forecast.months,
        "forecast-backtest": answers.forecast.backtest,
        "product-forecast": answers.product_forecast.products,
        "changes": answers.changes.rows,
        "movement": answers.movement.moves,
        "at-risk": answers.movement.at_risk,
        "this-week": this_week(snapshot, answers),
        "checks": checks(snapshot, answers).rows,
    }


def values(column: pd.Series) -> list[Any]:
    """The values of a column: months as "2011-11", a missing one as None."""
    if pd.api.types.is_datetime64_dtype(column):
        return column.dt.strftime("%Y-%m").tolist()
    return [None if pd.isna(value) else value for value in column]
