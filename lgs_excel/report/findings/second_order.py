"""When customers order again, in words."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.second_order import SecondOrders

HORIZON = 90  # days, of which the title speaks if a customer has been seen for so long


def second_order_title(orders: SecondOrders) -> str:
    """Such as "45.5% of customers order again within 90 days"."""
    known = orders.horizons[orders.horizons["observed"] > 0]
    if known.empty:
        return "No customer has been followed for 30 days yet"
    rows = known[known["days"] <= HORIZON]
    row = rows.iloc[-1]
    return f"{fmt.percent(row['share'])} of customers order again within {row['days']:.0f} days"


def second_order_message(orders: SecondOrders) -> str:
    """The title, and the share at each horizon."""
    shares = [
        f"{row['share']:.1%} of {row['observed']:,.0f} within {row['days']:.0f} days"
        for row in orders.horizons.to_dict("records")
        if row["observed"]
    ]
    title = second_order_title(orders)
    return f"{title}. A second order came from {fmt.listed(shares)}." if shares else f"{title}."
