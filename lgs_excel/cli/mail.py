"""What mails the workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lgs_excel.cli.common import filters_of, options_of, progress, settings_of, tell, tell_delivery
from lgs_excel.cli.options import AsOf, Country, From, Ranking, Recipe, Rfm, Warehouse


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
    with_customers: Annotated[bool, typer.Option("--with-customers", help="With the lists of customers.")] = False,
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
    from lgs_excel.delivery.mailing import plan_mailing
    from lgs_excel.pipeline import report_to_send, send_report, write_preview

    settings = settings_of(warehouse)
    mailing = plan_mailing(settings, to or (), pdf=pdf, customers=with_customers, again=again, file=file)
    filters, options = filters_of(country, from_month, to_month, as_of), options_of(rfm, Ranking.REVENUE)
    with progress() as say:
        made, workbook = report_to_send(file, settings, mailing, filters, options, tell=not preview, say=say)
        if preview:
            held = write_preview(preview, made, settings, mailing, workbook=workbook, say=say)
        else:
            delivery = send_report(made, settings, mailing, workbook=workbook, say=say)
    if preview:
        tell(" ".join([f"Wrote {preview}, the mail to {mailing.recipients[0]}; nothing was sent.", *held]))
    else:
        tell_delivery(delivery)
        delivery.check()
