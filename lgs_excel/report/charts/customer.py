"""A customer's net sales by month."""

from __future__ import annotations

from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.figure import new_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import draw_columns, label_columns, month_axis
from lgs_excel.report.findings.customer import customer_title
from lgs_excel.report.months import months_of

HEIGHT = 260


def customer_figure(page: pd.DataFrame, number: str, unfinished: date | None, data_through: date) -> Figure:
    """A column a month, from the first order on. page: the columns of the analysis customer."""
    rows = page[page["part"] == "month"].reset_index(drop=True)
    months = months_of(pd.to_datetime(rows["name"]), unfinished, data_through)
    figure = new_figure(customer_title(page, number), "Net sales by month", height=HEIGHT)
    axes = figure.subplots()
    month_axis(axes, months)
    draw_columns(axes, months, rows["figure"].tolist(), "C0")
    value_ticks(axes.yaxis, fmt.axis_money)
    zero_line(axes)
    axes.margins(y=0.12)
    texts = [fmt.short_money(value) if value > 0 else "" for value in rows["figure"]]
    label_columns(axes, months, rows["figure"], texts, int(rows["figure"].argmax()))
    return figure
