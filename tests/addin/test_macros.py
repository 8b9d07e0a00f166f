"""The ribbon's buttons, clicked in a real spreadsheet application."""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Event

import pytest
import xlwings as xw
import xlwings.main
from python_calamine import CalamineWorkbook

from lgs_excel import cli, settings
from lgs_excel.addin import button_context, macros, progress
from lgs_excel.addin.campaign_form import campaign_request
from lgs_excel.addin.settings_sheet import read_settings_sheet
from lgs_excel.analytics.buy_list import buy_list
from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.rfm import customer_segments
from lgs_excel.campaigns.ledger import default_campaign_ledger
from lgs_excel.campaigns.result import results_table
from lgs_excel.errors import InputError, WorkbookError
from lgs_excel.loading.load import load_demo
from lgs_excel.report.charts import picture
from lgs_excel.report.model import Report
from lgs_excel.report.sheets.campaigns import campaigns_sheet
from lgs_excel.report.sheets.customer import HOW, empty_customer_sheet
from lgs_excel.report.sheets.settings import settings_sheet
from lgs_excel.settings import Settings, load_settings, user_file
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.addin import ribbon
from tests.components import need
from tests.conftest import USER_FOLDERS, settings_for
from tests.report.sample_reports import MADE_AT, sheet, table


def small(filters=None):
    """A report with the sheets that are filled in."""
    reach = "Data to 9 Dec 2011"
    asked_for = settings_sheet(filters or Filters(), Options(), ("France", "Germany"), reach, Settings())
    sheets = (sheet(table(rows=3), title="Sales"), empty_customer_sheet("", HOW, reach),
              campaigns_sheet(results_table(()), {}, reach), asked_for)  # fmt: skip
    return Report("LGS Analytics", "London Gift Shop", MADE_AT, sheets,
                  {"data_through": "2011-12-09", "checks": "All pass."})  # fmt: skip


@pytest.fixture
def clicked(open_book, app, monkeypatch, tmp_path):
    """An open workbook that a button is clicked in; the log is in `tmp_path`, and no shop stands behind it."""
    book = open_book(small())
    book.set_mock_caller()
    app._alerts.clear()
    app._statuses.clear()
    for module in (button_context, macros):
        monkeypatch.setattr(module, "log_file", lambda: tmp_path / "lgs_excel.log")
    monkeypatch.setattr(progress, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    close_log()
    yield book
    close_log()
    del xw.Book._mock_caller


def close_log():
    for handler in list(button_context.log().handlers):
        handler.close()
        button_context.log().removeHandler(handler)
    button_context.log.cache_clear()


@pytest.fixture
def asked_for(monkeypatch):
    """What the pipeline was asked for; it gives a small report."""
    seen = []

    def make_report(_settings, filters, options, **_):
        seen.append((filters, options))
        return small(filters)

    monkeypatch.setattr(macros.pipeline, "make_report", make_report)
    return seen


def write(book, name, value):
    book.names[name].refers_to_range.value = value


def test_refresh_takes_the_filters_from_the_settings_sheet(clicked, app, asked_for, tmp_path):
    write(clicked, "lgs_Country", "France; Germany")
    write(clicked, "lgs_From", date(2011, 3, 1))
    macros.refresh_all()
    assert app._alerts == []
    filters, options = asked_for[0]
    assert filters == Filters(("France", "Germany"), date(2011, 3, 1))
    assert options == Options()
    assert any(text.startswith("LGS Analytics: 1 of 4 Sales … ") for text in app._statuses if text)
    assert app.status_bar is False
    app._statuses.clear()
    kept = tmp_path / "cache/seconds.json"
    kept.write_text(json.dumps({work: seconds + 60 for work, seconds in json.loads(kept.read_text()).items()}))
    macros.refresh_all()
    assert any(" s of about 6" in text for text in app._statuses if text)


def test_refresh_of_one_sheet_leaves_the_others(clicked, app, asked_for):
    clicked.sheets["Settings"].range("A2").value = "changed"
    clicked.sheets["Sales"].range("A2").value = "changed"
    clicked.sheets["Sales"].activate()
    macros.refresh_sheet()
    assert app._alerts == []
    assert clicked.sheets["Sales"].range("A2").value == "What it says."
    assert clicked.sheets["Settings"].range("A2").value == "changed"


@pytest.fixture
def own_settings(monkeypatch, tmp_path):
    """No settings of this user's, and a folder for those that are made."""
    monkeypatch.setattr(settings, "user_config_path", lambda *_, **__: tmp_path / "config")
    for variable in [name for name in os.environ if name.startswith("LGS_") and name != "LGS_TEST_SPARK"]:
        monkeypatch.delenv(variable)


def change(book, **typed):
    """Type into the cells of the shop's settings, named as there with _ for what is no letter."""
    cells = book.names["lgs_Changes"].refers_to_range
    labels = cells.offset(column_offset=-1).value
    for place, label in enumerate(labels):
        for name, value in typed.items():
            if re.sub("[^A-Za-z]+", "_", label) == name:
                cells[place].value = value


def test_a_setting_that_is_typed_is_kept_for_all_that_follows(clicked, app, asked_for, own_settings):
    (user_file().parent).mkdir()
    user_file().write_text('company = "From IT"\nreview_days = 14\n', encoding="utf-8")
    change(clicked, Company="Gifts & Söhne", Lead_days=30, RFM_orders="2, 3, 5, 9", Closed_weekdays="Saturday, Sunday")
    change(clicked, Themes="Spring 03-21: SPRING TULIP; Summer 06-21: SUMMER")
    macros.refresh_all()
    assert app._alerts == []
    kept = load_settings()
    assert (kept.company, kept.lead_days, kept.review_days) == ("Gifts & Söhne", 30, 14)
    assert kept.rfm_orders == (2, 3, 5, 9)
    assert kept.closed_weekdays == ("Saturday", "Sunday")
    assert kept.themes == ("Spring 03-21: SPRING TULIP", "Summer 06-21: SUMMER")
    assert user_file().read_text(encoding="utf-8") == 'company = "From IT"\nreview_days = 14\n'
    change(clicked, Mail_lead_days=0, Closed_weekdays="none", RFM_orders="Fifths of the customers")
    macros.refresh_all()
    assert app._alerts == []
    kept = load_settings()
    assert (kept.mail_lead_days, kept.closed_weekdays, kept.rfm_orders) == (0, (), ())
    change(clicked, Company="usual")
    macros.refresh_all()
    assert (load_settings().company, load_settings().lead_days) == ("From IT", 30)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"Lead_days": -1}, "Settings, Lead days: lead_days is -1"),
        ({"Lead_days": "soon"}, "Settings, Lead days: The setting lead_days is 'soon'; it must be a whole number"),
        ({"RFM_days": "30, 20, 10, 5"}, "Settings, RFM: days: rfm_recency is 30, 20, 10, 5; it must be four rising"),
        ({"Themes": "Christmas"}, "Settings, Themes: themes has 'Christmas', which is no theme"),
        ({"Closed_weekdays": "Satuday"}, "which is not a weekday. Allowed: Monday"),
        ({"Logo": "nowhere.png"}, "Settings, Logo: there is no file"),
    ],
)
def test_a_setting_that_can_not_be_is_said_and_nothing_is_changed(clicked, app, asked_for, own_settings, typed, said):
    change(clicked, Company="Other", **typed)
    macros.refresh_all()
    assert said in app._alerts[0][1]
    assert load_settings() == Settings()
    assert asked_for == []


@pytest.mark.parametrize("text", ["2011-11", "Nov 2011", "november 2011"])
def test_a_month_may_be_text(clicked, text):
    cell = clicked.names["lgs_To"].refers_to_range
    cell.number_format = "@"
    cell.value = text
    assert read_settings_sheet(clicked)[0].to_month == date(2011, 11, 1)


def test_what_is_no_month_is_said(clicked, app, asked_for, tmp_path):
    cell = clicked.names["lgs_To"].refers_to_range
    cell.number_format = "@"
    cell.value = "Christmas"
    with pytest.raises(InputError, match="Settings, To: 'Christmas' is not a month"):
        read_settings_sheet(clicked)
    macros.refresh_all()
    ((title, text, mode),) = app._alerts
    assert (title, mode) == ("LGS Analytics", "critical")
    assert text.startswith("Settings, To: 'Christmas' is not a month. Write a date")
    assert text.endswith(f"Log: {tmp_path / 'lgs_excel.log'}")
    assert asked_for == []


def test_another_version_stops_before_anything_is_done(clicked, app, asked_for):
    cell = clicked.names["lgs_xlwings_version"].refers_to_range
    cell.value = "0.1.0"
    macros.refresh_all()
    assert "made for xlwings 0.1.0, and Python has xlwings" in app._alerts[0][1]
    assert asked_for == []


def test_an_unforeseen_error_is_logged_without_passwords_and_shows_no_traceback(clicked, app, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise RuntimeError("postgresql://marketing:s3cret@db/lgs is away")

    monkeypatch.setattr(macros.pipeline, "make_report", broken)
    macros.refresh_all()
    assert "Something unforeseen went wrong (RuntimeError)" in app._alerts[0][1]
    assert "Traceback" not in app._alerts[0][1]
    logged = (tmp_path / "lgs_excel.log").read_text(encoding="utf-8")
    assert "Traceback" in logged
    assert "marketing:***@db" in logged
    assert "s3cret" not in logged


def test_esc_cancels_before_a_cell_is_written(clicked, app, asked_for, monkeypatch):
    monkeypatch.setattr(button_context.excel, "escape_pressed", lambda _: True)
    macros.refresh_all()
    assert "Cancelled: the workbook is as it was" in app._alerts[0][1]


@pytest.mark.parametrize("click", [macros.refresh_all, macros.save_copy, lambda: macros.export_segment("Champions")])
def test_esc_is_heard_while_the_warehouse_is_read(clicked, app, monkeypatch, click):
    reading, released = Event(), Event()

    def read(*_, **__):
        reading.set()
        assert released.wait(10)

    for made in ("make_report", "make_customer_list"):
        monkeypatch.setattr(macros.pipeline, made, read)
    monkeypatch.setattr(button_context.excel, "escape_pressed", lambda _: reading.is_set())
    before = clicked.sheets["Sales"].range("A2").value
    click()
    assert not released.is_set()
    released.set()
    assert "Cancelled: the workbook is as it was" in app._alerts[0][1]
    assert clicked.sheets["Sales"].range("A2").value == before


def test_about_and_open_log_say_where_the_log_is(clicked, app, tmp_path):
    macros.about()
    macros.open_log()
    assert [str(tmp_path / "lgs_excel.log") in text for _, text, _ in app._alerts] == [True, True]


def test_a_copy_without_macros_is_written_beside_the_workbook(clicked, app, asked_for):
    macros.save_copy()
    written = Path(clicked.fullname).with_suffix(".xlsx")
    assert app._alerts == [("LGS Analytics", f"Wrote {written}: the figures of now, without macros.", "info")]
    assert written.exists()


def test_every_button_exists_and_is_short():
    tree = ast.parse(inspect.getsource(macros))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert ribbon.functions()
    for name in ribbon.functions():
        assert callable(getattr(macros, name))
        assert functions[name].end_lineno - functions[name].lineno <= 12, name


def test_the_command_refreshes_the_open_workbook(clicked, asked_for, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["lgs-excel", "refresh", "--book", clicked.name, "--country", "France"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in {0, None}
    assert f"Refreshed {clicked.name}: data to 2011-12-09. All pass." in capsys.readouterr().out
    assert asked_for[0][0] == Filters(("France",))


def test_a_workbook_that_is_not_open(clicked):
    with pytest.raises(WorkbookError, match=r"'other\.xlsm' is not open in Excel\. Open workbooks: book0\.xlsx"):
        macros.open_book("other.xlsm")
    assert macros.open_book(None).name == clicked.name


def test_xlwings_ends_no_excel_when_python_ends(tmp_path):
    """Its own code for Windows is registered to end each Excel that it can't list; retry_while_busy() takes it out."""
    source = (Path(xlwings.main.__file__).parent / "_xlwindows.py").read_text(encoding="utf-8")
    cleanup = next(
        ast.get_source_segment(source, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "cleanup"
    )
    assert "@atexit.register\ndef cleanup()" in source
    program = f"""
import atexit, sys, types
windows = types.ModuleType("xlwings._xlwindows")
windows.atexit = atexit
exec({f"class Apps:{chr(10)}    @staticmethod{chr(10)}    def cleanup(): print('ended Excel')"!r}, windows.__dict__)
exec({"@atexit.register" + chr(10) + cleanup!r}, windows.__dict__)
sys.modules["xlwings._xlwindows"] = windows
from lgs_excel.writers import excel
if "retry_while_busy" in sys.argv:
    excel.retry_while_busy()
    assert type(windows.N_COM_ATTEMPTS) is excel.BusyRetries
"""
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    said = [
        subprocess.run([sys.executable, file, *args], check=True, capture_output=True, text=True).stdout
        for args in ([], ["retry_while_busy"])
    ]
    assert said == ["ended Excel\n", ""]


def test_a_date_and_a_time_ask_for_their_day(clicked):
    write(clicked, "lgs_AsOf", datetime(2011, 12, 1))
    assert read_settings_sheet(clicked)[0].as_of == date(2011, 12, 1)


@pytest.fixture(scope="module")
def shop(new_url):
    """Settings of a real warehouse: the demo shop, a hundredth of it."""
    settings = settings_for(new_url("duckdb"), mail_from="lgs@example.com", mail_to=("ann@example.com",))
    load_demo(open_warehouse(settings), scale=0.01)
    return settings


@pytest.fixture
def open_shop(clicked, shop, monkeypatch, tmp_path):
    """A workbook that a button is clicked in, with that shop behind it."""
    monkeypatch.setattr(macros, "load_settings", lambda **_: shop)
    for name in USER_FOLDERS:
        monkeypatch.setenv(name, str(tmp_path))
    return clicked


def test_a_segment_is_written_with_its_customers_and_opened(open_shop, app, shop, monkeypatch):
    monkeypatch.setattr(picture, "draw", None)  # no chart is drawn for it
    macros.export_segment("Champions")
    (said,) = app._alerts
    written = Path(said[1].removeprefix("Wrote ").removesuffix("."))
    assert written.parent == Path(open_shop.fullname).parent
    assert written.name in [book.name for book in xw.apps.active.books]
    rows = CalamineWorkbook.from_path(written).get_sheet_by_index(0).to_python()
    header = next(i for i, row in enumerate(rows) if "Segment" in row)
    listed = [row[0] for row in rows[header + 1 :] if row[0]]
    with open_snapshot(open_warehouse(shop), shop) as snapshot:
        scored = customer_segments(snapshot).customers
    assert listed == scored.loc[scored["segment"] == "Champions", "customer_id"].tolist()
    assert listed


def test_a_segment_without_customers_is_said(open_shop, app):
    macros.export_segment("Nobodies")
    assert "No customer is in the segment 'Nobodies' with these filters" in app._alerts[0][1]


def test_a_country_that_nobody_bought_from_is_said(open_shop, app):
    write(open_shop, "lgs_Country", "Iceland")
    macros.export_segment("Champions")
    assert "'Iceland'" in app._alerts[0][1]


def test_the_check_of_the_set_up_says_what_is_wanting_and_its_remedy(open_shop, app, monkeypatch):
    monkeypatch.setenv("LGS_WAREHOUSE_URL", "duckdb:////nowhere/lgs.duckdb")
    macros.check_setup()
    ((_, text, mode),) = app._alerts
    assert mode == "info"
    assert "There is no warehouse at /nowhere/lgs.duckdb" in text
    assert "lgs-excel load" in text


def test_mail_of_stale_figures_is_held_back(open_shop, app, monkeypatch, shop):
    monkeypatch.setattr(macros, "load_settings", lambda **_: replace(shop, stale_days=1))
    macros.mail()
    ((_, text, mode),) = app._alerts
    assert mode == "critical"
    assert "The report was held back, and nobody was sent it. Its data are stale" in text


def test_the_sheets_for_the_board_are_saved_as_a_pdf_beside_the_workbook(open_shop, app):
    for title in ("Own", "RFM", "Checks"):
        open_shop.sheets.add(title, after=open_shop.sheets[-1])["A1"].value = title
    macros.save_pdf()
    written = Path(open_shop.fullname).with_suffix(".pdf")
    assert app._alerts == [("LGS Analytics", f"Wrote {written}.", "info")]
    assert written.read_bytes().startswith(b"%PDF")
    command = [need("pdftotext"), written, "-"]
    text = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    pages = text.split("\f")
    assert [page.split("\n")[0] for page in pages if page] == ["Sales", "RFM"]
    assert all(sheet.visible for sheet in open_shop.sheets)


@pytest.fixture(scope="module")
def customers(shop):
    """The shop's customers with their scores, best first."""
    with open_snapshot(open_warehouse(shop), shop) as snapshot:
        return customer_segments(snapshot).customers


def cell_beside(sheet, label):
    """What stands to the right of `label` in column A."""
    rows = sheet.used_range.value
    return next(row[1] for row in rows if row[0] == label)


def test_a_customer_is_looked_up_by_the_yellow_cell(open_shop, app, customers):
    first = customers.iloc[0]
    write(open_shop, "lgs_CustomerNumber", first["customer_id"])
    open_shop.sheets["Customer"].activate()
    macros.look_up_customer()
    assert app._alerts == []
    page = open_shop.sheets["Customer"]
    assert page.range("A2").value.startswith(f"Customer {first['customer_id']} bought for £")
    assert cell_beside(page, "Orders") == first["frequency"]
    assert cell_beside(page, "Net sales") == pytest.approx(first["monetary"])
    assert cell_beside(page, "Segment") == first["segment"]
    assert [picture.name for picture in page.pictures] == ["lgs_chart_customer"]
    assert open_shop.sheets["Sales"].range("A2").value == "What it says."
    macros.refresh_sheet()
    assert app._alerts == []
    assert open_shop.names["lgs_CustomerNumber"].refers_to_range.value == first["customer_id"]


@pytest.mark.parametrize("number", [float, lambda number: f" {number}.0 "])
def test_a_customer_is_looked_up_by_the_selected_cell(open_shop, app, customers, number):
    last = customers["customer_id"].iloc[-1]
    write(open_shop, "lgs_CustomerNumber", customers["customer_id"].iloc[0])
    cell = open_shop.sheets["Sales"].range("K40")
    cell.value = number(last)
    select(open_shop, cell)
    macros.look_up_customer()
    assert app._alerts == []
    assert open_shop.sheets.active.name == "Customer"
    assert open_shop.sheets["Customer"].range("A2").value.startswith(f"Customer {last} bought for £")
    assert open_shop.names["lgs_CustomerNumber"].refers_to_range.value == last


def test_a_customer_who_is_nobody_is_said_and_nothing_is_changed(open_shop, app):
    page = open_shop.sheets["Customer"]
    page.activate()
    macros.look_up_customer()
    assert HOW in app._alerts[-1][1]
    write(open_shop, "lgs_CustomerNumber", "99999")
    macros.look_up_customer()
    assert "Customer '99999' bought nothing in the period shown" in app._alerts[-1][1]
    assert page.range("A2").value == HOW


def test_a_refresh_keeps_the_customer_and_says_one_who_bought_nothing(open_shop, app, customers):
    write(open_shop, "lgs_CustomerNumber", customers["customer_id"].iloc[0])
    write(open_shop, "lgs_CampaignName", "May")
    macros.refresh_all()
    assert app._alerts == []
    assert open_shop.sheets["Customer"].range("A2").value.startswith("Customer ")
    assert open_shop.names["lgs_CampaignName"].refers_to_range.value == "May"
    write(open_shop, "lgs_CustomerNumber", "99999")
    macros.refresh_all()
    assert app._alerts == []
    assert open_shop.sheets["Customer"].range("A2").value.startswith("Customer '99999' bought nothing in the period")
    assert list(open_shop.sheets["Customer"].pictures) == []


def test_a_campaign_is_made_once_the_reader_agrees(open_shop, app, customers, tmp_path):
    for name, value in (("Name", "May"), ("Whom", "Champions"), ("HoldOut", 0.2), ("Days", 14), ("Folder", "lists")):
        write(open_shop, f"lgs_Campaign{name}", value)
    folder = Path(open_shop.fullname).parent / "lists"
    app._answer = "cancel"
    try:
        macros.make_campaign()
    finally:
        app._answer = "ok"
    (asked,) = app._alerts
    champions = customers.loc[customers["segment"] == "Champions", "customer_id"]
    assert asked[1].startswith(f"May: segment Champions.\n\n{len(champions)} customers chosen.")
    assert "will be seen in four cases of five" in asked[1]
    assert not folder.exists()
    assert default_campaign_ledger().campaigns() == []

    macros.make_campaign()
    lists = [folder / "May-mail.csv", folder / "May-hold-out.csv"]
    assert app._alerts[-1][1] == "\n".join(f"Wrote {file}." for file in lists)
    (campaign,) = default_campaign_ledger().campaigns()
    assert campaign.mailed | campaign.held_out == set(champions)
    assert (campaign.days, campaign.hold_out) == (14, 0.2)
    page = open_shop.sheets["Campaigns"]
    assert page.range("A2").value == "1 campaign; the days of none are over."
    assert cell_beside(page, "May") == "segment Champions"
    assert cell_beside(page, "Days") == 14
    macros.make_campaign()
    assert "There is a campaign 'May' already" in app._alerts[-1][1]


def select(book, cells):
    """As by a click."""
    cells.sheet.activate()
    book.impl._doc.CurrentController.select(cells.impl._uno)


def test_the_selected_campaign_is_dropped_once_the_reader_agrees(open_shop, app, customers):
    for name, value in (("Name", "May"), ("Whom", "Champions"), ("Folder", "lists")):
        write(open_shop, f"lgs_Campaign{name}", value)
    macros.make_campaign()
    page = open_shop.sheets["Campaigns"]
    select(open_shop, page.range("A1"))
    macros.drop_campaign()
    assert "There is no campaign 'Campaigns'." in app._alerts[-1][1]
    (place,) = (cell for cell in page.range("A18:A40") if cell.value == "May")
    select(open_shop, place)
    app._answer = "cancel"
    try:
        macros.drop_campaign()
    finally:
        app._answer = "ok"
    assert app._alerts[-1][1].startswith("Forget the campaign May and its result? Its lists stay in ")
    assert len(default_campaign_ledger().campaigns()) == 1
    macros.drop_campaign()
    assert app._alerts[-1][1] == "Dropped May."
    assert default_campaign_ledger().campaigns() == []
    assert page.range("A2").value.startswith("No campaign yet.")
    select(open_shop, page.range("K90"))
    macros.drop_campaign()
    assert app._alerts[-1][1].startswith("Select the name of a campaign on the sheet Campaigns, and click again.")


@pytest.mark.parametrize("name", [20111209, "May"])
@pytest.mark.parametrize("whom", ["customers AT RISK", "champions", "due for the second order"])
def test_a_campaign_is_asked_for_in_any_capitals_and_a_name_may_be_a_number(name, whom):
    cells = {"lgs_CampaignName": name if isinstance(name, str) else float(name), "lgs_CampaignWhom": whom}
    request, folder, tool = campaign_request(cells, Path("beside"))
    assert request.name == str(name)
    assert (request.choice.at_risk, request.choice.due) == (whom.startswith("customers"), whom.startswith("due"))
    assert request.choice.segment == ("champions" if whom == "champions" else "")
    assert (folder, tool, request.hold_out, request.days) == (Path("beside/Campaigns"), "generic", 0.1, 30)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({}, "Campaigns, Name is blank"),
        ({"Name": "May"}, "A campaign needs customers"),
        ({"Name": "May", "Whom": "Champion"}, "'Champion' is no segment. Nearest: Champions."),
        ({"Name": "May", "Whom": "Champions", "HoldOut": "some"}, "Campaigns, Held out: 'some' is no share"),
        ({"Name": "May", "Whom": "Champions", "Days": "soon"}, "Campaigns, Days: 'soon' is no number of days"),
        ({"Name": "May", "Whom": "Champions", "Tool": "Mailchimp"}, "Campaigns, Contacts file is blank"),
        ({"Name": "May", "Whom": "Champions", "Tool": "fax"}, "Campaigns, Mail tool: 'fax' is not known"),
        ({"Name": "May", "Whom": "Champions", "Contacts": "nobody.csv"}, "nobody.csv"),
        ({"Name": "=1+1", "Whom": "Champions"}, "can't be a campaign's name"),
    ],
)
def test_what_a_campaign_lacks_is_said_with_its_cell(open_shop, app, cells, said):
    for name, value in cells.items():
        write(open_shop, f"lgs_Campaign{name}", value)
    macros.make_campaign()
    ((_, text, mode),) = app._alerts
    assert mode == "critical"
    assert said in text
    assert default_campaign_ledger().campaigns() == []


def test_a_stock_file_beside_the_workbook_makes_the_buy_list_an_order(open_shop, app, shop):
    with open_snapshot(open_warehouse(shop), shop) as snapshot:
        code = buy_list(snapshot).products["stock_code"].iloc[0]
    file = Path(open_shop.fullname).parent / "stock.csv"
    file.write_text(f"SKU,On hand,Pack\n{code},1,12\nNOBODY,3,1\n", encoding="utf-8")
    write(open_shop, "lgs_StockFile", "stock.csv")
    macros.refresh_all()
    assert app._alerts == []
    page = open_shop.sheets["Buy list"]
    assert page.range("A2").value.startswith("1 product to order, ")
    assert any("(NOBODY)" in str(row[0]) for row in page.used_range.value)
    assert open_shop.names["lgs_StockFile"].refers_to_range.value == "stock.csv"
    macros.save_copy()
    copied = Path(open_shop.fullname).with_suffix(".xlsx")
    copy = CalamineWorkbook.from_path(copied).get_sheet_by_name("Buy list").to_python()
    assert copy[1][0] == page.range("A2").value

    file.unlink()
    macros.refresh_all()
    assert "stock.csv can't be read" in app._alerts[-1][1]
    assert page.range("A2").value.startswith("1 product to order, ")
