"""The look of the charts: the house style sheet, the company's own on top of it, and the company's logo."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import fontManager, get_font
from PIL import Image

from lgs_excel.errors import SettingsError, nearest
from lgs_excel.report.excel_text import one_line

HOUSE_SHEET = Path(__file__).with_name("lgs.mplstyle")
LAST_FAMILY = (
    "DejaVu Sans"  # comes with matplotlib: Latin, Greek, Cyrillic, Arabic and Hebrew, nothing from the Far East
)
# Whatever a style sheet says: a dollar is a dollar, and no program outside is run.
FIXED = {"text.usetex": False, "text.parse_math": False}
NOT_STYLE = ("backend", "backend_fallback", "interactive")


@dataclass(frozen=True)
class Style:
    """sheet: the company's style sheet, "" without one. logo: an image file's bytes. rc: matplotlib's parameters, with
    the first font that is installed as font.family, and all that are as font.sans-serif.
    """

    sheet: str
    logo: bytes = field(repr=False)
    rc: Mapping[Any, Any] = field(compare=False, repr=False)


def load_style(chart_style: str = "", logo: str = "") -> Style:
    """The style of these two settings: paths of files, or "".

    Raises SettingsError for a file that can't be read, a line that matplotlib doesn't know, a logo that is no image.
    """
    image = _read("logo", logo) if logo else b""
    try:
        Image.open(BytesIO(image)).verify() if image else None
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise SettingsError(f"logo is {logo}, which is no image that can be read. Give a PNG file.") from error
    sheet = _read("chart_style", chart_style).decode(errors="replace") if chart_style else ""
    return Style(sheet, image, _parameters(sheet, chart_style))


def drawable(text: str, families: tuple[str, ...]) -> str:
    """`text` on one line, without loose accents and the letters that none of these fonts has; may be empty."""
    letters = _letters(families)
    kept = (x for x in one_line(text) if x == " " or (ord(x) in letters and unicodedata.category(x)[0] != "M"))
    return one_line("".join(kept))


@lru_cache(maxsize=4)
def _parameters(sheet: str, path: str) -> Mapping[Any, Any]:
    rc: dict[Any, Any] = dict(mpl.rc_params_from_file(HOUSE_SHEET, fail_on_error=True))
    names = [line.partition("#")[0].partition(":")[0].strip() for line in sheet.splitlines()]
    if unknown := next((name for name in names if name and name not in rc), None):
        hint = nearest(unknown, rc)
        raise SettingsError(f"chart_style is {path}, where {unknown!r} is no parameter of matplotlib's.{hint}")
    try:
        rc |= (
            mpl.rc_params_from_file(Path(path).expanduser(), fail_on_error=True, use_default_template=False)
            if sheet
            else {}
        )
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"chart_style is {path}, which matplotlib refuses: {reason}. Mend that line.") from error
    asked = [name for family in rc["font.family"] for name in rc.get(f"font.{family}", [family])]
    # matplotlib complains of a font that is not installed, and draws a text slowly that may take several.
    installed = {font.name for font in fontManager.ttflist}
    families = list(dict.fromkeys(name for name in (*asked, LAST_FAMILY) if name in installed))
    rc |= {**FIXED, "font.family": families[:1], "font.sans-serif": families}
    return {name: value for name, value in rc.items() if name not in NOT_STYLE}


@lru_cache(maxsize=4)
def _letters(families: tuple[str, ...]) -> frozenset[int]:
    """The code points that these fonts can draw."""
    return frozenset(code for name in families for code in get_font(fontManager.findfont(name)).get_charmap())


def _read(setting: str, path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting} is {path}, which can't be read: {error.strerror}. Mend the path.") from error
