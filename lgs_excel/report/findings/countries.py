"""Sales by country, in words."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt

MOST = 12  # countries in the chart
NOTHING = "No sales in this period"


def drawn(countries: pd.DataFrame) -> pd.DataFrame:
    """The countries of the chart: the first ones that bought at all, without one that makes more than half."""
    bought = countries[countries["net"] > 0]
    return bought[1:].head(MOST) if has_home(countries) else bought.head(MOST)


def has_home(countries: pd.DataFrame) -> bool:
    """Whether one of several countries makes more than half of net sales."""
    return bool((countries["net"] > 0).sum() > 1 and countries["share"].iloc[0] > 0.5)


def countries_title(countries: pd.DataFrame) -> str:
    """Such as "United Kingdom makes 84.0% of net sales; Netherlands leads the other 37 countries with £284,662"."""
    if countries.empty:
        return NOTHING
    lead = leading(countries, countries["country"].iloc[0])
    if not has_home(countries):
        return lead
    second, others = countries.iloc[1], len(countries) - 1
    if others == 1:
        return f"{lead}, {second['country']} {fmt.percent(second['share'])}"
    return f"{lead}; {second['country']} leads the other {others} countries with {fmt.money(second['net'])}"


def leading(countries: pd.DataFrame, name: str) -> str:
    """What the first country makes. name: its own, or as much of it as has room."""
    first = countries.iloc[0]
    if has_home(countries):
        return f"{name} makes {fmt.percent(first['share'])} of net sales"
    return f"{name}: net sales {fmt.money(first['net'])}{_share(first['share'])}"


def countries_message(countries: pd.DataFrame) -> str:
    """The title, and the first three of the countries drawn."""
    rows = drawn(countries).head(3).to_dict("records")
    return (
        ". ".join(
            [
                countries_title(countries),
                *(f"{row['country']}: {fmt.money(row['net'])}{_share(row['share'])}" for row in rows),
            ]
        )
        + "."
    )


def _share(share: float) -> str:
    return f", {fmt.percent(share)} of all" if fmt.defined(share) else ""
