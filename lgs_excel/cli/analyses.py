"""Any figure in the terminal, and the statements behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from lgs_excel.cli.common import filters_of, options_of, progress, settings_of, tell_data, tell_table
from lgs_excel.cli.options import (
    ANALYSES,
    Analysis,
    AsOf,
    By,
    Country,
    Format,
    From,
    Printed,
    Ranking,
    Recipe,
    Rfm,
    To,
    Warehouse,
)
from lgs_excel.errors import InputError, nearest

if TYPE_CHECKING:
    from lgs_excel.analytics.catalogue import Entry
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import Snapshot


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
) -> None:
    """Show any figure in the terminal."""
    entry = _entry(analysis)
    options = options_of(rfm, by, top)
    with progress() as say, _snapshot(warehouse, filters_of(country, from_month, to_month, as_of), say) as snapshot:
        table = entry.table(snapshot, options)
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
) -> None:
    """Show the statements behind a figure, from the lines on, ready to run on the warehouse."""
    entry = _entry(analysis)
    options = options_of(rfm, by)
    filters = filters_of(country, from_month, to_month, as_of)
    with progress() as say, _snapshot(warehouse, filters, say, from_lines=True) as snapshot:
        entry.table(snapshot, options)
        tell_data("".join(f"{statement};\n\n" for statement in snapshot.statements))


def _entry(analysis: str) -> Entry:
    if analysis not in ANALYSES:
        raise InputError(f"{analysis!r} is not an analysis.{nearest(analysis, ANALYSES)} Known: {', '.join(ANALYSES)}.")
    from lgs_excel.analytics.catalogue import CATALOGUE

    return CATALOGUE[analysis]


@contextmanager
def _snapshot(
    warehouse: str | None, filters: Filters, say: Callable[[str], None], *, from_lines: bool = False
) -> Iterator[Snapshot]:
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(warehouse)
    with open_snapshot(open_warehouse(settings), settings, filters, say, from_lines=from_lines) as snapshot:
        yield snapshot
