"""The rollups that the warehouse keeps, brought up to date by a load, in its transaction, for what it changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lgs_excel.loading.targets import Target
from lgs_excel.warehouse import rollups, schema
from lgs_excel.warehouse.lines import typed_lines
from lgs_excel.warehouse.schema import COLUMNS

_COLUMNS = ", ".join(COLUMNS)
_HASH = f"hash({_COLUMNS})"
_CHANGED = "SELECT invoice_no FROM change WHERE known AND NOT same"


def add_up(target: Target, appended: str, *, known: bool) -> bool:
    """Add up the lines that the changed invoices will have, and how those of products differ from what was: the tables
    `new_invoice`, `new_order`, `new_repeated` and `new_product`. Before anything is written, since `existing` is what
    there is.

    appended: the SELECT of the lines that come. known: whether there were any before. Returns False where the engine
    has to add up itself.
    """
    was = f"SELECT {_COLUMNS} FROM existing WHERE invoice_no IN ({_CHANGED})"
    mended = f"SELECT {_COLUMNS} FROM existing WHERE invoice_no IN ({_CHANGED} AND NOT gives_way)"
    target.run(f"CREATE TEMP VIEW line_now AS {appended}" + (f" UNION ALL {mended}" if known else ""))
    target.run(f"CREATE TEMP VIEW line_was AS {was if known else 'FROM line_now LIMIT 0'}")
    # Engines differ in what is the capital of a letter beyond ASCII.
    capitals = "SELECT stock_code FROM line_now UNION ALL SELECT stock_code FROM line_was"
    if target.run(f"SELECT 1 FROM ({capitals}) WHERE strlen(stock_code) <> length(stock_code) LIMIT 1"):
        return False
    # Grouping by a number first, and only those by all columns that have the same one, takes half the time.
    again = f"SELECT {_HASH} FROM line_now GROUP BY 1 HAVING count(*) > 1"
    target.run(f"CREATE TEMP VIEW line_again AS FROM line_now WHERE {_HASH} IN ({again})")
    target.run(f"CREATE TEMP TABLE new_invoice AS {_sql(rollups.by_invoice(_typed('line_now')))}")
    target.run(f"CREATE TEMP TABLE new_order AS {_sql(rollups.by_order(_typed('line_now')))}")
    target.run(f"CREATE TEMP TABLE new_repeated AS {_sql(rollups.repeated(_typed('line_again')))}")
    now, before = (_sql(rollups.by_product(_typed(name))) for name in ("line_now", "line_was"))
    target.run(
        f"CREATE TEMP TABLE new_product AS {now} UNION ALL "
        f"SELECT * REPLACE (-lines AS lines, -units AS units, -amount AS amount) FROM ({before})"
    )
    return True


def write(target: Target, *, known: bool) -> None:
    """Write what `add_up` found into the kept tables."""
    if known:
        for table in (schema.rollup_invoice, schema.rollup_order, schema.rollup_repeated):
            target.delete(table.name, _CHANGED)
    for table, new in (
        (schema.rollup_invoice, "new_invoice"),
        (schema.rollup_order, "new_order"),
        (schema.rollup_repeated, "new_repeated"),
        (schema.rollup_product, "new_product"),
    ):
        columns = ", ".join(table.columns.keys())
        target.append(table.name, columns, f"SELECT {columns} FROM {new}")


def make_anew(connection: sa.Connection, retail: sa.TableClause) -> None:
    """Add up all lines there are, by the engine of the warehouse itself."""
    lines = typed_lines(retail).subquery("typed_line")
    for table, make in rollups.KEPT.items():
        select = make(lines)
        connection.execute(sa.delete(table))
        connection.execute(sa.insert(table).from_select(select.selected_columns.keys(), select))


def _typed(relation: str) -> sa.Subquery:
    """Lines in DuckDB, with the columns of `retail`, as the analyses see them."""
    columns = (sa.column(column.name, column.type) for column in schema.retail.columns)
    return typed_lines(sa.table(relation, *columns)).subquery("typed_line")


def _sql(select: sa.Select[Any]) -> str:
    from duckdb_sqlalchemy import Dialect

    return str(select.compile(dialect=Dialect(), compile_kwargs={"literal_binds": True}))
