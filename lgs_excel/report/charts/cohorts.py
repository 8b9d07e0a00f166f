"""Which share of the newest cohorts buys again, month by month."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib import patheffects
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from lgs_excel import formatting as fmt
from lgs_excel.analytics.cohorts import Cohorts
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks
from lgs_excel.report.findings.cohorts import cohorts_title, newest

FEWEST, MOST = 6, 12  # months to the width, so that a single one is no wall; months drawn


def cohorts_figure(cohorts: Cohorts) -> Figure:
    """A line a cohort over the months since its first, the newest in bold; the average of all as a broad grey line.

    Before a cohort has been followed for a month, a sentence.
    """
    title, rows = cohorts_title(cohorts), newest(cohorts)
    rows = rows[rows["age"] <= MOST]
    if rows.empty:
        return sentence_figure(title)
    right = max(FEWEST, int(rows["age"].max()) + 1)
    average = cohorts.average[cohorts.average["age"].between(1, right)]
    legend = (("a month's new customers", "C0"), ("average of all months", mpl.rcParams["axes.edgecolor"]))
    figure = new_figure(title, "Share of a month's new customers who buy again", legend)
    axes = figure.subplots()
    grey = mpl.rcParams["axes.edgecolor"]
    axes.plot(average["age"], average["retention"], color=grey, linewidth=6, alpha=0.6, solid_capstyle="round")
    halo = [patheffects.withStroke(linewidth=3, foreground=mpl.rcParams["figure.facecolor"])]
    beside = offset_copy(axes.transData, figure, 5, units="points")
    last = rows["cohort"].max()
    for cohort in rows["cohort"].unique():
        line = rows[rows["cohort"] == cohort]
        alpha, width = (1, 2.5) if cohort == last else (0.55, 1.25)
        axes.plot(line["age"], line["retention"], color="C0", marker="o", markersize=4, alpha=alpha, linewidth=width)
        end, height = int(line["age"].iloc[-1]), float(line["retention"].iloc[-1])
        weight = "bold" if cohort == last else "normal"
        axes.text(end, height, fmt.month(cohort), transform=beside, va="center", weight=weight, path_effects=halo)
    axes.set_xlim(0.7, right + 0.8)
    axes.set_xticks(range(1, right + 1), [f"+{age}" for age in range(1, right + 1)])
    axes.set_xlabel("months after the first")
    axes.set_ylim(0, max(0.1, 1.15 * max(rows["retention"].max(), average["retention"].max())))
    value_ticks(axes.yaxis, fmt.axis_percent)
    return figure
