"""Cohorts: which share of each month's new customers buys again in the months after it."""

from __future__ import annotations

from collections.abc import Sequence

from lgs_excel import formatting as fmt
from lgs_excel.analytics.cohorts import Cohorts
from lgs_excel.report.charts.cohorts import cohorts_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.cohorts import cohorts_message, cohorts_title
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain

MOST_COHORTS, MOST_MONTHS = 24, 12  # that a page has room for


def cohorts_sheet(cohorts: Cohorts, context: Context) -> Sheet:
    """The sheet Cohorts."""
    chart = make_chart("lgs_chart_cohorts", cohorts_message(cohorts), context.style, cohorts_figure, cohorts)
    ages = range(1, min(MOST_MONTHS, cohorts.triangle["age"].max() if len(cohorts.triangle) else 0) + 1)
    return Sheet(
        title="Cohorts",
        finding=f"{cohorts_title(cohorts)}.",
        coverage=context.coverage,
        blocks=(
            *(_months_after(cohorts, ages, context) if ages else ()),
            chart,
        ),
        pages=1,
    )


def _months_after(cohorts: Cohorts, ages: Sequence[int], context: Context) -> list[Table | Note]:
    average = [_average(cohorts, ages)] if len(cohorts.average) > 1 else []
    return [_triangle(cohorts, ages), *_remarks(cohorts, context), *average]


def _triangle(cohorts: Cohorts, ages: Sequence[int]) -> Table:
    """A row a cohort, the newest last; a share for each month after its own."""
    shown = cohorts.triangle[
        cohorts.triangle["cohort"].isin(sorted(cohorts.triangle["cohort"].unique())[-MOST_COHORTS:])
    ]
    rows: list[tuple[Value | Cell, ...]] = []
    for cohort in shown["cohort"].unique():
        months = shown[shown["cohort"] == cohort]
        later = months[months["age"] > 0]
        known = {
            age: Cell(share, mark=Mark.UNFINISHED if month == cohorts.unfinished else None)
            for age, share, month in zip(later["age"], later["retention"], later["month"].dt.date, strict=True)
        }
        first = Cell(plain(cohort), mark=Mark.QUIET if cohort.date() == cohorts.history_month else None)
        rows.append((first, int(months["size"].iloc[0]), *(known.get(age) for age in ages)))
    columns = Column("New in", Kind.MONTH), Column("Customers", Kind.COUNT)
    caption = "Of the customers who came in a month: the share that buys again so many months later"
    months = _months(ages)
    return Table("lgs_Cohorts", (*columns, *months), tuple(rows), caption, ((months[0].header, months[-1].header),))


def _average(cohorts: Cohorts, ages: Sequence[int]) -> Table:
    """The shares of all new customers, and how many of them there are."""
    average = cohorts.average.set_index("age")
    shares, customers = average["retention"].to_dict(), average["customers"].to_dict()
    columns = Column("Average", Kind.TEXT), Column("At first", Kind.COUNT)
    rows: tuple[tuple[Value | Cell, ...], ...] = (
        ("Share", Cell(shares.get(0), Kind.SHARE), *(shares.get(age) for age in ages)),
        ("Customers", customers.get(0), *(Cell(customers.get(age), Kind.COUNT) for age in ages)),
    )
    return Table("lgs_Cohort_Average", (*columns, *_months(ages)), rows, "All new customers together")


def _months(ages: Sequence[int]) -> tuple[Column, ...]:
    return tuple(Column(f"+{age}", Kind.SHARE) for age in ages)


def _remarks(cohorts: Cohorts, context: Context) -> list[Note]:
    shown = sorted(cohorts.triangle["cohort"].dt.date.unique())[-MOST_COHORTS:]
    starts = [
        Note(
            "In grey: the month in which the history starts; nobody knows who bought before. It is not in the average.",
            Mark.QUIET,
        )
    ]
    remarks = starts if cohorts.history_month in shown else []
    if cohorts.unfinished:
        reach = context.remark(cohorts.unfinished)
        remarks.append(
            Note(f"In italics: {fmt.month(cohorts.unfinished)} {reach}, which is not in the average.", Mark.QUIET)
        )
    if cohorts.triangle["cohort"].nunique() > MOST_COHORTS:
        remarks.append(
            Note(f"The newest {MOST_COHORTS} months; all of them: lgs-excel show cohorts --format csv.", Mark.QUIET)
        )
    return remarks
