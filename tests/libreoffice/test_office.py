"""The tests' own LibreOffice."""

import builtins
import os
from pathlib import Path

import pytest

from lgs_excel.writers import headless
from tests.libreoffice.office import Office, import_uno
from tests.report.sample_reports import report


def test_it_reads_a_workbook(office, tmp_path):
    headless.write(report(), tmp_path / "book.xlsx")
    document = office.open(tmp_path / "book.xlsx")
    assert document.Sheets.getByName("Test").getCellByPosition(0, 0).String == "Test"
    office.close(document)


def test_it_ends_with_nothing_left_behind():
    with Office() as office:
        pid, profile = office.pid, Path(office._profile.name)
        assert profile.exists()
        office.open()
    assert not profile.exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


def test_importing_uno_leaves_the_import_of_everything_else_alone():
    usual = builtins.__import__
    import_uno()
    assert builtins.__import__ is usual
