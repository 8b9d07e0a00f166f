"""A customer in a sentence."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt


def about(page: pd.DataFrame) -> dict[str, object]:
    """What the part "about" of a customer's page says, by the name of the figure: a number, or a text."""
    rows = page[page["part"] == "about"]
    return {
        name: figure if fmt.defined(figure) else text
        for name, figure, text in zip(rows["name"], rows["figure"], rows["text"], strict=True)
    }


def customer_title(page: pd.DataFrame, number: str) -> str:
    """Such as "Customer 17850 bought for £5,391 in 34 orders, the last on 10 Feb 2011"."""
    known = about(page)
    orders = fmt.count(int(float(str(known["orders"]))), "order")
    last = fmt.day(pd.Timestamp(str(known["last_order"])).date())
    return f"Customer {number} bought for {fmt.money(float(str(known['net_sales'])))} in {orders}, the last on {last}"


def customer_message(page: pd.DataFrame, number: str) -> str:
    """The title, and what is usual for the customer."""
    known = about(page)
    sentences = [
        customer_title(page, number),
        f"Segment: {known['segment']}, a month ago {known['segment_a_month_ago']}",
    ]
    if isinstance(known["usual_gap"], float):
        late = float(str(known["days_overdue"]))
        when = f"{fmt.count(round(late), 'day')} overdue" if late > 0 else "not overdue"
        sentences.append(f"Usually {fmt.count(round(known['usual_gap']), 'day')} between two orders; {when}")
    return ". ".join(sentences) + "."
