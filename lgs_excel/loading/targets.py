"""How staged lines reach each engine's `retail`; the questions about them are asked in DuckDB's SQL either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from lgs_excel.errors import WarehouseError
from lgs_excel.files import patiently
from lgs_excel.loading.sql import quoted_text
from lgs_excel.loading.stage import Stage, attach, memory_limit
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.lines import exported_lines
from lgs_excel.warehouse.schema import COLUMNS, RETAIL

_COLUMN_LIST = ", ".join(COLUMNS)
Result = TypeVar("Result")


class Target(Protocol):
    """Where the lines go. In `run`, the stage's tables go by the `prefix`, and `existing` is what `retail` holds of
    the invoices in the stage's table `invoice`.
    """

    prefix: str

    def find_existing(self) -> None:
        """Make `existing` known."""

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement in DuckDB's SQL."""

    def delete(self, table: str, invoices: str) -> None:
        """Delete from a table of the warehouse the invoices that the SELECT `invoices` names."""

    def append(self, table: str, columns: str, rows: str) -> None:
        """Append the rows of a SELECT to a table of the warehouse."""

    def replace_lines(self, invoices: str | None, lines: str, meanwhile: Callable[[], Result]) -> Result:
        """Delete from `retail` the invoices that the SELECT `invoices` names, and append the SELECT `lines`. Returns
        what `meanwhile` does, which can be done at the same time: it sees `existing` as it was before.
        """


class EmbeddedTarget:
    """A DuckDB warehouse: the stage is attached to it, and all is done inside."""

    prefix = "staged."

    def __init__(self, connection: sa.Connection, retail: sa.TableClause, stage: Stage) -> None:
        self._connection = connection
        self._retail = retail
        stage.close()
        self.run(f"SET temp_directory = {quoted_text(str(stage.folder / 'spilled'))}")
        ((known,),) = self.run(f"SELECT count(*) FROM {RETAIL}")
        self.run(f"SET memory_limit = '{memory_limit(known + stage.read)}'")
        self.run(attach(stage.file))

    def find_existing(self) -> None:
        """Make `existing` known."""
        lines = _as_sql(exported_lines(self._retail), self._connection)
        self.run(
            f"CREATE TEMP VIEW existing AS SELECT * FROM ({lines}) "
            "WHERE invoice_no IN (SELECT invoice_no FROM staged.invoice)"
        )

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement in DuckDB's SQL."""
        result = self._connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []

    def delete(self, table: str, invoices: str) -> None:
        """Delete from a table of the warehouse the invoices that the SELECT `invoices` names."""
        self.run(f"DELETE FROM {table} WHERE CAST(invoice_no AS VARCHAR) IN ({invoices})")

    def append(self, table: str, columns: str, rows: str) -> None:
        """Append the rows of a SELECT to a table of the warehouse."""
        try:
            self.run(f"INSERT INTO {table} ({columns}) {rows}")
        except sa.exc.DBAPIError as error:
            if "onversion" in type(error.orig).__name__:
                raise _does_not_fit(table, error.orig) from error
            raise

    def replace_lines(self, invoices: str | None, lines: str, meanwhile: Callable[[], Result]) -> Result:
        """Do `meanwhile` first: `existing` is a view of `retail`."""
        result = meanwhile()
        if invoices:
            self.delete(RETAIL, invoices)
        self.append(RETAIL, _COLUMN_LIST, lines)
        return result


class ServerTarget:
    """A PostgreSQL warehouse: rows travel as CSV through COPY, in the transaction of the connection."""

    prefix = ""

    def __init__(self, connection: sa.Connection, retail: sa.TableClause, stage: Stage, place: str) -> None:
        self._connection = connection
        self._retail = retail
        self._stage = stage
        self._place = place
        self._driver: Any = connection.connection.driver_connection
        # Others may write to it too; the totals before and after must be of one load only.
        connection.exec_driver_sql(f"LOCK TABLE {RETAIL} IN SHARE ROW EXCLUSIVE MODE")

    def find_existing(self) -> None:
        """Make `existing` known."""
        self._connection.exec_driver_sql("CREATE TEMP TABLE incoming_invoice (invoice_no text) ON COMMIT DROP")
        self.append("incoming_invoice", "invoice_no", "SELECT DISTINCT invoice_no FROM invoice")
        self._connection.exec_driver_sql("ANALYZE incoming_invoice")
        lines = _as_sql(exported_lines(self._retail), self._connection)
        file = self._stage.folder / "existing.csv"
        self._copy(
            f"COPY (SELECT l.* FROM ({lines}) AS l JOIN incoming_invoice USING (invoice_no)) "
            "TO STDOUT (FORMAT csv, ENCODING 'UTF8')",
            file,
            "wb",
        )
        columns = (
            "{'invoice_no': 'VARCHAR', 'stock_code': 'VARCHAR', 'description': 'VARCHAR', 'quantity': 'BIGINT', "
            "'invoice_date': 'TIMESTAMP', 'unit_price': 'DECIMAL(18, 4)', "
            "'customer_id': 'VARCHAR', 'country': 'VARCHAR'}"
        )
        self._stage.run(
            "CREATE TABLE existing AS FROM read_csv(?, auto_detect=false, header=false, delim=',', quote='\"', "
            f"escape='\"', columns={columns}, compression='none', max_line_size=33000000)",
            [str(file)],
        )
        patiently(file.unlink)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement in DuckDB's SQL."""
        return self._stage.run(statement)

    def delete(self, table: str, invoices: str) -> None:
        """Delete from a table of the warehouse the invoices that the SELECT `invoices` names."""
        self._connection.exec_driver_sql("CREATE TEMP TABLE outgoing_invoice (invoice_no text)")
        self.append("outgoing_invoice", "invoice_no", invoices)
        self._connection.exec_driver_sql("ANALYZE outgoing_invoice")
        self._connection.exec_driver_sql(
            f"DELETE FROM {table} AS t USING outgoing_invoice AS o WHERE t.invoice_no::text = o.invoice_no"
        )
        self._connection.exec_driver_sql("DROP TABLE outgoing_invoice")

    def append(self, table: str, columns: str, rows: str) -> None:
        """Append the rows of a SELECT to a table of the warehouse."""
        self._append(table, columns, rows, lambda: None)

    def replace_lines(self, invoices: str | None, lines: str, meanwhile: Callable[[], Result]) -> Result:
        """Do `meanwhile` here while the server takes the lines."""
        if invoices:
            self.delete(RETAIL, invoices)
        return self._append(RETAIL, _COLUMN_LIST, lines, meanwhile)

    def _append(self, table: str, columns: str, rows: str, meanwhile: Callable[[], Result]) -> Result:
        file = self._stage.folder / f"{table}.csv"
        self._stage.run(f"COPY ({rows}) TO {quoted_text(str(file))} (FORMAT csv, HEADER false)")
        statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')"
        with ThreadPoolExecutor(1) as thread:
            copied = thread.submit(self._copy, statement, file, "rb")
            result = meanwhile()
            copied.result()
        patiently(file.unlink)
        return result

    def _copy(self, statement: str, file: Path, mode: str) -> None:
        with file.open(mode) as stream, self._errors(), self._driver.cursor() as cursor:
            cursor.copy_expert(statement, stream, 1 << 20)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """psycopg2's own errors as stated ones: SQLAlchemy does not see what COPY does."""
        try:
            yield
        except self._driver.DataError as error:
            raise _does_not_fit(RETAIL, error) from error
        except self._driver.Error as error:
            first = str(error).strip().split("\n")[0]
            raise WarehouseError(
                f"The warehouse {self._place} stopped during the load: {first}. "
                "Nothing was changed; see whether it is up and has room, then load again."
            ) from error


def target_of(warehouse: Warehouse, connection: sa.Connection, retail: sa.TableClause, stage: Stage) -> Target:
    """The way into this warehouse, within the transaction of `connection`."""
    if warehouse.engine.embedded:
        return EmbeddedTarget(connection, retail, stage)
    return ServerTarget(connection, retail, stage, str(warehouse))


def _as_sql(select: sa.Select[Any], connection: sa.Connection) -> str:
    return str(select.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def _does_not_fit(table: str, error: BaseException | None) -> WarehouseError:
    first = str(error).strip().split("\n")[0]
    return WarehouseError(
        f"The columns of the table {table!r}, which were made by others, can't take a line: {first}. "
        "Change that column's type (text, integer, timestamp or numeric(12,4) as in README), then load again; "
        "nothing was changed."
    )
