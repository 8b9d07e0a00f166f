"""From answers to a Report: which sheets, in which order."""

from __future__ import annotations

from datetime import date, datetime

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.checks import Checks, Results
from lgs_excel.analytics.rfm import CustomerSegments
from lgs_excel.report.chart_style import load_style
from lgs_excel.report.context import Context
from lgs_excel.report.excel_text import clean_sheet, clean_text
from lgs_excel.report.model import Report
from lgs_excel.report.sheets.at_risk import at_risk_sheet
from lgs_excel.report.sheets.checks import checks_sheet, verdict
from lgs_excel.report.sheets.customers import customers_sheet
from lgs_excel.report.sheets.definitions import definitions_sheet
from lgs_excel.report.sheets.forecast import forecast_sheet
from lgs_excel.report.sheets.invoices import invoices_sheet
from lgs_excel.report.sheets.orders import orders_sheet
from lgs_excel.report.sheets.products import products_sheet
from lgs_excel.report.sheets.rfm import rfm_customers_sheet, rfm_sheet
from lgs_excel.report.sheets.sales import sales_sheet
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.report.sheets.summary import summary_sheet
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.snapshot import Snapshot

TITLE = "LGS Analytics"
TOP_PRODUCTS = 50


def compose(
    snapshot: Snapshot, settings: Settings, answers: Results, checks: Checks, made_at: datetime,
    said: Options | None = None,
) -> Report:  # fmt: skip
    """The workbook's sheets, in the order in which they are read; with `said`, the options asked for, also Settings.

    Raises SettingsError for a style sheet or a logo of the company's that can't be used.
    """
    context = _context(snapshot, settings, made_at, answers.sales.unfinished)
    drafts = (
        sales_sheet(answers.sales, context),
        forecast_sheet(answers.forecast, context),
        orders_sheet(answers.orders, context),
        invoices_sheet(answers.invoices, context),
        customers_sheet(answers.customers, context),
        rfm_sheet(answers.rfm, context),
        rfm_customers_sheet(answers.rfm, context),
        at_risk_sheet(answers.movement, context),
        products_sheet(answers.products, answers.product_forecast, context),
    )
    cleaned = [clean_sheet(draft) for draft in drafts]
    counts = [("Texts with characters that a workbook can't hold (removed)", sum(changed for _, changed in cleaned))]
    sheets = [*(sheet for sheet, _ in cleaned), checks_sheet(checks, counts, context), definitions_sheet(context)]
    summary, _ = clean_sheet(summary_sheet(answers, checks, sheets, context))
    if said:
        asked, _ = clean_sheet(settings_sheet(snapshot.filters, said, snapshot.countries, context.coverage))
        sheets.append(asked)
    return Report(
        title=TITLE,
        company=clean_text(settings.company),
        made_at=context.made_at,
        sheets=(summary, *sheets),
        facts={
            **identity(snapshot, settings, answers.rfm.recipe),
            "run": context.run,
            "checks": verdict(checks),
            "failed": f"{len(checks.failed)}",
            "lines": f"{checks.lines}",
        },
    )


def compose_customers(snapshot: Snapshot, settings: Settings, rfm: CustomerSegments, made_at: datetime) -> Report:
    """The sheet RFM Customers alone."""
    context = _context(snapshot, settings, made_at, None)  # no months are on it
    sheet, _ = clean_sheet(rfm_customers_sheet(rfm, context))
    facts = identity(snapshot, settings, rfm.recipe)
    return Report(TITLE, clean_text(settings.company), context.made_at, (sheet,), facts)


def _context(snapshot: Snapshot, settings: Settings, made_at: datetime, unfinished: date | None) -> Context:
    return Context(
        company=settings.company,
        period=snapshot.period,
        filters=snapshot.filters.text,
        unfinished=unfinished,
        made_at=made_at.replace(microsecond=0),
        style=load_style(settings.chart_style, settings.logo),
    )


def identity(snapshot: Snapshot, settings: Settings, recipe: str = "default") -> dict[str, str]:
    """What a report is of, whenever it is made: two of one identity tell their reader the same news.

    asked_to: the first day that the reader asked to leave out, "none" if the report reaches as far as the data do.
    """
    end = snapshot.filters.end
    return {
        "data_through": snapshot.period.data_through.isoformat(),
        "asked_to": end.isoformat() if end else "none",
        "filters": clean_text(snapshot.filters.text),
        "rfm": recipe,
        "warehouse": open_warehouse(settings).mark,
    }
