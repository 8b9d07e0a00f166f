"""What a reader types into a workbook with macros, besides filters and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from lgs_excel.report.model import Value


@dataclass(frozen=True)
class Inputs:
    """customer: the number to look up, "" for none. stock_file: the name of a stock file, as it was typed, "" for none;
    folder: where it is, unless its name says so. campaign: what each cell of a campaign to be made holds, by the cell's
    name; blank ones are left out.
    """

    customer: str = ""
    stock_file: str = ""
    folder: Path = Path()
    campaign: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
