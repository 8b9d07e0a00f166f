"""From a URL to a connection, and the errors on the way."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import sqlalchemy as sa

from lgs_excel.errors import SettingsError, WarehouseError
from lgs_excel.warehouse.connect import open_warehouse
from tests.analytics.small_shop import fill
from tests.conftest import settings_for


def test_what_is_written_in_a_transaction_is_read_afterwards(warehouse):
    with warehouse.writing() as connection:
        connection.execute(sa.text("CREATE TABLE kept (n INTEGER)"))
        connection.execute(sa.text("INSERT INTO kept VALUES (7)"))
    with warehouse.reading() as connection:
        assert connection.scalar(sa.text("SELECT n FROM kept")) == 7


def write_and_fail(warehouse):
    with warehouse.writing() as connection:
        connection.execute(sa.text("INSERT INTO kept VALUES (7)"))
        connection.execute(sa.text("INSERT INTO nowhere VALUES (7)"))


def test_an_error_in_a_transaction_leaves_nothing(warehouse):
    with warehouse.writing() as connection:
        connection.execute(sa.text("CREATE TABLE kept (n INTEGER)"))
    with pytest.raises(WarehouseError, match="could not answer"):
        write_and_fail(warehouse)
    with warehouse.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM kept")) == 0


def test_a_reader_of_an_embedded_warehouse_cannot_write(duckdb_url):
    warehouse = open_warehouse(settings_for(duckdb_url))
    with warehouse.writing():
        pass
    with pytest.raises(WarehouseError, match="read-only"), warehouse.reading() as connection:
        connection.execute(sa.text("CREATE TABLE mine (n INTEGER)"))


def test_a_missing_file_says_how_to_begin(duckdb_url):
    with pytest.raises(WarehouseError, match=r"no warehouse at .*lgs\.duckdb yet\. Load an export"):
        open_warehouse(settings_for(duckdb_url)).reading().__enter__()


def test_a_file_that_is_not_a_warehouse_is_refused(tmp_path):
    file = tmp_path / "notes.duckdb"
    file.write_text("not a database")
    with pytest.raises(WarehouseError, match=r"can't be opened: .*not a valid DuckDB database file"):
        open_warehouse(settings_for(f"duckdb:///{file}")).reading().__enter__()
    assert file.read_text() == "not a database"


def test_an_unreachable_server_is_named_without_its_password():
    warehouse = open_warehouse(settings_for("postgresql://lgs:planted-secret@127.0.0.1:1/lgs"))
    with pytest.raises(WarehouseError) as caught:
        warehouse.reading().__enter__()
    assert "127.0.0.1:1/lgs" in str(caught.value)
    assert "planted-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root@localhost/lgs", r"engine 'mysql'\. Allowed: duckdb:///FILE, .* or hive://HOST:10000/DATABASE"),
        ("duckdb:///:memory:", "names no file"),
        ("not a url", "can't be read"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url, said):
    with pytest.raises(SettingsError, match=said):
        open_warehouse(settings_for(url))


def test_the_short_name_of_postgresql_is_understood(postgres_url):
    short = "postgres://" + postgres_url.split("://")[1]
    with open_warehouse(settings_for(short)).reading() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_a_driver_that_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyhive", None)
    monkeypatch.delitem(sys.modules, "lgs_excel.warehouse.spark", raising=False)
    with pytest.raises(SettingsError, match=r"driver for hive:// is not installed: .*`pip install .pyhive\[hive-pure-"):
        open_warehouse(settings_for("hive://spark:10000/lgs"))


HOLD_LOCK = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def hold(warehouse, seconds):
    """Another process that holds the embedded warehouse for writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD_LOCK), str(warehouse.file), str(seconds)], stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process


def test_a_reader_waits_for_a_writer_and_says_so(duckdb_url):
    warehouse = open_warehouse(settings_for(duckdb_url))
    with warehouse.writing():
        pass
    said = []
    with hold(warehouse, 1), warehouse.reading(said.append) as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1
    assert said == ["The warehouse is in use by another process; waiting for it to end …"]


def test_a_reader_gives_up_in_the_end(duckdb_url):
    warehouse = open_warehouse(settings_for(duckdb_url, lock_wait_seconds=0.3))
    with warehouse.writing():
        pass
    with hold(warehouse, 60) as holder:
        try:
            with pytest.raises(WarehouseError, match=r"in use by another process .* 0.3 seconds. Try again"):
                warehouse.reading().__enter__()
        finally:
            holder.kill()


def test_what_a_reading_has_no_room_for_goes_to_a_folder_of_the_process_alone(duckdb_url):
    warehouse = open_warehouse(settings_for(duckdb_url))
    fill(warehouse, [])
    numbers = "CREATE TEMP TABLE many AS SELECT hash(range) AS h, range::VARCHAR AS t FROM range(3_000_000)"
    with warehouse.reading() as one, warehouse.reading() as other:  # in one process they share an instance
        for connection in (one, other):
            connection.exec_driver_sql("SET memory_limit = '64MB'")
            connection.exec_driver_sql(numbers)
            assert connection.exec_driver_sql("SELECT count(DISTINCT t) FROM many").scalar() == 3_000_000
        folder = Path(one.exec_driver_sql("SELECT current_setting('temp_directory')").scalar())
        assert list(folder.iterdir())
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700 or os.name == "nt"
    assert list(folder.iterdir()) == []
    assert [file.name for file in warehouse.file.parent.iterdir()] == ["lgs.duckdb"]
    folder.rmdir()  # by who clears up
    with warehouse.reading() as again:
        assert again.exec_driver_sql("SELECT current_setting('temp_directory')").scalar() == str(folder)
        assert folder.is_dir()


def test_memory_is_bounded_by_the_lines_unless_the_url_says_otherwise(duckdb_url):
    def limit(url: str, lines: int) -> str:
        warehouse = open_warehouse(settings_for(url))
        fill(warehouse, [])
        with warehouse.reading() as connection:
            warehouse.bound_memory(connection, lines)
            return connection.exec_driver_sql("SELECT current_setting('memory_limit')").scalar()

    assert limit(duckdb_url, 1_000) == limit(duckdb_url, 1_000_000) == "137.3 MiB"
    assert limit(duckdb_url, 100_000_000) == "1.0 GiB"
    assert limit(f"{duckdb_url}?memory_limit=2GiB", 1_000) == "2.0 GiB"


def test_an_embedded_engine_that_thinks_itself_interactive_draws_nothing(duckdb_url):
    """It would draw a bar, in a Python without a script, after two seconds."""
    code = f"""
from lgs_excel.settings import load_settings
from lgs_excel.warehouse.connect import open_warehouse
import duckdb
warehouse = open_warehouse(load_settings(warehouse_url={duckdb_url!r}))
asked = "SELECT current_setting('enable_progress_bar')"
print(duckdb.execute(asked).fetchone()[0])
for connected in (warehouse.writing, warehouse.reading):
    with connected() as connection:
        print(connection.exec_driver_sql(asked).scalar())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False"]
