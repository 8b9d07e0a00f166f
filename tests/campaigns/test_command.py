"""Campaigns as they are made and asked for on the command line, on real databases."""

import csv
import json
import os
import sqlite3
import stat
import sys
from contextlib import contextmanager
from datetime import date, timedelta

import numpy as np
import pytest

from lgs_excel import cli
from lgs_excel.campaigns import lists
from lgs_excel.campaigns.ledger import CampaignLedger
from lgs_excel.cli.options import ListFormat
from lgs_excel.report.sheets.campaigns import TOOLS
from lgs_excel.user_cache import ANSWERS
from lgs_excel.warehouse.connect import open_warehouse
from tests.analytics.small_shop import Line, fill
from tests.conftest import settings_for

STARTS = date(2011, 6, 1)
CUSTOMERS = [f"{12_000 + i}" for i in range(120)]


def lines():
    """Every customer has bought; from STARTS on those with an even number buy, for a pound more the higher it is."""
    rng = np.random.default_rng(2)
    sold = []
    for i, customer in enumerate(CUSTOMERS):
        for order in range(1 + i % 4):
            day = STARTS - timedelta(days=int(rng.integers(1, 150)))
            sold.append(
                Line(f"5{i:03}{order}", day.isoformat(), customer, 1 + i, "1.50", "22697" if i % 3 else "22699")
            )
    sold.append(Line("59999", (STARTS - timedelta(days=1)).isoformat(), None))
    return sold


def later():
    sold = [Line(f"7{i:03}", "2011-06-20", CUSTOMERS[i], 1 + i, "1.00") for i in range(0, 120, 2)]
    # Neither a cancellation alone nor what comes after the 30 days is a purchase; the first takes from net sales.
    sold += [Line("C8001", "2011-06-21", CUSTOMERS[1], -3), Line("9001", "2011-07-01", CUSTOMERS[3], 500)]
    return sold


@pytest.fixture(params=["duckdb", "postgresql"])
def shop(request, new_url):
    """A warehouse of each engine that ends the day before STARTS."""
    url = new_url(request.param)
    fill(open_warehouse(settings_for(url)), lines())
    return url


@pytest.fixture
def run(monkeypatch, capsys, own_folders, shop):
    """Runs a command on the shop, with a ledger of its own: (exit code, what it printed)."""
    monkeypatch.setenv("LGS_WAREHOUSE_URL", shop)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["lgs-excel", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code or 0
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def everybody(tmp_path):
    """A file of all customers, and of one whom nobody knows."""
    file = tmp_path / "all.csv"
    file.write_text("\n".join([*CUSTOMERS, "99999"]))
    return file


@pytest.fixture
def ledger(tmp_path):
    return CampaignLedger(tmp_path / "home" / "lgs_excel" / "campaigns.sqlite")


def rows(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def ids(file):
    return [row["customer_id"] for row in rows(file)]


def test_both_lists_have_everybody_once_and_are_the_users_own(run, tmp_path, everybody, ledger):
    code, said = run("campaign", "new", "May", "--customers", everybody, "--hold-out", "25%", "--out", tmp_path / "may")
    assert code == 0, said
    mail, held = tmp_path / "may" / "May-mail.csv", tmp_path / "may" / "May-hold-out.csv"
    assert "1 left out, who bought nothing in the period." in said
    assert "120 customers chosen." in said
    assert "90 to write to, 30 held out." in said
    assert sorted(ids(mail) + ids(held)) == CUSTOMERS
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in (mail, held, ledger.file)} == {0o600}
    (campaign,) = ledger.campaigns()
    assert (sorted(campaign.mailed), sorted(campaign.held_out)) == (ids(mail), ids(held))
    assert campaign.starts == STARTS


def test_the_result_is_that_of_the_lines(run, tmp_path, everybody, shop, ledger):
    run("campaign", "new", "May", "--customers", everybody, "--hold-out", "0.4", "--seed", "3", "--out", tmp_path)
    assert "too early: 0 of 30 days" in run("campaign", "list")[1]
    fill(open_warehouse(settings_for(shop)), lines() + later())
    code, said = run("campaign", "result", "may", "--format", "json")
    assert code == 0, said
    (found,) = json.loads(said)
    (campaign,) = ledger.campaigns()
    for group, name in ((campaign.mailed, "mailed"), (campaign.held_out, "held_out")):
        buyers = [i for i in range(0, 120, 2) if CUSTOMERS[i] in group]
        net = sum(1 + i for i in buyers) - 3 * (CUSTOMERS[1] in group)
        assert found[name] == len(group)
        assert found[f"bought_{name}"] == len(buyers)
        assert found[f"share_{name}"] == len(buyers) / len(group)
        assert found[f"net_{name}"] == pytest.approx(net / len(group), abs=1e-9)
    assert found["difference"] == pytest.approx(found["share_mailed"] - found["share_held_out"])
    assert found["low95"] < found["difference"] < found["high95"]
    assert found["incremental"] == pytest.approx(len(campaign.mailed) * (found["net_mailed"] - found["net_held_out"]))
    assert (found["verdict"], found["days_seen"]) == ("too small to tell", 30)
    assert "Too small to tell" in run("campaign", "result", "May")[1]
    (longer,) = json.loads(run("campaign", "result", "May", "--days", "31", "--format", "json")[1])
    assert longer["bought_mailed"] + longer["bought_held_out"] == 61
    assert longer["days_seen"] == 31


def test_a_campaign_is_judged_by_the_days_that_it_was_made_for(run, tmp_path, everybody, shop):
    run("campaign", "new", "May", "--customers", everybody, "--days", "31", "--out", tmp_path)
    fill(open_warehouse(settings_for(shop)), lines() + later())
    (found,) = json.loads(run("campaign", "list", "--format", "json")[1])
    assert (found["days"], found["days_seen"]) == (31, 31)
    assert found["bought_mailed"] + found["bought_held_out"] == 61


def test_customers_of_two_campaigns_at_a_time_are_counted_and_named(run, tmp_path, everybody):
    run("campaign", "new", "May", "--customers", everybody, "--hold-out", "0%", "--out", tmp_path)
    few = tmp_path / "few.csv"
    few.write_text("\n".join(CUSTOMERS[:10]))
    run("campaign", "new", "June", "--customers", few, "--hold-out", "20%", "--out", tmp_path)
    found = {one["campaign"]: one["in_others"] for one in json.loads(run("campaign", "list", "--format", "json")[1])}
    assert found == {"May": "June (8)", "June": "May (10)"}


def test_who_must_not_or_cannot_be_written_to_is_in_neither_list(run, tmp_path, everybody):
    contacts, stop = tmp_path / "contacts.csv", tmp_path / "stop.csv"
    addresses = {customer: f"c{customer}@example.com" for customer in CUSTOMERS[:100]}
    addresses[CUSTOMERS[7]] = addresses[CUSTOMERS[6]].upper()
    contacts.write_text("id,email\n" + "".join(f"{one}.0,{mail}\n" for one, mail in addresses.items()))
    stop.write_text(f"{CUSTOMERS[0]}\n{addresses[CUSTOMERS[1]].upper()}\n")
    code, said = run(
        "campaign", "new", "May", "--customers", everybody, "--contacts", contacts, "--suppress", stop,
        "--format", "mailchimp", "--hold-out", "50%", "--out", tmp_path / "out",
    )  # fmt: skip
    assert code == 0, said
    for sentence in (
        "2 left out, who must not be written to.",
        "20 left out, who have no address.",
        "1 left out, who have the address of another one of them.",
        "48 to write to, 49 held out.",
    ):
        assert sentence in said
    mailed = [row["Email Address"] for row in rows(tmp_path / "out" / "May-mail.csv")]
    held = [row["email"] for row in rows(tmp_path / "out" / "May-hold-out.csv")]
    assert len(mailed) == len({*mailed}) == 48
    assert {*mailed}.isdisjoint(held)
    assert {*mailed, *held} == {addresses[one] for one in CUSTOMERS[2:100] if one != CUSTOMERS[7]}


def test_several_choices_mean_those_to_whom_all_applies(run, tmp_path, everybody):
    run("campaign", "new", "A", "--has", "22697", "--not", "22699", "--hold-out", "0%", "--out", tmp_path)
    assert ids(tmp_path / "A-mail.csv") == [one for i, one in enumerate(CUSTOMERS) if i % 3]
    run("campaign", "new", "B", "--due", "--hold-out", "0%", "--out", tmp_path)
    due = {row["customer_id"] for row in json.loads(run("show", "second-order-due", "--format", "json")[1])}
    assert {*ids(tmp_path / "B-mail.csv")} == due
    run("campaign", "new", "AB", "--has", "22697", "--not", "22699", "--due", "--hold-out", "0%", "--out", tmp_path)
    assert {*ids(tmp_path / "AB-mail.csv")} == due & {*ids(tmp_path / "A-mail.csv")}
    run("campaign", "new", "C", "--segment", "champions", "--hold-out", "0%", "--out", tmp_path)
    best = json.loads(run("show", "rfm-customers", "--format", "json")[1])
    assert {*ids(tmp_path / "C-mail.csv")} == {row["customer_id"] for row in best if row["segment"] == "Champions"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "x"), "needs customers"),
        (("--segment", "Champion", "--out", "x"), "Nearest: Champions"),
        (("--has", "22697", "--out", "x"), "--has and --not go together"),
        (("--due", "--hold-out", "100%", "--out", "x"), "Give 0% to 99%"),
        (("--due", "--hold-out", "some", "--out", "x"), "is no share"),
        (("--due", "--on", "2011-05-31", "--out", "x"), "is not after the last day"),
        (("--due", "--on", "June", "--out", "x"), "is no day"),
        (("--due", "--days", "0", "--out", "x"), "--days 0 is too few"),
        (("--due", "--format", "klaviyo", "--out", "x"), "Give a file of them with --contacts"),
        (("--customers", "none.csv", "--out", "x"), "can't be read"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(run, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    code, printed = run("campaign", "new", "May", *arguments)
    assert code == 1
    assert said in printed
    assert len(printed.splitlines()) == 1
    assert not (tmp_path / "x").exists()
    assert "No campaign" in run("campaign", "list")[1]


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a\\b", ".hidden", "x" * 61, "a\nb", "=1+1"])
def test_a_name_never_becomes_a_path(run, tmp_path, everybody, name):
    code, said = run("campaign", "new", name, "--customers", everybody, "--out", tmp_path / "x")
    assert code == 1
    assert "can't be a campaign's name" in said
    assert not (tmp_path / "x").exists()


def test_a_name_that_is_taken_is_refused_in_any_case(run, tmp_path, everybody):
    run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path / "one")
    code, said = run("campaign", "new", "MAY", "--customers", everybody, "--out", tmp_path / "two")
    assert (code, (tmp_path / "two").exists()) == (1, False)
    assert "is a campaign 'MAY' already" in said


def test_a_list_that_is_there_is_not_written_over(run, tmp_path, everybody, ledger):
    (tmp_path / "May-hold-out.csv").write_text("mine")
    code, said = run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path)
    assert code == 1
    assert "is there already" in said
    assert not (tmp_path / "May-mail.csv").exists()
    assert (tmp_path / "May-hold-out.csv").read_text() == "mine"
    assert ledger.campaigns() == []


def test_where_a_list_cannot_be_written_there_is_no_campaign(run, tmp_path, everybody, ledger, monkeypatch):
    written = lists._csv
    monkeypatch.setattr(
        lists, "_csv", lambda people, columns: _full() if people["held_out"].any() else written(people, columns)
    )
    code, said = run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path / "out")
    assert code == 1
    assert "can't be written to" in said
    assert list((tmp_path / "out").iterdir()) == []
    assert ledger.campaigns() == []


def test_where_the_ledger_fails_at_the_last_moment_there_are_no_lists(run, tmp_path, everybody, monkeypatch):
    adding = CampaignLedger.adding

    @contextmanager
    def failing(self, campaign):
        with adding(self, campaign):
            yield
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(CampaignLedger, "adding", failing)
    code, said = run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path / "out")
    assert code == 1
    assert "The ledger of campaigns" in said
    assert list((tmp_path / "out").iterdir()) == []
    assert "No campaign" in run("campaign", "list")[1]


def test_a_ledger_that_cannot_be_made_is_said(run, tmp_path, everybody, ledger):
    ledger.file.mkdir(parents=True)
    code, said = run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path / "out")
    assert code == 1
    assert "The ledger of campaigns" in said
    assert not (tmp_path / "out").exists()


def _full():
    raise OSError(28, "No space left on device")


def test_a_dropped_campaign_is_gone_with_its_customers(run, tmp_path, everybody, ledger):
    run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path)
    assert run("campaign", "drop", "may")[0] == 0
    with sqlite3.connect(ledger.file) as connection:
        assert connection.execute("SELECT count(*) FROM member").fetchone() == (0,)
    assert run("campaign", "drop", "may")[0] == 1


def test_who_is_forgotten_is_in_no_ledger_and_the_lists_that_have_him_are_named(run, tmp_path, everybody, ledger):
    run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path)
    ANSWERS.put("one", b"of customers")
    code, said = run("forget", "--customer", "12005.0")
    assert ANSWERS.get("one") is None
    assert code == 0
    assert "Took customer 12005 out of: May." in said
    file = "May-mail.csv" if "12005" in ids(tmp_path / "May-mail.csv") else "May-hold-out.csv"
    assert f"{tmp_path / file} still has the customer" in said
    assert "UPDATE retail SET customer_id = NULL" in said
    (campaign,) = ledger.campaigns()
    assert len(campaign.mailed | campaign.held_out) == 119
    assert b"12005" not in ledger.file.read_bytes()
    assert "Customer 12005 was in no campaign." in run("forget", "--customer", "12005")[1]


def test_a_campaign_of_another_warehouse_is_not_judged_by_this_one(run, tmp_path, everybody, new_url):
    run("campaign", "new", "May", "--customers", everybody, "--out", tmp_path)
    other = new_url("duckdb")
    fill(open_warehouse(settings_for(other)), lines())
    code, said = run("campaign", "result", "May", "--warehouse", other)
    assert code == 1
    assert "is of another warehouse" in said


def test_the_workbook_and_the_command_offer_the_same_mail_tools():
    assert tuple(lists.FORMATS) == TOOLS == tuple(form.value for form in ListFormat)
