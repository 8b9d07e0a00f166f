"""New and existing customers by month, in words."""

from __future__ import annotations

from datetime import date

from lgs_excel import formatting as fmt
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.report.months import months_of


def history_starts(customers: MonthlyCustomers) -> bool:
    """Whether the first month shown is the first of the history, so that all its customers would count as new."""
    return bool(len(customers.months)) and customers.months["month"].iloc[0].date() == customers.history_starts


def customers_title(customers: MonthlyCustomers, unfinished: date | None, data_through: date) -> str:
    """The last complete month, such as "November 2011 had the most customers: 1,664 active, 323 of them new (19.4%)",
    or "October 2011: 1,364 active customers, …".
    """
    table = customers.months
    if not table["active"].any():
        return "No customers in this period"
    months = months_of(table["month"], unfinished, data_through)
    active, new = table["active"][months.told], table["new"][months.told]
    known = active > 0 and (months.told > 0 or not history_starts(customers))
    of_them = f", {new:,} of them new ({fmt.percent(new / active)})" if known else ""
    name = months.full_name(months.told)
    if months.complete > 1 and active == max(table["active"][: months.complete]) > 0:
        return f"{name} had the most customers: {active:,} active{of_them}"
    return f"{name}: {fmt.count(active, 'active customer')}{of_them}"


def customers_message(customers: MonthlyCustomers, unfinished: date | None, data_through: date) -> str:
    """The title; where the history starts; the unfinished month."""
    table, title = customers.months, customers_title(customers, unfinished, data_through)
    if not table["active"].any():
        return f"{title}."
    months, active = months_of(table["month"], unfinished, data_through), table["active"]
    sentences = [f"New and existing customers by month, {months.span}", title]
    if history_starts(customers):
        unknown = fmt.count(active[0], "customer")
        sentences.append(f"The history starts in {months.name(0)}: how many of its {unknown} are new is not known")
    if months.through and len(table) > 1:
        last = f"{active.iloc[-1]:,} active, {table['new'].iloc[-1]:,} new"
        sentences.append(f"{months.name(-1)} is unfinished: {last} {months.to_day}")
    return ". ".join(sentences) + "."
