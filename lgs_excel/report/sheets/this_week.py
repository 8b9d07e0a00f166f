"""What to do this week, for whom, and what is at stake."""

from __future__ import annotations

import pandas as pd

from lgs_excel.report.context import Context
from lgs_excel.report.findings.this_week import OF_WHAT, this_week_finding
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain

TITLE = "This week"
COLUMNS = {
    "task": Column("What to do", Kind.LONG_TEXT, 70),
    "money": Column("At stake", Kind.MONEY, 12),
    "of_what": Column("Of what", Kind.TEXT, 19),
    "number": Column("How many", Kind.COUNT, 11),
    "new": Column("New in a week", Kind.COUNT, 15),
    "by": Column("By", Kind.DAY, 13),
    "sheet": Column("List on", Kind.TEXT, 20),
}


_NOTES = (
    "How each line is reckoned is on Definitions (this-week). A customer is in one line alone.",
    "At stake: what they bought in twelve months, what is expected to be sold, or what a season sold last time.",
    "New in a week: customers who were not on the list seven days before; 0: the same as then.",
)


def this_week_sheet(tasks: pd.DataFrame, context: Context) -> Sheet:
    """The sheet This week. tasks: the columns of this-week."""
    return Sheet(
        title=TITLE,
        finding=this_week_finding(tasks),
        coverage=context.coverage,
        blocks=(
            *([_table(tasks)] if len(tasks) else []),
            *(Note(text, Mark.QUIET) for text in _NOTES),
        ),
    )


def _table(tasks: pd.DataFrame) -> Table:
    """Columns that say nothing are left out."""
    tasks = tasks.assign(of_what=tasks["rule"].map(OF_WHAT))
    shown = {name: column for name, column in COLUMNS.items() if tasks[name].notna().any()}
    rows: list[tuple[Value | Cell, ...]] = []
    for task in tasks.to_dict("records"):
        values: dict[str, Value | Cell] = {name: plain(task[name]) for name in shown}
        values["sheet"] = Cell(str(task["sheet"]), link=str(task["sheet"]))
        rows.append(tuple(values.values()))
    return Table("lgs_ThisWeek", tuple(shown.values()), tuple(rows))
