"""A matplotlib Figure with title, legend and margins, in the style of the moment. Made without pyplot."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

SHARPNESS, DPI = 2, 96  # pixels of the file to a pixel as shown, each way; pixels as shown to an inch
WIDTH, HEIGHT = 760, 380  # pixels as shown
LEFT, RIGHT, BOTTOM, MARGIN = 68, 40, 46, 16  # around the Axes; around the whole
# Of a bold letter, in sizes of the font; the house fonts are narrow.
LETTER_WIDTHS, WIDEST_LETTER = {"Calibri": 0.55, "Carlito": 0.55}, 0.72


def new_figure(
    title: str, subtitle: str = "", legend: Sequence[tuple[str, Any]] = (), height: int = HEIGHT, width: int = WIDTH,
    *, fit: bool = False,
) -> Figure:  # fmt: skip
    """An empty Figure with its title, what it shows below, and a legend at the right of that.

    legend: pairs of a meaning and a colour. Axes stand below, at margins that hold the labels of formatters.py; with
    `fit` at such as names of any length need, which takes longer.
    """
    figure = Figure((width / DPI, height / DPI))
    lines = [line for part in title.split("\n") for line in textwrap.wrap(part, title_letters(width))]
    head, left = 12 + 21 * len(lines), MARGIN / width
    top = 1 - (head + 15) / height
    named = {"ha": "left", "va": "top", "color": "C0", "family": mpl.rcParams["font.sans-serif"]}
    figure.suptitle("\n".join(lines), x=left, y=1 - 12 / height, **named).set_in_layout(False)
    figure.text(
        left, top, subtitle, size="large", color=mpl.rcParams["axes.labelcolor"], family=mpl.rcParams["font.sans-serif"]
    )
    if legend:
        patches = [Patch(facecolor=colour, label=meaning) for meaning, colour in legend]
        figure.legend(handles=patches, loc="center right", bbox_to_anchor=(1 - left, top + 4 / height), ncols=9)
    if fit:
        room = left, left, 1 - 2 * left, top - 2 * left
        figure.set_layout_engine("constrained", rect=room, w_pad=0, h_pad=0)
    else:
        figure.subplots_adjust(LEFT / width, BOTTOM / height, 1 - RIGHT / width, top - 23 / height)
    return figure


def sentence_figure(sentence: str, height: int = HEIGHT, width: int = WIDTH) -> Figure:
    """A picture that only says why there is none."""
    figure = Figure((width / DPI, height / DPI))
    axes = figure.add_axes((MARGIN / width, MARGIN / height, 1 - 2 * MARGIN / width, 1 - 2 * MARGIN / height))
    axes.set(xticks=(), yticks=(), facecolor=mpl.rcParams["grid.color"])
    axes.text(0.5, 0.5, sentence, size="x-large", ha="center", va="center", color=mpl.rcParams["axes.labelcolor"])
    return figure


def title_letters(width: int = WIDTH) -> int:
    """About how many letters of a title a line has room for."""
    return letters_in(width - 2 * MARGIN, mpl.rcParams["figure.titlesize"])


def letters_in(room: float, size: float | str = "medium") -> int:
    """About how many letters of this size have room, in pixels as shown; too few rather than too many."""
    points = FontProperties(size=size).get_size_in_points()
    return int(room / (LETTER_WIDTHS.get(mpl.rcParams["font.family"][0], WIDEST_LETTER) * points * DPI / 72))


def letters_fit(texts: Sequence[str], room: float) -> bool:
    """Whether the longest text has room, in pixels as shown."""
    return max(map(len, texts), default=0) <= letters_in(room)


def value_ticks(axis: Axis, label: Callable[[float], str], most: int = 4, *, whole: bool = False) -> None:
    """At most about `most` round values as ticks; only whole numbers if so asked."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(lambda value, _: label(value))


def draw_ranking(
    axes: Axes, values: Sequence[float], texts: Sequence[str], names: Sequence[str], fewest: int, size: str = "medium"
) -> None:
    """A bar for each value, the first on top, its text at its end in bold for the first, its name at the left; as high
    as if there were `fewest` at least, so that a single one is no wall.
    """
    bars = axes.barh(range(len(values)), values, 0.68, color="C0", linewidth=0)
    axes.bar_label(bars, list(texts), padding=4)[0].set(weight="bold")
    families, dark = mpl.rcParams["font.sans-serif"], mpl.rcParams["text.color"]
    axes.set_yticks(range(len(names)), list(names), size=size, color=dark, family=families)
    axes.set_ylim(max(len(values), fewest) - 0.4, -0.6)
    axes.xaxis.set_visible(False)
    axes.margins(x=0.02)
    axes.grid(visible=False)
    zero_line(axes, upright=True)


def zero_line(axes: Axes, *, upright: bool = False) -> None:
    """The line from which bars begin."""
    draw = axes.axvline if upright else axes.axhline
    draw(0, color=mpl.rcParams["axes.edgecolor"], linewidth=mpl.rcParams["axes.linewidth"])
