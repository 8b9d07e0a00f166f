"""A report into an open workbook: what is the reader's stays, and what fails is undone."""

import os
import time
from dataclasses import replace

import pytest

from lgs_excel.errors import WorkbookError
from lgs_excel.report.layout import lay_out
from lgs_excel.report.model import Column, Kind, Mark, Note, Table
from lgs_excel.report.style import SCALE_COLOURS
from lgs_excel.writers import excel, live
from lgs_excel.writers.layout_parts import scales_of
from tests.libreoffice.calls import CALLS, ComError
from tests.libreoffice.state import state
from tests.report.sample_reports import TRAPS, chart, report, sheet, table, trap_report
from tests.writers.compare import differences

MINE = sheet(table("lgs_Mine"), title="Mine")


def shop(rows=4, notes=1, title="Shop", message="Sales rose to £12."):
    """A report of one sheet, whose tables and texts move when there are other numbers of rows and notes."""
    upper = Table(
        "lgs_Upper",
        (Column("Item", Kind.TEXT), Column(f"Units of {rows}", Kind.COUNT), Column("Units", Kind.COUNT)),
        tuple((f"0012{r}", r, r / 7) for r in range(rows)),
        caption="Upper",
        scales=((f"Units of {rows}", "Units"),),
    )
    above = (Note(f"Note {i}", Mark.GOOD if i % 2 else Mark.QUIET, link="Mine") for i in range(notes))
    drawn = chart(message=message)
    return report(sheet(*above, upper, drawn, Note("Between"), table("lgs_Lower", rows=2), title=title), MINE)


def test_what_the_reader_wrote_is_kept(open_book):
    book = open_book(shop())
    place = lay_out(shop().sheets[0]).tables[0]
    own = book.sheets["Shop"].range((place.row + 1, 12))
    own.value = [["a note beside the table", 5]]
    book.sheets["Shop"].range((60, 1)).value = "=1+1"
    book.sheets.add("Own", after=book.sheets["Mine"]).range("B2").value = "my own sheet"
    live.refresh(shop(rows=6, notes=3), book)
    assert own.resize(1, 2).value == ["a note beside the table", 5]
    assert (book.sheets["Shop"].range((60, 1)).value, book.sheets["Shop"].range((60, 1)).formula) == (2, "=1+1")
    assert book.sheets["Own"].range("B2").value == "my own sheet"


def test_a_column_that_the_reader_added_to_a_table_stays_in_it(open_book):
    book = open_book(shop(rows=4))
    page, placed = book.sheets["Shop"], lay_out(shop().sheets[0]).tables[0]
    page.range((placed.row, 4)).value = "Mine"
    page.range((placed.row + 1, 4)).value = "keep me"
    page.tables["lgs_Upper"].resize(page.range((placed.row, 1), (placed.last_row, 4)))
    live.refresh(shop(rows=6), book)
    assert page.tables["lgs_Upper"].range.shape == (7, 4)
    assert page.range((placed.row, 4), (placed.row + 1, 4)).value == ["Mine", "keep me"]


def test_a_colour_scale_goes_with_its_cells_and_a_readers_own_stays(open_book):
    book = open_book(shop(rows=4))
    page = book.sheets["Shop"]
    excel.add_colour_scale(page["H1:H5"], ("#FFFFFF", "#FF0000"))
    for made in (shop(rows=7, notes=3), shop(rows=0), shop(rows=3)):
        live.refresh(made, book)
        wanted = [area.address for area in scales_of(lay_out(made.sheets[0]))]
        assert [address for address, _ in excel.colour_scales(page, SCALE_COLOURS)] == wanted
        assert [address for address, _ in excel.colour_scales(page, ("#FFFFFF", "#FF0000"))] == ["$H$1:$H$5"]


def test_widths_stay_as_the_reader_made_them(open_book):
    book = open_book(shop())
    book.sheets["Shop"].range("B1").column_width = 33
    live.refresh(shop(rows=6), book)
    assert book.sheets["Shop"].range("B1").column_width == pytest.approx(33, abs=0.1)


def test_a_picture_is_replaced_where_the_reader_put_it(open_book):
    book = open_book(shop())
    picture = book.sheets["Shop"].pictures["lgs_chart_test"]
    picture.left, picture.top, picture.width = 700, 400, 100
    live.refresh(shop(message="Sales fell to £3."), book)
    (picture,) = book.sheets["Shop"].pictures
    assert (picture.name, picture.api.ShapeRange.AlternativeText) == ("lgs_chart_test", "Sales fell to £3.")
    assert (picture.left, picture.top, picture.width) == pytest.approx((700, 400, 100), abs=0.1)


def test_a_picture_that_would_cover_a_table_goes_to_its_place(open_book):
    book = open_book(shop())
    book.sheets["Shop"].pictures["lgs_chart_test"].left = 0
    live.refresh(shop(), book)
    assert differences(book, open_book(shop())) == []


@pytest.mark.parametrize(("place", "name"), [((20, 2), "B20"), ((18, 3), "C18")])
def test_what_is_in_the_way_is_left_and_its_place_is_said(open_book, place, name):
    book = open_book(shop(rows=2, notes=0))
    book.sheets["Shop"].range(place).value = "in the way"
    before = state(book.api)
    said = rf"On 'Shop' the cell {name} has something of yours \('in the way'\).*Move it elsewhere.*Nothing was changed"
    with pytest.raises(WorkbookError, match=said):
        live.refresh(shop(rows=16, notes=0), book)
    assert differences(book, before) == []


def test_a_table_of_the_readers_in_the_way(open_book):
    book = open_book(shop(rows=2, notes=0))
    page = book.sheets["Shop"]
    page.tables.add(source=page.range("A20:C22"), name="Own")
    with pytest.raises(WorkbookError, match=r"On 'Shop' the table Own \(A20:C22\) is in the way"):
        live.refresh(shop(rows=12, notes=0), book)


def test_a_sheet_that_was_given_another_name(open_book):
    book = open_book(shop())
    book.sheets["Shop"].api.Name = "Our shop"
    with pytest.raises(WorkbookError, match=r"The sheet 'Shop' is now called 'Our shop'\. Call it 'Shop' again"):
        live.refresh(shop(), book)


@pytest.mark.parametrize("question", [1, 2, 4, 7])
def test_cancelled_half_way_the_book_is_as_it_was(open_book, question):
    book, asked = open_book(shop()), []
    before = state(book.api)

    def cancelled():
        asked.append(question)
        return len(asked) == question

    with pytest.raises(WorkbookError, match="Cancelled: the workbook is as it was"):
        live.refresh(shop(rows=7, notes=3), book, cancelled=cancelled)
    assert differences(book, before) == []


def test_a_failure_at_any_call_leaves_the_book_as_it_was(open_book):
    """Calls that change something fail before they are done, and some that read; LGS_TEST_EXAMPLES=all takes each."""
    book = open_book(shop())
    before, after = state(book.api), shop(rows=2, notes=2)
    book_after = open_book(after)
    expected = state(book_after.api)
    trial = open_book(shop())
    CALLS.names.clear()
    CALLS.count = 0
    live.refresh(after, trial)
    changing = ("=", ".add", ".move", ".resize", ".delete", ".clear_contents", ".add_hyperlink")
    numbers = [i for i, name in enumerate(CALLS.names, 1) if name.endswith(changing) or i % 97 == 0]
    assert len(numbers) > 60
    for number in numbers[:: 1 if os.environ.get("LGS_TEST_EXAMPLES") == "all" else 4]:
        failed = fail_at(number)
        CALLS.count, said = 0, ""
        try:
            live.refresh(after, book)
        except WorkbookError as error:
            said = str(error)
        CALLS.each = None
        assert failed
        if not said or "an old picture could not be deleted" in said:  # all was written
            assert differences(state(book.api) | {"Shop": without_old(state(book.api)["Shop"])}, expected) == []
            break
        assert said.startswith("Excel refused to be written to (ComError: refused)"), said
        found = differences(book, before)
        assert found == [], (number, CALLS.names[number - 1], *found[:5])


def test_a_failure_at_any_call_of_a_refresh_that_knows_what_was_written(open_book):
    """Growing, moving and losing rows, links and pictures, with the record of the refresh before. Every ninth call, or
    each with LGS_TEST_EXAMPLES=all.
    """
    book, after = open_book(shop(rows=3)), shop(rows=5, notes=3, message="Other.")
    live.refresh(shop(), book)
    before, names = state(book.api), [name.name for name in book.names]
    expected = state(open_book(after).api)
    for number in range(1, 1000, 1 if os.environ.get("LGS_TEST_EXAMPLES") == "all" else 9):
        CALLS.count = 0
        failed, said = fail_at(number), ""
        try:
            live.refresh(after, book)
        except WorkbookError as error:
            said = str(error)
        CALLS.each = None
        if not failed or not said or "an old picture could not be deleted" in said:
            break
        found = differences(book, before)
        assert found == [], (number, said, *found[:5])
        assert [name.name for name in book.names] == names, number
    assert number > 100
    assert differences(state(book.api) | {"Shop": without_old(state(book.api)["Shop"])}, expected) == []


def without_old(page):
    return page | {"pictures": {name: what for name, what in page["pictures"].items() if not name.endswith("_old")}}


def fail_at(number, error=None):
    """Let one call fail; gives a list that says whether it did."""
    failed = []

    def each(count):
        if count == number and not failed:
            failed.append(number)
            raise error or ComError("refused")

    CALLS.each = each
    return failed


def test_an_excel_that_stays_busy_is_left_alone(open_book):
    book = open_book(shop())
    before = state(book.api)

    def busy(_):
        raise ComError("Call was rejected by callee.", hresult=-2147418111)

    CALLS.each = busy
    with pytest.raises(WorkbookError, match=r"Excel is busy.*Finish editing the cell.*The workbook is as it was\."):
        live.refresh(shop(rows=6), book)
    CALLS.each = None
    assert differences(book, before) == []


def test_excel_is_as_responsive_afterwards_as_it_was(open_book, app):
    book = open_book(shop())
    before = dict(app._states)
    live.refresh(shop(rows=5), book)
    assert app._states == before
    CALLS.count = 0
    fail_at(100)
    with pytest.raises(WorkbookError):
        live.refresh(shop(rows=2), book)
    assert app._states == before


def test_progress_says_which_sheet_of_how_many(open_book):
    said = []
    live.refresh(shop(), open_book(shop()), say=said.append)
    assert said == ["1 of 2 Shop", "2 of 2 Mine"]


def test_traps_stay_text_also_after_a_recalculation(open_book):
    book = open_book(report(MINE))
    live.refresh(trap_report(), book)
    book.api.calculateAll()
    page = book.api.Sheets.getByName("It's Traps")
    cells = [page.getCellByPosition(0, row) for row in range(5, 5 + len(TRAPS))]
    assert [(cell.Type.value, cell.String) for cell in cells] == [("TEXT", text) for text in TRAPS]


def test_the_headless_writers_traps_stay_text_also_after_a_recalculation(open_book):
    book = open_book(trap_report())
    book.api.calculateAll()
    page = book.api.Sheets.getByName("It's Traps")
    cells = [page.getCellByPosition(0, row) for row in range(5, 5 + len(TRAPS))]
    assert [(cell.Type.value, cell.String) for cell in cells] == [("TEXT", text) for text in TRAPS]


def test_xlwings_waits_no_longer_than_its_patience():
    waits = []
    patience = excel.BusyRetries(lambda: waits.append(1), seconds=0.5)
    begun, attempts = time.monotonic(), 1
    while attempts < patience:  # as xlwings asks
        attempts += 1
    assert 0.5 <= time.monotonic() - begun < 2
    assert (waits, attempts > 2) == ([1], True)


def test_a_report_with_a_sheet_more_is_undone_with_it(open_book):
    book = open_book(report(MINE))
    before = state(book.api)
    made = shop()
    more = replace(made, sheets=(*made.sheets, sheet(table("lgs_More"), title="More")))
    calls = []
    with pytest.raises(WorkbookError, match="Cancelled"):
        live.refresh(more, book, cancelled=lambda: calls.append(1) or "More" in book.sheet_names)
    assert book.sheet_names == ["Mine"]
    assert differences(book, before) == []
