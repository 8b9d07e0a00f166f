"""From which segment to which customers moved."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from lgs_excel import formatting as fmt
from lgs_excel.analytics.movement import NEW, Movement
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.report.charts.figure import new_figure, sentence_figure
from lgs_excel.report.findings.movement import BETTER, SAME, WORSE, movement_title, way

WIDTH, HEIGHT = 900, 400


def movement_figure(movement: Movement) -> Figure:
    """A field for each pair of segments, rows then and columns now, with the customers who went that way.

    Without customers, a sentence.
    """
    if movement.moves.empty:
        return sentence_figure(movement_title(movement), HEIGHT, WIDTH)
    grid = mpl.rcParams["grid.color"]
    tints = {WORSE: to_rgba("C3", 0.25), BETTER: to_rgba("C1", 0.22), SAME: to_rgba(grid)}
    subtitle = f"Rows: segment on {fmt.day(movement.then)}; columns: now"
    figure = new_figure(movement_title(movement), subtitle, tuple(tints.items()), HEIGHT, WIDTH)
    axes = figure.subplots(gridspec_kw={"left": 0.155, "right": 0.985, "bottom": 0.03, "top": 0.75})
    now = [segment.name for segment in SEGMENTS]
    then = [*now, NEW]
    fields = np.zeros((len(then), len(now), 4))
    for _, was, became, count in movement.moves[["from_segment", "to_segment", "customers"]].itertuples():
        place = now.index(became), then.index(was)
        fields[place[::-1]] = tints.get(way(was, became), (0, 0, 0, 0))
        weight = "bold" if way(was, became) == WORSE else "normal"
        axes.text(*place, f"{count:,}", ha="center", va="center_baseline", weight=weight)
    axes.pcolormesh(fields, edgecolors=mpl.rcParams["figure.facecolor"], linewidth=2, shading="nearest")
    axes.invert_yaxis()
    axes.hlines(np.arange(len(then)) + 0.5, -0.5, len(now) - 0.5, grid, linewidth=0.75)
    axes.set_yticks(range(len(then)), then, color=mpl.rcParams["text.color"])
    axes.set_xticks(range(len(now)), ["\n".join(name.rsplit(" ", 1)) for name in now])
    axes.tick_params("x", top=False, labeltop=True, labelbottom=False, labelcolor=mpl.rcParams["ytick.labelcolor"])
    axes.grid(visible=False)
    return figure
