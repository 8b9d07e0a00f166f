"""What is to be done this week, for whom, and what is at stake?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from lgs_excel import formatting as fmt
from lgs_excel.analytics.checks import Results
from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.has_not import buyers_of
from lgs_excel.analytics.movement import GOOD
from lgs_excel.analytics.product_details import cancelled_of_all
from lgs_excel.analytics.products import TOP_PRODUCTS, product_name, product_sums
from lgs_excel.analytics.rfm import segments_as_of
from lgs_excel.analytics.season import next_mail
from lgs_excel.warehouse.snapshot import Snapshot

FEWEST_CUSTOMERS = 5  # of a list that is worth a line
LEAST_SHARE = 0.0002  # of the net sales of twelve months, below which nothing is worth a line
SEASON_AHEAD = timedelta(days=28)  # before its mail must be out
RETURN_DAYS = 90  # of the share of customers who order again
WEEK = timedelta(days=7)

DEFINITION = Definition(
    name="this-week",
    question="What is to be done this week, for whom, and what is at stake?",
    columns={
        "rule": "What the line is about: call, slipped, due, season, buy, cancelled, offer.",
        "task": "What to do, in words.",
        "number": "How many customers, products or units.",
        "money": "What is at stake, in pounds, as the rule reckons it (see the notes).",
        "by": "By which day, where there is one.",
        "new": "How many of these customers were not on the list seven days before.",
        "sheet": "The sheet that has the list.",
    },
    notes=(
        "By money, the most first, one line of each rule at most. A customer is in one line alone.",
        f"A list has {FEWEST_CUSTOMERS} customers or more; a line is worth 0.02% of twelve months' net sales or more.",
        "call: the segment Can't Lose. Money: their net sales of twelve months.",
        "slipped: those of at-risk who are not in call. Money: their net sales of twelve months.",
        (
            f"due: those of second-order-due who are in neither. Money: their first orders' value × the share of "
            f"customers who order again within {RETURN_DAYS} days."
        ),
        (
            "offer: the pair that is in most baskets: the customers, in none of these lines, who bought one of its "
            "products and never the other. Money: their number × the share of baskets with both × what each customer "
            "of the other spent on it."
        ),
        (
            f"season: the next day by which a season's mail must be out, if it is within {SEASON_AHEAD.days} days. "
            "Money: what the season before brought."
        ),
        (
            "buy: with a stock file all that is to be ordered, else the product with the most money in the units that "
            "are expected. Money: expected units × the mean price, with a stock file as far as they are ordered."
        ),
        (
            f"cancelled: of the {TOP_PRODUCTS} most bought products that are cancelled more often than they all, "
            "beyond chance, the one with the most money in it: revenue × the share of its orders that are cancelled."
        ),
    ),
)


@dataclass(frozen=True)
class Task:
    """A line: the columns of `DEFINITION`."""

    rule: str
    task: str
    number: int
    money: float
    sheet: str
    by: date | None = None
    new: int | None = None


@dataclass(frozen=True)
class _Facts:
    """What the rules share. spend: net sales of twelve months, by customer; before: segments seven days ago, by
    customer; revenue, prices: net sales and the mean price of a unit, by product; taken: who is in a line already.
    """

    snapshot: Snapshot
    answers: Results
    spend: pd.Series[float]
    before: pd.Series[str]
    revenue: pd.Series[float]
    prices: pd.Series[float]
    taken: set[str]

    def take(self, customers: pd.Series[str]) -> list[str]:
        """Those who are in no line yet; now they are."""
        found = [customer for customer in customers.tolist() if customer not in self.taken]
        self.taken.update(found)
        return found


def this_week(snapshot: Snapshot, answers: Results) -> pd.DataFrame:
    """The columns of `DEFINITION`: number as int64, money as float64, by as datetime64, new as Int64."""
    sums = product_sums(snapshot).set_index("stock_code")
    facts = _Facts(snapshot, answers, _spend(snapshot), _segments(snapshot), sums["revenue"], _prices(snapshot), set())
    least = LEAST_SHARE * float(facts.spend.sum())
    tasks = [task for rule in RULES for task in rule(facts) if task.money >= max(least, 1)]
    rows = pd.DataFrame([astuple(task) for task in tasks], columns=[*Task.__dataclass_fields__])
    rows = rows.astype({"number": "int64", "money": "float64", "by": "datetime64[s]", "new": "Int64"})
    rows["money"] = rows["money"].round(2)
    ranked = rows.sort_values(["money", "rule"], ascending=[False, True], ignore_index=True)
    return ranked[[*DEFINITION.columns]]


def _call(facts: _Facts) -> Iterator[Task]:
    customers = facts.answers.rfm.customers
    mine = facts.take(customers.loc[customers["segment"] == "Can't Lose", "customer_id"])
    if len(mine) >= FEWEST_CUSTOMERS:
        new = sum(facts.before.get(customer) != "Can't Lose" for customer in mine)
        text = f"Call {fmt.count(len(mine), 'customer')} of the segment Can't Lose: they bought often and have stopped"
        yield Task("call", text, len(mine), _sum(facts.spend, mine), "RFM Customers", new=new)


def _slipped(facts: _Facts) -> Iterator[Task]:
    slipped = facts.answers.movement.at_risk
    mine = facts.take(slipped["customer_id"])
    if len(mine) >= FEWEST_CUSTOMERS:
        now = dict(zip(slipped["customer_id"], slipped["to_segment"], strict=True))
        new = sum(facts.before.get(customer) != now[customer] for customer in mine)
        then = fmt.day(facts.answers.movement.then)
        text = f"Write to {fmt.count(len(mine), 'customer')} who were {' or '.join(GOOD)} on {then} and have slipped"
        yield Task("slipped", text, len(mine), _sum(facts.spend, mine), "Customers at risk", new=new)


def _due(facts: _Facts) -> Iterator[Task]:
    orders = facts.answers.second_orders
    mine = facts.take(orders.due["customer_id"])
    shares = orders.horizons.set_index("days")["share"]
    if len(mine) >= FEWEST_CUSTOMERS and fmt.defined(share := float(shares[RETURN_DAYS])):
        due = orders.due[orders.due["customer_id"].isin(mine)]
        earliest = float(orders.summary["p25_days"].iloc[0])
        new = int((due["days_since"] - WEEK.days < earliest).sum())
        text = f"Bring back {fmt.count(len(mine), 'customer')} who ordered once and are due for their second order"
        yield Task("due", text, len(mine), float(due["value"].sum()) * share, "Second order", new=new)


def _season(facts: _Facts) -> Iterator[Task]:
    period = facts.snapshot.period
    mail = next_mail(facts.answers.seasons, facts.snapshot.settings, period)
    if mail and mail.day <= period.as_of + SEASON_AHEAD:
        text = f"Mail for {mail.theme}: its trade begins about {fmt.day(mail.start)}"
        yield Task("season", text, mail.products, mail.sales, "Season calendar", by=mail.day)


def _buy(facts: _Facts) -> Iterator[Task]:
    orders, settings = facts.answers.buy_list, facts.snapshot.settings
    products = orders.products.assign(worth=orders.products["units"] * orders.products["stock_code"].map(facts.prices))
    if orders.stocked:
        wanted = products[products["order"] > 0]
        if len(wanted):
            text = f"Order {fmt.count(len(wanted), 'product')} now: {wanted['order'].sum():,.0f} units"
            part = np.minimum(wanted["order"] / wanted["units"].where(wanted["units"] > 0), 1.0)
            gone = wanted["runs_out"].min()
            by = None if pd.isna(gone) else gone.date()
            yield Task("buy", text, len(wanted), float((wanted["worth"] * part).sum()), "Buy list", by=by)
    elif len(products) and (worth := products["worth"].max()) > 0:
        first = products.iloc[int(products["worth"].argmax())]
        until = facts.snapshot.period.as_of + timedelta(days=settings.lead_days + settings.review_days - 1)
        high = f"; {first['high80']:,.0f} to be safe" if fmt.defined(first["high80"]) else ""
        text = f"Have {product_name(first)} in stock: about {first['units']:,.0f} sell until {fmt.day(until)}{high}"
        yield Task("buy", text, round(first["units"]), float(worth), "Buy list")


def _cancelled(facts: _Facts) -> Iterator[Task]:
    details = facts.answers.product_details.head(TOP_PRODUCTS).merge(
        facts.answers.products.products[["stock_code", "revenue"]], on="stock_code"
    )
    usual = cancelled_of_all(details)
    often = details[details["low95"] > usual]
    worth = often["revenue"] * often["cancelled_share"]
    if len(often) and worth.max() > 0:
        first = often.iloc[int(worth.argmax())]
        text = (
            f"Find out why {fmt.percent(first['cancelled_share'])} of the orders of {product_name(first)} are "
            f"cancelled: among the {TOP_PRODUCTS} most bought it is {fmt.percent(usual)}"
        )
        yield Task("cancelled", text, int(first["cancelled"]), float(worth.max()), "Products")


def _offer(facts: _Facts) -> Iterator[Task]:
    pairs = facts.answers.pairs
    pairs = pairs[~pairs["variants"].astype(bool)]
    if pairs.empty:
        return
    first = pairs.iloc[0]
    buyers = {end: buyers_of(facts.snapshot, first[f"stock_code_{end}"]) for end in "ab"}
    has, lacks = ("a", "b") if len(buyers["a"] - buyers["b"]) >= len(buyers["b"] - buyers["a"]) else ("b", "a")
    mine = facts.take(pd.Series(sorted(buyers[has] - buyers[lacks]), dtype="object"))
    if len(mine) >= FEWEST_CUSTOMERS:
        share = float(first[f"confidence_{has}{lacks}"])
        each = float(facts.revenue[first[f"stock_code_{lacks}"]]) / len(buyers[lacks])
        one, other = product_name(first, f"_{has}"), product_name(first, f"_{lacks}")
        text = f"Offer {other} to {fmt.count(len(mine), 'customer')} who bought {one} and never that"
        yield Task("offer", text, len(mine), len(mine) * share * each, "Pairs")


RULES: tuple[Callable[[_Facts], Iterator[Task]], ...] = (_call, _slipped, _due, _offer, _season, _buy, _cancelled)


def _sum(spend: pd.Series[float], customers: list[str]) -> float:
    return float(spend.reindex(customers).sum())


def _spend(snapshot: Snapshot) -> pd.Series[float]:
    """Net sales of the twelve months before the as-of date, by customer."""
    rows = snapshot.history.c
    since = snapshot.period.as_of - relativedelta(years=1)
    sums = snapshot.frame(
        sa.select(rows.customer_id, sa.func.sum(rows.amount).label("spend"))
        .where(rows.day >= since, rows.kind.in_(("sale", "cancellation")), rows.customer_id.is_not(None))
        .group_by(rows.customer_id)
    )
    return sums.set_index("customer_id")["spend"]


def _segments(snapshot: Snapshot) -> pd.Series[str]:
    """The segment of each customer seven days before the as-of date."""
    return segments_as_of(snapshot, snapshot.period.as_of - WEEK).set_index("customer_id")["segment"]


def _prices(snapshot: Snapshot) -> pd.Series[float]:
    """The mean price of a unit sold, by product."""
    rows = snapshot.product.c
    sums = snapshot.frame(
        sa.select(rows.stock_code, sa.func.sum(rows.amount).label("gross"), sa.func.sum(rows.units).label("units"))
        .where(rows.is_product, rows.kind == "sale")
        .group_by(rows.stock_code)
    ).set_index("stock_code")
    return sums["gross"] / sums["units"]
