"""What the worksheet functions can be asked, computed from one snapshot of the whole warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from lgs_excel.analytics.catalogue import CATALOGUE, ON_REQUEST, Options
from lgs_excel.analytics.country_months import monthly_countries
from lgs_excel.analytics.customers import monthly_customers
from lgs_excel.analytics.forecast import sales_forecast
from lgs_excel.analytics.orders import monthly_orders
from lgs_excel.analytics.products import product_ranking
from lgs_excel.analytics.rfm import customer_segments
from lgs_excel.analytics.sales import monthly_sales
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.snapshot import open_snapshot

ALL_COUNTRIES = ""
Record = Mapping[str, Any]


@dataclass(frozen=True)
class FunctionData:
    """Looked up by a cell in microseconds; no connection is held.

    months: every month of the data, in order. countries: as the data spell them. figures: by country (ALL_COUNTRIES:
    the sum of all) and month, net (pounds), placed, cancelled, active, new; none where a country has no line. growth:
    by month, NaN where it is not defined. forecast: the columns of the analysis, by month; no_forecast: why it predicts
    nothing, else "". customers: by customer_id, the columns of rfm-customers. tables: what `lgs-excel show` gives, by
    the analysis's name, as far as it was needed here.
    """

    months: tuple[date, ...]
    countries: tuple[str, ...]
    figures: Mapping[tuple[str, date], Record]
    growth: Mapping[date, float]
    forecast: Mapping[date, Record]
    no_forecast: str
    customers: Mapping[str, Record]
    tables: Mapping[str, pd.DataFrame]

    def figure(self, name: str, month: date, country: str = ALL_COUNTRIES) -> float:
        """A figure of a month, zero where nothing was sold or cancelled."""
        figures = self.figures.get((country, month))
        return figures[name] if figures else 0


def read_function_data(warehouse: Warehouse, settings: Settings) -> FunctionData:
    """Read the warehouse once, without filters. Raises WarehouseError."""
    with open_snapshot(warehouse, settings) as snapshot, snapshot.concurrently() as begin:
        ranking = begin(product_ranking)  # half of all that the warehouse has to do
        sales = monthly_sales(snapshot).months
        orders = monthly_orders(snapshot).months
        customers = monthly_customers(snapshot).months
        rfm = customer_segments(snapshot)
        forecast = sales_forecast(snapshot)
        by_country = monthly_countries(snapshot)
        products = ranking().products
    whole = sales[["month", "net"]].merge(orders[["month", "placed", "cancelled"]]).merge(customers)
    figures = pd.concat([whole.assign(country=ALL_COUNTRIES), by_country])
    months = [month.date() for month in sales["month"]]
    return FunctionData(
        months=tuple(months),
        countries=snapshot.countries,
        figures={(row.pop("country"), row.pop("month").date()): row for row in _records(figures)},
        growth=dict(zip(months, sales["growth"].tolist(), strict=True)),
        forecast={row["month"].date(): row for row in _records(forecast.months)},
        no_forecast=forecast.reason,
        customers={row["customer_id"]: row for row in _records(rfm.customers)},
        tables={
            "sales": sales,
            "orders": orders,
            "customers": customers,
            "rfm-segments": rfm.segments,
            "rfm-customers": rfm.customers,
            "products": products,
            "forecast": forecast.months,
        },
    )


def read_table(name: str, options: Options, warehouse: Warehouse, settings: Settings) -> pd.DataFrame:
    """The table of one analysis, without filters. Raises WarehouseError, and InputError for what it can't be about."""
    with open_snapshot(warehouse, settings) as snapshot:
        return (CATALOGUE | ON_REQUEST)[name].table(snapshot, options)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
