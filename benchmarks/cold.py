"""What begins cold: a whole `lgs-excel report` against one by hand, and what a first click has to import."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, returned_by, seconds
from benchmarks.shops import settings_of

DRAWING = "Drawing the charts"  # what a report says once the warehouse has been asked
LIBRARIES = "import xlwings, pandas, matplotlib.figure, openpyxl"
IMPORTS = {"first click": "import lgs_excel.addin.macros", "first function": "import lgs_excel.addin.udfs"}


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The rows of docs/performance.md about whole processes."""
    file = urls["duckdb"].removeprefix("duckdb:///")
    with TemporaryDirectory() as folder:
        out = str(Path(folder) / "report.xlsx")
        by_hand = seconds([sys.executable, "-m", "benchmarks.by_hand", file, out], runs=3)
        command = [sys.executable, "-m", "lgs_excel.cli", "report", "--warehouse", urls["duckdb"], "--out", out]
        ours, again = seconds(command, runs=3), seconds(command, runs=3, again=True)
    yield Row("lgs-excel report, whole process", "by hand, seven sheets", ours / by_hand, 1.3, _s(ours, by_hand))
    yield Row("the same report again, whole process", "the first one", again / ours, None, _s(again, ours))
    libraries = seconds([sys.executable, "-c", LIBRARIES])
    for what, code in IMPORTS.items():
        took = seconds([sys.executable, "-c", code])
        yield Row(
            f"imports of a {what}", "xlwings, pandas, matplotlib, openpyxl", took / libraries, 1.1, _s(took, libraries)
        )
    for engine in ("duckdb", "postgresql"):
        first, again = returned_by(_twice, urls[engine])
        what = f"answers and checks where nothing changed, {engine}, in a warm process"
        yield Row(what, "the first time", again / first, 0.1, _s(again, first))


def _twice(url: str) -> list[float]:
    """Seconds of a report's answers and checks in a warm process, and of the same ones asked again."""
    from lgs_excel.analytics.known_answers import KNOWN
    from lgs_excel.pipeline import make_report
    from lgs_excel.user_cache import clear_user_cache

    settings, found = settings_of(url), []

    def say(step: str) -> None:
        if step == DRAWING:
            found.append(time.perf_counter() - begun)

    for _ in range(2):
        KNOWN.forget()
        clear_user_cache()
        found.clear()
        for _ in range(2):
            begun = time.perf_counter()
            make_report(settings, say=say)
    return found


def _s(one: float, other: float) -> str:
    return f"{one:.2f} s, {other:.2f} s"
