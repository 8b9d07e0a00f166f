"""Everything at once: load, write, mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lgs_excel.cli.common import progress, settings_of, tell, tell_delivery, tell_written
from lgs_excel.cli.options import Inbox, NoSend, Out, Warehouse
from lgs_excel.errors import InputError

if TYPE_CHECKING:
    from lgs_excel.delivery.send import Delivery
    from lgs_excel.loading.inbox import Emptied
    from lgs_excel.report.model import Report


def run(inbox: Inbox, out: Out, warehouse: Warehouse = None, no_send: NoSend = False) -> None:
    """Load what is new in a folder, put it away in its done/ or failed/, write the workbook, and mail it.

    For cron and the Task Scheduler: run again, it does nothing. It mails if the setting mail_to names anybody. Exit
    code 1 if a file could not be loaded, whose reason is beside it in failed/, or somebody was not sent the report.
    """
    with progress() as say:
        done = _run(inbox, out, warehouse, no_send, say)
    _tell_run(inbox, out, *done)


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
        _tell_run(inbox, out, *_run(inbox, out, warehouse, no_send, _log))

    keep(once, trigger, _log)


def _run(
    inbox: Path, out: Path, warehouse: str | None, no_send: bool, say: Callable[[str], None]
) -> tuple[Emptied, Report | None, Delivery | None]:
    from lgs_excel.pipeline import run as run_pipeline

    return run_pipeline(inbox, out, settings_of(warehouse), send=not no_send, say=say)


def _tell_run(inbox: Path, out: Path, emptied: Emptied, made: Report | None, delivery: Delivery | None) -> None:
    for sentence in emptied.said:
        tell(sentence)
    if made:
        tell_written(out, made)
    else:
        tell(f"Nothing new in {inbox}: the warehouse and {out} are as they were.")
    if delivery:
        tell_delivery(delivery)
    if emptied.failed:
        raise InputError(
            f"Files that could not be loaded: {', '.join(emptied.failed)}. The reason is beside each in "
            f"{inbox / 'failed'}; mend them and put them into {inbox} again."
        )
    if delivery:
        delivery.check()


def _log(text: str) -> None:
    tell(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}", err=True)  # noqa: DTZ005 - the reader's own clock
