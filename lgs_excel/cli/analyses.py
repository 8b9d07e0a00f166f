"""Any figure in the terminal, and the statements behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lgs_excel.cli.common import filters_of, options_of, progress, settings_of, stock_of, tell, tell_data, tell_table
from lgs_excel.cli.options import (
    ANALYSES,
    Analysis,
    AsOf,
    By,
    Country,
    CustomerId,
    Format,
    From,
    Has,
    Lacks,
    Printed,
    Ranking,
    Recipe,
    Rfm,
    StockFile,
    To,
    Warehouse,
)
from lgs_excel.errors import InputError, nearest
from lgs_excel.formatting import count

if TYPE_CHECKING:
    from pandas import DataFrame

    from lgs_excel.analytics.catalogue import Entry, Options
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import Snapshot

SHOWN = 5  # codes in a message


def show(
    analysis: Analysis,
    form: Printed = Format.TABLE,
    top: Annotated[int | None, typer.Option("--top", help="Only so many products. Default: all.")] = None,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: To = None,
    as_of: AsOf = None,
    rfm: Rfm = Recipe.DEFAULT,
    by: By = Ranking.REVENUE,
    has: Has = None,
    lacks: Lacks = None,
    customer: CustomerId = None,
    stock: StockFile = None,
) -> None:
    """Show any figure in the terminal."""
    entry = _entry(analysis)
    options = _asked(analysis, options_of(rfm, by, top), has, lacks, customer, stock)
    with progress() as say, _snapshot(warehouse, filters_of(country, from_month, to_month, as_of), say) as snapshot:
        table, unknown = _table(snapshot, entry, options)
    if unknown:
        tell(f"Not in the data, and left out: {_codes(unknown)}.", err=True)
    tell_table(table, form)


def sql(
    analysis: Analysis,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: To = None,
    as_of: AsOf = None,
    rfm: Rfm = Recipe.DEFAULT,
    by: By = Ranking.REVENUE,
    has: Has = None,
    lacks: Lacks = None,
    customer: CustomerId = None,
    stock: StockFile = None,
) -> None:
    """Show the statements behind a figure, from the lines on, ready to run on the warehouse."""
    entry = _entry(analysis)
    options = _asked(analysis, options_of(rfm, by), has, lacks, customer, stock)
    filters = filters_of(country, from_month, to_month, as_of)
    with progress() as say, _snapshot(warehouse, filters, say, from_lines=True) as snapshot:
        entry.table(snapshot, options)
        tell_data("".join(f"{statement};\n\n" for statement in snapshot.statements))


def _asked(
    analysis: str, options: Options, has: str | None, lacks: str | None, customer: str | None, stock: Path | None
) -> Options:
    """With what has-not, customer and buy-list are about, which no other analysis takes."""
    if analysis == "has-not" and not (has and lacks):
        raise InputError("has-not needs two products: --a, which was bought, and --b, which was not; such as 22697.")
    if analysis == "customer" and not customer:
        raise InputError("customer needs a customer's number: --id, such as 17850.")
    for option, value, its in (
        ("--a", has or lacks, "has-not"),
        ("--id", customer, "customer"),
        ("--stock", stock, "buy-list"),
    ):
        if value and analysis != its:
            raise InputError(f"{option} is for {its}; {analysis} does not take it. Leave it out.")
    items = stock_of(stock)
    return replace(options, has=has or "", lacks=lacks or "", customer=customer or "", stock=items)


def _table(snapshot: Snapshot, entry: Entry, options: Options) -> tuple[DataFrame, tuple[str, ...]]:
    """An analysis, and the codes of the stock file that nobody knows."""
    if not options.stock:
        return entry.table(snapshot, options), ()
    from lgs_excel.analytics.buy_list import buy_list

    found = buy_list(snapshot, options.stock)
    return found.products, found.unknown


def _codes(codes: tuple[str, ...]) -> str:
    """Such as "12 codes of the stock file (A1, A2, A3, …)"."""
    shown = ", ".join(codes[:SHOWN]) + (", …" if len(codes) > SHOWN else "")
    return f"{count(len(codes), 'code')} of the stock file ({shown})"


def _entry(analysis: str) -> Entry:
    if analysis not in ANALYSES:
        raise InputError(f"{analysis!r} is not an analysis.{nearest(analysis, ANALYSES)} Known: {', '.join(ANALYSES)}.")
    from lgs_excel.analytics.catalogue import CATALOGUE, ON_REQUEST

    return (CATALOGUE | ON_REQUEST)[analysis]


@contextmanager
def _snapshot(
    warehouse: str | None, filters: Filters, say: Callable[[str], None], *, from_lines: bool = False
) -> Iterator[Snapshot]:
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(warehouse)
    with open_snapshot(open_warehouse(settings), settings, filters, say, from_lines=from_lines) as snapshot:
        yield snapshot
