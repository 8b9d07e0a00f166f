"""Summary: the last complete month at a glance, whether the figures can be trusted, and where to find what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.changes import MOST_FACTS, Changes
from lgs_excel.analytics.checks import Checks, Results
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.tiles import tiles_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.this_week import NOTHING, STAKE, stake_text, task_text
from lgs_excel.report.findings.tiles import tiles_message, tiles_of
from lgs_excel.report.model import Cell, Chart, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.sheets.checks import verdict
from lgs_excel.report.tables import plain
from lgs_excel.warehouse.months import add_months

SUMMARY, THIS_WEEK = "Summary", "This week"
MOST_TASKS = 5
_FIGURES: tuple[tuple[str, Kind, Callable[[pd.DataFrame], pd.Series]], ...] = (
    ("Net sales", Kind.MONEY, lambda month: month["net"]),
    ("Gross sales", Kind.MONEY, lambda month: month["gross"]),
    ("Cancelled sales", Kind.MONEY, lambda month: month["cancelled"]),
    ("Orders placed", Kind.COUNT, lambda month: month["placed"]),
    ("Cancellation rate", Kind.SHARE, lambda month: month["cancellation_rate"]),
    ("Active customers", Kind.COUNT, lambda month: month["active"]),
    ("New customers", Kind.COUNT, lambda month: month["new"]),
    ("Gross sales per order", Kind.PENCE, lambda month: month["gross"] / month["placed"].where(month["placed"] > 0)),
)


def summary_sheet(
    answers: Results, tasks: pd.DataFrame, checks: Checks, sheets: Sequence[Sheet], context: Context
) -> Sheet:
    """The sheet Summary; it links to `sheets`. tasks: the columns of this-week."""
    sales = next(sheet for sheet in sheets if sheet.title == "Sales")
    return Sheet(
        title=SUMMARY,
        finding=f"{context.company}. {sales.finding}",
        coverage=context.coverage,
        blocks=(
            *_tiles(answers, context),
            Note(THIS_WEEK, Mark.HEADING, detail=STAKE if len(tasks) else ""),
            *_tasks(tasks),
            Note(verdict(checks), Mark.BAD if checks.failed else Mark.GOOD, link="Checks"),
            *_without_customers(answers),
            _headlines(answers, context),
            Note("What changed", Mark.HEADING),
            *_facts(answers.changes),
            replace(sales.charts[0], name="lgs_chart_summary"),
            Note("In this workbook", Mark.HEADING),
            *(Note(sheet.title, link=sheet.title, detail=sheet.finding) for sheet in sheets),
        ),
        landscape=False,
        pages=1,
    )


def _tiles(answers: Results, context: Context) -> list[Chart]:
    """The last complete month at a glance."""
    month = context.last_complete
    tiles = tiles_of(_monthly(answers), month) if month else ()
    if not month or not tiles:
        return []
    message = tiles_message(tiles, month)
    return [make_chart("lgs_chart_tiles", message, context.style, tiles_figure, tiles, month)]


def _tasks(tasks: pd.DataFrame) -> list[Note]:
    """The first lines of This week, with what is at stake; as many rows always, so that what is below stays there."""
    lines = [
        Note(stake_text(task), link=task["sheet"], detail=task_text(task))
        for _, task in tasks.head(MOST_TASKS).iterrows()
    ]
    lines = lines or [Note(f"{NOTHING}.", Mark.QUIET)]
    return [*lines, *[Note("")] * (MOST_TASKS + 1 - len(lines))]


def known_customers(answers: Results) -> bool:
    """Whether any sale names a customer."""
    return not answers.rfm.customers.empty


def _without_customers(answers: Results) -> list[Note]:
    if known_customers(answers):
        return []
    return [Note("No sale here names a customer: nothing can be said of who buys, comes back or slips.", Mark.QUIET)]


def _facts(changes: Changes) -> list[Note]:
    """What changed, a fact a line; as many rows always, too."""
    about = {"product": "Products", "customer": "RFM Customers"}
    lines = [Note(fact.text, link=about.get(fact.about), wraps=False) for fact in changes.facts]
    return [*lines, *[Note("")] * (MOST_FACTS - len(lines))]


def _monthly(answers: Results) -> pd.DataFrame:
    """The months' sales, orders and customers, a row a month."""
    orders = answers.orders.months.drop(columns="cancelled")
    return answers.sales.months.merge(orders, on="month").merge(answers.customers.months, on="month")


def _headlines(answers: Results, context: Context) -> Table:
    """The last complete month against the month before and the same month last year, and the month so far.

    Months that the data do not have get no columns.
    """
    monthly = _monthly(answers)
    shown = set(monthly["month"].dt.date)
    this = context.last_complete
    before = [month for month in (add_months(this, -1), add_months(this, -12)) if month in shown] if this else []
    columns = [Column("Figure", Kind.TEXT, 24)]
    columns += [Column(fmt.month(this), Kind.COUNT)] if this else []
    for month in before:
        columns += [
            Column(fmt.month(month), Kind.COUNT),
            Column(f"Change on {fmt.month(month)}", Kind.CHANGE),
        ]
    if context.unfinished:
        columns.append(Column(f"{fmt.month(context.unfinished)}, {context.remark(context.unfinished)}", Kind.COUNT))
    rows: list[tuple[Value | Cell, ...]] = []
    for name, kind, figure in _FIGURES:
        if "customers" in name and not known_customers(answers):
            continue
        values = {day: plain(value) for day, value in zip(monthly["month"].dt.date, figure(monthly), strict=True)}
        row: list[Value | Cell] = [name]
        row += [Cell(values[this], kind)] if this else []
        for month in before:
            row += [Cell(values[month], kind), _change(values[this], values[month], kind)]
        if context.unfinished:
            row.append(Cell(values[context.unfinished], kind, Mark.UNFINISHED))
        rows.append(tuple(row))
    return Table("lgs_Headlines", tuple(columns), tuple(rows), "Headline figures")


def _change(now: Value, before: Value, kind: Kind) -> Cell | None:
    """A share changes by percentage points, anything else by a share of what it was; blank where that means nothing."""
    if not isinstance(now, int | float) or not isinstance(before, int | float):
        return None
    if kind is Kind.SHARE:
        return Cell(round(100 * (now - before), 1) + 0.0, Kind.POINTS)  # + 0.0: no minus before a nought
    return Cell(now / before - 1) if before > 0 else None
