"""The lines of `retail` added up: by invoice, by product, how many codes an order has, and how many repeat another.

The loader keeps these in the warehouse, with the number and the fingerprint of the lines that they were made of. Who
reads compares both with the lines that are there, and takes the kept ones only where they are the same; else they are
made from the lines, at the cost of a pass over them each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from lgs_excel.warehouse import schema
from lgs_excel.warehouse.connect import Engine
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.schema import COLUMNS


def by_invoice(line: sa.FromClause) -> sa.Select[Any]:
    """One row an invoice and kind of line (several where its lines differ in day, customer or country): invoice_no,
    customer_id, country, day, kind, lines, units, amount, month.
    """
    keys = [line.c.invoice_no, line.c.customer_id, line.c.country, _day(line).label("day"), line.c.kind]
    return _with_month(added_up(line, keys), "invoice_day")


def by_product(line: sa.FromClause) -> sa.Select[Any]:
    """One row a stock code, description and kind of line, in each month and country: lines, units, amount."""
    month = _month(line.c.invoice_date).label("month")
    return added_up(line, [month, line.c.country, line.c.stock_code, line.c.description, line.c.kind])


def by_order(line: sa.FromClause) -> sa.Select[Any]:
    """How many different stock codes were sold: codes, by invoice, country and day."""
    keys = [line.c.invoice_no, line.c.country, _day(line).label("day")]
    # In two steps: engines count what is different many times slower than they make it so.
    sold = sa.select(*keys, line.c.stock_code).where(is_of(line.c, "sale")).distinct().subquery("sold_code")
    found = [sold.c.invoice_no, sold.c.country, sold.c.day]
    return sa.select(*found, sa.func.count().label("codes")).group_by(*found)


def repeated(line: sa.FromClause) -> sa.Select[Any]:
    """How many lines equal another in every column, without the first of each: lines, by invoice, country and day."""
    columns = [line.c[name] for name in COLUMNS]
    many = sa.select(*columns, sa.func.count().label("number")).group_by(*columns).having(sa.func.count() > 1)
    found = many.subquery("repeated_line")
    keys = [found.c.invoice_no, found.c.country, _day(found).label("day")]
    return sa.select(*keys, sa.cast(sa.func.sum(found.c.number - 1), sa.BigInteger).label("lines")).group_by(*keys)


# The tables that keep these, and what makes them of lines as `typed_lines` gives them.
KEPT: dict[sa.Table, Callable[[sa.FromClause], sa.Select[Any]]] = {
    schema.rollup_invoice: by_invoice,
    schema.rollup_product: by_product,
    schema.rollup_order: by_order,
    schema.rollup_repeated: repeated,
}


def added_up(line: sa.FromClause, keys: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """Lines, units (their quantities) and amount of each of `keys`."""
    return sa.select(
        *keys,
        sa.func.count().label("lines"),
        sa.func.sum(line.c.quantity).label("units"),
        sa.func.sum(line.c.amount).label("amount"),
    ).group_by(*keys)


def can_be_kept(connection: sa.Connection, engine: Engine, raw: sa.TableClause) -> bool:
    """Whether this engine has a fingerprint, and `retail` the types that we give it: others may hold amounts of more
    decimals than are kept, or types without a hash.
    """
    ours = all(_same_type(raw.c[column.name].type, column.type) for column in schema.retail.columns)
    return ours and engine.fingerprint is not None and bool(connection.scalar(sa.text(engine.has_fingerprint)))


def state(connection: sa.Connection, engine: Engine) -> tuple[int, int]:
    """The number of lines in `retail` and their fingerprint, whatever their order, in one pass over them."""
    fingerprint = str(engine.fingerprint).format(columns=", ".join(COLUMNS))
    sums = sa.func.count(), sa.func.coalesce(sa.literal_column(fingerprint, sa.Numeric), 0)
    found = sa.select(*sums).select_from(schema.retail)
    row = connection.execute(found).one()
    return int(row[0]), int(row[1])


def fresh(connection: sa.Connection, engine: Engine) -> tuple[int, int] | None:
    """The number of lines of the kept rollups and their fingerprint, where the warehouse has any, this user may read
    them, and they were made of the lines that are there; else None.
    """
    if engine.fingerprint is None or not schema.may_read(connection, schema.rollup, *KEPT):
        return None
    kept = connection.execute(sa.select(schema.rollup.c.lines, schema.rollup.c.fingerprint)).first()
    made_of = None if kept is None else (int(kept[0]), int(kept[1]))
    return made_of if made_of == state(connection, engine) else None


def remember(connection: sa.Connection, engine: Engine) -> None:
    """Note that the rollups are those of the lines that are there now."""
    lines, fingerprint = state(connection, engine)
    connection.execute(sa.delete(schema.rollup))
    connection.execute(sa.insert(schema.rollup).values(lines=lines, fingerprint=fingerprint))


def _same_type(one: sa.types.TypeEngine[Any], other: sa.types.TypeEngine[Any]) -> bool:
    if isinstance(other, sa.Numeric):
        return isinstance(one, sa.Numeric) and (one.precision, one.scale) == (other.precision, other.scale)
    if isinstance(other, sa.DateTime):
        return isinstance(one, sa.DateTime) and not one.timezone
    return isinstance(one, sa.String if isinstance(other, sa.String) else sa.Integer)


def _day(line: sa.FromClause) -> sa.ColumnElement[Any]:
    return sa.cast(line.c.invoice_date, sa.Date)


def _month(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.func.date_trunc(sa.literal_column("'month'"), moment), sa.Date)


def _with_month(select: sa.Select[Any], name: str) -> sa.Select[Any]:
    """`select` with the month of its `day`: found once a row of the sums, not once a line."""
    days = select.subquery(name)
    return sa.select(days, _month(days.c.day).label("month"))
