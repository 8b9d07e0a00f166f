"""Calls of a refresh in Excel, each a round trip between two processes; and its seconds, with 2 ms added to each call.

Of LibreOffice instead, which does the work and counts the calls.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from benchmarks.measure import Row, returned_by
from benchmarks.shops import settings_of
from lgs_excel.report.inputs import Inputs
from lgs_excel.warehouse.filters import Filters

CALL_SECONDS = 0.002
# What is refreshed → its filters, and the most calls that it may take.
REFRESHES = {
    "the first refresh": (Filters(), 3_000),
    "nothing new": (Filters(), 400),
    "another country": (Filters(countries=("Germany",)), 1_500),
    "all countries again": (Filters(), 1_500),
    "other months": (Filters(to_month=date(2025, 10, 1)), 1_500),
    "all months again": (Filters(), 1_500),
    "another country and other months": (Filters(countries=("Germany",), from_month=date(2024, 3, 1)), 1_500),
}


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The rows of docs/performance.md about refreshes in Excel."""
    for what, (calls, seconds) in returned_by(calls_and_seconds, urls["duckdb"]).items():
        most = REFRESHES[what][1]
        detail = f"{calls:,} calls; {calls * CALL_SECONDS:.1f} s on the way, {seconds:.1f} s with LibreOffice's own"
        yield Row(f"{what}, in Excel", f"{most:,} calls", calls / most, 1, detail)


def calls_and_seconds(url: str) -> dict[str, tuple[int, float]]:
    """Of each of REFRESHES, one after the other in one workbook."""
    import xlwings as xw

    from lgs_excel.addin.workbook_sources import RECORD, WORKBOOK, source_folder
    from lgs_excel.pipeline import make_report
    from lgs_excel.writers import live, record
    from tests.libreoffice.calls import CALLS
    from tests.libreoffice.engine import App
    from tests.libreoffice.office import Office

    settings, found = settings_of(url), {}
    with (
        TemporaryDirectory() as folder,
        Office() as office,
        patch.object(record, "user_cache_path", lambda *_, **__: Path(folder)),
    ):
        book = xw.Book(impl=App(office)._open(source_folder() / WORKBOOK))
        for what, (filters, _) in REFRESHES.items():
            made = make_report(settings, filters, inputs=Inputs())
            CALLS.count, CALLS.each = 0, _slow(CALL_SECONDS)
            begun = time.perf_counter()
            live.refresh(made, book, shipped=source_folder() / RECORD)
            found[what] = CALLS.count, time.perf_counter() - begun
            CALLS.each = None
        book.close()
    return found


def _slow(seconds: float) -> Callable[[int], None]:
    return lambda _: time.sleep(seconds)
