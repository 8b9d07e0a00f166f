"""What came of a campaign: those who were written to against those who were held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import sqlalchemy as sa

from lgs_excel import formatting as fmt
from lgs_excel.campaigns.ledger import Campaign
from lgs_excel.campaigns.statistics import Interval, difference_of_means, difference_of_shares
from lgs_excel.warehouse.snapshot import Snapshot

_NONE = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class CampaignResult:
    """seen: of its `days` days, how many the data hold. bought, bought_too: customers of the mailed and of the held out
    with a sale in these days; net, net_too: their net sales for each customer, in pounds. share, money: the
    differences, None where nothing may be said. together: other campaigns at the same time, and how many customers
    were in both.
    """

    campaign: Campaign
    days: int
    seen: int
    bought: int
    bought_too: int
    net: float
    net_too: float
    share: Interval | None
    money: Interval | None
    together: tuple[tuple[str, int], ...]

    @property
    def verdict(self) -> str:
        """In a few words; never a claim that the interval does not carry."""
        mailed, held = len(self.campaign.mailed), len(self.campaign.held_out)
        if self.seen < self.days:
            return f"too early: {self.seen} of {self.days} days"
        if not mailed or not held:
            return "nobody to compare with"
        if self.share is None or not self.share.is_clear:
            return "too small to tell"
        return "more bought" if self.share.value > 0 else "fewer bought"


def campaign_result(snapshot: Snapshot, campaign: Campaign, others: Sequence[Campaign], days: int) -> CampaignResult:
    """What the customers of a campaign bought in its first `days` days. others: all campaigns of the ledger."""
    period = snapshot.period
    seen = max(0, min(days, (period.data_through - campaign.starts).days + 1))
    sales = _sales(snapshot, campaign, days)
    groups = [sales.reindex(sorted(ids), fill_value=0.0) for ids in (campaign.mailed, campaign.held_out)]
    bought, bought_too = (int((group["sales"] > 0).sum()) for group in groups)
    net, net_too = (group["net"].to_numpy("float64") for group in groups)
    comparable = seen == days and len(net) > 0 and len(net_too) > 0
    return CampaignResult(
        campaign,
        days,
        seen,
        bought,
        bought_too,
        float(net.mean()) if len(net) else float("nan"),
        float(net_too.mean()) if len(net_too) else float("nan"),
        difference_of_shares(bought, len(net), bought_too, len(net_too)) if comparable else None,
        difference_of_means(net, net_too, campaign.seed) if comparable else None,
        _together(campaign, others, days),
    )


def _sales(snapshot: Snapshot, campaign: Campaign, days: int) -> pd.DataFrame:
    """Sales (sale lines), net (pounds) in the days of the campaign, by customer."""
    rows = snapshot.history.c
    sums = snapshot.frame(
        sa.select(
            rows.customer_id,
            sa.func.coalesce(sa.func.sum(rows.lines).filter(rows.kind == "sale"), 0).label("sales"),
            sa.func.sum(rows.amount).label("net"),
        )
        .where(
            rows.customer_id.is_not(None),
            rows.day >= campaign.starts,
            rows.day < campaign.starts + timedelta(days=days),
        )
        .group_by(rows.customer_id)
    )
    return sums.set_index("customer_id")


def _together(campaign: Campaign, others: Sequence[Campaign], days: int) -> tuple[tuple[str, int], ...]:
    """Other campaigns whose days meet these, and how many customers of this one they wrote to."""
    members = campaign.mailed | campaign.held_out
    found = [
        (other.name, len(members & other.mailed))
        for other in others
        if other.name != campaign.name
        and other.warehouse == campaign.warehouse
        and other.starts < campaign.starts + timedelta(days=days)
        and campaign.starts < other.starts + timedelta(days=other.days)
    ]
    return tuple((name, number) for name, number in found if number)


def result_sentences(result: CampaignResult) -> list[str]:
    """The result as a person reads it."""
    campaign = result.campaign
    mailed, held = len(campaign.mailed), len(campaign.held_out)
    first = fmt.day(campaign.starts)
    sentences = [f"{campaign.name}: {campaign.chosen}; {mailed:,} written to, {held:,} held out, from {first}."]
    if result.verdict.startswith("too early"):
        return [*sentences, f"{result.verdict.capitalize()}. Ask again when the days are over and loaded."]
    for name, bought, number, net in (
        ("written to", result.bought, mailed, result.net), ("held out", result.bought_too, held, result.net_too),
    ):  # fmt: skip
        if number:
            share = fmt.percent(bought / number)
            each = fmt.pence(net)
            sentences.append(f"Of those {name}, {bought:,} of {number:,} bought ({share}); {each} a customer.")
    if result.share is None:
        return [*sentences, "Nobody to compare with: what the campaign brought can't be told."]
    difference = result.share
    claim = "More bought for the campaign" if difference.value > 0 else "Fewer bought for the campaign"
    sentences.append(
        f"{claim if difference.is_clear else 'Too small to tell'}: {_points(difference.value)} points "
        f"(95% interval {_points(difference.low)} to {_points(difference.high)})."
    )
    if result.money is None:
        sentences.append(fmt.in_currency("Too few bought to say what it brought in pounds."))
    else:
        low, value, high = (mailed * figure for figure in (result.money.low, result.money.value, result.money.high))
        clear = "" if result.money.is_clear else ", which may be nothing"
        sentences.append(
            f"Net sales that the campaign brought: {fmt.money(value)} (95% interval {fmt.money(low)} to "
            f"{fmt.money(high)}){clear}."
        )
    sentences += [
        f"{fmt.count(number, 'customer')} of it also got the campaign {name!r} at the time."
        for name, number in result.together
    ]
    return sentences


def results_table(results: Sequence[CampaignResult]) -> pd.DataFrame:
    """A row a campaign: campaign, chosen, starts, days, days_seen, verdict; customers, buyers, share and net sales for
    each customer of both groups; the differences (shares: fractions; net and incremental sales: pounds) with the ends
    of their 95 % intervals, missing where nothing may be said.
    """
    return pd.DataFrame([_record(result) for result in results], columns=[*_COLUMNS])


_COLUMNS = (
    "campaign", "chosen", "starts", "days", "days_seen", "verdict", "mailed", "held_out", "bought_mailed",
    "bought_held_out", "share_mailed", "share_held_out", "difference", "low95", "high95", "net_mailed", "net_held_out",
    "net_difference", "net_low95", "net_high95", "incremental", "incremental_low95", "incremental_high95", "in_others",
)  # fmt: skip


def _record(result: CampaignResult) -> tuple[object, ...]:
    campaign = result.campaign
    mailed, held = len(campaign.mailed), len(campaign.held_out)
    share, money = result.share or _NONE, result.money or _NONE
    return (
        campaign.name, campaign.chosen, pd.Timestamp(campaign.starts), result.days, result.seen, result.verdict,
        mailed, held, result.bought, result.bought_too,
        result.bought / mailed if mailed else np.nan, result.bought_too / held if held else np.nan,
        share.value, share.low, share.high, result.net, result.net_too, money.value, money.low, money.high,
        mailed * money.value, mailed * money.low, mailed * money.high,
        ", ".join(f"{name} ({number})" for name, number in result.together),
    )  # fmt: skip


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", fmt.MINUS)
