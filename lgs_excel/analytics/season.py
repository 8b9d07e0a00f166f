"""When does a season's trade begin, and by when must its mail be out?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.products import labels
from lgs_excel.settings import Settings, Theme, theme_of
from lgs_excel.warehouse.lines import is_of
from lgs_excel.warehouse.months import add_months, month_of, months_between
from lgs_excel.warehouse.snapshot import Period, Snapshot

START, HALF, END = 0.1, 0.5, 0.9
ABOUT = timedelta(days=31)  # before a season's day nearly all of it is sold
_DECIMALS = 4  # decimals of an exact amount

_NOTES = (
    (
        "A theme's products are those whose description holds one of its words (setting themes). Its season is the "
        "twelve months that end with the month after its day: for Christmas, February to January."
    ),
    "Gross sales of these products in the period shown; seasons without any are left out.",
)
DEFINITION = Definition(
    name="season",
    question="When does a season's trade begin, and by when must its mail be out?",
    columns={
        "theme": "The theme (setting themes).",
        "season": "The year of the theme's day, such as 2011 for Christmas 2011.",
        "products": "Products of the theme that were sold in the season.",
        "sales": "Their gross sales in the season, in pounds.",
        "start": f"The day on which {START:.0%} of these sales were reached.",
        "half": f"The day on which {HALF:.0%} were reached.",
        "end": f"The day on which {END:.0%} were reached.",
        "mail_by": "Start less mail_lead_days (a setting): when a mail should be out.",
        "complete": "Whether the lines shown hold the whole season; else the days are of what there is, and may move.",
    },
    notes=_NOTES,
)
MONTHS = Definition(
    name="season-months",
    question="Which months make a season's sales?",
    columns={
        "theme": "The theme (setting themes).",
        "season": "The year of the theme's day.",
        "month": "A month of the season that is shown.",
        "sales": "Gross sales of the theme's products in this month, in pounds.",
        "share": "Sales ÷ those of the whole season as far as it is shown, as a fraction.",
    },
    notes=_NOTES,
)


@dataclass(frozen=True)
class Seasons:
    """seasons: the columns of `DEFINITION`, themes in the order of the setting; months: those of `MONTHS`."""

    seasons: pd.DataFrame
    months: pd.DataFrame


@dataclass(frozen=True)
class Mail:
    """The season to mail for next. day, start: when its mail must be out, and its trade begins. season, products,
    sales: of the one that this is judged by.
    """

    theme: str
    season: int
    products: int
    sales: float
    day: date
    start: date


def seasons(snapshot: Snapshot) -> Seasons:
    """Every season of every theme that the lines shown have sales of."""
    themes, codes = _themes(snapshot), theme_codes(snapshot)
    sold = _sold(snapshot, codes)
    days = pd.Index(sorted(sold["day"].unique()), name="day")
    found: list[tuple[object, ...]] = []
    months: list[tuple[object, ...]] = []
    for theme in themes:
        mine = sold[sold["stock_code"].isin(codes[theme.name])]
        daily = mine.groupby("day")["amount"].sum().reindex(days, fill_value=0.0).round(_DECIMALS)
        for year in range(snapshot.period.first_month.year - 1, snapshot.period.data_through.year + 2):
            first, after = season_window(theme, year)
            products = mine.loc[_within(mine["day"], first, after), "stock_code"].nunique()
            if products:
                amounts = daily[_within(daily.index, first, after)]
                found.append((theme.name, year, products, *_figures(snapshot, amounts, first, after)))
                months += [(theme.name, year, *row) for row in _months(snapshot, amounts, first, after)]
    dates = dict.fromkeys(("start", "half", "end", "mail_by"), "datetime64[us]")
    whole = {"season": "int64", "products": "int64", "sales": "float64", "complete": "bool"}
    return Seasons(
        pd.DataFrame(found, columns=[*DEFINITION.columns]).astype({**whole, **dates}),
        pd.DataFrame(months, columns=[*MONTHS.columns]).astype(
            {"season": "int64", "month": "datetime64[us]", "sales": "float64", "share": "float64"}
        ),
    )


def next_mail(seasons: Seasons, settings: Settings, period: Period) -> Mail | None:
    """The season to mail for next, by those that were seen from their first day until about their own day; small ones,
    below a tenth of the largest, are left out.
    """
    themes = {theme.name: theme for theme in map(theme_of, settings.themes)}
    coming = []
    for season in seasons.seasons.to_dict("records"):
        theme, year = themes[season["theme"]], season["season"]
        first, _ = season_window(theme, year)
        seen = max(period.begins, period.first_month) <= first
        if seen and theme.day(year) <= period.data_through + ABOUT:
            day, start = season["mail_by"].date(), season["start"].date()
            while day < period.as_of:
                day, start = day + relativedelta(years=1), start + relativedelta(years=1)
            coming.append(Mail(theme.name, year, season["products"], season["sales"], day, start))
    largest = max((one.sales for one in coming), default=0.0)
    large = [one for one in coming if one.sales >= largest / 10]
    return min(large, key=lambda one: (one.day, -one.season), default=None)


def _themes(snapshot: Snapshot) -> list[Theme]:
    return [theme_of(text) for text in snapshot.settings.themes]


def theme_codes(snapshot: Snapshot) -> dict[str, list[str]]:
    """The stock codes of each theme's products, by its name."""
    return snapshot.once("theme codes", lambda: _theme_codes(snapshot))


def _theme_codes(snapshot: Snapshot) -> dict[str, list[str]]:
    named = labels(snapshot)
    codes, texts = named["stock_code"].tolist(), named["description"].tolist()
    return {
        theme.name: [code for code, text in zip(codes, texts, strict=True) if theme.has(text)]
        for theme in _themes(snapshot)
    }


def _sold(snapshot: Snapshot, codes: dict[str, list[str]]) -> pd.DataFrame:
    """stock_code, day, amount: the gross sales of each product of a theme, a row for each day with any."""
    line, some = snapshot.line.c, sorted({code for some in codes.values() for code in some})
    day = sa.cast(line.invoice_date, sa.Date).label("day")
    return snapshot.frame(
        sa.select(line.stock_code, day, sa.func.sum(line.amount).label("amount"))
        .where(line.stock_code.in_(some), is_of(line, "sale"))
        .group_by(line.stock_code, day)
    )


def _within(days: pd.Series | pd.Index, first: date, after: date) -> Any:
    """Which of these days are in a season."""
    return (days >= pd.Timestamp(first)) & (days < pd.Timestamp(after))


def season_window(theme: Theme, year: int) -> tuple[date, date]:
    """The first day of a season, and the first day after it."""
    last = add_months(month_of(theme.day(year)), 1)
    return add_months(last, -11), add_months(last, 1)


def _figures(snapshot: Snapshot, amounts: pd.Series, first: date, after: date) -> tuple[object, ...]:
    """From sales to complete. amounts: by day."""
    daily = amounts.cumsum().round(_DECIMALS)
    total = daily.iloc[-1]
    start, half, end = (daily.index[daily >= round(part * total, _DECIMALS)][0] for part in (START, HALF, END))
    mail_by = start - timedelta(days=snapshot.settings.mail_lead_days)
    period = snapshot.period
    shown_from = max(period.begins, period.first_month)
    shown_to = add_months(period.last_month, 1) if period.goes_on else period.data_through + timedelta(days=1)
    complete = shown_from <= first and shown_to >= after
    return total, start, half, end, mail_by, complete


def _months(snapshot: Snapshot, amounts: pd.Series, first: date, after: date) -> list[tuple[object, ...]]:
    """month, sales, share of each month of the season that is shown."""
    period = snapshot.period
    months = months_between(max(first, period.first_month), min(add_months(after, -1), period.last_month))
    days = pd.DatetimeIndex(amounts.index)
    sales = amounts.groupby(days.to_period("M").to_timestamp()).sum().round(_DECIMALS)
    total = round(amounts.sum(), _DECIMALS)
    shown = [float(sales.get(pd.Timestamp(month), 0.0)) for month in months]
    return [(month, amount, amount / total) for month, amount in zip(months, shown, strict=True)]
