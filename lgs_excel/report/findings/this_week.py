"""What is to be done this week, in words."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt

NOTHING = "Nothing stands out this week"
STAKE = "Sales at stake (of twelve months, or expected), and what to do"


def task_text(task: pd.Series) -> str:
    """A line of this-week, such as "Call 64 customers whom you can't lose: …; 8 new on this list"."""
    parts = [str(task["task"])]
    if not pd.isna(task["by"]):
        parts.append(f"by {fmt.day(task['by'].date())}")
    if not pd.isna(task["new"]):
        parts.append(f"{int(task['new']):,} new on this list" if task["new"] else "the same as last week")
    return "; ".join(parts)


def this_week_finding(tasks: pd.DataFrame) -> str:
    """How much there is to do, and what the first line is."""
    if tasks.empty:
        return f"{NOTHING}."
    first = tasks.iloc[0]
    lines = fmt.count(len(tasks), "thing")
    return f"{lines} to do, what is at stake most first: {first['task']} ({fmt.money(first['money'])})."
