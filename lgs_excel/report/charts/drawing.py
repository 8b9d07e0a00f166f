"""From the marks on a page to the bytes of its picture; the same marks give the same bytes, and are drawn once.

A refresh mostly finds what the last one found: the last pictures are kept. No global setting is changed, so that pages
may be drawn in threads.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

from lgs_excel.report.charts.letters import Face, text_path
from lgs_excel.report.style import WHITE

SHARPNESS = 2  # pixels of the file to a pixel as shown, each way
DPI = 96  # of Excel's pixels as shown
KEPT = 48  # pictures: a report has nine


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle, hatched for what is unfinished."""

    left: float
    top: float
    right: float
    bottom: float
    colour: str
    hatched: bool
    layer: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, interrupted where a y is None."""

    xs: tuple[float, ...]
    ys: tuple[float | None, ...]
    colour: str
    width: float
    dashed: bool
    layer: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with a rim."""

    x: float
    y: float
    radius: float
    face: str
    edge: str


@dataclass(frozen=True, slots=True)
class Text:
    """Letters from `left` on, on the base line y; above all else."""

    left: float
    y: float
    text: str
    size: float
    colour: str
    face: Face


Mark: TypeAlias = Bar | Line | Dot | Text


@lru_cache(maxsize=KEPT)
def drawn(width: int, height: int, marks: tuple[Mark, ...]) -> bytes:
    """The PNG file of a page of this size (pixels as shown)."""
    figure = Figure((width / DPI, height / DPI), dpi=DPI * SHARPNESS, facecolor=WHITE)
    canvas = FigureCanvasAgg(figure)
    place = Affine2D().scale(SHARPNESS, -SHARPNESS).translate(0, SHARPNESS * height)
    for artist, layer in (*_shapes(marks), *_letters(marks)):
        artist.set_transform(place)
        artist.set_zorder(layer)
        figure.add_artist(artist)
    return _png(canvas)


def _shapes(marks: tuple[Mark, ...]) -> list[tuple[Artist, float]]:
    shapes: list[tuple[Artist, float]] = []
    for mark in marks:
        match mark:
            case Bar():
                shapes.append((_rectangle(mark), mark.layer))
            case Line():
                shapes.append((_line(mark), mark.layer))
            case Dot():
                place = mark.x, mark.y
                dot = Circle(place, mark.radius, facecolor=mark.face, edgecolor=mark.edge, linewidth=1.1)
                shapes.append((dot, 3.5))
    return shapes


def _line(line: Line) -> Line2D:
    ys = [math.nan if y is None else y for y in line.ys]
    return Line2D(line.xs, ys, color=line.colour, linewidth=line.width, linestyle=(0, (3, 2)) if line.dashed else "-")


def _rectangle(bar: Bar) -> Rectangle:
    width, height = bar.right - bar.left, bar.bottom - bar.top
    if not bar.hatched:
        return Rectangle((bar.left, bar.top), width, height, facecolor=bar.colour, linewidth=0)
    inner = Rectangle(
        (bar.left + 0.5, bar.top + 0.5), max(width - 1, 0), max(height - 1, 0),
        facecolor=WHITE, edgecolor=bar.colour, linewidth=0.75, hatch="////",
    )  # fmt: skip
    inner.set_hatch_linewidth(0.9)
    return inner


def _letters(marks: tuple[Mark, ...]) -> list[tuple[Artist, float]]:
    """All texts of a colour as one artist, as each costs more than its letters."""
    paths: dict[str, list[Path]] = {}
    for mark in marks:
        if isinstance(mark, Text) and (path := text_path(mark.left, mark.y, mark.text, mark.size, mark.face)):
            paths.setdefault(mark.colour, []).append(path)
    return [(PathPatch(Path.make_compound_path(*some), facecolor=c, linewidth=0), 4) for c, some in paths.items()]


def _png(canvas: FigureCanvasAgg) -> bytes:
    """The picture with a palette: nobody sees the difference, and a mailed report is a third as large."""
    raw = io.BytesIO()
    canvas.print_raw(raw)  # type: ignore[no-untyped-call]  # matplotlib gives no types here
    width, height = canvas.get_width_height()
    picture = Image.frombuffer("RGBA", (width, height), raw.getvalue()).convert("RGB")
    few = picture.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # A palette's colours are means, which leaves the white of the page, that of the first pixel, a shade off.
    palette = few.getpalette() or []
    white = 3 * few.tobytes()[0]
    palette[white : white + 3] = (255, 255, 255)
    few.putpalette(palette)
    file = io.BytesIO()
    few.save(file, "png", dpi=(DPI * SHARPNESS, DPI * SHARPNESS))
    return file.getvalue()
