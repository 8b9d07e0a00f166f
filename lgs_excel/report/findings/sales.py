"""Net sales by month, and their growth, in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

from lgs_excel import formatting as fmt
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.report.months import Months, months_of


def has_sales(sales: MonthlySales) -> bool:
    """Whether there is anything to show."""
    return bool(sales.months[["gross", "net"]].any(axis=None))


def sales_title(sales: MonthlySales, data_through: date, money: Callable[[float], str] = fmt.short_money) -> str:
    """The last complete month, such as "November 2011 was the best month: £1.46m net, up 36.5% on October"; without
    "was the best month" where it was not.
    """
    if not has_sales(sales):
        return "No sales in this period"
    months = months_of(sales.months["month"], sales.unfinished, data_through)
    net, told = sales.months["net"], months.told
    figure = f"{money(net[told])} net"
    if told == months.unfinished:
        figure += f" {months.to_day}"
    best = months.complete > 1 and net[told] == max(net[: months.complete]) > 0
    return (
        f"{months.name(told)}{' was the best month' if best else ''}: {figure}"
        f"{_grown(months, sales.months['growth'][told], told)}"
    )


def sales_message(sales: MonthlySales, data_through: date) -> str:
    """The title in whole pounds; the lowest month; the unfinished one."""
    title = sales_title(sales, data_through, fmt.money)
    if not has_sales(sales):
        return f"{title}."
    months = months_of(sales.months["month"], sales.unfinished, data_through)
    net = sales.months["net"]
    sentences = [f"Net sales by month, {months.span}", title]
    if months.complete > 1:
        kind, lowest = "finished month" if months.through else "month", int(net[: months.complete].argmin())
        sentences.append(f"The lowest {kind} was {months.name(lowest)}: {fmt.money(net[lowest])}")
    if months.through and months.complete:
        sentences.append(f"{months.name(-1)} is unfinished: {fmt.money(net.iloc[-1])} {months.to_day}")
    return ". ".join(sentences) + "."


def _grown(months: Months, growth: float, index: int) -> str:
    if not math.isfinite(growth):
        return ""
    same_year = months.months[index - 1].year == months.months[index].year
    before = months.name(index - 1).removesuffix(f" {months.months[index].year}" if same_year else "")
    size = fmt.percent(abs(growth))
    if size == fmt.percent(0):
        return f", level with {before}"
    return f", {'up' if growth > 0 else 'down'} {size} on {before}"
