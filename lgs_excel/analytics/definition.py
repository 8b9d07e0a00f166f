"""The words that say what a figure means; the Definitions sheet and the help texts print these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Definition:
    """What an analysis answers, from which lines, and what each of its columns is.

    name: what `lgs-excel show` calls it. columns: column name → meaning with its unit, in the order of the columns.
    notes: what a reader would otherwise ask. source: where a method comes from, if it is not our own.
    """

    name: str
    question: str
    columns: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())
    source: str = ""
