"""Monthly figures, one row for every month of the period."""

from __future__ import annotations

from typing import Any

import pandas as pd
import sqlalchemy as sa

from lgs_excel.warehouse.snapshot import Snapshot


def by_month(snapshot: Snapshot, select: sa.Select[Any]) -> pd.DataFrame:
    """The rows of `select` (a column `month` and sums or counts), zeros added for months of the period without any."""
    months = pd.Index(pd.to_datetime(snapshot.period.months), name="month")
    frame = snapshot.frame(select).set_index("month")
    return frame.reindex(months, fill_value=0).reset_index()
