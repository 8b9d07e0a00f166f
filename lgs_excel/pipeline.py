"""The whole order of work on one screen: load → snapshot → analyse → compose → write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import checks
from lgs_excel.report.compose import TOP_PRODUCTS, compose
from lgs_excel.report.model import Report
from lgs_excel.settings import APP, Settings
from lgs_excel.warehouse.connect import Warehouse, open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.ledger import loads
from lgs_excel.warehouse.snapshot import open_snapshot
from lgs_excel.writers import headless
from lgs_excel.writers.files import Form, check_target, write

if TYPE_CHECKING:
    from lgs_excel.loading.inbox import Emptied
    from lgs_excel.loading.outcome import LoadReport

Say = Callable[[str], None]


def demo_settings(settings: Settings, scale: float) -> Settings:
    """`settings` with the demo shop's own embedded warehouse, apart from the real one."""
    file = user_data_path(APP, appauthor=False) / f"demo-{scale:g}.duckdb"
    return replace(settings, warehouse_url=f"duckdb:///{file.as_posix()}")


def make_demo(settings: Settings, scale: float, *, say: Say = lambda _: None) -> LoadReport:
    """Make the demo shop in the warehouse that the settings name; where it is already there, nothing is done."""
    from lgs_excel.loading.load import load_demo  # as `report` and `show` load nothing

    return load_demo(open_warehouse(settings), scale=scale, say=say, progress=lambda step, _: say(step))


def make_report(
    settings: Settings,
    filters: Filters | None = None,
    options: Options | None = None,
    *,
    say: Say = lambda _: None,
    made_at: datetime | None = None,
    settings_sheet: bool = False,
) -> Report:
    """The report of the warehouse that the settings name; made_at: now, unless it is given. settings_sheet: whether it
    has the sheet Settings, which only macros need.
    """
    options = options or Options()
    say("Reading the lines of the warehouse")
    with open_snapshot(open_warehouse(settings), settings, filters, say) as snapshot:
        answers = answer_all(snapshot, replace(options, top=options.top or TOP_PRODUCTS), say)
        say(CATALOGUE["checks"].definition.question)
        checked = checks(snapshot, answers)
    say("Drawing the charts")
    now = made_at or datetime.now()  # noqa: DTZ005 - the reader's own clock
    return compose(snapshot, settings, answers, checked, now, options if settings_sheet else None)


def write_report(
    out: Path, settings: Settings, filters: Filters | None = None, options: Options | None = None, *,
    say: Say = lambda _: None, form: Form = headless.XLSX,
) -> Report:  # fmt: skip
    """The same, written to `out` in this form; that it can be written there is checked first."""
    check_target(out, form)
    report = make_report(settings, filters, options, say=say, settings_sheet=form.settings)
    say(f"Writing {out}")
    write(report, out, form)
    return report


def run(inbox: Path, out: Path, settings: Settings, *, say: Say = lambda _: None) -> tuple[Emptied, Report | None]:
    """Load what is new in the folder `inbox`, then write the workbook: None where it shows all that was ever loaded."""
    from lgs_excel.loading.inbox import empty_inbox

    headless.check_target(out)
    warehouse = open_warehouse(settings)
    emptied = empty_inbox(inbox, warehouse, settings, say=say)
    if not emptied.loaded and _is_current(out, warehouse):
        return emptied, None
    return emptied, write_report(out, settings, say=say)


def _is_current(out: Path, warehouse: Warehouse) -> bool:
    """Whether the workbook is there and newer than every load, also one whose run was cut off before it was written."""
    if not out.exists():
        return False
    written = datetime.fromtimestamp(out.stat().st_mtime, UTC)
    with warehouse.reading() as connection:
        return all(load.finished <= written for load in loads(connection))
