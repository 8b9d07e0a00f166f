"""Every answer by the name that `lgs-excel show` and `lgs-excel sql` know it by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from lgs_excel.analytics import checks, customers, invoices, orders, products, rfm, sales
from lgs_excel.analytics.definition import Definition
from lgs_excel.warehouse.snapshot import Snapshot


@dataclass(frozen=True)
class Options:
    """What a reader may choose beyond filters: the RFM recipe, and how products are ranked (top: None is all)."""

    rfm: rfm.Recipe = "default"
    by: products.Ranking = "revenue"
    top: int | None = None


@dataclass(frozen=True)
class Entry:
    """An analysis as a table: its definition, and what gives its columns from a snapshot."""

    definition: Definition
    table: Callable[[Snapshot, Options], pd.DataFrame]


def answer_all(snapshot: Snapshot, options: Options | None = None) -> checks.Answers:
    """Every answer that the workbook shows, from one snapshot."""
    options = options or Options()
    return checks.Answers(
        invoices=invoices.invoice_amounts(snapshot),
        orders=orders.monthly_orders(snapshot),
        sales=sales.monthly_sales(snapshot),
        customers=customers.monthly_customers(snapshot),
        rfm=rfm.customer_segments(snapshot, options.rfm),
        products=products.product_ranking(snapshot, options.by, options.top),
    )


def _checked(snapshot: Snapshot, options: Options) -> pd.DataFrame:
    answers = answer_all(snapshot, replace(options, top=options.top or 1))
    return checks.checks(snapshot, answers).rows


_ENTRIES = (
    Entry(invoices.DEFINITION, lambda snapshot, _: invoices.invoice_amounts(snapshot).record),
    Entry(orders.DEFINITION, lambda snapshot, _: orders.monthly_orders(snapshot).months),
    Entry(sales.DEFINITION, lambda snapshot, _: sales.monthly_sales(snapshot).months),
    Entry(customers.DEFINITION, lambda snapshot, _: customers.monthly_customers(snapshot).months),
    Entry(rfm.SEGMENTS_DEFINITION, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).segments),
    Entry(rfm.CUSTOMERS, lambda snapshot, say: rfm.customer_segments(snapshot, say.rfm).customers),
    Entry(products.DEFINITION, lambda snapshot, say: products.product_ranking(snapshot, say.by, say.top).products),
    Entry(checks.DEFINITION, _checked),
)
CATALOGUE = {entry.definition.name: entry for entry in _ENTRIES}
