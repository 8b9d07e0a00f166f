"""The real sales as the worksheet functions see them; the macro workbook."""

import pytest

from lgs_excel.addin import cache
from lgs_excel.addin.build.empty_report import template
from lgs_excel.addin.build.workbook import TEMPLATE
from lgs_excel.addin.cache import Cache
from lgs_excel.addin.workbook_sources import WORKBOOK
from lgs_excel.loading.load import load
from lgs_excel.warehouse.connect import open_warehouse
from tests.addin.xlwings_on_windows import windows
from tests.conftest import ENGINES, settings_for
from tests.libreoffice.fixtures import app, open_book

__all__ = ["app", "open_book"]  # fixtures


@pytest.fixture(scope="session", params=ENGINES)
def real_settings(request, real_data, new_url):
    """Settings that name a warehouse of the real sales, on each engine in turn."""
    settings = settings_for(new_url(request.param))
    load([real_data], open_warehouse(settings), settings)
    return settings


@pytest.fixture(scope="session")
def real_cache(real_settings):
    """One cache of the real sales for all tests that only ask."""
    return Cache(lambda: real_settings)


@pytest.fixture(scope="module")
def excel():
    """xlwings as it is on Windows: `excel.call("LGS_SALES", "2011-11")` is what the cell shows."""
    with windows() as excel:
        yield excel


@pytest.fixture
def ask(excel, real_cache, monkeypatch):
    """What a cell shows over the real sales."""
    monkeypatch.setattr(excel.udfs, "CACHE", real_cache)
    return excel.call


@pytest.fixture
def reads(monkeypatch):
    """The readings of the warehouse that were made, one item each."""
    made = []
    read = cache.read_function_data
    monkeypatch.setattr(cache, "read_function_data", lambda *of: made.append(of) or read(*of))
    return made


@pytest.fixture(scope="session")
def empty_report():
    """The report without figures."""
    return template()


@pytest.fixture(scope="session")
def built(empty_report, tmp_path_factory):
    """The macro workbook, as its sources give it."""
    path = tmp_path_factory.mktemp("built") / WORKBOOK
    path.write_bytes(TEMPLATE.content(empty_report))
    return path
