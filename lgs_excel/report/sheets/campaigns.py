"""Campaigns: the cells for a new one, and what each brought. Only in a workbook with macros."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import table

TITLE = "Campaigns"
NAME, WHOM, HAS, LACKS = "lgs_CampaignName", "lgs_CampaignWhom", "lgs_CampaignBought", "lgs_CampaignNotBought"
HOLD_OUT, DAYS, TOOL = "lgs_CampaignHoldOut", "lgs_CampaignDays", "lgs_CampaignTool"
CONTACTS, SUPPRESS, FOLDER = "lgs_CampaignContacts", "lgs_CampaignSuppress", "lgs_CampaignFolder"
DUE, AT_RISK = "Due for the second order", "Customers at risk"
TOOLS = ("generic", "mailchimp", "klaviyo", "hubspot")


class FormCell(NamedTuple):
    """A cell for the reader to fill in."""

    name: str
    label: str
    meaning: str
    kind: Kind = Kind.TEXT
    usual: Value = None
    choices: tuple[str, ...] = ()


FORM = (
    FormCell(NAME, "Name", "Such as Win back May. The lists and the results are known by it."),
    FormCell(
        WHOM, "Whom", "A segment, or a list of this workbook.", choices=(*(one.name for one in SEGMENTS), DUE, AT_RISK)
    ),
    FormCell(HAS, "Bought", "A product's code: only customers who bought it; with the next one."),
    FormCell(LACKS, "Not bought", "And who never bought this one."),
    FormCell(
        HOLD_OUT, "Held out", "The share that is not written to, so that the effect can be told.", Kind.SHARE, 0.1
    ),
    FormCell(DAYS, "Days", "In which the campaign is to have its effect.", Kind.COUNT, 30),
    FormCell(
        CONTACTS, "Contacts file", "CSV or Excel with customer numbers and e-mail addresses. Blank: numbers alone."
    ),
    FormCell(SUPPRESS, "Do not write to", "A file of those who must not be written to. Blank: nobody."),
    FormCell(TOOL, "Mail tool", "Which the list is for.", usual=TOOLS[0], choices=TOOLS),
    FormCell(FOLDER, "Folder", "Where the lists go. Blank: the folder Campaigns beside this workbook."),
)
COLUMNS = {
    "campaign": Column("Campaign", Kind.TEXT, 22),
    "chosen": Column("Customers", Kind.TEXT, 30),
    "verdict": Column("Result", Kind.TEXT, 24),
    "starts": Column("From", Kind.DAY),
    "days_seen": Column("Days seen", Kind.COUNT),
    "mailed": Column("Written to", Kind.COUNT),
    "held_out": Column("Held out", Kind.COUNT),
    "share_mailed": Column("Bought of them", Kind.SHARE),
    "share_held_out": Column("Bought of held out", Kind.SHARE),
    "difference": Column("Difference", Kind.POINTS),
    "low95": Column("Low 95%", Kind.POINTS),
    "high95": Column("High 95%", Kind.POINTS),
    "incremental": Column("Net sales brought", Kind.MONEY),
    "incremental_low95": Column("Lowest (95%)", Kind.MONEY),
    "incremental_high95": Column("Highest (95%)", Kind.MONEY),
    "in_others": Column("Also in", Kind.TEXT, 24),
}


def campaigns_sheet(results: pd.DataFrame, form: Mapping[str, Value], coverage: str) -> Sheet:
    """The sheet Campaigns. results: the columns of `results_table`; form: what each cell of `FORM` holds, by name."""
    points = {name: 100 * results[name] for name in ("difference", "low95", "high95")}
    rows = tuple(
        (
            one.label,
            Cell(form.get(one.name, one.usual), one.kind, Mark.INPUT, name=one.name, choices=one.choices),
            one.meaning,
        )
        for one in FORM
    )
    columns = Column("New campaign", Kind.TEXT, 22), Column("Value", Kind.TEXT, 30), Column("Meaning", Kind.TEXT, 24)
    return Sheet(
        title=TITLE,
        finding=_finding(results),
        coverage=coverage,
        blocks=(
            Table("lgs_NewCampaign", columns, rows),
            Note("Campaign on the ribbon makes the lists of it, and says before what can be learnt.", Mark.QUIET),
            *_results(results.assign(**points)),
        ),
    )


def _results(results: pd.DataFrame) -> list[Table | Note]:
    if results.empty:
        return []
    shown = {name: column for name, column in COLUMNS.items() if name != "in_others" or results[name].any()}
    return [
        table("lgs_CampaignResults", results, shown, "What came of each, the newest first"),
        Note(
            "Bought: within the days, at least once. Differences with their 95% intervals; blank where nothing may be "
            "said yet. Net sales brought: those of customers written to, less what the held out say they would have "
            "bought anyway.",
            Mark.QUIET,
        ),
    ]


def _finding(results: pd.DataFrame) -> str:
    if results.empty:
        return "No campaign yet. Fill in the yellow cells, and choose Make the lists of Campaign on the ribbon."
    told = results[~results["verdict"].str.startswith("too early")]
    said = fmt.count(len(results), "campaign")
    if told.empty:
        return f"{said}; the days of none are over."
    newest = told.iloc[0]
    return f"{said}; the newest that is over, {newest['campaign']}: {newest['verdict']}."
