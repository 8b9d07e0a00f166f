"""Campaigns: whom to write to, whom to hold out, and what came of it; and how a person is forgotten."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lgs_excel.cli.common import filters_of, progress, settings_of, tell, tell_table
from lgs_excel.cli.options import AsOf, Country, Format, ListFormat, Printed, Warehouse
from lgs_excel.errors import InputError

campaign = typer.Typer(
    name="campaign",
    help="Write to some customers, hold some out, and learn what it brought.",
    no_args_is_help=True,
)
Days = Annotated[
    int | None, typer.Option("--days", min=1, help="Judged by so many days. Default: those that `new` was given.")
]


@campaign.command("new")
def new_campaign(
    name: Annotated[str, typer.Argument(help="A name, such as 'Win back May'.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the lists are written.")],
    segment: Annotated[str | None, typer.Option("--segment", metavar="NAME", help="Customers of this segment.")] = None,
    has: Annotated[
        str | None, typer.Option("--has", metavar="CODE", help="Customers who bought this product; with --not.")
    ] = None,
    lacks: Annotated[str | None, typer.Option("--not", metavar="CODE", help="And not this one.")] = None,
    due: Annotated[bool, typer.Option("--due", help="Customers who are due for their second order.")] = False,
    at_risk: Annotated[bool, typer.Option("--at-risk", help="Good customers who slipped.")] = False,
    customers: Annotated[
        Path | None, typer.Option("--customers", metavar="FILE.csv", help="Customers of this list.")
    ] = None,
    contacts: Annotated[
        Path | None,
        typer.Option(
            "--contacts", metavar="FILE.csv", help="E-mail addresses by customer number. Without: lists of numbers."
        ),
    ] = None,
    suppress: Annotated[
        Path | None,
        typer.Option("--suppress", metavar="FILE.csv", help="Who must not be written to: numbers or addresses."),
    ] = None,
    hold_out: Annotated[
        str, typer.Option("--hold-out", metavar="SHARE", help="How many are held out, to compare with: 10% or 0.1.")
    ] = "10%",
    form: Annotated[ListFormat, typer.Option("--format", help="Which mail tool the list is for.")] = ListFormat.GENERIC,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="YYYY-MM-DD", help="The day of mailing. Default: the day after the last line."),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="The days in which the campaign is to have its effect.")] = 30,
    seed: Annotated[int | None, typer.Option("--seed", help="Draw as that seed does. Default: a new one.")] = None,
    warehouse: Warehouse = None,
    country: Country = None,
    as_of: AsOf = None,
) -> None:
    """Choose customers, draw who is held out, and write the lists: who to write to, and who not.

    The ledger remembers who was in which list, by customer number alone.
    """
    from lgs_excel.campaigns import people
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.new import prepare_campaign, write_campaign
    from lgs_excel.campaigns.plan import Choice, Request, parse_share

    if form is not ListFormat.GENERIC and not contacts:
        raise InputError(f"--format {form.value} needs addresses. Give a file of them with --contacts.")
    listed = people.read_customers(customers) if customers else None
    request = Request(
        name=name,
        choice=Choice(segment or "", has or "", lacks or "", due, at_risk, listed, str(customers or "")),
        hold_out=parse_share(hold_out, "--hold-out"),
        seed=secrets.randbelow(2**31) if seed is None else seed,
        contacts=people.read_contacts(contacts) if contacts else None,
        suppressed=people.read_suppressed(suppress) if suppress else people.Suppressed(),
        starts=_day(on),
        days=days,
    )
    settings, filters, ledger = (
        settings_of(warehouse),
        filters_of(country, None, None, as_of),
        default_campaign_ledger(),
    )
    with progress() as say:
        plan = prepare_campaign(settings, filters, ledger, request, say)
    for remark in plan.remarks:
        tell(remark)
    for file in write_campaign(settings, ledger, plan, out, form.value):
        tell(f"Wrote {file}.")
    tell(f"From {plan.starts} on: `lgs-excel campaign result {_quoted(name)}` says what it brought.")


@campaign.command("list")
def list_campaigns(form: Printed = Format.TABLE, days: Days = None, warehouse: Warehouse = None) -> None:
    """List the campaigns with what came of each."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.new import results
    from lgs_excel.campaigns.result import results_table

    table = results_table(results(settings_of(warehouse), default_campaign_ledger(), None, days))
    if form is Format.TABLE:
        if table.empty:
            tell("No campaign of this warehouse yet. Make one with `lgs-excel campaign new`.")
            return
        table = table[["campaign", "chosen", "starts", "mailed", "held_out", "days_seen", "verdict"]]
    tell_table(table, form)


@campaign.command("result")
def campaign_result(
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    days: Days = None,
    form: Printed = Format.TABLE,
    warehouse: Warehouse = None,
) -> None:
    """Say what a campaign brought: those who were written to against those who were held out."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.new import results
    from lgs_excel.campaigns.result import result_sentences, results_table

    found = results(settings_of(warehouse), default_campaign_ledger(), name, days)
    if form is not Format.TABLE:
        tell_table(results_table(found), form)
        return
    for sentence in result_sentences(found[0]):
        tell(sentence)


@campaign.command("drop")
def drop_campaign(name: Annotated[str, typer.Argument(help="The campaign's name.")]) -> None:
    """Take a campaign out of the ledger, with all its customers. Its lists are left to you."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger

    dropped = default_campaign_ledger().drop(name)
    tell(f"Dropped {dropped.name}. Its lists, if you kept them, are in {dropped.folder}.")


def forget(
    customer: Annotated[str, typer.Option("--customer", metavar="ID", help="The customer's number.")],
) -> None:
    """Take a customer out of all campaigns, and say where else the number still stands."""
    from lgs_excel.campaigns.ledger import default_campaign_ledger
    from lgs_excel.campaigns.lists import lists_with
    from lgs_excel.campaigns.people import customer_number
    from lgs_excel.user_cache import clear_user_cache

    number = customer_number(customer)
    if not number:
        raise InputError(f"--customer {customer!r} is no customer number. Give one, such as 17850.")
    clear_user_cache()
    campaigns = default_campaign_ledger().forget(number)
    names = ", ".join(one.name for one in campaigns)
    tell(f"Took customer {number} out of: {names}." if names else f"Customer {number} was in no campaign.")
    for one in campaigns:
        for file in lists_with(number, Path(one.folder), one.name):
            tell(f"The list {file} still has the customer: delete it, or the line.")
    tell(
        "Sales in the warehouse are IT's: UPDATE retail SET customer_id = NULL WHERE customer_id = … keeps every sum "
        "(see docs/it-guide.md), and an export that has the number brings it back. Mail tools and mailed workbooks are "
        "not reached from here. What was kept of the last reports on this computer is deleted."
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"--on {text!r} is no day. Write it as YYYY-MM-DD, such as 2011-12-12.") from None


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
