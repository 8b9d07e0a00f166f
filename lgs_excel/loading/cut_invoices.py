"""An invoice that the border of two parts of an export cuts is one invoice, and its lines come together again."""

from __future__ import annotations

from lgs_excel.loading.columns import MENDS
from lgs_excel.loading.stage import Stage, Staged
from lgs_excel.terminal import printable

_MOST_NAMED = 5


def join_cut_invoices(stage: Stage) -> tuple[str, ...]:
    """Move the lines of each invoice that a border cuts into the later of its two parts; what was joined, in words.

    An invoice is cut where it is the last of one part and the first of another one with the same columns, on the same
    day, for the same customer, and the one does not repeat the other: fewer than half of the products of the smaller
    piece are in both. A piece that repeats is a later version of the whole, and replaces. Parts must be staged in their
    order.
    """
    parts = [part for part in stage.parts if MENDS not in part.part.columns]
    joined: dict[str, None] = {}
    for place, part in enumerate(parts):
        invoice = part.first
        for other in (*reversed(parts[:place]), *parts[place + 1 :]):  # what stands next to it first
            if invoice and other.last == invoice and _are_pieces(stage, part, other, invoice):
                _move(stage, invoice, *sorted((part, other), key=lambda one: one.number))
                joined[invoice] = None
                break
    if not joined:
        return ()
    named = ", ".join(printable(invoice, 40) for invoice in [*joined][:_MOST_NAMED])
    more = ", …" if len(joined) > _MOST_NAMED else ""
    were, one = ("was", "one") if len(joined) == 1 else ("were", "whole")
    invoices = f"{len(joined):,} invoice{'' if len(joined) == 1 else 's'}"
    return (f"{invoices} that the border of two parts cuts {were} taken as {one}: {named}{more}.",)


def _are_pieces(stage: Stage, one: Staged, other: Staged, invoice: str) -> bool:
    """Whether the lines that both have of an invoice are pieces of it, and not the same lines twice."""
    if (sorted(one.part.columns), one.part.left_out) != (sorted(other.part.columns), other.part.left_out):
        return False
    lines = " UNION ALL ".join(
        f"SELECT {part.number} AS part, stock_code, customer_id, invoice_date::DATE AS day FROM {part.table} "
        "WHERE invoice_no = ? AND reason IS NULL"
        for part in (one, other)
    )
    row = stage.run(
        f"WITH piece AS ({lines}), product AS (SELECT DISTINCT part, stock_code FROM piece) "
        f"SELECT count(*) FILTER (part = {one.number}), count(*) FILTER (part = {other.number}), "
        "count(*) - count(DISTINCT stock_code), "
        "(SELECT count(DISTINCT coalesce(customer_id, '')) = 1 AND count(DISTINCT day) = 1 FROM piece) FROM product",
        [invoice, invoice],
    )[0]
    smaller, repeated, alike = min(row[0], row[1]), row[2], row[3]
    return bool(smaller and alike and 2 * repeated < smaller)


def _move(stage: Stage, invoice: str, earlier: Staged, later: Staged) -> None:
    stage.run(f"INSERT INTO {later.table} FROM {earlier.table} WHERE invoice_no = ?", [invoice])
    stage.run(f"DELETE FROM {earlier.table} WHERE invoice_no = ?", [invoice])
