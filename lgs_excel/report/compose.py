"""From answers to a Report: which sheets, in which order."""

from __future__ import annotations

from datetime import datetime

from lgs_excel.analytics.checks import Answers, Checks
from lgs_excel.report.context import Context
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
from lgs_excel.report.sheets.summary import summary_sheet
from lgs_excel.report.text import clean_sheet, clean_text
from lgs_excel.settings import Settings
from lgs_excel.warehouse.snapshot import Snapshot

TITLE = "LGS Analytics"
TOP_PRODUCTS = 50


def compose(snapshot: Snapshot, settings: Settings, answers: Answers, checks: Checks, made_at: datetime) -> Report:
    """The workbook's sheets, in the order in which they are read."""
    context = Context(
        company=settings.company,
        period=snapshot.period,
        filters=snapshot.filters.text,
        unfinished=answers.sales.unfinished,
        made_at=made_at.replace(microsecond=0),
    )
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
    return Report(
        title=TITLE,
        company=clean_text(settings.company),
        made_at=context.made_at,
        sheets=(summary, *sheets),
        facts={
            "data_through": context.period.data_through.isoformat(),
            "filters": context.filters,
            "run": context.run,
            "checks": verdict(checks),
        },
    )
