"""Folders of odd names, and of long ones, which Wine takes as Windows does where long paths are switched on."""

import subprocess
import sys

import pytest
from python_calamine import CalamineWorkbook

from lgs_excel.warehouse.connect import open_warehouse
from tests.conftest import settings_for
from tests.loading.exports import expected, invoice, lines_in, write_csv

NAMES = {
    "spaces": "Jane Doe & Söhne (neu)",
    "percent": "100% é, %TEMP%",
    "signs": "a^b!c;d'e",
    "scripts": "売上 продажи",
    "long": f"{'x' * 120}/{'y' * 120}",
}


def lgs(folder, *words):
    """Run a command in a folder; its exit code and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "lgs_excel.cli", *map(str, words)], cwd=folder, stdin=subprocess.PIPE, check=False,
        capture_output=True, encoding="cp1252", errors="replace",
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_exports_warehouse_and_workbook_in_a_folder_of_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir(parents=True)
    export = write_csv(folder / "sales.csv", invoice("536365"))
    url = f"duckdb:///{folder.as_posix()}/lgs.duckdb"
    for words in (("load", export), ("report", "--out", folder / "out.xlsx")):
        code, said = lgs(tmp_path, *words, "--warehouse", url)
        assert code == 0, said
    assert lines_in(open_warehouse(settings_for(url))) == expected(invoice("536365"))
    assert "Sales" in CalamineWorkbook.from_path(folder / "out.xlsx").sheet_names
