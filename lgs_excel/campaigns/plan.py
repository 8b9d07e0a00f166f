"""Whom a campaign writes to: chosen from the warehouse, without those who can't or must not be written to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from lgs_excel import formatting as fmt
from lgs_excel.analytics.has_not import has_not
from lgs_excel.analytics.movement import segment_movement
from lgs_excel.analytics.rfm import SEGMENTS, customer_segments
from lgs_excel.analytics.second_order import second_order_due
from lgs_excel.campaigns.draw import draw_hold_out
from lgs_excel.campaigns.people import Contact, Contacts, Suppressed, stopped_customers
from lgs_excel.campaigns.statistics import smallest_difference
from lgs_excel.errors import InputError, nearest
from lgs_excel.warehouse.snapshot import Snapshot

DAYS = 30  # in which a campaign is to have its effect
PAST_WINDOWS = 12  # of so many days, from which the usual share is known
_NAME = re.compile(r"\w[\w .&+-]{0,59}")


@dataclass(frozen=True)
class Choice:
    """Which customers: those to whom everything applies that is given here. customers: of the file `customers_file`."""

    segment: str = ""
    has: str = ""
    lacks: str = ""
    due: bool = False
    at_risk: bool = False
    customers: frozenset[str] | None = None
    customers_file: str = ""


@dataclass(frozen=True)
class Request:
    """A campaign as it is asked for. hold_out: a share below 1. seed: of the draw. contacts: None where addresses are
    the mail tool's own matter. starts: the first day that counts, None for the snapshot's as-of date.
    """

    name: str
    choice: Choice
    hold_out: float
    seed: int
    contacts: Contacts | None = None
    suppressed: Suppressed = field(default_factory=Suppressed)
    starts: date | None = None
    days: int = DAYS

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise InputError(
                f"{self.name!r} can't be a campaign's name. Allowed: up to 60 letters, digits, spaces and . & + - _, "
                "such as 'Win back May'."
            )
        if not 0 <= self.hold_out < 1:
            raise InputError(f"--hold-out {self.hold_out:.0%} can't be. Give 0% to 99%, such as 10%.")
        if self.days < 1:
            raise InputError(f"--days {self.days} is too few. Give 1 or more, such as {DAYS}.")


@dataclass(frozen=True)
class Plan:
    """A campaign before anything is written. chosen: how its customers were chosen, in words. customers: by
    customer_id: customer_id, email, first_name, last_name, segment, country, spend (pounds), held_out (bool).
    usual_share: of them who buy in so many days, NaN if not known. remarks: who was left out, and what can be learnt,
    in sentences.
    """

    request: Request
    starts: date
    chosen: str
    customers: pd.DataFrame = field(repr=False)
    usual_share: float
    remarks: tuple[str, ...]

    @property
    def mailed(self) -> pd.DataFrame:
        """Those to write to."""
        return self.customers[~self.customers["held_out"]]

    @property
    def held_out(self) -> pd.DataFrame:
        """Those to compare with."""
        return self.customers[self.customers["held_out"]]


def parse_share(text: str, what: str) -> float:
    """A share such as "10%" or "0.1". Raises InputError for what is none; what: it is called so."""
    try:
        return float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise InputError(f"{what} {text!r} is no share. Write it as 10% or 0.1.") from None


def plan_campaign(snapshot: Snapshot, request: Request) -> Plan:
    """Choose the customers, and draw who is held out.

    Raises InputError for a choice that is none or leaves nobody, and a start within the lines that were used.
    """
    period = snapshot.period
    starts = request.starts or period.as_of
    if starts <= period.data_through:
        raise InputError(
            f"--on {starts} is not after the last day that the customers are chosen by, {period.data_through}. Give a "
            "later day, or choose them as of that one with --as-of."
        )
    chosen, customers, nobody = _chosen(snapshot, request.choice)
    customers, remarks = _reachable(customers, request.contacts, request.suppressed)
    remarks = [*nobody, *remarks]
    if customers.empty:
        raise InputError(f"Nobody is left for the campaign ({chosen}). {' '.join(remarks)} Nothing was written.")
    valued = customers.rename(columns={"spend": "value"})
    customers = customers.assign(held_out=draw_hold_out(valued, request.hold_out, request.seed).to_numpy())
    usual = _usual_share(snapshot, customers["customer_id"], request.days)
    learnt = _power(customers["held_out"], usual, request.days)
    return Plan(request, starts, chosen, customers, usual, (*remarks, learnt))


def _chosen(snapshot: Snapshot, choice: Choice) -> tuple[str, pd.DataFrame, list[str]]:
    """The choice in words; and customer_id, segment, country, spend of those chosen, in the order of customer_id;
    and which of a list are nobody, in sentences.
    """
    segments = customer_segments(snapshot)
    customers = segments.customers.rename(columns={"monetary": "spend"})
    words: list[str] = []
    remarks: list[str] = []
    sets: list[frozenset[str]] = []
    if choice.segment:
        names = [segment.name for segment in SEGMENTS]
        segment = {name.casefold(): name for name in names}.get(choice.segment.strip().casefold())
        if segment is None:
            raise InputError(
                f"{choice.segment!r} is no segment.{nearest(choice.segment, names)} Allowed: {', '.join(names)}."
            )
        words.append(f"segment {segment}")
        sets.append(frozenset(customers.loc[customers["segment"] == segment, "customer_id"]))
    if choice.has or choice.lacks:
        if not (choice.has and choice.lacks):
            raise InputError("--has and --not go together: a product that was bought, and one that was not.")
        words.append(f"bought {choice.has.strip().upper()}, not {choice.lacks.strip().upper()}")
        sets.append(frozenset(has_not(snapshot, choice.has, choice.lacks)["customer_id"]))
    if choice.due:
        words.append("due for the second order")
        sets.append(frozenset(second_order_due(snapshot)["customer_id"]))
    if choice.at_risk:
        words.append("customers at risk")
        sets.append(frozenset(segment_movement(snapshot, segments).at_risk["customer_id"]))
    if choice.customers is not None:
        words.append(f"the customers of {Path(choice.customers_file).name}")
        sets.append(choice.customers)
        known = set(customers["customer_id"])
        remarks += _left_out([one not in known for one in choice.customers], "bought nothing in the period")
    if not sets:
        raise InputError(
            "A campaign needs customers. Choose them with --segment NAME, --has CODE --not CODE, --due, --at-risk or "
            "--customers FILE; several together mean those to whom all applies."
        )
    found = customers[customers["customer_id"].isin(frozenset.intersection(*sets))]
    ordered = found.sort_values("customer_id", ignore_index=True)
    return ", ".join(words), ordered[["customer_id", "segment", "country", "spend"]], remarks


def _reachable(
    customers: pd.DataFrame, contacts: Contacts | None, suppressed: Suppressed
) -> tuple[pd.DataFrame, list[str]]:
    """The customers with email, first_name and last_name, without those who can't or must not be written to."""
    remarks = [f"{fmt.count(len(customers), 'customer')} chosen.", *(contacts.remarks if contacts else ())]
    known = contacts.by_customer if contacts else {}
    people = [known.get(customer, Contact("")) for customer in customers["customer_id"]]
    table = customers.assign(
        email=[one.email for one in people],
        first_name=[one.first_name for one in people],
        last_name=[one.last_name for one in people],
    )
    stopped = table["customer_id"].isin(stopped_customers(suppressed, contacts or Contacts()))
    remarks += _left_out(stopped, "must not be written to")
    table = table[~stopped]
    if contacts:
        remarks += _left_out(table["email"] == "", "have no address")
        table = table[table["email"] != ""]
        # One person with two numbers would get two mails, or be held out and get one.
        again = table["email"].str.casefold().duplicated()
        remarks += _left_out(again, "have the address of another one of them")
        table = table[~again]
    return table.reset_index(drop=True), remarks


def _left_out(which: object, why: str) -> list[str]:
    number = int(pd.Series(which, dtype="bool").sum())
    return [f"{number:,} left out, who {why}."] if number else []


def _usual_share(snapshot: Snapshot, customers: pd.Series[str], days: int) -> float:
    """The mean share of these customers who bought in as many days, over the last windows that the history holds."""
    period, rows = snapshot.period, snapshot.history.c
    ends = period.as_of
    windows = min(PAST_WINDOWS, (ends - period.begins).days // days)
    if not windows:
        return float("nan")
    since = ends - timedelta(days=windows * days)
    bought = snapshot.frame(
        sa.select(rows.customer_id, rows.day).where(rows.kind == "sale", rows.day >= since, rows.day < ends).distinct()
    )
    bought = bought[bought["customer_id"].isin(customers)]
    window = (bought["day"] - pd.Timestamp(since)).dt.days // days
    buyers = pd.DataFrame({"customer_id": bought["customer_id"], "window": window}).drop_duplicates()
    return len(buyers) / (windows * len(customers))


def _power(held_out: pd.Series[bool], usual: float, days: int) -> str:
    """What can be learnt, in a sentence."""
    number, others = int(held_out.sum()), int((~held_out).sum())
    groups = f"{others:,} to write to, {number:,} held out."
    if not number:
        return f"{groups} Nobody is held out: what the campaign brings can't be told. Give --hold-out, such as 10%."
    if not others:
        return f"{groups} Nobody is written to. Give a smaller --hold-out."
    if not 0 < usual < 1:
        return f"{groups} How many of them buy in {days} days is not known: the smallest effect can't be said before."
    points = 100 * smallest_difference(usual, others, number)
    return (
        f"{groups} In {days} days {fmt.percent(usual)} of them buy as a rule: a difference of {points:.1f} points or "
        "more will be seen in four cases of five."
    )
