"""Where figures come from and go to: settings, warehouse, mail server."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from lgs_excel.doctor.finding import Finding, bad, ok, warning
from lgs_excel.doctor.mail import mail_finding
from lgs_excel.errors import LgsError, SettingsError
from lgs_excel.settings import load_settings, user_file
from lgs_excel.warehouse import rollups
from lgs_excel.warehouse.connect import Warehouse, can_make_session_tables, open_warehouse
from lgs_excel.warehouse.lines import typed_lines
from lgs_excel.warehouse.load_log import newest_load
from lgs_excel.warehouse.schema import found_retail

_LOCK_WAIT_SECONDS = 5.0


def warehouse_findings(warehouse: str | None = None) -> tuple[Finding, ...]:
    """The settings, and what they name as far as they can be read."""
    try:
        settings = load_settings(warehouse_url=warehouse)
        place = open_warehouse(settings)
        if settings.chart_style or settings.logo:
            from lgs_excel.report.chart_style import load_style  # matplotlib takes a second to import

            load_style(settings.chart_style, settings.logo)
    except SettingsError as error:
        remedy = f"Correct it in {user_file()} or in the environment; README.md lists the settings."
        return (bad("Settings", str(error), remedy),)
    return (_settings(), *_warehouse(place, settings.stale_days), mail_finding(settings))


def _settings() -> Finding:
    file = user_file()
    return ok(
        "Settings", f"From {file}." if file.exists() else f"The defaults and the environment; there is no {file}."
    )


def _warehouse(warehouse: Warehouse, stale_days: int) -> tuple[Finding, ...]:
    warehouse = Warehouse(warehouse.url, warehouse.engine, min(warehouse.lock_wait_seconds, _LOCK_WAIT_SECONDS))
    try:
        with warehouse.reading() as connection:
            retail = found_retail(connection, str(warehouse))
            lines = typed_lines(retail).subquery()
            count, newest = connection.execute(
                sa.select(sa.func.count(), sa.func.max(lines.c.invoice_date)).select_from(lines)
            ).one()
            load = newest_load(connection)
            can_make = can_make_session_tables(connection, warehouse.engine)
            kept = rollups.fresh(connection, warehouse.engine) is not None
            can_keep = rollups.can_be_kept(connection, warehouse.engine, retail)
    except LgsError as error:
        remedy = "Set LGS_WAREHOUSE_URL or the settings file right, or ask whoever looks after the warehouse."
        return (bad("Warehouse", str(error), remedy),)
    if not count:
        remedy = "Load an export with `lgs-excel load FILE`, or make the demo shop with `lgs-excel demo`."
        return (bad("Warehouse", f"{warehouse} has no lines.", remedy),)
    return (
        ok("Warehouse", f"{count:,} lines in {warehouse}."),
        _fresh(newest, load.finished.astimezone() if load else None, stale_days),
        _session_tables(warehouse, can_make=can_make),
        *([_rollups(kept=kept)] if can_keep else []),
    )


def _fresh(newest: datetime, loaded: datetime | None, stale_days: int) -> Finding:
    """Whether the newest line is new enough to be mailed."""
    how = f"last load {loaded:%Y-%m-%d %H:%M}" if loaded else "loaded by other means than lgs-excel"
    found = f"Newest line {newest:%Y-%m-%d}; {how}."
    days = (date.today() - newest.date()).days  # noqa: DTZ011 - the reader's own day
    if days > stale_days:
        remedy = "Load a newer export with `lgs-excel load FILE`; figures are right up to that day."
        return warning("Fresh data", f"{found} That is {days:,} days ago.", remedy)
    return ok("Fresh data", found)


def _session_tables(warehouse: Warehouse, *, can_make: bool) -> Finding:
    name = "Temporary tables"
    if can_make:
        return ok(name, "They can be made.")
    remedy = (
        f"Nothing has to be done. To have it faster, let IT grant it: GRANT TEMPORARY ON DATABASE "
        f"{warehouse.url.database} TO {warehouse.url.username};"
    )
    return warning(name, "This user can't make any: a refresh gives the same figures and takes longer.", remedy)


def _rollups(*, kept: bool) -> Finding:
    name = "Sums of the lines"
    if kept:
        return ok(name, "They are kept, and are of the lines that are there.")
    remedy = (
        "Nothing has to be done: the next load makes them, `lgs-excel load --again FILE` at once. A user who may only "
        "read needs SELECT on the tables lgs_rollup…, too."
    )
    found = "There are none of the lines that are there, or this user may not read them: a refresh takes longer."
    return warning(name, found, remedy)
