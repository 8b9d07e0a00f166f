"""A table of figures as text: for the terminal, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from lgs_excel.loading.rejected_lines import FORMULA_STARTS
from lgs_excel.terminal import visible
from lgs_excel.warehouse.load_log import Load, RejectedLine

MOST_ROWS = 60
_SHARES = ("growth", "cancellation_rate", "error", "change", "retention", "support")


def as_json(table: pd.DataFrame) -> str:
    """One array of records: months as "2011-11", days as "2011-11-30", what is missing as null."""
    records = ",\n ".join(json.dumps(record, ensure_ascii=False, allow_nan=False) for record in _records(table))
    return f"[{records}]\n"


def as_csv(table: pd.DataFrame) -> str:
    """A header and a line a record, RFC 4180; text that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for record in _records(table):
        writer.writerow(["" if value is None else _harmless(value) for value in record.values()])
    return out.getvalue()


def as_table(table: pd.DataFrame) -> str:
    """A table to read, its first MOST_ROWS rows; a last line says so if there are more."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    grid = Table(box=None, header_style="bold", pad_edge=False)
    for name in table.columns:
        grid.add_column(name, justify="left" if _is_text(table[name]) else "right", overflow="fold")
    for record in _records(table.head(MOST_ROWS)):
        grid.add_row(*(Text(_readable(name, value)) for name, value in record.items()))
    console = Console(file=out, width=200 if len(table.columns) > 6 else 120)
    console.print(grid)
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    if len(table) > MOST_ROWS:
        text += f"\nThe first {MOST_ROWS} of {len(table):,}; all of them with --format csv or json."
    return f"{text}\n"


def ledger(loads: Sequence[Load]) -> pd.DataFrame:
    """Loads as a table, in their order: what the file brought, what it replaced, when (the reader's own clock), and how
    it was read.
    """
    columns = [
        *("id", "file", "loaded_at", "read", "loaded", "rejected", "replaced", "amount", "amount_replaced"),
        "understood",
    ]
    rows = [
        (
            *(load.id, load.file_name, f"{load.finished.astimezone():%Y-%m-%d %H:%M}"),
            *(load.read, load.loaded, load.rejected, load.replaced),
            *(float(load.amount), float(load.amount_replaced), load.understood),
        )
        for load in loads
    ]
    return pd.DataFrame(rows, columns=columns)


def quarantine(lines: Sequence[RejectedLine]) -> pd.DataFrame:
    """Rejected lines as a table; `text` is the start of the line."""
    rows = [(line.id, line.load_id, line.file_name, line.line, line.reason, line.text[:200]) for line in lines]
    return pd.DataFrame(rows, columns=["id", "load", "file", "line", "reason", "text"])


FORMATS: dict[str, Callable[[pd.DataFrame], str]] = {"table": as_table, "csv": as_csv, "json": as_json}


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = {name: [plain(name, value) for value in table[name].tolist()] for name in table.columns}
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def plain(name: str, value: Any) -> Any:
    """A value of the column `name`: months as "2011-11", days as "2011-11-30", what is missing as None."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m}" if name in ("month", "origin", "cohort") else f"{value:%Y-%m-%d}"
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _is_text(values: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(values)


def _readable(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        share = any(word in name for word in ("share", "confidence")) or name in _SHARES
        return f"{value:.1%}" if share else f"{value:,.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "season":  # a year
        return str(value)
    return f"{value:,}" if isinstance(value, int) else visible(" ".join(str(value).split()))
