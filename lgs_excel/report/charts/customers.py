"""New and existing customers by month."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from lgs_excel import formatting as fmt
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.report.charts.figure import letters_fit, new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import draw_columns, label_columns, month_axis, slot
from lgs_excel.report.findings.customers import customers_title, history_starts
from lgs_excel.report.months import Months, months_of

LOWEST_LABELLED = 0.075  # of the axis: in a part that is as high a label has room


def customers_figure(customers: MonthlyCustomers, unfinished: date | None, data_through: date) -> Figure:
    """New customers at the foot of each column, existing ones above; the first month of the history grey, since all its
    customers would count as new. Without customers, a sentence.

    unfinished: the month that is not over; data_through: the day of the last line.
    """
    title, table = customers_title(customers, unfinished, data_through), customers.months
    if not table["active"].any():
        return sentence_figure(title)
    months, starts = months_of(table["month"], unfinished, data_through), history_starts(customers)
    unknown = mpl.rcParams["axes.edgecolor"]
    legend = (("new: their first order ever", "C0"), ("existing", "C1"), *((("not known", unknown),) if starts else ()))
    figure = new_figure(title, "Active customers by month", legend)
    axes = figure.subplots()
    active, new = table["active"], table["new"].mask(table.index == 0, 0) if starts else table["new"]
    month_axis(axes, months)
    axes.set_ylim(0, active.max() * (1.22 if starts else 1.09))
    value_ticks(axes.yaxis, fmt.axis_count, whole=True)
    draw_columns(axes, months, new.tolist(), "C0")
    # A seam, so that the parts are told apart without their colours.
    bottom = new + (new > 0) * 0.004 * active.max()
    draw_columns(axes, months, (active - bottom).clip(lower=0).tolist(), "C1", bottom.tolist())
    if starts:
        axes.patches[len(new)].set(color=unknown)
        _mark_start(axes, active.iloc[0])
    zero_line(axes)
    label_columns(axes, months, active, [f"{count:,}" for count in active], months.told)
    _label_new(axes, months, new)
    return figure


def _label_new(axes: Axes, months: Months, new: pd.Series) -> None:
    below_top = offset_copy(axes.transData, axes.figure, 0, -4, units="points")  # type: ignore[arg-type]  # never a SubFigure
    style = {"ha": "center", "va": "top", "color": mpl.rcParams["figure.facecolor"], "weight": "bold"}
    for i, count in enumerate(new):
        high = count > LOWEST_LABELLED * axes.get_ylim()[1]
        if high and i != months.unfinished and letters_fit([f"{count:,}"], 0.7 * slot(months)):
            axes.text(i, count, f"{count:,}", transform=below_top, **style)


def _mark_start(axes: Axes, height: int) -> None:
    """A note above all columns, and a line from it to the first."""
    top = axes.get_ylim()[1]
    axes.text(-0.35, top, "History starts here: nobody knows who bought before", style="italic", va="top")
    axes.vlines(0, height + 0.09 * top, 0.93 * top, mpl.rcParams["axes.edgecolor"], linewidth=0.75)
