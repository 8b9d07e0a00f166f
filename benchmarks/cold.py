"""What begins cold: a whole `lgs-excel report` against one by hand, and what a first click has to import."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, seconds
from benchmarks.shops import settings_of

LIBRARIES = "import xlwings, pandas, matplotlib.figure, openpyxl"
IMPORTS = {"first click": "import lgs_excel.addin.macros", "first function": "import lgs_excel.addin.udfs"}


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The rows of docs/performance.md about whole processes."""
    file = urls["duckdb"].removeprefix("duckdb:///")
    with TemporaryDirectory() as folder:
        out = str(Path(folder) / "report.xlsx")
        by_hand = seconds([sys.executable, "-m", "benchmarks.by_hand", file, out], runs=3)
        command = [sys.executable, "-m", "lgs_excel.cli", "report", "--warehouse", urls["duckdb"], "--out", out]
        ours = seconds(command, runs=3)
    yield Row("lgs-excel report, whole process", "by hand, seven sheets", ours / by_hand, 1.3, _s(ours, by_hand))
    libraries = seconds([sys.executable, "-c", LIBRARIES])
    for what, code in IMPORTS.items():
        took = seconds([sys.executable, "-c", code])
        yield Row(
            f"imports of a {what}", "xlwings, pandas, matplotlib, openpyxl", took / libraries, 1.1, _s(took, libraries)
        )
    first, again = _twice(urls["duckdb"])
    yield Row("the same report again, in a warm process", "the first one", again / first, 0.1, _s(again, first))


def _twice(url: str) -> tuple[float, float]:
    """Seconds of a report's answers in a warm process, and of the same ones asked again."""
    import time

    from lgs_excel.analytics.known_answers import KNOWN
    from lgs_excel.pipeline import make_report

    settings, found = settings_of(url), []
    make_report(settings)
    for forget in (True, False):
        if forget:
            KNOWN.forget()
        begun = time.perf_counter()
        make_report(settings)
        found.append(time.perf_counter() - begun)
    return found[0], found[1]


def _s(one: float, other: float) -> str:
    return f"{one:.2f} s, {other:.2f} s"
