"""setup.cmd: what four commands would do, again, and undone."""

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

PROJECT = Path(os.environ["LGS_TEST_PROJECT"])  # as it is downloaded: setup.cmd and what it installs


@pytest.fixture(scope="module")
def user(tmp_path_factory):
    """A profile of a user with a name that is hard on scripts."""
    folder = tmp_path_factory.mktemp("users") / "Änne O'Hara & Söhne"
    (folder / "Local").mkdir(parents=True)
    return folder


def run(user, *arguments, **said):
    environment = {**os.environ, "LOCALAPPDATA": str(user / "Local"), "USERPROFILE": str(user), **said}
    environment = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [os.environ["COMSPEC"], "/c", str(PROJECT / "setup.cmd"), *arguments], check=False, env=environment, input=b"",
        cwd=PROJECT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")


def base():
    return str(Path(sys.base_prefix) / "python.exe")


def test_without_a_python_it_says_where_to_get_one(user, tmp_path):
    code, said = run(user, PATH=str(Path(os.environ["SYSTEMROOT"]) / "system32"), LGS_PYTHON=str(tmp_path / "none.exe"))
    assert code == 1
    assert "wants Python 3.11 or newer" in said
    assert not (user / "Local/lgs_excel").exists()


def test_what_it_does_not_know_is_said(user):
    code, said = run(user, "remove")
    assert code == 2
    assert "setup.cmd uninstall" in said


def test_it_sets_up_and_again_and_takes_away(user):
    code, said = run(user, LGS_PYTHON=base())
    assert code == 0, said
    book = user / "LGS Analytics/LGS_Analytics.xlsm"
    assert book.exists(), said
    assert "Summary" in openpyxl.load_workbook(book, read_only=True).sheetnames
    assert "There is no warehouse" in said  # the doctor's finding, with what mends it
    before = book.read_bytes()
    code, said = run(user, LGS_PYTHON=base())
    assert code == 0, said
    assert "is there already and stays as it is" in said
    assert book.read_bytes() == before
    code, said = run(user, "uninstall")
    assert code == 0, said
    assert not (user / "Local/lgs_excel/python").exists()
    assert book.read_bytes() == before
