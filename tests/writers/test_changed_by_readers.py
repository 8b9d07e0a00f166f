"""What readers do to a workbook between two refreshes: the next one is right, or says in one line what is wrong."""

import pytest

from lgs_excel.errors import WorkbookError
from lgs_excel.report.layout import lay_out
from lgs_excel.writers import excel, formats, live, record
from tests.libreoffice.state import state
from tests.writers.compare import differences
from tests.writers.test_live import shop


@pytest.fixture
def book(open_book):
    """A workbook that was refreshed, so that what was written is known."""
    made = open_book(shop())
    live.refresh(shop(), made)
    return made


def body(book):
    placed = lay_out(shop().sheets[0]).tables[0]
    page = book.sheets["Shop"]
    return page.range((placed.row + 1, placed.column), (placed.last_row, placed.last_column))


def test_a_table_that_was_sorted_is_in_order_again(book, open_book):
    cells = body(book)
    held = cells.value
    cells.columns[0].number_format = "@"
    cells.value = held[::-1]
    live.refresh(shop(), book)
    assert differences(book, open_book(shop())) == []


@pytest.mark.parametrize("rows", [4, 7])
def test_a_table_that_was_made_plain_cells_is_a_table_again(book, open_book, rows):
    excel.unlist(book.sheets["Shop"].tables["lgs_Upper"])
    live.refresh(shop(rows=rows), book)
    assert differences(book, open_book(shop(rows=rows))) == []


def test_a_table_that_was_deleted_with_its_cells_comes_back(book, open_book):
    excel.unlist(book.sheets["Shop"].tables["lgs_Upper"])
    body(book).clear_contents()
    live.refresh(shop(rows=6), book)
    assert differences(book, open_book(shop(rows=6))) == []


def test_a_table_that_was_given_another_name_is_said(book):
    book.api.DatabaseRanges.getByName("lgs_Upper").setName("Sold")
    before = state(book.api)
    with pytest.raises(WorkbookError, match=r"On 'Shop' the table Sold \(A\d+:C\d+\) is in the way"):
        live.refresh(shop(rows=6), book)
    assert differences(book, before) == []


def test_a_copy_of_a_sheet_is_the_readers_own(book, open_book):
    book.api.Sheets.copyByName("Shop", "Shop (2)", 1)
    copied = state(book.api)["Shop (2)"]["cells"]
    live.refresh(shop(rows=6), book)
    assert state(book.api)["Shop (2)"]["cells"] == copied
    assert differences(book, open_book(shop(rows=6)), ("Shop", "Mine")) == []


def test_a_protected_sheet_is_said_and_nothing_is_changed(book):
    book.sheets["Shop"].api.protect("secret")
    before = state(book.api)
    with pytest.raises(WorkbookError, match=r"The sheet 'Shop' is protected\. Take the protection off"):
        live.refresh(shop(rows=6), book)
    assert differences(book, before) == []


def test_a_row_that_was_made_higher_stays_so_while_it_is_there(book):
    row = book.sheets["Shop"].range((lay_out(shop().sheets[0]).tables[0].row + 2, 1))
    row.row_height = 40
    live.refresh(shop(message="Another."), book)
    assert row.row_height == pytest.approx(40, abs=0.5)


def test_a_workbook_that_another_version_refreshed(open_book, monkeypatch):
    made = open_book(shop())
    with monkeypatch.context() as patch:
        patch.setattr(record, "__version__", "0.0.9")
        live.refresh(shop(), made)
    live.refresh(shop(rows=6, notes=3), made)
    assert differences(made, open_book(shop(rows=6, notes=3))) == []


def test_a_colour_that_was_given_to_a_cell_of_ours_stays_while_the_cell_does(book, open_book):
    cell = body(book)[0, 1]
    cell.color = (255, 0, 0)
    live.refresh(shop(message="Another."), book)
    assert body(book)[0, 1].color == (255, 0, 0)


def test_letters_of_a_cell_that_differ_end_no_refresh(open_book, monkeypatch):
    """Excel says of a cell with one bold word neither that it is bold nor that it is not."""
    made = open_book(shop())
    monkeypatch.setitem(formats._OF_FONT, "bold", lambda _: None)
    live.refresh(shop(rows=6), made)
    assert differences(made, open_book(shop(rows=6))) == []
