"""The headline figures of a month as tiles: the figure, its change, the months before as a small line."""

from __future__ import annotations

from datetime import date

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.figure import DPI, MARGIN, WIDTH
from lgs_excel.report.findings.tiles import Tile
from lgs_excel.warehouse.months import add_months

HEIGHT = 132


def tiles_figure(tiles: tuple[Tile, ...], month: date) -> Figure:
    """A tile a figure, side by side. month: the one that they are of."""
    figure = Figure((WIDTH / DPI, HEIGHT / DPI))
    edge, top = MARGIN / WIDTH, 24 / HEIGHT
    grid = figure.add_gridspec(1, len(tiles), left=edge, right=1 - edge, bottom=0.04, top=1 - top, wspace=0.06)
    before = fmt.month(month)
    figure.text(edge, 1 - 5 / HEIGHT, before, size="large", va="top", color=mpl.rcParams["axes.labelcolor"])
    for place, tile in enumerate(tiles):
        _draw(figure.add_subplot(grid[place]), tile, f" on {fmt.month(add_months(month, -1)).split()[0]}")
    return figure


def _draw(axes: Axes, tile: Tile, on_month: str) -> None:
    axes.set(xticks=(), yticks=(), facecolor=mpl.rcParams["figure.facecolor"])
    axes.spines[:].set(visible=True, color=mpl.rcParams["grid.color"])
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.grid(visible=False)
    axes.text(0.06, 0.93, tile.name, va="top", color=mpl.rcParams["axes.labelcolor"])
    axes.text(0.06, 0.77, tile.value, va="top", size=17, weight="bold", color="C0")
    if fmt.defined(tile.change):
        _draw_change(axes, tile.change, on_month)
    _draw_line(axes, np.array(tile.line))


def _draw_change(axes: Axes, change: float, on_month: str) -> None:
    """Upwards, downwards, or neither where it reads as nought."""
    label, up = fmt.growth_label(change), change > 0
    if not label.strip("0.%"):
        axes.text(0.06, 0.5, label + on_month, va="top", weight="bold", color=mpl.rcParams["axes.labelcolor"])
        return
    colour = "C1" if up else "C3"
    axes.plot(0.095, 0.435, marker="^" if up else "v", color=colour, markersize=6)
    axes.text(0.15, 0.5, label + on_month, va="top", weight="bold", color=colour)


def _draw_line(axes: Axes, line: np.ndarray) -> None:
    """The months from left to right, the lowest at the bottom of the lower right corner, the highest at its top."""
    known = line[np.isfinite(line)]
    if len(known) < 2:
        return
    low, high = known.min(), known.max()
    heights = 0.08 + 0.22 * ((line - low) / (high - low) if high > low else np.full(len(line), 0.5))
    places = np.linspace(0.46, 0.94, len(line))
    axes.plot(places, heights, color="C0", linewidth=1.4)
    axes.plot(places[-1], heights[-1], "o", color="C0", markersize=4)
