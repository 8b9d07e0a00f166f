"""The account of all loads, read: which file brought what, and which lines were not taken."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.schema import has_table, load, load_understood, may_read, rejected_line


@dataclass(frozen=True)
class Load:
    """One file that was loaded: read = loaded + rejected. `replaced` lines had to give way to the loaded ones; quantity
    and amount are of the loaded and of the replaced lines; times are UTC; `sha256` is None for the row that
    stands for lines which were in `retail` before the first load; `understood` is how the file was read, where that was
    not plain.
    """

    id: int
    file_name: str
    size: int
    sha256: str | None
    read: int
    loaded: int
    rejected: int
    quantity: int
    amount: Decimal
    replaced: int
    quantity_replaced: int
    amount_replaced: Decimal
    started: datetime
    finished: datetime
    version: str
    understood: str = ""


@dataclass(frozen=True)
class RejectedLine:
    """A line that was not taken: `line` is its number in the file (the first is 1), `text` its columns as CSV in the
    order of `retail`.
    """

    id: int
    load_id: int
    file_name: str
    line: int
    reason: str
    text: str


def loads(connection: sa.Connection) -> list[Load]:
    """Every load, the newest first; empty where nothing was ever loaded by us."""
    if not _has(connection, load):
        return []
    rows = connection.execute(sa.select(load).order_by(load.c.id.desc())).all()
    understood = dict(_understood(connection))
    return [replace(_load(row), understood=understood.get(row.id, "")) for row in rows]


def _understood(connection: sa.Connection) -> list[tuple[int, str]]:
    if not _has(connection, load_understood):
        return []
    c = load_understood.c
    return [(row.load_id, row.understood) for row in connection.execute(sa.select(c.load_id, c.understood))]


def newest_load(connection: sa.Connection) -> Load | None:
    """The last load; None where nothing was ever loaded by us."""
    if not _has(connection, load):
        return None
    row = connection.execute(sa.select(load).order_by(load.c.id.desc()).limit(1)).first()
    return _load(row) if row else None


def state(warehouse: Warehouse) -> Hashable:
    """A value that is another one after each load: of a file its time and size, looked at without opening it (None if
    there is none); of a server its newest load (None if others fill it). Raises WarehouseError where a server can't be
    reached.
    """
    if warehouse.file:
        try:
            found = warehouse.file.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size
    with warehouse.reading() as connection:
        newest = newest_load(connection)
        return newest and (newest.id, newest.finished)


def loaded_files(connection: sa.Connection, sha256s: Iterable[str]) -> dict[str, Load]:
    """The latest load of each of these fingerprints that was loaded before."""
    if not _has(connection, load):
        return {}
    rows = connection.execute(sa.select(load).where(load.c.sha256.in_(list(sha256s))).order_by(load.c.id))
    return {row.sha256: _load(row) for row in rows}


def rejected_count(connection: sa.Connection) -> int:
    """How many lines wait in quarantine: rejected, and not settled by a later load."""
    if not _has(connection, rejected_line):
        return 0
    waiting = sa.select(sa.func.count()).where(rejected_line.c.settled_by.is_(None))
    return int(connection.scalar(waiting) or 0)


def rejected_lines(connection: sa.Connection, load_id: int | None = None) -> list[RejectedLine]:
    """The lines that wait in quarantine, of one load or of all, in the order of their files."""
    if not _has(connection, rejected_line):
        return []
    c = rejected_line.c
    query = sa.select(c.id, c.load_id, c.file_name, c.line, c.reason, c.text).where(c.settled_by.is_(None))
    if load_id is not None:
        query = query.where(c.load_id == load_id)
    return [RejectedLine(*row) for row in connection.execute(query.order_by(c.load_id, c.line, c.id))]


def waiting(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Which of these rejected lines still wait."""
    if not _has(connection, rejected_line):
        return set()
    c = rejected_line.c
    return set(connection.scalars(sa.select(c.id).where(c.id.in_(list(ids)), c.settled_by.is_(None))))


def _has(connection: sa.Connection, table: sa.Table) -> bool:
    return has_table(connection, table) and may_read(connection, table)


def _load(row: sa.Row[tuple[object, ...]]) -> Load:
    return Load(
        id=row.id,
        file_name=row.file_name,
        size=row.size,
        sha256=row.sha256,
        read=row.lines_read,
        loaded=row.lines_loaded,
        rejected=row.lines_rejected,
        quantity=row.quantity_loaded,
        amount=row.amount_loaded,
        replaced=row.lines_replaced,
        quantity_replaced=row.quantity_replaced,
        amount_replaced=row.amount_replaced,
        started=row.started.replace(tzinfo=UTC),
        finished=row.finished.replace(tzinfo=UTC),
        version=row.version,
    )
