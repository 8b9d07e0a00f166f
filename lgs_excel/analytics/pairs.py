"""Which products are bought together?"""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.products import labels
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="pairs",
    question="Which products are bought together?",
    columns={
        "stock_code_a": "The one product's code, the first of the two in the alphabet.",
        "description_a": "Its most frequent description.",
        "stock_code_b": "The other product's code.",
        "description_b": "Its most frequent description.",
        "together": "Baskets with both.",
        "support": "Together ÷ all baskets, as a fraction.",
        "confidence_ab": "Together ÷ baskets with a: the share of those who take a that take b as well.",
        "confidence_ba": "Together ÷ baskets with b.",
        "lift": "How many times as often as by chance: support ÷ (share of baskets with a × share with b).",
        "variants": "Whether both are one article in two kinds (the same five digits): no suggestion.",
    },
    notes=(
        (
            "A basket is an order with 2 to largest_basket (a setting) different products: larger ones are traders who "
            "fill their shelves, where everything goes with everything."
        ),
        "Pairs in at least least_pairs (a setting) baskets, the most frequent first, then by their codes.",
        "Product lines of sales only; a product that is in a basket twice counts once.",
    ),
    source="Agrawal, Imieliński, Swami: Mining Association Rules, SIGMOD 1993; lift: Brin et al., SIGMOD 1997.",
)


def pairs(snapshot: Snapshot) -> pd.DataFrame:
    """The columns of `DEFINITION`: together as int64, shares and lift as float64, variants as bool."""
    basket = _baskets(snapshot).c
    together, least = sa.func.count(), snapshot.settings.least_pairs
    # A pair is in no more baskets than either of its products: the others need not be joined.
    frequent = sa.select(basket.product).group_by(basket.product).having(together >= least)
    often = sa.select(basket.number, basket.product).where(basket.product.in_(frequent)).cte("often")
    one, other = often.alias("a").c, often.alias("b").c
    found = snapshot.frame(
        sa.select(one.product.label("a"), other.product.label("b"), together.label("together"))
        .where(one.number == other.number, one.product < other.product)
        .group_by(one.product, other.product)
        .having(together >= least)
    )
    counts = snapshot.frame(sa.select(basket.product, sa.func.count().label("orders")).group_by(basket.product))
    number = snapshot.record(sa.select(sa.func.count(basket.number.distinct()).label("baskets")))["baskets"]
    orders = counts.set_index("product")["orders"]
    codes = snapshot.frame(sa.select(_product_numbers(snapshot))).set_index("product")["stock_code"]
    of_a, of_b = (found[end].map(orders) for end in "ab")
    found["stock_code_a"], found["stock_code_b"] = (found[end].map(codes).astype("str") for end in "ab")
    found["support"] = found["together"] / number
    found["confidence_ab"], found["confidence_ba"] = found["together"] / of_a, found["together"] / of_b
    found["lift"] = found["together"] * number / (of_a * of_b)
    article = [found[code].str.extract("^([0-9]{5})", expand=False) for code in ("stock_code_a", "stock_code_b")]
    found["variants"] = article[0] == article[1]
    named = labels(snapshot, sorted({*found["stock_code_a"], *found["stock_code_b"]})).set_index("stock_code")
    for end in "ab":
        found[f"description_{end}"] = found[f"stock_code_{end}"].map(named["description"])
    order = ["together", "stock_code_a", "stock_code_b"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)[[*DEFINITION.columns]]


def _baskets(snapshot: Snapshot) -> sa.FromClause:
    """number, product: the products of each basket, both by numbers, which take half the time of texts."""
    line, orders, products = snapshot.line.c, _order_numbers(snapshot).c, _product_numbers(snapshot).c
    bought = (
        sa.select(orders.number, products.product)
        .where(line.invoice_no == orders.invoice_no, line.stock_code == products.stock_code, is_of(line, "sale"))
        .distinct()
        .cte("bought")
    )
    size = sa.func.count()
    sized = (
        sa.select(bought.c.number)
        .group_by(bought.c.number)
        .having(sa.and_(size >= 2, size <= snapshot.settings.largest_basket))
    )
    return snapshot.materialize("lgs_basket", sa.select(bought).where(bought.c.number.in_(sized)))


def perhaps_baskets(snapshot: Snapshot) -> sa.Select[Any]:
    """invoice_no of the orders that may be baskets, as far as the rollups tell: all baskets and few others, so that the
    lines of large orders, most of all there are, need not be looked at.
    """
    if (orders := snapshot.stored_order) is None:
        rows = snapshot.invoice.c
        sold = sa.select(rows.invoice_no).where(rows.kind == "sale").group_by(rows.invoice_no)
        return sold.having(sa.func.sum(rows.lines) >= 2)
    product = snapshot.product.c
    is_charge = sa.and_(product.kind == "sale", sa.not_(product.is_product))
    charges = sa.select(sa.func.count(product.stock_code.distinct())).where(is_charge)
    codes = orders.c.codes
    # An order has at most all charges beside its products, and at least the codes of its busiest day.
    most = snapshot.settings.largest_basket + charges.scalar_subquery()
    return (
        sa.select(orders.c.invoice_no)
        .group_by(orders.c.invoice_no)
        .having(sa.and_(sa.func.sum(codes) >= 2, sa.func.max(codes) <= most))
    )


def _order_numbers(snapshot: Snapshot) -> sa.FromClause:
    """invoice_no, number: of each order that may be a basket."""
    orders = perhaps_baskets(snapshot).subquery("order_of_lines")
    number = sa.cast(sa.func.row_number().over(order_by=orders.c.invoice_no), sa.Integer).label("number")
    return snapshot.materialize("lgs_order_number", sa.select(orders, number))


def _product_numbers(snapshot: Snapshot) -> sa.FromClause:
    """stock_code, product: a number for each product of the period."""
    codes = snapshot.product_codes.distinct().subquery("code")
    number = sa.cast(sa.func.row_number().over(order_by=codes.c.stock_code), sa.Integer).label("product")
    return snapshot.materialize("lgs_product_number", sa.select(codes, number))
