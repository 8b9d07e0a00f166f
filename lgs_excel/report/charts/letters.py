"""Text as outlines: how wide it is, what of it can be drawn, and the path that draws it.

An outline is loaded once for each letter, so that a text costs a tenth of what laying it out by matplotlib's Text does,
whose look also hangs on everybody's global settings. Dollars are dollars here, and nothing warns.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from numpy.typing import NDArray

from lgs_excel.report.charts.figures import plain
from lgs_excel.report.style import CHART_FONTS

PIXELS_A_POINT = 96 / 72  # of a picture as shown
ELLIPSIS = "…"
LABEL_SIZE = 9.0  # points, the smallest that reads well in Excel
_LOADING = Lock()  # a font has one letter loaded at a time
_SIZE = 100.0


class Face(NamedTuple):
    """A face of the chart fonts."""

    bold: bool = False
    italic: bool = False


PLAIN, BOLD, ITALIC = Face(), Face(bold=True), Face(italic=True)


class Letter(NamedTuple):
    """An outline for a font of one pixel, and how far off the next letter begins."""

    places: NDArray[np.float64]
    codes: NDArray[np.uint8]
    advance: float


@cache
def _fonts(face: Face) -> tuple[tuple[FT2Font, frozenset[int]], ...]:
    """The chart fonts that this machine has, the first choice first, with the code points that they can draw.

    DejaVu Sans comes with matplotlib. Only installed ones are asked for, as findfont logs a complaint for each other.
    """
    installed = {font.name for font in fontManager.ttflist}
    fonts = []
    for name in (name for name in CHART_FONTS if name in installed):
        asked = FontProperties(
            family=name, weight="bold" if face.bold else "normal", style="italic" if face.italic else "normal"
        )
        font = FT2Font(findfont(asked))
        font.set_size(_SIZE, 72)
        fonts.append((font, frozenset(font.get_charmap())))
    return tuple(fonts)


@lru_cache(maxsize=2000)
def _letter(letter: str, face: Face) -> Letter | None:
    """A letter from the first font that has it, None if none has."""
    code = ord(letter)
    with _LOADING:
        font = next((font for font, codes in _fonts(face) if code in codes), None)
        if font is None:
            return None
        glyph = font.load_char(code, LoadFlags.NO_HINTING)
        places, codes = font.get_path()
        return Letter(np.array(places) / _SIZE, np.array(codes), glyph.linearHoriAdvance / 65536 / _SIZE)


def drawable(text: str) -> str:
    """`text` on one line, without the letters that no chart font has and without loose accents; may be empty."""
    kept = (letter for letter in plain(text) if unicodedata.category(letter)[0] != "M" and _letter(letter, PLAIN))
    return plain("".join(kept))


def text_width(text: str, points: float = LABEL_SIZE, face: Face = PLAIN) -> float:
    """How wide `text` is, in pixels as shown."""
    return sum(known.advance for letter in text if (known := _letter(letter, face))) * points * PIXELS_A_POINT


def shortened(text: str, width: float, points: float = LABEL_SIZE, face: Face = PLAIN) -> str:
    """`text`, or as much of it as fits into `width` together with an ellipsis."""
    room = width - text_width(ELLIPSIS, points, face)
    used, fits = 0.0, 0
    for letter in text:
        used += text_width(letter, points, face)
        if used > width:
            return text[:fits].rstrip() + ELLIPSIS
        fits += used <= room
    return text


def text_path(x: float, y: float, text: str, points: float, face: Face) -> Path | None:
    """The outline of `text` from x on, on the base line y of a page whose y runs down; None for spaces only."""
    places: list[NDArray[Any]] = []
    codes: list[NDArray[Any]] = []
    start = 0.0
    for letter in text:
        known = _letter(letter, face)
        if known is None:
            continue
        if len(known.places):
            places.append(np.add(known.places, (start, 0)))
            codes.append(known.codes)
        start += known.advance
    if not places:
        return None
    size = points * PIXELS_A_POINT
    return Path(np.add(np.concatenate(places) * (size, -size), (x, y)), np.concatenate(codes))
