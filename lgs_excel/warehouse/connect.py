"""From a URL to a connection, and what each engine can do: nothing else in the project asks which engine it is."""

from __future__ import annotations

import atexit
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from lgs_excel.errors import SettingsError, WarehouseError
from lgs_excel.files import is_held

if TYPE_CHECKING:
    from lgs_excel.settings import Settings

Say = Callable[[str], None]
_LOCK_POLL_SECONDS = 0.25
_LOAD_LOCK = 0x4C4753  # any number that is ours: "LGS" in ASCII
# Without a script, as xlwings starts Python, DuckDB takes itself for interactive and draws into what is printed.
NO_PROGRESS_BAR = "SET enable_progress_bar = false"
TEMPORARY = "lgs_excel-"  # how temporary folders are called
_FEWEST_MEGABYTES = 144  # of a reading
_BYTES_A_LINE = 12
_MOST_THREADS = 4
_LOCK_TIMEOUT = "55P03"  # PostgreSQL's code for a lock that was not to be had in time


@dataclass(frozen=True)
class Engine:
    """What one kind of database can do for us, and the words that differ.

    `reading` are statements that begin a consistent read, `writing` those that begin a load, alone, within
    `{milliseconds}`; `session_tables` asks whether this user may make temporary tables (None: always); `embedded`
    says that the database is a file which one process writes, `loadable` that we load it, not others;
    `gives_columns` that its driver gives a result as a data frame; `connecting` are what it is told besides the
    URL. `fingerprint` is the aggregate of a hash of `{columns}` that tells whether any line is another one (None:
    there is none), `has_fingerprint` asks whether this server knows it; `bounded` bounds the memory of a reading to
    `{megabytes}`; `names_view` gives a name to what a reading sees, and `takes_view` has another reading see that
    of `{name}`.
    """

    driver: str
    embedded: bool
    loadable: bool = True
    gives_columns: bool = False
    reading: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    session_tables: str | None = None
    connecting: Mapping[str, object] = field(default_factory=dict)
    fingerprint: str | None = None
    has_fingerprint: str = "SELECT true"
    bounded: str | None = None
    names_view: str | None = None
    takes_view: str = ""


ENGINES: dict[str, Engine] = {
    "duckdb": Engine(
        driver="duckdb",
        embedded=True,
        gives_columns=True,
        reading=(NO_PROGRESS_BAR,),
        writing=(NO_PROGRESS_BAR,),
        fingerprint="sum(hash(hash({columns}))::HUGEINT)",
        bounded="SET memory_limit = '{megabytes}MB'",
    ),
    "postgresql": Engine(
        driver="postgresql+psycopg2",
        embedded=False,
        # Rollups of a million lines fit in memory: sorting them on disk takes twice the time.
        # Compiling a statement (jit) takes longer than it saves on queries of a second. Of a table that was made a
        # moment ago it knows nothing, and may take it for a few rows: joined by hashes it is fast whatever is in it.
        reading=(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SET LOCAL work_mem = '256MB'",
            "SET LOCAL jit = off",
            "SET LOCAL enable_mergejoin = off",
            "SET LOCAL enable_nestloop = off",
        ),
        # One load at a time; a refresh is not kept waiting.
        writing=(
            "SET LOCAL work_mem = '256MB'",
            "SET LOCAL lock_timeout = {milliseconds}",
            f"SELECT pg_advisory_xact_lock({_LOAD_LOCK})",
        ),
        # A standby and a role without TEMPORARY can't make any.
        session_tables=("SELECT NOT pg_is_in_recovery() AND has_database_privilege(current_database(), 'TEMPORARY')"),
        connecting={"connect_timeout": 15},  # seconds: a host that swallows what it is sent would hold us for minutes
        # A row's hash alone is linear in its columns' hashes: their sum would not see values that change places.
        fingerprint="sum(hashint8extended(hash_record_extended(ROW({columns}), 0), 0))",
        has_fingerprint="SELECT to_regproc('hash_record_extended') IS NOT NULL",  # since PostgreSQL 14
        names_view="SELECT pg_export_snapshot()",
        takes_view="SET TRANSACTION SNAPSHOT '{name}'",
    ),
    # No transactions: each statement sees the table as it is then, the kept rollups as they were when they were made.
    "hive": Engine(
        driver="hive+spark",
        embedded=False,
        loadable=False,
        reading=("SET spark.sql.ansi.enabled=true",),  # a value that can't be cast is an error, not null
    ),
}
_ALIASES = {"postgres": "postgresql"}
registry.register("hive.spark", "lgs_excel.warehouse.spark", "SparkDialect")  # imported when it is asked for


@dataclass(frozen=True)
class Warehouse:
    """Where the sales are: a database that can be opened for reading or for writing."""

    url: sa.URL
    engine: Engine
    lock_wait_seconds: float = 30.0

    def __str__(self) -> str:
        """The place in a form that is safe to print: never the password."""
        if self.engine.embedded:
            return str(self.url.database)
        return self.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The embedded database's file, or None for a server."""
        return Path(str(self.url.database)) if self.engine.embedded else None

    @property
    def mark(self) -> str:
        """What tells this warehouse from others and gives nothing of it away: eight characters, the same for every user
        of it.
        """
        server = (self.url.host, self.url.port, self.url.database)
        place = str(self.file.absolute()) if self.file else repr(server)
        return sha256(f"{self.url.get_backend_name()} {place}".encode()).hexdigest()[:8]

    @contextmanager
    def reading(self, say: Say = lambda _: None) -> Iterator[sa.Connection]:
        """A connection in one consistent transaction that is rolled back at the end: nothing is kept.

        Raises WarehouseError where there is no warehouse, or it can't be reached or read.
        """
        with self._open("read", say) as connection, connection.begin() as transaction:
            for statement in self.engine.reading:
                connection.exec_driver_sql(statement)
            yield connection
            transaction.rollback()

    @contextmanager
    def reading_concurrently(self, connection: sa.Connection) -> Iterator[sa.Connection | None]:
        """A second connection, for another thread, that sees what the reading `connection` does while that is open;
        None where there is none to be had, which may be for a limit of connections.
        """
        with ExitStack() as stack:
            try:
                other = self._beside(connection, stack)
            except WarehouseError:
                other = None
            yield other

    def _beside(self, connection: sa.Connection, stack: ExitStack) -> sa.Connection | None:
        if self.engine.embedded:  # nobody can write to the file while it is open for reading
            return stack.enter_context(self.reading())
        if self.engine.names_view is None:
            return None
        other = stack.enter_context(self.reading())
        name = connection.exec_driver_sql(self.engine.names_view).scalar_one()
        try:
            other.exec_driver_sql(self.engine.takes_view.format(name=name))
        except DBAPIError:  # another server of a pool, which knows no such view
            return None
        return other

    def bound_memory(self, connection: sa.Connection, lines: int) -> None:
        """Have the engine use no more memory than it takes to read rollups of so many lines; more goes to disk."""
        if self.engine.bounded and "memory_limit" not in self.url.query:
            megabytes = megabytes_for(lines, _FEWEST_MEGABYTES)
            connection.exec_driver_sql(self.engine.bounded.format(megabytes=megabytes))

    @contextmanager
    def writing(self, say: Say = lambda _: None) -> Iterator[sa.Connection]:
        """A connection in one transaction: committed at the end, rolled back on any error."""
        self.require_loadable()
        if self.file:
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WarehouseError(
                    f"The folder {self.file.parent} for the warehouse can't be made: {error.strerror}. "
                    "Name another with --warehouse or LGS_WAREHOUSE_URL."
                ) from error
        with self._open("write", say) as connection, connection.begin():
            milliseconds = max(1, int(self.lock_wait_seconds * 1000))  # 0 would be for ever
            for statement in self.engine.writing:
                connection.exec_driver_sql(statement.format(milliseconds=milliseconds))
            yield connection

    def require_loadable(self) -> None:
        """Raise WarehouseError for a warehouse that is only read."""
        if not self.engine.loadable:
            raise WarehouseError(
                f"The warehouse {self} is only read by lgs-excel: Spark's own tools load it, as docs/scale.md shows. "
                "To load here, name a DuckDB file or a PostgreSQL database with --warehouse; nothing was changed."
            )

    @contextmanager
    def _open(self, purpose: Literal["read", "write"], say: Say) -> Iterator[sa.Connection]:
        if purpose == "read" and self.file and not self.file.exists():
            raise WarehouseError(
                f"There is no warehouse at {self} yet. Load an export with `lgs-excel load FILE`, or make the "
                "demo shop with `lgs-excel demo`."
            )
        if self.engine.embedded and purpose == "read":
            connection = self._connect(_database(self.url, _spill_folder(self.url)), say)
        else:
            connection = self._connect(_database(self.url), say)
        try:
            yield connection
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) == _LOCK_TIMEOUT:
                raise self._in_use() from error
            raise WarehouseError(
                f"The warehouse {self} could not answer: {_first_line(error)}. "
                "See whether it is up and holds sales in a table `retail`; the statements are in `lgs-excel sql`."
            ) from error
        finally:
            connection.close()

    def _connect(self, database: sa.Engine, say: Say) -> sa.Connection:
        """Connect; wait, within bounds, for a process that holds the embedded file."""
        give_up = time.monotonic() + self.lock_wait_seconds
        told = False
        while True:
            try:
                return database.connect()
            except DBAPIError as error:
                locked = self.file is not None and _is_lock(error, self.file)
                if not locked:
                    raise WarehouseError(
                        f"The warehouse {self} can't be opened: {_first_line(error)}. "
                        "See whether it is up, and whether --warehouse or LGS_WAREHOUSE_URL names the right one."
                    ) from error
                if time.monotonic() >= give_up:
                    raise self._in_use() from error
            if not told:
                say("The warehouse is in use by another process; waiting for it to end …")
                told = True
            time.sleep(_LOCK_POLL_SECONDS)

    def _in_use(self) -> WarehouseError:
        return WarehouseError(
            f"The warehouse {self} is in use by another process (a load?) and stayed so for "
            f"{self.lock_wait_seconds:g} seconds. Try again when that has ended."
        )


@lru_cache(maxsize=8)
def _database(url: sa.URL, spill_folder: Path | None = None) -> sa.Engine:
    """SQLAlchemy's engine: the same one again, as it remembers the statements that it compiled. With a folder for what
    does not fit into memory it only reads, which is asked of embedded ones.
    """
    backend = _ALIASES.get(url.get_backend_name(), url.get_backend_name())
    arguments = dict(ENGINES[backend].connecting)
    if spill_folder:
        arguments["read_only"] = True
        url = url.set(query={"threads": str(threads()), "temp_directory": str(spill_folder), **url.query})
    return sa.create_engine(
        url,
        # Connections are opened for one use: an embedded file that stays open locks every writer out.
        poolclass=NullPool,
        connect_args=arguments,
        hide_parameters=True,
    )


def megabytes_for(lines: int, fewest: int) -> int:
    """The memory that an embedded engine may have for so many lines. Measured up to a hundred million: it takes hardly
    longer than with all that there is, and there is always enough; a bound that did not grow ended in errors.
    """
    return max(fewest, lines * _BYTES_A_LINE // 2**20)


def threads() -> int:
    """How many threads an embedded engine may have: each has buffers of its own, of a memory that is bounded."""
    return min(_MOST_THREADS, os.cpu_count() or 1)


def _spill_folder(url: sa.URL) -> Path:
    """The process's own folder for what a reading of the embedded `url` has no room for in memory, gone at its end;
    beside the file, as would be the engine's choice, processes would share one.
    """
    folder = _new_folder(url)
    folder.mkdir(mode=0o700, exist_ok=True)  # who clears up temporary files may have taken it
    os.utime(folder)
    return folder


@cache
def _new_folder(_: sa.URL) -> Path:
    folder = mkdtemp(prefix=f"{TEMPORARY}read-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name; connects to nothing yet.

    Raises SettingsError for a URL that can't be read or names an engine that is not supported or not installed.
    """
    allowed = "Allowed: duckdb:///FILE, postgresql://USER@HOST/DATABASE or hive://HOST:10000/DATABASE."
    text = settings.warehouse_url
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError) as error:
        # The text itself may hold a password: it is not repeated.
        raise SettingsError(f"The warehouse URL can't be read. {allowed} Set it in LGS_WAREHOUSE_URL.") from error
    backend = _ALIASES.get(url.get_backend_name(), url.get_backend_name())
    if backend not in ENGINES:
        raise SettingsError(f"The warehouse URL names the engine {backend!r}. {allowed}")
    engine = ENGINES[backend]
    if engine.embedded and url.database in (None, "", ":memory:"):
        raise SettingsError(f"The warehouse URL {text!r} names no file. {allowed}")
    url = url.set(drivername=engine.driver)
    try:
        url.get_dialect()
    except ImportError as error:
        raise SettingsError(
            f"The driver for {backend}:// is not installed: {error}. Install it into this program's "
            'environment with `pip install "pyhive[hive-pure-sasl]"`, or name another warehouse.'
        ) from error
    return Warehouse(url, engine, settings.lock_wait_seconds)


def can_make_session_tables(connection: sa.Connection, engine: Engine) -> bool:
    """Whether this user, on this server, may make temporary tables."""
    return engine.session_tables is None or bool(connection.scalar(sa.text(engine.session_tables)))


def _is_lock(error: DBAPIError, file: Path) -> bool:
    """Whether another process holds the embedded file: Windows says so in the words of its own language."""
    said = str(error.orig)
    return "Could not set lock on file" in said or ("Cannot open file" in said and is_held(file))


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".")
