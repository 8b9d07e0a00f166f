"""What is to be done this week, in words."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt

NOTHING = "Nothing stands out this week"
STAKE = "Sales at stake, the most first, and what to do; no customer is in two lines"
# Of what an amount is, by rule, as the words after it.
OF_WHAT = {
    "call": "spent in 12 months",
    "slipped": "spent in 12 months",
    "due": "expected",
    "offer": "expected",
    "season": "last time",
    "buy": "expected",
    "cancelled": "likely lost",
}


def task_text(task: pd.Series) -> str:
    """A line of this-week, such as "Call 64 customers of Can't Lose: …; 8 new since last week"."""
    parts = [str(task["task"])]
    if not pd.isna(task["by"]):
        parts.append(f"by {fmt.day(task['by'].date())}")
    if not pd.isna(task["new"]):
        parts.append(f"{int(task['new']):,} new since last week" if task["new"] else "the same as last week")
    return "; ".join(parts)


def stake_text(task: pd.Series) -> str:
    """What is at stake, such as "£163,052 in 12 months"."""
    return f"{fmt.money(task['money'])} {OF_WHAT[task['rule']]}"


def this_week_finding(tasks: pd.DataFrame) -> str:
    """How much there is to do, and what the first line is."""
    if tasks.empty:
        return f"{NOTHING}."
    first = tasks.iloc[0]
    lines = fmt.count(len(tasks), "thing")
    return f"{lines} to do, what is at stake most first: {first['task']} ({stake_text(first)})."
