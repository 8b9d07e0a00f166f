"""Where everything stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.report.layout import FIRST_BLOCK_ROW, ROW_PIXELS, WAYS_ROW, lay_out, link_place
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Table
from lgs_excel.report.style import SCALE_COLOURS
from tests.report.sample_reports import chart, sheet, table


def test_the_title_the_finding_and_the_reach_are_on_top():
    cells = {(cell.row, cell.column): cell.value for cell in lay_out(sheet(table(), title="Sales")).cells}
    assert [cells[1, 1], cells[2, 1], cells[3, 1]] == ["Sales", "What it says.", "Data to 9 Dec 2011"]


def test_a_table_has_its_caption_above_and_a_blank_row_below():
    first, second = lay_out(sheet(table("lgs_A", rows=3), table("lgs_B", rows=2))).tables
    assert first.address == f"A{FIRST_BLOCK_ROW + 1}:B{FIRST_BLOCK_ROW + 4}"
    assert second.row == first.last_row + 3


def test_a_table_without_rows_still_has_one_row_below_its_headers():
    placed = lay_out(sheet(Table("lgs_Empty", (Column("None", Kind.TEXT),), ()))).tables[0]
    assert placed.address == f"A{FIRST_BLOCK_ROW}:A{FIRST_BLOCK_ROW + 1}"


def test_charts_stand_beside_a_narrow_table_one_below_the_other():
    layout = lay_out(sheet(table(), chart("lgs_chart_a"), chart("lgs_chart_b")))
    first, second = layout.charts
    assert (first.row, first.column) == (layout.frozen_rows + 1, 4)  # else each printed page would repeat its top
    assert second.row > first.last_row


def test_charts_stand_below_a_wide_table():
    wide = table(rows=2, **{f"Column number {i}": Kind.PENCE for i in range(12)})
    layout = lay_out(sheet(wide, chart()))
    assert layout.charts[0].column == 1
    assert layout.charts[0].row > layout.tables[0].last_row


def test_the_headers_of_an_only_table_stay_in_sight():
    layout = lay_out(sheet(table(rows=40)))
    assert layout.frozen_rows == layout.tables[0].row


def test_a_sheet_a_little_longer_than_a_page_is_printed_on_one():
    assert lay_out(sheet(table(rows=50))).pages_down == 1
    assert lay_out(sheet(table(rows=500))).pages_down == 0


def test_ways_stand_above_the_blocks_with_a_blank_row_between():
    ways = (Cell("← Summary", link="Summary"), Cell("? What", link="Definitions!A17"))
    layout = lay_out(sheet(table(), ways=ways))
    placed = {(cell.row, cell.column): (cell.value, cell.link) for cell in layout.cells if cell.row == WAYS_ROW}
    assert placed == {(4, 1): ("← Summary", "Summary"), (4, 3): ("? What", "Definitions!A17")}
    assert not [cell for cell in layout.cells if cell.row == WAYS_ROW + 1]
    assert [link_place(link) for _, link in placed.values()] == ["'Summary'!A1", "'Definitions'!A17"]


@pytest.mark.parametrize(("rows", "area"), [(0, "A1:B16"), (10, None), (11, "A1:B16")])
def test_of_a_long_list_the_first_rows_are_printed(rows, area):
    assert lay_out(sheet(table("lgs_List", rows=rows), printed=("lgs_List", 10))).print_area == area


def test_a_picture_beside_a_long_list_is_printed_whole():
    layout = lay_out(sheet(table("lgs_List", rows=30), chart(width=300), printed=("lgs_List", 10)))
    assert layout.print_area == "A1:H16"  # from column D on, of 64 pixels each


def test_a_colour_scale_is_on_the_rows_of_its_columns():
    shaded = replace(table("lgs_Heat", rows=3, A=Kind.COUNT, B=Kind.COUNT, C=Kind.COUNT), scales=(("B", "C"),))
    assert lay_out(sheet(shaded)).tables[0].scales == [(FIRST_BLOCK_ROW + 1, 2, FIRST_BLOCK_ROW + 3, 3)]
    assert lay_out(sheet(replace(shaded, rows=()))).tables[0].scales == []


def test_letters_are_read_on_both_ends_of_a_colour_scale():
    grey = Table("lgs_Heat", (Column("A", Kind.COUNT),), ((Cell(1, mark=Mark.UNFINISHED),),), scales=(("A", "A"),))
    (look,) = {cell.look for cell in lay_out(sheet(grey)).cells if cell.value == 1}
    assert look.italic
    for fill in SCALE_COLOURS:
        assert contrast(look.colour, fill) >= 4.5


def contrast(one, other):
    """The Web Content Accessibility Guidelines' ratio."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_with_several_tables_the_lines_on_top_stay_in_sight():
    assert lay_out(sheet(table("lgs_A"), table("lgs_B"))).frozen_rows == 3


def test_a_long_note_is_broken_before_it_runs_under_a_chart():
    note = Note("word " * 100)
    layout = lay_out(sheet(table(), chart(), note))
    lines = [cell for cell in layout.cells if str(cell.value).startswith("word")]
    assert len(lines) > 3
    assert max(len(str(cell.value)) for cell in lines) <= sum(layout.widths.values())


def test_a_filled_note_is_filled_across_the_tables():
    cells = [cell for cell in lay_out(sheet(Note("All pass", Mark.GOOD), table())).cells if cell.row == FIRST_BLOCK_ROW]
    assert [(cell.column, cell.value) for cell in cells] == [(1, "All pass"), (2, None)]
    assert len({cell.look.fill for cell in cells}) == 1


def test_a_row_with_long_text_is_as_high_as_its_lines():
    long = Table("lgs_Long", (Column("Text", Kind.LONG_TEXT, 40),), (("word " * 40,), ("short",)))
    heights = lay_out(sheet(long)).heights
    assert heights[FIRST_BLOCK_ROW + 1] > 3 * ROW_PIXELS
    assert FIRST_BLOCK_ROW + 2 not in heights


def test_a_cell_may_differ_from_its_column():
    mixed = Table("lgs_Mixed", (Column("Figure", Kind.COUNT),), ((Cell(0.5, Kind.SHARE),), (3,)))
    kinds = [cell.kind for cell in lay_out(sheet(mixed)).cells if cell.row > FIRST_BLOCK_ROW]
    assert kinds == [Kind.SHARE, Kind.COUNT]


def test_a_column_is_as_wide_as_what_it_shows():
    shown = Table("lgs_Wide", (Column("n", Kind.PENCE),), ((-123_456_789.5,),))
    assert lay_out(sheet(shown)).widths[1] >= len("-£123,456,789.50")


BLOCKS = st.lists(
    st.one_of(
        st.integers(0, 30).map(lambda rows: ("table", rows)),
        st.integers(20, 900).map(lambda height: ("chart", height)),
        st.text("ab ", max_size=300).map(lambda text: ("note", text)),
    ),
    max_size=8,
)


@given(BLOCKS, st.integers(1, 14))
def test_nothing_stands_on_anything_else(blocks, columns):
    made = []
    for i, (kind, said) in enumerate(blocks):
        if kind == "table":
            made.append(table(f"lgs_{i}", rows=said, **{f"Column {c}": Kind.COUNT for c in range(columns)}))
        elif kind == "chart":
            made.append(chart(f"lgs_chart_{i}", 300, said))
        else:
            made.append(Note(said))
    layout = lay_out(sheet(*made))
    taken = [(cell.row, cell.column) for cell in layout.cells]
    assert len(taken) == len(set(taken))
    for one in layout.charts:
        for other in layout.charts:
            assert one is other or one.last_row < other.row or other.last_row < one.row
        assert not any(one.row <= row <= one.last_row and column >= one.column for row, column in taken)
    for placed in layout.tables:
        inside = [c for r, c in taken if placed.row <= r <= placed.last_row]
        assert len(inside) == columns * (1 + len(placed.table.rows))


def test_the_texts_of_a_sheet_have_one_name_that_leaves_out_its_tables():
    layout = lay_out(sheet(Note("Above"), table("lgs_A", rows=2), Note("Below", detail="more"), title="RFM Customers"))
    texts, cells = layout.names
    assert texts.name == "lgs_RFM_Customers_text"
    first = FIRST_BLOCK_ROW
    assert texts.areas == ("$A$1:$A$3", f"$A${first}:$A${first}", f"$A${first + 2}:$A${first + 2}", "$A$12:$B$12")
    assert (cells.name, cells.areas) == ("lgs_A_cells", (f"$A${first + 2 + 1}:$B${first + 5}",))
    assert texts.refers_to.startswith("'RFM Customers'!$A$1:$A$3,'RFM Customers'!$A$5:$A$5,")


def test_a_cell_with_a_name_is_found_by_it():
    named = Table("lgs_A", (Column("A", Kind.TEXT), Column("B", Kind.TEXT)), (("x", Cell("y", name="lgs_Country")),))
    _, _, name = lay_out(sheet(named)).names
    assert (name.name, name.areas) == ("lgs_Country", ("$B$6",))
