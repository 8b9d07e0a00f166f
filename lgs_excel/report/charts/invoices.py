"""How invoice amounts are spread: a histogram, and a box plot on the same axis below it."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from lgs_excel import formatting as fmt
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts
from lgs_excel.report.charts.figure import letters_fit, new_figure, sentence_figure, value_ticks, zero_line
from lgs_excel.report.charts.months import ROOM
from lgs_excel.report.findings.invoices import invoices_title, rounded, trimmed_title

SUBTITLE = "Invoices by amount"
FEWEST = 5  # bins to the width of the Axes, so that a single one is no wall


def invoices_figure(invoices: InvoiceAmounts) -> Figure:
    """All invoices, in bins of sizes 1, 2, 5, 10, 20, 50 … pounds that are equally wide. Without any, a sentence."""
    whole = invoices.whole
    if not whole.count:
        return sentence_figure(invoices_title(invoices))
    # Empty bins at the left end say nothing; at the right end there are none.
    first = int((whole.bins["invoices"] > 0).argmax())
    subtitle = fmt.in_currency(f"{SUBTITLE}, in steps of 1, 2, 5, 10 … pounds")
    return _draw(invoices_title(invoices), subtitle, whole, fmt.axis_money, first)


def trimmed_figure(invoices: InvoiceAmounts) -> Figure:
    """The invoices below the 85th percentile, in even bins. Without any, a sentence."""
    trimmed, edges = invoices.trimmed, invoices.trimmed.bins["upper"]
    if not trimmed.count:
        return sentence_figure(trimmed_title(invoices))
    subtitle = f"{SUBTITLE} up to the 85th percentile, {_short(invoices.p85)}"
    return _draw(trimmed_title(invoices), subtitle, trimmed, fmt.money if edges[0] % 1 == 0 else fmt.pence)


def _draw(title: str, subtitle: str, amounts: Distribution, label: Callable[[float], str], first: int = 0) -> Figure:
    """Two Axes. first: the number of the first bin to show."""
    legend = ((f"median {_short(amounts.median)}", "C1"), (f"mean {_short(amounts.mean)}", "C3"))
    figure = new_figure(title, subtitle, legend)
    top, bottom = figure.subplots(2, 1, height_ratios=(5, 1), gridspec_kw={"hspace": 0.52, "bottom": 0.1})
    bins = amounts.bins[first:]
    edges, counts = [*bins["lower"], bins["upper"].iloc[-1]], bins["invoices"].tolist()
    slot, pad = ROOM / max(len(counts), FEWEST), max(0, FEWEST - len(counts)) / 2
    for axes in (top, bottom):
        axes.set_xlim(-pad, len(counts) + pad)
    labels = [label(edge) for edge in edges]
    step = next(step for step in (1, 2, 4, 5, 10, 20, 50, 100) if letters_fit(labels, step * slot - 4))
    top.set_xticks(range(0, len(edges), step), labels[::step])

    def place(amount: float) -> float:
        """Where an amount stands between the edges, which are one apart."""
        return float(np.interp(amount, edges, range(len(edges))))

    averages = [place(amounts.median), place(amounts.mean)]
    _draw_histogram(top, counts, slot, set(map(int, averages)))
    top.vlines(averages, 0, 1, ["C1", "C3"], transform=top.get_xaxis_transform())
    _draw_box(bottom, amounts, place)
    return figure


def _draw_histogram(axes: Axes, counts: list[int], slot: float, crossed: set[int]) -> None:
    """Bars, and numbers above them if all have room; crossed: the bars with a line through them."""
    page = mpl.rcParams["figure.facecolor"]
    axes.stairs(counts, fill=True, color="C0")
    axes.vlines(range(len(counts)), 0, counts, page, linewidth=1.5)
    axes.set_ylim(0, 1.2 * max(counts))
    axes.tick_params("x", labelcolor=mpl.rcParams["ytick.labelcolor"])
    value_ticks(axes.yaxis, fmt.axis_count, whole=True)
    zero_line(axes)
    above = offset_copy(axes.transData, axes.figure, 0, 3, units="points")  # type: ignore[arg-type]  # never a SubFigure
    if letters_fit([f"{count:,}" for count in counts], slot):
        for i, count in enumerate(counts):
            box = {"facecolor": page, "linewidth": 0, "pad": 0.5} if i in crossed else None
            axes.text(i + 0.5, count, f"{count:,}" if count else "", transform=above, ha="center", bbox=box)


def _draw_box(axes: Axes, amounts: Distribution, place: Callable[[float], float]) -> None:
    grey, page = mpl.rcParams["axes.labelcolor"], mpl.rcParams["figure.facecolor"]
    axes.axis("off")
    axes.set_ylim(-1, 1)
    axes.hlines(0, place(amounts.min), place(amounts.max), color=grey, linestyle="dotted", linewidth=0.75)
    # Of few amounts, none may lie between a quartile and the end of its whisker.
    ends = min(amounts.whisker_low, amounts.q1), max(amounts.whisker_high, amounts.q3)
    outer = [place(x) for x in (amounts.min, amounts.max) if not ends[0] <= x <= ends[1]]
    box = (*ends, amounts.q1, amounts.q3, amounts.median, amounts.mean)
    names = ("whislo", "whishi", "q1", "q3", "med", "mean")
    axes.bxp(
        [{name: place(value) for name, value in zip(names, box, strict=True)} | {"fliers": outer}],
        positions=[0], widths=1.3, capwidths=0.6, orientation="horizontal", patch_artist=True, showmeans=True,
        manage_ticks=False, boxprops={"facecolor": to_rgba("C0", 0.22), "linewidth": 0},
        medianprops={"color": "C1", "linewidth": 2.5}, flierprops={"markerfacecolor": grey, "markeredgewidth": 0},
        meanprops={"marker": "o", "markersize": 8, "markerfacecolor": "C3", "markeredgecolor": page},
    )  # fmt: skip
    quartiles = f"Half of the invoices: {rounded(amounts.q1)} to {rounded(amounts.q3)}"
    for x, y, text, side in (
        (0, 1, f"smallest {fmt.pence(amounts.min)}", "left"), (1, 1, f"largest {fmt.pence(amounts.max)}", "right"),
        (0.5, -0.4, quartiles, "center"),
    ):  # fmt: skip
        axes.text(x, y, text, transform=axes.transAxes, ha=side, color=grey)


def _short(amount: float) -> str:
    return fmt.pence(amount) if amount < 1e6 else fmt.short_money(amount)
