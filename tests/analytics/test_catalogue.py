"""Every analysis of the catalogue is where a reader or a test looks for it."""

from lgs_excel.analytics.catalogue import CATALOGUE, ON_REQUEST
from lgs_excel.cli.options import ANALYSES
from lgs_excel.report.sheets.definitions import _SHEETS
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.small_shop import every_table


def test_the_sheet_definitions_explains_each():
    assert set(_SHEETS) == set(CATALOGUE)


def test_the_commands_take_each():
    assert sorted(ANALYSES) == sorted(CATALOGUE | ON_REQUEST)


def test_the_suites_of_all_analyses_ask_each(shop):
    shop(("536365", "2011-11-07"))
    with open_snapshot(shop.warehouse, shop.settings) as snapshot:
        assert set(every_table(snapshot)) == set(CATALOGUE)
