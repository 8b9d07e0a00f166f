"""The real sales and a small made-up shop, each in every engine."""

from __future__ import annotations

import io
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import Results
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.schema import COLUMNS, retail
from lgs_excel.warehouse.snapshot import Snapshot, open_snapshot
from tests import spark
from tests.analytics.reference import Oracle, read_lines
from tests.analytics.small_shop import Shop, every_table
from tests.conftest import READ_ENGINES, settings_for


@pytest.fixture(scope="session")
def shops(new_url: Callable[[str], str]) -> dict[str, Shop]:
    """An empty warehouse of each engine, to be filled by a test."""
    return {engine: Shop(open_warehouse(settings_for(new_url(engine)))) for engine in READ_ENGINES}


@pytest.fixture(params=READ_ENGINES)
def shop(request: pytest.FixtureRequest, shops: dict[str, Shop]) -> Shop:
    """A small shop in each engine in turn: `shop(line, …)` fills it."""
    return shops[request.param]


@dataclass
class RealSales:
    """The real sales in each engine and as a frame, with the answers that were asked for so far."""

    warehouses: dict[str, Warehouse]
    raw: pd.DataFrame
    _known: dict[tuple[Hashable, ...], Any] = field(default_factory=dict)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines as the oracle reads them."""
        return read_lines(self.raw)

    def oracle(self, filters: Filters | None = None) -> Oracle:
        """What is expected."""
        filters = filters or Filters()
        return self._once(("oracle", filters), lambda: Oracle(self.lines, filters))

    def tables(
        self,
        engine: str,
        filters: Filters | None = None,
        options: Options | None = None,
        names: tuple[str, ...] = (),
    ) -> dict[str, pd.DataFrame]:
        """Every analysis, or those in `names` of the catalogue, by its name, from one snapshot."""
        options = options or Options()

        def ask() -> dict[str, pd.DataFrame]:
            with self.snapshot(engine, filters) as snapshot:
                if not names:
                    with snapshot.concurrently() as begin:
                        return every_table(snapshot, options, begin)
                return {name: CATALOGUE[name].table(snapshot, options) for name in names}

        return self._once((engine, filters or Filters(), options, names), ask)

    def answers(self, engine: str) -> Results:
        """Every answer with all of its facts, without filters."""

        def ask() -> Results:
            with self.snapshot(engine) as snapshot, snapshot.concurrently() as begin:
                return answer_all(snapshot, begin=begin)

        return self._once(("answers", engine), ask)

    def snapshot(self, engine: str, filters: Filters | None = None) -> AbstractContextManager[Snapshot]:
        """A snapshot of the real sales in `engine`."""
        warehouse = self.warehouses[engine]
        return open_snapshot(warehouse, settings_for(warehouse.url.render_as_string(hide_password=False)), filters)

    def _once(self, key: tuple[Hashable, ...], ask: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = ask()
        return self._known[key]


@pytest.fixture(scope="session")
def real_sales(real_data: Path, new_url: Callable[[str], str]) -> RealSales:
    """The real sales in a warehouse of each engine."""
    with duckdb.connect() as connection:
        raw = connection.execute(
            "SELECT InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID::VARCHAR, Country "
            f"FROM read_parquet('{real_data.as_posix()}')"
        ).df()
    raw = raw.set_axis(COLUMNS, axis=1)
    warehouses = {engine: open_warehouse(settings_for(new_url(engine))) for engine in READ_ENGINES}
    for warehouse in warehouses.values():
        put(raw, warehouse)
    return RealSales(warehouses, raw)


def put(lines: pd.DataFrame, warehouse: Warehouse) -> None:
    """Make `retail` in an empty warehouse and put `lines` into it in their order, by the engine's own means."""
    if not warehouse.engine.loadable:
        spark.put(lines, warehouse)
        return
    with warehouse.writing() as connection:
        retail.create(connection)
    if warehouse.file:
        with duckdb.connect(str(warehouse.file)) as connection:
            connection.register("lines", lines)
            connection.execute("INSERT INTO retail FROM lines")
    else:
        with warehouse.writing() as connection:
            csv = io.BytesIO(lines.to_csv(index=False, header=False).encode())
            connection.connection.cursor().copy_expert("COPY retail FROM STDIN WITH (FORMAT csv)", csv)
