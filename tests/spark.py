"""A Spark cluster of processes: a Thrift server (the driver), a master and two workers; and how sales get into it."""

from __future__ import annotations

import importlib.util
import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import sqlalchemy as sa

from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.schema import retail

START_SECONDS = 180
STOP_SECONDS = 30
_numbers = itertools.count()


@dataclass(frozen=True)
class Server:
    """A running Thrift server: its port, the URL of its monitoring pages, the folder that holds all it writes, and its
    process.
    """

    port: int
    ui: str
    folder: Path
    pid: int = 0

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"lgs_{next(_numbers)}"
        run(f"hive+spark://127.0.0.1:{self.port}/default", f"CREATE DATABASE {name}")
        return f"hive://127.0.0.1:{self.port}/{name}"


@contextmanager
def thrift_server(*settings: str) -> Iterator[Server]:
    """A server with its own warehouse folder, stopped with all its processes at the end; `settings` are Spark's own,
    as NAME=VALUE.
    """
    with TemporaryDirectory(prefix="lgs-spark-", ignore_cleanup_errors=True) as folder:
        server = Server(_free_port(), f"http://127.0.0.1:{_free_port()}", Path(folder))
        with (server.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                _command(server, settings), cwd=folder, env=_environment(server.folder), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            try:
                _wait(server, process)
                yield replace(server, pid=process.pid)
            finally:
                _stop(process)


def put(lines: pd.DataFrame, warehouse: Warehouse) -> None:
    """Make `lines` the database's `retail`, as Spark's own users do: a table on Parquet files."""
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in retail.columns)
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        put_parquet(connection, f"SELECT {columns} FROM lines", warehouse)


def put_parquet(connection: duckdb.DuckDBPyConnection, query: str, warehouse: Warehouse) -> None:
    """The same with the rows of a query in DuckDB."""
    with warehouse.reading() as spark:
        place = dict(row[:2] for row in spark.exec_driver_sql(f"DESCRIBE DATABASE {warehouse.url.database}"))
    # Never the same folder again: Spark remembers which files one has.
    folder = Path(place["Location"].removeprefix("file:")) / f"lines-{next(_numbers)}"
    folder.mkdir(parents=True)
    connection.execute(f"COPY ({query}) TO '{folder}' (FORMAT parquet, PER_THREAD_OUTPUT, OVERWRITE_OR_IGNORE)")
    url = warehouse.url.render_as_string(hide_password=False)
    run(url, "DROP TABLE IF EXISTS retail", f"CREATE TABLE retail USING parquet LOCATION '{folder}'")


def run(url: str, *statements: str) -> None:
    """Run statements that lgs-excel itself never would."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


# Short lives: compiling well and collecting in parallel cost more than they bring.
SMALL = tuple(
    f"spark.{who}.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" for who in ("driver", "executor")
)


def _command(server: Server, settings: tuple[str, ...]) -> list[str]:
    defaults = (
        "spark.driver.host=127.0.0.1",
        "spark.driver.bindAddress=127.0.0.1",
        f"spark.ui.port={server.ui.rsplit(':', 1)[1]}",
        f"spark.sql.warehouse.dir={server.folder / 'warehouse'}",
        "spark.sql.shuffle.partitions=2",  # as many as there are workers
        "spark.hadoop.javax.jdo.option.ConnectionURL=jdbc:derby:memory:lgs;create=true",
        "spark.log.level=WARN",
    )
    return [
        str(_home() / "bin" / "spark-submit"),
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
        "--master", "local-cluster[2,1,1024]",
        *(word for setting in (*defaults, *settings) for word in ("--conf", setting)),
        "spark-internal",
        "--hiveconf", f"hive.server2.thrift.port={server.port}",
        "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1",
    ]  # fmt: skip


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "SPARK_HOME": str(_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_WORKER_DIR": str(folder / "work"),
    }


def _home() -> Path:
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise RuntimeError("pyspark is not installed: run the tests with `make test-spark`.")
    return Path(found.origin).parent


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Until the server takes connections."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > give_up:
            said = (server.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"Spark's Thrift server did not start in {START_SECONDS} seconds:\n{said}")
        time.sleep(0.5)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The server first, which stops its workers; then what is left of its group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
