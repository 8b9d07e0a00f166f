"""What the cells to be filled in ask for: those of the sheets Settings, Customer and Campaigns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import xlwings as xw
from platformdirs import user_documents_path

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.products import RANKINGS, Ranking
from lgs_excel.analytics.rfm import RECIPES, Recipe
from lgs_excel.campaigns.people import customer_number
from lgs_excel.errors import InputError, SettingsError, nearest
from lgs_excel.formatting import MONTHS
from lgs_excel.report.inputs import Inputs
from lgs_excel.report.sheets.campaigns import FORM
from lgs_excel.report.sheets.customer import NUMBER
from lgs_excel.report.sheets.settings import (
    AS_OF,
    BY,
    CHANGES,
    COUNTRY,
    FROM,
    RECIPE,
    SEPARATOR,
    SHOP_SETTINGS,
    STOCK,
    TO,
    USUAL,
    ShopSetting,
)
from lgs_excel.settings import change_settings, load_settings
from lgs_excel.warehouse.filters import Filters, parse_filters
from lgs_excel.warehouse.months import month_text

Choice = TypeVar("Choice", bound=str)


def read_settings_sheet(book: xw.Book) -> tuple[Filters, Options]:
    """The filters and options in the cells of the Settings sheet; those that are blank, or not there, ask for nothing.

    Raises InputError for what can't be read.
    """
    filters = parse_filters(
        str(named(book, COUNTRY) or "").split(SEPARATOR),
        _month(named(book, FROM), "From"),
        _month(named(book, TO), "To"),
        _day(named(book, AS_OF)),
    )
    recipe: Recipe = _choice(named(book, RECIPE), RECIPES, "RFM scores")
    ranking: Ranking = _choice(named(book, BY), RANKINGS, "Products by")
    return filters, Options(recipe, ranking)


def keep_shop_settings(book: xw.Book) -> None:
    """Keep what is typed into the yellow cells of the shop's settings, for this user, if anything is.

    Raises InputError for what a setting can't be, with nothing changed.
    """
    changes: dict[str, Any] = {}
    typed = _typed_beside_labels(book)
    for one in SHOP_SETTINGS:
        if typed.get(one.label) is not None:
            changes[one.setting] = _setting(book, one, typed[one.label])
            try:
                load_settings(**changes)
            except SettingsError as error:
                raise InputError(f"Settings, {one.label}: {error}") from error
    if changes:
        change_settings(changes)


def _typed_beside_labels(book: xw.Book) -> dict[str, Any]:
    """What the cells of the shop's settings hold, by what is written beside them, in whatever order these are."""
    if CHANGES not in book.names:
        return {}
    cells = book.names[CHANGES].refers_to_range
    labels, values = (part.options(ndim=1).value for part in (cells.offset(column_offset=-1), cells))
    held = zip(labels, values, strict=True)
    return {label: value for label, value in held if value is not None and str(value).strip()}


def _setting(book: xw.Book, one: ShopSetting, value: Any) -> object:
    """What a cell says as a setting's value; None for its usual one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if text.lower() == USUAL:
        return None
    if text.lower() == one.empty.lower():
        return ""
    if one.file:
        found = folder_of(book) / Path(text).expanduser()
        if not found.is_file():
            raise InputError(
                f"Settings, {one.label}: there is no file {found}. Name one beside this workbook, or with its folder."
            )
        return str(found)
    return text.replace(SEPARATOR, ",") if one.setting == "themes" else text


def read_inputs(book: xw.Book) -> Inputs:
    """What the cells of the other sheets hold."""
    held = {one.name: named(book, one.name) for one in FORM}
    return Inputs(
        customer=customer_in(named(book, NUMBER)),
        stock_file=str(named(book, STOCK) or "").strip(),
        folder=folder_of(book),
        campaign={name: value for name, value in held.items() if value is not None},
    )


def folder_of(book: xw.Book) -> Path:
    """The workbook's folder, or the reader's documents where that is in a cloud."""
    try:
        folder = Path(book.fullname).parent
    except Exception:  # noqa: BLE001 - xlwings can't always tell where OneDrive keeps a file here
        folder = user_documents_path()
    return folder if folder.is_dir() else user_documents_path()


def customer_in(value: Any) -> str:
    """A customer's number as a cell holds it: 17850.0 and " 17850 " are "17850"; "" for a blank cell."""
    return "" if value is None or isinstance(value, date | bool) else customer_number(str(value))


def named(book: xw.Book, name: str) -> Any:
    """What the cell of this name holds; None if it is blank or there is no such name."""
    if name not in book.names or "#REF!" in str(book.names[name].refers_to):
        return None
    value = book.names[name].refers_to_range.value
    return None if isinstance(value, str) and not value.strip() else value


def _month(value: Any, setting: str) -> str | None:
    """A date, "2011-11" or "Nov 2011" as "2011-11"."""
    if value is None:
        return None
    if isinstance(value, date):
        return month_text(value)
    text = str(value).strip()
    if found := re.fullmatch(r"([A-Za-z]{3,9})\.? (\d{4})", text):
        starts = [i for i, name in enumerate(MONTHS, 1) if name.lower().startswith(found[1].lower())]
        if len(starts) == 1:
            return f"{found[2]}-{starts[0]:02}"
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return text
    raise InputError(
        f"Settings, {setting}: {text!r} is not a month. Write a date, or a month such as 2011-11 or Nov 2011."
    )


def _day(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return str(value).strip()


def _choice(value: Any, allowed: Sequence[Choice], setting: str) -> Choice:
    """One of `allowed`, the first if nothing is asked for."""
    if value is None:
        return allowed[0]
    text = str(value).strip().lower()
    for choice in allowed:
        if choice == text:
            return choice
    raise InputError(
        f"Settings, {setting}: {value!r} is not known.{nearest(text, allowed)} Known: {', '.join(allowed)}."
    )
