"""Each broken set-up, made for real where it can be, is found and named with its remedy."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import sqlalchemy as sa
from matplotlib.font_manager import fontManager

from lgs_excel import __version__, doctor
from lgs_excel.addin.build.workbook import conf
from lgs_excel.addin.build.xlsm_package import configured
from lgs_excel.addin.workbook_sources import WORKBOOK, source_folder
from lgs_excel.doctor import Level, as_json, as_text, examine, folders
from lgs_excel.doctor import warehouse as warehouse_module
from lgs_excel.doctor.finding import Finding
from lgs_excel.doctor.machine import this_machine
from lgs_excel.loading.rollups import make_anew
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.rollups import remember
from lgs_excel.warehouse.schema import make_ready
from tests.conftest import settings_for
from tests.delivery.conftest import PASSWORD, USER
from tests.warehouse_lines import LINES, fill

XLWINGS = "0.37.8"
NOW = [line | {"invoice_date": datetime.now() - timedelta(days=1)} for line in LINES]  # noqa: DTZ005 - as the doctor


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No settings of this machine, and folders of the test's own."""
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    for variable in [name for name in os.environ if name.startswith("LGS_") and not name.startswith("LGS_TEST")]:
        monkeypatch.delenv(variable)


@pytest.fixture
def windows(tmp_path):
    """A healthy Windows: an environment with Python, pywin32 and xlwings' libraries."""
    python = tmp_path / "venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    for name in (python, python.with_name("pythonw.exe"), tmp_path / "venv" / f"xlwings64-{XLWINGS}.dll"):
        name.touch()
    here = this_machine()
    return replace(
        here,
        platform="win32",
        interpreter=python,
        bits=64,
        excel_bits=64,
        versions=dict(here.versions) | {"pywin32": "311"},
    )


@pytest.fixture
def mac(windows, tmp_path):
    return replace(windows, platform="darwin", excel_bits=None, home=tmp_path)


@pytest.fixture
def book(tmp_path, windows):
    """Makes a macro workbook: what its xlwings.conf says, and the versions on its Settings sheet."""

    def make(said=None, *, addin=__version__, xlwings=XLWINGS, name="LGS_Analytics.xlsm"):
        settings = conf(windows.interpreter, "win32") | (said or {})
        content = configured((source_folder() / WORKBOOK).read_bytes(), settings)
        file = tmp_path / "book" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(with_versions(content, addin, xlwings))
        return str(file)

    return make


def with_versions(content, addin, xlwings):
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if b"The version that this workbook belongs to." in part:
                assert part.count(f">{__version__}<".encode()) == part.count(f">{XLWINGS}<".encode()) == 1
                part = part.replace(f">{__version__}<".encode(), f">{addin}<".encode())
                part = part.replace(f">{XLWINGS}<".encode(), f">{xlwings}<".encode())
            new.writestr(name, part)
    return made.getvalue()


@pytest.fixture
def healthy_url(warehouse_url):
    """A warehouse of lines of today, with the rollups that a load keeps there."""
    warehouse = open_warehouse(settings_for(warehouse_url))
    fill(warehouse, NOW)
    with warehouse.writing() as connection:
        make_anew(connection, make_ready(connection, str(warehouse)))
        remember(connection, warehouse.engine)
    return warehouse_url


def found(findings, name):
    (finding,) = [finding for finding in findings if finding.name == name]
    return finding


def levels(findings):
    return {finding.name: finding.level for finding in findings if finding.level is not Level.OK}


def test_a_healthy_windows_has_nothing_to_mend(book, windows, healthy_url, monkeypatch):
    monkeypatch.setattr(fontManager, "ttflist", [SimpleNamespace(name="Calibri")])
    findings = examine(book(), warehouse=healthy_url, machine=windows)
    assert levels(findings) == {}
    assert all(finding.found and not finding.remedy for finding in findings)
    assert len(findings) == len({finding.name for finding in findings}) == 22
    assert as_text(findings).endswith("\nNothing to mend.")


def test_the_findings_as_text_and_json_have_the_remedies():
    findings = (
        Finding("Python", Level.OK, "3.13"),
        Finding("Fresh data", Level.WARNING, "Old.", "Load."),
        Finding("Warehouse", Level.BAD, "Gone.", "Ask IT."),
    )
    assert as_text(findings).splitlines() == [
        "ok    Python      3.13",
        "note  Fresh data  Old.",
        "                  → Load.",
        "BAD   Warehouse   Gone.",
        "                  → Ask IT.",
        "To mend: 1.",
    ]
    assert json.loads(as_json(findings))[1] == {
        "name": "Fresh data",
        "level": "warning",
        "found": "Old.",
        "remedy": "Load.",
    }


def test_the_python_of_microsofts_store(windows):
    store = replace(windows, interpreter=Path("C:/Users/a/AppData/Local/Microsoft/WindowsApps/python.exe"))
    finding = found(examine(machine=store), "Python")
    assert finding.level is Level.BAD
    assert "Install Python from python.org" in finding.remedy


@pytest.mark.parametrize(
    ("package", "version", "cause", "remedy"),
    [
        (
            "xlwings",
            "0.33.0",
            "Version 0.33.0 is installed; the workbook's own part is 0.37.8.",
            "pip install xlwings==",
        ),
        ("xlwings", None, "It is not installed.", "README.md"),
        ("pywin32", None, "It is not installed: Python can't reach Excel.", "README.md"),
    ],
)
def test_packages_that_are_missing_or_of_another_version(windows, package, version, cause, remedy):
    finding = found(examine(machine=replace(windows, versions=dict(windows.versions) | {package: version})), package)
    assert (finding.level, finding.found) == (Level.BAD, cause)
    assert remedy in finding.remedy


def test_a_mac_is_told_what_does_not_work_there_and_needs_xlwings_script(mac, tmp_path):
    findings = examine(machine=mac)
    assert "worksheet functions such as LGS_SALES don't work" in found(findings, "Excel").found
    script = found(findings, "xlwings script")
    assert script.level is Level.BAD
    assert "xlwings runpython install" in script.remedy
    file = tmp_path / "Library/Application Scripts/com.microsoft.Excel" / f"xlwings-{XLWINGS}.applescript"
    file.parent.mkdir(parents=True)
    file.touch()
    assert found(examine(machine=mac), "xlwings script").level is Level.OK


def test_a_workbook_of_another_version(book, windows):
    findings = examine(book(addin="0.0.1"), machine=windows)
    finding = found(findings, "Workbook's add-in")
    assert finding.found == f"The workbook is of version 0.0.1, Python's is {__version__}."
    assert finding.level is Level.BAD
    assert "lgs-excel install" in finding.remedy


def test_a_workbook_with_another_xlwings(book, windows):
    finding = found(examine(book(xlwings="0.33.0"), machine=windows), "Workbook's xlwings")
    assert (finding.level, finding.found) == (
        Level.BAD,
        f"The workbook's xlwings is 0.33.0, Python's is {XLWINGS}.",
    )


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("", "The workbook does not say where Python is (INTERPRETER_WIN is empty)."),
        ("/gone/python.exe", "The workbook's Python is not there: /gone/python.exe."),
    ],
)
def test_a_workbook_whose_python_is_not_set_or_gone(book, windows, said, cause):
    finding = found(examine(book({"INTERPRETER_WIN": said}), machine=windows), "Workbook's Python")
    assert (finding.level, finding.found) == (Level.BAD, cause)
    assert "lgs-excel install" in finding.remedy


def test_a_workbook_that_another_python_serves(book, windows):
    finding = found(examine(book({"INTERPRETER_WIN": sys.executable}), machine=windows), "Workbook's Python")
    assert finding.level is Level.WARNING
    assert sys.executable in finding.found
    assert str(windows.interpreter) in finding.found


def test_pythonw_is_the_same_python(book, windows):
    said = str(windows.interpreter.with_name("pythonw.exe"))
    assert found(examine(book({"INTERPRETER_WIN": said}), machine=windows), "Workbook's Python").level is Level.OK


def test_on_a_mac_its_own_interpreter_counts(book, mac):
    finding = found(examine(book(), machine=mac), "Workbook's Python")
    assert "INTERPRETER_MAC is empty" in finding.found
    set_up = book({"INTERPRETER_MAC": str(mac.interpreter)})
    assert found(examine(set_up, machine=mac), "Workbook's Python").level is Level.OK


def test_an_excel_of_32_bit_needs_the_library_of_32_bit(book, windows):
    finding = found(examine(book(), machine=replace(windows, excel_bits=32)), "xlwings library")
    assert finding.level is Level.BAD
    assert finding.found.startswith(f"xlwings32-{XLWINGS}.dll is neither in ")
    assert "antivirus" in finding.remedy
    (windows.interpreter.parent / f"xlwings32-{XLWINGS}.dll").touch()
    assert found(examine(book(), machine=replace(windows, excel_bits=32)), "xlwings library").level is Level.OK


def test_without_the_warm_server_no_library_is_needed(book, windows):
    (windows.interpreter.parent.parent / f"xlwings64-{XLWINGS}.dll").unlink()
    assert found(examine(book(), machine=windows), "xlwings library").level is Level.BAD
    cold = book({"USE UDF SERVER": False})
    assert found(examine(cold, machine=windows), "xlwings library").level is Level.OK


@pytest.mark.parametrize(("zone", "level"), [("3", Level.BAD), ("4", Level.BAD), ("1", Level.OK), ("", Level.OK)])
def test_a_mark_of_the_web_blocks_macros(book, windows, zone, level):
    file = book()
    Path(f"{file}:Zone.Identifier").write_text(f"[ZoneTransfer]\r\nZoneId={zone}\r\nHostUrl=about:internet\r\n")
    finding = found(examine(file, machine=windows), "Unblocked")
    assert finding.level is level
    if level is Level.BAD:
        assert "Mark of the Web" in finding.found
        assert "Unblock" in finding.remedy
        assert "Trusted Location" in finding.remedy


@pytest.mark.parametrize(
    ("path", "level", "cause"),
    [
        ("https://lgs.sharepoint.com/sites/m/LGS_Analytics.xlsm", Level.BAD, "open from the web"),
        ("C:\\Users\\a\\OneDrive - LGS\\Documents\\LGS_Analytics.xlsm", Level.WARNING, "OneDrive or SharePoint"),
        ("/Users/a/OneDrive/LGS_Analytics.xlsm", Level.WARNING, "OneDrive or SharePoint"),
        ("D:\\Synced\\LGS\\LGS_Analytics.xlsm", Level.WARNING, "OneDrive or SharePoint"),
        ("\\\\server\\share\\LGS_Analytics.xlsm", Level.WARNING, "network share"),
        (f"C:\\{'x' * 220}\\LGS_Analytics.xlsm", Level.BAD, "characters; Excel opens 218"),
        ("C:\\LGS\\LGS_Analytics.xlsm", Level.OK, "C:\\LGS"),
        ("C:\\My OneDrive notes\\LGS_Analytics.xlsm", Level.OK, "notes"),
    ],
)
def test_where_a_workbook_had_better_not_be(windows, path, level, cause):
    machine = replace(windows, environment={"OneDriveCommercial": "D:\\Synced"})
    finding = found(examine(path, machine=machine), "Workbook's place")
    assert (finding.level, cause in finding.found) == (level, True)
    assert (finding.remedy != "") == (level is not Level.OK)


@pytest.mark.parametrize("content", [None, b"not a workbook", b"PK\x03\x04"], ids=["missing", "text", "cut off"])
def test_a_workbook_that_cannot_be_read(tmp_path, windows, content):
    file = tmp_path / "broken.xlsm"
    if content:
        file.write_bytes(content)
    finding = found(examine(str(file), machine=windows), "Workbook")
    assert finding.level is Level.BAD
    assert str(file) in finding.found


def test_a_workbook_of_someone_else(tmp_path, windows):
    from openpyxl import Workbook

    Workbook().save(file := tmp_path / "mine.xlsx")
    findings = examine(str(file), machine=windows)
    assert "it is not one of LGS's" in found(findings, "Workbook's add-in").found
    assert found(findings, "Workbook's Python").level is Level.BAD


def test_settings_that_cannot_be_read(tmp_path):
    file = tmp_path / "XDG_CONFIG_HOME" / "lgs_excel" / "settings.toml"
    file.parent.mkdir(parents=True)
    for text, cause in (("company = ", "can't be read"), ("compny = 'LGS'", "'compny', which is not a setting")):
        file.write_text(text)
        findings = examine()
        finding = found(findings, "Settings")
        assert finding.level is Level.BAD
        assert cause in finding.found
        assert str(file) in finding.remedy
        assert "Warehouse" not in {finding.name for finding in findings}


def test_a_warehouse_url_that_cannot_be_read_and_its_password_is_not_shown():
    findings = examine(warehouse="mysql://lgs:geheim@db/lgs")
    assert "names the engine 'mysql'" in found(findings, "Settings").found
    assert "geheim" not in as_text(findings)


def test_a_chart_style_or_a_logo_that_cannot_be_used(monkeypatch, tmp_path):
    for name in ("chart_style", "logo"):
        with monkeypatch.context() as patch:
            patch.setenv(f"LGS_{name.upper()}", str(tmp_path / "nowhere"))
            finding = found(examine(), "Settings")
        assert finding.level is Level.BAD
        assert finding.found.startswith(f"{name} is {tmp_path / 'nowhere'}, which can't be read")


def test_no_warehouse_yet(duckdb_url):
    finding = found(examine(warehouse=duckdb_url), "Warehouse")
    assert finding.level is Level.BAD
    assert "There is no warehouse at" in finding.found
    assert finding.remedy


def test_a_server_that_is_not_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    findings = examine(warehouse=f"postgresql://lgs:geheim@127.0.0.1:{port}/lgs")
    finding = found(findings, "Warehouse")
    assert finding.level is Level.BAD
    assert "can't be opened" in finding.found
    assert "LGS_WAREHOUSE_URL" in finding.remedy
    assert "geheim" not in as_text(findings)


def test_a_warehouse_without_lines(warehouse_url):
    fill(open_warehouse(settings_for(warehouse_url)), LINES)
    with open_warehouse(settings_for(warehouse_url)).writing() as connection:
        connection.exec_driver_sql("DELETE FROM retail")
    finding = found(examine(warehouse=warehouse_url), "Warehouse")
    assert finding.level is Level.BAD
    assert "has no lines" in finding.found
    assert "lgs-excel load FILE" in finding.remedy


def test_a_warehouse_that_holds_something_else(warehouse_url):
    with open_warehouse(settings_for(warehouse_url)).writing() as connection:
        connection.exec_driver_sql("CREATE TABLE retail (invoice text)")
    finding = found(examine(warehouse=warehouse_url), "Warehouse")
    assert finding.level is Level.BAD
    assert "is not LGS's" in finding.found


def test_a_warehouse_that_a_load_holds(duckdb_url, monkeypatch):
    monkeypatch.setattr(warehouse_module, "_LOCK_WAIT_SECONDS", 0.1)
    warehouse = open_warehouse(settings_for(duckdb_url))
    fill(warehouse, LINES)
    code = f"import duckdb; c = duckdb.connect({str(warehouse.file)!r}); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
        load.stdout.readline()
        finding = found(examine(warehouse=duckdb_url), "Warehouse")
        load.communicate(b"\n")
    assert finding.level is Level.BAD
    assert "in use by another process" in finding.found


def test_old_data(warehouse_url):
    fill(open_warehouse(settings_for(warehouse_url)), LINES)
    finding = found(examine(warehouse=warehouse_url), "Fresh data")
    assert finding.level is Level.WARNING
    days = (date.today() - date(2010, 12, 3)).days  # noqa: DTZ011 - as the doctor
    assert finding.found == (
        f"Newest line 2010-12-03; loaded by other means than lgs-excel. That is {days:,} days ago."
    )
    assert "lgs-excel load FILE" in finding.remedy


def test_a_role_that_may_only_read_is_told_of_temporary_tables(postgres_url):
    fill(open_warehouse(settings_for(postgres_url)), NOW)
    url = sa.make_url(postgres_url)
    role = f"reader_{url.database}"
    with open_warehouse(settings_for(postgres_url)).writing() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON retail TO {role}")
        connection.exec_driver_sql(f"REVOKE TEMPORARY ON DATABASE {url.database} FROM PUBLIC")
    findings = examine(warehouse=url.set(username=role).render_as_string(hide_password=False))
    finding = found(findings, "Temporary tables")
    assert finding.level is Level.WARNING
    assert f"GRANT TEMPORARY ON DATABASE {url.database} TO {role};" in finding.remedy
    assert found(findings, "Warehouse").level is Level.OK


def test_sums_that_are_kept_and_such_as_are_of_other_lines(healthy_url):
    assert found(examine(warehouse=healthy_url), "Sums of the lines").level is Level.OK
    with open_warehouse(settings_for(healthy_url)).writing() as connection:
        connection.exec_driver_sql("UPDATE retail SET quantity = quantity + 1")
    finding = found(examine(warehouse=healthy_url), "Sums of the lines")
    assert finding.level is Level.WARNING
    assert "lgs-excel load --again FILE" in finding.remedy


def test_sums_that_no_load_could_keep_are_not_missed(duckdb_url):
    with open_warehouse(settings_for(duckdb_url)).writing() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE retail AS SELECT '1' AS invoice_no, 'A' AS stock_code, 'B' AS description, 1 AS quantity, "
            "TIMESTAMP '2026-01-01' AS invoice_date, 1.5::DOUBLE AS unit_price, '1' AS customer_id, 'F' AS country"
        )
    findings = examine(warehouse=duckdb_url)
    assert found(findings, "Warehouse").level is Level.OK
    assert "Sums of the lines" not in {finding.name for finding in findings}


@pytest.mark.parametrize(("free", "level"), [(10**12, Level.OK), (10**9, Level.WARNING), (10**7, Level.BAD)])
def test_disk_room(monkeypatch, free, level):
    usage = shutil.disk_usage(".")._replace(free=free)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _: usage)
    finding = found(examine(), "Disk room for data")
    assert finding.level is level
    assert re.search(r"[\d,.]+ GB are free", finding.found)


def test_a_log_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "XDG_STATE_HOME").write_text("a file where the folder should be")
    finding = found(examine(), "Log folder")
    assert finding.level is Level.BAD
    assert "can't be written to" in finding.found
    assert finding.remedy


def test_missing_fonts(monkeypatch, windows):
    few = [font for font in fontManager.ttflist if font.name == "DejaVu Sans"]
    monkeypatch.setattr(fontManager, "ttflist", few)
    finding = found(examine(machine=windows), "Fonts")
    assert (finding.level, "DejaVu Sans" in finding.found) == (Level.WARNING, True)
    assert "Carlito" in finding.remedy


@pytest.fixture
def mail(monkeypatch, ca_file):
    """Sets a mail server, and gives what the check of it finds."""

    def check(port, password=PASSWORD, host="127.0.0.1", **more):
        said = {"host": host, "port": port, "user": USER, "password": password, "ca_file": ca_file, **more}
        for name, value in said.items():
            monkeypatch.setenv(f"LGS_SMTP_{name.upper()}", str(value))
        return found(examine(), "Mail server")

    return check


def test_without_a_mail_server_nothing_is_to_be_mended():
    assert found(examine(), "Mail server") == Finding("Mail server", Level.OK, "None is set; nothing is mailed.")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_that_lets_us_in_gets_no_mail(mail, serve, postbox, security):
    finding = mail(serve(security), security=security)
    assert finding.level is Level.OK
    assert finding.found == f"127.0.0.1 answers ({security}) and lets us in."
    assert postbox.logins == [(USER, PASSWORD)]
    assert postbox.mails == []


def test_a_mail_server_with_an_untrusted_certificate(mail, serve):
    finding = mail(serve(), ca_file="")
    assert finding.level is Level.BAD
    assert "certificate of 127.0.0.1:" in finding.found
    assert "smtp_ settings" in finding.remedy


def test_a_mail_server_with_a_certificate_of_another_name(mail, serve):
    finding = mail(serve(host="elsewhere.example.com"))
    assert finding.level is Level.BAD
    assert "can't be trusted" in finding.found


def test_a_mail_server_that_is_not_there_or_refuses_the_login(mail, serve):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = mail(unused.getsockname()[1])
    assert away.level is Level.BAD
    refused = mail(serve(), password="planted-wrong")  # noqa: S106 - a wrong one
    assert refused.level is Level.BAD
    assert "did not let reports in" in refused.found
    assert "planted-wrong" not in refused.found + refused.remedy


def test_the_machine_that_this_runs_on():
    here = this_machine()
    assert here.xlwings_wanted == here.versions["xlwings"] == XLWINGS
    assert here.versions["lgs-excel"] == __version__
    assert here.interpreter == Path(sys.executable)


def test_a_check_changes_nothing(duckdb_url):
    warehouse = open_warehouse(settings_for(duckdb_url))
    fill(warehouse, NOW)
    before = warehouse.file.read_bytes()
    doctor.examine(warehouse=duckdb_url)
    assert warehouse.file.read_bytes() == before
    with duckdb.connect(str(warehouse.file)) as connection:
        assert connection.execute("SELECT count(*) FROM retail").fetchone() == (3,)
