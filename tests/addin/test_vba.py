"""Our VBA: checked against Excel's object model, and run in LibreOffice with a stand-in for xlwings that records."""

import ast
import importlib
import inspect
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import xlwings

from lgs_excel.addin.build import workbook as building
from lgs_excel.addin.build.vba_module import Kind, Module
from lgs_excel.addin.build.workbook import PROJECT, TEMPLATE
from lgs_excel.addin.workbook_sources import MODULES, source_folder
from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.report.layout import lay_out
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.settings import Settings
from lgs_excel.warehouse.filters import Filters
from tests.addin.ribbon import SIGNATURES, callbacks
from tests.libreoffice.office import Office

PLATFORMS = {
    "Windows, 64 bit": "VBA7=True,Win64=True,Win32=True,Mac=False",
    "Windows, 32 bit": "VBA7=True,Win64=False,Win32=True,Mac=False",
    "Mac": "VBA7=True,Win64=False,Win32=False,Mac=True",
}
IMPORT = "from lgs_excel.addin import macros; macros."

STUB = """
Public Called As String
Public Interpreter As String

Public Function RunPython(PythonCommand As String)
    Called = Called & PythonCommand & vbLf
End Function

Public Function GetConfig(configKey As String, Optional default As String = "") As Variant
    GetConfig = Interpreter
End Function

Public Function XLPy()
End Function
"""
FAKE = """
Public Tag As String
Public Times As Long

Public Sub Invalidate()
    Times = Times + 1
End Sub
"""
PRESS = """
Public Ui As New Fake

Public Function Press(ByVal Name As String, ByVal Tag As String, ByVal Text As String) As String
    Dim Control As New Fake
    Dim Answer As Variant
    Control.Tag = Tag
    Called = ""
    Select Case Name
{cases}
    Case "interpreter": Interpreter = Text
    Case "invalidated": Answer = Ui.Times
    Case "changed": Application.Run "shSettings.Worksheet_Change", LGS_Cells("lgs_From")
    Case "opened": Application.Run "ThisWorkbook.Workbook_Open"
    Case Else: Answer = "no such callback"
    End Select
    Press = Called & "|" & Answer
End Function
"""
ARGUMENTS = {
    "onLoad": "Ui",
    "onAction": "Control",
    "onChange": "Control, Text",
    "getText": "Control, Answer",
    "getItemCount": "Control, Answer",
    "getItemLabel": "Control, CInt(Text), Answer",
}


def findings(folder: Path, define: str) -> list[dict]:
    """What vbalidator finds in our modules; xlwings' own are there to be called, and are not judged."""
    package = Path(xlwings.__file__).parent
    for file in (package / "xlwings.bas", package / "addin/Dictionary.cls"):
        shutil.copy(file, folder)
    out = folder / "report.json"
    command = [
        Path(sys.executable).with_name("vbalidator"),
        "--host",
        "excel",
        "--define",
        define,
        "--output",
        out,
        folder,
    ]
    subprocess.run(command, check=False, capture_output=True, timeout=300)
    said = json.loads(out.read_text(encoding="utf-8"))
    assert said["summary"]["files_scanned"] == len([*folder.glob("*.bas"), *folder.glob("*.cls")])
    return [one for one in said["issues"] if one["file"] not in {"xlwings.bas", "Dictionary.cls"}]


def copied(folder: Path) -> Path:
    for file in (source_folder() / MODULES).iterdir():
        shutil.copy(file, folder)
    return folder


@pytest.mark.parametrize("platform", PLATFORMS)
def test_excels_object_model_knows_all_that_our_modules_use(tmp_path, platform):
    found = findings(copied(tmp_path), PLATFORMS[platform])
    # The wrappers are as xlwings makes them, which declares nothing.
    assert [one for one in found if (one["file"], one["rule_id"]) != ("xlwings_udfs.bas", "VBA320")] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Control.Tag", "Control.Tagg"),
        ("RefersToRange", "RefersToRang"),
        ("End If\r\n    LGS_Invalidate", "LGS_Invalidate"),
        ("DateSerial", "DateSeriel"),
    ],
)
def test_the_check_sees_what_is_wrong(tmp_path, old, new):
    copied(tmp_path)
    for name in ("LGS_Ribbon.bas", "LGS_Python.bas"):
        file = tmp_path / name
        file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))
    assert any(one["severity"] == "error" for one in findings(tmp_path, PLATFORMS["Windows, 64 bit"]))


def test_every_module_of_ours_declares_its_names():
    for file in (source_folder() / MODULES).iterdir():
        if file.stem != "xlwings_udfs":
            assert "\nOption Explicit\r\n" in file.read_bytes().decode("cp1252"), file.name


def test_python_is_called_in_one_place_with_fixed_text():
    texts = {f.name: f.read_bytes().decode("cp1252") for f in (source_folder() / MODULES).iterdir()}
    calls = [(name, line) for name, text in texts.items() for line in text.splitlines() if "RunPython" in line]
    assert [name for name, _ in calls] == ["LGS_Python.bas"]
    for line in texts["LGS_Ribbon.bas"].splitlines():
        if "LGS_Call" in line:
            assert re.fullmatch(r'    LGS_Call "\w+\(\)"', line) or "Control.Tag" in line


@pytest.fixture(scope="module")
def press(empty_report, tmp_path_factory):
    """Run a callback in LibreOffice: what Python was asked to do, and what the ribbon was told."""
    settings = settings_sheet(Filters(), Options(), ("EIRE", "France", "=1+1"), "Reach", Settings())
    report = replace(empty_report, sheets=(*empty_report.sheets[:-1], settings))
    names = {value: attribute for _, attribute, value in callbacks()}
    cases = "\n".join(f'    Case "{name}": {name} {ARGUMENTS[attribute]}' for name, attribute in names.items())
    stand_ins = (
        Module("xlwings", Kind.MODULE, STUB),
        Module("Fake", Kind.CLASS, FAKE),
        Module("Test", Kind.MODULE, PRESS.format(cases=cases)),
    )
    path = tmp_path_factory.mktemp("stub") / "stub.xlsm"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "_xlwings_modules", lambda: stand_ins)
        path.write_bytes(TEMPLATE.content(report))
    with Office() as office:
        document = office.open(path)
        provider = document.getScriptProvider()
        script = provider.getScript(f"vnd.sun.star.script:{PROJECT}.Test.Press?language=Basic&location=document")

        def pressed(name: str, tag: str = "", text: str = "") -> tuple[list[str], str]:
            said, _, _ = script.invoke((name, tag, text), (), ())
            asked, answer = said.rsplit("|", 1)  # nothing comes back of a module that does not compile
            return asked.splitlines(), answer

        pressed.cell = lambda name: cell_of(document, settings, name)
        pressed("interpreter", text="python")
        pressed("LGS_Loaded")
        yield pressed


def cell_of(document, settings, name):
    """The cell of this name in LibreOffice."""
    place = next(placed for placed in lay_out(settings).names if placed.name == name).areas[0].replace("$", "")
    return document.Sheets.getByName("Settings").getCellRangeByName(place)


def actions():
    return [(name, one.get("tag") or "") for one, attribute, name in callbacks() if attribute == "onAction"]


@pytest.mark.parametrize(("name", "tag"), actions())
def test_each_button_calls_one_function_of_python(press, name, tag):
    (asked,), _ = press(name, tag)
    assert asked.startswith(IMPORT)
    call = ast.parse(asked.removeprefix("from lgs_excel.addin import macros; ")).body[0].value
    assert isinstance(call, ast.Call)
    assert [argument.value for argument in call.args] == ([tag] if name == "LGS_ExportSegment" else [])
    assert '"' not in asked  # it stands between quotes on a command line


def test_the_buttons_call_what_they_say(press):
    asked = {name: press(name, tag)[0][0].removeprefix(IMPORT) for name, tag in actions() if not tag}
    assert "LGS_RefreshAll" in asked
    for name, called in asked.items():
        assert called == re.sub("(?<=[a-z])(?=[A-Z])", "_", name.removeprefix("LGS_")).lower() + "()"


def test_each_segment_arrives_as_it_is_called(press):
    for segment in SEGMENTS:
        (asked,), _ = press("LGS_ExportSegment", segment.name)
        assert ast.literal_eval(asked.removeprefix(f"{IMPORT}export_segment(").removesuffix(")")) == segment.name


@pytest.mark.parametrize(("name", "tag"), actions())
def test_each_function_exists_and_takes_what_it_is_given(press, name, tag):
    macros = importlib.import_module("lgs_excel.addin.macros")
    call = ast.parse(press(name, tag)[0][0].removeprefix("from lgs_excel.addin import macros; ")).body[0].value
    work = inspect.unwrap(getattr(macros, call.func.attr))
    inspect.signature(work).bind("the workbook", *(argument.value for argument in call.args))


def test_without_an_interpreter_python_is_not_called(press):
    press("interpreter", text="")
    try:
        assert press("LGS_RefreshAll")[0] == []
    finally:
        press("interpreter", text="python")
    assert len(press("LGS_RefreshAll")[0]) == 1


def test_the_ribbon_shows_what_the_cells_say(press):
    for name, formula, shown in (
        ("lgs_Country", "", "All countries"),
        ("lgs_Country", "France; EIRE", "France; EIRE"),
        ("lgs_From", "", ""),
        ("lgs_From", "=DATE(2011;11;1)", "2011-11"),
        ("lgs_From", "nonsense", "nonsense"),
    ):
        press.cell(name).setFormula(formula)
        assert press("LGS_ShowFilter", name) == ([], shown)


@pytest.mark.parametrize("text", ["France", "France; EIRE", "=1+1", "+1", "-2", "@x", "00123", "1/2"])
def test_a_country_that_is_typed_is_text_in_its_cell(press, text):
    press("LGS_SetCountry", "lgs_Country", text)
    cell = press.cell("lgs_Country")
    assert (cell.Type.value, cell.String) == ("TEXT", text)
    assert press("LGS_ShowFilter", "lgs_Country")[1] == text


def test_all_countries_is_a_blank_cell(press):
    press("LGS_SetCountry", "lgs_Country", "France")
    press("LGS_SetCountry", "lgs_Country", "All countries")
    assert press.cell("lgs_Country").Type.value == "EMPTY"


@pytest.mark.parametrize("name", ["lgs_From", "lgs_To"])
def test_a_month_that_is_typed_is_a_date_in_its_cell(press, name):
    press("LGS_SetMonth", name, "2011-11")
    assert (press.cell(name).Type.value, press.cell(name).String) == ("VALUE", "Nov 2011")
    assert press("LGS_ShowFilter", name)[1] == "2011-11"
    press("LGS_SetMonth", name, "")
    assert press.cell(name).Type.value == "EMPTY"


@pytest.mark.parametrize("text", ["2011-13", "2011-00", "=1+1", "Nov", "11-2011", "2011-1", "20111", "2011/11"])
def test_what_is_no_month_leaves_the_cell_and_shows_it_again(press, text):
    press("LGS_SetMonth", "lgs_From", "2011-02")
    before = int(press("invalidated")[1])
    press("LGS_SetMonth", "lgs_From", text)
    assert press.cell("lgs_From").String == "Feb 2011"
    assert int(press("invalidated")[1]) > before


def test_the_ribbon_lists_the_countries_of_the_settings_sheet(press):
    count = int(press("LGS_CountCountries", "lgs_Country")[1])
    names = [press("LGS_NameCountry", "lgs_Country", str(i))[1] for i in range(count)]
    assert names == ["All countries", "EIRE", "France", "=1+1"]


def test_a_change_on_the_settings_sheet_is_shown_on_the_ribbon(press):
    before = int(press("invalidated")[1])
    press("changed")
    assert int(press("invalidated")[1]) == before + 1


def test_it_opens_where_functions_cannot_be_described(press):
    assert press("opened") == ([], "")


def test_every_signature_is_tried():
    assert SIGNATURES.keys() == ARGUMENTS.keys()


@pytest.mark.parametrize("text", ["stock.csv", r"C:\Ware\Bestand März.xlsx", "=1+1", ""])
def test_the_stock_file_is_a_text_in_its_cell(press, text):
    press("LGS_SetText", "lgs_StockFile", text)
    assert press.cell("lgs_StockFile").String == text
    assert press("LGS_ShowFilter", "lgs_StockFile")[1] == text
