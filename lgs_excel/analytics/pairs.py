"""Which products are bought together?"""

from __future__ import annotations

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
    basket = _baskets(snapshot)
    together = sa.func.count()
    # A pair is in no more baskets than either of its products: the others need not be joined.
    frequent = (
        sa.select(basket.c.stock_code).group_by(basket.c.stock_code).having(together >= snapshot.settings.least_pairs)
    )
    often = sa.select(basket).where(basket.c.stock_code.in_(frequent)).cte("often")
    one, other = often.alias("a"), often.alias("b")
    found = snapshot.frame(
        sa.select(
            one.c.stock_code.label("stock_code_a"), other.c.stock_code.label("stock_code_b"), together.label("together")
        )
        .join(other, sa.and_(one.c.invoice_no == other.c.invoice_no, one.c.stock_code < other.c.stock_code))
        .group_by(one.c.stock_code, other.c.stock_code)
        .having(together >= snapshot.settings.least_pairs)
    )
    counts = snapshot.frame(
        sa.select(basket.c.stock_code, sa.func.count().label("orders")).group_by(basket.c.stock_code)
    )
    number = snapshot.record(sa.select(sa.func.count(basket.c.invoice_no.distinct()).label("baskets")))["baskets"]
    orders = counts.set_index("stock_code")["orders"]
    of_a, of_b = (found[code].map(orders) for code in ("stock_code_a", "stock_code_b"))
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
    """invoice_no, stock_code: the products of each order that is a basket."""
    line = snapshot.line.c
    bought = (
        sa.select(line.invoice_no, line.stock_code)
        .where(is_of(line, "sale"), line.stock_code.in_(snapshot.product_codes))
        .distinct()
        .cte("bought")
    )
    products = sa.func.count()
    sized = (
        sa.select(bought.c.invoice_no)
        .group_by(bought.c.invoice_no)
        .having(sa.and_(products >= 2, products <= snapshot.settings.largest_basket))
    )
    return snapshot.materialize("lgs_basket", sa.select(bought).where(bought.c.invoice_no.in_(sized)))
