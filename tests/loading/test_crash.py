"""A load that is killed, refused or crowded: the warehouse is as before or as after, and nothing else."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time

import duckdb
import pytest
import sqlalchemy as sa

from lgs_excel.errors import WarehouseError
from lgs_excel.loading.demo import make_demo_shop
from lgs_excel.loading.load import load
from lgs_excel.loading.replace import Totals, totals
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from lgs_excel.warehouse.load_log import loads
from lgs_excel.warehouse.schema import found_retail
from tests.conftest import ENGINES, USER_FOLDERS, settings_for
from tests.loading.exports import invoice, tarred, write_csv

# Wine may keep the connection of a process that was killed, and so its locks, for half a minute.
PATIENCE = {"lock_wait_seconds": 120.0} if sys.platform == "win32" else {}
KILLS = int(os.environ.get("LGS_TEST_KILLS", "5"))


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Two exports of a small shop that overlap by some months: a CSV file, and an archive of two parts, whose numbers
    have thousands separators and whose border cuts an invoice.
    """
    folder = tmp_path_factory.mktemp("exports")
    first, shown = folder / "first.csv", "* REPLACE (format('£{:,.2f}', unit_price::DOUBLE) AS unit_price)"
    with duckdb.connect() as connection:
        make_demo_shop(connection, "shop", scale=0.1)
        connection.execute(f"COPY (FROM shop WHERE invoice_date < '2025-03-01') TO '{first}'")
        connection.execute(
            "CREATE TABLE later AS SELECT *, row_number() OVER (PARTITION BY invoice_no) AS place "
            "FROM shop WHERE invoice_date >= '2024-12-01'"
        )
        (cut,) = connection.execute(
            "SELECT invoice_no FROM later GROUP BY 1 HAVING count(*) = 9 ORDER BY 1 LIMIT 1"
        ).fetchone()
        is_first = f"invoice_no < '{cut}' OR (invoice_no = '{cut}' AND place < 5)"
        parts = {}
        for number, condition in enumerate((is_first, f"NOT ({is_first})"), start=1):
            file = folder / f"part-{number}.csv"
            lines = f"SELECT {shown} FROM later WHERE {condition} ORDER BY invoice_no, place"
            connection.execute(f"COPY (SELECT * EXCLUDE place FROM ({lines})) TO '{file}'")
            parts[file.name] = file.read_bytes()
    return first, tarred(folder / "second.tar.gz", parts, "w:gz")


class Copies:
    """A warehouse that holds the first export, and as many copies of it as are wanted."""

    def __init__(self, engine, new_url, exports):
        self.engine, self.new_url = engine, new_url
        self.url = new_url(engine)
        self.load(self.url, exports[0])
        self.before = state(self.url)

    def load(self, url, file):
        settings = settings_for(url, **PATIENCE)
        return load([file], open_warehouse(settings), settings)

    def new(self):
        url = self.new_url(self.engine)
        if self.engine == "duckdb":
            shutil.copy(self.url.removeprefix("duckdb:///"), url.removeprefix("duckdb:///"))
            return url
        name, template = sa.make_url(url).database, sa.make_url(self.url).database
        server = sa.create_engine(sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        server.dispose()
        return url


@pytest.fixture(params=ENGINES)
def copies(request, new_url, exports):
    return Copies(request.param, new_url, exports)


def state(url: str) -> tuple[Totals, list[int]]:
    """The control totals, and the loads in the ledger."""
    with open_warehouse(settings_for(url)).reading() as connection:
        return totals(connection, found_retail(connection, url)), [one.id for one in loads(connection)]


def start_load(url, file, folder):
    environment = {**os.environ, "LGS_WAREHOUSE_URL": url, "TMPDIR": str(folder)}
    environment |= dict.fromkeys(USER_FOLDERS, str(folder))
    command = [sys.executable, "-m", "lgs_excel.cli", "load", str(file)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def complaint(process):
    """What a load says on stderr when it has ended; Wine has an error that libpq does not know, and says so."""
    return process.communicate()[1].replace("unrecognized win32 error code: 127", "")


def test_a_load_that_is_killed_leaves_the_warehouse_as_before_or_as_after(copies, exports, tmp_path):
    done = copies.new()
    begun = time.monotonic()
    process = start_load(done, exports[1], tmp_path)
    assert complaint(process) == ""
    whole = time.monotonic() - begun
    after = state(done)
    assert after != copies.before
    chance = random.Random(2010)
    for _ in range(KILLS):
        url = copies.new()
        process = start_load(url, exports[1], tmp_path)
        time.sleep(whole * chance.uniform(0.3, 1.1))  # not while Python itself is starting
        process.kill()
        process.communicate()
        found = state(url)
        assert found in (copies.before, after)
        copies.load(url, exports[1])
        assert state(url) == after


def test_two_loads_at_once_both_arrive(copies, exports, tmp_path):
    third = write_csv(tmp_path / "third.csv", invoice("999001", 5))
    url = copies.new()
    processes = [start_load(url, file, tmp_path) for file in (exports[1], third)]
    assert [complaint(process) for process in processes] == ["", ""]
    alone = copies.new()
    for file in (exports[1], third):
        copies.load(alone, file)
    assert state(url) == state(alone)


def test_a_report_during_a_load_sees_the_shop_before_or_after(copies, exports, tmp_path):
    done = copies.new()
    copies.load(done, exports[1])
    url = copies.new()
    process = start_load(url, exports[1], tmp_path)
    seen = []
    while process.poll() is None:
        seen.append(state(url))
    assert complaint(process) == ""
    assert seen
    assert all(one in (copies.before, state(done)) for one in seen)


def test_a_database_that_goes_away_is_said_and_changes_nothing(new_url, exports, monkeypatch):
    copies = Copies("postgresql", new_url, exports)
    url = copies.new()
    warehouse = open_warehouse(settings_for(url))
    told = threading.Event()

    def cut(step, _):
        if step == "Committing" and not told.is_set():
            told.set()
            server = sa.create_engine(sa.make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
            with server.connect() as connection:
                name = sa.make_url(url).database
                connection.exec_driver_sql(
                    f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
                )
            server.dispose()

    with pytest.raises(WarehouseError, match=r"[Nn]othing was changed|See whether it is up"):
        load([exports[1]], warehouse, settings_for(url), progress=cut)
    assert told.is_set()
    assert state(url) == copies.before
    copies.load(url, exports[1])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_said_and_changes_nothing(new_url, exports, tmp_path, monkeypatch):
    copies = Copies("duckdb", new_url, exports)
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=False).returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        url = copies.new()
        done = start_load(url, exports[1], disk).communicate()
        assert done[0] == ""
        assert f"The disk of the temporary folder {disk} is full" in done[1]
        assert state(url) == copies.before
    finally:
        subprocess.run(["/bin/umount", disk], check=True)


def test_a_killed_load_leaves_no_lock_and_its_folder_is_swept_a_day_later(duckdb_url, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "lgs_excel-load-left"
    left.mkdir()
    yesterday = time.time() - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    warehouse: Warehouse = open_warehouse(settings_for(duckdb_url))
    load([write_csv(tmp_path / "sales.csv", invoice("536365"))], warehouse, settings_for(duckdb_url))
    assert not list(tmp_path.glob("lgs_excel-load-*"))
