"""Each RFM segment's share of customers against its share of sales."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from lgs_excel import formatting as fmt
from lgs_excel.analytics.rfm import CustomerSegments
from lgs_excel.report.charts.figure import new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.findings.segments import segments_title

HEIGHT = 430


def segments_figure(rfm: CustomerSegments) -> Figure:
    """A row a segment, in the order of the sheet: dots at its share of customers and of sales, joined by a line.

    Without customers, a sentence.
    """
    title, rows = segments_title(rfm), rfm.segments
    if not rows["customers"].any():
        return sentence_figure(title, HEIGHT)
    legend = (("of customers", "C0"), ("of sales", "C3"))
    figure = new_figure(title, "Each segment’s share, and its number of customers", legend, HEIGHT)
    axes = figure.subplots(gridspec_kw={"left": 0.28, "bottom": 0.07})
    shares = rows[["share_of_customers", "share_of_sales"]].where(rows["customers"] > 0)
    low, high = shares.min(axis=1), shares.max(axis=1)
    axes.hlines(range(len(rows)), low, high, color=mpl.rcParams["grid.color"], linewidth=3)
    page, hidden = mpl.rcParams["figure.facecolor"], high - low < 0.005 * high.max()
    axes.scatter(shares["share_of_customers"], range(len(rows)), 90, color="C0", edgecolors=page, zorder=3)
    # A dot that would hide the other is smaller.
    sizes = np.where(hidden, 30, 90)
    axes.scatter(shares["share_of_sales"], range(len(rows)), sizes, color="C3", edgecolors=page, zorder=3)
    for ends, shift, side in ((high, 7, "left"), (low.where(shares.notna().all(axis=1)), -7, "right")):
        beside = offset_copy(axes.transData, figure, shift, units="points")
        for row, share in enumerate(ends):
            if fmt.defined(share):
                axes.text(share, row, fmt.percent(share), transform=beside, ha=side, va="center")
    short = fmt.axis_count
    names = [
        f"{name} ({count:,})" if count < 10_000 else f"{name} ({short(count)})"
        for name, count in zip(rows["segment"], rows["customers"], strict=True)
    ]
    axes.set_yticks(range(len(rows)), names, color=mpl.rcParams["text.color"])
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x")
    zero_line(axes, upright=True)
    value_ticks(axes.xaxis, fmt.axis_percent, 6)
    return figure
