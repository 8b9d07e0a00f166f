"""Every country at once: the same as each under a filter of its own."""

import pandas as pd
import pytest

from lgs_excel.analytics.country_months import monthly_countries
from lgs_excel.analytics.customers import monthly_customers
from lgs_excel.analytics.orders import monthly_orders
from lgs_excel.analytics.sales import monthly_sales
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.small_shop import Line
from tests.conftest import ENGINES

FIGURES = ["net", "placed", "cancelled", "active", "new"]


def under_a_filter(snapshot):
    months = monthly_sales(snapshot).months[["month", "net"]]
    for other in (monthly_orders(snapshot).months, monthly_customers(snapshot).months):
        months = months.merge(other[["month", *(name for name in FIGURES if name in other)]], on="month")
    return months.set_index("month")[FIGURES]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_country_of_the_real_sales_has_the_figures_of_its_own_filter(real_sales, engine):
    with real_sales.snapshot(engine) as snapshot:
        every = monthly_countries(snapshot)
        countries = snapshot.countries
    assert sorted(set(every["country"])) == sorted(countries)
    for country in countries:
        with real_sales.snapshot(engine, Filters(countries=(country,))) as snapshot:
            expected = under_a_filter(snapshot)
        ours = every[every["country"] == country].set_index("month")[FIGURES]
        pd.testing.assert_frame_equal(
            ours.reindex(expected.index, fill_value=0).astype("float64"), expected.astype("float64"), rtol=0, atol=1e-9
        )


def ask(shop):
    with open_snapshot(shop.warehouse, shop.settings) as snapshot:
        return monthly_countries(snapshot)


def test_a_customer_of_two_countries_is_new_once_in_each(shop):
    shop(
        Line("1", "2011-01-05", country="France"),
        Line("2", "2011-02-05", country="Spain"),
        Line("3", "2011-03-05", country="France"),
    )
    france, later, spain = ask(shop)[["country", "active", "new"]].to_numpy().tolist()
    assert (france, later, spain) == (["France", 1, 1], ["France", 1, 0], ["Spain", 1, 1])


def test_a_country_that_is_spelt_in_two_ways_is_one(shop):
    shop(
        Line("1", "2011-01-05", country="EIRE"),
        Line("1", "2011-01-05", country="Eire"),
        Line("C2", "2011-01-06", country="Eire", quantity=-1),
    )
    (row,) = ask(shop).to_dict("records")
    assert (row["country"], row["net"], row["placed"], row["cancelled"], row["active"]) == ("EIRE", 1.0, 1, 1, 1)


def test_a_country_that_only_cancelled_has_no_customers(shop):
    shop(Line("C1", "2011-01-05", country="France", quantity=-1))
    (row,) = ask(shop).to_dict("records")
    assert (row["net"], row["cancelled"], row["active"], row["new"]) == (-1.0, 1, 0, 0)
