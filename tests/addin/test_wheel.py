"""The wheel in an environment of its own: it carries the macro workbook and can build it."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from lgs_excel.addin.workbook_sources import WORKBOOK, source_folder
from lgs_excel.loading.load import load_demo
from lgs_excel.warehouse.connect import open_warehouse
from tests.addin.olevba import modules_of
from tests.addin.test_workbook import parts
from tests.components import ROOT
from tests.conftest import settings_for


def run(*command: str | Path, folder: Path | None = None) -> str:
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=300, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, folder=ROOT)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def scripts(wheel, tmp_path_factory):
    """The programs of an environment with the wheel; what it depends on comes from the tests' environment."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"], Path(sys.executable).name)
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel)
    # A folder named in a .pth file is searched last, and its own .pth files are not read: nothing of the tree is found.
    Path(paths["purelib"], "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    where = run(python, "-c", "import lgs_excel; print(lgs_excel.__file__)", folder=folder).strip()
    assert Path(where).is_relative_to(folder)
    return Path(paths["scripts"])


def test_the_wheel_carries_the_workbook_and_its_sources(wheel):
    inside = "lgs_excel/addin/workbook/"
    with zipfile.ZipFile(wheel) as archive:
        carried = {n.removeprefix(inside): archive.read(n) for n in archive.namelist() if n.startswith(inside)}
    folder = source_folder()
    assert carried == {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_the_installed_command_builds_the_shipped_workbook(scripts, tmp_path):
    said = run(scripts / "lgs-excel", "build-workbook", "--out", "built.xlsm", folder=tmp_path)
    assert said.startswith("Wrote built.xlsm: no figures yet.")
    assert parts(tmp_path / "built.xlsm") == parts(source_folder() / WORKBOOK)


def test_the_installed_command_fills_it(scripts, tmp_path):
    url = f"duckdb:///{(tmp_path / 'shop.duckdb').as_posix()}"
    load_demo(open_warehouse(settings_for(url)), scale=0.02)
    command = (scripts / "lgs-excel", "report", "--out", "filled.xlsm", "--warehouse", url, "--country", "france")
    said = run(*command, folder=tmp_path)
    assert said.startswith("Wrote filled.xlsm: ")
    found = parts(tmp_path / "filled.xlsm")
    assert "xl/media/image1.png" in found
    assert b"France" in b"".join(part for name, part in found.items() if name.startswith("xl/worksheets/"))
    assert modules_of((tmp_path / "filled.xlsm").read_bytes()).keys() >= {"shSettings", "xlwings", "xlwings_udfs"}
