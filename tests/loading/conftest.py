"""A warehouse for what does not differ by engine."""

from collections.abc import Callable

import pytest

from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from tests.conftest import settings_for


@pytest.fixture
def duckdb_warehouse(duckdb_url: str) -> Warehouse:
    """An embedded warehouse: for what happens before a load meets its target."""
    return open_warehouse(settings_for(duckdb_url))


@pytest.fixture
def new_warehouse(new_url: Callable[[str], str]) -> Callable[[str], Warehouse]:
    """Gives a new, empty warehouse of an engine each time it is called with its name."""
    return lambda engine: open_warehouse(settings_for(new_url(engine)))
