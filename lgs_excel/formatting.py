"""Figures as words: how amounts, changes and months read in a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MINUS = "−"
POUND = "£"
_currency = POUND
_IN_ANY_CURRENCY = {"to the penny": "exactly", "half a penny": "0.005", "half a pound": "0.50"}
_POUNDS = re.compile("|".join(rf"\b{words}\b" for words in ("pounds", *_IN_ANY_CURRENCY)))
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SMALL_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_TITLES, _VOWELS = frozenset({"mr", "mrs", "dr", "st"}), frozenset("aeiouy")
_UNITS = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def use_currency(sign: str) -> None:
    """Show amounts of money with this sign from now on, in the whole process, whose user has one shop."""
    global _currency  # noqa: PLW0603 - as matplotlib's parameters: what every sentence of a report has alike
    _currency = sign


def currency() -> str:
    """What stands before an amount: the sign; after letters with a space that no line breaks at."""
    return f"{_currency}\u00a0" if _currency[-1:].isalpha() else _currency


def in_currency(text: str) -> str:
    """A text about amounts in pounds, such as a definition, for the currency of the shop."""
    if _currency == POUND:
        return text
    return _POUNDS.sub(lambda found: _IN_ANY_CURRENCY.get(found.group(), _currency), text)


def money(amount: float) -> str:
    """Without pence: "£1,461,756", "−£204"."""
    return f"{MINUS if round(amount) < 0 else ''}{currency()}{abs(round(amount)):,}"


def pence(amount: float) -> str:
    """With pence: "£533.88", "−£0.50"."""
    return f"{MINUS if round(amount, 2) < 0 else ''}{currency()}{abs(amount):,.2f}"


def short_money(amount: float) -> str:
    """Three digits at most: "£1.46m", "£748k", "£204"."""
    size, sign = abs(amount), (MINUS if round(amount) < 0 else "") + currency()
    if size >= 999_500:
        return f"{sign}{size / 1e6:.{2 if size < 9.995e6 else 1 if size < 99.95e6 else 0}f}m"
    return f"{sign}{size / 1e3:.0f}k" if size >= 10_000 else f"{sign}{size:,.0f}"


def axis_count(value: float) -> str:
    """1500 → "1.5k", -1500 → "−1.5k": three digits at most."""
    return _signed(_short(value))


def axis_money(value: float) -> str:
    """2000 → "£2k", -2000 → "−£2k": three digits at most."""
    return _signed(_short(value), currency())


def axis_percent(fraction: float) -> str:
    """0.1 → "10%"."""
    return _signed(f"{100 * fraction:,.0f}") + "%"


def growth_label(fraction: float) -> str:
    """0.3652 → "+36.5%"; from 1,000% on without decimals; "" for a NaN."""
    if not math.isfinite(fraction):
        return ""
    text = f"{100 * fraction:,.1f}" if abs(fraction) < 10 else f"{100 * fraction:,.0f}"
    return ("+" if fraction > 0 and text.strip("0.") else "") + _signed(text) + "%"


def percent(share: float) -> str:
    """One decimal: "36.5%", "−2.3%"."""
    return f"{100 * share:.1f}%".replace("-", MINUS)


def change(share: float) -> str:
    """A signed share: "up 36.5%", "down 4.4%", "unchanged"."""
    if abs(share) < 0.0005:
        return "unchanged"
    return f"{'up' if share > 0 else 'down'} {percent(abs(share))}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Such as "1 order", "1,559 orders"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def month(day: date) -> str:
    """Such as "Nov 2011"."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def long_month(day: date) -> str:
    """Such as "November 2011"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_day(value: date) -> str:
    """Such as "9 Dec"."""
    return f"{value.day} {MONTHS[value.month - 1][:3]}"


def day(value: date) -> str:
    """Such as "9 Dec 2011"."""
    return f"{short_day(value)} {value.year}"


def defined(number: float | None) -> bool:
    """Whether there is a figure at all: not missing, not NaN, not infinite."""
    return number is not None and math.isfinite(number)


@lru_cache(20_000)
def title_form(name: str) -> str:
    """A product's name, which exports write in capitals, as people write it: "Regency Cakestand 3 Tier", "Pack of 72
    Retrospot Cake Cases". A name that is mostly in small letters stays as it is.
    """
    words = [word for word in _WORD.findall(name) if word[0].isalpha()]
    if 2 * sum(word.isupper() for word in words) < len(words):
        return name
    return _WORD.sub(lambda found: _in_title(found.group(), first=not name[: found.start()].strip()), name)


def _in_title(word: str, *, first: bool) -> str:
    """One word of such a name; abbreviations, which have no vowel, stay in capitals, and so does what is in small
    letters.
    """
    small = word.lower()
    if not word.isupper() or (small in _SMALL_WORDS and not first):
        return small if word.isupper() else word
    if word[0].isdigit():
        return word if len(word.lstrip("0123456789")) == 1 else small  # 3D, 24cm
    if len(word) > 1 and not set(small) & _VOWELS and small not in _TITLES and small.isascii():
        return word
    return word[0] + small[1:]


def listed(items: Sequence[str]) -> str:
    """Such as "one", "one and two", "one, two and three"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _short(value: float) -> str:
    unit, letter = next(((unit, letter) for unit, letter in _UNITS if abs(value) >= 0.9995 * unit), (1.0, ""))
    figure = value / unit
    return (f"{figure:.3g}" if abs(figure) < 999.5 else f"{figure:,.0f}") + letter


def _signed(text: str, sign: str = "") -> str:
    """With a proper minus sign, before the currency's, and none before a zero."""
    digits = text.removeprefix("-")
    return (MINUS if digits != text and digits.strip("0.,") else "") + sign + digits
