"""Files that another program holds, as Windows alone lets it."""

import os
import subprocess
import sys
import threading
import time
import zipfile

import pytest

from lgs_excel.errors import WarehouseError
from lgs_excel.files import atomic_write, is_held
from lgs_excel.loading.inbox import empty_inbox
from lgs_excel.loading.load import load
from lgs_excel.warehouse.connect import open_warehouse
from tests.conftest import settings_for
from tests.loading.exports import invoice, write_csv

HOLD = """
import msvcrt, sys, _winapi
handle = _winapi.CreateFile(sys.argv[1], _winapi.GENERIC_READ, int(sys.argv[2]), 0, _winapi.OPEN_EXISTING, 0, 0)
print("held", flush=True)
sys.stdin.read()
"""
READ = 1  # others may read the file, and not rename or delete it


@pytest.fixture
def hold():
    """Holds a file in another process; what it gives lets go of it."""
    processes = []

    def held(file, share=READ):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(file), str(share)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        return lambda: process.communicate(timeout=30)

    yield held
    for process in processes:
        process.kill()
        process.communicate()


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_file_that_is_held_is_told_from_others(tmp_path, hold):
    file = tmp_path / "a b & ü.txt"
    file.write_text("x")
    assert not is_held(file)
    assert not is_held(tmp_path / "none.txt")
    let_go = hold(file)
    assert is_held(file)
    let_go()
    assert not is_held(file)


def test_a_file_that_is_held_for_a_moment_is_replaced_when_it_is_free(tmp_path, hold):
    file = tmp_path / "report.xlsx"
    file.write_bytes(b"old")
    let_go = hold(file)
    threading.Timer(0.5, let_go).start()
    with atomic_write(file) as new:
        new.write(b"new")
    assert file.read_bytes() == b"new"


def test_one_that_is_held_longer_stays_as_it_was_and_nothing_is_left_beside_it(tmp_path, hold):
    file = tmp_path / "report.xlsx"
    file.write_bytes(b"old")
    hold(file)
    with pytest.raises(PermissionError), atomic_write(file) as new:
        new.write(b"new")
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["report.xlsx"]


def test_a_report_is_kept_beside_a_workbook_that_is_open(tmp_path, hold, duckdb_url):
    write_csv(tmp_path / "one.csv", invoice("536365"))
    settings = settings_for(duckdb_url)
    load([tmp_path / "one.csv"], open_warehouse(settings), settings)
    out = tmp_path / "LGS Analytics.xlsx"
    out.write_bytes(b"open in Excel")
    hold(out)
    command = [sys.executable, "-m", "lgs_excel.cli", "report", "--out", str(out), "--warehouse", duckdb_url]
    done = subprocess.run(command, check=False, capture_output=True, input=b"")
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 1
    assert "is open in another program" in " ".join(said.split())
    (beside,) = [name for name in names(tmp_path) if name.startswith("LGS Analytics 20")]
    assert zipfile.is_zipfile(tmp_path / beside)
    assert out.read_bytes() == b"open in Excel"


def test_an_export_that_is_open_is_loaded_and_moved_by_the_next_run(tmp_path, hold, duckdb_url):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, number in (("a.csv", "536365"), ("b.csv", "536366")):
        write_csv(inbox / name, invoice(number))
        os.utime(inbox / name, (1e9, 1e9))
    settings = settings_for(duckdb_url)
    let_go = hold(inbox / "a.csv")
    emptied = empty_inbox(inbox, open_warehouse(settings), settings)
    assert emptied.loaded == ("a.csv", "b.csv")
    assert "a.csv is open in another program and stays where it is; the next run moves it." in emptied.said
    assert (inbox / "a.csv").exists()
    assert names(inbox / "done") == ["b.csv", "b.csv.txt"]
    let_go()
    assert empty_inbox(inbox, open_warehouse(settings), settings).known == ("a.csv",)
    assert (inbox / "done" / "a.csv").exists()


def test_a_warehouse_that_a_load_holds_is_waited_for(duckdb_url):
    hold = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    file = duckdb_url.removeprefix("duckdb:///")
    process = subprocess.Popen(
        [sys.executable, "-c", hold, file],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "held\n"
    warehouse = open_warehouse(settings_for(duckdb_url, lock_wait_seconds=1))
    said, begun = [], time.monotonic()
    with pytest.raises(WarehouseError, match="in use by another process"), warehouse.reading(say=said.append):
        pass
    assert time.monotonic() - begun >= 1
    assert said == ["The warehouse is in use by another process; waiting for it to end …"]
    threading.Timer(0.5, process.communicate).start()
    with open_warehouse(settings_for(duckdb_url, lock_wait_seconds=20)).reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
