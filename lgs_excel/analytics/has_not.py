"""Who bought one product and not another?"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.rfm import customer_segments
from lgs_excel.errors import InputError, nearest
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="has-not",
    question="Who bought one product and not another?",
    columns={
        "customer_id": "The customer's number, as text.",
        "country": "The country of the last purchase.",
        "last_purchase": "The day of the last sale line, of whatever product.",
        "spend": "Sales less cancellations of the period, in pounds.",
        "segment": "The RFM segment (rfm-customers).",
    },
    notes=(
        (
            "Customers with a sale line of the product of --a and none of the product of --b in the period shown; the "
            "highest spend first, then by customer."
        ),
    ),
)


def has_not(snapshot: Snapshot, has: str, lacks: str) -> pd.DataFrame:
    """The columns of `DEFINITION`, the highest spend first. has, lacks: stock codes, in any case.

    Raises InputError for a code that nobody bought in the period, and for the same one twice.
    """
    buyers = {code: buyers_of(snapshot, code, option) for code, option in ((_code(has), "--a"), (_code(lacks), "--b"))}
    if len(buyers) < 2:
        raise InputError(f"--a and --b are both {_code(has)}. Name two products, such as --a 22697 --b 22699.")
    customers = customer_segments(snapshot).customers.rename(columns={"monetary": "spend"})
    found = customers[customers["customer_id"].isin(buyers[_code(has)] - buyers[_code(lacks)])]
    ranked = found.sort_values(["spend", "customer_id"], ascending=[False, True], ignore_index=True)
    return ranked[[*DEFINITION.columns]]


def _code(text: str) -> str:
    return text.strip().upper()


def buyers_of(snapshot: Snapshot, code: str, option: str = "") -> set[str]:
    """The customers with a sale line of a product. Raises InputError where it was not sold; option: that named it."""
    line = snapshot.line.c
    sold = sa.select(line.customer_id).where(line.stock_code == code, is_of(line, "sale")).distinct()
    found = {row["customer_id"] for row in snapshot.rows(sold)}
    if not found:
        product = snapshot.product.c
        known = sa.select(product.stock_code).where(product.is_product, product.kind == "sale").distinct()
        codes = [row["stock_code"] for row in snapshot.rows(known)]
        near = nearest(code, codes)
        raise InputError(
            f"{option} {code!r} was not sold in the period shown.{near} Give a product's code, such as 22697; "
            "`lgs-excel show products` lists them."
        )
    return found - {None}
