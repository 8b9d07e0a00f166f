"""A report as a file: what independent readers find in it."""

import re
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from lgs_excel.errors import WorkbookError
from lgs_excel.report.layout import lay_out
from lgs_excel.report.model import Kind
from lgs_excel.writers import headless
from tests.components import ooxml_errors, to_xlsx
from tests.report.sample_reports import TRAPS, chart, report, sheet, table, trap_report


@pytest.fixture(scope="module")
def traps(tmp_path_factory):
    path = tmp_path_factory.mktemp("traps") / "traps.xlsx"
    headless.write(trap_report(), path)
    return path


def values(path: Path) -> dict[str, dict[tuple[int, int], object]]:
    """What python-calamine reads: sheet → (row, column) → value, without blanks."""
    book = CalamineWorkbook.from_path(path)
    return {
        name: {
            (r, c): value
            for r, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for c, value in enumerate(row, 1)
            if value != ""
        }
        for name in book.sheet_names
    }


def written(made) -> dict[str, dict[tuple[int, int], object]]:
    """What the report says, in the same form."""
    return {
        one.title: {(cell.row, cell.column): cell.value for cell in lay_out(one).cells if cell.value is not None}
        for one in made
    }


def same(found: object, said: object) -> bool:
    if isinstance(found, datetime):
        found = found.date()
    if isinstance(said, float):
        return found == pytest.approx(said)
    return found == said


def assert_same_values(path: Path, made) -> None:
    found, said = values(path), written(made)
    assert found.keys() == said.keys()
    for name, cells in said.items():
        assert found[name].keys() == cells.keys()
        for place, value in cells.items():
            assert same(found[name][place], value), (name, place, found[name][place], value)


def test_calamine_reads_what_was_written(traps):
    assert_same_values(traps, trap_report())


def test_libreoffice_reads_what_was_written(traps, tmp_path):
    assert_same_values(to_xlsx(traps, tmp_path), trap_report())


def test_text_stays_text(traps):
    book = openpyxl.load_workbook(traps)
    cells = [row[0] for row in book["It's Traps"].iter_rows(min_row=6)]
    assert [cell.data_type for cell in cells] == ["s"] * len(TRAPS)


def test_there_is_no_formula_in_it(traps):
    with zipfile.ZipFile(traps) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(rb"<f[ >]", archive.read(name)), name


def test_microsofts_validator_finds_no_error(traps):
    assert ooxml_errors(traps) == []


def test_the_same_report_gives_the_same_bytes():
    assert headless.workbook_bytes(trap_report()) == headless.workbook_bytes(trap_report())


def test_another_report_gives_other_bytes():
    later = replace(trap_report(), made_at=datetime(2012, 1, 1))
    assert headless.workbook_bytes(trap_report()) != headless.workbook_bytes(later)


def test_tables_are_real_ones(traps):
    tables = openpyxl.load_workbook(traps)["First"].tables
    placed = lay_out(trap_report().sheets[0]).tables[0]
    assert tables["lgs_Kinds"].ref == placed.address
    assert tables["lgs_Kinds"].column_names == ["Kind", "Value", "Marked"]
    assert tables["lgs_Kinds"].autoFilter.ref == placed.address


def test_figures_are_numbers_and_dates_with_formats(traps):
    rows = list(openpyxl.load_workbook(traps)["First"].iter_rows(min_row=8, max_row=18, max_col=2))
    shown = {row[0].value: (row[1].value, row[1].number_format) for row in rows}
    assert shown["count"] == (1_234_567, "#,##0")
    assert shown["money"] == (-1_461_756.25, "£#,##0;[Red]-£#,##0")
    assert shown["share"] == (0.3652, "0.0%")
    assert shown["month"] == (datetime(2011, 11, 1), "mmm yyyy")
    assert shown["day"] == (datetime(2011, 12, 9), "d mmm yyyy")


def test_identifiers_are_not_marked_as_numbers_stored_as_text(traps):
    with zipfile.ZipFile(traps) as archive:
        xml = etree.fromstring(archive.read("xl/worksheets/sheet2.xml"))
    ignored = xml.find("{*}ignoredErrors/{*}ignoredError")
    assert ignored.get("sqref").split()[0] == f"A6:A{5 + len(TRAPS)}"
    assert ignored.get("numberStoredAsText") == "1"


def test_a_picture_has_its_name_its_message_and_its_size(tmp_path):
    path = tmp_path / "chart.xlsx"
    headless.write(report(sheet(table(), chart("lgs_chart_sales", 300, 150, "Sales rose to £12."))), path)
    with zipfile.ZipFile(path) as archive:
        drawing = etree.fromstring(archive.read("xl/drawings/drawing1.xml"))
        assert archive.read("xl/media/image1.png") == chart(width=300, height=150).png
    about = drawing.find(".//{*}cNvPr")
    assert (about.get("name"), about.get("descr")) == ("lgs_chart_sales", "Sales rose to £12.")
    size = drawing.find(".//{*}oneCellAnchor/{*}ext")
    assert (int(size.get("cx")), int(size.get("cy"))) == (300 * 9525, 150 * 9525)


def test_links_lead_to_sheets_of_the_workbook(traps):
    first = openpyxl.load_workbook(traps)["First"]
    assert first["A5"].hyperlink.location == "'It''s Traps'!A1"


def test_the_sheet_is_set_up_for_reading_and_printing(traps):
    first = openpyxl.load_workbook(traps)["First"]
    layout = lay_out(trap_report().sheets[0])
    assert first.freeze_panes == f"A{layout.frozen_rows + 1}"
    assert first.print_title_rows == f"$1:${layout.frozen_rows}"
    assert (first.page_setup.paperSize, first.page_setup.orientation) == (9, "landscape")
    assert (first.page_setup.fitToWidth, first.page_setup.fitToHeight) == (1, 1)
    assert first.sheet_properties.pageSetUpPr.fitToPage
    assert first.sheet_view.showGridLines is False
    assert first.column_dimensions["A"].width == pytest.approx(layout.widths[1])


def test_the_workbook_says_who_made_it_and_when(traps):
    properties = openpyxl.load_workbook(traps).properties
    assert (properties.title, properties.creator) == ("LGS Analytics", "London Gift Shop")
    assert properties.created == properties.modified == datetime(2011, 12, 10, 7, 0, 5)


def test_what_is_there_is_replaced_whole(tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")
    headless.write(report(), path)
    assert values(path)["Test"][1, 1] == "Test"
    assert [file.name for file in tmp_path.iterdir()] == ["report.xlsx"]


def test_a_failure_leaves_what_is_there(tmp_path, monkeypatch):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lgs_excel.files.os.fsync", full)
    with pytest.raises(WorkbookError, match=r"can't be written: No space left on device\. Free some space"):
        headless.write(report(), path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.xlsx"]


@pytest.mark.parametrize(("mode", "said"), [(0o600, "is open in another program"), (0o400, "may only be read")])
def test_a_workbook_that_cannot_be_replaced_is_left_and_the_report_is_beside_it(tmp_path, monkeypatch, mode, said):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"open")
    path.chmod(mode)
    replace_file = Path.replace

    def locked(file, target):
        if target == path:
            raise PermissionError(13, "used by another process")
        return replace_file(file, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(WorkbookError, match=rf"{said}, .* beside it as report 2011-12-10 070005\.xlsx"):
        headless.write(report(), path)
    assert path.read_bytes() == b"open"
    assert values(tmp_path / "report 2011-12-10 070005.xlsx")["Test"][1, 1] == "Test"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report.csv", r"report\.csv is not a workbook's name\. Name a file that ends with \.xlsx"),
        ("report", "is not a workbook's name"),
        ("nowhere/report.xlsx", "nowhere does not exist. Make it"),
        ("folder.xlsx", "is a folder"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused_at_once(tmp_path, name, said):
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(WorkbookError, match=said):
        headless.check_target(tmp_path / name)


def test_the_file_has_the_permissions_of_any_new_file(tmp_path):
    path, other = tmp_path / "report.xlsx", tmp_path / "other"
    headless.write(report(), path)
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


def test_the_unfinished_month_looks_different(tmp_path):
    path = tmp_path / "mark.xlsx"
    headless.write(trap_report(), path)
    first = openpyxl.load_workbook(path)["First"]
    marked = next(row for row in first.iter_rows(min_row=8) if row[0].value == Kind.PENCE.value)
    assert marked[2].font.italic
    assert not marked[1].font.italic


def test_the_names_of_a_report_are_names_of_the_workbook(tmp_path):
    made = report(sheet(table(), title="It's so"))
    headless.write(made, tmp_path / "names.xlsx")
    names = openpyxl.load_workbook(tmp_path / "names.xlsx").defined_names
    assert {name: found.attr_text for name, found in names.items()} == {
        placed.name: placed.refers_to for one in made for placed in lay_out(one).names
    }
    assert names["lgs_It_s_so_text"].attr_text.startswith("'It''s so'!$A$1:$A$3")
