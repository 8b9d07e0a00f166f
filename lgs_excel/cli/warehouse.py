"""What fills the warehouse, and what it says of that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lgs_excel.cli.common import progress, settings_of, tell, tell_table, tell_written
from lgs_excel.cli.options import DateOrder, Format, Out, Printed, Scale, Warehouse


def demo(out: Out = Path("LGS_Analytics_demo.xlsx"), scale: Scale = 1.0) -> None:
    """Make the demo shop's warehouse (once) and write its workbook."""
    from lgs_excel.pipeline import demo_settings, make_demo, write_report
    from lgs_excel.writers.headless import check_target

    check_target(out)
    settings = demo_settings(settings_of(None), scale)
    with progress() as say:
        shop = make_demo(settings, scale, say=say)
        made = write_report(out, settings, say=say)
    lines = f"{shop.after.lines:,} lines" if shop.done else "as it was"
    tell(f"Demo shop: {lines}, in {settings.warehouse_url}")
    tell_written(out, made)


def load(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Exports, or folders of them: CSV, SQL dump, XLSX, Parquet.")
    ],
    warehouse: Warehouse = None,
    again: Annotated[bool, typer.Option("--again", help="Load a file that was loaded before.")] = False,
    accept_rejects: Annotated[
        bool, typer.Option("--accept-rejects", help="Load the good lines, however many others are rejected.")
    ] = False,
    decimal_comma: Annotated[
        bool | None,
        typer.Option(
            "--decimal-comma/--decimal-point",
            help="How decimals are written, 2,55 or 2.55, where the numbers do not tell.",
        ),
    ] = None,
    dates: Annotated[
        DateOrder | None, typer.Option("--dates", help="Which comes first in dates such as 01/02/2011.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Such as cp1252.")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Such as ;")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar='FIELD="NAME"',
            help='What the export calls a column: invoice_no="Document". Can be repeated.',
        ),
    ] = None,
    accept_fewer: Annotated[
        bool,
        typer.Option("--accept-fewer", help="Replace invoices even by fewer lines, or by other products, than before."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what a load would do, and change nothing.")] = False,
) -> None:
    """Load exports into the warehouse: all or nothing, and nothing twice."""
    from lgs_excel.loading.columns import named_columns
    from lgs_excel.loading.load import load as load_files
    from lgs_excel.loading.parts import Stated
    from lgs_excel.warehouse.connect import open_warehouse

    settings = settings_of(warehouse)
    names = named_columns(column or ())
    stated = Stated(decimal_comma, dates.value if dates else None, encoding, delimiter, names)
    with progress() as say:
        done = load_files(
            files,
            open_warehouse(settings),
            settings,
            again=again,
            accept_rejects=accept_rejects,
            accept_fewer=accept_fewer,
            dry_run=dry_run,
            stated=stated,
            say=say,
            progress=lambda step, share: say(f"{step} ({share:.0%})"),
        )
    tell(done.text())


def loads(warehouse: Warehouse = None, form: Printed = Format.TABLE) -> None:
    """List what was loaded, the newest first: lines read, loaded, rejected and replaced, and amounts."""
    from lgs_excel import table_formats
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.load_log import loads as read_loads

    with open_warehouse(settings_of(warehouse)).reading() as connection:
        table = table_formats.ledger(read_loads(connection))
    tell_table(table, form)


def rejected(
    warehouse: Warehouse = None,
    load_id: Annotated[int | None, typer.Option("--load", metavar="ID", help="Only of this load.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.csv", help="Write them to a file instead: mend it, and load it like an export."
        ),
    ] = None,
    form: Printed = Format.TABLE,
) -> None:
    """Show the lines that could not be taken, and why; or write them to a file to mend."""
    from lgs_excel import table_formats
    from lgs_excel.loading.rejected_lines import export_rejected, rejected_lines
    from lgs_excel.warehouse.connect import open_warehouse

    lines = rejected_lines(open_warehouse(settings_of(warehouse)), load_id)
    if out:
        export_rejected(lines, out)
        tell(f"Wrote {out}; rejected lines in it: {len(lines):,}. Mend them there, then: lgs-excel load {out}")
    elif lines or form is not Format.TABLE:
        tell_table(table_formats.quarantine(lines), form)
    else:
        tell("No line waits to be mended.")
