"""How Excel takes a text that is written as a cell's value: what it would do with it, had someone typed it there.

LibreOffice takes every text as text. Without this a test of formula injection would prove nothing.
"""

import datetime as dt
import re
from dataclasses import dataclass

from lgs_excel.formatting import MONTHS

LONGEST = 32_767
_MONTH = "|".join(name[:3] for name in MONTHS)
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?"
_ERRORS = ("#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


@dataclass(frozen=True)
class Taken:
    """value: a text, number, date or truth value; formula: a formula instead. number_format: what Excel sets along."""

    value: object = None
    formula: str | None = None
    number_format: str | None = None


class NotTaken(Exception):
    """Excel refuses it, or does what we could not find out."""


def take(text: str, number_format: str) -> Taken:
    """What Excel makes of `text` in a cell with this number format."""
    if len(text) > LONGEST:
        raise NotTaken(f"a text of {len(text)} characters")
    if number_format == "@":
        if text.startswith("'"):
            raise NotTaken("an apostrophe at the beginning, in a cell with the format of text: kept or taken off?")
        return Taken(text)
    if text.startswith("'"):
        return Taken(text[1:])
    return _number(text) or _day(text) or _word(text) or _formula(text) or Taken(text)


def _number(text: str) -> Taken | None:
    said = text.strip()
    if found := re.fullmatch(rf"({_NUMBER})\s*%", said):
        return Taken(_float(found[1]) / 100, number_format="0%" if "." not in said else "0.00%")
    if found := re.fullmatch(rf"([+-]?)[£$€]({_NUMBER})", said):
        return Taken(_float(found[1] + found[2]), number_format="£#,##0.00")
    if found := re.fullmatch(rf"\(({_NUMBER})\)", said):
        return Taken(-_float(found[1]))
    if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", said):
        return Taken(float(said), number_format="0.00E+00")
    if re.fullmatch(_NUMBER, said) and re.search(r"\d", said):
        return Taken(_float(said))
    if found := re.fullmatch(r"(\d+) (\d+)/(\d+)", said):
        return Taken(int(found[1]) + int(found[2]) / int(found[3]), number_format="# ?/?")
    return None


def _float(text: str) -> float:
    if not re.search(r"\d", text):
        raise NotTaken(text)
    return float(text.replace(",", ""))


def _day(text: str) -> Taken | None:
    said = text.strip()
    patterns = (
        (r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{2,4})", "dd/mm/yyyy"),
        (r"(?P<y>\d{4})[/-](?P<m>\d{1,2})(?:[/-](?P<d>\d{1,2}))?", "dd/mm/yyyy"),
        (r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})", "d-mmm"),
        (rf"(?:(?P<d>\d{{1,2}})[ -])?(?P<name>{_MONTH})[a-z]*(?:[ -](?P<y>\d{{4}}))?", "d-mmm-yy"),
    )
    for pattern, number_format in patterns:
        if found := re.fullmatch(pattern, said, re.IGNORECASE):
            part = found.groupdict()
            if part.get("name") and not (part.get("d") or part.get("y")):
                return None
            named = part.get("name")
            month = [name[:3] for name in MONTHS].index(named[:3].title()) + 1 if named else int(part["m"])
            year = int(part.get("y") or 2024)
            try:
                day = dt.datetime(year + 2000 if year < 100 else year, month, int(part.get("d") or 1))
            except ValueError:
                return None
            return Taken(day, number_format=number_format)
    if found := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", said):
        seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
        return Taken(seconds / 86_400, number_format="hh:mm")
    return None


def _word(text: str) -> Taken | None:
    if text.upper() in {"TRUE", "FALSE"}:
        return Taken(text.upper() == "TRUE")
    if text.upper() in _ERRORS:
        return Taken(formula=f"={text.upper()}")
    return None


def _formula(text: str) -> Taken | None:
    if text[:1] == "=" and len(text) > 1:
        return Taken(formula=text)
    if text[:1] == "@" and len(text) > 1:
        return Taken(formula=f"={text[1:]}")
    if text[:1] in {"+", "-"} and len(text) > 1:
        if re.search(r"\w \w", text):  # no formula: Excel says so
            raise NotTaken(f"{text!r} begins like a formula and is none")
        return Taken(formula=f"={text}")
    return None
