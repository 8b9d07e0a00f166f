"""Text that a workbook can hold."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lgs_excel.report.excel_text import LONGEST, clean_sheet, clean_text
from lgs_excel.report.model import Cell, Column, Kind, Table
from tests.report.sample_reports import TRAPS, sheet


def test_control_characters_are_removed():
    assert clean_text("bell\x07 null\x00 tab\t line\n") == "bell null tab\t line\n"


def test_text_is_cut_where_a_cell_ends():
    assert clean_text("x" * 40_000) == "x" * LONGEST


def test_an_emoji_is_not_cut_in_half():
    cut = clean_text("🎁" * 20_000)
    assert cut == "🎁" * (LONGEST // 2)


def test_traps_are_left_as_they_are():
    assert [clean_text(trap) for trap in TRAPS] == list(TRAPS)


@given(st.text())
def test_any_text_can_be_held(text):
    cleaned = clean_text(text)
    etree.Element("t").text = cleaned  # raises ValueError for what XML forbids
    assert len(cleaned.encode("utf-16-le")) <= 2 * LONGEST
    assert clean_text(cleaned) == cleaned


def test_changed_texts_are_counted():
    rows = (("a\x00", "fine"), (Cell("b\x01"), 3))
    cleaned, changed = clean_sheet(sheet(Table("lgs_T", (Column("A", Kind.TEXT), Column("B", Kind.TEXT)), rows)))
    assert changed == 2
    assert cleaned.tables[0].rows == (("a", "fine"), (Cell("b"), 3))
