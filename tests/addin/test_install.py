"""The macro workbook for a user: this Python in it, all else as shipped, and nothing of the user's overwritten."""

import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from lgs_excel.addin import install as module
from lgs_excel.addin.install import install
from lgs_excel.addin.workbook_sources import WORKBOOK, source_folder
from lgs_excel.errors import WorkbookError

CONF_PART = "xl/worksheets/conf.xml"


def parts(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def conf(file):
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name("xlwings.conf").to_python()
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(("platform", "key"), [("win32", "INTERPRETER_WIN"), ("darwin", "INTERPRETER_MAC")])
def test_the_workbook_knows_this_python_and_is_else_as_shipped(tmp_path, monkeypatch, platform, key):
    monkeypatch.setattr("lgs_excel.addin.build.workbook.conf.__defaults__", (None, platform))
    done = install(tmp_path / "new folder")
    assert done.workbook == tmp_path / "new folder" / "LGS_Analytics.xlsm"
    assert done.backup is None
    assert conf(done.workbook)[key] == sys.executable
    assert conf(done.workbook)["UDF MODULES"] == "lgs_excel.addin.udfs"
    ours, shipped = parts(done.workbook), parts(source_folder() / WORKBOOK)
    assert list(ours) == list(shipped)
    assert [name for name in ours if ours[name] != shipped[name]] == [CONF_PART]
    assert load_workbook(done.workbook, read_only=True).sheetnames[0] == "Summary"
    assert [file.name for file in done.workbook.parent.iterdir()] == ["LGS_Analytics.xlsm"]


def test_a_workbook_that_is_there_stays(tmp_path):
    mine = tmp_path / WORKBOOK
    mine.write_bytes(b"my notes")
    with pytest.raises(WorkbookError, match=r"is there already and stays as it is\. Open it .* or use --force"):
        install(tmp_path)
    assert mine.read_bytes() == b"my notes"


def test_force_keeps_the_old_one_beside_the_new(tmp_path):
    (tmp_path / WORKBOOK).write_bytes(b"my notes")
    done = install(tmp_path, force=True, now=datetime(2026, 1, 2, 3, 4, 5))
    assert done.backup == tmp_path / "LGS_Analytics-before-20260102-030405.xlsm"
    assert done.backup.read_bytes() == b"my notes"
    assert "Summary" in CalamineWorkbook.from_path(done.workbook).sheet_names


def test_a_new_one_that_cannot_be_put_there_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / WORKBOOK).write_bytes(b"my notes")
    replace = Path.replace

    def locked(self, target):
        if self.name.startswith(".LGS"):
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(WorkbookError, match=r"can't be written: Permission denied\. Close the workbook"):
        install(tmp_path, force=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {WORKBOOK: b"my notes"}


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match=r"file[/\\]LGS_Analytics\.xlsm can't be written: "):
        install(tmp_path / "file")


def test_a_shipped_workbook_that_does_not_open_is_said_and_the_old_one_stays(tmp_path, monkeypatch):
    (tmp_path / WORKBOOK).write_bytes(b"my notes")
    monkeypatch.setattr(module, "for_python", lambda _: b"not a workbook")
    with pytest.raises(WorkbookError, match=r"can't be opened .* Install lgs-excel again"):
        install(tmp_path, force=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {WORKBOOK: b"my notes"}


def test_on_a_mac_excel_is_given_the_script_that_starts_python(tmp_path, monkeypatch):
    monkeypatch.setattr(module.sys, "platform", "darwin")
    monkeypatch.setattr(module.Path, "home", lambda: tmp_path)
    module._allow_on_mac()
    (script,) = (tmp_path / "Library/Application Scripts/com.microsoft.Excel").iterdir()
    assert script.name == "xlwings-0.37.8.applescript"
    assert "python" in script.read_text().lower()
