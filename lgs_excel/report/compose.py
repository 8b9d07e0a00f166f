"""From answers to a Report: which sheets, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.checks import Checks, Results
from lgs_excel.analytics.rfm import CustomerSegments
from lgs_excel.analytics.trading_days import unfinished_month
from lgs_excel.report.chart_style import load_style
from lgs_excel.report.context import Context
from lgs_excel.report.excel_text import clean_sheet, clean_text
from lgs_excel.report.inputs import Inputs
from lgs_excel.report.model import Report, Sheet
from lgs_excel.report.product_names import with_names
from lgs_excel.report.sheets.at_risk import at_risk_sheet
from lgs_excel.report.sheets.buy_list import buy_list_sheet
from lgs_excel.report.sheets.campaigns import campaigns_sheet
from lgs_excel.report.sheets.checks import checks_sheet, verdict
from lgs_excel.report.sheets.cohorts import cohorts_sheet
from lgs_excel.report.sheets.countries import countries_sheet
from lgs_excel.report.sheets.customer import customer_sheet, empty_customer_sheet
from lgs_excel.report.sheets.customers import customers_sheet
from lgs_excel.report.sheets.definitions import definitions_sheet, with_ways
from lgs_excel.report.sheets.forecast import forecast_sheet
from lgs_excel.report.sheets.invoices import invoices_sheet
from lgs_excel.report.sheets.orders import orders_sheet
from lgs_excel.report.sheets.pairs import pairs_sheet
from lgs_excel.report.sheets.products import products_sheet
from lgs_excel.report.sheets.rfm import rfm_customers_sheet, rfm_sheet
from lgs_excel.report.sheets.sales import sales_sheet
from lgs_excel.report.sheets.season import season_sheet
from lgs_excel.report.sheets.second_order import second_order_sheet
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.report.sheets.summary import SUMMARY, known_customers, summary_sheet
from lgs_excel.report.sheets.this_week import this_week_sheet
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.snapshot import Snapshot

TITLE = "LGS Analytics"


@dataclass(frozen=True)
class ForMacros:
    """What a workbook with macros shows besides. options, inputs: what was asked for. customer: the page of the one to
    look up, or why there is none. campaigns: the columns of `results_table`.
    """

    options: Options
    inputs: Inputs
    customer: pd.DataFrame | str
    campaigns: pd.DataFrame


def compose(
    snapshot: Snapshot, settings: Settings, answers: Results, tasks: pd.DataFrame, checks: Checks, made_at: datetime,
    for_macros: ForMacros | None = None,
) -> Report:  # fmt: skip
    """The workbook's sheets, in the order in which they are read; with `for_macros` also those that only a workbook
    with macros has. tasks: the columns of this-week.

    Raises SettingsError for a style sheet or a logo of the company's that can't be used.
    """
    context = _context(snapshot, settings, made_at, answers.sales.unfinished)
    answers = with_names(answers)
    drafts = (
        this_week_sheet(tasks, context),
        sales_sheet(answers.sales, context),
        forecast_sheet(answers.forecast, context),
        orders_sheet(answers.orders, answers.order_hours, context),
        invoices_sheet(answers.invoices, context),
        countries_sheet(answers.countries, context),
        *(_about_customers(answers, settings, context) if for_macros or known_customers(answers) else ()),
        products_sheet(answers.products, answers.product_details, answers.product_forecast, context),
        buy_list_sheet(answers.buy_list, settings, context),
        pairs_sheet(answers.pairs, settings, context),
        season_sheet(answers.seasons, settings, context),
        *(_macro_sheets(for_macros, context) if for_macros else ()),
    )
    cleaned = [clean_sheet(draft) for draft in drafts]
    counts = [("Texts with characters that a workbook can't hold (removed)", sum(changed for _, changed in cleaned))]
    sheets = [*(sheet for sheet, _ in cleaned), checks_sheet(checks, counts, context)]
    definitions = definitions_sheet(context, {SUMMARY, *(sheet.title for sheet in sheets)})
    sheets = [with_ways(sheet, definitions) for sheet in (*sheets, definitions)]
    summary, _ = clean_sheet(summary_sheet(answers, tasks, checks, sheets, context))
    if for_macros:
        asked, _ = clean_sheet(
            settings_sheet(
                snapshot.filters,
                for_macros.options,
                snapshot.countries,
                context.coverage,
                settings,
                for_macros.inputs.stock_file,
            )
        )
        sheets.append(with_ways(asked, definitions))
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


def _about_customers(answers: Results, settings: Settings, context: Context) -> tuple[Sheet, ...]:
    """The sheets that a shop whose lines name no customer has nothing for."""
    return (
        customers_sheet(answers.customers, context),
        cohorts_sheet(answers.cohorts, context),
        second_order_sheet(answers.second_orders, context),
        rfm_sheet(answers.rfm, answers.movement, settings, context),
        rfm_customers_sheet(answers.rfm, context),
        at_risk_sheet(answers.movement, context),
    )


def _macro_sheets(shown: ForMacros, context: Context) -> tuple[Sheet, ...]:
    number = shown.inputs.customer
    return (
        empty_customer_sheet(number, shown.customer, context.coverage)
        if isinstance(shown.customer, str)
        else customer_sheet(shown.customer, number, context),
        campaigns_sheet(shown.campaigns, shown.inputs.campaign, context.coverage),
    )


def compose_customer(
    snapshot: Snapshot, settings: Settings, page: pd.DataFrame, number: str, made_at: datetime
) -> Report:
    """The sheet Customer alone. page: the columns of the analysis customer."""
    context = _context(snapshot, settings, made_at, unfinished_month(snapshot.period, settings))
    return _alone(customer_sheet(page, number, context), settings, context, identity(snapshot, settings))


def compose_campaigns(
    snapshot: Snapshot, settings: Settings, campaigns: pd.DataFrame, inputs: Inputs, made_at: datetime
) -> Report:
    """The sheet Campaigns alone. campaigns: the columns of `results_table`."""
    context = _context(snapshot, settings, made_at, None)  # no months are on it
    sheet = campaigns_sheet(campaigns, inputs.campaign, context.coverage)
    return _alone(sheet, settings, context, identity(snapshot, settings))


def compose_customers(snapshot: Snapshot, settings: Settings, rfm: CustomerSegments, made_at: datetime) -> Report:
    """The sheet RFM Customers alone."""
    context = _context(snapshot, settings, made_at, None)  # no months are on it
    facts = identity(snapshot, settings, rfm.recipe)
    return _alone(rfm_customers_sheet(rfm, context), settings, context, facts)


def _alone(draft: Sheet, settings: Settings, context: Context, facts: dict[str, str]) -> Report:
    """A sheet as it is in the workbook, without the others."""
    sheet, _ = clean_sheet(with_ways(draft, definitions_sheet(context)))
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
    end, own = snapshot.filters.end, (settings.rfm_recency, settings.rfm_orders, settings.rfm_value)
    return {
        "data_through": snapshot.period.data_through.isoformat(),
        "asked_to": end.isoformat() if end else "none",
        "filters": clean_text(snapshot.filters.text),
        "rfm": " ".join([recipe, *(str(one) for one in own if one)]),
        "warehouse": open_warehouse(settings).mark,
    }
