"""Keeping the account of a load, in its own transaction: the ledger, the quarantine, and what this settles in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa

from lgs_excel import __version__
from lgs_excel.loading.load_report import FileLoad
from lgs_excel.loading.replace import Replacement, Totals
from lgs_excel.loading.sql import quoted_text
from lgs_excel.loading.stage import Stage
from lgs_excel.loading.targets import Target
from lgs_excel.warehouse.load_log import waiting
from lgs_excel.warehouse.schema import load, load_understood, rejected_line

Item = TypeVar("Item")
_AT_ONCE = 1000  # ids or invoices in one statement
BEFORE_FIRST_LOAD = "(lines that were there before the first load)"


class OvertakenError(Exception):
    """Another load changed what this one had looked up before its transaction: look again."""


@dataclass(frozen=True)
class Taken:
    """A staged file: its counts so far, the numbers of its parts, and the totals of its good lines."""

    file: FileLoad
    parts: range
    totals: Totals


def record(
    connection: sa.Connection,
    target: Target,
    stage: Stage,
    taken: Sequence[Taken],
    done: Replacement,
    started: datetime,
) -> list[FileLoad]:
    """Write the account; returns the files with their load ids and replaced lines.

    Raises OvertakenError when a line that this load mends was settled by another one meanwhile.
    """
    last = int(connection.scalar(sa.select(sa.func.max(load.c.id))) or 0)
    now = datetime.now(UTC).replace(tzinfo=None)
    common = {"started": started.replace(tzinfo=None), "finished": now, "version": __version__}
    if not last and done.before.lines:
        last = 1
        opening = FileLoad(BEFORE_FIRST_LOAD, 0, "", 1, done.before.lines, done.before.lines)
        connection.execute(sa.insert(load).values(**_row(opening, done.before, Totals()), **common))
    files = []
    of_part: dict[int, int] = {}
    for number, entry in enumerate(taken, start=last + 1):
        replaced = sum((done.replaced.get(part, Totals()) for part in entry.parts), Totals())
        file = replace(entry.file, load_id=number, replaced=replaced.lines)
        connection.execute(sa.insert(load).values(**_row(file, entry.totals, replaced), **common))
        if file.understood:
            said = {"load_id": number, "understood": "; ".join(file.understood)}
            connection.execute(sa.insert(load_understood).values(said))
        of_part.update(dict.fromkeys(entry.parts, number))
        files.append(file)
    _settle_mended(connection, target, stage, of_part)
    _settle_replaced(connection, target, of_part)
    _quarantine(connection, target, stage, of_part)
    return files


def _row(file: FileLoad, loaded: Totals, replaced: Totals) -> dict[str, object]:
    return {
        "id": file.load_id,
        "file_name": file.name,
        "size": file.size,
        "sha256": file.sha256 or None,
        "lines_read": file.read,
        "lines_loaded": file.loaded,
        "lines_rejected": file.rejected,
        "quantity_loaded": loaded.quantity,
        "amount_loaded": loaded.amount,
        "lines_replaced": replaced.lines,
        "quantity_replaced": replaced.quantity,
        "amount_replaced": replaced.amount,
    }


def _settle_mended(connection: sa.Connection, target: Target, stage: Stage, of_part: dict[int, int]) -> None:
    lines = stage.mending_lines(target.prefix)
    if lines is None:
        return
    mended = {int(mends): of_part[part] for part, mends in target.run(lines)}
    for some in _batches(list(mended)):
        if waiting(connection, some) != set(some):
            raise OvertakenError
        for load_id in {mended[id_] for id_ in some}:
            ids = [id_ for id_ in some if mended[id_] == load_id]
            _settle(connection, rejected_line.c.id.in_(ids), load_id)


def _settle_replaced(connection: sa.Connection, target: Target, of_part: dict[int, int]) -> None:
    """A line that waits needs no mending when its whole invoice came anew."""
    c = rejected_line.c
    query = sa.select(c.invoice_no).distinct().where(c.settled_by.is_(None), c.invoice_no.is_not(None))
    for some in _batches(list(connection.scalars(query))):
        named = ", ".join(quoted_text(str(invoice)) for invoice in some)
        rows = target.run(f"SELECT standing, invoice_no FROM change WHERE standing >= 0 AND invoice_no IN ({named})")
        for part in {part for part, _ in rows}:
            invoices = [invoice for standing, invoice in rows if standing == part]
            _settle(connection, c.invoice_no.in_(invoices), of_part[part])


def _settle(connection: sa.Connection, which: sa.ColumnElement[bool], load_id: int) -> None:
    unsettled = rejected_line.c.settled_by.is_(None)
    connection.execute(sa.update(rejected_line).where(unsettled, which).values(settled_by=load_id))


def _quarantine(connection: sa.Connection, target: Target, stage: Stage, of_part: dict[int, int]) -> None:
    last = int(connection.scalar(sa.select(sa.func.max(rejected_line.c.id))) or 0)
    load_ids = " ".join(f"WHEN {part} THEN {load_id}" for part, load_id in of_part.items())
    names = " ".join(f"WHEN {part} THEN {quoted_text(stage.parts[part].part.name)}" for part in of_part)
    target.append(
        rejected_line.name,
        "id, load_id, file_name, line, invoice_no, reason, text",
        f"SELECT {last} + row_number() OVER (ORDER BY part, line), CASE part {load_ids} END, "
        f"CASE part {names} END, line, replace(invoice_no, chr(0), ''), reason, text FROM {target.prefix}rejected",
    )


def _batches(items: list[Item]) -> list[list[Item]]:
    return [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]
