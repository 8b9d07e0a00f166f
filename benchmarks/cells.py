"""Worksheet functions: the first cell, which reads the warehouse, and every cell after it, through xlwings' code."""

from collections.abc import Iterator

from benchmarks.analyses import all_analyses
from benchmarks.measure import Row, cost
from benchmarks.shops import settings_of

CELLS = 1000


def rows(urls: dict[str, str]) -> Iterator[Row]:
    """The rows of docs/performance.md about worksheet functions."""
    for engine, url in urls.items():
        reading, all_of_report = cost(first_cell, url, runs=2), cost(all_analyses, url, runs=2)
        yield Row(
            f"first cell, {engine}", "all analyses", reading.seconds / all_of_report.seconds, None,
            f"{reading.seconds:.2f} s, {all_of_report.seconds:.2f} s",
        )  # fmt: skip
    many = cost(many_cells, urls["duckdb"], runs=2)
    none = cost(first_cell_in_excel, urls["duckdb"], runs=2)
    each = (many.seconds - none.seconds) / CELLS
    yield Row("a cell after it", "1 ms", each * 1000, 1, f"{each * 1000:.3f} ms; {CELLS:,} cells of 40 countries")


def first_cell(url: str) -> None:
    from lgs_excel.addin.cache import Cache

    settings = settings_of(url)
    Cache(lambda: settings).answers()


def first_cell_in_excel(url: str) -> None:
    _ask(url, 1)


def many_cells(url: str) -> None:
    _ask(url, 1 + CELLS)


def _ask(url: str, cells: int) -> None:
    from lgs_excel.addin.cache import Cache
    from tests.addin.windows import windows

    settings = settings_of(url)
    with windows() as excel:
        excel.udfs.CACHE = Cache(lambda: settings)
        answers = excel.udfs.CACHE.answers()
        names = ("LGS_SALES", "LGS_ORDERS", "LGS_CANCELLED", "LGS_ACTIVE", "LGS_NEW")
        for i in range(cells):
            month, country = answers.months[i % len(answers.months)], answers.countries[i % len(answers.countries)]
            excel.call(names[i % len(names)], f"{month:%Y-%m}", country)
