"""From the lines to the figures: the demo shop to a workbook, the real export to the command line."""

import functools
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from lxml import etree
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook

from lgs_excel import cli
from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.delivery.attachment import without_customers
from lgs_excel.loading.load import load_demo
from lgs_excel.pipeline import make_report, write_report
from lgs_excel.report.layout import lay_out
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.schema import load, rejected_line, retail
from lgs_excel.writers.headless import workbook_bytes
from tests.components import need, ooxml_errors, to_pdf, to_xlsx
from tests.conftest import ENGINES, settings_for

ORIENTATIONS = {
    "Summary": "portrait",
    "This week": "landscape",
    "Sales": "landscape",
    "Forecast": "landscape",
    "Orders": "landscape",
    "Invoices": "landscape",
    "Countries": "landscape",
    "Customers": "landscape",
    "Cohorts": "landscape",
    "Second order": "landscape",
    "RFM": "portrait",
    "RFM Customers": "portrait",
    "Customers at risk": "landscape",
    "Products": "landscape",
    "Buy list": "landscape",
    "Pairs": "landscape",
    "Season calendar": "landscape",
    "Checks": "landscape",
    "Definitions": "landscape",
}
SHEETS = tuple(ORIENTATIONS)
LONG_SHEETS = {"Definitions"}
# Of a short history, or a slice.
MAYBE_NONE = {
    "this-week",
    "forecast-backtest",
    "product-forecast",
    "buy-list",
    "at-risk",
    "first-products",
    "pairs",
    "season",
    "season-months",
}
PICTURES = {
    "Summary": 2, "Sales": 1, "Forecast": 1, "Orders": 1, "Invoices": 2, "Countries": 1, "Customers": 1,
    "Cohorts": 1, "Second order": 1, "RFM": 1,
    "Customers at risk": 1, "Products": 1,
}  # fmt: skip
ERROR_TEXTS = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)|<NA>|\b(nan|NaN|NaT|inf|None)\b")

SLICE = ("--country", "Germany", "--from", "2011-03", "--to", "2011-09")
MONTHS = ["2010-12", *(f"2011-{month:02}" for month in range(1, 13))]
INVOICES = {"min": 0.38, "mean": 533.88, "median": 303.83, "mode": 15, "max": 168_469.6, "p85": 714.34}
ORDERS = {
    "placed": [1559, 1086, 1100, 1454, 1246, 1681, 1533, 1475, 1360, 1837, 2040, 2769, 819],
    "cancelled": [326, 260, 219, 318, 240, 314, 329, 270, 278, 333, 362, 441, 146],
    "placed_notebook": [1373, 956, 955, 1347, 1264, 1534, 1354, 1387, 1181, 1661, 1913, 2580, 723],
}
NET = [
    748_957.02, 560_000.26, 498_062.65, 683_267.08, 493_207.121, 723_333.51, 691_123.12, 681_300.111, 682_680.51,
    1_019_687.622, 1_070_704.67, 1_461_756.25, 433_668.01,
]  # fmt: skip
GROWTH = [None, -25.23, -11.06, 37.18, -27.82, 46.66, -4.45, -1.42, 0.2, 49.37, 5, 36.52, None]
ACTIVE = [885, 741, 758, 974, 856, 1056, 991, 949, 935, 1266, 1364, 1664, 615]
NEW = [885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41]
SEGMENTS = {
    "default": [604, 688, 484, 67, 169, 304, 295, 64, 701, 962],
    "classic": [633, 819, 484, 42, 94, 187, 352, 63, 593, 1071],
}
SEGMENT_NAMES = [
    "Champions", "Loyal Customers", "Potential Loyalists", "New Customers", "Promising", "Need Attention",
    "About to Sleep", "Can't Lose", "At Risk", "Hibernating",
]  # fmt: skip
BEST_SELLERS = {"22423": 164_762.19, "85123A": 99_846.98, "47566": 98_302.98, "85099B": 92_356.03, "23084": 66_756.59}


# The demo shop's workbook.


@pytest.fixture(scope="module")
def demo(new_url):
    """The settings of a demo shop."""
    settings = settings_for(new_url("duckdb"))
    load_demo(open_warehouse(settings), scale=0.1)
    return settings


@pytest.fixture(scope="module")
def written(demo, tmp_path_factory):
    """The demo's workbook, and the report that it was made of."""
    path = tmp_path_factory.mktemp("demo") / "report.xlsx"
    return path, write_report(path, demo)


@pytest.fixture(scope="module")
def path(written):
    return written[0]


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def said(book):
    """What openpyxl reads: sheet → (row, column) → value, without blanks."""
    return {
        sheet.title: {
            (cell.row, cell.column): plain(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book
    }


@pytest.fixture(scope="module")
def in_drawings(path):
    """The drawings of the workbook, by sheet."""
    with zipfile.ZipFile(path) as archive:
        drawings = {}
        for number, title in enumerate(SHEETS, 1):
            part = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            if part not in archive.namelist():  # neither tables nor pictures: Pairs, where none is frequent enough
                continue
            relations = etree.fromstring(archive.read(part))
            for target in relations.xpath("//@Target[contains(., 'drawings/')]"):
                drawings[title] = etree.fromstring(archive.read(f"xl/{target.partition('xl/')[2]}"))
        assert len(drawings) == sum(name.startswith("xl/drawings/drawing") for name in archive.namelist())
        return drawings


def plain(value):
    """Numbers as floats, dates as dates: readers differ in nothing else."""
    if isinstance(value, datetime):
        assert value == datetime.combine(value.date(), datetime.min.time())
        return value.date()
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def by_calamine(path):
    workbook = CalamineWorkbook.from_path(path)
    return {
        name: {
            (r, c): plain(value)
            for r, row in enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for c, value in enumerate(row, 1)
            if value != ""
        }
        for name in workbook.sheet_names
    }


def assert_same_cells(found, said):
    assert list(found) == list(said)
    for name, cells in said.items():
        assert found[name].keys() == cells.keys(), name
        differing = {
            place: (found[name][place], value)
            for place, value in cells.items()
            if type(found[name][place]) is not type(value)
            or found[name][place] != (pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value)
        }
        assert differing == {}, name


def test_microsofts_validator_finds_no_error_in_the_demo(path):
    assert ooxml_errors(path) == []


def test_all_twelve_sheets_are_there_in_order(book):
    assert tuple(book.sheetnames) == SHEETS
    assert {sheet.sheet_state for sheet in book} == {"visible"}


def test_openpyxl_reads_the_reports_cells(said, written):
    assert_same_cells(said, {
        sheet.title: {
            (cell.row, cell.column): plain(cell.value) for cell in lay_out(sheet).cells if cell.value is not None
        }
        for sheet in written[1]
    })  # fmt: skip


def test_calamine_reads_the_same(said, path):
    assert_same_cells(by_calamine(path), said)


def test_libreoffice_reads_the_same(said, path, tmp_path):
    assert_same_cells(by_calamine(to_xlsx(path, tmp_path)), said)


def test_no_cell_is_a_formula_or_an_error(book, said):
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} == {"n", "s", "d"}
    errors = [
        (name, place, value)
        for name, cells in said.items()
        for place, value in cells.items()
        if isinstance(value, str) and ERROR_TEXTS.search(value)
    ]
    assert errors == []
    assert {value == value for cells in said.values() for value in cells.values()} == {True}  # noqa: PLR0124 - NaN does not


@pytest.mark.parametrize("title", SHEETS)
def test_a_sheet_prints_on_the_width_of_a_page_and_if_it_is_not_long_on_one(book, title):
    sheet = book[title]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0 if title in LONG_SHEETS else 1)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == (ORIENTATIONS[title], 9)
    assert sheet.oddFooter.right.text == "&A, page &P of &N"


@pytest.mark.parametrize("title", SHEETS)
def test_the_headers_stay_in_sight(book, title):
    tables = list(book[title].tables.values())
    # Of several tables none can stay: then it is the three lines on top.
    frozen = range_boundaries(tables[0].ref)[1] if len(tables) == 1 else 3
    frozen = frozen if frozen <= 12 else 3  # where the table begins far below
    assert book[title].freeze_panes == f"A{frozen + 1}"
    assert book[title].print_title_rows == f"$1:${frozen}"


def test_each_picture_says_its_message(in_drawings, written):
    pictures = {name: drawing.findall(".//{*}pic//{*}cNvPr") for name, drawing in in_drawings.items()}
    assert {name: len(found) for name, found in pictures.items()} == PICTURES
    said = {sheet.title: [(chart.name, chart.message) for chart in sheet.charts] for sheet in written[1]}
    for name, found in pictures.items():
        assert [(about.get("name"), about.get("descr")) for about in found] == said[name]
        assert all(len(about.get("descr").split()) > 5 for about in found)


def test_what_is_mailed_names_no_customer(written):
    report = written[1]
    ids = {row[0] for sheet in report if sheet.title == "RFM Customers" for row in sheet.tables[0].rows}
    mailed = without_customers(report)
    assert [sheet.title for sheet in mailed] == [sheet.title for sheet in report if sheet.title != "RFM Customers"]
    cells = {cell.value for sheet in mailed for cell in lay_out(sheet).cells}
    assert len(ids) > 100
    assert ids.isdisjoint(cells)
    assert not ids.isdisjoint(cell.value for sheet in report for cell in lay_out(sheet).cells)


def test_tables_are_real_and_do_not_meet(path, book, said):
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/tables/")]
        tables = [etree.fromstring(archive.read(name)) for name in parts]
    assert len(tables) == sum(len(sheet.tables) for sheet in book)
    assert all(len({table.get(key) for table in tables}) == len(tables) for key in ("id", "name", "displayName"))
    for sheet in book:
        taken = set()
        for table in sheet.tables.values():
            left, top, right, bottom = range_boundaries(table.ref)
            cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
            assert not cells & taken, table.name
            taken |= cells
            headers = [said[sheet.title][top, column] for column in range(left, right + 1)]
            assert headers == table.column_names
            assert bottom > top
            assert {(top + 1, left), (bottom, left)} <= said[sheet.title].keys(), table.name
            assert (bottom + 1, left) not in said[sheet.title], table.name


def test_summary_marks_the_unfinished_month(book):
    left, top, right, bottom = range_boundaries(book["Summary"].tables["lgs_Headlines"].ref)
    rows = list(book["Summary"].iter_rows(top, bottom, left, right))
    assert rows[0][-1].value == "Dec 2025, to 9 Dec"
    assert [cell.font.italic for row in rows[1:] for cell in row] == 8 * [*6 * [False], True]
    assert "to 9 Dec" not in str([cell.value for cell in rows[0][:-1]])
    assert book["Summary"]["A2"].value.startswith("London Gift Shop. November 2025: ")


def test_sales_marks_the_unfinished_month(book):
    sheet = book["Sales"]
    left, top, right, bottom = range_boundaries(sheet.tables["lgs_SalesByMonth"].ref)
    rows = list(sheet.iter_rows(top + 1, bottom, left, right))
    assert [row[-1].value for row in rows] == [*[None] * (len(rows) - 1), "to 9 Dec"]
    assert rows[-1][0].value.date() == date(2025, 12, 1)
    assert rows[-1][-2].value is None
    assert all(cell.font.italic for cell in rows[-1])
    assert not any(cell.font.italic for row in rows[:-1] for cell in row)


def test_the_same_warehouse_gives_the_same_bytes(demo, path):
    made = [workbook_bytes(make_report(demo, made_at=datetime(2025, 12, 10, 7))) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != path.read_bytes()


def test_every_figure_has_room_on_paper(path, tmp_path):
    pdf = to_pdf(path, tmp_path)
    command = [need("pdftotext"), "-layout", pdf, "-"]
    text = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert "##" not in text
    footers = re.findall(r"(\S+(?: \S+)*), page \d+ of \d+", text)
    assert tuple(dict.fromkeys(footers)) == SHEETS
    assert {title for title in SHEETS if footers.count(title) > 1} == LONG_SHEETS


# The real export on the command line.


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a command line in this process, with no settings of this machine, and gives what it prints."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp("home")))
        for name in [name for name in os.environ if name.startswith("LGS_")]:
            patch.delenv(name)

        def run(*arguments):
            patch.setattr(sys, "argv", ["lgs-excel", *map(str, arguments)])
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                try:
                    cli.main()
                    code = 0
                except SystemExit as ended:
                    code = ended.code or 0
            assert (code, err.getvalue()) == (0, "")
            return out.getvalue()

        yield run


@pytest.fixture(scope="module")
def shops(run, new_url, real_data):
    """Gives the URL of an engine's warehouse with the real lines, and what their load printed; loads them once."""

    @functools.cache
    def shop(engine):
        url = new_url(engine)
        return url, run("load", real_data, "--warehouse", url)

    return shop


@pytest.fixture(scope="module")
def shown(run, shops):
    """Gives the records that `show` prints on an engine."""

    @functools.cache
    def shown(engine, *arguments):
        out = run("show", *arguments, "--format", "json", "--warehouse", shops(engine)[0])
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    return shown


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def column(records, name):
    return [record[name] for record in records]


def test_load_says_what_came_in(shops, engine):
    _, printed = shops(engine)
    assert "541,909 lines read = 541,909 loaded + 0 rejected." in printed
    assert "Lines before 0 + loaded 541,909 − replaced 0 = after 541,909" in printed
    assert "amount 0.00 → 9,747,747.93." in printed


def test_the_same_export_again_changes_nothing(run, shops, real_data, engine):
    url, _ = shops(engine)
    before = contents(url)
    printed = run("load", real_data, "--warehouse", url)
    assert "already loaded" in printed
    assert "Nothing to do: the warehouse is as it was." in printed
    assert contents(url) == before
    assert before["retail"] == [(541_909, 5_176_450, Decimal("9747747.934"))]
    assert len(before["load"]) == 1
    assert before["rejected_line"] == []


def contents(url):
    totals = (sa.func.count(), sa.func.sum(retail.c.quantity), sa.func.sum(retail.c.quantity * retail.c.unit_price))
    statements = {"retail": sa.select(*totals), "load": sa.select(load), "rejected_line": sa.select(rejected_line)}
    with open_warehouse(settings_for(url)).reading() as connection:
        return {name: [tuple(row) for row in connection.execute(asked)] for name, asked in statements.items()}


def test_invoices_are_as_published(shown, engine):
    (figures,) = shown(engine, "invoices")
    assert figures["count"] == 19_959
    assert {name: round(figures[name], 2) for name in INVOICES} == INVOICES
    assert round(figures["trimmed_mean"], 2) == 270.1


def test_orders_are_as_published(shown, engine):
    months = shown(engine, "orders")
    assert column(months, "month") == MONTHS
    assert {name: column(months, name) for name in ORDERS} == ORDERS


def test_sales_are_as_published(shown, engine):
    months = shown(engine, "sales")
    assert column(months, "month") == MONTHS
    assert column(months, "net") == pytest.approx(NET, abs=1e-9)
    assert [None if share is None else round(100 * share, 2) for share in column(months, "growth")] == GROWTH
    assert sum(column(months, "gross")) == pytest.approx(10_655_622.484, abs=1e-6)
    assert sum(column(months, "cancelled")) == pytest.approx(-896_812.49, abs=1e-6)
    assert sum(column(months, "adjustments")) == pytest.approx(-11_062.06, abs=1e-6)


def test_customers_are_as_published(shown, engine):
    months = shown(engine, "customers")
    assert (column(months, "month"), column(months, "active"), column(months, "new")) == (MONTHS, ACTIVE, NEW)
    assert column(months, "existing") == [active - new for active, new in zip(ACTIVE, NEW, strict=True)]


@pytest.mark.parametrize("recipe", SEGMENTS)
def test_segments_are_as_published(shown, engine, recipe):
    segments = shown(engine, "rfm-segments", "--rfm", recipe)
    assert column(segments, "segment") == SEGMENT_NAMES
    assert column(segments, "customers") == SEGMENTS[recipe]
    assert sum(column(segments, "customers")) == 4_338
    if recipe == "classic":
        assert segments[0]["monetary"] == pytest.approx(6_857.935482, abs=5e-7)


def test_best_sellers_are_as_published(shown, engine):
    best = shown(engine, "products")[:5]
    assert dict(zip(column(best, "stock_code"), column(best, "revenue"), strict=True)) == BEST_SELLERS
    assert column(best, "stock_code") == list(BEST_SELLERS)


def test_no_check_fails(shown, engine):
    results = column(shown(engine, "checks"), "result")
    assert (results.count("PASS"), results.count("FAIL")) == (23, 0)


@pytest.mark.parametrize("arguments", [(), SLICE], ids=["all", "slice"])
@pytest.mark.parametrize("analysis", CATALOGUE)
def test_both_engines_print_the_same(shown, analysis, arguments):
    first, second = (shown(engine, analysis, *arguments) for engine in ENGINES)
    assert len(first) == len(second)
    assert first or analysis in MAYBE_NONE
    for one, other in zip(first, second, strict=True):
        assert list(one) == list(other)
        for name, value in one.items():
            expected = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            assert other[name] == expected, (one, other)


def test_the_slice_is_a_slice(shown, engine):
    months = shown(engine, "sales", *SLICE)
    assert column(months, "month") == MONTHS[3:10]
    assert 0 < sum(column(months, "net")) < sum(NET[3:10]) / 10
