"""Which share of customers orders again within so many days."""

from __future__ import annotations

from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.analytics.second_order import SecondOrders
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.findings.second_order import second_order_title

HEIGHT = 300


def second_order_figure(orders: SecondOrders) -> Figure:
    """A column a horizon, its share on top, and how many customers were observed below. Without any, a sentence."""
    title, rows = second_order_title(orders), orders.horizons
    if not rows["observed"].any():
        return sentence_figure(title, HEIGHT)
    figure = new_figure(title, "Customers with a second order, of those who were followed for so long", height=HEIGHT)
    axes, shares = figure.subplots(), rows["share"].fillna(0)
    bars = axes.bar(range(len(rows)), shares, 0.5, color="C0", linewidth=0)
    texts = [fmt.percent(share) if fmt.defined(share) else "not known yet" for share in rows["share"]]
    axes.bar_label(bars, texts, padding=3)
    names = [f"{row['days']:.0f} days\n{fmt.count(row['observed'], 'customer')}" for row in rows.to_dict("records")]
    axes.set_xticks(range(len(rows)), names)
    axes.set_ylim(0, max(0.1, 1.15 * shares.max()))
    value_ticks(axes.yaxis, fmt.axis_percent)
    zero_line(axes)
    return figure
