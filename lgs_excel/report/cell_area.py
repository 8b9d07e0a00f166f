"""Rectangles of cells, and what is left of them without others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from openpyxl.utils import column_index_from_string

from lgs_excel.report.layout import absolute

T = TypeVar("T")
_AREA = re.compile(r"\$([A-Z]{1,3})\$(\d+)(?::\$([A-Z]{1,3})\$(\d+))?(?=,|$)")


@dataclass(frozen=True, order=True)
class Area:
    """Rows and columns count from 1, the last ones included."""

    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """Such as "$A$1:$B$3"; "$A$1" for one cell."""
        first, last = absolute(self.row, self.column), absolute(self.last_row, self.last_column)
        return first if first == last else f"{first}:{last}"

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns."""
        return self.last_row - self.row + 1, self.last_column - self.column + 1

    def at(self, row: int, column: int) -> Area:
        """One of the same shape at another place."""
        return Area(row, column, row + self.shape[0] - 1, column + self.shape[1] - 1)

    def overlaps(self, other: Area) -> bool:
        """Whether they have a cell in common."""
        return (
            self.row <= other.last_row
            and other.row <= self.last_row
            and self.column <= other.last_column
            and other.column <= self.last_column
        )

    def shifted(self, rows: int, columns: int) -> Area:
        """The same so many rows down and columns to the right."""
        return Area(self.row + rows, self.column + columns, self.last_row + rows, self.last_column + columns)

    def common(self, other: Area) -> Area | None:
        """The cells that both have; None if they have none."""
        if not self.overlaps(other):
            return None
        return Area(
            max(self.row, other.row),
            max(self.column, other.column),
            min(self.last_row, other.last_row),
            min(self.last_column, other.last_column),
        )

    def around(self, other: Area) -> Area:
        """The smallest one that has the cells of both."""
        return Area(
            min(self.row, other.row),
            min(self.column, other.column),
            max(self.last_row, other.last_row),
            max(self.last_column, other.last_column),
        )

    def of(self, block: Sequence[Sequence[T]]) -> list[list[T]]:
        """Its part of a block of cells that begins at A1."""
        return [list(row[self.column - 1 : self.last_column]) for row in block[self.row - 1 : self.last_row]]

    def halves(self, *, by_rows: bool = False) -> tuple[Area, Area]:
        """Two parts of it: columns apart as long as there are several; or rows, if so asked."""
        if self.shape[1] > 1 and not (by_rows and self.shape[0] > 1):
            middle = (self.column + self.last_column) // 2
            return (
                Area(self.row, self.column, self.last_row, middle),
                Area(self.row, middle + 1, self.last_row, self.last_column),
            )
        middle = (self.row + self.last_row) // 2
        return (
            Area(self.row, self.column, middle, self.last_column),
            Area(middle + 1, self.column, self.last_row, self.last_column),
        )

    def minus(self, other: Area) -> Iterator[Area]:
        """What is left of it without `other`: up to four areas."""
        if not self.overlaps(other):
            yield self
            return
        top, bottom = max(self.row, other.row), min(self.last_row, other.last_row)
        if self.row < top:
            yield Area(self.row, self.column, top - 1, self.last_column)
        if self.column < other.column:
            yield Area(top, self.column, bottom, other.column - 1)
        if other.last_column < self.last_column:
            yield Area(top, other.last_column + 1, bottom, self.last_column)
        if bottom < self.last_row:
            yield Area(bottom + 1, self.column, self.last_row, self.last_column)


def box(areas: Iterable[Area]) -> Area:
    """The cells from A1 to the last row and column of them all."""
    every = list(areas)
    return Area(1, 1, max(area.last_row for area in every), max(area.last_column for area in every))


def without(areas: Iterable[Area], holes: Iterable[Area]) -> list[Area]:
    """The cells of `areas` that are in none of `holes`; no cell twice, even if areas overlap."""
    left: list[Area] = []
    for area in areas:
        parts = [area]
        for hole in (*holes, *left):
            parts = [part for whole in parts for part in whole.minus(hole)]
        left += parts
    return left


def joined(areas: Iterable[Area], others: Sequence[Area]) -> list[Area]:
    """Fewer areas that have the cells of `areas` and those between them, but none of `others`; no cell twice."""
    parts = sorted(areas)
    for one, two in combinations(parts, 2):
        both = one.around(two)
        met = [part for part in parts if part.overlaps(both)]
        if all(both.around(part) == both for part in met) and not any(both.overlaps(other) for other in others):
            return joined([both, *(part for part in parts if part not in met)], others)
    return parts


def parse_areas(refers_to: str) -> tuple[Area, ...]:
    """The areas that a name refers to, such as "='RFM Customers'!$A$1:$A$3,'RFM Customers'!$A$20"."""
    found = []
    for first_column, first_row, last_column, last_row in _AREA.findall(refers_to):
        row, column = int(first_row), column_index_from_string(first_column)
        found.append(
            Area(row, column, int(last_row or row), column_index_from_string(last_column) if last_column else column)
        )
    return tuple(found)
