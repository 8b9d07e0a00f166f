"""The whole order of work on one screen: snapshot → analyse → compose → write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import checks
from lgs_excel.report.compose import TOP_PRODUCTS, compose
from lgs_excel.report.model import Report
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.snapshot import open_snapshot
from lgs_excel.writers import headless

Say = Callable[[str], None]


def make_report(
    settings: Settings,
    filters: Filters | None = None,
    options: Options | None = None,
    *,
    say: Say = lambda _: None,
    made_at: datetime | None = None,
) -> Report:
    """The report of the warehouse that the settings name; made_at: now, unless it is given."""
    options = options or Options()
    say("Reading the lines of the warehouse")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        answers = answer_all(snapshot, replace(options, top=options.top or TOP_PRODUCTS), say)
        say(CATALOGUE["checks"].definition.question)
        checked = checks(snapshot, answers)
    say("Drawing the charts")
    return compose(snapshot, settings, answers, checked, made_at or datetime.now())


def write_report(
    out: Path, settings: Settings, filters: Filters | None = None, options: Options | None = None, *,
    say: Say = lambda _: None,
) -> Report:  # fmt: skip
    """The same, written to `out`; that it can be written there is checked first."""
    headless.check_target(out)
    report = make_report(settings, filters, options, say=say)
    say(f"Writing {out}")
    headless.write(report, out)
    return report
