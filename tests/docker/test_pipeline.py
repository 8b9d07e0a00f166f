"""The pipeline of docker-compose.yml: from the inbox to workbook and mail."""

import json
import os
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import trustme

from tests.docker.site import wait_until
from tests.loading.exports import invoice, write_csv

USER = 1234
EVERY_MINUTE = "* * * * *"
NEVER_SOON = "0 7 1 1 *"
ADDED_MEGABYTES = 480  # to the base image: libraries of Python and a font
TLS = """
services:
  mail:
    environment: { MP_SMTP_TLS_CERT: /tls/server.pem, MP_SMTP_TLS_KEY: /tls/server.key }
    volumes: [./tls:/tls:ro]
"""


@pytest.fixture(scope="module")
def ready(site):
    """The site with a mail server that has a certificate, and the image built; only the mail server runs."""
    authority, tls = trustme.CA(), site.folder / "tls"
    tls.mkdir()
    certificate = authority.issue_cert("mail")
    authority.cert_pem.write_to_path(site.folder / "ca.pem")
    certificate.private_key_pem.write_to_path(tls / "server.key")
    certificate.cert_chain_pems[0].write_to_path(tls / "server.pem")
    (site.folder / "docker-compose.override.yml").write_text(TLS, encoding="utf-8")
    site.set(LGS_UID=USER, LGS_GID=USER, LGS_CRON=NEVER_SOON, LGS_MAIL_TO="ann@example.com",
             LGS_MAIL_FROM="reports@example.com", LGS_MAIL_OWNER="it@example.com", LGS_STALE_DAYS=99999,
             LGS_CURRENCY="kr", LGS_SMTP_HOST="mail", LGS_SMTP_PORT=1025, LGS_SMTP_CA_FILE="./ca.pem")  # fmt: skip
    site.compose("--profile", "pipeline", "build")
    site.compose("--profile", "mail", "up", "--detach", "mail")
    return site


@pytest.fixture
def folders(ready):
    """The site with both folders, which belong to the user of .env."""
    for name in ("inbox", "reports"):
        (ready.folder / name).mkdir(exist_ok=True)
        os.chown(ready.folder / name, USER, USER)
    return ready


def up(site, cron=NEVER_SOON):
    site.set(LGS_CRON=cron)
    return site.compose("--profile", "pipeline", "up", "--detach", "--wait")


def put(site, name, lines):
    """Put an export into the inbox, of a time when nobody writes to it any more."""
    write_csv(site.folder / name, lines)
    os.utime(site.folder / name, (0, 0))
    os.chown(site.folder / name, USER, USER)
    (site.folder / name).rename(site.folder / "inbox" / name)


def inside(site, *command, check=True):
    return site.compose("--profile", "pipeline", "exec", "-T", "pipeline", *command, check=check)


def log(site):
    return site.compose("--profile", "pipeline", "logs", "--no-color", "--no-log-prefix", "pipeline").replace(
        "\x1b[2K", ""
    )


def mails():
    with urllib.request.urlopen("http://127.0.0.1:8025/api/v1/messages", timeout=10) as answer:
        return json.load(answer)["messages"]


def test_a_folder_that_is_not_there_is_said_and_not_made(ready):
    (ready.folder / "reports").mkdir()  # of two that are missing, the daemon names either
    said = ready.compose("--profile", "pipeline", "up", "--detach", "--wait", check=False)
    (ready.folder / "reports").rmdir()
    assert "inbox" in said
    assert "does not exist" in said
    assert not (ready.folder / "inbox").exists()


def test_a_file_in_the_inbox_comes_out_as_workbook_and_as_mail_once(folders):
    put(folders, "sales.csv", invoice("536365"))
    up(folders, EVERY_MINUTE)
    report = folders.folder / "reports" / "LGS_Analytics.xlsx"
    wait_until(mails)
    assert (folders.folder / "inbox" / "done" / "sales.csv").exists()
    assert "Summary" in openpyxl.load_workbook(report, read_only=True).sheetnames
    assert (report.stat().st_uid, report.stat().st_gid) == (USER, USER)

    wait_until(lambda: "Nothing new in /inbox" in log(folders))  # a minute later
    up(folders)
    said = inside(folders, "lgs-excel", "run", "--inbox", "/inbox", "--out", "/reports/LGS_Analytics.xlsx")
    assert "Nothing new in /inbox" in said
    (mail,) = mails()
    assert mail["To"] == [{"Address": "ann@example.com"}]
    assert mail["Files"] == ["LGS Analytics 2010-12-01.xlsx"]


def test_the_mail_is_not_sent_again_by_a_new_container(folders):
    up(folders)
    folders.compose("--profile", "pipeline", "rm", "--stop", "--force", "pipeline")
    up(folders)
    inside(folders, "lgs-excel", "run", "--inbox", "/inbox", "--out", "/reports/LGS_Analytics.xlsx")
    assert len(mails()) == 1


def test_it_runs_as_the_user_of_env_and_with_no_rights_besides(folders):
    up(folders)
    said = inside(folders, "grep", "-E", "^(CapEff|CapBnd|NoNewPrivs|Uid)", "/proc/1/status")
    values = {line.split(":")[0]: line.split(":")[1].split()[0] for line in said.splitlines()}
    assert values == {"Uid": str(USER), "CapEff": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1"}


def test_any_setting_of_env_arrives_there_and_no_password_that_it_does_not_want(folders):
    up(folders)
    said = dict(line.split("=", 1) for line in inside(folders, "env").splitlines() if line.startswith("LGS_"))
    assert said["LGS_CURRENCY"] == "kr"
    assert (said["LGS_DB_PASSWORD"], said["LGS_REPORT_PASSWORD"]) == ("", "")


def test_its_program_can_be_changed_by_nobody_inside(folders):
    up(folders)
    assert "Read-only file system" in inside(folders, "touch", "/opt/lgs/planted", check=False)


def test_it_is_stopped_at_once_when_it_has_only_begun(folders):
    up(folders)
    folders.compose("--profile", "pipeline", "stop", "pipeline")
    begun = time.monotonic()
    folders.compose("--profile", "pipeline", "start", "pipeline")
    folders.compose("--profile", "pipeline", "stop", "pipeline")
    assert time.monotonic() - begun < 20


def test_a_stop_in_the_middle_of_a_load_ends_the_load(folders):
    count = 100_000
    put(folders, "many.csv", [line for number in range(count // 10) for line in invoice(str(600_000 + number), 10)])
    up(folders, EVERY_MINUTE)
    wait_until(lambda: "many.csv" in log(folders))
    folders.compose("--profile", "pipeline", "stop", "pipeline")
    said = log(folders)
    assert said.index("Told to stop: after what is under way") < said.index("100,000 loaded")
    assert folders.inspect("pipeline", "{{.State.ExitCode}}") == "0"
    assert (folders.folder / "inbox" / "done" / "many.csv").exists()
    assert folders.sql("SELECT count(*) FROM retail WHERE invoice_no >= '600000'") == str(count)


def test_the_log_and_the_workbook_have_the_clock_of_the_shop(folders):
    folders.set(LGS_TIMEZONE="Asia/Tokyo")
    up(folders)
    wait_until(lambda: "Next: " in log(folders))
    said = datetime.strptime(log(folders).splitlines()[-1][:19], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - of Tokyo
    folders.set(LGS_TIMEZONE="Europe/London")
    here = datetime.now(UTC).replace(tzinfo=None)
    assert said - here > timedelta(hours=8)


def test_the_doctor_inside_finds_warehouse_mail_server_and_fonts_well(folders):
    up(folders)
    said = json.loads(inside(folders, "lgs-excel", "doctor", "--format", "json"))
    findings = {finding["name"]: finding for finding in said}
    assert [name for name, finding in findings.items() if finding["level"] == "bad"] == []
    assert "mail answers (starttls)" in findings["Mail server"]["found"]
    assert "Carlito" in findings["Fonts"]["found"]


def test_the_image_has_no_compiler_no_secret_and_no_test(ready):
    script = (
        "command -v gcc cc make hatchling; find /opt /state /srv -name tests -o -name 'test_*.py' -o -name .env -o "
        "-name .git; env"
    )
    said = ready.docker("run", "--rm", "--user=0", "--entrypoint=sh", "lgs-pipeline", "-c", script)
    assert [line for line in said.splitlines() if line.startswith("/")] == []
    assert "PASSWORD" not in said
    assert "PASSWORD" not in ready.docker("history", "--no-trunc", "lgs-pipeline")


def test_the_image_adds_no_more_than_its_libraries(ready):
    size = ("image", "inspect", "--format", "{{.Size}}")
    ours, base = (int(ready.docker(*size, image)) for image in ("lgs-pipeline", "python:3.13-slim"))
    assert ours - base < ADDED_MEGABYTES * 1_000_000
