"""The customer's `retail` table: its eight columns, how we make it, and how we read one that others made; and the
tables by which loads are accounted for.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.schema import CreateTable

from lgs_excel.errors import WarehouseError

RETAIL = "retail"
# Prices have at most three decimals in every known export; the fourth is room.
PRICE = sa.Numeric(12, 4)
# Sums of quantity x unit_price.
AMOUNT = sa.Numeric(24, 4)

_metadata = sa.MetaData()

retail = sa.Table(
    RETAIL,
    _metadata,
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("stock_code", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("invoice_date", sa.DateTime, nullable=False),
    sa.Column("unit_price", PRICE, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("country", sa.Text),
)
COLUMNS = tuple(retail.columns.keys())

# One row a file that was loaded. Always: lines_read = lines_loaded + lines_rejected, and the sum of what was loaded
# less what was replaced is what `retail` holds (a first row without a fingerprint stands for what was there before).
# Times are UTC.
load = sa.Table(
    "load",
    _metadata,
    sa.Column("id", sa.BigInteger, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text),
    sa.Column("lines_read", sa.BigInteger, nullable=False),
    sa.Column("lines_loaded", sa.BigInteger, nullable=False),
    sa.Column("lines_rejected", sa.BigInteger, nullable=False),
    sa.Column("quantity_loaded", sa.BigInteger, nullable=False),
    sa.Column("amount_loaded", AMOUNT, nullable=False),
    sa.Column("lines_replaced", sa.BigInteger, nullable=False),
    sa.Column("quantity_replaced", sa.BigInteger, nullable=False),
    sa.Column("amount_replaced", AMOUNT, nullable=False),
    sa.Column("started", sa.DateTime, nullable=False),
    sa.Column("finished", sa.DateTime, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
)

# The lines that were not taken. `text` is CSV in the order of `retail`, then what the line had beyond its columns;
# `settled_by` the load that brought the line mended, or its invoice anew.
rejected_line = sa.Table(
    "rejected_line",
    _metadata,
    sa.Column("id", sa.BigInteger, nullable=False),
    sa.Column("load_id", sa.BigInteger, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("invoice_no", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("settled_by", sa.BigInteger),
)

# How a load read its file, where that was not plain, in words.
load_understood = sa.Table(
    "load_understood",
    _metadata,
    sa.Column("load_id", sa.BigInteger, nullable=False),
    sa.Column("understood", sa.Text, nullable=False),
)

# What `warehouse/rollups.py` makes of all lines. A key of `rollup_product` may be in several rows, whose sums count: a
# load adds what came and takes off what went. `rollup` has one row, or none: the state of `retail` that they are of.
rollup_invoice = sa.Table(
    "lgs_rollup_invoice",
    _metadata,
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("amount", AMOUNT, nullable=False),
    sa.Column("month", sa.Date, nullable=False),
)
rollup_product = sa.Table(
    "lgs_rollup_product",
    _metadata,
    sa.Column("month", sa.Date, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("stock_code", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("amount", AMOUNT, nullable=False),
)
rollup_order = sa.Table(
    "lgs_rollup_order",
    _metadata,
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("codes", sa.BigInteger, nullable=False),
)
rollup_repeated = sa.Table(
    "lgs_rollup_repeated",
    _metadata,
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
)
rollup = sa.Table(
    "lgs_rollup",
    _metadata,
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("fingerprint", sa.Numeric(38, 0), nullable=False),
)

lgs_schema = sa.Table("lgs_schema", _metadata, sa.Column("version", sa.Integer, nullable=False))


def _add_ledger(connection: sa.Connection) -> None:
    for table in (load, rejected_line, lgs_schema):
        connection.execute(CreateTable(table))


def _add_rollups(connection: sa.Connection) -> None:
    for table in (rollup_invoice, rollup_product, rollup_repeated, rollup):
        connection.execute(CreateTable(table))


def _add_understood(connection: sa.Connection) -> None:
    connection.execute(CreateTable(load_understood))


def _add_orders(connection: sa.Connection) -> None:
    connection.execute(CreateTable(rollup_order))
    connection.execute(sa.delete(rollup))  # the next load makes them anew, all of one state


# What brings a warehouse of the version that is its place here to the next; 0 is none, or a bare `retail`.
MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (_add_ledger, _add_rollups, _add_understood, _add_orders)


def has_table(connection: sa.Connection, table: sa.Table) -> bool:
    """Whether the warehouse has this table of ours."""
    return sa.inspect(connection).has_table(table.name)


def may_read(connection: sa.Connection, *tables: sa.Table) -> bool:
    """Whether these tables of ours are there and this user was given them; for engines that we load.

    The standard's catalogue has only what one has a right to, and who was given `retail` alone may not see the others.
    """
    found = sa.table("tables", sa.column("table_name"), sa.column("table_schema"), schema="information_schema")
    ours = sa.and_(
        found.c.table_name.in_([table.name for table in tables]), found.c.table_schema == sa.func.current_schema()
    )
    return connection.scalar(sa.select(sa.func.count()).select_from(found).where(ours)) == len(tables)


def schema_version(connection: sa.Connection) -> int:
    """The version of our tables in this warehouse; 0 where there are none."""
    if not has_table(connection, lgs_schema):
        return 0
    return int(connection.scalar(sa.select(sa.func.max(lgs_schema.c.version))) or 0)


def make_ready(connection: sa.Connection, place: str) -> sa.TableClause:
    """Make what is missing and migrate what is old, so that sales can be loaded; returns the `retail` that is there.

    Raises WarehouseError for tables of a newer version than is known here, and a `retail` that is not LGS's.
    """
    found = schema_version(connection)
    if found > len(MIGRATIONS):
        raise WarehouseError(
            f"The warehouse {place} is of schema version {found}; this program knows versions up to {len(MIGRATIONS)}. "
            "Update lgs-excel and load again; nothing was changed."
        )
    inspector = sa.inspect(connection)
    if RETAIL in inspector.get_view_names():
        raise WarehouseError(
            f"{RETAIL!r} in {place} is a view; lines can only be loaded into a table. "
            "Load into another warehouse, or load into its tables by other means."
        )
    if found == 0 and inspector.has_table(load.name):
        raise WarehouseError(
            f"The warehouse {place} has a table {load.name!r} that is not LGS's. "
            "Rename it, or name another warehouse with --warehouse; nothing was changed."
        )
    if not inspector.has_table(RETAIL):
        connection.execute(CreateTable(retail))
    for migrate in MIGRATIONS[found:]:
        migrate(connection)
    if found < len(MIGRATIONS):
        connection.execute(sa.delete(lgs_schema))
        connection.execute(sa.insert(lgs_schema).values(version=len(MIGRATIONS)))
    return found_retail(connection, place)


def found_retail(connection: sa.Connection, place: str) -> sa.TableClause:
    """The `retail` table that is there, with the types that it has.

    Raises WarehouseError when there is none, or it lacks one of the eight columns.
    """
    try:
        types = {column["name"]: column["type"] for column in sa.inspect(connection).get_columns(RETAIL)}
    except NoSuchTableError as error:
        raise WarehouseError(
            f"The warehouse {place} has no table {RETAIL!r}. Load an export with `lgs-excel load FILE`, or name "
            "the right warehouse with --warehouse or LGS_WAREHOUSE_URL."
        ) from error
    missing = [name for name in COLUMNS if name not in types]
    if missing:
        raise WarehouseError(
            f"The table {RETAIL!r} in {place} is not LGS's: it lacks {', '.join(missing)}. "
            f"Expected columns: {', '.join(COLUMNS)}. Name the right warehouse with --warehouse."
        )
    return sa.table(RETAIL, *(sa.column(name, types[name]) for name in COLUMNS))
