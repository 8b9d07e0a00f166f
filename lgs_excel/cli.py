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
    from lgs_excel.delivery.send import Delivery
    from lgs_excel.loading.inbox import Emptied
    from lgs_excel.report.model import Report
    from lgs_excel.settings import Settings
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.warehouse.snapshot import Snapshot
    from lgs_excel.writers.files import Form

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


class Listing(StrEnum):
    """How `doctor` prints."""

    TABLE = "table"
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


ANALYSES = (
    "invoices", "orders", "sales", "customers", "rfm-segments", "rfm-customers", "products", "forecast",
    "forecast-backtest", "product-forecast", "changes", "movement", "at-risk", "checks",
)  # fmt: skip
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
ReportOut = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="The workbook to write: .xlsx, or .xlsm with macros and the ribbon."),
]
NoSend = Annotated[bool, typer.Option("--no-send", help="Mail nothing, whoever mail_to names.")]
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
    out: ReportOut,
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
            out,
            _settings(warehouse),
            _filters(country, from_month, to_month, as_of),
            _options(rfm, by),
            say=say,
            form=_form(out),
        )
    _tell_written(out, made)


@app.command()
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
    from dataclasses import replace

    from lgs_excel.addin import macros
    from lgs_excel.addin.asked import asked
    from lgs_excel.addin.desk import check_versions
    from lgs_excel.warehouse.filters import Filters
    from lgs_excel.writers import excel

    given = _filters(country, from_month, to_month, as_of)
    with _progress() as say:
        excel.tame(lambda: say("Excel is busy: finish editing the cell"))
        found = macros.open_book(book)
        check_versions(found)
        filters, options = asked(found)
        options = replace(options, rfm=rfm.value if rfm else options.rfm, by=by.value if by else options.by)
        wanted = filters if given == Filters() else given
        made = macros.refresh(found, wanted, options, say=say, warehouse=warehouse)
    typer.echo(f"Refreshed {found.name}: data to {made.facts['data_through']}. {made.facts['checks']}")


@app.command()
def send(
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="Who gets it. Can be repeated. Default: the setting mail_to."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.xlsx", help="Mail this report, as it is, instead of making one."),
    ] = None,
    preview: Annotated[
        Path | None,
        typer.Option("--preview", metavar="FILE.eml", help="Write the first recipient's mail to a file; send nothing."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send it to those, too, who have it already.")] = False,
    with_customers: Annotated[
        bool, typer.Option("--with-customers", help="With the sheet that lists every customer.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Attach the Summary as a PDF, too (wants LibreOffice).")] = False,
    warehouse: Warehouse = None,
    country: Country = None,
    from_month: From = None,
    to_month: Annotated[
        str | None, typer.Option("--until", metavar="YYYY-MM", help="The last month to show (elsewhere: --to).")
    ] = None,
    as_of: AsOf = None,
    rfm: Rfm = Recipe.DEFAULT,
) -> None:
    """Mail the workbook, with its headline figures in the mail: to each recipient once, however often it is run.

    Exit code 1 if somebody has not got it, or the report was held back: its data are stale, it is empty, or a check
    failed.
    """
    from lgs_excel.delivery.mailing import plan
    from lgs_excel.pipeline import report_to_send, send_report, write_preview

    settings = _settings(warehouse)
    mailing = plan(settings, to or (), pdf=pdf, customers=with_customers, again=again, file=file)
    filters, options = _filters(country, from_month, to_month, as_of), _options(rfm, Ranking.REVENUE)
    with _progress() as say:
        made, workbook = report_to_send(file, settings, mailing, filters, options, tell=not preview, say=say)
        if preview:
            held = write_preview(preview, made, settings, mailing, workbook=workbook, say=say)
        else:
            delivery = send_report(made, settings, mailing, workbook=workbook, say=say)
    if preview:
        typer.echo(" ".join([f"Wrote {preview}, the mail to {mailing.recipients[0]}; nothing was sent.", *held]))
    else:
        _tell_delivery(delivery)
        delivery.check()


@app.command()
def run(inbox: Inbox, out: Out, warehouse: Warehouse = None, no_send: NoSend = False) -> None:
    """Load what is new in a folder, put it away in its done/ or failed/, write the workbook, and mail it.

    For cron and the Task Scheduler: run again, it does nothing. It mails if the setting mail_to names anybody. Exit
    code 1 if a file could not be loaded, whose reason is beside it in failed/, or somebody was not sent the report.
    """
    with _progress() as say:
        done = _run(inbox, out, warehouse, no_send, say)
    _tell_run(inbox, out, *done)


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
    no_send: NoSend = False,
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
            _tell_run(inbox, out, *_run(inbox, out, warehouse, no_send, _log))
        except LgsError as error:
            _log(f"FAILED: {error}")

    keep(once, trigger, _log)


def _run(
    inbox: Path, out: Path, warehouse: str | None, no_send: bool, say: Callable[[str], None]
) -> tuple[Emptied, Report | None, Delivery | None]:
    from lgs_excel.pipeline import run as run_pipeline

    return run_pipeline(inbox, out, _settings(warehouse), send=not no_send, say=say)


def _tell_run(inbox: Path, out: Path, emptied: Emptied, made: Report | None, delivery: Delivery | None) -> None:
    for sentence in emptied.said:
        typer.echo(sentence)
    if made:
        _tell_written(out, made)
    else:
        typer.echo(f"Nothing new in {inbox}: the warehouse and {out} are as they were.")
    if delivery:
        _tell_delivery(delivery)
    if emptied.failed:
        raise InputError(
            f"Files that could not be loaded: {', '.join(emptied.failed)}. The reason is beside each in "
            f"{inbox / 'failed'}; mend them and put them into {inbox} again."
        )
    if delivery:
        delivery.check()


def _tell_delivery(delivery: Delivery) -> None:
    for sentence in delivery.sentences:
        typer.echo(sentence)


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
    """Show the statements behind a figure, from the lines on, ready to run on the warehouse."""
    entry = _entry(analysis)
    options = _options(rfm, by)
    filters = _filters(country, from_month, to_month, as_of)
    with _progress() as say, _snapshot(warehouse, filters, say, from_lines=True) as snapshot:
        entry.table(snapshot, options)
        typer.echo("".join(f"{statement};\n\n" for statement in snapshot.statements), nl=False)


@app.command()
def build_workbook(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsm", help="The workbook to write.")] = Path(
        "LGS_Analytics.xlsm"
    ),
) -> None:
    """Build the workbook with macros and no figures, from its sources: VBA, ribbon, sheets."""
    from lgs_excel.addin.build.workbook import build

    with _progress() as say:
        say("Building")
        build(out)
    typer.echo(f"Wrote {out}: no figures yet. `lgs-excel install` makes a copy that knows this Python.")


@app.command()
def install(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where to. Default: LGS Analytics in your home folder.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where one is already: the old one is kept beside the new.")
    ] = False,
) -> None:
    """Give you the workbook with macros, for this Python to serve, and check the set-up."""
    from lgs_excel.addin.install import install as install_workbook
    from lgs_excel.addin.install import usual_folder
    from lgs_excel.doctor import as_text, examine

    with _progress() as say:
        say("Installing")
        done = install_workbook(folder or usual_folder(), force=force)
        say("Checking the set-up")
        findings = examine(str(done.workbook))
    typer.echo(f"Wrote {done.workbook}" + (f"; the old one is {done.backup}." if done.backup else "."))
    typer.echo(
        "Open it in Excel, allow its macros, and click Refresh all on the tab LGS Analytics.\n"
        "If Excel says that macros are blocked: close it, right-click the file, Properties, tick Unblock;\n"
        "or let IT make its folder a Trusted Location (docs/it-guide.md)."
    )
    typer.echo(f"\n{as_text(findings)}")


@app.command()
def doctor(
    book: Annotated[str | None, typer.Option("--book", metavar="FILE", help="Also look at this workbook.")] = None,
    warehouse: Warehouse = None,
    form: Annotated[Listing, typer.Option("--format", help="table to read; json: one array of records.")] = (
        Listing.TABLE
    ),
) -> None:
    """Check this machine's set-up, and say how to mend what is wrong. Exit code 1 if something is."""
    from lgs_excel.doctor import Level, as_json, as_text, examine

    with _progress() as say:
        say("Checking the set-up")
        findings = examine(book, warehouse=warehouse)
    typer.echo(as_json(findings) if form is Listing.JSON else as_text(findings))
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)


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


def _form(out: Path) -> Form:
    """The form of workbook that a name asks for; .xlsx unless it ends with .xlsm."""
    from lgs_excel.writers.headless import XLSX

    if out.suffix.lower() != ".xlsm":
        return XLSX
    from lgs_excel.addin.build.workbook import XLSM

    return XLSM


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

    settings = _settings(warehouse)
    with open_snapshot(open_warehouse(settings), settings, filters, say, from_lines=from_lines) as snapshot:
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
