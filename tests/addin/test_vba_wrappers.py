"""The VBA of the worksheet functions: as the generator makes it, with the functions' own arguments and words."""

import inspect
import json
import re
import subprocess
import sys

import pytest

from lgs_excel.addin import udfs
from lgs_excel.addin.workbook_sources import MODULES, source_folder

NAMES = sorted(name for name in dir(udfs) if name.startswith("LGS_"))


@pytest.fixture(scope="module")
def made():
    """Both modules, made anew in a Python of its own, as they want a place for pywin32."""
    code = "import json; from lgs_excel.addin.build.vba_wrappers import wrappers; print(json.dumps(wrappers()))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8", timeout=120)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shipped():
    return {
        name: (source_folder() / MODULES / f"{name}.bas").read_bytes().decode("cp1252")
        for name in ("xlwings_udfs", "LGS_Functions")
    }


def test_what_is_shipped_is_what_the_functions_give(made, shipped):
    assert {name: text.replace("\r\n", "\n") for name, text in shipped.items()} == made, "run make workbook"


def test_every_function_has_a_wrapper_with_its_arguments(shipped):
    found = dict(re.findall(r"^Function (\w+)\((.*)\)\r$", shipped["xlwings_udfs"], re.MULTILINE))
    assert sorted(found) == NAMES
    for name in NAMES:
        parameters = inspect.signature(getattr(udfs, name)).parameters.values()
        expected = [p.name if p.default is p.empty else f"Optional {p.name}" for p in parameters]
        assert found[name].split(", ") == expected, name


def test_every_wrapper_calls_its_function_with_all_arguments(shipped):
    for name in NAMES:
        names = ", ".join(inspect.signature(getattr(udfs, name)).parameters)
        call = (
            f'{name} = XLPy.CallUDF("lgs_excel.addin.udfs", "{name}", Array({names}), ThisWorkbook, Application.Caller)'
        )
        assert call in shipped["xlwings_udfs"]


def test_no_function_is_volatile(shipped):
    assert "Volatile" not in shipped["xlwings_udfs"]


def test_every_function_and_argument_is_described(shipped):
    text = shipped["LGS_Functions"]
    for name in NAMES:
        said = re.search(rf'Describe "{name}", "(.+)", _\r\n +Array\(((?:.|\r\n)*?)"\)\r\n', text)
        assert said[1].replace('""', '"') == " ".join(inspect.getdoc(getattr(udfs, name)).split())
        described = re.findall(r'"((?:[^"]|"")+)', said[2] + '"')
        assert len([one for one in described if one.strip(" ,_\r\n")]) == len(
            inspect.signature(getattr(udfs, name)).parameters
        )
