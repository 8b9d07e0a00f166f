"""The folder that exports are dropped into."""

import os
import time
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook

from lgs_excel.errors import InputError, WarehouseError
from lgs_excel.loading.inbox import empty_inbox
from lgs_excel.pipeline import run
from tests.conftest import settings_for
from tests.loading.exports import invoice, totals_in, write_csv


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def drop(path, rows, seconds_ago=60):
    write_csv(path, rows)
    changed = time.time() - seconds_ago
    os.utime(path, (changed, changed))
    return path


def files(folder):
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_new_exports_are_loaded_in_the_order_of_their_names_and_put_away(warehouse, settings, inbox):
    drop(inbox / "b.csv", invoice("536365", 5))
    drop(inbox / "a.csv", invoice("536365", 2))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert emptied.loaded == ("a.csv", "b.csv")
    assert totals_in(warehouse).lines == 5
    assert files(inbox) == ["done/a.csv", "done/a.csv.txt", "done/b.csv", "done/b.csv.txt"]


def test_a_file_with_fewer_lines_of_an_invoice_goes_to_failed_and_replaces_nothing(warehouse, settings, inbox):
    drop(inbox / "a.csv", invoice("536365", 5))
    drop(inbox / "b.csv", invoice("536365", 2))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.loaded, emptied.failed) == (("a.csv",), ("b.csv",))
    assert totals_in(warehouse).lines == 5
    assert "FEWER lines" in (inbox / "failed" / "b.csv.txt").read_text()


def test_a_file_that_can_not_be_loaded_stops_no_other_and_has_its_reason_beside_it(warehouse, settings, inbox):
    (inbox / "a.csv").write_text("no,export\n1,2\n")
    os.utime(inbox / "a.csv", (0, 0))
    drop(inbox / "b.csv", invoice("536365"))
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.failed, emptied.loaded) == (("a.csv",), ("b.csv",))
    assert files(inbox) == ["done/b.csv", "done/b.csv.txt", "failed/a.csv", "failed/a.csv.txt"]
    assert (inbox / "failed" / "a.csv.txt").read_text().startswith("a.csv lacks invoice_no")


def test_the_names_that_exports_have_for_columns_may_stand_in_the_settings(warehouse, settings, inbox):
    drop(inbox / "a.csv", invoice("536365"))
    file = inbox / "a.csv"
    file.write_bytes(file.read_bytes().replace(b"InvoiceNo", b"Document"))
    os.utime(file, (0, 0))
    emptied = empty_inbox(inbox, warehouse, replace(settings, column_names=("invoice_no=Document",)))
    assert emptied.loaded == ("a.csv",)


def test_a_file_that_is_still_being_written_is_left(warehouse, settings, inbox):
    drop(inbox / "a.csv", invoice("536365"), seconds_ago=0)
    (inbox / "notes.docx").write_text("no export")
    emptied = empty_inbox(inbox, warehouse, settings)
    assert (emptied.left, emptied.loaded) == (("a.csv",), ())
    assert files(inbox) == ["a.csv", "notes.docx"]


def test_a_file_of_a_name_that_was_there_before_overwrites_nothing(warehouse, settings, inbox):
    for lines in (2, 3):
        drop(inbox / "a.csv", invoice("536365", lines))
        empty_inbox(inbox, warehouse, settings)
    assert files(inbox) == ["done/a (2).csv", "done/a (2).csv.txt", "done/a.csv", "done/a.csv.txt"]


def test_without_a_warehouse_everything_stays_in_the_inbox(inbox, settings_without_server):
    drop(inbox / "a.csv", invoice("536365"))
    warehouse, settings = settings_without_server
    with pytest.raises(WarehouseError, match=r"What was not loaded is still in .*inbox"):
        empty_inbox(inbox, warehouse, settings)
    assert files(inbox) == ["a.csv"]


@pytest.fixture
def settings_without_server():
    from lgs_excel.warehouse.connect import open_warehouse

    settings = settings_for("postgresql://nobody@localhost:1/none")
    return open_warehouse(settings), settings


def test_a_folder_that_is_not_there_is_said(warehouse, settings, tmp_path):
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        empty_inbox(tmp_path / "nowhere", warehouse, settings)


def test_run_writes_the_workbook_and_a_second_time_changes_nothing(warehouse, settings, inbox, tmp_path):
    out = tmp_path / "report.xlsx"
    drop(inbox / "a.csv", invoice("536365"))
    emptied, report, _ = run(inbox, out, settings)
    assert emptied.loaded == ("a.csv",)
    assert CalamineWorkbook.from_path(out).sheet_names[0] == report.sheets[0].title == "Summary"
    written, before = out.read_bytes(), totals_in(warehouse)
    emptied, report, _ = run(inbox, out, settings)
    assert (emptied.loaded, emptied.failed, report) == ((), (), None)
    assert (out.read_bytes(), totals_in(warehouse)) == (written, before)


def test_the_same_export_dropped_again_is_known(warehouse, settings, inbox, tmp_path):
    out = tmp_path / "report.xlsx"
    for _ in range(2):
        drop(inbox / "a.csv", invoice("536365"))
        emptied, report, _ = run(inbox, out, settings)
    assert (emptied.known, report) == (("a.csv",), None)


def test_a_run_that_was_cut_off_before_the_workbook_is_made_up_for(warehouse, settings, inbox, tmp_path):
    out = tmp_path / "report.xlsx"
    drop(inbox / "a.csv", invoice("536365"))
    run(inbox, out, settings)
    old = out.read_bytes()
    drop(inbox / "b.csv", invoice("536366"))
    os.utime(out, (0, 0))
    empty_inbox(inbox, warehouse, settings)  # and then the power went
    emptied, report, _ = run(inbox, out, settings)
    assert (emptied.loaded, report.facts["data_through"]) == ((), "2010-12-01")
    assert out.read_bytes() != old
    assert run(inbox, out, settings)[1] is None


def test_a_link_is_not_followed_out_of_the_inbox(warehouse, settings, inbox, tmp_path):
    elsewhere = drop(tmp_path / "private.csv", invoice("536365"))
    (inbox / "a.csv").symlink_to(elsewhere)
    emptied = empty_inbox(inbox, warehouse, settings)
    assert emptied.loaded == ()
    assert emptied.said == ("Passed over, as links to files elsewhere: a.csv. Put the files themselves here.",)
    assert (inbox / "a.csv").is_symlink()
