"""What monthly charts share: the months on the x axis, the hatched unfinished one, labels at columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import offset_copy

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.figure import LEFT, RIGHT, WIDTH, letters_fit
from lgs_excel.report.months import Months

ROOM = WIDTH - LEFT - RIGHT  # of the Axes, pixels as shown
FEWEST = 6  # months to that room, so that a single one is no wall
NOTE_ROOM = 66  # between a labelled month and an unfinished one, below which stands "to 31 Dec"


def slot(months: Months) -> float:
    """A month's width in pixels as shown."""
    return ROOM / max(len(months.months), FEWEST)


def month_axis(axes: Axes, months: Months, *, labels: bool = True) -> None:
    """Month i at x = i: as many names as have room, years below, and how far the unfinished month goes."""
    middle, half = (len(months.months) - 1) / 2, max(len(months.months), FEWEST) / 2
    axes.set_xlim(middle - half, middle + half)
    axes.xaxis.set_visible(labels)
    if labels:
        shown = _labels(months)
        axes.set_xticks(list(shown), list(shown.values()))


def _labels(months: Months) -> dict[int, str]:
    """Texts by the index of their month."""
    dates, wide = months.months, slot(months)
    step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 1200) if step * wide >= (46 if step == 1 else 26))
    places = [i for i, month in enumerate(dates) if (12 * month.year + month.month - 1) % step == 0] or [0]
    if months.unfinished is not None:
        near = NOTE_ROOM if step > 1 else 1
        places = [i for i in places if (months.unfinished - i) * wide >= near] + [months.unfinished]
    shown, seen = {}, set()
    for i in places:
        year = "" if dates[i].year in seen else str(dates[i].year)
        seen.add(dates[i].year)
        name = fmt.month(dates[i]) if year and i == months.unfinished else fmt.month(dates[i])[:3]
        below = months.to_day if i == months.unfinished else year
        shown[i] = year if step >= 12 and below == year else f"{name}\n{below}".strip()
    return shown


def draw_columns(
    axes: Axes, months: Months, values: Sequence[float], colour: str, bottom: Sequence[float] | float = 0
) -> None:
    """A column a month, the unfinished one hatched."""
    bars = axes.bar(range(len(values)), values, 0.7, bottom, color=colour, linewidth=0)
    if months.unfinished is not None:
        hatch(bars[months.unfinished], colour)


def hatch(bar: Any, colour: str) -> None:
    """Show that a bar is not the whole: as the page, with strokes of its colour."""
    bar.set(facecolor=mpl.rcParams["figure.facecolor"], edgecolor=colour, linewidth=0.75, hatch="////")


def label_columns(
    axes: Axes, months: Months, tops: pd.Series, texts: Sequence[str], told: int | None = None, *,
    below: pd.Series | bool = False,
) -> None:  # fmt: skip
    """Texts above (or below) places: all of them if all have room, else those of `told`, in bold, and of the last."""
    last, fit = len(texts) - 1, letters_fit(texts, slot(months))
    up, down = (offset_copy(axes.transData, axes.figure, 0, shift, units="points") for shift in (3, -3))  # type: ignore[arg-type]  # never a SubFigure
    for i, (text, under) in enumerate(zip(texts, np.broadcast_to(below, len(texts)), strict=True)):
        if text and (fit or i == told or (i == last and (told is None or (last - told) * slot(months) > 60))):
            axes.text(
                i, tops[i], text, transform=down if under else up, ha="center", va="top" if under else "bottom",
                weight="bold" if i == told else "normal",
            )  # fmt: skip
