"""One reading of the warehouse for all cells, until something has changed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from lgs_excel.addin import cache as module
from lgs_excel.addin.cache import CHECK_SECONDS, Cache
from lgs_excel.errors import SettingsError, WarehouseError
from lgs_excel.loading.load import load, load_demo
from lgs_excel.warehouse.connect import open_warehouse
from tests.conftest import settings_for
from tests.warehouse_lines import LINES, fill

HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"


class Clock:
    """Seconds that pass when the test says so."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shop(settings, warehouse, tmp_path):
    """Loads an invoice of the amount, and gives the settings."""

    def load_one(number, amount, day="2011-01-05"):
        file = tmp_path / f"{number}.csv"
        file.write_text(f"{HEADER}\n{number},22423,CAKESTAND,1,{day} 10:00:00,{amount},17850,France\n")
        load([file], warehouse, settings)

    load_one("536365", "1.00")
    load_one.settings = settings
    return load_one


def net(cache, month=date(2011, 1, 1)):
    return cache.answers().figure("net", month)


def test_a_thousand_cells_read_the_warehouse_once(excel, real_settings, reads, monkeypatch):
    monkeypatch.setattr(excel.udfs, "CACHE", Cache(lambda: real_settings))
    countries = ["France", "Germany", "EIRE", "Spain", "United Kingdom", None]
    for i in range(1000):
        name = ("LGS_SALES", "LGS_ORDERS", "LGS_CANCELLED", "LGS_ACTIVE", "LGS_NEW")[i % 5]
        assert isinstance(excel.call(name, f"2011-{i % 12 + 1:02}", countries[i % 6]), int | float)
    for cell in ("LGS_SEGMENT", "LGS_RFM"):
        excel.call(cell, 17850.0)
    excel.call("LGS_TOP_PRODUCTS", 5.0, "units")
    excel.call("LGS_TABLE", "sales")
    excel.call("LGS_FORECAST", "2012-01")
    assert len(reads) == 1


def test_a_load_is_seen_after_a_few_seconds(shop, clock, reads):
    cache = Cache(lambda: shop.settings, clock)
    assert net(cache) == 1.0
    shop("536366", "2.50")
    assert net(cache) == 1.0
    clock.now += CHECK_SECONDS
    assert net(cache) == 3.5
    clock.now += CHECK_SECONDS
    assert net(cache) == 3.5
    assert len(reads) == 2


def test_a_refresh_is_seen_at_once(shop, clock):
    cache = Cache(lambda: shop.settings, clock)
    assert net(cache) == 1.0
    shop("536366", "2.50")
    cache.forget()
    assert net(cache) == 3.5


def test_other_settings_are_seen_after_a_few_seconds(shop, clock, new_url):
    other = settings_for(new_url("duckdb"))
    fill(open_warehouse(other), LINES)
    now = [shop.settings]
    cache = Cache(lambda: now[0], clock)
    assert cache.answers().countries == ("France",)
    now[0] = other
    clock.now += CHECK_SECONDS
    assert cache.answers().countries == ("United Kingdom",)


def test_a_table_that_was_not_at_hand_is_read_once_and_again_after_a_load(shop, clock, monkeypatch):
    read, made = module.read_table, []
    monkeypatch.setattr(module, "read_table", lambda *of: made.append(of[0]) or read(*of))
    cache = Cache(lambda: shop.settings, clock)
    assert cache.table("invoices").to_dict("records")[0]["count"] == 1
    assert cache.table("invoices") is cache.table("invoices")
    assert cache.table("sales") is cache.answers().tables["sales"]
    shop("536366", "2.50")
    clock.now += CHECK_SECONDS
    assert cache.table("invoices").to_dict("records")[0]["count"] == 2
    assert made == ["invoices", "invoices"]


def test_no_connection_is_held_so_that_a_load_can_write(duckdb_url):
    settings = replace(settings_for(duckdb_url), lock_wait_seconds=0)
    load_demo(open_warehouse(settings), scale=0.01)
    Cache(lambda: settings).answers()
    with duckdb.connect(str(open_warehouse(settings).file)) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM retail").fetchone() == (True,)


def test_many_threads_share_one_reading(shop, reads):
    cache = Cache(lambda: shop.settings)
    begin = threading.Barrier(8)

    def ask(_):
        begin.wait()
        return [net(cache) for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert answers == [[1.0] * 200] * 8
    assert len(reads) == 1


def test_threads_that_forget_and_ask_agree_all_the_same(shop):
    cache = Cache(lambda: shop.settings)

    def ask(i):
        if i % 3 == 0:
            cache.forget()
        return net(cache)

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(30))) == {1.0}


def test_a_failure_is_kept_for_a_few_seconds_and_mended_by_itself(duckdb_url, clock, reads):
    settings = settings_for(duckdb_url)
    cache = Cache(lambda: settings, clock)
    for _ in range(1000):
        with pytest.raises(WarehouseError, match="There is no warehouse at"):
            cache.answers()
    assert len(reads) == 1
    fill(open_warehouse(settings), LINES)
    clock.now += CHECK_SECONDS
    assert cache.answers().countries == ("United Kingdom",)


def test_cells_do_not_each_wait_for_a_load(duckdb_url, monkeypatch):
    monkeypatch.setattr(module, "LOCK_WAIT_SECONDS", 0.3)
    settings = settings_for(duckdb_url)
    fill(open_warehouse(settings), LINES)
    held = subprocess_that_writes(open_warehouse(settings).file)
    try:
        begun = time.monotonic()
        cache = Cache(lambda: settings)
        for _ in range(100):
            with pytest.raises(WarehouseError, match=r"in use by another process .* 0\.3 seconds"):
                cache.answers()
        assert time.monotonic() - begun < 0.3 * 10
    finally:
        held.communicate(b"\n")


def subprocess_that_writes(file):
    import subprocess
    import sys

    code = f"import duckdb; c = duckdb.connect({str(file)!r}); print('held', flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"held"
    return process


def test_settings_that_cannot_be_read_are_said():
    def broken():
        raise SettingsError("The settings file is not TOML.")

    with pytest.raises(SettingsError, match="not TOML"):
        Cache(broken).answers()
