"""Figures as axes and labels write them, where there is less room than in a sentence; and foreign text made plain."""

from __future__ import annotations

import unicodedata
from datetime import date

from lgs_excel import formatting as fmt

_UNITS = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def whole(number: float) -> str:
    """19959 → "19,959"."""
    return _signed(f"{number:,.0f}")


def axis_count(value: float) -> str:
    """1500 → "1.5k": three digits at most."""
    return _signed(_short(value))


def axis_pounds(value: float) -> str:
    """2000 → "£2k": three digits at most."""
    return _signed(_short(value), "£")


def axis_percent(fraction: float) -> str:
    """0.1 → "10%"."""
    return _signed(f"{100 * fraction:,.0f}") + "%"


def pence(value: float) -> str:
    """533.881 → "£533.88"."""
    return _signed(f"{value:,.2f}", "£")


def growth_label(fraction: float) -> str:
    """0.3652 → "+36.5%"; from 1,000% on without decimals."""
    text = f"{100 * fraction:,.1f}" if abs(fraction) < 10 else f"{100 * fraction:,.0f}"
    plus = "+" if fraction > 0 and text.strip("0.") else ""
    return plus + _signed(text) + "%"


def to_day(day: date) -> str:
    """How far an unfinished month goes: "to 9 Dec"."""
    return f"to {fmt.short_day(day)}"


def plain(text: str) -> str:
    """`text` on one line, composed (é is one letter), without Unicode's class C: controls, marks of direction."""
    composed = unicodedata.normalize("NFC", text)
    kept = (letter if unicodedata.category(letter)[0] != "C" else " " for letter in composed)
    return " ".join("".join(kept).split())


def _short(value: float) -> str:
    size = abs(value)
    unit, letter = next(((unit, letter) for unit, letter in _UNITS if size >= 0.9995 * unit), (1.0, ""))
    figure = size / unit
    text = f"{figure:.3g}" if figure < 999.5 else f"{figure:,.0f}"
    return ("-" if value < 0 else "") + text + letter


def _signed(text: str, currency: str = "") -> str:
    """With a proper minus sign, before the currency, and none before a zero."""
    digits = text.removeprefix("-")
    minus = fmt.MINUS if digits != text and digits.strip("0.,") else ""
    return minus + currency + digits
