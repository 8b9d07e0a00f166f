"""Checks: the bridge of line kinds and the sums of the sheets against the warehouse."""

from __future__ import annotations

from collections.abc import Sequence

from lgs_excel import formatting as fmt
from lgs_excel.analytics.checks import Checks
from lgs_excel.report.context import Context
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain

_COLUMNS = (
    Column("Check", Kind.TEXT, 58),
    Column("Lines", Kind.COUNT),
    Column("Amount", Kind.PENCE),
    Column("Expected", Kind.PENCE),
    Column("Difference", Kind.PENCE),
    Column("Result", Kind.TEXT),
)
MOST_LOADS = 30
_MARKS = {"PASS": Mark.GOOD, "FAIL": Mark.BAD}


def checks_sheet(checks: Checks, counts: Sequence[tuple[str, int]], context: Context) -> Sheet:
    """The sheet Checks. counts: further things that were counted while the report was made, by name."""
    rows: list[tuple[Value | Cell, ...]] = []
    for row in checks.rows.to_dict("records"):
        kind = Kind.COUNT if row["unit"] == "count" else None
        numbers = [Cell(plain(row[name]), kind) for name in ("amount", "expected", "difference")]
        result = Cell(row["result"] or None, mark=_MARKS.get(row["result"]))
        rows.append((row["check"], plain(row["lines"]), *numbers, result))
    rows += [(name, count, None, None, None, None) for name, count in counts]
    return Sheet(
        title="Checks",
        finding=verdict(checks),
        coverage=context.coverage,
        blocks=(
            Table("lgs_Checks", _COLUMNS, tuple(rows)),
            *_loads(checks),
            Note(
                fmt.in_currency(
                    "Expected: added up straight from the lines of the warehouse. FAIL: off by half a penny or more."
                ),
                Mark.QUIET,
            ),
        ),
    )


def _loads(checks: Checks) -> list[Table]:
    """What was loaded when; no table for a warehouse that others filled."""
    if not checks.loads:
        return []
    columns = (
        Column("File", Kind.TEXT),
        Column("Lines read", Kind.COUNT),
        Column("Loaded", Kind.COUNT),
        Column("Rejected", Kind.COUNT),
        Column("Replaced", Kind.COUNT),
        Column("Loaded on", Kind.DAY),
    )
    rows = tuple(
        (load.file_name, load.read, load.loaded, load.rejected, load.replaced, load.finished.astimezone().date())
        for load in checks.loads[:MOST_LOADS]
    )
    caption = "Loads, the newest first"
    if len(checks.loads) > MOST_LOADS:
        caption += f" ({MOST_LOADS} of {len(checks.loads):,}; all of them: lgs-excel loads)"
    return [Table("lgs_Loads", columns, rows, caption)]


def verdict(checks: Checks) -> str:
    """Whether the figures can be trusted, in a sentence."""
    number = int((checks.rows["result"] != "").sum())
    if checks.failed:
        return f"{fmt.count(len(checks.failed), 'check')} of {number} failed: {'; '.join(checks.failed)}."
    return fmt.in_currency(f"All {number} checks pass: every sheet adds up to the loaded sales, to the penny.")
