"""What the sheet Buy list shows and says, with a stock file and without."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from lgs_excel.analytics.buy_list import DEFINITION, BuyList
from lgs_excel.analytics.product_forecast import OrderRecord
from lgs_excel.report.chart_style import load_style
from lgs_excel.report.context import Context
from lgs_excel.report.model import Note
from lgs_excel.report.sheets.buy_list import MOST, buy_list_sheet
from lgs_excel.settings import Settings
from lgs_excel.warehouse.snapshot import Period
from tests.report import test_charts as made
from tests.report.sample_reports import MADE_AT

RECORD = OrderRecord(200, 0.855, 0.881, 0.505, 0.155)
FIRST = date(2011, 11, 1)
PERIOD = Period(FIRST, made.DECEMBER, FIRST, made.THROUGH, date(2011, 12, 10))
CONTEXT = Context("Shop", PERIOD, "none", None, MADE_AT, load_style())


def orders(number=3, *, stocked=False, season="", unknown=(), record=RECORD, order=12.0):
    """A list of `number` products, of which the first has no name."""
    rows = pd.DataFrame(
        {
            "stock_code": [f"{10000 + i}" for i in range(number)],
            "description": [np.nan, *(f"THING {i}" for i in range(1, number))][:number],
            "season": season,
            "units": [100.0 - i for i in range(number)],
            "high80": 150.0,
            "change": 0.1,
            "on_hand": 5.0 if stocked else np.nan,
            "on_order": 0.0 if stocked else np.nan,
            "pack": 6.0 if stocked else np.nan,
            "order": order if stocked else np.nan,
            "runs_out": pd.Timestamp("2011-12-20") if stocked else pd.NaT,
        },
        columns=[*DEFINITION.columns],
    )
    return BuyList(rows, stocked, tuple(unknown), record)


def shown(found, **settings):
    sheet = buy_list_sheet(found, Settings(**settings), CONTEXT)
    notes = " ".join(block.text for block in sheet.blocks if isinstance(block, Note))
    return sheet.finding, notes, {table.name: table for table in sheet.tables}


def test_without_a_stock_file_it_is_demand_and_says_so():
    finding, notes, tables = shown(orders())
    assert finding == "Most asked for in the next 49 days: 10000, 100 units, in the high case 150."
    assert "Demand alone" in notes
    headers = [column.header for column in tables["lgs_BuyList"].columns]
    assert headers == ["Code", "Product", "Season", "Expected", "High case", "Change"]


def test_with_one_it_says_what_to_order_in_how_many_units():
    finding, notes, tables = shown(orders(stocked=True, season="Christmas", unknown=[f"X{i}" for i in range(7)]))
    assert finding == "3 products to order, 36 units in all; most of 10000: 12."
    assert "and left out: 7 (X0, X1, X2, X3, X4, …)." in notes
    assert [column.header for column in tables["lgs_BuyList"].columns][2:] == [
        "Season", "Expected", "High case", "Change", "On hand", "On order", "Pack", "Order", "Runs out",
    ]  # fmt: skip


def test_what_is_enough_is_not_listed():
    finding, _, tables = shown(orders(stocked=True, order=0.0))
    assert finding.startswith("Nothing is to be ordered")
    assert "lgs_BuyList" not in tables


def test_a_long_list_is_cut_and_says_where_the_rest_is():
    _, notes, tables = shown(orders(MOST + 1))
    assert len(tables["lgs_BuyList"].rows) == MOST
    assert f"The first {MOST} of {MOST + 1}; all of them: lgs-excel show buy-list" in notes


@pytest.mark.parametrize(("lead", "review"), [(10, 4), (0, 1)])
def test_the_days_are_those_of_the_settings(lead, review):
    finding, notes, _ = shown(orders(), lead_days=lead, review_days=review)
    assert f"in the next {lead + review} days" in finding
    assert f"For the next {lead + review} days" in notes


def test_the_record_stands_there_as_far_as_there_is_one():
    rows = shown(orders())[2]["lgs_BuyList_Record"].rows
    assert rows == (("High case", 0.855, 0.881), ("Last four weeks", 0.505, 0.155))
    assert "lgs_BuyList_Record" not in shown(orders(record=None))[2]


def test_a_history_that_is_too_short_is_said():
    finding, notes, tables = shown(orders(0, record=None))
    assert finding == "How much to buy is not known yet: it needs 24 trading days, and a sale in the last 48."
    assert (notes, tables) == ("", {})
