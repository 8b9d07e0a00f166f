"""Who is this customer, and what to talk about?"""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.pairs import perhaps_baskets
from lgs_excel.analytics.products import labels
from lgs_excel.analytics.rfm import customer_segments, segments_as_of
from lgs_excel.errors import InputError, nearest
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Begin, Snapshot

PRODUCTS, ORDERS, SUGGESTIONS = 10, 3, 5
_DECIMALS = 4  # decimals of an exact amount

DEFINITION = Definition(
    name="customer",
    question="Who is this customer, and what to talk about?",
    columns={
        "part": "about, month, product, order or suggestion.",
        "name": "What it is of the part: a figure's name; a month; a product's code; an invoice.",
        "figure": (
            "The figure: pounds of sales less cancellations for net_sales, months and products, of sales for orders; "
            "days for usual_gap and days_overdue; for a suggestion the orders of others with it."
        ),
        "text": "In words: a day, a segment, a description, an order's day and items.",
    },
    notes=(
        "about: as in rfm-customers and at-risk; segment_a_month_ago as on the morning of that day a month earlier.",
        f"The {PRODUCTS} products with the highest spend; the last {ORDERS} orders, their dearest items first.",
        (
            f"Suggestions: the {SUGGESTIONS} products, which the customer never bought, that others bought most often "
            "in the orders (setting largest_basket) that also have a product of the customer's last order."
        ),
    ),
)


def customer(snapshot: Snapshot, customer_id: str, begin: Begin | None = None) -> pd.DataFrame:
    """The columns of `DEFINITION`: figure as float64, the others as text, in the order of the parts.

    begin: of `snapshot.concurrently()`, for the suggestions, half of the warehouse's work. Raises InputError for a
    customer without a sale in the period shown.
    """
    number = customer_id.strip().removesuffix(".0")
    lines = _lines(snapshot, number)
    goods = lines[lines["stock_code"].str.match(snapshot.settings.product_code_pattern)]
    suggestions = (begin or snapshot.sequentially)(lambda seen: _suggestions(seen, number, goods))
    customers = customer_segments(snapshot).customers
    mine = customers[customers["customer_id"] == number]
    if mine.empty:
        near = nearest(number, customers["customer_id"].tolist())
        raise InputError(
            f"Customer {customer_id!r} bought nothing in the period shown.{near} Give a customer's number, such as "
            "17850; RFM Customers (`lgs-excel show rfm-customers`) lists them."
        )
    rows = [
        *_about(snapshot, mine.iloc[0], lines),
        *_months(snapshot, lines),
        *_products(snapshot, goods),
        *_orders(lines),
        *suggestions(),
    ]
    return pd.DataFrame(rows, columns=[*DEFINITION.columns]).astype({"figure": "float64"})


def _lines(snapshot: Snapshot, number: str) -> pd.DataFrame:
    """invoice_no, day, kind, stock_code, description, amount of a customer's sales and cancellations."""
    rows = snapshot.invoice.c
    line = snapshot.lines_of(sa.select(rows.invoice_no).where(rows.customer_id == number)).c
    return snapshot.frame(
        sa.select(
            line.invoice_no,
            sa.cast(line.invoice_date, sa.Date).label("day"),
            line.kind,
            line.stock_code,
            sa.func.trim(line.description).label("description"),
            line.amount,
        ).where(line.customer_id == number, is_of(line, "sale", "cancellation"))
    )


def _about(snapshot: Snapshot, scored: pd.Series, lines: pd.DataFrame) -> list[tuple[object, ...]]:
    days = lines.loc[lines["kind"] == "sale", "day"].drop_duplicates().sort_values()
    gap = days.diff().dt.days.median()
    since = pd.Timestamp(snapshot.period.as_of - relativedelta(years=1))
    before = _segment_of(snapshot, scored["customer_id"], snapshot.period.as_of - relativedelta(months=1))
    none = float("nan")
    return [
        ("about", name, figure, text)
        for name, figure, text in (
            ("country", none, scored["country"]),
            ("first_order", none, f"{days.iloc[0]:%Y-%m-%d}"),
            ("last_order", none, f"{days.iloc[-1]:%Y-%m-%d}"),
            ("orders", scored["frequency"], ""),
            ("net_sales", round(lines["amount"].sum(), _DECIMALS), ""),
            ("net_sales_12_months", round(lines.loc[lines["day"] >= since, "amount"].sum(), _DECIMALS), ""),
            ("usual_gap", gap, ""),
            ("days_overdue", scored["recency"] - gap, ""),
            ("segment", none, scored["segment"]),
            ("segment_a_month_ago", none, before),
            ("r", scored["r"], ""),
            ("f", scored["f"], ""),
            ("m", scored["m"], ""),
        )
    ]


def _segment_of(snapshot: Snapshot, number: str, day: date) -> str:
    segments = segments_as_of(snapshot, day).set_index("customer_id")["segment"]
    return str(segments.get(number, "none yet"))


def _months(snapshot: Snapshot, lines: pd.DataFrame) -> list[tuple[object, ...]]:
    """The net sales of each month from the first order on."""
    sums = lines.groupby(lines["day"].dt.to_period("M"))["amount"].sum().round(_DECIMALS)
    last = pd.Period(snapshot.period.last_month, "M")
    months = pd.period_range(sums.index.min(), max(last, sums.index.max()), freq="M")
    return [("month", f"{month}", float(sums.get(month, 0.0)), "") for month in months]


def _products(snapshot: Snapshot, goods: pd.DataFrame) -> list[tuple[object, ...]]:
    sums = goods.groupby("stock_code", as_index=False).agg(amount=("amount", "sum")).round(_DECIMALS)
    first = sums.sort_values(["amount", "stock_code"], ascending=[False, True]).head(PRODUCTS)
    return [
        ("product", code, amount, text)
        for code, amount, text in zip(
            first["stock_code"], first["amount"], _named(snapshot, first["stock_code"].tolist()), strict=True
        )
    ]


def _orders(lines: pd.DataFrame) -> list[tuple[object, ...]]:
    sold = lines[lines["kind"] == "sale"]
    sums = sold.groupby("invoice_no", as_index=False).agg(day=("day", "max"), amount=("amount", "sum"))
    last = sums.sort_values(["day", "invoice_no"], ascending=False).head(ORDERS)
    return [
        (
            "order",
            row["invoice_no"],
            round(row["amount"], _DECIMALS),
            f"{row['day']:%Y-%m-%d}: {_items(sold, row['invoice_no'])}",
        )
        for row in last.to_dict("records")
    ]


def _items(sold: pd.DataFrame, invoice_no: str) -> str:
    mine = sold[sold["invoice_no"] == invoice_no]
    named = mine.assign(item=mine["description"].where(mine["description"].fillna("") != "", mine["stock_code"]))
    sums = named.groupby(["stock_code", "item"], as_index=False).agg(amount=("amount", "sum")).round(_DECIMALS)
    ranked = sums.sort_values(["amount", "stock_code", "item"], ascending=[False, True, True])
    return ", ".join(ranked["item"])


def _suggestions(snapshot: Snapshot, number: str, goods: pd.DataFrame) -> list[tuple[object, ...]]:
    """What others buy with the products of the last order."""
    sold = goods[goods["kind"] == "sale"]
    if sold.empty:
        return []
    latest = sold.sort_values(["day", "invoice_no"])["invoice_no"].iloc[-1]
    last = sorted(set(sold.loc[sold["invoice_no"] == latest, "stock_code"]))
    line, rows = snapshot.line.c, snapshot.invoice.c
    his = sa.select(rows.invoice_no).where(rows.kind == "sale", rows.customer_id == number)
    theirs = sa.select(line.invoice_no).where(
        is_of(line, "sale"),
        line.stock_code.in_(last),
        line.invoice_no.in_(perhaps_baskets(snapshot)),
        line.invoice_no.not_in(his),
    )
    chosen = snapshot.lines_of(theirs).c
    bought = (
        sa.select(chosen.invoice_no, chosen.stock_code)
        .where(is_of(chosen, "sale"), chosen.stock_code.in_(snapshot.product_codes))
        .distinct()
        .cte("bought")
    ).c
    orders = sa.func.count()
    baskets = (
        sa.select(bought.invoice_no).group_by(bought.invoice_no).having(orders <= snapshot.settings.largest_basket)
    )
    counts = snapshot.frame(
        sa.select(bought.stock_code, orders.label("orders"))
        .where(bought.invoice_no.in_(baskets))
        .group_by(bought.stock_code)
    )
    # Here, and not there: an engine compares each row with each text of a long list.
    new = counts[~counts["stock_code"].isin(sold["stock_code"])]
    first = new.sort_values(["orders", "stock_code"], ascending=[False, True]).head(SUGGESTIONS)
    return [
        ("suggestion", code, orders, text)
        for code, orders, text in zip(
            first["stock_code"], first["orders"], _named(snapshot, first["stock_code"].tolist()), strict=True
        )
    ]


def _named(snapshot: Snapshot, codes: list[str]) -> list[str]:
    """The descriptions of products, in their order; "" where none is known."""
    named = labels(snapshot, codes).set_index("stock_code")["description"].to_dict()
    return [named.get(code, "") for code in codes]
