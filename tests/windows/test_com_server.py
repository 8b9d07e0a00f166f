"""Worksheet functions as cells call them: through xlwings' COM server, in a process of its own."""

import os
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial

import pytest
import pythoncom
import win32com.client

from lgs_excel.addin.cache import Cache
from lgs_excel.loading.load import load
from lgs_excel.warehouse.connect import open_warehouse
from tests.conftest import settings_for
from tests.loading.exports import invoice, write_csv

# As the VBA of the workbook starts it.
SERVE = "import lgs_excel.addin.udfs, xlwings.com_server; xlwings.com_server.serve('{}')"
TOTAL = Decimal("9747747.93")  # of all lines of the real sales
NOT_AVAILABLE = -2146826246  # what Python is given for #N/A
START_SECONDS = 60


@contextmanager
def serving(url):
    """A server for a warehouse: a client, kept as Excel keeps it, as the server ends with its last; and its name."""
    name = f"{{{uuid.uuid4()}}}"
    environment = {**os.environ, "LGS_WAREHOUSE_URL": url}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE.format(name)], env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield connect(name), name
    finally:
        process.kill()
        process.communicate()


def connect(name):
    """A client of a server, which may be about to start."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            return win32com.client.Dispatch(name)
        except pythoncom.com_error:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.5)


def shown_by(client, name, *arguments):
    """What a cell shows: a single value, or rows."""
    shown = client.CallUDF("lgs_excel.addin.udfs", name, list(arguments), None, None)
    return shown[0][0] if isinstance(shown, tuple) and len(shown) == len(shown[0]) == 1 else shown


@pytest.fixture(scope="module")
def url(real_data, new_url):
    made = new_url("duckdb")
    settings = settings_for(made)
    load([real_data], open_warehouse(settings), settings)
    return made


@pytest.fixture(scope="module")
def answers(url):
    """The same answers, read in this process."""
    return Cache(lambda: settings_for(url)).answers()


@pytest.fixture(scope="module")
def served(url, answers):
    with serving(url) as client_and_name:
        yield client_and_name


@pytest.fixture
def call(served):
    return partial(shown_by, served[0])


def test_the_months_add_up_to_all_lines(call, answers):
    shown = [call("LGS_SALES", f"{month:%Y-%m}") for month in answers.months]
    assert sum(Decimal(str(round(net, 2))) for net in shown) == TOTAL


@pytest.mark.parametrize("month", ["2011-11", "Nov 2011", datetime(2011, 11, 23), 40862.0])
def test_a_month_is_a_text_a_date_or_its_number(call, month):
    assert call("LGS_SALES", month) == call("LGS_SALES", "2011-11") > 1_000_000


@pytest.mark.parametrize(("function", "arguments", "shown"), [
    ("LGS_SALES", ("2011-11", "France"), float),
    ("LGS_GROWTH", ("2011-11",), float),
    ("LGS_ORDERS", ("2011-11",), float),
    ("LGS_CANCELLED", ("2011-11",), float),
    ("LGS_ACTIVE", ("2011-11",), float),
    ("LGS_NEW", ("2011-11", "Germany"), float),
    ("LGS_SEGMENT", (17850,), str),
    ("LGS_RFM", (17850,), str),
    ("LGS_SEGMENT_SIZE", ("Champions",), float),
    ("LGS_FORECAST", ("2011-12",), float),
    ("LGS_TOP_PRODUCTS", (5,), tuple),
    ("LGS_TABLE", ("sales",), tuple),
    ("LGS_CUSTOMER", (17850,), tuple),
    ("LGS_PAIRS", ("22697", 2), tuple),
    ("LGS_TODO", (3,), tuple),
])  # fmt: skip
def test_every_function_shows_what_it_is_to(call, function, arguments, shown):
    value = call(function, *arguments)
    assert isinstance(value, (int, float) if shown is float else shown), value


def test_a_range_of_months_is_a_range_of_figures(call):
    shown = call("LGS_SALES", (("2011-10",), ("2011-11",)))
    assert shown == ((call("LGS_SALES", "2011-10"),), (call("LGS_SALES", "2011-11"),))


@pytest.mark.parametrize("blank", [None, ""])
def test_a_blank_country_is_all_of_them(call, blank):
    assert call("LGS_SALES", "2011-11", blank) == call("LGS_SALES", "2011-11")


@pytest.mark.parametrize(("arguments", "said"), [
    (("Christmas",), "'Christmas'"), (("2011-11", "Frence"), "'Frence'"), ((NOT_AVAILABLE,), "#N/A"), ((None,), ""),
])  # fmt: skip
def test_what_cannot_be_read_is_said_in_the_cell(call, arguments, said):
    shown = call("LGS_SALES", *arguments)
    assert isinstance(shown, str)
    assert said in shown


def test_two_clients_at_once(served, call, answers):
    months = [f"{month:%Y-%m}" for month in answers.months]
    expected = [call("LGS_SALES", month) for month in months]
    shown = {}

    def ask(number):
        pythoncom.CoInitialize()
        client = connect(served[1])
        shown[number] = [shown_by(client, "LGS_SALES", month) for month in months * 5]
        del client
        pythoncom.CoUninitialize()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            pythoncom.PumpWaitingMessages()
            thread.join(0.05)
    assert shown == {0: expected * 5, 1: expected * 5}


def test_a_load_beside_it_is_seen_when_it_is_done(tmp_path, new_url):
    made = new_url("duckdb")
    settings = settings_for(made)
    write_csv(tmp_path / "one.csv", invoice("536365"))
    load([tmp_path / "one.csv"], open_warehouse(settings), settings)
    many = [line for number in range(5_000) for line in invoice(str(600_000 + number), 10)]
    write_csv(tmp_path / "many.csv", many)
    with serving(made) as (client, _):
        before = shown_by(client, "LGS_ORDERS", "2010-12")
        assert before == 1
        command = [sys.executable, "-m", "lgs_excel.cli", "load", str(tmp_path / "many.csv"), "--warehouse", made]
        loading = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        shown = set()
        while loading.poll() is None:
            shown.add(shown_by(client, "LGS_ORDERS", "2010-12"))
            time.sleep(0.2)
        said = loading.communicate()[0].decode("utf-8", "replace")
        assert loading.returncode == 0, said
        time.sleep(3.5)  # a function looks for a new load every three seconds
        assert shown_by(client, "LGS_ORDERS", "2010-12") == 5_001
        assert {value for value in shown if not isinstance(value, str)} <= {1, 5_001}
        assert all("in use" in value for value in shown if isinstance(value, str))
