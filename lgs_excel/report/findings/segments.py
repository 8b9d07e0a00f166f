"""Each RFM segment's share of customers and of sales, in words."""

from __future__ import annotations

import math

from lgs_excel import formatting as fmt
from lgs_excel.analytics.rfm import CustomerSegments


def segments_title(rfm: CustomerSegments) -> str:
    """The segment that brings most; without sales, the largest one."""
    rows = rfm.segments
    if not rows["customers"].any():
        return "No customers with a sale in this period"
    if rows["share_of_sales"].isna().all():
        largest = rows.iloc[int(rows["customers"].argmax())]
        share = fmt.percent(largest["share_of_customers"])
        return f"{largest['segment']}: {share} of customers; sales add up to nothing"
    best = rows.iloc[int(rows["share_of_sales"].argmax())]
    customers, sales = fmt.percent(best["share_of_customers"]), fmt.percent(best["share_of_sales"])
    return f"{best['segment']}: {customers} of customers, {sales} of sales"


def segments_message(rfm: CustomerSegments) -> str:
    """The title, and both shares of each segment that has customers."""
    rows = rfm.segments[rfm.segments["customers"] > 0]
    if rows.empty:
        return f"{segments_title(rfm)}."
    parts = [
        f"{row['segment']} {fmt.percent(row['share_of_customers'])} of customers"
        + (f" and {fmt.percent(row['share_of_sales'])} of sales" if math.isfinite(row["share_of_sales"]) else "")
        for _, row in rows.iterrows()
    ]
    return (
        f"{segments_title(rfm)}. Of {fmt.count(int(rows['customers'].sum()), 'customer')} in all: {'; '.join(parts)}."
    )
