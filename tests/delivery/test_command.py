"""The commands that mail, as they are typed: what arrives, what is printed, which exit code; and no secret anywhere."""

import base64
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from apscheduler.triggers.cron import CronTrigger

from lgs_excel import cli, schedule
from lgs_excel.errors import WorkbookError
from lgs_excel.loading.load import load
from lgs_excel.settings import load_settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.schema import retail
from tests.components import ROOT, need
from tests.conftest import ENGINES, USER_FOLDERS, settings_for
from tests.delivery.conftest import OWNER, PASSWORD, READERS, USER
from tests.delivery.sample_mail import YESTERDAY, body, parsed

ANN, BOB, CY = READERS
HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"


def export(file: Path, day=YESTERDAY, first=536365, lines=30) -> Path:
    """An export of `lines` invoices that end on `day`, old enough to be loaded at once."""
    days = [day - timedelta(days=3 * (lines - 1 - i)) for i in range(lines)]
    rows = [f"{first + i},85123A,HOLDER,6,{at} 08:26:00,2.55,{17850 + i % 7},France" for i, at in enumerate(days)]
    file.write_text("\n".join([HEADER, *rows, ""]))
    os.utime(file, (0, 0))
    return file


@pytest.fixture
def environment(serve, ca_file, monkeypatch):
    """The settings of mail in the environment; a shop is no part of it."""
    values = {
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": serve("starttls"), "SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD,
        "SMTP_CA_FILE": ca_file, "MAIL_FROM": "reports@example.com", "MAIL_OWNER": OWNER,
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(f"LGS_{name}", str(value))


@pytest.fixture
def run(environment, monkeypatch, capsys):
    """Runs a command line in this process: (exit code, stdout, stderr)."""

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


@pytest.fixture(params=ENGINES)
def shop(request, new_url, tmp_path, monkeypatch):
    """A small shop whose sales end yesterday, on each engine."""
    return fresh_shop(new_url(request.param), tmp_path, monkeypatch)


@pytest.fixture
def duckdb_shop(new_url, tmp_path, monkeypatch):
    return fresh_shop(new_url("duckdb"), tmp_path, monkeypatch)


def fresh_shop(url, tmp_path, monkeypatch):
    load([export(tmp_path / "sales.csv")], open_warehouse(settings_for(url)), settings_for(url))
    monkeypatch.setenv("LGS_WAREHOUSE_URL", url)
    return url


def test_send_mails_the_report_once(run, shop, postbox):
    code, out, err = run("send", "--to", ANN, "--to", BOB)
    assert (code, out, err) == (0, f"{ANN}: sent\n{BOB}: sent\n", "")
    code, out, err = run("send", "--to", ANN, "--to", BOB, "--to", CY)
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"{ANN}: sent on .*\n{BOB}: sent on .*\n{CY}: sent\n", out)
    assert [to for to, _ in postbox.mails] == [ANN, BOB, CY]
    assert "France" not in parsed(postbox.mails[0][1])["Subject"]


def test_a_role_that_may_only_read_can_send(run, new_url, tmp_path, monkeypatch, postbox):
    url = fresh_shop(new_url("postgresql"), tmp_path, monkeypatch)
    warehouse = open_warehouse(settings_for(url))
    with warehouse.writing() as connection:
        connection.execute(sa.text("DROP ROLE IF EXISTS mail_reader"))
        connection.execute(sa.text("CREATE ROLE mail_reader LOGIN"))
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO mail_reader"))
    reader = sa.make_url(url).set(username="mail_reader")
    monkeypatch.setenv("LGS_WAREHOUSE_URL", reader.render_as_string(hide_password=False))
    assert run("send", "--to", ANN)[0] == 0
    # Whoever asks: it is the same warehouse.
    monkeypatch.setenv("LGS_WAREHOUSE_URL", url)
    assert run("send", "--to", ANN)[0] == 0
    assert len(postbox.mails) == 1


def test_filters_reach_the_mail_and_are_other_news(run, duckdb_shop, postbox):
    month = f"{YESTERDAY:%Y-%m}"
    assert run("send", "--to", ANN, "--country", "france", "--from", month, "--until", month)[0] == 0
    assert run("send", "--to", ANN)[0] == 0
    first, second = (parsed(mail)["Subject"] for _, mail in postbox.mails)
    assert first.endswith(f"(France, from {month}, to {month})")
    assert "(" not in second


def test_again_sends_again(run, duckdb_shop, postbox):
    run("send", "--to", ANN)
    assert run("send", "--to", ANN, "--again")[0] == 0
    assert len(postbox.mails) == 2


def test_a_preview_is_the_mail_that_is_sent_and_sends_nothing(run, duckdb_shop, postbox, tmp_path):
    report, preview = tmp_path / "report.xlsx", tmp_path / "mail.eml"
    run("report", "--out", report)
    options = ("--to", ANN, "--report", report, "--with-customers")
    code, out, _ = run("send", *options, "--preview", preview)
    assert (code, out) == (0, f"Wrote {preview}, the mail to {ANN}; nothing was sent.\n")
    assert postbox.mails == []
    assert postbox.connections == 0
    assert run("send", *options)[0] == 0
    date = re.compile(rb"^Date: .*\r\n", re.MULTILINE)
    ((_, arrived),) = postbox.mails
    assert date.sub(b"", arrived) == date.sub(b"", preview.read_bytes())
    (workbook,) = parsed(arrived).iter_attachments()
    assert workbook.get_content() == report.read_bytes()


def test_a_preview_says_what_would_be_held(run, duckdb_shop, tmp_path, monkeypatch):
    code, out, _ = run("send", "--to", ANN, "--as-of", f"{YESTERDAY}", "--preview", tmp_path / "mail.eml")
    assert (code, "held back" in out) == (0, False)
    monkeypatch.setenv("LGS_STALE_DAYS", "1")
    export(tmp_path / "old.csv", YESTERDAY - timedelta(days=90))
    url = f"duckdb:///{tmp_path / 'old.duckdb'}"
    load([tmp_path / "old.csv"], open_warehouse(settings_for(url)), settings_for(url))
    code, out, _ = run("send", "--to", ANN, "--warehouse", url, "--preview", tmp_path / "mail.eml")
    assert code == 0
    assert "It would be held back: Its data are stale: they end on" in out


def test_a_preview_that_cannot_be_written_is_said(run, duckdb_shop, tmp_path):
    code, _, err = run("send", "--to", ANN, "--preview", tmp_path / "no" / "mail.eml")
    assert code == 1
    assert "can't be written: No such file or directory. Name another file with --preview." in err


def test_a_stale_report_is_held_with_exit_code_1(run, duckdb_shop, postbox, monkeypatch, tmp_path):
    export(tmp_path / "old.csv", YESTERDAY - timedelta(days=90))
    url = f"duckdb:///{tmp_path / 'old.duckdb'}"
    load([tmp_path / "old.csv"], open_warehouse(settings_for(url)), settings_for(url))
    code, out, err = run("send", "--to", ANN, "--warehouse", url)
    assert (code, out) == (1, f"{OWNER} was told by mail.\n")
    assert err.startswith("lgs-excel: The report was held back, and nobody was sent it. Its data are stale")
    assert err.count("\n") == 1
    assert [to for to, _ in postbox.mails] == [OWNER]


def test_an_empty_warehouse_is_told_to_the_owner(run, new_url, monkeypatch, postbox):
    url = new_url("duckdb")
    with open_warehouse(settings_for(url)).writing() as connection:
        retail.create(connection)
    code, _, err = run("send", "--to", ANN, "--warehouse", url)
    assert code == 1
    assert "is empty: its table `retail` has no lines" in err
    assert err.endswith(f"{OWNER} was told by mail.\n")
    ((to, mail),) = postbox.mails
    assert to == OWNER
    assert "is empty: its table `retail` has no lines" in " ".join(body(parsed(mail), "plain").split())
    assert run("send", "--to", BOB, "--warehouse", url, "--preview", "mail.eml")[0] == 1
    assert len(postbox.mails) == 1


def test_a_mail_that_is_too_large_is_told_to_the_owner(run, duckdb_shop, postbox, monkeypatch):
    monkeypatch.setenv("LGS_LARGEST_MAIL_MB", "0.01")
    code, _, err = run("send", "--to", ANN)
    assert code == 1
    assert "and may have 0.01 (largest_mail_mb)." in err
    assert err.endswith(f"{OWNER} was told by mail.\n")
    assert [to for to, _ in postbox.mails] == [OWNER]


def test_a_workbook_that_run_cannot_write_is_told_to_the_owner(run, inbox, postbox, tmp_path, monkeypatch):
    def full(*_):
        raise WorkbookError("No room.")

    monkeypatch.setattr("lgs_excel.pipeline.write", full)
    export(inbox / "sales.csv")
    code, _, err = run("run", "--inbox", inbox, "--out", tmp_path / "report.xlsx")
    assert (code, err) == (1, f"lgs-excel: No room. {OWNER} was told by mail.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "ann"], "'ann' is not a mail address."),
        (["--to", "ann@exmaple.com"], "ann@exmaple.com may not get reports"),
        ([], "Nobody to send to. Name somebody with --to, or set mail_to."),
        (["--to", ANN, "--report", "LGS.xlsm"], "LGS.xlsm is not a .xlsx file"),
    ],
)
def test_what_cannot_be_sent_is_one_line_and_exit_code_1(run, duckdb_shop, postbox, arguments, message):
    code, out, err = run("send", *arguments)
    assert (code, out) == (1, "")
    assert err.startswith("lgs-excel: ")
    assert message in err
    assert err.count("\n") == 1
    assert postbox.mails == []


def test_somebody_missed_is_exit_code_1_and_a_second_run_mends_it(run, duckdb_shop, postbox):
    postbox.faults[BOB] = ["later"] * 3
    code, out, err = run("send", "--to", ANN, "--to", BOB)
    assert code == 1
    assert f"{ANN}: sent\n{BOB}: failed (451 4.7.1 try again later)" in out
    assert err.startswith(f"lgs-excel: Not everybody has the report: {BOB}: failed")
    assert ANN not in err
    assert run("send", "--to", ANN, "--to", BOB)[0] == 0
    assert [to for to, _ in postbox.mails] == [ANN, OWNER, BOB]


# run and schedule


@pytest.fixture
def inbox(tmp_path, new_url, monkeypatch):
    monkeypatch.setenv("LGS_WAREHOUSE_URL", new_url("duckdb"))
    monkeypatch.setenv("LGS_MAIL_TO", f"{ANN},{BOB}")
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def test_run_takes_a_new_export_writes_the_workbook_and_mails_it_once(run, inbox, postbox, tmp_path):
    out = tmp_path / "report.xlsx"
    command = ("run", "--inbox", inbox, "--out", out)
    export(inbox / "sales.csv", YESTERDAY - timedelta(days=1))
    code, printed, err = run(*command)
    assert (code, err) == (0, "")
    assert "sales.csv: 30 lines read = 30 loaded + 0 rejected." in printed
    assert printed.endswith(f"{ANN}: sent\n{BOB}: sent\n")
    assert out.exists()
    assert run(*command) == (0, f"Nothing new in {inbox}: the warehouse and {out} are as they were.\n", "")
    assert [to for to, _ in postbox.mails] == [ANN, BOB]
    export(inbox / "more.csv", first=540000)
    assert run(*command)[0] == 0
    assert [to for to, _ in postbox.mails] == [ANN, BOB] * 2
    subjects = [parsed(mail)["Subject"] for _, mail in postbox.mails]
    assert subjects[0] == subjects[1] != subjects[2] == subjects[3]


def test_a_run_that_died_before_it_mailed_is_completed_by_the_next(run, inbox, postbox, tmp_path):
    out = tmp_path / "report.xlsx"
    command = ("run", "--inbox", inbox, "--out", out)
    export(inbox / "sales.csv")
    run(*command, "--no-send")
    assert out.exists()
    assert postbox.mails == []
    code, printed, _ = run(*command)
    assert code == 0
    assert printed.endswith(f"{ANN}: sent\n{BOB}: sent\n")


def test_run_mails_nothing_where_nobody_is_named(run, inbox, postbox, tmp_path, monkeypatch):
    monkeypatch.delenv("LGS_MAIL_TO")
    export(inbox / "sales.csv")
    assert run("run", "--inbox", inbox, "--out", tmp_path / "report.xlsx")[0] == 0
    assert postbox.connections == 0


def test_run_says_who_was_missed_and_goes_on_the_next_time(run, inbox, postbox, tmp_path):
    command = ("run", "--inbox", inbox, "--out", tmp_path / "report.xlsx")
    export(inbox / "sales.csv")
    postbox.faults[ANN] = ["later"] * 3
    code, _, err = run(*command)
    assert code == 1
    assert f"Not everybody has the report: {ANN}: failed" in err
    assert run(*command)[0] == 0
    assert [to for to, _ in postbox.mails] == [BOB, OWNER, ANN]


def test_what_is_too_large_names_the_workbook_that_run_wrote(run, inbox, postbox, tmp_path, monkeypatch):
    monkeypatch.setenv("LGS_LARGEST_MAIL_MB", "0.15")
    export(inbox / "sales.csv")
    code, printed, err = run("run", "--inbox", inbox, "--out", tmp_path / "report.xlsx")
    assert (code, err) == (0, "")
    assert "was not attached: with it, this mail would be larger than 0.15 MB." in printed
    text = body(parsed(postbox.got(ANN)[0]), "plain")
    assert f"The workbook: {tmp_path / 'report.xlsx'}" in text


def test_addresses_that_cannot_be_used_stop_a_run_before_it_loads(run, inbox, tmp_path, monkeypatch):
    monkeypatch.setenv("LGS_MAIL_TO", "ann@exmaple.com")
    export(inbox / "sales.csv")
    code, _, err = run("run", "--inbox", inbox, "--out", tmp_path / "report.xlsx")
    assert code == 1
    assert "may not get reports" in err
    assert (inbox / "sales.csv").exists()


def test_schedule_mails_too(environment, inbox, postbox, tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "parse_cron", lambda *_: CronTrigger(second="*"))
    export(inbox / "sales.csv")

    def stop_when_mailed():
        deadline = time.monotonic() + 60
        while len(postbox.mails) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.5)  # time for another run
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=stop_when_mailed).start()
    cli.app(["schedule", "--inbox", str(inbox), "--out", str(tmp_path / "report.xlsx")], standalone_mode=False)
    assert [to for to, _ in postbox.mails] == [ANN, BOB]


# Secrets


def watched(command, environment, folder):
    """What a command prints, and the list of processes while it ran."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    listed = []
    while process.poll() is None:
        listed.append(subprocess.run([shutil.which("ps"), "-eo", "args"], capture_output=True, check=True).stdout)
        time.sleep(0.1)
    return b"\n".join(process.communicate()), b"\n".join(listed)


def unpacked(content):
    """The parts of a workbook; of another file none."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_the_password_is_in_no_file_log_traceback_process_list_mail_or_workbook(
    environment, duckdb_shop, postbox, tmp_path
):
    """It is looked for in all that a good run, a refused login and a wrong certificate leave behind, in every form."""
    need("soffice")
    work = tmp_path / "work"
    work.mkdir()
    known = {**os.environ, "TMPDIR": str(work), **dict.fromkeys(USER_FOLDERS, str(work / "data"))}
    command = [sys.executable, "-m", "lgs_excel.cli", "--debug"]
    report = ["--with-customers", "--report", "report.xlsx", "--to", BOB, "--to", CY]
    runs = [
        watched([*command, *arguments], known | change, work)
        for arguments, change in (
            (["report", "--out", "report.xlsx"], {}),
            (["send", "--pdf", *report], {}),
            (["send", "--preview", "mail.eml", *report], {}),
            (["send", "--again", *report], {"LGS_SMTP_USER": "other"}),
            (["send", "--again", *report], {"LGS_SMTP_CA_FILE": ""}),
        )
    ]
    assert [to for to, _ in postbox.mails] == [BOB, CY]
    assert all(b"Traceback" in printed for printed, _ in runs[3:])
    assert all(b"lgs_excel.cli" in listed for _, listed in runs)
    assert b"soffice" in runs[1][1]
    assert {"report.xlsx", "mail.eml", "data"} <= {file.name for file in work.iterdir()}
    arrived = [part.get_content() for _, mail in postbox.mails for part in parsed(mail).walk() if part.get_filename()]
    files = [file.read_bytes() for file in work.rglob("*") if file.is_file()]
    kept = b"\n".join([
        *(text for run in runs for text in run), *(mail for _, mail in postbox.mails), *files, *arrived,
        *(part for content in (*files, *arrived) for part in unpacked(content)),
    ])  # fmt: skip
    assert b"reports@example.com" in kept  # the search finds what is there
    forms = [PASSWORD, *(base64.b64encode(f"{user}{PASSWORD}".encode()).decode() for user in ("", f"\0{USER}\0"))]
    assert [form for form in forms if form.encode() in kept] == []


def test_a_password_in_the_settings_file_is_refused_and_not_repeated(run, home):
    folder = home / "lgs_excel"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(f'smtp_password = "{PASSWORD}"')
    code, out, err = run("send", "--to", ANN)
    assert (code, out) == (1, "")
    assert "has 'smtp_password', and a file is no place for a password" in err
    assert "LGS_SMTP_PASSWORD" in err
    assert PASSWORD not in err


def test_no_setting_holds_the_password(environment):
    assert PASSWORD not in repr(load_settings())


def test_the_templates_are_shipped(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.endswith(".j2")}
    assert shipped == {f"lgs_excel/delivery/{name}.j2" for name in ("mail.html", "mail.txt", "notice.txt")}
