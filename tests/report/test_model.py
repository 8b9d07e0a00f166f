"""A report's anatomy refuses what a workbook can't hold."""

import pytest

from lgs_excel.report.model import Cell, Column, Kind, Table
from tests.report.sample_reports import chart, report, sheet, table


def test_headers_of_a_table_are_unique():
    with pytest.raises(ValueError, match="headers must be unique"):
        Table("lgs_Twice", (Column("A", Kind.TEXT), Column("A", Kind.TEXT)), ())


def test_a_row_has_a_value_for_each_column():
    with pytest.raises(ValueError, match="has not 1 values"):
        Table("lgs_Short", (Column("A", Kind.TEXT),), (("x", "y"),))


@pytest.mark.parametrize(
    ("sheets", "what"),
    [
        ((sheet(table("lgs_A"), title="Sales"), sheet(table("lgs_B"), title="SALES")), "sheet titles"),
        ((sheet(table("lgs_A"), table("LGS_a")),), "names of tables and cells"),
        ((sheet(chart("lgs_chart_a"), chart("lgs_chart_a")),), "chart names"),
        (
            (sheet(Table("lgs_A", (Column("A", Kind.TEXT),), ((Cell("x", name="n"),), (Cell("y", name="N"),)))),),
            "tables and cells",
        ),
        ((sheet(Table("lgs_A", (Column("A", Kind.TEXT, name="lgs_a"),), ())),), "tables and cells"),
    ],
)
def test_names_in_a_workbook_are_unique(sheets, what):
    with pytest.raises(ValueError, match=f"{what}.* must be unique"):
        report(*sheets)
