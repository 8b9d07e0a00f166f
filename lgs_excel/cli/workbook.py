"""What writes the workbook: into a file, or into the one that is open in Excel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lgs_excel.cli.common import filters_of, options_of, progress, settings_of, stock_of, tell, tell_written
from lgs_excel.cli.options import AsOf, By, Country, From, Ranking, Recipe, ReportOut, Rfm, StockFile, To, Warehouse

if TYPE_CHECKING:
    from lgs_excel.writers.files import Form


def report(
    out: ReportOut,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: To = None,
    as_of: AsOf = None,
    rfm: Rfm = Recipe.DEFAULT,
    by: By = Ranking.REVENUE,
    stock: StockFile = None,
) -> None:
    """Write the workbook: every figure of the warehouse, with charts."""
    from lgs_excel.pipeline import write_report

    items = stock_of(stock)
    with progress() as say:
        made = write_report(
            out,
            settings_of(warehouse),
            filters_of(country, from_month, to_month, as_of),
            replace(options_of(rfm, by), stock=items),
            say=say,
            form=_form(out),
        )
    tell_written(out, made)


def refresh(
    book: Annotated[
        str | None,
        typer.Option("--book", metavar="NAME", help="The open workbook. Default: the only one with a Settings sheet."),
    ] = None,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: To = None,
    as_of: AsOf = None,
    rfm: Annotated[Recipe | None, typer.Option("--rfm", help="Default: as the Settings sheet says.")] = None,
    by: Annotated[Ranking | None, typer.Option("--by", help="Default: as the Settings sheet says.")] = None,
) -> None:
    """Fill the workbook that is open in Excel, as its button Refresh all does; Ctrl-C cancels.

    Filters that are given replace all of those on its Settings sheet.
    """
    from lgs_excel.addin import macros
    from lgs_excel.addin.button_context import check_versions
    from lgs_excel.addin.settings_sheet import read_settings_sheet
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.writers import excel

    given = filters_of(country, from_month, to_month, as_of)
    with progress() as say:
        excel.retry_while_busy(lambda: say("Excel is busy: finish editing the cell"))
        found = macros.open_book(book)
        check_versions(found)
        filters, options = read_settings_sheet(found)
        options = replace(options, rfm=rfm.value if rfm else options.rfm, by=by.value if by else options.by)
        wanted = filters if given == Filters() else given
        made = macros.refresh(found, wanted, options, say=say, warehouse=warehouse)
    tell(f"Refreshed {found.name}: data to {made.facts['data_through']}. {made.facts['checks']}")


def _form(out: Path) -> Form:
    """The form of workbook that a name asks for; .xlsx unless it ends with .xlsm."""
    from lgs_excel.writers.headless import XLSX

    if out.suffix.lower() != ".xlsm":
        return XLSX
    from lgs_excel.addin.build.workbook import XLSM

    return XLSM
