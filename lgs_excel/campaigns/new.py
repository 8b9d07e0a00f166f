"""From a choice to the lists and the ledger, and from the ledger to results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lgs_excel.campaigns.ledger import Campaign, CampaignLedger
from lgs_excel.campaigns.lists import write_lists
from lgs_excel.campaigns.plan import Plan, Request, plan_campaign
from lgs_excel.campaigns.result import CampaignResult, campaign_result
from lgs_excel.errors import InputError
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.snapshot import open_snapshot

Say = Callable[[str], None]


def prepare_campaign(
    settings: Settings, filters: Filters, ledger: CampaignLedger, request: Request, say: Say = lambda _: None
) -> Plan:
    """Choose and draw; nothing is written. Raises InputError for a name that is taken, and a choice of nobody."""
    ledger.require_new(request.name)
    say("Choosing the customers")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        return plan_campaign(snapshot, request)


def write_campaign(
    settings: Settings, ledger: CampaignLedger, plan: Plan, folder: Path, form: str
) -> tuple[Path, Path]:
    """Write the lists into `folder` and the campaign into the ledger: all of it, or nothing.

    form: of `FORMATS`. Raises InputError for a name that is taken, and a list that is there already.
    """
    request = plan.request
    campaign = Campaign(
        name=request.name,
        warehouse=open_warehouse(settings).mark,
        starts=plan.starts,
        days=request.days,
        chosen=plan.chosen,
        hold_out=request.hold_out,
        seed=request.seed,
        folder=str(folder.absolute()),
        mailed=frozenset(plan.mailed["customer_id"]),
        held_out=frozenset(plan.held_out["customer_id"]),
    )
    files: tuple[Path, ...] = ()
    try:
        with ledger.adding(campaign):
            files = mail, held = write_lists(plan, folder, form)
    except BaseException:  # such as a ledger whose disk is full at the last moment
        for file in files:
            file.unlink(missing_ok=True)
        raise
    return mail, held


def results(
    settings: Settings, ledger: CampaignLedger, name: str | None = None, days: int | None = None
) -> list[CampaignResult]:
    """What came of the campaign of that name, or of all of this warehouse, the newest first; in its
    own days, or in so many others.

    Raises InputError for a name that there is none of, or that is of another warehouse.
    """
    warehouse = open_warehouse(settings)
    every = [one for one in ledger.campaigns() if one.warehouse == warehouse.mark]
    asked = every if name is None else [ledger.campaign(name)]
    if name and asked[0] not in every:
        raise InputError(
            f"The campaign {asked[0].name!r} is of another warehouse than {warehouse}. Name that one with --warehouse."
        )
    if not asked:
        return []
    with open_snapshot(warehouse, settings) as snapshot:
        return [campaign_result(snapshot, one, every, days or one.days) for one in asked]
