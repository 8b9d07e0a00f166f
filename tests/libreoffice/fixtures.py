"""Fixtures: workbooks that are open in a spreadsheet application. A conftest.py that wants them imports them."""

import itertools

import pytest
import xlwings as xw

from lgs_excel.writers import headless, record
from tests.libreoffice.calls import CALLS
from tests.libreoffice.engine import App


@pytest.fixture(scope="session")
def app(office):
    """The application, as the engine of the tests has it."""
    return App(office)


@pytest.fixture
def open_book(app, tmp_path, monkeypatch):
    """Opens the workbook in a file, or the file that the headless writer makes of a report. What refreshes remember is
    in a folder of the test's own.
    """
    monkeypatch.setattr(record, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    numbers = itertools.count()

    def opened(source):
        if not hasattr(source, "suffix"):
            report, source = source, tmp_path / f"book{next(numbers)}.xlsx"
            headless.write(report, source)
        return xw.Book(impl=app._open(source))

    yield opened
    CALLS.each = None
    for book in list(app._books):
        book.close()
