"""200 refreshes in one process, as the warm add-in makes them: what they leave behind."""

import gc
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, returned_by
from benchmarks.shops import settings_of

REFRESHES = 200
WARM, MANY = 30, 30  # until then caches fill; memory is the median of so many refreshes, as the allocator keeps some
SMALL = 0.05  # scale of the shop: what a refresh leaves does not depend on its size


def rows(*_: object) -> Iterator[Row]:
    """Memory, open files, connections and temporary tables and folders after 200 refreshes, on each engine."""
    from benchmarks.shops import shops

    with shops(SMALL) as urls:
        for engine, url in urls.items():
            found = returned_by(refresh, url)
            yield Row(
                f"{REFRESHES} refreshes, {engine}: memory at the end", f"after {WARM} of them",
                found["memory"][1] / found["memory"][0], 1.05, f"{found['memory'][1]} MB, {found['memory'][0]} MB",
            )  # fmt: skip
            left = {name: number for name, number in found["left"].items() if number}
            yield Row(
                f"{REFRESHES} refreshes, {engine}: what is left", "1", sum(left.values()), 0, f"{left or 'nothing'}"
            )


def refresh(url: str) -> dict[str, object]:
    """What 200 refreshes do, of which each tenth knows nothing of before: memory (MB) in between and at the end; left:
    handles, connections, tables and folders.
    """
    from lgs_excel.analytics.known_answers import KNOWN
    from lgs_excel.pipeline import write_report
    from lgs_excel.report.charts.picture import draw
    from lgs_excel.user_cache import clear_user_cache

    settings = settings_of(url)
    memory = []
    with TemporaryDirectory() as folder:
        tempfile.tempdir = folder  # where nobody else leaves anything
        for number in range(REFRESHES):
            if number % 10 == 0:  # else the answers and pictures are those of before
                KNOWN.forget()
                clear_user_cache()
                draw.cache_clear()
            write_report(Path(folder) / "report.xlsx", settings)
            gc.collect()
            memory.append(_megabytes())
            if number + 1 == WARM:
                before = _held(url)
        after = _held(url)
    early, late = (int(median(some)) for some in (memory[WARM : WARM + MANY], memory[-MANY:]))
    return {"memory": [early, late], "left": {name: after[name] - before[name] for name in after}}


def _megabytes() -> int:
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024


def _held(url: str) -> dict[str, int]:
    """Open files, threads, temporary folders; of a server its connections and temporary tables, ours apart."""
    held = {
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "folders": len(list(Path(tempfile.gettempdir()).glob("lgs_excel-*"))),
    }
    if url.startswith("postgresql"):
        import psycopg2

        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            held["connections"] = cursor.fetchone()[0] - 1
            cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
            held["tables"] = cursor.fetchone()[0]
    return held
