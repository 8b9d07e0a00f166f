"""Buy list: how much of each product to order now."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.buy_list import BuyList
from lgs_excel.analytics.product_forecast import BLOCK, WINDOW, OrderRecord
from lgs_excel.analytics.products import product_name
from lgs_excel.report.context import Context
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import printed_first, table
from lgs_excel.settings import Settings

TITLE = "Buy list"
MOST, PRINTED, MOST_CODES = 100, 40, 5
_DEMAND = {
    "stock_code": Column("Code", Kind.TEXT),
    "description": Column("Product", Kind.TEXT, 36),
    "season": Column("Season", Kind.TEXT, 14),
    "units": Column("Expected", Kind.COUNT),
    "high80": Column("High case", Kind.COUNT),
    "change": Column("Change", Kind.CHANGE),
}
_STOCK = {
    "on_hand": Column("On hand", Kind.COUNT),
    "on_order": Column("On order", Kind.COUNT),
    "pack": Column("Pack", Kind.COUNT),
    "order": Column("Order", Kind.COUNT),
    "runs_out": Column("Runs out", Kind.DAY),
}
COLUMNS = _DEMAND | _STOCK


def buy_list_sheet(orders: BuyList, settings: Settings, context: Context) -> Sheet:
    """The sheet Buy list: what is to be ordered, or without a stock file what will be asked for."""
    rows = orders.products[orders.products["order"] > 0] if orders.stocked else orders.products
    rows = rows.assign(season=rows["season"].replace("", None))
    columns = COLUMNS if orders.stocked else _DEMAND
    return Sheet(
        title=TITLE,
        finding=_finding(orders, rows, settings),
        coverage=context.coverage,
        blocks=(
            *(Note(text, Mark.QUIET) for text in _notes(orders, len(rows), settings)),
            *(_record(orders.record) if orders.record else ()),
            *printed_first(len(rows.head(MOST)), PRINTED),
            *([table("lgs_BuyList", rows.head(MOST), columns)] if len(rows) else []),
        ),
        printed=("lgs_BuyList", PRINTED),
        pages=1,
    )


def _notes(orders: BuyList, number: int, settings: Settings) -> list[str]:
    notes = []
    if not orders.products.empty:
        lead, review = settings.lead_days, settings.review_days
        order = "Order: high case − on hand − on order, rounded up to packs; who can order again soon takes less."
        demand = "Demand alone: with a stock file (on the ribbon, or --stock) it says what to order."
        notes = [
            f"For the next {lead + review} days, until the order after this one has come (lead_days, review_days).",
            order if orders.stocked else demand,
            "A season is not known from the last weeks: before one order more, after it less (Season calendar).",
        ]
    if number > MOST:
        notes.append(f"The first {MOST} of {number:,}; all of them: lgs-excel show buy-list --format csv.")
    if orders.unknown:
        shown = ", ".join(orders.unknown[:MOST_CODES]) + (", …" if len(orders.unknown) > MOST_CODES else "")
        notes.append(f"Codes of the stock file that are in no line, and left out: {len(orders.unknown):,} ({shown}).")
    return notes


def _record(record: OrderRecord) -> list[Table | Note]:
    rows = (
        ("High case", record.high_enough, record.high_over),
        ("Last four weeks", record.weeks_enough, record.weeks_over),
    )
    columns = (
        Column("Ordered by", Kind.TEXT),
        Column("Enough for", Kind.SHARE),
        Column("Too much", Kind.SHARE),
    )
    return [
        Table("lgs_BuyList_Record", columns, rows, "How it did"),
        Note(
            f"If it had been ordered {BLOCK * WINDOW} trading days ago for as long: of the {record.products} products "
            "with the most units expected, for how many it was enough; and what was too much, of what was asked for.",
            Mark.QUIET,
        ),
    ]


def _finding(orders: BuyList, rows: pd.DataFrame, settings: Settings) -> str:
    if orders.products.empty:
        return "How much to buy is not known yet: it needs 24 trading days, and a sale in the last 48."
    if rows.empty:
        return "Nothing is to be ordered: what is on hand and on order is enough in the high case."
    first = rows.iloc[0]
    name = product_name(first)
    if orders.stocked:
        number = fmt.count(len(rows), "product")
        return f"{number} to order, {rows['order'].sum():,.0f} units in all; most of {name}: {first['order']:,.0f}."
    days = settings.lead_days + settings.review_days
    high = f", in the high case {first['high80']:,.0f}" if fmt.defined(first["high80"]) else ""
    return f"Most asked for in the next {days} days: {name}, {first['units']:,.0f} units{high}."
