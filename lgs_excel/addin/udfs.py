"""The worksheet functions: each parses its cells, asks the answers, and hands over.

All of them speak of the whole warehouse, whatever the workbook is filtered by; a country is an argument. xlwings shows
the docstrings, and those of the arguments, in Excel's own dialogs: at most 255 characters each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pandas as pd

from lgs_excel.addin.cache import CACHE
from lgs_excel.addin.cell_values import (
    Cell,
    Grid,
    choice_in,
    count_in,
    for_each_cell,
    for_one_cell,
    month_in,
    table_out,
    text_in,
)
from lgs_excel.addin.function_data import FunctionData, Record
from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.analytics.products import RANKINGS, most_bought
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.errors import InputError
from lgs_excel.formatting import defined
from lgs_excel.warehouse.filters import check_countries
from lgs_excel.warehouse.months import month_text

Function = Callable[..., Any]


def _decorators() -> tuple[Any, Any]:
    """The decorators of functions and arguments that xlwings has; without pywin32 ones that record nothing."""
    try:
        from xlwings import udfs
    except ImportError:
        import xlwings

        return xlwings.func, xlwings.arg
    return udfs.xlfunc, udfs.xlarg


_xlfunc, _xlarg = _decorators()


def _function(function: Function) -> Function:
    registered: Function = _xlfunc(category="LGS", volatile=False)(function)
    return registered


def _given(name: str, doc: str) -> Callable[[Function], Function]:
    """The argument `name`, read as a grid of cells, an error such as #N/A as its name."""

    def registered(function: Function) -> Function:
        # Made anew for each function, as xlwings takes the doc out of what it was given.
        argument: Function = _xlarg(name, doc=doc, ndim=2, err_to_str=True)(function)
        return argument

    return registered


_month = _given("month", "The month: any date in it, or a text such as 2011-11 or Nov 2011.")
_country = _given("country", "Only this country, as the data spell it. Left out: all of them together.")
_customer = _given("customer_id", "The customer's number, such as 17850.")


@_function
@_month
@_country
@for_each_cell
def LGS_SALES(month: Cell, country: Cell = None) -> Cell:
    """Net sales of a month in pounds: everything sold, less cancellations and adjustments."""
    return _figure("net", month, country)


@_function
@_month
@for_each_cell
def LGS_GROWTH(month: Cell) -> Cell:
    """Net sales against the month before, as a fraction: 0.12 is 12% more. Blank where there is nothing to compare."""
    answers = CACHE.answers()
    return answers.growth[_known_month(answers, month)]


@_function
@_month
@_country
@for_each_cell
def LGS_ORDERS(month: Cell, country: Cell = None) -> Cell:
    """How many orders were placed in a month."""
    return _figure("placed", month, country)


@_function
@_month
@_country
@for_each_cell
def LGS_CANCELLED(month: Cell, country: Cell = None) -> Cell:
    """How many orders were cancelled in a month."""
    return _figure("cancelled", month, country)


@_function
@_month
@_country
@for_each_cell
def LGS_ACTIVE(month: Cell, country: Cell = None) -> Cell:
    """How many customers bought in a month."""
    return _figure("active", month, country)


@_function
@_month
@_country
@for_each_cell
def LGS_NEW(month: Cell, country: Cell = None) -> Cell:
    """How many customers bought for the first time in a month (in that country, if one is given)."""
    return _figure("new", month, country)


@_function
@_customer
@for_each_cell
def LGS_SEGMENT(customer_id: Cell) -> Cell:
    """The segment that a customer is in, such as Champions."""
    return _customer_record(customer_id)["segment"]


@_function
@_customer
@for_each_cell
def LGS_RFM(customer_id: Cell) -> Cell:
    """A customer's three scores as a text such as 545: recency, frequency, monetary value; 5 is best."""
    record = _customer_record(customer_id)
    return "".join(str(record[score]) for score in ("r", "f", "m"))


@_function
@_given("segment", f"One of: {', '.join(segment.name for segment in SEGMENTS)}.")
@for_each_cell
def LGS_SEGMENT_SIZE(segment: Cell) -> Cell:
    """How many customers are in a segment."""
    name = choice_in(segment, [segment.name for segment in SEGMENTS], "a segment")
    sizes = CACHE.answers().tables["rfm-segments"].set_index("segment")["customers"]
    return int(sizes[name])


@_function
@_month
@for_each_cell
def LGS_FORECAST(month: Cell) -> Cell:
    """Predicted net sales of a month that has not ended, in pounds. The sheet Forecast has the ranges."""
    answers = CACHE.answers()
    asked = month_in(month)
    predicted = {month: row["predicted"] for month, row in answers.forecast.items() if defined(row["predicted"])}
    if asked in predicted:
        return predicted[asked]
    raise InputError(answers.no_forecast or f"{month_text(asked)} is not predicted. {_reach('Predictions', predicted)}")


@_function
@_given("n", "How many products, such as 10.")
@_given("by", f"Ranked by one of: {', '.join(RANKINGS)}. Left out: {RANKINGS[0]}.")
@for_one_cell
def LGS_TOP_PRODUCTS(n: Cell, by: Cell = None) -> Grid:
    """The n most bought products, as a table that spills into the cells below and beside."""
    count = count_in(n, "a number of products")
    ranking = choice_in(by, RANKINGS, "a ranking of products") if text_in(by) else RANKINGS[0]
    return table_out(most_bought(CACHE.answers().tables["products"], ranking, count))


@_function
@_given("n", "How many lines, such as 3. Left out: all.")
@for_one_cell
def LGS_TODO(n: Cell = None) -> Grid:
    """What to do this week, for whom and what is at stake, as a table that spills: the sheet This week."""
    tasks = CACHE.table("this-week").drop(columns="rule")
    return table_out(tasks.head(count_in(n, "a number of lines")) if text_in(n) else tasks)


@_function
@_given("code", "A product's code, such as 22697.")
@_given("n", "How many products, such as 5. Left out: all that are bought with it often.")
@for_one_cell
def LGS_PAIRS(code: Cell, n: Cell = None) -> Grid:
    """What is bought together with a product most often, as a table that spills: how often, in which share."""
    product = text_in(code).upper()
    partners = _partners(CACHE.table("pairs"), product)
    return table_out(partners.head(count_in(n, "a number of products")) if text_in(n) else partners)


@_function
@_customer
@for_one_cell
def LGS_CUSTOMER(customer_id: Cell) -> Grid:
    """One page about a customer, as a table that spills: sales, segment, products, last orders, suggestions."""
    return table_out(CACHE.table("customer", str(_customer_record(customer_id)["customer_id"])))


@_function
@_given("analysis", "Its name, such as sales, countries or pairs; all of them are on the sheet Definitions.")
@for_one_cell
def LGS_TABLE(analysis: Cell) -> Grid:
    """A whole analysis, as a table that spills into the cells below and beside."""
    return table_out(CACHE.table(choice_in(analysis, [*CATALOGUE], "an analysis")))


def _partners(pairs: pd.DataFrame, product: str) -> pd.DataFrame:
    """stock_code, description, together, share, lift of the products that are bought with one of them."""
    known = pairs[~pairs["variants"].astype(bool)]
    sides = [
        known[known[f"stock_code_{one}"] == product].rename(
            columns={
                f"stock_code_{other}": "stock_code",
                f"description_{other}": "description",
                f"confidence_{one}{other}": "share",
            }
        )
        for one, other in ("ab", "ba")
    ]
    found = pd.concat(sides)[["stock_code", "description", "together", "share", "lift"]]
    if found.empty:
        raise InputError(
            f"{product!r} is in no pair that is bought often. Give the code of one on the sheet Pairs, such as 22697."
        )
    return found.sort_values(["together", "stock_code"], ascending=[False, True], ignore_index=True)


def _figure(name: str, month: Cell, country: Cell) -> Any:
    answers = CACHE.answers()
    place = text_in(country)
    if place:
        place = check_countries([place], answers.countries)[0]
    return answers.figure(name, _known_month(answers, month), place)


def _known_month(answers: FunctionData, cell: Cell) -> date:
    month = month_in(cell)
    if not answers.months[0] <= month <= answers.months[-1]:
        raise InputError(f"{month_text(month)} is not in the data. {_reach('The data', answers.months)}")
    return month


def _reach(what: str, months: Iterable[date]) -> str:
    ordered = sorted(months)
    return f"{what} run from {month_text(ordered[0])} to {month_text(ordered[-1])}."


def _customer_record(cell: Cell) -> Record:
    number = text_in(cell)
    if not number:
        raise InputError("A blank cell is not a customer. Give a customer's number, such as 17850.")
    record = CACHE.answers().customers.get(number)
    if record is None:
        raise InputError(
            f"{number!r} is not a customer with a sale in the data. Give a number from the sheet Customers."
        )
    return record
