"""A load that is only tried."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lgs_excel import cli
from lgs_excel.errors import InputError
from lgs_excel.loading.load import load
from lgs_excel.loading.load_report import Period
from lgs_excel.loading.replace import Totals
from lgs_excel.warehouse.load_log import loads
from lgs_excel.warehouse.schema import retail
from tests.loading.exports import as_texts, invoice, write_csv


def state(warehouse):
    with warehouse.reading() as connection:
        lines = connection.execute(sa.select(retail)).all()
        return sorted(map(repr, lines)), loads(connection)


def facts(report):
    files = tuple(replace(file, load_id=None) for file in report.files)
    return replace(report, files=files, seconds=0.0, dry_run=False, period=None)


def test_it_says_what_the_load_then_does_and_changes_nothing(tmp_path, warehouse, settings):
    write_csv(tmp_path / "one.csv", [*invoice("536365"), *invoice("536366")])
    load([tmp_path / "one.csv"], warehouse, settings)
    before = state(warehouse)
    write_csv(tmp_path / "two.csv", [*invoice("536366", 4), *invoice("536367")])
    tried = load([tmp_path / "two.csv"], warehouse, settings, dry_run=True)
    assert state(warehouse) == before
    assert tried.sentences()[-1].startswith("A dry run, nothing was changed, in ")
    done = load([tmp_path / "two.csv"], warehouse, settings)
    assert facts(done) == facts(tried)
    assert (tried.invoices.new, tried.invoices.replaced) == (1, 1)
    assert state(warehouse) != before


def test_it_says_from_when_to_when_and_what_each_month_has(tmp_path, warehouse, settings):
    later = invoice("536366", 2, invoice_date=datetime(2011, 1, 31, 23, 59), quantity=-1000, unit_price="1.25")
    write_csv(tmp_path / "one.csv", [*invoice("536365"), *later])
    tried = load([tmp_path / "one.csv"], warehouse, settings, dry_run=True)
    assert tried.period == Period(
        datetime(2010, 12, 1, 8, 26),
        datetime(2011, 1, 31, 23, 59),
        {"2010-12": Totals(3, 18, Decimal("45.90")), "2011-01": Totals(2, -2000, Decimal("-2500.00"))},
    )
    assert tried.sentences()[-4:-1] == [
        "Loaded lines from 2010-12-01 08:26 to 2011-01-31 23:59; by month:",
        "  2010-12  3 lines  quantity 18          amount 45.90",
        "  2011-01  2 lines  quantity -2,000  amount -2,500.00",
    ]
    write_csv(tmp_path / "none.csv", [])
    assert load([tmp_path / "none.csv"], warehouse, settings, dry_run=True).period is None


def test_where_there_is_no_warehouse_there_is_none_afterwards(tmp_path, warehouse, settings):
    write_csv(tmp_path / "one.csv", invoice("536365"))
    tried = load([tmp_path / "one.csv"], warehouse, settings, dry_run=True)
    assert tried.after.lines == 3
    assert warehouse.file is None or not warehouse.file.exists()
    assert facts(load([tmp_path / "one.csv"], warehouse, settings)) == facts(tried)


def test_what_stops_a_load_stops_it_too(tmp_path, warehouse, settings):
    write_csv(tmp_path / "one.csv", invoice("536365", 5))
    load([tmp_path / "one.csv"], warehouse, settings)
    before = state(warehouse)
    write_csv(tmp_path / "two.csv", invoice("536365", 2))
    with pytest.raises(InputError, match="FEWER lines than before"):
        load([tmp_path / "two.csv"], warehouse, settings, dry_run=True)
    assert state(warehouse) == before


def test_it_names_no_command_that_shows_what_it_did_not_keep(tmp_path, warehouse, settings):
    rows = as_texts(invoice("536365", 8))
    for place, (column, text) in enumerate([(0, ""), (1, ""), (3, ""), (4, ""), (5, ""), (3, "six"), (4, "when")]):
        rows[place][column] = text
    write_csv(tmp_path / "one.csv", rows)
    said = {
        dry_run: load([tmp_path / "one.csv"], warehouse, settings, accept_rejects=True, dry_run=dry_run).text()
        for dry_run in (True, False)
    }
    assert "  … and for 2 other reasons.\n" in said[True]
    assert "  … and for 2 other reasons; `lgs-excel rejected` shows all.\n" in said[False]


def test_the_command(tmp_path, duckdb_url, capsys):
    write_csv(tmp_path / "one.csv", invoice("536365"))
    command = ["load", str(tmp_path / "one.csv"), "--warehouse", duckdb_url, "--dry-run"]
    cli.app(command, standalone_mode=False)
    assert "A dry run, nothing was changed, in " in capsys.readouterr().out
