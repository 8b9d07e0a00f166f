"""The buttons' ground, through xlwings' own code for Windows: workbook, status bar, names, pictures, a busy Excel."""

import atexit

import pytest
import pythoncom
import xlwings as xw
from xlwings import _xlwindows

from lgs_excel.addin import progress
from lgs_excel.addin.button_context import ButtonContext
from lgs_excel.addin.progress import Progress
from lgs_excel.writers import excel
from lgs_excel.writers.excel import BusyRetries
from lgs_excel.writers.plan import Standing
from tests.windows.excel_model import IGNORED, MANUAL, NO_SUCH_THING, Workbook, dispatch


@pytest.fixture
def model(monkeypatch, tmp_path):
    """A workbook whose button was clicked."""
    made = Workbook()
    caller = _xlwindows.COMRetryObjectWrapper(dispatch(made.book, made.busy))
    monkeypatch.setattr(_xlwindows, "BOOK_CALLER", caller)
    monkeypatch.setattr(_xlwindows, "N_COM_ATTEMPTS", BusyRetries(seconds=1))
    monkeypatch.setattr(progress, "user_cache_path", lambda *_, **__: tmp_path)
    return made


def value(thing, name):
    return thing._values[name]


def test_the_workbook_that_a_button_was_clicked_in(model):
    book = xw.Book.caller()
    assert (book.name, book.fullname) == ("LGS_Analytics.xlsm", r"C:\Users\Änne\LGS_Analytics.xlsm")


def test_progress_is_in_the_status_bar(model):
    context = ButtonContext(xw.Book.caller(), Progress("refresh_all"))
    context.say("3 of 13 Sales")
    assert value(model.application, "StatusBar").startswith("LGS Analytics: 3 of 13 Sales … ")
    context.book.app.status_bar = False
    assert value(model.application, "StatusBar") is False


def test_excel_is_quiet_meanwhile_and_as_before_afterwards(model):
    before = dict(model.application._values)
    with excel.quiet(xw.Book.caller().app):
        assert value(model.application, "Calculation") == MANUAL
        assert not value(model.application, "ScreenUpdating")
        assert not value(model.application, "Interactive")
    assert model.application._values == before


def test_a_name_that_is_there_and_one_that_is_not(model):
    standing = Standing.__new__(Standing)
    standing.names, standing._refers_to = xw.Book.caller().names, {}
    assert standing.refers_to("LGS_sales") == "=Sales!$A$1"
    assert standing.refers_to("lgs_Orders") is None


def test_a_picture_gets_its_text_and_its_name(model):
    picture = xw.main.Picture(
        impl=_xlwindows.Picture(_xlwindows.COMRetryObjectWrapper(dispatch(model.picture, model.busy)))
    )
    excel.describe(picture, "Sales rose to £12.")
    excel.rename(picture, "lgs_Sales_old")
    assert value(model.shape, "AlternativeText") == "Sales rose to £12."
    assert value(model.picture, "Name") == "lgs_Sales_old"


def test_an_excel_that_is_busy_for_a_moment_is_waited_for(model):
    book = xw.Book.caller()
    model.busy.calls = 2
    assert book.name == "LGS_Analytics.xlsm"
    assert model.busy.rejected == 2


def test_an_excel_that_stays_busy_is_given_up(model):
    book = xw.Book.caller()
    model.busy.calls = 1_000_000
    with pytest.raises(pythoncom.com_error) as raised:
        book.name  # noqa: B018
    assert excel.is_busy(raised.value)
    assert 1 < model.busy.rejected < 100


def test_a_cell_that_is_being_edited_is_told_from_a_refusal(model):
    book = xw.Book.caller()
    described = (0, "Microsoft Excel", None, None, 0, IGNORED)
    model.busy.error = (NO_SUCH_THING, "Exception occurred.", described, None)
    model.busy.calls = 1_000_000
    with pytest.raises(pythoncom.com_error) as raised:
        book.name  # noqa: B018
    assert excel.is_busy(raised.value)
    assert not excel.is_busy(pythoncom.com_error(NO_SUCH_THING, "Exception occurred.", None, None))


def test_no_excel_is_ended_when_python_ends(monkeypatch):
    ended = []
    monkeypatch.setattr(atexit, "unregister", ended.append)
    excel.retry_while_busy()
    assert ended == [_xlwindows.cleanup]
    assert isinstance(_xlwindows.N_COM_ATTEMPTS, BusyRetries)
