"""From a function that makes a Figure to the finished Chart: drawn in the style, made a small PNG file, and kept, also
in the user's cache for the next process.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lgs_excel import formatting as fmt
from lgs_excel.report.chart_style import Style
from lgs_excel.report.charts.figure import DPI, MARGIN, SHARPNESS
from lgs_excel.report.model import Chart
from lgs_excel.user_cache import PICTURES

LOGO_WIDTH, LOGO_HEIGHT = 110, 26  # at most, pixels as shown
_DRAWING = Lock()  # matplotlib's parameters are global, so that one picture is drawn at a time


@dataclass(frozen=True)
class _Work:
    """A picture to draw; two that are equal have the same function, figures and style."""

    function: Callable[..., Figure]
    key: Hashable
    style: Style
    figures: tuple[Any, ...] = field(compare=False)

    @property
    def name(self) -> str:
        """Another for each picture, in every process."""
        style, function = self.style, self.function
        drawn_by = (mpl.__version__, function.__module__, function.__qualname__, style.rc["font.sans-serif"])
        return repr((*drawn_by, style.sheet, sha256(style.logo).hexdigest(), self.key))


def make_chart(name: str, message: str, style: Style, function: Callable[..., Figure], *figures: Any) -> Chart:
    """The Chart of the Figure that `function(*figures)` returns. It is not drawn again while the figures stay the same.

    figures: data frames, frozen dataclasses of them, and values whose repr says all.
    """
    png, (width, height) = draw(_Work(function, _key((fmt.currency(), *figures)), style, figures))
    return Chart(name, message, png, width, height)


@lru_cache(maxsize=PICTURES.most)
def draw(work: _Work) -> tuple[bytes, tuple[int, int]]:
    """The PNG file, and the width and height at which it is shown."""
    if (png := PICTURES.get(work.name)) is None:
        png = _drawn(work)
        PICTURES.put(work.name, png)
    width, height = Image.open(BytesIO(png)).size
    return png, (width // SHARPNESS, height // SHARPNESS)


def _drawn(work: _Work) -> bytes:
    with _DRAWING, mpl.rc_context({**work.style.rc, "figure.dpi": DPI * SHARPNESS}):
        figure = work.function(*work.figures)
        if work.style.logo:
            _add_logo(figure, work.style.logo)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib has no types here
    drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")  # type: ignore[no-untyped-call]  # matplotlib has no types here
    return _png(drawn)


def _key(figures: Any) -> Hashable:
    if isinstance(figures, pd.DataFrame):
        return tuple((name, repr(figures[name].tolist())) for name in figures)
    if is_dataclass(figures):
        return tuple(_key(getattr(figures, one.name)) for one in fields(figures))
    return tuple(map(_key, figures)) if isinstance(figures, tuple) else repr(figures)


def _add_logo(figure: Figure, logo: bytes) -> None:
    """The logo in the top right corner."""
    image = Image.open(BytesIO(logo)).convert("RGBA")
    image.thumbnail((LOGO_WIDTH * SHARPNESS, LOGO_HEIGHT * SHARPNESS), Image.Resampling.LANCZOS)
    right, top = (int(size) - MARGIN * SHARPNESS // 2 for size in (figure.bbox.width, figure.bbox.height))
    figure.figimage(np.asarray(image), right - image.width, top - image.height)


def _png(drawn: Image.Image) -> bytes:
    """With a palette: nobody sees the difference, and a mailed report is a third as large."""
    # A ninth of the pixels has all colours, and finds them in a ninth of the time.
    sample = drawn.resize((drawn.width // 3, drawn.height // 3), Image.Resampling.NEAREST)
    colours = sample.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few = drawn.quantize(palette=colours, dither=Image.Dither.NONE)
    # A palette's colours are means, which leaves that of the page, the first pixel's, a shade off.
    first = (0, 0, 1, 1)
    palette, page = few.getpalette() or [], 3 * few.crop(first).tobytes()[0]
    palette[page : page + 3] = drawn.crop(first).tobytes()
    few.putpalette(palette)
    file = BytesIO()
    few.save(file, "png", dpi=(DPI * SHARPNESS, DPI * SHARPNESS), compress_level=3)
    return file.getvalue()
