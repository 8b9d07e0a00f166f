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


def sales_title(sales: MonthlySales, data_through: date, money: Callable[[float], str] = fmt.short_pounds) -> str:
    """Such as "November 2011 was the best month: £1.46m net, up 36.5% on October"."""
    if not has_sales(sales):
        return "No sales in this period"
    months = months_of(sales.months["month"], sales.unfinished, data_through)
    net, last = sales.months["net"].tolist(), months.last
    best = " was the best month" if len(net) > 1 and net[last] > 0 and net[last] == max(net) else ""
    grown = _grown(months, sales.months["growth"].iloc[last], last)
    return f"{months.full_name(last)}{best}: {money(net[last])} net{grown}"


def sales_message(sales: MonthlySales, data_through: date) -> str:
    """The title in whole pounds; the best, the lowest and the unfinished month."""
    title = sales_title(sales, data_through, fmt.pounds)
    if not has_sales(sales):
        return f"{title}."
    months = months_of(sales.months["month"], sales.unfinished, data_through)
    net, last = sales.months["net"].tolist(), months.last
    best, lowest = net.index(max(net)), net.index(min(net[: last + 1]))
    sentences = [f"Net sales by month, {months.span}", title]
    if best == months.unfinished != last:
        sentences.append(f"{months.name(best)} is already the best month")
    elif best != last:
        sentences.append(f"The best month was {months.name(best)}: {fmt.pounds(net[best])}")
    if last > 0:
        kind = "finished month" if months.through else "month"
        sentences.append(f"The lowest {kind} was {months.name(lowest)}: {fmt.pounds(net[lowest])}")
    if months.through and len(net) > 1:
        sentences.append(f"{months.name(-1)} is unfinished: {fmt.pounds(net[-1])} {months.to_day}")
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
