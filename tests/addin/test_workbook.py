"""The macro workbook as a file: what independent readers find in it."""

import re
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwings
from lxml import etree
from python_calamine import CalamineWorkbook

from lgs_excel import __version__
from lgs_excel.addin import udfs
from lgs_excel.addin.build import workbook as building
from lgs_excel.addin.build.empty_report import template
from lgs_excel.addin.build.vba_module import Kind, Module
from lgs_excel.addin.build.workbook import TEMPLATE, XLSM, XLWINGS, conf, for_python
from lgs_excel.addin.build.xlsm_package import configured
from lgs_excel.addin.workbook_sources import MODULES, RECORD, RIBBON, WORKBOOK, source_folder
from lgs_excel.analytics.catalogue import Options
from lgs_excel.errors import SettingsError, WorkbookError
from lgs_excel.report.layout import code_name, lay_out, text_name
from lgs_excel.report.sheets import definitions
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.settings import Settings
from lgs_excel.warehouse.filters import Filters
from lgs_excel.writers import files
from lgs_excel.writers.record import KEY_NAME, key_of
from tests.addin.compound_file_audit import audited
from tests.addin.olevba import decompressed, modules_of
from tests.components import ROOT, ooxml_errors, poi_findings, to_xlsx
from tests.report.sample_reports import chart, report, sheet, table, trap_report

UI = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"


def parts(path: Path | bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def expected_modules(titles) -> dict[str, bytes]:
    """Every module that the workbook must have, as text, made from the files anew."""
    package = Path(xlwings.__file__).parent
    sources = {path.stem: path.read_bytes().decode("cp1252") for path in (source_folder() / MODULES).iterdir()}
    kinds = dict.fromkeys([*map(code_name, titles), "shConf"], Kind.SHEET) | {"ThisWorkbook": Kind.WORKBOOK}
    made = {name: Module(name, kind, sources.pop(name, "")) for name, kind in kinds.items()}
    made |= {name: Module(name, Kind.MODULE, source) for name, source in sources.items()}
    made["xlwings"] = Module("xlwings", Kind.MODULE, (package / "xlwings.bas").read_bytes().decode("cp1252"))
    dictionary = (package / "addin/Dictionary.cls").read_bytes().decode("cp1252")
    made["Dictionary"] = Module("Dictionary", Kind.CLASS, dictionary)
    return {name: module.text for name, module in made.items()}


def test_the_committed_record_is_that_of_the_committed_workbook():
    text = (source_folder() / RECORD).read_text(encoding="utf-8")
    assert text == building.record(template()), "run make workbook"
    defined = openpyxl.load_workbook(source_folder() / WORKBOOK).defined_names
    assert defined[KEY_NAME].attr_text == key_of(text)


def test_the_committed_workbook_is_what_the_sources_give(built):
    committed, now = parts(source_folder() / WORKBOOK), parts(built)
    assert committed.keys() == now.keys(), "run make workbook"
    for name in now:  # not the compressed bytes, in which versions of zlib differ
        assert committed[name] == now[name], f"{name} differs: run make workbook"


def test_the_same_report_gives_the_same_bytes(empty_report, built):
    assert TEMPLATE.content(empty_report) == built.read_bytes()


def test_olevba_reads_every_module_to_the_letter(built, empty_report):
    expected = expected_modules(one.title for one in empty_report)
    found = modules_of(built.read_bytes())
    assert found.keys() == expected.keys()
    for name, text in expected.items():
        assert found[name].replace("\r\n", "\n") == text.decode("cp1252").replace("\r\n", "\n"), name


def test_the_compound_file_passes_the_audit(built, empty_report):
    found = audited(parts(built)["xl/vbaProject.bin"])
    for name, text in expected_modules(one.title for one in empty_report).items():
        assert decompressed(found["VBA"][name]) == text, name


def test_the_notices_of_xlwings_are_kept(built):
    found = modules_of(built.read_bytes())
    assert "Copyright (C) 2014-present, Zoomer Analytics LLC." in found["xlwings"]
    assert "(c) Tim Hall - https://github.com/timhall/VBA-Dictionary" in found["Dictionary"]


def test_sheets_and_modules_have_the_same_names(built):
    book = openpyxl.load_workbook(built, keep_vba=True)
    names = [one.sheet_properties.codeName for one in book]
    assert names == [*(code_name(title) for title in book.sheetnames[:-1]), "shConf"]
    assert book.code_name == "ThisWorkbook"
    assert {*names, "ThisWorkbook"} <= modules_of(built.read_bytes()).keys()


def test_microsofts_validator_finds_no_error(built):
    assert ooxml_errors(built) == []


def test_microsofts_validator_finds_no_error_in_a_filled_one(tmp_path):
    made = trap_report()
    settings = settings_sheet(
        Filters(("France",), date(2011, 1, 1)), Options(), ("France", "=1+1"), "Reach", Settings()
    )
    files.write(replace(made, sheets=(*made.sheets, settings)), tmp_path / "traps.xlsm", XLSM)
    assert ooxml_errors(tmp_path / "traps.xlsm") == []


def test_apache_poi_opens_it(built, tmp_path, empty_report):
    found = poi_findings(built, tmp_path)
    expected = expected_modules(one.title for one in empty_report)
    assert {name: text.splitlines() for name, text in found["module"].items()} == {
        name: text.decode("cp1252").splitlines() for name, text in expected.items()
    }
    assert found["root"]["/customUI/customUI.xml"] == UI
    assert list(found["sheet"]) == [*(one.title for one in empty_report), "xlwings.conf"]
    assert found["part"]["/xl/workbook.xml"] == "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    assert found["part"]["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"


def test_openpyxl_reads_its_sheets_tables_and_names(built, empty_report):
    book = openpyxl.load_workbook(built)
    assert book.sheetnames == [*(one.title for one in empty_report), "xlwings.conf"]
    for one in empty_report:
        layout = lay_out(one)
        assert dict(book[one.title].tables.items()) == {placed.table.name: placed.address for placed in layout.tables}
        assert book[one.title].freeze_panes == f"A{layout.frozen_rows + 1}"
        for name in layout.names:
            assert book.defined_names[name.name].attr_text == name.refers_to


def test_openpyxl_keeps_the_tab_when_it_saves(built, tmp_path):
    openpyxl.load_workbook(built, keep_vba=True).save(tmp_path / "again.xlsm")
    saved = parts(tmp_path / "again.xlsm")
    assert saved["customUI/customUI.xml"] == parts(built)["customUI/customUI.xml"]
    assert UI.encode() in saved["_rels/.rels"]


def test_calamine_reads_what_was_written(built, empty_report):
    book = CalamineWorkbook.from_path(built)
    for one in empty_report:
        rows = book.get_sheet_by_name(one.title).to_python(skip_empty_area=False)
        for cell in lay_out(one).cells:
            if cell.value not in (None, ""):
                assert rows[cell.row - 1][cell.column - 1] == cell.value


def test_libreoffice_reads_what_was_written(built, empty_report, tmp_path):
    book = openpyxl.load_workbook(to_xlsx(built, tmp_path))
    for one in empty_report:
        assert book[one.title]["A1"].value == one.title
        assert book[one.title]["A2"].value == one.finding
    assert book["xlwings.conf"]["A1"].value == "UDF MODULES"


def test_the_ribbon_is_related_from_the_root(built):
    found = parts(built)
    assert found["customUI/customUI.xml"] == (source_folder() / RIBBON).read_bytes()
    relations = etree.fromstring(found["_rels/.rels"])
    assert [(one.get("Type"), one.get("Target")) for one in relations if "customUI" in one.get("Target")] == [
        (UI, "customUI/customUI.xml")
    ]


def test_no_part_is_there_twice(built):
    with zipfile.ZipFile(built) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))
        assert {info.date_time for info in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}


def conf_of(content: bytes, path: Path) -> dict[str, object]:
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    assert book["xlwings.conf"].sheet_state == "hidden"
    return {row[0].value: row[1].value for row in book["xlwings.conf"].iter_rows()}


def test_the_template_knows_no_python(built, tmp_path):
    assert conf_of(built.read_bytes(), tmp_path / "x.xlsm") == {
        "UDF MODULES": "lgs_excel.addin.udfs",
        "USE UDF SERVER": True,
        "SHOW CONSOLE": False,
        "ADD_WORKBOOK_TO_PYTHONPATH": False,
    }


@pytest.mark.parametrize(
    ("platform", "key"), [("win32", "INTERPRETER_WIN"), ("darwin", "INTERPRETER_MAC"), ("linux", None)]
)
def test_the_interpreter_is_named_for_the_platforms_that_have_excel(platform, key):
    said = conf(Path("/opt/lgs & co/python"), platform)
    assert [name for name in said if name.startswith("INTERPRETER")] == ([key] if key else [])
    assert key is None or said[key] == str(Path("/opt/lgs & co/python"))


def test_a_workbook_for_a_python_differs_from_the_shipped_one_in_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "conf", lambda interpreter: conf(interpreter, "win32"))
    made = for_python(Path("C:/lgs & co/python.exe"))
    assert conf_of(made, tmp_path / "mine.xlsm")["INTERPRETER_WIN"] == str(Path("C:/lgs & co/python.exe"))
    shipped, mine = parts(source_folder() / WORKBOOK), parts(tmp_path / "mine.xlsm")
    assert {name for name in shipped if shipped[name] != mine[name]} == {"xl/worksheets/conf.xml"}
    assert shipped.keys() == mine.keys()
    assert ooxml_errors(tmp_path / "mine.xlsm") == []


def test_a_configured_workbook_can_be_configured_again(built):
    once = configured(built.read_bytes(), conf(Path("/one"), "darwin"))
    assert configured(once, conf()) == built.read_bytes()


def test_a_report_becomes_a_macro_workbook_with_its_pictures(tmp_path):
    path = tmp_path / "report.xlsm"
    files.write(report(sheet(table(), chart())), path, XLSM)
    found = parts(path)
    assert found["xl/media/image1.png"] == chart().png
    assert modules_of(path.read_bytes()).keys() >= {"shTest", "ThisWorkbook", "LGS_Ribbon", "xlwings"}
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2011, 12, 10, 7, 0, 4)}


def test_the_place_of_a_chart_that_is_not_drawn_is_kept():
    empty = replace(chart(), png=b"")
    assert lay_out(sheet(table(), empty)).widths == lay_out(sheet(table(), chart())).widths
    assert "xl/media/image1.png" not in parts_of(report(sheet(table(), empty)))


def parts_of(made) -> dict[str, bytes]:
    import io

    with zipfile.ZipFile(io.BytesIO(XLSM.content(made))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_two_sheets_with_one_code_name_are_refused():
    with pytest.raises(ValueError, match="unique: shrfmcustomers"):
        XLSM.content(report(sheet(title="RFM Customers"), sheet(title="RFMCustomers")))


def test_no_table_or_cell_has_the_name_of_a_worksheet_function(empty_report):
    # Excel takes a name before a function: =LGS_SALES(A1) would be #REF! beside a table lgs_Sales.
    functions = {name.casefold() for name in dir(udfs) if name.startswith("LGS_")}
    names = {name.casefold() for one in empty_report for name in (*one.names, text_name(one.title))}
    sources = Path(definitions.__file__).parent.glob("*.py")  # a small shop has not all tables
    names |= {name.casefold() for file in sources for name in re.findall(r'"(lgs_\w+)"', file.read_text("utf-8"))}
    assert "lgs_productpairs" in names
    assert functions & names == set()


def test_another_xlwings_is_refused(monkeypatch):
    building._xlwings_modules.cache_clear()
    monkeypatch.setattr(building, "version", lambda _: "0.30.0")
    with pytest.raises(SettingsError, match=r"xlwings is 0\.30\.0 here; .* pip install xlwings==0\.37\.8"):
        XLSM.content(report())


def test_the_version_of_xlwings_is_the_one_that_is_pinned():
    assert f'"xlwings=={XLWINGS}"' in (ROOT / "pyproject.toml").read_text()
    assert f"Version: {XLWINGS}" in (Path(xlwings.__file__).parent / "xlwings.bas").read_text()


def test_missing_sources_are_named(monkeypatch):
    monkeypatch.setattr(Path, "is_file", lambda _: False)
    with pytest.raises(WorkbookError, match=r"workbook is missing, .* Install lgs-excel again"):
        source_folder()


def test_the_settings_sheet_has_named_cells_and_lists(tmp_path):
    settings = settings_sheet(
        Filters(("France", "Germany"), date(2011, 1, 1), None, date(2011, 12, 1)),
        Options("classic", "units"),
        ("EIRE", "France", "Germany"),
        "Reach",
        Settings(),
    )
    made = report(sheet(), settings)
    (tmp_path / "s.xlsm").write_bytes(XLSM.content(made))
    book = openpyxl.load_workbook(tmp_path / "s.xlsm")

    def value(name):
        ((title, place),) = book.defined_names[name].destinations
        found = book[title][place]
        return [cell.value for (cell,) in found] if isinstance(found, tuple) else found.value

    assert value("lgs_Country") == "France; Germany"
    assert value("lgs_From") == datetime(2011, 1, 1)
    assert value("lgs_To") is None
    assert value("lgs_AsOf") == datetime(2011, 12, 1)
    assert (value("lgs_Recipe"), value("lgs_By")) == ("classic", "units")
    assert value("lgs_addin_version") == __version__
    assert value("lgs_xlwings_version") == xlwings.__version__
    assert value("lgs_Countries") == ["EIRE", "France", "Germany"]
    lists = {str(one.sqref): one for one in book["Settings"].data_validations.dataValidation}
    country = book.defined_names["lgs_Country"].attr_text.rsplit("!", 1)[1].replace("$", "")
    assert lists[country].formula1 == "lgs_Countries"
    assert not lists[country].showErrorMessage  # several countries are no single one of the list
    assert {one.formula1 for one in lists.values() if one.type == "list"} == {
        "lgs_Countries", '"default,classic"', '"revenue,units,customers"',
    }  # fmt: skip
    numbers = {(one.formula1, one.formula2) for one in lists.values() if one.type == "whole"}
    assert numbers == {("0", "365"), ("0", "730"), ("1", "365"), ("2", "10000"), ("1", "1000000")}
    days = [place for place, one in lists.items() if one.type == "date" and one.errorStyle == "warning"]
    named = ("lgs_From", "lgs_To", "lgs_AsOf")
    assert days == [book.defined_names[name].attr_text.rsplit("!", 1)[1].replace("$", "") for name in named]


def test_the_settings_sheet_shows_what_is_in_use():
    asked = Settings(company="Gifts & Co", lead_days=30, rfm_orders=(2, 3, 5, 9), closed_weekdays=())
    table = settings_sheet(Filters(), Options(), (), "Reach", asked).tables[1]
    shown = {row[0]: row[3] for row in table.rows}
    assert shown["Company"] == "Gifts & Co"
    assert shown["Lead days"] == "30"
    assert shown["RFM: orders"] == "2, 3, 5, 9"
    assert (shown["RFM: days"], shown["Logo"]) == ("fifths of the customers", "none")
    assert shown["Closed weekdays"] == "none"
    assert shown["Themes"].startswith("Christmas 12-25: CHRISTMAS XMAS")
    assert "; Easter easter: EASTER" in shown["Themes"]


def test_the_filled_workbook_names_this_python_where_there_is_excel(monkeypatch, tmp_path):
    monkeypatch.setattr(building, "conf", lambda interpreter=None: conf(interpreter, "win32"))
    assert conf_of(XLSM.content(report()), tmp_path / "x.xlsm")["INTERPRETER_WIN"] == sys.executable
