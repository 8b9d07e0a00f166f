"""What the sheet Cohorts says of what it shows."""

from datetime import date

import pytest

from lgs_excel.report.chart_style import load_style
from lgs_excel.report.context import Context
from lgs_excel.report.model import Note
from lgs_excel.report.sheets.cohorts import MOST_COHORTS, cohorts_sheet
from lgs_excel.warehouse.snapshot import Period
from tests.report import test_charts as made
from tests.report.sample_reports import MADE_AT


@pytest.mark.parametrize(("months", "grey", "newest"), [(MOST_COHORTS, 1, 0), (MOST_COHORTS + 1, 0, 1)])
def test_a_month_that_is_not_shown_is_not_spoken_of(months, grey, newest):
    cohorts = made.cohorts(months)
    period = Period(cohorts.history_month, made.DECEMBER, cohorts.history_month, made.THROUGH, date(2011, 12, 10))
    sheet = cohorts_sheet(cohorts, Context("Shop", period, "none", made.DECEMBER, MADE_AT, load_style()))
    notes = [block.text for block in sheet.blocks if isinstance(block, Note)]
    assert sum(note.startswith("In grey") for note in notes) == grey
    assert sum(note.startswith("The newest") for note in notes) == newest
    assert len(sheet.tables[0].rows) == MOST_COHORTS
