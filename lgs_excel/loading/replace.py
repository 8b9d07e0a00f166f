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
    """Control totals: lines, their quantity, and quantity × unit_price."""

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
    `examples` names some; `other` ones look like another piece of what was before, not like a later version of it,
    `other_examples` names some; `repeated` came in more than one part; `mended` only got lines that were rejected
    before.
    """

    new: int = 0
    unchanged: int = 0
    replaced: int = 0
    mended: int = 0
    shrunk: int = 0
    repeated: int = 0
    examples: tuple[str, ...] = ()
    other: int = 0
    other_examples: tuple[str, ...] = ()


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
    other = _other_pieces(target, lines, known=known)
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
    return Replacement(before, after, replaced, _invoices(target, other))


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


def _other_pieces(target: Target, lines: str, *, known: bool) -> list[str]:
    """The invoices whose standing version has less than half of the products of an earlier one (or the other way
    round, if it is the smaller) on the same day, for the same customer: pieces of one invoice that came apart look so.
    One line against one line is a product that was corrected.
    """
    some = "(SELECT invoice_no FROM change WHERE NOT same AND NOT shrunk AND (gives_way OR repeated))"
    if not target.run(f"SELECT 1 FROM {some} LIMIT 1"):
        return []
    columns = "invoice_no, stock_code, coalesce(customer_id, '') AS customer, invoice_date::DATE AS day"
    every = f"SELECT part, {columns} FROM ({lines}) WHERE invoice_no IN {some}"
    if known:
        every += f" UNION ALL SELECT {_BEFORE}, {columns} FROM existing WHERE invoice_no IN {some}"
    rows = target.run(f"""
        WITH line AS (
            SELECT invoice_no, least(part, standing) AS part, standing, stock_code, (customer, day) AS whose
            FROM ({every}) JOIN change USING (invoice_no)
        ),
        piece AS (
            SELECT invoice_no, part, standing, count(DISTINCT stock_code) AS products, count(*) AS lines,
                min(whose) AS first, max(whose) AS last
            FROM line GROUP BY ALL
        ),
        product AS (SELECT DISTINCT invoice_no, part, standing, stock_code FROM line),
        shared AS (
            SELECT invoice_no, old.part, count(*) AS products
            FROM product AS old JOIN product AS new USING (invoice_no, stock_code)
            WHERE new.part = new.standing AND old.part < old.standing GROUP BY ALL
        )
        SELECT DISTINCT old.invoice_no
        FROM piece AS old JOIN piece AS new USING (invoice_no)
            LEFT JOIN shared ON (shared.invoice_no, shared.part) = (old.invoice_no, old.part)
        WHERE new.part = new.standing AND old.part < old.standing AND old.lines + new.lines > 2
            AND (old.first, old.last) = (new.first, new.first) AND new.first = new.last
            AND 2 * coalesce(shared.products, 0) < least(old.products, new.products)
        ORDER BY 1""")
    return [str(invoice) for (invoice,) in rows]


def _invoices(target: Target, other: list[str]) -> Invoices:
    row = target.run(
        f"SELECT count(*) FILTER (NOT known), count(*) FILTER (known AND same AND standing > {_BEFORE}), "
        "count(*) FILTER (gives_way AND NOT same), count(*) FILTER (known AND NOT gives_way), "
        "count(*) FILTER (shrunk), count(*) FILTER (repeated) FROM change"
    )[0]
    examples = target.run("SELECT invoice_no FROM change WHERE shrunk ORDER BY 1 LIMIT 5")
    new, unchanged, replaced, mended, shrunk, repeated = (int(count) for count in row)
    named = tuple(example for (example,) in examples)
    return Invoices(new, unchanged, replaced, mended, shrunk, repeated, named, len(other), tuple(other[:5]))


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
