"""The demo shop: two years of invoice lines like a real gift shop's, made up from a seed.

The shop has a clock of its own, which runs as fast as trade does: closed days have no length, a November week is longer
than one in February, and the first year lasts 1. What happens evenly on that clock (customers who come, buy and lapse;
stock counts; fees) has season, weekdays, hours and growth in calendar time. An invoice is one moment on it.

Every draw comes from uniform numbers, the same bits on every machine, in one stream and one order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lgs_excel.errors import InputError
from lgs_excel.loading.demo_catalogue import COUNTRIES, MILS, SLIPS, STOCK_REMARKS, Catalogue, make_catalogue, shuffled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

START = datetime(2023, 12, 1)
END = datetime(2025, 12, 9, 12, 50)
MONTHS = 25  # calendar months that the history touches

# Trade per trading day by day of the year, relative: quiet after New Year, at its peak in late November.
SEASON_DAYS = (1, 20, 45, 75, 105, 135, 166, 196, 227, 245, 260, 288, 305, 320, 334, 343, 357, 366)
SEASON_TRADE = (24, 24, 22, 27, 23, 28, 26, 25, 26, 31, 36, 39, 47, 55, 53, 48, 24, 24)
WEEKDAY_TRADE = np.array([0.95, 1.1, 1.1, 1.25, 0.95, 0, 0.65])  # Monday … Sunday
HOUR_TRADE = np.array([3, 8, 12, 13, 17, 14, 12, 11, 6, 3, 1, 1]) / 101  # from 8, 9, … 19 o'clock
YEARLY_GROWTH = 1.08


@dataclass(frozen=True)
class Buyer:
    """A sort of buyer: odds among customers at home and abroad; visits relative to others; lines of an invoice at the
    shares LINES_SHARES of all invoices; odds of asking for 1, 2, 3, 4 units or 1, 2, 4, 20 packs of a product.
    """

    at_home: float
    abroad: float
    visits: float
    lines: tuple[int, ...]
    amounts: tuple[float, ...]


SINGLES, PACKS = 4, np.array([1, 2, 4, 20])
LINES_SHARES = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1)
BUYERS = (
    Buyer(0.50, 0.25, 0.7, (1, 4, 11, 22, 36, 57, 90, 200), (0.14, 0.13, 0.07, 0.1, 0.41, 0.11, 0.04, 0)),  # retail
    Buyer(0.45, 0.63, 1.2, (1, 3, 7, 15, 26, 40, 62, 140), (0.03, 0.06, 0.04, 0.06, 0.42, 0.27, 0.11, 0.01)),  # trader
    Buyer(0.05, 0.12, 1.8, (1, 2, 3, 8, 18, 34, 70, 120), (0, 0, 0, 0.03, 0.19, 0.24, 0.26, 0.28)),  # wholesaler
    Buyer(0, 0, 0, (1, 1, 4, 38, 160, 275, 540, 1100), (0.62, 0.19, 0.08, 0.05, 0.05, 0.01, 0, 0)),  # web orders
)
WEB = len(BUYERS) - 1  # many consumers' orders on one invoice, and no customer
NOBODY = -1
BULK_PRICE = 0.85  # of the price, from four packs on
WEB_PRICE = 1.96  # of the trade price, as it includes VAT and the shop's own margin

# At scale 1.
LINES = 1_080_000  # about
CUSTOMERS = 6700
WEB_INVOICES = 2900
STOCK_COUNTS = 5000

YEARS_AS_CUSTOMER = 2.2  # on average
ONE_TIME_SHARE = 0.25  # of those who join
VISITS_A_YEAR = ((0, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.999, 1), (0.5, 1.5, 2.8, 5, 8.3, 15, 26, 75, 120))
CANCELLED_SHARE = 0.22  # of customers' invoices, a line or two of each
CANCELLED_LINES = 2.2
# Orders beyond all measure, cancelled within minutes: units, placed, cancelled.
GIANT_ORDERS = (
    (48_000, datetime(2024, 2, 13, 10, 5), datetime(2024, 2, 13, 10, 17)),
    (72_000, datetime(2025, 10, 21, 11, 32), datetime(2025, 10, 21, 11, 40)),
)

HOME = 0  # the United Kingdom's position in COUNTRIES
FIRST_CUSTOMER = 12_001
VISITS_PER_BATCH = 20_000  # about half a million lines, so that memory stays flat at any scale

CREATE = """
CREATE OR REPLACE TABLE {table} (
    invoice_no VARCHAR, stock_code VARCHAR, description VARCHAR, quantity INTEGER, invoice_date TIMESTAMP,
    unit_price DECIMAL(12, 4), customer_id VARCHAR, country VARCHAR
)"""
APPEND = """
INSERT INTO {table}
SELECT
    letter || invoice, demo_code.value, demo_text.value, quantity, $start + to_minutes(minute),
    price_mils / $mils, nullif(customer, $nobody) + $first_customer, demo_country.value
FROM demo_batch
JOIN demo_code ON demo_code.position = code
JOIN demo_text ON demo_text.position = text
JOIN demo_country ON demo_country.position = country
ORDER BY line"""


@dataclass(frozen=True)
class Clock:
    """When `trade[i]` of trade is done, `minutes[i]` have passed since START; both ascend."""

    trade: Floats
    minutes: Floats

    def trade_at(self, moment: datetime) -> float:
        """The trade done by `moment`."""
        return float(np.interp((moment - START) / timedelta(minutes=1), self.minutes, self.trade))

    def minutes_at(self, trade: Floats) -> Integers:
        """Whole minutes since START, all within opening hours."""
        return np.rint(np.interp(trade, self.trade, self.minutes)).astype(np.int64)

    def months_at(self, trade: Floats) -> Integers:
        """Whole months since START."""
        days = np.datetime64(START, "m") + self.minutes_at(trade)
        return (days.astype("datetime64[M]") - np.datetime64(START, "M")).astype(np.int64)


@dataclass(frozen=True)
class Shop:
    """What stays the same while lines are made: the clock, its reading at END, and what is sold."""

    clock: Clock
    end: float
    catalogue: Catalogue
    scale: float


def make_demo_shop(
    connection: duckdb.DuckDBPyConnection, table: str = "demo_line", *, scale: float = 1.0, seed: int = 2010
) -> None:
    """Create or replace `table` with the demo shop's lines of 1 Dec 2023 to 9 Dec 2025 12:50, in date order.

    Columns: invoice_no, stock_code, description, quantity (INTEGER), invoice_date (TIMESTAMP), unit_price
    (DECIMAL(12,4), pounds), customer_id, country; text where no type is named; description and customer_id have nulls.
    Scale 1 is about 1,080,000 lines; a larger shop has more customers and invoices, not longer ones. The same scale and
    seed give the same rows in the same order, on any machine and with any number of threads. Memory beside the table
    itself is nearly flat. Raises InputError for a scale outside 0.01 … 100.
    """
    if not 0.01 <= scale <= 100:
        raise InputError(
            f"The demo shop's scale is {scale}; it must be from 0.01 to 100. Say 1 for about a million lines."
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    clock = _clock(rng)
    shop = Shop(clock, clock.trade_at(END), make_catalogue(rng, round(4000 * scale**0.08), MONTHS), scale)
    visits = _visits(rng, shop)
    single = pd.concat([_slips(rng, shop, visits), _stock_counts(rng, shop), _giant_orders(shop)])
    with _empty_table(connection, table, shop.catalogue) as append:
        for lines in _in_date_order(rng, shop, visits, single):
            append(lines)


def _clock(rng: np.random.Generator) -> Clock:
    """Each opening hour of a trading day lasts as long as season, weekday, hour, growth and luck make it."""
    days = _trading_days()
    age = np.array([(day - START.date()).days for day in days])
    month = np.array([12 * day.year + day.month for day in days])
    trade = np.interp([day.timetuple().tm_yday for day in days], SEASON_DAYS, SEASON_TRADE)
    trade *= WEEKDAY_TRADE[[day.weekday() for day in days]] * YEARLY_GROWTH ** (age / 365)
    trade *= (0.94 + 0.12 * rng.random(MONTHS))[month - month[0]] * (0.8 + 0.4 * rng.random(len(days)))
    hours = (trade[:, np.newaxis] * HOUR_TRADE).ravel()
    opens = (1440 * age[:, np.newaxis] + 60 * np.arange(8, 20)).ravel()
    done = np.cumsum(hours)
    minutes = np.column_stack([opens, opens + 60.0]).ravel()
    clock = Clock(np.column_stack([done - hours, done]).ravel(), minutes)
    return Clock(clock.trade / clock.trade_at(START.replace(year=START.year + 1)), minutes)


def _trading_days() -> list[date]:
    """START … END without Saturdays, English bank holidays, Easter Sundays and 24 December to 3 January."""
    import holidays  # takes 0.2 s to import

    bank_holidays = holidays.country_holidays("GB", subdiv="ENG", years=range(START.year, END.year + 1))
    easter_sundays = {monday - timedelta(days=1) for monday in bank_holidays.get_named("Easter Monday")}
    days = (START.date() + timedelta(days=i) for i in range((END - START).days + 1))
    return [
        day
        for day in days
        if day.isoweekday() != 6
        and "01-04" <= day.strftime("%m-%d") <= "12-23"
        and day not in bank_holidays
        and day not in easter_sundays
    ]


def _visits(rng: np.random.Generator, shop: Shop) -> pd.DataFrame:
    """One row for each invoice of customers and of web orders, in order: at (trade done), customer, buyer, country
    (positions in BUYERS and COUNTRIES). The first is in the first minute and the last at END.
    """
    web_invoices = max(1, round(WEB_INVOICES * shop.scale))
    web = pd.DataFrame({"at": shop.end * rng.random(web_invoices), "customer": NOBODY, "buyer": WEB})
    # A few web orders come from nobody knows where.
    web["country"] = np.where(np.arange(web_invoices) % 100, 0, list(COUNTRIES).index("Unspecified"))
    visits = pd.concat([_customer_visits(rng, shop), web]).sort_values("at", kind="stable", ignore_index=True)
    visits.loc[0, "at"] = 0.0
    visits.loc[len(visits) - 1, "at"] = shop.end
    return visits


def _customer_visits(rng: np.random.Generator, shop: Shop) -> pd.DataFrame:
    """Customers join evenly and lapse by chance, so that the shop has as many at START as at END; who joins buys at
    once, and some never again. One regular from abroad moves to another country halfway.
    """
    count = max(1, round(CUSTOMERS * shop.scale))
    country = _pick(_even(rng, count), np.array([list(COUNTRIES.values())]), np.zeros(count, dtype=np.int64))
    sorts = np.array([[b.at_home for b in BUYERS], [b.abroad for b in BUYERS]])
    buyer = _pick(_even(rng, count), sorts, np.minimum(country, 1))
    visits_a_year = np.interp(_even(rng, count), *VISITS_A_YEAR) * np.array([b.visits for b in BUYERS])[buyer]
    usual_stay = YEARS_AS_CUSTOMER * (1 + visits_a_year / 40)  # regulars are loyal
    joined = np.maximum(0, (shop.end + usual_stay) * _even(rng, count) - usual_stay)
    stays = -usual_stay * np.log1p(-_even(rng, count))
    stays[(joined > 0) & (rng.random(count) < ONE_TIME_SHARE)] = 0
    stays = np.minimum(stays, shop.end - joined)
    again = np.repeat(np.arange(count), (stays * visits_a_year + rng.random(count)).astype(int))
    at = np.concatenate([joined[joined > 0], joined[again] + stays[again] * rng.random(len(again))])
    who = np.concatenate([np.flatnonzero(joined > 0), again])
    lives_in = country[who]
    regular = np.bincount(again, weights=country[again] > 0).argmax()
    theirs = who == regular
    lives_in[theirs & (at > np.median(at[theirs]))] = 1 + country[regular] % (len(COUNTRIES) - 1)  # the next one
    return pd.DataFrame({"at": at, "customer": who, "buyer": buyer[who], "country": lives_in})


def _slips(rng: np.random.Generator, shop: Shop, visits: pd.DataFrame) -> pd.DataFrame:
    """The invoices of one charge each; those of known customers come soon after a visit of theirs."""
    known = visits[visits["customer"] != NOBODY]
    frames = []
    for slip in SLIPS:
        count = max(1, round(slip.a_year * shop.end * shop.scale))
        pounds = slip.lowest + (slip.highest - slip.lowest) * rng.random(count) ** 2
        if slip.lowest != slip.highest:  # in a tiny shop a whole fee would outweigh the sales
            pounds = np.round(pounds * min(1, 10 * shop.scale), 2)
        visit = known.iloc[(0.99 * len(known) * rng.random(count)).astype(int)]
        at = visit["at"] + 1e-3 * rng.random(count) if slip.known else shop.end * rng.random(count)
        charge = shop.catalogue.charge(slip.code)
        by = (
            visit[["customer", "country"]]
            if slip.known
            else pd.DataFrame({"customer": NOBODY, "country": HOME}, visit.index)
        )
        frames.append(
            by.assign(
                at=at,
                letter=slip.letter,
                code=charge,
                text=charge,
                quantity=-1 if slip.letter == "C" else 1,
                price_mils=np.rint(MILS * pounds).astype(np.int64),
            )
        )
    return pd.concat(frames)


def _stock_counts(rng: np.random.Generator, shop: Shop) -> pd.DataFrame:
    """Goods found or lost in the stock room: invoices of one line, without price and customer."""
    count = max(10, round(STOCK_COUNTS * shop.scale))
    found = rng.random(count) < 0.46
    units = np.interp(rng.random(count), (0, 0.25, 0.5, 0.75, 0.95, 1), (1, 2, 9, 40, 400, 4000)).astype(np.int64)
    remark = np.where(found, 5 * rng.random(count), 1 + (len(STOCK_REMARKS) - 1) * rng.random(count)).astype(np.int64)
    return pd.DataFrame(
        {
            "at": shop.end * rng.random(count),
            "letter": "",
            "customer": NOBODY,
            "country": HOME,
            "code": (shop.catalogue.products * rng.random(count)).astype(np.int64),
            "text": shop.catalogue.first_remark + remark,
            "quantity": np.where(found, units, -units),
            "price_mils": 0,
        }
    )


def _giant_orders(shop: Shop) -> pd.DataFrame:
    """Each with its cancellation, by a customer who buys nothing else."""
    product = int(np.abs(shop.catalogue.price_mils - 1250).argmin())
    orders = [
        (shop.clock.trade_at(moment), letter, stranger, round(units * min(1, shop.scale)))
        for stranger, (ordered, placed, cancelled) in enumerate(GIANT_ORDERS, start=round(CUSTOMERS * shop.scale))
        for moment, letter, units in ((placed, "", ordered), (cancelled, "C", -ordered))
    ]
    frame = pd.DataFrame(orders, columns=["at", "letter", "customer", "quantity"])
    return frame.assign(country=HOME, code=product, text=product, price_mils=shop.catalogue.price_mils[product])


def _in_date_order(
    rng: np.random.Generator, shop: Shop, visits: pd.DataFrame, waiting: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """The lines of all visits, the `waiting` ones and the cancellations that arise on the way: batches in date order,
    with the number of the invoice and its minute since START.
    """
    number = 400_000 if len(visits) < 400_000 else 1_000_000
    for first in range(0, len(visits), VISITS_PER_BATCH):
        batch, later = visits.iloc[first : first + VISITS_PER_BATCH], visits["at"].iloc[first + VISITS_PER_BATCH :]
        until = later.iloc[0] if len(later) else np.nextafter(shop.end, np.inf)
        goods = _goods(rng, shop, batch)
        waiting = pd.concat([waiting, _cancellations(rng, goods)])
        due = waiting["at"] < until
        lines = pd.concat([goods, _postage(rng, shop.catalogue, batch, goods), waiting[due]])
        lines = lines.sort_values("at", kind="stable", ignore_index=True)
        lines["invoice"] = number + (lines["at"].diff() != 0).cumsum()
        lines["minute"] = shop.clock.minutes_at(lines["at"].to_numpy())
        yield lines.rename_axis("line").reset_index()
        number = int(lines["invoice"].iloc[-1])
        waiting = waiting[~due]


def _goods(rng: np.random.Generator, shop: Shop, visits: pd.DataFrame) -> pd.DataFrame:
    """The product lines that are sold on `visits`, in their order. A product stands on an invoice once; one line in a
    hundred is there twice all the same, as in real exports.
    """
    catalogue, buyers = shop.catalogue, visits["buyer"].to_numpy()
    luck = rng.random(len(visits))
    lines = np.array([np.interp(luck, LINES_SHARES, buyer.lines) for buyer in BUYERS])[buyers, np.arange(len(visits))]
    visit = np.repeat(np.arange(len(visits)), lines.astype(int))
    months = shop.clock.months_at(visits["at"].to_numpy())
    product = _pick(rng.random(len(visit)), catalogue.demand, months[visit])
    once = np.sort(np.unique(visit * catalogue.products + product, return_index=True)[1])
    visit, product = visit[once], product[once]
    amount = _pick(rng.random(len(visit)), np.array([buyer.amounts for buyer in BUYERS]), buyers[visit])
    packs = PACKS[np.maximum(amount - SINGLES, 0)]
    web, count = buyers[visit] == WEB, len(visit)
    price = catalogue.price_mils[product] * np.where(web, WEB_PRICE, np.where(packs >= 4, BULK_PRICE, 1))
    given = ~web & (rng.random(count) < 1e-4)
    goods = pd.DataFrame(
        {
            "at": visits["at"].to_numpy()[visit],
            "letter": "",
            "customer": visits["customer"].to_numpy()[visit],
            "country": visits["country"].to_numpy()[visit],
            "code": product + catalogue.products * (web & (rng.random(count) < 0.01)),
            "text": product + catalogue.products * (rng.random(count) < 0.3),
            "quantity": np.where(amount < SINGLES, amount + 1, packs * catalogue.pack[product]),
            "price_mils": np.where(given, 0, 10 * np.rint(price / 10)).astype(np.int64),
        }
    )
    return goods.loc[goods.index.repeat(1 + (rng.random(count) < 0.01))]


def _cancellations(rng: np.random.Generator, goods: pd.DataFrame) -> pd.DataFrame:
    """Lines of `goods` that are cancelled within weeks, a line or two of an invoice, half of them only in part; such
    lines of one invoice come on one cancellation. Those after END have not happened yet: they are never due.
    """
    invoice = (goods["at"].diff() != 0).cumsum().to_numpy() - 1
    lines = np.bincount(invoice)
    wanted = rng.random(len(lines)) < CANCELLED_SHARE
    delay = 0.001 + 0.08 * rng.random(len(lines)) ** 2
    known = (goods["customer"] != NOBODY).to_numpy() | (rng.random(len(goods)) < 0.1)
    chosen = wanted[invoice] & known & (rng.random(len(goods)) < CANCELLED_LINES / lines[invoice])
    part = np.minimum(1, 2 - 2 * rng.random(len(goods)))
    units = -np.ceil(goods["quantity"] * part).astype(np.int64)
    cancelled = goods.assign(letter="C", at=goods["at"] + delay[invoice], quantity=units)
    return cancelled.iloc[np.flatnonzero(chosen & (goods["price_mils"] > 0))]


def _postage(rng: np.random.Generator, catalogue: Catalogue, visits: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Web postage, an eighth of the goods, on large web invoices; postage on most invoices abroad; rarely carriage."""
    value = (goods["quantity"] * goods["price_mils"]).groupby(goods["at"]).sum().reindex(visits["at"]).to_numpy()
    web, abroad = (visits["buyer"] == WEB).to_numpy(), (visits["country"] != HOME).to_numpy()
    luck = rng.random(len(visits))
    usual_fee = np.array([15, 18, 18, 28, 40])[(5 * rng.random(len(visits))).astype(int)] * MILS
    return pd.concat(
        visits.loc[due, ["at", "customer", "country"]].assign(
            letter="", code=charge, text=charge, quantity=1, price_mils=fee[due].astype(np.int64)
        )
        for charge, due, fee in (
            (catalogue.charge("DOT"), web & (value > 250 * MILS), 10 * np.rint(value / 80)),
            (catalogue.charge("POST"), abroad & ~web & (luck < 0.6), usual_fee),
            (catalogue.charge("C2"), ~web & (luck > 0.993), np.full(len(visits), 50 * MILS)),
        )
    )


def _pick(luck: Floats, odds: Floats, row: Integers) -> Integers:
    """For each entry of `row`, a column of `odds` by the odds in that row and by `luck` from 0 to 1."""
    edges = np.cumsum(odds, axis=1) / odds.sum(axis=1, keepdims=True) + np.arange(len(odds))[:, np.newaxis]
    column: Integers = np.searchsorted(edges.ravel(), row + luck, side="right") - row * odds.shape[1]
    return column.clip(max=odds.shape[1] - 1)  # an edge that should be 1 may fall short by a rounding


def _even(rng: np.random.Generator, count: int) -> Floats:
    """Numbers from 0 to 1 in random order, one in each `count`-th, so that even a small shop is a fair sample."""
    return (shuffled(rng, count) + rng.random(count)) / count


@contextmanager
def _empty_table(
    connection: duckdb.DuckDBPyConnection, table: str, catalogue: Catalogue
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Create `table`; gives what appends a batch of lines to it, in the batch's order, their codes spelled out."""
    name = f'"{table.replace(chr(34), 2 * chr(34))}"'
    lookups: dict[str, Sequence[str | None]] = {
        "demo_code": catalogue.codes,
        "demo_text": catalogue.texts,
        "demo_country": list(COUNTRIES),
    }

    def append(lines: pd.DataFrame) -> None:
        connection.register("demo_batch", lines)
        connection.execute(
            APPEND.format(table=name),
            {"start": START, "mils": MILS, "nobody": NOBODY, "first_customer": FIRST_CUSTOMER},
        )

    for view, values in lookups.items():
        connection.register(view, {"position": np.arange(len(values)), "value": np.array(values, dtype=object)})
    try:
        connection.execute(CREATE.format(table=name))
        yield append
    finally:
        for view in (*lookups, "demo_batch"):
            connection.unregister(view)
