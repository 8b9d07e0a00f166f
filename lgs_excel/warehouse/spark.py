"""Spark SQL as SQLAlchemy speaks it, over PyHive to a Thrift server; loaded when a `hive://` warehouse is opened.

PyHive brings a dialect of its own, made for Hive: of it nothing but the driver is used.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from pyhive import hive
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import ConnectArgsType, ReflectedColumn
from sqlalchemy.exc import CompileError, NoSuchTableError
from sqlalchemy.schema import CreateTableAs
from sqlalchemy.sql.compiler import DDLCompiler, GenericTypeCompiler, IdentifierPreparer, SQLCompiler
from thrift.Thrift import TException

# What it logs is said again by the error that it raises: one line on the screen, not two.
logging.getLogger("thrift").addHandler(logging.NullHandler())

_FETCHED_AT_ONCE = 10_000
# A column's type as DESCRIBE writes it. `timestamp` is a point in time, shown in the session's zone.
_TYPES: dict[str, Callable[..., sa.types.TypeEngine[Any]]] = {
    "tinyint": sa.SmallInteger,
    "smallint": sa.SmallInteger,
    "int": sa.Integer,
    "bigint": sa.BigInteger,
    "decimal": sa.Numeric,
    "float": sa.REAL,
    "double": sa.Double,
    "string": sa.Text,
    "varchar": sa.String,
    "char": sa.String,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "timestamp_ntz": sa.DateTime,
    "timestamp": lambda: sa.DateTime(timezone=True),
}


class SparkText(sa.String):
    """Text whose literals escape by backslash."""

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[str], str]:
        """How a value is written into a statement."""
        doubled = "%%" if dialect.identifier_preparer._double_percents else "%"  # noqa: SLF001 - as SQLAlchemy's own types

        def process(value: str) -> str:
            escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("%", doubled)
            return f"'{escaped}'"

        return process


class SparkFloat(sa.Float[float]):
    """Binary numbers, of which NaN and the infinite are written as text."""

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[float | None], float | str | None]:  # noqa: ARG002
        """What the driver is given."""
        return lambda value: value if value is None or math.isfinite(value) else str(value)

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[float], str]:  # noqa: ARG002
        """How a value is written into a statement."""
        return lambda value: repr(float(value)) if math.isfinite(value) else f"'{value}'"


class SparkDate(sa.Date):
    """Dates, which the driver writes and reads as text."""

    def bind_expression(self, bindvalue: sa.BindParameter[date]) -> sa.ColumnElement[date]:
        """The text as a date."""
        return sa.func.to_date(bindvalue, type_=self)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[str | None], date | None]:  # noqa: ARG002
        """What reads a value."""
        return lambda text: None if text is None else date.fromisoformat(text)


class SparkDateTime(sa.DateTime):
    """Times without a zone, which the driver writes as text."""

    def bind_expression(self, bindvalue: sa.BindParameter[datetime]) -> sa.ColumnElement[datetime]:
        """The text as a time."""
        return sa.func.to_timestamp_ntz(bindvalue, type_=self)


class SparkTypeCompiler(GenericTypeCompiler):
    """The names of types in casts."""

    def visit_NUMERIC(self, type_: sa.Numeric[Any], **kw: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        """Never DECIMAL alone, which is without pennies."""
        if type_.precision is None or type_.scale is None:
            raise CompileError("A cast to Numeric needs its precision and scale: Spark would take DECIMAL(10, 0).")
        return super().visit_NUMERIC(type_, **kw)

    def visit_TEXT(self, *_: Any, **__: Any) -> str:  # noqa: N802
        """Text of any length."""
        return "STRING"

    visit_VARCHAR = visit_TEXT  # noqa: N815

    def visit_DATETIME(self, *_: Any, **__: Any) -> str:  # noqa: N802
        """Wall-clock time."""
        return "TIMESTAMP_NTZ"

    visit_TIMESTAMP = visit_DATETIME  # noqa: N815


class SparkCompiler(SQLCompiler):
    """What queries say otherwise."""

    def visit_regexp_match_op_binary(self, binary: sa.BinaryExpression[Any], operator: Any, **kw: Any) -> str:  # noqa: ARG002
        """Java's regular expressions, anywhere in the text."""
        return f"{self.process(binary.left, **kw)} RLIKE {self.process(binary.right, **kw)}"

    def visit_not_regexp_match_op_binary(self, binary: sa.BinaryExpression[Any], operator: Any, **kw: Any) -> str:  # noqa: ARG002
        """The same, denied."""
        return f"{self.process(binary.left, **kw)} NOT RLIKE {self.process(binary.right, **kw)}"


class SparkDDLCompiler(DDLCompiler):
    """What keeps a query's rows for the session."""

    def visit_create_table_as(self, element: CreateTableAs, **kw: Any) -> str:
        """A view whose rows the cluster keeps until the session ends, as Spark has no temporary tables."""
        select = self.sql_compiler.process(element.selectable, **kw | {"literal_binds": True})
        return f"CACHE TABLE {self.preparer.quote(element.table.name)} AS {select}"


class SparkIdentifierPreparer(IdentifierPreparer):
    """Names in backticks."""

    def __init__(self, dialect: sa.Dialect) -> None:
        super().__init__(dialect, initial_quote="`")


class SparkDialect(DefaultDialect):
    """Spark SQL 3.4 or newer, read-only, without transactions."""

    name = "hive"
    driver = "spark"
    default_paramstyle = "pyformat"
    supports_native_boolean = True
    supports_native_decimal = True
    supports_statement_cache = True
    type_compiler_cls = SparkTypeCompiler
    statement_compiler = SparkCompiler
    ddl_compiler = SparkDDLCompiler
    preparer: type[IdentifierPreparer] = SparkIdentifierPreparer
    colspecs = {  # noqa: RUF012 - SQLAlchemy's form
        sa.String: SparkText,
        sa.Float: SparkFloat,
        sa.Date: SparkDate,
        sa.DateTime: SparkDateTime,
    }

    @classmethod
    def import_dbapi(cls) -> Any:
        """PyHive's module."""
        return hive

    def create_connect_args(self, url: sa.URL) -> ConnectArgsType:
        """PyHive's arguments; what it knows beyond these (`auth`) is in the URL's query."""
        place = {"host": url.host, "port": url.port or 10000, "database": url.database or "default"}
        return (), {**place, "username": url.username, "password": url.password, **url.query}

    def connect(self, *arguments: Any, **named: Any) -> Any:
        """A session on the server."""
        with _as_database_errors():
            return super().connect(*arguments, **named)

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        """Run a statement; its rows come in few, large parts."""
        cursor.arraysize = _FETCHED_AT_ONCE
        with _as_database_errors():
            cursor.execute(statement, parameters)

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing, as there are no transactions."""

    def has_table(self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any) -> bool:
        """Whether the database has this table or view."""
        return table_name in self._names(connection, "TABLES", schema)

    def get_table_names(self, connection: sa.Connection, schema: str | None = None, **_: Any) -> list[str]:
        """The database's tables, without its views."""
        views = set(self.get_view_names(connection, schema))
        return [name for name in self._names(connection, "TABLES", schema) if name not in views]

    def get_view_names(self, connection: sa.Connection, schema: str | None = None, **_: Any) -> list[str]:
        """The database's views."""
        return self._names(connection, "VIEWS", schema)

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """The columns with their types. Raises NoSuchTableError."""
        if not self.has_table(connection, table_name, schema):
            raise NoSuchTableError(table_name)
        table = ".".join(self.identifier_preparer.quote(name) for name in (schema, table_name) if name)
        columns: list[ReflectedColumn] = []
        for name, kind, _comment in connection.exec_driver_sql(f"DESCRIBE TABLE {table}"):
            if not name or name.startswith("#"):  # partitions follow, which are columns named before
                break
            columns.append({"name": name, "type": _type_of(kind), "nullable": True, "default": None})
        return columns

    def _names(self, connection: sa.Connection, kind: str, schema: str | None) -> list[str]:
        place = f" IN {self.identifier_preparer.quote(schema)}" if schema else ""
        rows = connection.exec_driver_sql(f"SHOW {kind}{place}").all()
        return [name for _, name, temporary in rows if not temporary]


def _type_of(text: str) -> sa.types.TypeEngine[Any]:
    """The type of "decimal(12,4)"; NullType for one that is not known."""
    name, *sizes = re.findall(r"\w+", text)
    return _TYPES[name](*map(int, sizes)) if name in _TYPES else sa.types.NullType()


@contextmanager
def _as_database_errors() -> Iterator[None]:
    """What the server, the network and the driver say as the errors that SQLAlchemy expects, with the message alone."""
    try:
        yield
    except hive.OperationalError as error:
        status = getattr(error.args[0], "status", None)
        said = getattr(status, "errorMessage", None) or str(error)
        raise hive.OperationalError(said.removeprefix("Error running query: ")) from error
    except (TException, OSError, ValueError) as error:  # ValueError: arguments that do not go together
        raise hive.OperationalError(str(error) or type(error).__name__) from error
