"""From the yellow cells of the sheet Campaigns to a campaign."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from lgs_excel.addin.cell_values import text_in
from lgs_excel.campaigns.people import Suppressed, read_contacts, read_suppressed
from lgs_excel.campaigns.plan import Choice, Request, parse_share
from lgs_excel.errors import InputError, nearest
from lgs_excel.report.model import Value
from lgs_excel.report.sheets.campaigns import (
    AT_RISK,
    CONTACTS,
    DAYS,
    DUE,
    FOLDER,
    FORM,
    HAS,
    HOLD_OUT,
    LACKS,
    NAME,
    SUPPRESS,
    TOOL,
    TOOLS,
    WHOM,
)

_LABELS = {one.name: one.label for one in FORM}


def campaign_request(cells: Mapping[str, Value], beside: Path) -> tuple[Request, Path, str]:
    """The campaign that the cells ask for, the folder of its lists, and the mail tool that they are for.

    cells: what they hold, by name; blank ones are missing. beside: the folder that the names of files begin in. Raises
    InputError for what can't be, with the cell's label.
    """

    def text(name: str) -> str:
        return text_in(cells.get(name))

    def file(name: str) -> Path | None:
        return beside / text(name) if text(name) else None

    if not text(NAME):
        raise InputError("Campaigns, Name is blank. Fill in the yellow cells of the sheet Campaigns, and click again.")
    tool = text(TOOL).lower() or TOOLS[0]
    if tool not in TOOLS:
        raise InputError(
            f"Campaigns, {_LABELS[TOOL]}: {text(TOOL)!r} is not known.{nearest(tool, TOOLS)} Known: {', '.join(TOOLS)}."
        )
    contacts, suppress = file(CONTACTS), file(SUPPRESS)
    if tool != TOOLS[0] and not contacts:
        raise InputError(f"Campaigns, {_LABELS[CONTACTS]} is blank: a list for {tool} needs addresses. Name the file.")
    lists = {DUE.casefold(): DUE, AT_RISK.casefold(): AT_RISK}
    whom = lists.get(text(WHOM).casefold(), text(WHOM))
    request = Request(
        name=text(NAME),
        choice=Choice(
            segment="" if whom in (DUE, AT_RISK) else whom,
            has=text(HAS),
            lacks=text(LACKS),
            due=whom == DUE,
            at_risk=whom == AT_RISK,
        ),
        hold_out=parse_share(text(HOLD_OUT) or "10%", f"Campaigns, {_LABELS[HOLD_OUT]}:"),
        seed=secrets.randbelow(2**31),
        contacts=read_contacts(contacts) if contacts else None,
        suppressed=read_suppressed(suppress) if suppress else Suppressed(),
        days=_whole(text(DAYS) or "30"),
    )
    return request, file(FOLDER) or beside / "Campaigns", tool


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise InputError(f"Campaigns, {_LABELS[DAYS]}: {text!r} is no number of days. Write one such as 30.")
    return int(text)
