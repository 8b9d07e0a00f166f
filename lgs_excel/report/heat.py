"""Heat tables: the darker a cell, the higher its share."""

from __future__ import annotations

import math

from lgs_excel.report.model import HEAT, Mark


def heat_mark(share: float, highest: float) -> Mark:
    """The shade of a share, by fifths of the highest one in the table."""
    fifth = math.ceil(round(len(HEAT) * share / highest, 9)) if highest > 0 else 1
    return HEAT[max(1, fifth) - 1]
