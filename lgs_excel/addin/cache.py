"""One reading of the warehouse for all cells, until the warehouse has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock

import pandas as pd

from lgs_excel.addin.function_data import FunctionData, read_function_data, read_table
from lgs_excel.analytics.catalogue import Options
from lgs_excel.settings import Settings, load_settings
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from lgs_excel.warehouse.load_log import state

CHECK_SECONDS = 3.0  # how often the warehouse is asked whether it has changed
LOCK_WAIT_SECONDS = 5.0  # Excel stands still while a cell waits for a load to end


@dataclass
class _Reading:
    """What was read of one state of the settings and the warehouse, and the tables that were asked for since."""

    state: object
    answers: FunctionData
    tables: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)


class Cache:
    """FunctionData for any number of cells and threads at the cost of one reading.

    Holds frames, never a connection, since an open embedded warehouse keeps loads out. Every CHECK_SECONDS at most it
    looks whether the settings or the warehouse's newest load have changed, and reads again if so. A failure is kept as
    long, so that a thousand cells don't each wait for the same lock.
    """

    def __init__(
        self, settings: Callable[[], Settings] = load_settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._held: _Reading | Exception | None = None
        self._looked_at = 0.0

    def answers(self) -> FunctionData:
        """The answers of the warehouse that the settings name. Raises SettingsError and WarehouseError."""
        with self._lock:
            return self._current().answers

    def table(self, name: str, customer: str = "") -> pd.DataFrame:
        """The table of an analysis, without filters; read when first asked for, if the answers don't have it. customer:
        of the analysis "customer". Raises SettingsError and WarehouseError, and InputError for a customer who is none.
        """
        with self._lock:
            reading = self._current()
            if name in reading.answers.tables:
                return reading.answers.tables[name]
            if (name, customer) not in reading.tables:
                reading.tables[name, customer] = read_table(name, Options(customer=customer), *self._warehouse())
            return reading.tables[name, customer]

    def forget(self) -> None:
        """Read anew when next asked: a refresh calls this."""
        with self._lock:
            self._held = None

    def _current(self) -> _Reading:
        if self._held is None or self._clock() - self._looked_at >= CHECK_SECONDS:
            try:
                self._held = self._look()
            except Exception as error:  # noqa: BLE001 - kept, and raised below for every cell that asks
                self._held = error
            self._looked_at = self._clock()
        if isinstance(self._held, Exception):
            raise self._held.with_traceback(None)  # else it would grow with every cell
        return self._held

    def _look(self) -> _Reading:
        warehouse, settings = self._warehouse()
        now = (settings, state(warehouse))
        if isinstance(self._held, _Reading) and self._held.state == now:
            return self._held
        return _Reading(now, read_function_data(warehouse, settings))

    def _warehouse(self) -> tuple[Warehouse, Settings]:
        settings = self._settings()
        settings = replace(settings, lock_wait_seconds=min(settings.lock_wait_seconds, LOCK_WAIT_SECONDS))
        return open_warehouse(settings), settings


CACHE = Cache()  # of this process: what Excel keeps running for the functions also runs the refresh
