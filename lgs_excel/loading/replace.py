"""The lines of the invoices in a load replace those invoices' lines in `retail`, and the totals prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from lgs_excel.errors import WarehouseError
from lgs_excel.loading import rollups
from lgs_excel.loading.stage import Stage
from lgs_excel.loading.targets import Target
from lgs_excel.warehouse.connect import Engine
from lgs_excel.warehouse.lines import exported_lines
from lgs_excel.warehouse.rollups import can_be_kept, fresh, remember
from lgs_excel.warehouse.schema import COLUMNS

_COLUMN_LIST = ", ".join(COLUMNS)
# The part that stands for what the warehouse held before.
_BEFORE = -1


@dataclass(frozen=True)
class Totals:
    """Control totals: lines, their quantity, and quantity x unit_price in GBP."""

    lines: int = 0
    quantity: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: Totals) -> Totals:
        return Totals(self.lines + other.lines, self.quantity + other.quantity, self.amount + other.amount)

    def __sub__(self, other: Totals) -> Totals:
        return Totals(self.lines - other.lines, self.quantity - other.quantity, self.amount - other.amount)


@dataclass(frozen=True)
class Invoices:
    """What happened to the invoices of a load. `shrunk` of the replaced ones have fewer lines than a version before,
    `examples` names some; `repeated` came in more than one part; `mended` only got lines that were rejected before.
    """

    new: int = 0
    unchanged: int = 0
    replaced: int = 0
    mended: int = 0
    shrunk: int = 0
    repeated: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replacement:
    """What a load did to `retail`: `replaced` are the lines that gave way, by part."""

    before: Totals
    after: Totals
    replaced: dict[int, Totals]
    invoices: Invoices


def summarise(stage: Stage) -> None:
    """Make the stage's table `invoice`: one row an invoice and part, with totals and a fingerprint of its lines.

    Lines that mend rejected ones add to what there is of their invoice; a part's version of an invoice with any
    other line replaces it.
    """
    stage.run(
        f"CREATE TABLE invoice AS SELECT invoice_no, part, bool_and(mends IS NOT NULL) AS adds, {_VERSION} "
        f"FROM ({stage.lines()}) GROUP BY invoice_no, part"
    )


_HASHED = ", ".join(
    # The same types on both sides of the comparison: DuckDB's hash of a number depends on its type.
    {"quantity": "quantity::BIGINT", "unit_price": "unit_price::DECIMAL(18, 4)"}.get(column, f"{column}")
    for column in COLUMNS
)
_VERSION = (
    "count(*) AS lines, sum(quantity)::HUGEINT AS quantity, sum(amount)::DECIMAL(38, 4) AS amount, "
    f"sum(hash({_HASHED})::HUGEINT) AS fingerprint"
)


def replace_invoices(
    target: Target, connection: sa.Connection, engine: Engine, retail: sa.TableClause, lines: str
) -> Replacement:
    """Replace, and keep the rollups up to date; `lines` is the SELECT of the stage's good lines. An unchanged invoice
    is left as it is.

    Raises WarehouseError where the totals do not come out, which rolls everything back.
    """
    before = totals(connection, retail)
    keep = can_be_kept(connection, engine, retail)
    is_fresh = keep and (not before.lines or fresh(connection, engine) is not None)
    invoice = f"{target.prefix}invoice"
    versions = f"SELECT invoice_no, part, adds, lines, quantity, amount, fingerprint FROM {invoice}"
    if before.lines:
        target.find_existing()
        versions += (
            f" UNION ALL SELECT invoice_no, {_BEFORE}, false, {_VERSION} FROM (SELECT *, quantity::BIGINT * "
            "unit_price::DECIMAL(18, 4) AS amount FROM existing) GROUP BY invoice_no"
        )
    # The version that stands is the last that does not only add; later additions come on top of it.
    target.run(
        "CREATE TEMP TABLE version AS SELECT *, coalesce(max(part) FILTER (NOT adds) OVER same, "
        f"{_BEFORE}) AS standing FROM ({versions}) WINDOW same AS (PARTITION BY invoice_no)"
    )
    target.run(_CHANGE)
    known = before.lines > 0
    appended = f"SELECT {_COLUMN_LIST} FROM ({lines})"
    if known or target.run("SELECT 1 FROM change WHERE repeated LIMIT 1"):  # else all of them are new, and come once
        appended += (
            " AS l WHERE EXISTS (FROM change AS c "
            "WHERE l.invoice_no = c.invoice_no AND NOT c.same AND l.part >= c.standing)"
        )
    added_up = target.replace_lines(
        _GIVES_WAY if known else None,
        appended,
        meanwhile=lambda: is_fresh and rollups.add_up(target, appended, known=known),
    )
    if added_up:
        rollups.write(target, known=known)
    elif keep:
        rollups.make_anew(connection, retail)
    if keep:
        remember(connection, engine)
    replaced = _replaced(target)
    loaded = Totals(*_totals_row(target.run(f"SELECT {_SUMS} FROM {invoice}")[0]))
    after = totals(connection, retail)
    expected = before + loaded - sum(replaced.values(), Totals())
    if after != expected:
        raise WarehouseError(
            f"The control totals do not come out: {_shown(expected)} expected after the load, {_shown(after)} found. "
            "Does the table 'retail' round prices, or do triggers change it? Nothing was changed."
        )
    return Replacement(before, after, replaced, _invoices(target))


# One row an invoice: `same` if nothing has to be written, `gives_way` if lines of the warehouse are replaced.
_CHANGE = f"""
    CREATE TEMP TABLE change AS
    SELECT invoice_no, any_value(standing) AS standing,
        count(*) FILTER (part = {_BEFORE}) > 0 AS known,
        known AND any_value(standing) > {_BEFORE} AS gives_way,
        known AND bool_and(part <= standing)
            AND max(fingerprint) FILTER (part = {_BEFORE}) = max(fingerprint) FILTER (part = standing)
            AND max(lines) FILTER (part = {_BEFORE}) = max(lines) FILTER (part = standing) AS same,
        coalesce(sum(lines) FILTER (part >= standing) < max(lines) FILTER (part < standing), false) AS shrunk,
        count(*) FILTER (part > {_BEFORE}) > 1 AS repeated
    FROM version GROUP BY invoice_no"""

_GIVES_WAY = "SELECT invoice_no FROM change WHERE gives_way AND NOT same"
_SUMS = "coalesce(sum(lines), 0), coalesce(sum(quantity), 0), coalesce(sum(amount), 0)"


def _replaced(target: Target) -> dict[int, Totals]:
    rows = target.run(f"SELECT standing, {_SUMS} FROM version WHERE part < standing GROUP BY standing")
    return {int(row[0]): Totals(*_totals_row(row[1:])) for row in rows}


def _invoices(target: Target) -> Invoices:
    row = target.run(
        f"SELECT count(*) FILTER (NOT known), count(*) FILTER (known AND same AND standing > {_BEFORE}), "
        "count(*) FILTER (gives_way AND NOT same), count(*) FILTER (known AND NOT gives_way), "
        "count(*) FILTER (shrunk), count(*) FILTER (repeated) FROM change"
    )[0]
    examples = target.run("SELECT invoice_no FROM change WHERE shrunk ORDER BY 1 LIMIT 5")
    new, unchanged, replaced, mended, shrunk, repeated = (int(count) for count in row)
    named = tuple(example for (example,) in examples)
    return Invoices(new, unchanged, replaced, mended, shrunk, repeated, named)


def totals(connection: sa.Connection, retail: sa.TableClause) -> Totals:
    """The control totals of `retail` now."""
    lines = exported_lines(retail).subquery()
    quantity = sa.cast(lines.c.quantity, sa.BigInteger)
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.sum(quantity), sa.func.sum(quantity * lines.c.unit_price)).select_from(lines)
    ).one()
    return Totals(*_totals_row([value or 0 for value in row]))


def _totals_row(row: Sequence[object]) -> tuple[int, int, Decimal]:
    lines, quantity, amount = (Decimal(str(value)) for value in row)
    return int(lines), int(quantity), amount


def _shown(totals: Totals) -> str:
    return f"{totals.lines:,} lines, {totals.quantity:,} pieces, {totals.amount:,.2f}"
