"""Worksheet functions: the first cell, which reads the warehouse, and every cell after it, through xlwings' code."""

import time
from collections.abc import Iterator

from benchmarks.analyses import all_analyses
from benchmarks.measure import Row, cost
from benchmarks.shops import settings_of

CELLS = 1000
FUNCTIONS = ("LGS_SALES", "LGS_ORDERS", "LGS_CANCELLED", "LGS_ACTIVE", "LGS_NEW")


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The rows of docs/performance.md about worksheet functions."""
    for engine, url in urls.items():
        first, report = cost(first_cell, url, runs=2), cost(all_analyses, url, runs=2)
        detail = f"{first.seconds:.2f} s, {report.seconds:.2f} s"
        yield Row(f"first cell, {engine}", "all analyses", first.seconds / report.seconds, None, detail)
    milliseconds = 1000 * next_cells(urls["duckdb"]) / CELLS
    yield Row("a cell after it", "1 ms", milliseconds, 1, f"{milliseconds:.3f} ms; {CELLS:,} cells of all countries")


def first_cell(url: str) -> None:
    from lgs_excel.addin.cache import Cache

    settings = settings_of(url)
    Cache(lambda: settings).answers()


def next_cells(url: str, runs: int = 3) -> float:
    """Seconds for CELLS cells that find their answers read; the fastest of `runs`."""
    from lgs_excel.addin.cache import Cache
    from tests.addin.xlwings_on_windows import windows

    settings = settings_of(url)
    times = []
    with windows() as excel:
        excel.udfs.CACHE = Cache(lambda: settings)
        answers = excel.udfs.CACHE.answers()
        months, countries = [f"{month:%Y-%m}" for month in answers.months], answers.countries
        for _ in range(runs):
            begun = time.perf_counter()
            for i in range(CELLS):
                excel.call(FUNCTIONS[i % len(FUNCTIONS)], months[i % len(months)], countries[i % len(countries)])
            times.append(time.perf_counter() - begun)
    return min(times)
