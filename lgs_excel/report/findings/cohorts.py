"""Who comes back, month by month, in words."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.cohorts import Cohorts

LINES = 6  # cohorts in the chart
NOBODY = "No month's new customers have been followed for a month yet"


def newest(cohorts: Cohorts) -> pd.DataFrame:
    """The rows of the newest cohorts that have a complete month after their own: these months."""
    rows = cohorts.triangle
    known = rows[
        (rows["age"] > 0)
        & (rows["month"].dt.date != cohorts.unfinished)
        & (rows["cohort"] != pd.Timestamp(cohorts.history_month))
    ]
    shown: pd.DataFrame = known[known["cohort"].isin(sorted(known["cohort"].unique())[-LINES:])]
    return shown


def cohorts_title(cohorts: Cohorts) -> str:
    """Such as "21.0% of new customers buy again in the month after their first, 24.5% in the sixth"."""
    average = cohorts.average.set_index("age")["retention"]
    if 1 not in average.index:
        return NOBODY
    title = f"{fmt.percent(average[1])} of new customers buy again in the month after their first"
    later = next((age for age in (12, 6, 3) if age in average.index), None)
    return f"{title}, {fmt.percent(average[later])} {_later(later)}" if later else title


def cohorts_message(cohorts: Cohorts) -> str:
    """The title, and the best and the newest of the cohorts drawn."""
    sentences, rows = [cohorts_title(cohorts)], newest(cohorts)
    after = rows[rows["age"] == 1]
    if len(after) > 1:
        best = after.sort_values("retention", kind="stable").iloc[-1]
        sentences.append(
            f"Of the last {fmt.count(len(after), 'cohort')}, {fmt.long_month(best['cohort'])} came back most in the "
            f"month after: {fmt.percent(best['retention'])}"
        )
    return ". ".join(sentences) + "."


def _later(age: int) -> str:
    return {3: "three months later", 6: "six months later", 12: "a year later"}[age]
