"""The command line: each command parses, calls, hands over. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lgs_excel import __version__
from lgs_excel.errors import InputError, LgsError, nearest

if TYPE_CHECKING:
    from lgs_excel.analytics.catalogue import Entry, Options
    from lgs_excel.loading.inbox import Emptied
    from lgs_excel.report.model import Report
    from lgs_excel.settings import Settings
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import Snapshot

app = typer.Typer(
    name="lgs-excel",
    help="London Gift Shop's sales as a finished Excel workbook: from export files to every figure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_debug = False


class Format(StrEnum):
    """How `show` prints."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class DateOrder(StrEnum):
    """What comes first in a date of three numbers."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Recipe(StrEnum):
    """How RFM scores are made."""

    DEFAULT = "default"
    CLASSIC = "classic"


class Ranking(StrEnum):
    """What products are ranked by."""

    REVENUE = "revenue"
    UNITS = "units"
    CUSTOMERS = "customers"


ANALYSES = ("invoices", "orders", "sales", "customers", "rfm-segments", "rfm-customers", "products", "checks")
Analysis = Annotated[str, typer.Argument(help=f"One of: {', '.join(ANALYSES)}.", metavar="ANALYSIS")]
Warehouse = Annotated[
    str | None,
    typer.Option(
        "--warehouse", metavar="URL",
        help="duckdb:///FILE, postgresql://USER@HOST/DATABASE or, only to read, hive://HOST:10000/DATABASE (Spark). "
        "Default: LGS_WAREHOUSE_URL, the settings file, else a DuckDB file in your data folder. Passwords belong in "
        "the environment, not here.",
    ),
]  # fmt: skip
Country = Annotated[
    list[str] | None, typer.Option("--country", metavar="NAME", help="Only this country. Can be repeated.")
]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="The first month to show.")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="The last month to show.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="YYYY-MM-DD", help="As on the morning of this day: its lines and later ones are left out."
    ),
]
Rfm = Annotated[
    Recipe, typer.Option("--rfm", help="Scores: tie-safe (default), or the classic recipe's, for comparison.")
]
By = Annotated[Ranking, typer.Option("--by", help="What products are ranked by.")]
Printed = Annotated[
    Format,
    typer.Option(
        "--format",
        help="table; json: one array of records; csv: text that a spreadsheet would take for a formula gets a leading "
        "apostrophe.",
    ),
]
Inbox = Annotated[Path, typer.Option("--inbox", metavar="FOLDER", help="Where exports are put.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="The workbook to write.")]
Scale = Annotated[float, typer.Option("--scale", help="Size of the demo shop: 1 is about a million lines.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lgs-excel {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and stop.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    global _debug  # noqa: PLW0603 - main() must know it when a command has failed, and commands have no common caller
    _debug = debug


@app.command()
def demo(out: Out = Path("LGS_Analytics_demo.xlsx"), scale: Scale = 1.0) -> None:
    """Make the demo shop's warehouse (once) and write its workbook."""
    from lgs_excel.pipeline import demo_settings, make_demo, write_report
    from lgs_excel.writers.headless import check_target

    check_target(out)
    settings = demo_settings(_settings(None), scale)
    with _progress() as say:
        shop = make_demo(settings, scale, say=say)
        made = write_report(out, settings, say=say)
    lines = f"{shop.after.lines:,} lines" if shop.done else "as it was"
    typer.echo(f"Demo shop: {lines}, in {settings.warehouse_url}")
    _tell_written(out, made)


@app.command()
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
        bool, typer.Option("--decimal-comma", help="Prices are written with a comma: 2,55.")
    ] = False,
    dates: Annotated[
        DateOrder | None, typer.Option("--dates", help="Which comes first in dates such as 01/02/2011.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Such as cp1252.")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Such as ;")] = None,
) -> None:
    """Load exports into the warehouse: all or nothing, and nothing twice."""
    from lgs_excel.loading.load import load as load_files
    from lgs_excel.loading.parts import Stated
    from lgs_excel.warehouse.connect import open_warehouse

    settings = _settings(warehouse)
    stated = Stated(decimal_comma, dates.value if dates else None, encoding, delimiter)
    with _progress() as say:
        done = load_files(
            files,
            open_warehouse(settings),
            settings,
            again=again,
            accept_rejects=accept_rejects,
            stated=stated,
            say=say,
            progress=lambda step, share: say(f"{step} ({share:.0%})"),
        )
    typer.echo(done.text())


@app.command()
def loads(warehouse: Warehouse = None, form: Printed = Format.TABLE) -> None:
    """List what was loaded, the newest first: lines read, loaded, rejected and replaced, and amounts in GBP."""
    from lgs_excel import shown
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.ledger import loads as read_loads

    with open_warehouse(_settings(warehouse)).reading() as connection:
        table = shown.ledger(read_loads(connection))
    typer.echo(shown.FORMATS[form.value](table), nl=False)


@app.command()
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
    from lgs_excel import shown
    from lgs_excel.loading.rejected import export_rejected, rejected_lines
    from lgs_excel.warehouse.connect import open_warehouse

    lines = rejected_lines(open_warehouse(_settings(warehouse)), load_id)
    if out:
        export_rejected(lines, out)
        typer.echo(f"Wrote {out}; rejected lines in it: {len(lines):,}. Mend them there, then: lgs-excel load {out}")
    elif lines or form is not Format.TABLE:
        typer.echo(shown.FORMATS[form.value](shown.quarantine(lines)), nl=False)
    else:
        typer.echo("No line waits to be mended.")


@app.command()
def report(
    out: Out,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: To = None,
    as_of: AsOf = None,
    rfm: Rfm = Recipe.DEFAULT,
    by: By = Ranking.REVENUE,
) -> None:
    """Write the workbook: every figure of the warehouse, with charts."""
    from lgs_excel.pipeline import write_report

    with _progress() as say:
        made = write_report(
            out, _settings(warehouse), _filters(country, from_month, to_month, as_of), _options(rfm, by), say=say
        )
    _tell_written(out, made)


@app.command()
def run(inbox: Inbox, out: Out, warehouse: Warehouse = None) -> None:
    """Load what is new in a folder, put it away in its done/ or failed/, and write the workbook.

    For cron and the Task Scheduler: run again, it does nothing. Exit code 1 if a file could not be loaded; the reason
    is beside it in failed/.
    """
    with _progress() as say:
        emptied, made = _run(inbox, out, warehouse, say)
    _tell_run(inbox, out, emptied, made)


@app.command()
def schedule(
    inbox: Inbox,
    out: Out,
    cron: Annotated[
        str,
        typer.Option(
            "--cron",
            metavar="EXPRESSION",
            help="Minute, hour, day of the month, month and weekday (by name), all of which must match.",
        ),
    ] = "0 7 * * MON",
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="NAME", help="Such as Europe/London. Default: this machine's."),
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Do `run` at the times of a cron expression until stopped (Ctrl-C). What fails is said and tried the next time."""
    from lgs_excel.loading.inbox import check_inbox
    from lgs_excel.schedule import keep, parse_cron
    from lgs_excel.writers.headless import check_target

    trigger = parse_cron(cron, timezone)
    check_inbox(inbox)
    check_target(out)

    def once() -> None:
        try:
            _tell_run(inbox, out, *_run(inbox, out, warehouse, _log))
        except LgsError as error:
            _log(f"FAILED: {error}")

    keep(once, trigger, _log)


def _run(inbox: Path, out: Path, warehouse: str | None, say: Callable[[str], None]) -> tuple[Emptied, Report | None]:
    from lgs_excel.pipeline import run as run_pipeline

    return run_pipeline(inbox, out, _settings(warehouse), say=say)


def _tell_run(inbox: Path, out: Path, emptied: Emptied, made: Report | None) -> None:
    for sentence in emptied.said:
        typer.echo(sentence)
    if made:
        _tell_written(out, made)
    else:
        typer.echo(f"Nothing new in {inbox}: the warehouse and {out} are as they were.")
    if emptied.failed:
        raise InputError(
            f"Files that could not be loaded: {', '.join(emptied.failed)}. The reason is beside each in "
            f"{inbox / 'failed'}; mend them and put them into {inbox} again."
        )


def _log(text: str) -> None:
    typer.echo(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}", err=True)  # noqa: DTZ005 - the reader's own clock


@app.command()
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
    from lgs_excel import shown

    entry = _entry(analysis)
    options = _options(rfm, by, top)
    with _progress() as say, _snapshot(warehouse, _filters(country, from_month, to_month, as_of), say) as snapshot:
        table = entry.table(snapshot, options)
    typer.echo(shown.FORMATS[form.value](table), nl=False)


@app.command()
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
    """Show the statements behind a figure, ready to run on the warehouse."""
    entry = _entry(analysis)
    options = _options(rfm, by)
    with _progress() as say, _snapshot(warehouse, _filters(country, from_month, to_month, as_of), say) as snapshot:
        entry.table(snapshot, options)
        typer.echo("".join(f"{statement};\n\n" for statement in snapshot.statements), nl=False)


def _tell_written(out: Path, made: Report) -> None:
    typer.echo(f"Wrote {out}: {len(made.sheets)} sheets, data to {made.facts['data_through']}. {made.facts['checks']}")


def main() -> None:
    """Run the command line: a stated error is one line on stderr and exit code 1."""
    try:
        app()
    except LgsError as error:
        if _debug:
            raise
        _fail(str(error))
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if _debug:
            raise
        _fail(
            f"Something unforeseen went wrong ({type(error).__name__}: {_one_line(error)}). Nothing was changed. Run "
            "`lgs-excel --debug …` and send what it prints to whoever looks after lgs-excel."
        )


def _fail(message: str) -> None:
    typer.echo(f"lgs-excel: {message}", err=True)
    sys.exit(1)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _settings(warehouse: str | None) -> Settings:
    from lgs_excel.settings import load_settings

    return load_settings(warehouse_url=warehouse)


def _filters(country: list[str] | None, from_month: str | None, to_month: str | None, as_of: str | None) -> Filters:
    from lgs_excel.warehouse.filters import parse_filters

    return parse_filters(country or (), from_month, to_month, as_of)


def _options(rfm: Recipe, by: Ranking, top: int | None = None) -> Options:
    from lgs_excel.analytics.catalogue import Options

    return Options(rfm.value, by.value, top)


def _entry(analysis: str) -> Entry:
    if analysis not in ANALYSES:
        raise InputError(f"{analysis!r} is not an analysis.{nearest(analysis, ANALYSES)} Known: {', '.join(ANALYSES)}.")
    from lgs_excel.analytics.catalogue import CATALOGUE

    return CATALOGUE[analysis]


@contextmanager
def _snapshot(warehouse: str | None, filters: Filters, say: Callable[[str], None]) -> Iterator[Snapshot]:
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = _settings(warehouse)
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        yield snapshot


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done; nothing where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Starting") as status:
        yield lambda text: status.update(f"{text} …")


if __name__ == "__main__":
    main()
