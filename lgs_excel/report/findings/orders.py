"""Orders placed and cancelled by month, in words."""

from __future__ import annotations

from datetime import date

from lgs_excel import formatting as fmt
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.report.months import months_of


def has_orders(orders: MonthlyOrders) -> bool:
    """Whether there is anything to show."""
    return bool(orders.months[["placed", "cancelled"]].any(axis=None))


def orders_title(orders: MonthlyOrders, unfinished: date | None, data_through: date) -> str:
    """The last complete month, such as "November 2011 had the most orders: 2,769 placed, 441 cancelled (13.7%)";
    without "had the most orders" where it had not.
    """
    table = orders.months
    if not has_orders(orders):
        return "No orders in this period"
    if not table["placed"].any():
        return f"No orders were placed, and {table['cancelled'].sum():,} cancelled"
    months = months_of(table["month"], unfinished, data_through)
    row, name = table.iloc[months.told], months.full_name(months.told)
    rate = f" ({fmt.percent(row['cancellation_rate'])})" if fmt.defined(row["cancellation_rate"]) else ""
    figures = f"{row['placed']:,} placed, {row['cancelled']:,} cancelled{rate}"
    most = months.complete > 1 and row["placed"] == max(table["placed"][: months.complete]) > 0
    return f"{name} had the most orders: {figures}" if most else f"{name}: {figures}"


def orders_message(orders: MonthlyOrders, unfinished: date | None, data_through: date) -> str:
    """The title; all in all; the highest rate; the unfinished month."""
    table, title = orders.months, orders_title(orders, unfinished, data_through)
    if not has_orders(orders):
        return f"{title}."
    months = months_of(table["month"], unfinished, data_through)
    sentences = [f"Orders by month, {months.span}", title]
    if len(table) > 1:
        placed, cancelled, rate = table["placed"], table["cancelled"], table["cancellation_rate"]
        all_rate, highest = fmt.percent(cancelled.sum() / (placed.sum() + cancelled.sum())), int(rate.argmax())
        sentences += [
            f"In all {placed.sum():,} were placed and {cancelled.sum():,} cancelled, a rate of {all_rate}",
            f"The highest rate was {fmt.percent(rate[highest])} in {months.name(highest)}",
        ]
        if months.through:
            last = f"{placed.iloc[-1]:,} placed, {cancelled.iloc[-1]:,} cancelled"
            sentences.append(f"{months.name(-1)} is unfinished: {last} {months.to_day}")
    return ". ".join(sentences) + "."
