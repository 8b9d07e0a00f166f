"""The whole order of work on one screen: load → snapshot → analyse → compose → write → send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from lgs_excel import formatting as fmt
from lgs_excel.analytics.buy_list import Stock, StockItem
from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import checks, compare
from lgs_excel.analytics.customer import customer
from lgs_excel.analytics.known_answers import KNOWN, Answered
from lgs_excel.analytics.products import TOP_PRODUCTS
from lgs_excel.analytics.rfm import customer_segments
from lgs_excel.analytics.this_week import this_week
from lgs_excel.errors import DeliveryError, InputError
from lgs_excel.files import atomic_write
from lgs_excel.garbage import rarely_collected
from lgs_excel.loading.stock import read_stock
from lgs_excel.report.compose import (
    TITLE,
    ForMacros,
    compose,
    compose_campaigns,
    compose_customer,
    compose_customers,
    identity,
)
from lgs_excel.report.inputs import Inputs
from lgs_excel.report.model import Report
from lgs_excel.report.sheets.customer import HOW
from lgs_excel.settings import APP, Settings
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.load_log import loads
from lgs_excel.warehouse.snapshot import Snapshot, open_snapshot
from lgs_excel.writers import headless
from lgs_excel.writers.files import Form, check_target, write

if TYPE_CHECKING:
    import pandas as pd

    from lgs_excel.delivery.mailing import Mailing
    from lgs_excel.delivery.send import Delivery
    from lgs_excel.loading.inbox import Emptied
    from lgs_excel.loading.load_report import LoadReport

Say = Callable[[str], None]


def demo_settings(settings: Settings, scale: float) -> Settings:
    """`settings` with the demo shop's own embedded warehouse, apart from the real one."""
    file = user_data_path(APP, appauthor=False) / f"demo-{scale:g}.duckdb"
    return replace(settings, warehouse_url=f"duckdb:///{file.as_posix()}")


def make_demo(settings: Settings, scale: float, *, say: Say = lambda _: None) -> LoadReport:
    """Make the demo shop in the warehouse that the settings name; where it is already there, nothing is done."""
    from lgs_excel.loading.load import load_demo  # as `report` and `show` load nothing

    return load_demo(open_warehouse(settings), scale=scale, say=say, progress=lambda step, _: say(step))


def stock_of_file(file: Path) -> Stock:
    """What a stock file says. Raises InputError for one that can't be read."""
    return tuple(StockItem(*row) for row in read_stock(file))


def with_stock(options: Options, inputs: Inputs | None) -> Options:
    """The options with what the stock file says that is named in `inputs`, if one is; errors as of `stock_of_file`."""
    if not inputs or not inputs.stock_file:
        return options
    return replace(options, stock=stock_of_file(inputs.folder / inputs.stock_file))


def make_report(
    settings: Settings,
    filters: Filters | None = None,
    options: Options | None = None,
    *,
    say: Say = lambda _: None,
    made_at: datetime | None = None,
    inputs: Inputs | None = None,
) -> Report:
    """The report of the warehouse that the settings name; made_at: now, unless it is given. inputs: for a workbook with
    macros, which has some more sheets, what its reader typed.
    """
    options = with_stock(options or Options(), inputs)
    say("Reading the lines of the warehouse")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        shown = replace(options, top=options.top or TOP_PRODUCTS)
        known = KNOWN.get(snapshot, shown, lambda: _ask(snapshot, shown, say))
        checked = checks(snapshot, known.answers, known.compared)
        for_macros = _for_macros(snapshot, options, inputs) if inputs else None
    say("Drawing the charts")
    now = made_at or datetime.now()  # noqa: DTZ005 - the reader's own clock
    return compose(snapshot, settings, known.answers, known.tasks, checked, now, for_macros)


def _ask(snapshot: Snapshot, options: Options, say: Say) -> Answered:
    with snapshot.concurrently() as begin:
        answers = answer_all(snapshot, options, say, begin)
    say(CATALOGUE["checks"].definition.question)
    return Answered(answers, compare(snapshot, answers), this_week(snapshot, answers))


def _for_macros(snapshot: Snapshot, options: Options, inputs: Inputs) -> ForMacros:
    page: pd.DataFrame | str = HOW
    if inputs.customer:
        try:
            page = customer(snapshot, inputs.customer)
        except InputError as error:  # such as one who bought nothing there: no reason to show nothing at all
            page = str(error)
    return ForMacros(options, inputs, page, _campaigns(snapshot.settings))


def _campaigns(settings: Settings) -> pd.DataFrame:
    """What came of each campaign of this user and warehouse."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.new import results
    from lgs_excel.campaigns.result import results_table

    return results_table(results(settings, default_campaign_ledger()))


def make_customer_page(
    settings: Settings, number: str, filters: Filters | None = None, *, say: Say = lambda _: None
) -> Report:
    """The sheet Customer alone, of the customer with that number. Raises InputError for one who bought nothing."""
    say("Reading the lines of the warehouse")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        with snapshot.concurrently() as begin:
            page = customer(snapshot, number, begin)
        return compose_customer(snapshot, settings, page, number, datetime.now())  # noqa: DTZ005 - the reader's own clock


def make_campaigns(settings: Settings, inputs: Inputs, *, say: Say = lambda _: None) -> Report:
    """The sheet Campaigns alone."""
    say("Reading what came of the campaigns")
    with open_snapshot(open_warehouse(settings), settings, None, say) as snapshot:
        found = _campaigns(settings)
        return compose_campaigns(snapshot, settings, found, inputs, datetime.now())  # noqa: DTZ005 - the reader's own clock


def make_customer_list(
    settings: Settings,
    filters: Filters | None = None,
    options: Options | None = None,
    *,
    say: Say = lambda _: None,
) -> Report:
    """The customers with their segments alone: nothing else is worked out, and nothing is drawn."""
    say("Reading the lines of the warehouse")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        say(CATALOGUE["rfm-segments"].definition.question)
        segments = customer_segments(snapshot, (options or Options()).rfm)
        now = datetime.now()  # noqa: DTZ005 - the reader's own clock
        return compose_customers(snapshot, settings, segments, now)


@rarely_collected()
def write_report(
    out: Path, settings: Settings, filters: Filters | None = None, options: Options | None = None, *,
    say: Say = lambda _: None, form: Form = headless.XLSX,
) -> Report:  # fmt: skip
    """The same, written to `out` in this form; that it can be written there is checked first."""
    check_target(out, form)
    report = make_report(settings, filters, options, say=say, inputs=Inputs() if form.macros else None)
    say(f"Writing {out}")
    write(report, out, form)
    return report


def send_report(
    report: Report,
    settings: Settings,
    mailing: Mailing | None = None,
    *,
    workbook: bytes | None = None,
    say: Say = lambda _: None,
) -> Delivery:
    """Mail `report` to those who have not got it; mailing: to mail_to, unless it is given.

    workbook: the file to attach, made of `report` unless it is given. What went wrong is in the Delivery, and its
    `check` raises it; raises DeliveryError itself where nothing could be tried.
    """
    from lgs_excel.delivery.delivery_log import default_delivery_log
    from lgs_excel.delivery.mailing import plan_mailing
    from lgs_excel.delivery.send import send

    return send(report, mailing or plan_mailing(settings), settings, default_delivery_log(), workbook, say)


def report_to_send(
    file: Path | None,
    settings: Settings,
    mailing: Mailing,
    filters: Filters | None = None,
    options: Options | None = None,
    *,
    tell: bool = True,
    say: Say = lambda _: None,
) -> tuple[Report, bytes | None]:
    """The report to mail, and the workbook to attach: those of `file`, or a report of the warehouse and None.

    tell: tell the owner if the warehouse gives none.
    """
    from lgs_excel.delivery.attachment import read_report
    from lgs_excel.delivery.delivery_log import default_delivery_log
    from lgs_excel.delivery.owner_notice import notify_owner_on_error

    fmt.use_currency(settings.currency)  # of a file, for which no snapshot is opened
    if file:
        say(f"Reading {file}")
        return read_report(file, customers=mailing.customers)
    with notify_owner_on_error(mailing if tell else None, settings, default_delivery_log()):
        return make_report(settings, filters, options, say=say), None


def write_preview(
    out: Path,
    report: Report,
    settings: Settings,
    mailing: Mailing,
    *,
    workbook: bytes | None = None,
    say: Say = lambda _: None,
) -> tuple[str, ...]:
    """Write the mail to the first recipient into a file; why it would be held back, if so, in sentences."""
    from lgs_excel.delivery.send import held_back, preview

    mail = preview(report, mailing, settings, workbook, say)
    try:
        with atomic_write(out) as file:
            file.write(mail)
    except OSError as error:
        raise DeliveryError(f"{out} can't be written: {error.strerror}. Name another file with --preview.") from error
    return tuple(f"It would be held back: {reason}" for reason in held_back(report, settings))


def run(
    inbox: Path, out: Path, settings: Settings, *, send: bool = True, say: Say = lambda _: None
) -> tuple[Emptied, Report | None, Delivery | None]:
    """Load what is new in the folder `inbox`, write the workbook, and mail it if mail_to is set and `send`.

    No report where the workbook shows all that was ever loaded and everybody has it; no delivery where none was to be
    made.
    """
    from lgs_excel.delivery.delivery_log import default_delivery_log
    from lgs_excel.delivery.mailing import plan_mailing
    from lgs_excel.delivery.owner_notice import notify_owner_on_error
    from lgs_excel.loading.inbox import empty_inbox

    headless.check_target(out)
    mailing = plan_mailing(settings, file=out) if send and settings.mail_to else None
    with notify_owner_on_error(mailing, settings, default_delivery_log()):
        warehouse = open_warehouse(settings)
        emptied = empty_inbox(inbox, warehouse, settings, say=say)
        is_new = emptied.loaded or not _is_current(out, warehouse)
        if not is_new and not (mailing and _is_due(settings, mailing, say)):
            return emptied, None, None
        report = write_report(out, settings, say=say)
    return emptied, report, send_report(report, settings, mailing, say=say) if mailing else None


def _is_due(settings: Settings, mailing: Mailing, say: Say) -> bool:
    """Whether somebody is still to be sent the report of what is in the warehouse: the run before may have died."""
    from lgs_excel.delivery.delivery_log import default_delivery_log
    from lgs_excel.delivery.send import is_due

    with open_snapshot(open_warehouse(settings), settings, None, say) as snapshot:
        return is_due(TITLE, identity(snapshot, settings), mailing, default_delivery_log())


def _is_current(out: Path, warehouse: Warehouse) -> bool:
    """Whether the workbook is there and newer than every load, also one whose run was cut off before it was written."""
    if not out.exists():
        return False
    written = datetime.fromtimestamp(out.stat().st_mtime, UTC)
    with warehouse.reading() as connection:
        return all(load.finished <= written for load in loads(connection))
