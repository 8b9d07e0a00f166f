"""Work done at the times of a cron expression."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from lgs_excel import cli, schedule
from lgs_excel.errors import InputError
from lgs_excel.schedule import keep, parse_cron
from tests.loading.exports import invoice, write_csv

EVERY_SECOND = CronTrigger(second="*")
LONDON = ZoneInfo("Europe/London")


def times(cron, begin, count):
    trigger, found = parse_cron(cron, "Europe/London"), []
    moment = begin.replace(tzinfo=LONDON)
    for _ in range(count):
        moment = trigger.get_next_fire_time(found[-1] if found else None, moment)
        found.append(moment)
    return [f"{moment:%a %d %b %H:%M %Z}" for moment in found]


def test_monday_at_seven_is_seven_on_the_clocks_of_the_zone_in_winter_and_in_summer():
    assert times("0 7 * * MON", datetime(2026, 3, 20), 2) == ["Mon 23 Mar 07:00 GMT", "Mon 30 Mar 07:00 BST"]


def test_all_five_parts_must_match():
    assert times("30 6 1 * MON-FRI", datetime(2026, 1, 2), 2) == ["Wed 01 Apr 06:30 BST", "Fri 01 May 06:30 BST"]


@pytest.mark.parametrize(
    ("cron", "timezone", "said"),
    [
        ("0 7 * *", None, "--cron '0 7 * *' has 4 parts. It takes 5: \"0 7 * * MON\" is every Monday at seven."),
        ("0 7 * * 1", None, "--cron '0 7 * * 1' numbers the weekday. Name it, such as MON, or MON-FRI"),
        ("0 7 * * MON,3", None, "numbers the weekday"),
        ("61 7 * * MON", None, "--cron '61 7 * * MON' can't be read: Error validating expression '61': "),
        ("0 7 * * MUN", None, 'Invalid weekday name "MUN"'),
        ("0 7 31 2 *", None, "--cron '0 7 31 2 *' names a time that never comes"),
        ("0 7 * * MON", "Europe/Londn", "--timezone 'Europe/Londn' is not a time zone. Nearest: Europe/London."),
        ("0 7 * * MON", "../../etc/passwd", "is not a time zone"),
    ],
)
def test_what_is_no_time_is_said(cron, timezone, said):
    with pytest.raises(InputError, match=re.escape(said)):
        parse_cron(cron, timezone)


# Ctrl-C, what a service manager sends, and Windows' Ctrl-Break.
TOLD = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]


def stop_soon(seconds=0.2, name="SIGTERM"):
    threading.Timer(seconds, signal.raise_signal, (getattr(signal, name),)).start()


def test_a_task_is_done_again_and_again_until_told_to_stop():
    done, said = [], []

    def task():
        done.append(1)
        if len(done) == 2:
            stop_soon()

    keep(task, EVERY_SECOND, said.append)
    assert len(done) in {2, 3}
    assert said[0].startswith("Next: ")
    assert said[-1] == "Told to stop: after what is under way"


@pytest.mark.parametrize("name", TOLD)
def test_told_to_stop_it_ends_what_is_under_way_first(name):
    ended = []

    def task():
        stop_soon(0.05, name)
        time.sleep(0.5)
        ended.append(1)

    before = signal.getsignal(getattr(signal, name))
    keep(task, EVERY_SECOND, lambda _: None)
    assert ended == [1]
    assert signal.getsignal(getattr(signal, name)) is before


def test_a_fault_that_nobody_foresaw_is_said_with_its_traceback_and_the_next_time_comes():
    done, said = [], []

    def task():
        done.append(1)
        if len(done) == 2:
            stop_soon()
        raise ZeroDivisionError("by nought")

    keep(task, EVERY_SECOND, said.append)
    assert len(done) in {2, 3}
    failed = next(text for text in said if text.startswith("FAILED"))
    assert "Traceback (most recent call last):" in failed
    assert failed.endswith("ZeroDivisionError: by nought")


def test_a_run_that_fails_is_said_and_tried_the_next_time(monkeypatch, tmp_path, capsys):
    inbox, out = tmp_path / "inbox", tmp_path / "report.xlsx"
    inbox.mkdir()
    monkeypatch.setenv("LGS_WAREHOUSE_URL", f"duckdb:///{(tmp_path / 'lgs.duckdb').as_posix()}")
    monkeypatch.setattr(schedule, "parse_cron", lambda *_: EVERY_SECOND)

    def export_and_stop():
        deadline = time.monotonic() + 60
        while not (inbox / "failed").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)  # the first run finds no warehouse
        write_csv(tmp_path / "sales.csv", invoice("536365"))
        os.utime(tmp_path / "sales.csv", (0, 0))
        (tmp_path / "sales.csv").rename(inbox / "sales.csv")
        deadline = time.monotonic() + 60
        while not out.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=export_and_stop).start()
    cli.app(["schedule", "--inbox", str(inbox), "--out", str(out)], standalone_mode=False)
    printed = capsys.readouterr()
    assert "FAILED: There is no warehouse at" in printed.err
    assert f"Wrote {out}" in printed.out
    assert (inbox / "done" / "sales.csv").exists()


def test_the_command_waits_for_its_time_and_stops_when_told(tmp_path):
    command = [sys.executable, "-m", "lgs_excel.cli", "schedule", "--inbox", ".", "--out", "report.xlsx"]
    zone = ["--timezone", "Europe/London"]
    with subprocess.Popen([*command, *zone], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert "Next: Monday " in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Told to stop" in rest


def test_an_inbox_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(InputError, match="There is no folder"):
        cli.app(["schedule", "--inbox", str(tmp_path / "no"), "--out", str(tmp_path / "r.xlsx")], standalone_mode=False)
