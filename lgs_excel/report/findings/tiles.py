"""The headline figures of a month, as tiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.warehouse.months import add_months

MONTHS = 13  # of a tile's line


@dataclass(frozen=True)
class Tile:
    """name, value: what it is, and of the month. change: on the month before, NaN where there is none. line: the figure
    of up to MONTHS months, the last one's at the end, NaN for one without.
    """

    name: str
    value: str
    change: float
    line: tuple[float, ...]

    @property
    def text(self) -> str:
        """Such as "net sales £1,461,756 (+36.5%)"."""
        return f"{self.name[:1].lower()}{self.name[1:]} {self.value}" + (
            f" ({fmt.growth_label(self.change)})" if fmt.defined(self.change) else ""
        )


_FIGURES: tuple[tuple[str, Callable[[float], str], Callable[[pd.DataFrame], pd.Series[float]]], ...] = (
    ("Net sales", fmt.money, lambda months: months["net"]),
    ("Orders placed", lambda value: f"{value:,.0f}", lambda months: months["placed"]),
    ("Active customers", lambda value: f"{value:,.0f}", lambda months: months["active"]),
    (
        "Gross sales per order",
        fmt.money,
        lambda months: months["gross"] / months["placed"].replace(0, np.nan),
    ),
)


def tiles_of(months: pd.DataFrame, month: date) -> tuple[Tile, ...]:
    """The tiles of a month; those without a figure in any month are left out. months: net, gross, placed, active by
    month.
    """
    known = months[months["month"].dt.date <= month].tail(MONTHS)
    before = known["month"].dt.date == add_months(month, -1)
    tiles = []
    for name, text, figure in _FIGURES:
        line = figure(known).astype("float64")
        now, then = line.iloc[-1], line[before].sum() if before.any() else 0.0
        if fmt.defined(now) and line.fillna(0).any():
            tiles.append(Tile(name, text(now), now / then - 1 if then > 0 else float("nan"), tuple(line)))
    return tuple(tiles)


def tiles_message(tiles: tuple[Tile, ...], month: date) -> str:
    """Such as "November 2011, and its change on the month before: net sales £1,461,756 (+36.5%), …"."""
    return f"{fmt.long_month(month)}, and its change on the month before: {', '.join(tile.text for tile in tiles)}."
