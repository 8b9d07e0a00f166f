"""The command line, as it is typed: what it prints, where, and with which exit code."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from docs import make_cli
from lgs_excel import __version__, cli
from lgs_excel.cli import analyses
from lgs_excel.loading.load import load_demo
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.schema import retail
from tests.conftest import ENGINES, settings_for
from tests.warehouse_lines import LINES, fill

COLUMNS = {
    "invoices": "count,min,mean,median,mode,max,p85,trimmed_count,trimmed_mean,trimmed_median",
    "orders": "month,placed,cancelled,cancellation_rate,placed_notebook",
    "sales": "month,gross,cancelled,adjustments,net,growth",
    "customers": "month,active,new,existing",
    "rfm-segments": "segment,customers,recency,frequency,monetary,share_of_customers,share_of_sales",
    "rfm-customers": "customer_id,country,last_purchase,recency,frequency,monetary,r,f,m,segment",
    "products": "stock_code,description,units,revenue,orders,customers",
    "checks": "check,lines,amount,expected,difference,unit,result",
}


@pytest.fixture(scope="module", params=ENGINES)
def shop(request, new_url):
    """The URL of a small demo shop on each engine."""
    url = new_url(request.param)
    load_demo(open_warehouse(settings_for(url)), scale=0.05)
    return url


@pytest.fixture
def run(monkeypatch, capsys, own_folders):
    """Runs a command line in this process, with no settings of this machine: (exit code, stdout, stderr)."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["lgs-excel", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.mark.parametrize(("analysis", "columns"), COLUMNS.items())
def test_show_prints_one_json_array_of_records(run, shop, analysis, columns):
    code, out, err = run("show", analysis, "--format", "json", "--warehouse", shop)
    records = json.loads(out)
    assert (code, err) == (0, "")
    assert records
    assert all(list(record) == columns.split(",") for record in records)


def test_json_has_months_as_text_and_money_as_numbers(run, shop):
    _, out, _ = run("show", "sales", "--format", "json", "--from", "2025-11", "--warehouse", shop)
    november, december = json.loads(out)
    assert (november["month"], december["month"]) == ("2025-11", "2025-12")
    assert isinstance(november["net"], float)
    assert november["growth"] is december["growth"] is None


def test_csv_has_a_header_and_a_line_a_record(run, shop):
    _, out, _ = run("show", "customers", "--format", "csv", "--warehouse", shop)
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ["month", "active", "new", "existing"]
    assert len(rows) == 26


def test_a_table_is_cut_and_says_so(run, shop):
    _, out, _ = run("show", "products", "--warehouse", shop)
    assert "The first 60 of" in out.splitlines()[-1]


def test_filters_and_choices_reach_the_analysis(run, shop):
    everything = run("show", "sales", "--format", "json", "--warehouse", shop)[1]
    some = [
        "--country",
        "France",
        "--country",
        "germany",
        "--from",
        "2024-03",
        "--to",
        "2024-05",
        "--as-of",
        "2024-05-10",
    ]
    few = json.loads(run("show", "sales", "--format", "json", "--warehouse", shop, *some)[1])
    assert [record["month"] for record in few] == ["2024-03", "2024-04", "2024-05"]
    assert sum(record["net"] for record in few) < sum(record["net"] for record in json.loads(everything)) / 10
    top = json.loads(run("show", "products", "--by", "units", "--top", "3", "--format", "json", "--warehouse", shop)[1])
    assert len(top) == 3
    assert top[0]["units"] == max(product["units"] for product in top)


def test_sql_prints_statements_that_run(run, shop):
    code, out, _ = run("sql", "orders", "--from", "2024-03", "--warehouse", shop)
    assert "retail" in out
    assert "lgs_rollup" not in out  # the figure from its beginning, and for who may read `retail` alone
    statements = [statement for statement in out.split(";\n\n") if statement.strip()]
    warehouse = open_warehouse(settings_for(shop))
    with warehouse.reading() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement.replace("%", "%%"))
        assert len(result.all()) == 22
    assert code == 0


def test_report_writes_a_workbook_and_says_where(run, shop, tmp_path):
    out = tmp_path / "report.xlsx"
    code, printed, err = run("report", "--out", out, "--warehouse", shop)
    assert (code, err) == (0, "")
    assert printed.startswith(f"Wrote {out}: 19 sheets, data to 2025-12-09. All 23 checks pass")
    assert CalamineWorkbook.from_path(out).sheet_names == [
        "Summary", "This week", "Sales", "Forecast", "Orders", "Invoices", "Countries", "Customers", "Cohorts",
        "Second order", "RFM", "RFM Customers", "Customers at risk", "Products", "Buy list", "Pairs", "Season calendar",
        "Checks", "Definitions",
    ]  # fmt: skip


def test_demo_makes_the_shop_once_and_its_workbook(run, tmp_path):
    out = tmp_path / "demo.xlsx"
    code, first, _ = run("demo", "--scale", "0.01", "--out", out)
    assert code == 0
    assert "Demo shop: 1" in first
    assert "lines, in duckdb:///" in first
    assert out.exists()
    _, second, _ = run("demo", "--scale", "0.01", "--out", out)
    assert "Demo shop: as it was" in second


def test_load_reports_and_a_second_time_does_nothing(run, tmp_path, warehouse_url):
    file = tmp_path / "export.csv"
    file.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
    )
    code, out, _ = run("load", file, "--warehouse", warehouse_url)
    assert code == 0
    assert "1 line" in out
    assert "already loaded" in run("load", file, "--warehouse", warehouse_url)[1]
    assert json.loads(run("show", "sales", "--format", "json", "--warehouse", warehouse_url)[1])[0]["net"] == 15.3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "rfm"], "'rfm' is not an analysis. Nearest:"),
        (["show", "sales", "--country", "Frence"], "'Frence' is not a country in the data. Nearest: France."),
        (
            ["show", "sales", "--from", "2031-01"],
            "--from 2031-01 is not in the data. The data run from 2023-12 to 2025-12.",
        ),
        (["show", "sales", "--to", "2001-01"], "--to 2001-01 is not in the data."),
        (["show", "sales", "--from", "2025-05", "--to", "2025-01"], "--from 2025-05 is after --to 2025-01."),
        (["show", "sales", "--from", "May"], "'May' is not a month. Write it as YYYY-MM"),
        (["show", "sales", "--as-of", "yesterday"], "'yesterday' is not a day. Write it as YYYY-MM-DD"),
        (["show", "products", "--top", "0"], "--top 0 is too few."),
        (["report", "--out", "report.csv"], "report.csv is not a workbook's name."),
        (["report", "--out", "/nowhere/report.xlsx"], "/nowhere does not exist."),
        (["load", "/nowhere/export.csv"], "/nowhere/export.csv"),
    ],
)
def test_an_error_is_one_line_and_exit_code_1(run, shop, arguments, said):
    code, out, err = run(*arguments, "--warehouse", shop)
    assert (code, out) == (1, "")
    assert err.startswith("lgs-excel: ")
    assert said.replace("/", os.sep) in err
    assert err.count("\n") == 1


def test_what_was_rejected_is_listed_exported_mended_and_loaded(run, tmp_path, warehouse_url):
    export, mended = tmp_path / "sales.csv", tmp_path / "mend.csv"
    good = "".join(f"5363{n:02},85123A,HOLDER,6,2010-12-01 08:26,2.55,17850,United Kingdom\n" for n in range(30))
    header = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    export.write_text(f"{header}{good}536399,22423,=CAKE(),six,2010-12-01 09:00,-12.75,17850,France\n")
    assert run("load", export, "--warehouse", warehouse_url)[0] == 0
    code, printed, err = run("rejected", "--warehouse", warehouse_url)
    assert (code, err) == (0, "")
    assert "quantity 'six' is not a whole number" in printed
    code, printed, _ = run("rejected", "--out", mended, "--warehouse", warehouse_url)
    assert printed == f"Wrote {mended}; rejected lines in it: 1. Mend them there, then: lgs-excel load {mended}\n"
    text = mended.read_text(encoding="utf-8-sig")
    assert ",'=CAKE(),six,2010-12-01 09:00,-12.75," in text  # no formula for a spreadsheet, and no number spoilt
    mended.write_text(text.replace(",six,", ",6,"))
    assert run("load", mended, "--warehouse", warehouse_url)[0] == 0
    with open_warehouse(settings_for(warehouse_url)).reading() as connection:
        assert connection.scalar(sa.text("SELECT description FROM retail WHERE stock_code = '22423'")) == "=CAKE()"
    assert run("rejected", "--warehouse", warehouse_url)[1] == "No line waits to be mended.\n"
    code, printed, err = run("loads", "--format", "json", "--warehouse", warehouse_url)
    ledger = json.loads(printed)
    assert [(load["id"], load["file"], load["read"], load["loaded"], load["rejected"]) for load in ledger] == [
        (2, "mend.csv", 1, 1, 0),
        (1, "sales.csv", 31, 30, 1),
    ]
    assert ledger[0]["amount"] == -76.5
    assert run("rejected", "--load", 9, "--warehouse", warehouse_url)[2].startswith("lgs-excel: There is no load 9;")


def test_run_loads_what_is_new_and_says_when_nothing_is(run, tmp_path, warehouse_url):
    inbox, out = tmp_path / "inbox", tmp_path / "report.xlsx"
    inbox.mkdir()
    export = inbox / "sales.csv"
    export.write_text(
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
        "536365,85123A,HOLDER,6,2010-12-01 08:26,2.55,17850,United Kingdom\n"
    )
    os.utime(export, (0, 0))
    command = ("run", "--inbox", inbox, "--out", out, "--warehouse", warehouse_url)
    code, printed, err = run(*command)
    assert (code, err) == (0, "")
    assert "sales.csv: 1 lines read = 1 loaded + 0 rejected." in printed
    assert f"Wrote {out}: 19 sheets, data to 2010-12-01." in printed
    assert run(*command) == (0, f"Nothing new in {inbox}: the warehouse and {out} are as they were.\n", "")
    (inbox / "bad.csv").write_text("hello\n")
    os.utime(inbox / "bad.csv", (0, 0))
    code, printed, err = run(*command)
    assert code == 1
    assert "FAILED: bad.csv lacks invoice_no" in printed
    assert err.startswith("lgs-excel: Files that could not be loaded: bad.csv.")


def test_the_version_is_told(run):
    assert run("--version") == (0, f"lgs-excel {__version__}\n", "")


def test_the_page_of_commands_is_the_one_that_their_help_gives():
    assert make_cli.PAGE.read_text(encoding="utf-8") == make_cli.render()


def test_an_empty_warehouse_says_how_to_fill_it(run, warehouse_url, warehouse):
    with warehouse.writing() as connection:
        retail.create(connection)
    code, _, err = run("show", "sales", "--warehouse", warehouse_url)
    assert code == 1
    assert "is empty" in err
    assert "lgs-excel load FILE" in err


def test_another_retail_is_refused(run, warehouse_url, warehouse):
    with warehouse.writing() as connection:
        connection.execute(sa.text("CREATE TABLE retail (invoice_no TEXT, price TEXT)"))
    code, _, err = run("show", "sales", "--warehouse", warehouse_url)
    assert code == 1
    assert "lacks stock_code, description, quantity" in err


def test_wrong_usage_has_exit_code_2(run):
    code, _, err = run("show", "sales", "--colour", "red")
    assert code == 2
    assert "No such option" in err


def test_debug_shows_the_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "lgs_excel.cli", "--debug", "show", "sales", "--from", "May"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in done.stderr
    assert "InputError: 'May' is not a month" in done.stderr


def test_something_unforeseen_is_one_line_too(run, monkeypatch):
    def fail(_):
        raise ZeroDivisionError("the\nunforeseen")

    monkeypatch.setattr(analyses, "settings_of", fail)
    code, _, err = run("show", "sales")
    assert code == 1
    assert err.startswith("lgs-excel: Something unforeseen went wrong (ZeroDivisionError: the unforeseen).")
    assert err.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(shop):
    command = f"{sys.executable} -m lgs_excel.cli show products --format csv --warehouse '{shop}' | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - our own text
    assert done.stdout == COLUMNS["products"] + "\n"
    assert done.stderr == ""


def test_help_starts_without_the_heavy_libraries():
    heavy = ("pandas", "sqlalchemy", "matplotlib", "duckdb")
    code = f"import sys, lgs_excel.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_text_of_data_is_no_formula_in_csv_and_as_it_is_in_json(run, warehouse_url, warehouse):
    fill(warehouse, [line | {"description": "=1+1"} for line in LINES])
    csv_text = run("show", "products", "--format", "csv", "--warehouse", warehouse_url)[1]
    assert "'=1+1" in csv_text
    record = json.loads(run("show", "products", "--format", "json", "--warehouse", warehouse_url)[1])[0]
    assert record["description"] == "=1+1"


def test_doctor_exits_with_1_while_something_is_to_be_mended_and_says_how(run, tmp_path):
    code, out, err = run("doctor", "--book", tmp_path / "gone.xlsm")
    assert (code, err) == (1, "")
    assert "BAD   Workbook" in out
    assert "There is no warehouse at" in out
    assert out.endswith("To mend: 2.\n")


def test_doctor_prints_one_json_array_of_records_and_exits_with_0_when_well(run, shop):
    code, out, err = run("doctor", "--format", "json", "--warehouse", shop)
    assert (code, err) == (0, "")
    assert {tuple(record) for record in json.loads(out)} == {("name", "level", "found", "remedy")}


def test_install_writes_the_workbook_once_and_checks_it(run, tmp_path):
    folder = tmp_path / "for marketing"
    code, out, err = run("install", folder)
    assert (code, err) == (0, "")
    assert out.startswith(f"Wrote {folder / 'LGS_Analytics.xlsm'}.\n")
    assert "tick Unblock" in out
    assert "Workbook's add-in" in out
    again = run("install", folder)
    assert again[0] == 1
    assert "is there already and stays as it is" in again[2]
    assert "the old one is " in run("install", folder, "--force")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sales", "--a", "22423"), "--a is for has-not; sales does not take it"),
        (("sales", "--id", "17850"), "--id is for customer"),
        (("sales", "--stock", "x.csv"), "--stock is for buy-list"),
        (("has-not", "--a", "22423"), "has-not needs two products"),
        (("customer",), "customer needs a customer's number"),
        (("buy-list", "--stock", "none.csv"), "can't be read"),
    ],
)
def test_what_an_analysis_is_about_is_asked_of_it_alone(run, shop, arguments, said):
    code, printed, err = run("show", *arguments, "--warehouse", shop)
    assert (code, printed) == (1, "")
    assert said in err


def test_the_buy_list_names_codes_of_the_stock_file_that_nobody_knows(run, shop, tmp_path):
    stock = tmp_path / "stock.csv"
    stock.write_text("stock_code,on_hand\n" + "".join(f"UNKNOWN{i},1\n" for i in range(7)))
    code, printed, err = run("show", "buy-list", "--stock", stock, "--format", "json", "--warehouse", shop)
    assert code == 0
    assert {row["order"] for row in json.loads(printed)} == {None}
    assert err.startswith("Not in the data, and left out: 7 codes of the stock file (UNKNOWN0, UNKNOWN1,")
    assert "UNKNOWN5" not in err
