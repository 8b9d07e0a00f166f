"""One refresh's view of the warehouse: one transaction, filters applied once, rollups that every analysis shares.

The analyses are small queries on rollups of the lines (`rollups.py`): the ones that the loader keeps in the warehouse,
where these are fresh, else ones that are made from the lines and kept for the session, in temporary tables or, where
there can be none, as common table expressions; the analyses can't tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.schema import CreateTableAs

from lgs_excel.errors import InputError, WarehouseError
from lgs_excel.formatting import use_currency
from lgs_excel.settings import Settings
from lgs_excel.warehouse import rollups, schema
from lgs_excel.warehouse.connect import Engine, Warehouse, can_make_session_tables
from lgs_excel.warehouse.filters import Filters, check_countries, check_months
from lgs_excel.warehouse.lines import as_text, is_product, typed_lines
from lgs_excel.warehouse.months import add_months, month_of, months_between
from lgs_excel.warehouse.schema import found_retail

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Period:
    """The time that a snapshot covers.

    first_month, last_month: the months shown. begins, data_through: the days of the whole history's first line and of
    the last line seen, whatever their country. as_of: the day that "today" is for recency. goes_on: whether the
    shop's lines go on after the last month, so that it is over for certain.
    """

    first_month: date
    last_month: date
    begins: date
    data_through: date
    as_of: date
    goes_on: bool = False

    @property
    def history_month(self) -> date:
        """The first month of the whole history."""
        return month_of(self.begins)

    @cached_property
    def months(self) -> list[date]:
        """Every month shown, in order, also those without a line."""
        return months_between(self.first_month, self.last_month)


class Begin(Protocol):
    """Begins a question; what it gives waits for the answer."""

    def __call__(self, ask: Callable[[Snapshot], T], /) -> Callable[[], T]:
        """`ask` is given the snapshot to ask."""


@dataclass(frozen=True)
class Snapshot:
    """What the analyses query. Valid while its `open_snapshot` block is open.

    line: the lines of the period (columns of `typed_lines`). invoice: their rollup (invoice_no, customer_id,
    country, day, month, kind, lines, units, amount). history_line, history: the same two from the beginning to the end
    of the period.
    materialize: runs a query once and keeps its rows under a name; called again with that name, it gives the same rows.
    known: what `once` was told, whichever of two connections asked.
    stored_rollups: whether the rollups that the warehouse stores are used; fingerprint: of the lines that they are made
    of, None without them. executed: every statement so far.
    """

    warehouse: Warehouse
    connection: sa.Connection
    settings: Settings
    filters: Filters
    period: Period
    countries: tuple[str, ...]
    raw: sa.TableClause
    line: sa.FromClause
    invoice: sa.FromClause
    history: sa.FromClause
    history_line: sa.FromClause
    stored_rollups: bool
    fingerprint: tuple[int, int] | None
    materialize: Callable[[str, sa.Select[Any]], sa.FromClause]
    executed: list[sa.ClauseElement]
    known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """What `ask` gives, which is asked once however many analyses want it. It is not to be changed."""
        if name not in self.known:
            self.known[name] = ask()
        found: T = self.known[name]
        return found

    @cached_property
    def stored_product(self) -> sa.FromClause | None:
        """The kept rollup of the lines of the period by month and product, if there is one: month, country, stock_code,
        description, kind, lines, units, amount; one key in several rows.
        """
        if self.stored_rollups and self.filters.whole_months:
            return self._of_period(schema.rollup_product, schema.rollup_product.c.month, "product_month")
        return None

    @cached_property
    def product(self) -> sa.FromClause:
        """The lines of the period by product: stock_code, description, kind, is_product, lines, units, amount."""
        pattern = self.settings.product_code_pattern
        if (rows := self.stored_product) is not None:
            keys = [rows.c.stock_code, rows.c.description, rows.c.kind]
            sums = [sa.func.sum(rows.c[name]).label(name) for name in ("lines", "units", "amount")]
            added_up = sa.select(*keys, *sums).group_by(*keys)
        else:
            line = self.line.c
            added_up = rollups.added_up(self.line, [line.stock_code, line.description, line.kind])
        products = added_up.subquery("product_kind")
        some = sa.select(products, is_product(products.c.stock_code, pattern).label("is_product"))
        return self.materialize("lgs_product", some.where(products.c.lines > 0))

    @property
    def product_codes(self) -> sa.Select[Any]:
        """The stock codes of the period that are products. To be asked of sums by code: to look at the code of every
        line takes longer than to add them up.
        """
        return sa.select(self.product.c.stock_code).where(self.product.c.is_product)

    @cached_property
    def repeated(self) -> sa.FromClause:
        """The lines of the period that equal another in every column, without the first of each: how many (lines), by
        invoice, country and day.
        """
        if self.stored_rollups:
            return self._of_period(schema.rollup_repeated, schema.rollup_repeated.c.day, "repeated")
        return rollups.repeated(self.line).subquery("repeated")

    @cached_property
    def stored_order(self) -> sa.FromClause | None:
        """The kept rollup of the sale lines of the period by invoice, country and day, if there is one: codes, how many
        different stock codes each has.
        """
        return self._of_period(schema.rollup_order, schema.rollup_order.c.day, "order") if self.stored_rollups else None

    def lines_of(self, invoices: sa.Select[Any] | Sequence[str], *, history: bool = False) -> sa.FromClause:
        """The lines of some invoices alone, of the period or of all of the `history` before its end: the columns of
        `typed_lines`, which are worked out once the lines are chosen. A tenth of the cost where they are few.
        """
        some = sa.select(self.raw).where(as_text(self.raw.c.invoice_no).in_(invoices)).cte("chosen")
        # PostgreSQL would do both at once, and ask every line what is meant for a few.
        chosen = some.prefix_with("MATERIALIZED", dialect="postgresql")
        lines = typed_lines(chosen).subquery("chosen_line")
        begin = None if history else self.period.first_month
        return _narrowed(lines, self.filters, sa.cast(lines.c.invoice_date, sa.Date), "line_of_invoice", begin)

    def sequentially(self, ask: Callable[[Snapshot], T]) -> Callable[[], T]:
        """What asks this snapshot, when it is called."""
        return partial(ask, self)

    @contextmanager
    def concurrently(self) -> Iterator[Begin]:
        """How to begin a question beside others: what it gives waits for the answer. Through a second connection that
        sees the same, in a thread; where there can be none, and where the rollups are this connection's own, in turn.
        """
        if not self.stored_rollups:
            yield self.sequentially
            return
        with self.warehouse.reading_concurrently(self.connection) as connection:
            if connection is None:
                yield self.sequentially
                return
            executed: list[sa.ClauseElement] = []
            other = replace(
                self,
                connection=connection,
                materialize=_materializer(connection, executed, self.warehouse.engine),
                executed=executed,
            )
            thread = ThreadPoolExecutor(1)
            try:
                yield lambda ask: thread.submit(ask, other).result
            finally:
                thread.shutdown(cancel_futures=True)  # after an error nobody waits for what has not begun

    def _of_period(self, rows: sa.FromClause, day: sa.ColumnElement[date], name: str) -> sa.FromClause:
        return _narrowed(rows, self.filters, day, name, self.period.first_month)

    @property
    def statements(self) -> list[str]:
        """Everything that was asked of the warehouse so far, as SQL that can be run as it is."""
        # A named style of parameters, as the engine's own may double each percent sign.
        make_dialect: Any = type(self.connection.dialect)
        dialect = make_dialect(paramstyle="named")
        return [
            str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).strip()
            for statement in self.executed
        ]

    def frame(self, select: sa.Select[*tuple[Any, ...]]) -> pd.DataFrame:
        """The rows of `select`: integers as int64 (Int64 with gaps), exact numbers as float64, dates as datetime64,
        text as str.
        """
        import pandas as pd

        columns = list(select.selected_columns)
        values: list[Any] = [[] for _ in columns]
        with self._execute(select) as result:
            if self.warehouse.engine.gives_columns:
                # Its own columns: no row is ever made, which takes a tenth of the time.
                found = result.cursor.df()
                values = [found.iloc[:, place] for place in range(len(columns))]
            else:
                # By column: pandas takes ten times as long over a list of SQLAlchemy's rows. A few rows at a time:
                # thousands that live at once have Python's garbage collector look through all that there is.
                for some in result.partitions(_ROWS_AT_ONCE):
                    for column, part in zip(values, zip(*some, strict=True), strict=True):
                        column.extend(part)
        return pd.DataFrame({c.name: _series(v, c.type) for c, v in zip(columns, values, strict=True)})

    def record(self, select: sa.Select[*tuple[Any, ...]]) -> dict[str, Any]:
        """The one row of `select`, its exact numbers as Decimal."""
        (record,) = self.rows(select)
        return record

    def rows(self, select: sa.Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
        """The rows of `select`, exact numbers as Decimal."""
        return [dict(row) for row in self._execute(select).mappings()]

    def _execute(self, select: sa.Select[*tuple[Any, ...]]) -> sa.CursorResult[Any]:
        self.executed.append(select)
        return self.connection.execute(select)


@contextmanager
def open_snapshot(
    warehouse: Warehouse,
    settings: Settings,
    filters: Filters | None = None,
    say: Callable[[str], None] = lambda _: None,
    *,
    from_lines: bool = False,
) -> Iterator[Snapshot]:
    """A snapshot of `warehouse` under `filters`; read-only but for its own temporary tables. from_lines: all of it made
    from the lines, whatever rollups the warehouse keeps. What is said of its amounts is in the settings' currency.

    Raises WarehouseError for a warehouse that can't be read, is empty or holds another `retail`, and InputError for
    a country, month or day that is not in the data.
    """
    filters = filters or Filters()
    use_currency(settings.currency)
    with warehouse.reading(say) as connection:
        raw = found_retail(connection, str(warehouse))
        lines = typed_lines(raw).subquery("typed_line")
        executed: list[sa.ClauseElement] = []
        keep = _materializer(connection, executed, warehouse.engine)
        kept_lines = None if from_lines else rollups.fresh(connection, warehouse.engine)
        if kept_lines is None:
            rollup = keep("lgs_invoice", rollups.by_invoice(lines))
        else:
            warehouse.bound_memory(connection, kept_lines[0])
            rollup = schema.rollup_invoice
        first, last, countries = _extent(connection, rollup, str(warehouse))
        check_months(filters, month_of(first), month_of(last))
        filters = replace(filters, countries=check_countries(filters.countries, countries))
        period = _period(connection, rollup, filters, first, last)
        seen = _narrowed(rollup, filters, rollup.c.day, "history")
        day = sa.cast(lines.c.invoice_date, sa.Date)
        yield Snapshot(
            warehouse=warehouse,
            connection=connection,
            settings=settings,
            filters=filters,
            period=period,
            countries=countries,
            raw=raw,
            line=_narrowed(lines, filters, day, "line", period.first_month),
            history_line=_narrowed(lines, filters, day, "history_line"),
            history=seen,
            invoice=_narrowed(rollup, filters, rollup.c.day, "invoice", period.first_month),
            stored_rollups=kept_lines is not None,
            fingerprint=kept_lines,
            materialize=keep,
            executed=executed,
        )


def _extent(connection: sa.Connection, rollup: sa.FromClause, place: str) -> tuple[date, date, tuple[str, ...]]:
    """The days of the first and the last line, and every country."""
    column = rollup.c
    rows = connection.execute(
        sa.select(column.country, sa.func.min(column.day), sa.func.max(column.day))
        .where(column.day.is_not(None))
        .group_by(column.country)
    ).all()
    if not rows:
        raise WarehouseError(
            f"The warehouse {place} is empty: its table `retail` has no lines. Load an export with "
            "`lgs-excel load FILE`, or make the demo shop with `lgs-excel demo`."
        )
    return min(row[1] for row in rows), max(row[2] for row in rows), tuple(sorted(row[0] for row in rows))


def _period(connection: sa.Connection, rollup: sa.FromClause, filters: Filters, first: date, last: date) -> Period:
    """The period under `filters`; its last line is sought in every country, since the data reach that far for all."""

    def last_before(end: date | None) -> date | None:
        if end is None or end > last:
            return last
        day: date | None = connection.scalar(sa.select(sa.func.max(rollup.c.day)).where(rollup.c.day < end))
        return day

    known = last_before(filters.as_of)
    through = last_before(filters.end)
    first_month = filters.from_month or month_of(first)
    if through is None or through < first_month:
        raise InputError(f"The filters ({filters.text}) leave no line. The data run from {first} to {last}.")
    goes_on = bool(filters.to_month and known and known >= add_months(filters.to_month, 1))
    return Period(
        first_month=first_month,
        last_month=filters.to_month if filters.to_month and goes_on else month_of(through),
        begins=first,
        data_through=through,
        as_of=filters.as_of or through + timedelta(days=1),
        goes_on=goes_on,
    )


def _narrowed(
    rows: sa.FromClause, filters: Filters, day: sa.ColumnElement[date], name: str, begin: date | None = None
) -> sa.FromClause:
    """`rows` (a country, a `day`) as far as the filters keep them, from `begin` on if they name a first month."""
    conditions: list[sa.ColumnElement[bool]] = []
    if filters.countries:
        conditions.append(rows.c.country.in_(filters.countries))
    if end := filters.end:
        conditions.append(day < end)
    if filters.from_month and begin:
        conditions.append(day >= begin)
    return sa.select(rows).where(*conditions).subquery(name) if conditions else rows


def _materializer(
    connection: sa.Connection, executed: list[sa.ClauseElement], engine: Engine
) -> Callable[[str, sa.Select[Any]], sa.FromClause]:
    """How a rollup is kept: as a temporary table, or, where there can be none, as a common table expression."""
    kept: dict[str, sa.FromClause] = {}

    def as_table(name: str, select: sa.Select[Any]) -> sa.FromClause:
        if name not in kept:
            create = CreateTableAs(select, name, temporary=True)
            executed.append(create)
            connection.execute(create)
            # By name and columns, so that SQLAlchemy knows the statements on it again at the next refresh.
            columns = (sa.column(column.name, column.type) for column in select.selected_columns)
            kept[name] = sa.table(name, *columns)
        return kept[name]

    return as_table if can_make_session_tables(connection, engine) else lambda name, select: select.cte(name)


def _series(values: list[Any] | pd.Series[Any], kind: sa.types.TypeEngine[Any]) -> pd.Series[Any]:
    import pandas as pd

    if isinstance(values, pd.Series):
        return _typed(values, kind)
    if isinstance(kind, sa.Integer):
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    if isinstance(kind, sa.Numeric | sa.Float):
        return pd.Series(map(_number, values), dtype="float64")
    if isinstance(kind, sa.Date | sa.DateTime):
        return pd.Series(pd.to_datetime(values))
    return pd.Series(values, dtype="str")


def _typed(values: pd.Series[Any], kind: sa.types.TypeEngine[Any]) -> pd.Series[Any]:
    """DuckDB's columns: numbers as they are, or floats where they are large or have gaps."""
    if isinstance(kind, sa.Integer):
        return values.astype("Int64") if values.hasnans else values.astype("int64")
    if isinstance(kind, sa.Numeric | sa.Float):
        return values.astype("float64")
    if isinstance(kind, sa.DateTime):
        return values.astype("datetime64[us]")
    return values.astype("datetime64[s]") if isinstance(kind, sa.Date) else values.astype("str")


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
