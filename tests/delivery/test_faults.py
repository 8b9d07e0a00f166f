"""What goes wrong on the way: each recipient gets the report once, or it is said that it may not be so."""

import os
import socket
import sqlite3
import time
from datetime import UTC, datetime

import pytest

from lgs_excel.delivery import delivery_log as delivery_log_module
from lgs_excel.delivery import mailer, smtp
from lgs_excel.delivery.delivery_log import DeliveryLog, State
from lgs_excel.delivery.mailing import delivery_key, plan_mailing
from lgs_excel.delivery.send import send
from lgs_excel.errors import DeliveryError
from tests.delivery.conftest import OWNER, READERS
from tests.delivery.sample_mail import body, mail_report, parsed

ANN, BOB, CY = READERS


@pytest.fixture
def mail(mail_settings, delivery_log):
    """Sends the report to the readers, or to those who are named; more of `plan` can be said."""
    settings = mail_settings()

    def mail(*to, report=None, **given):
        return send(
            report or mail_report(),
            plan_mailing(settings, to or READERS, **given),
            settings,
            delivery_log,
            None,
            lambda _: None,
        )

    return mail


def states(delivery):
    return [one.state.value for one in delivery.statuses]


def arrived(postbox):
    return [len(postbox.got(reader)) for reader in READERS]


def notices(postbox):
    return [(parsed(mail)["Subject"], body(parsed(mail), "plain")) for mail in postbox.got(OWNER)]


def test_nobody_gets_it_twice_however_often_it_is_sent(mail, postbox):
    assert states(mail()) == ["sent"] * 3
    second = mail()
    second.check()
    assert arrived(postbox) == [1, 1, 1]
    assert all(one.earlier for one in second.statuses)
    assert second.sentences[0].startswith(f"{ANN}: sent on {datetime.now().astimezone().day} ")


def test_an_address_in_other_letters_is_the_same(mail, postbox):
    mail(ANN)
    mail("Ann@Example.com")
    mail(f" {ANN} ", ANN.upper())
    assert len(postbox.mails) == 1


def test_newer_data_other_filters_and_another_warehouse_are_other_news(mail, postbox):
    for other in (
        {},
        {"filters": "France"},
        {"warehouse": "87654321"},
        {"data_through": "2999-01-01"},
        {"rfm": "classic"},
    ):
        mail(ANN, report=mail_report(**other))
    mail(ANN, customers=True)
    assert len(postbox.got(ANN)) == 6


def test_again_sends_it_again_and_is_recorded(mail, postbox, delivery_log):
    mail(ANN)
    mail(ANN, again=True).check()
    mail(ANN)
    assert len(postbox.got(ANN)) == 2
    marks = {parsed(mail)["Message-ID"] for mail in postbox.got(ANN)}
    assert len(marks) == 2
    entries = delivery_log.history(delivery_key("LGS Analytics", mail_report().facts, mailing_to(ANN)), ANN)
    assert [(entry.state.value, entry.again) for entry in entries] == [
        ("claimed", False), ("unknown", False), ("sent", False), ("claimed", True), ("unknown", False), ("sent", False),
    ]  # fmt: skip


def mailing_to(*to):
    from tests.conftest import settings_for

    return plan_mailing(settings_for("duckdb:///x.duckdb", mail_from="reports@example.com"), to)


def test_a_refused_recipient_is_reported_once_and_stops_nobody(mail, postbox):
    postbox.faults[BOB] = ["refuse"]
    first = mail()
    assert states(first) == ["sent", "refused", "sent"]
    assert arrived(postbox) == [1, 0, 1]
    assert first.statuses[1].sentence == (
        f"{BOB}: refused (550 5.1.1 no such user); see to the cause; --again tries once more"
    )
    with pytest.raises(DeliveryError, match=f"Not everybody has the report: {BOB}: refused"):
        first.check()
    ((subject, text),) = notices(postbox)
    assert subject.endswith("not sent to everybody")
    assert f"{BOB}: refused (550 5.1.1 no such user)" in " ".join(text.split())
    assert ANN not in text
    assert first.remarks == (f"{OWNER} was told by mail.",)
    second = mail()
    assert states(second) == ["sent", "refused", "sent"]
    assert arrived(postbox) == [1, 0, 1]
    assert len(notices(postbox)) == 1
    with pytest.raises(DeliveryError):
        second.check()
    mail(BOB, again=True).check()
    assert arrived(postbox) == [1, 1, 1]


def test_a_server_that_refuses_and_hangs_up_has_refused(mail, postbox):
    postbox.faults[BOB], postbox.drops_after_refusing = ["refuse"], True
    assert states(mail()) == ["sent", "refused", "sent"]
    assert arrived(postbox) == [1, 0, 1]


def test_a_recipient_put_off_once_gets_it_in_the_same_run(mail, postbox):
    postbox.faults[BOB] = ["later"]
    mail().check()
    assert arrived(postbox) == [1, 1, 1]
    assert notices(postbox) == []


@pytest.mark.parametrize("fault", ["later", "later-end", "hang-up", "drop"])
def test_a_fault_that_lasts_is_given_up_and_a_second_run_completes_the_rest(mail, postbox, fault):
    postbox.faults[BOB] = [fault] * 3
    first = mail()
    assert states(first) == ["sent", "failed", "sent"]
    assert arrived(postbox) == [1, 0, 1]
    assert postbox.faults[BOB] == []
    ((_, text),) = notices(postbox)
    assert BOB in text
    with pytest.raises(DeliveryError, match=f"{BOB}: failed .*run this again to try once more"):
        first.check()
    mail().check()
    assert arrived(postbox) == [1, 1, 1]


@pytest.mark.parametrize("fault", ["drop", "hang-up"])
def test_a_connection_dropped_before_the_mails_end_loses_and_doubles_nothing(mail, postbox, fault):
    postbox.faults[ANN], postbox.faults[CY] = [fault], [fault]
    mail().check()
    assert arrived(postbox) == [1, 1, 1]


def test_a_connection_dropped_within_the_text_is_tried_again_or_said_to_be_unknown(mail, postbox):
    # Which of them depends on whether the mail's end was on its way already when the drop was noticed.
    postbox.faults[BOB] = ["drop-data"]
    told = states(mail())
    assert told in (["sent", "sent", "sent"], ["sent", "unknown", "sent"])
    assert states(mail()) == told
    assert arrived(postbox) == [1, told[1] == "sent", 1]


@pytest.mark.parametrize(("fault", "kept"), [("lose", 0), ("keep", 1)])
def test_a_connection_dropped_after_the_mails_end_is_unknown_and_not_sent_again(mail, postbox, fault, kept):
    postbox.faults[BOB] = [fault]
    first = mail()
    assert states(first) == ["sent", "unknown", "sent"]
    assert arrived(postbox) == [1, kept, 1]
    with pytest.raises(DeliveryError, match=f"{BOB}: unknown .*ask whether it arrived; --again sends it again"):
        first.check()
    ((_, text),) = notices(postbox)
    assert "unknown" in text
    assert states(mail()) == ["sent", "unknown", "sent"]
    assert arrived(postbox) == [1, kept, 1]


def test_a_server_that_hangs_after_the_mails_end_is_unknown(mail_settings, postbox, delivery_log):
    settings = mail_settings(smtp_timeout_seconds=0.5)
    postbox.faults[BOB] = ["hang"]
    begun = time.monotonic()
    delivery = send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, lambda _: None)
    assert states(delivery) == ["sent", "unknown", "sent"]
    assert time.monotonic() - begun < 15  # not until the server has slept enough
    assert "timed out" in delivery.statuses[1].detail
    assert arrived(postbox) == [1, 1, 1]


def test_spam_is_refused_for_good(mail, postbox):
    postbox.faults[BOB] = ["refuse-end"]
    assert mail().statuses[1].detail == "554 5.7.1 looks like spam"
    assert states(mail()) == ["sent", "refused", "sent"]


def test_a_server_that_is_away_fails_all_and_later_all_get_it(mail_settings, postbox, delivery_log):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = mail_settings(smtp_port=probe.getsockname()[1])
    first = send(mail_report(), plan_mailing(away, READERS), away, delivery_log, None, lambda _: None)
    assert states(first) == ["failed"] * 3
    assert first.remarks[0].startswith(f"{OWNER} could not be told by mail: failed (127.0.0.1:")
    back = mail_settings()
    send(mail_report(), plan_mailing(back, READERS), back, delivery_log, None, lambda _: None).check()
    assert arrived(postbox) == [1, 1, 1]


def test_a_wrong_password_is_tried_once_and_fails_all(mail, postbox, monkeypatch):
    monkeypatch.setenv("LGS_SMTP_PASSWORD", "wrong")
    first = mail()
    assert states(first) == ["failed"] * 3
    assert "did not let reports in: 535" in first.statuses[0].detail
    # One connection for the readers and one for the owner; a server is asked by two mechanisms each time.
    assert postbox.connections <= 2 * 2
    assert postbox.mails == []


def test_what_fails_often_enough_is_left_alone_until_it_is_sent_again_on_purpose(
    mail, postbox, delivery_log, monkeypatch
):
    monkeypatch.setattr(delivery_log_module, "MOST_ATTEMPTS", 5)
    postbox.faults[BOB] = ["later"] * 9
    assert states(mail(BOB)) == ["failed"]
    assert states(mail(BOB)) == ["failed"]
    assert len(postbox.faults[BOB]) == 4
    last = mail(BOB)
    assert (last.statuses[0].earlier, len(postbox.faults[BOB])) == (True, 4)
    assert last.statuses[0].sentence.endswith("--again tries once more")
    assert states(mail(BOB, again=True)) == ["failed"]
    assert len(postbox.faults[BOB]) == 1


def test_the_pauses_between_tries_grow(mail, postbox, monkeypatch):
    slept = []
    monkeypatch.setattr(mailer, "PAUSE_SECONDS", 2.0)
    monkeypatch.setattr(mailer.time, "sleep", slept.append)
    postbox.faults[ANN] = ["later"] * 3
    mail(ANN)
    assert slept == [6.0, 18.0]


def test_one_whose_turn_never_came_is_tried_as_often_as_others(mail, postbox):
    postbox.faults[ANN] = ["drop"] * 3
    assert states(mail()) == ["failed", "sent", "sent"]


def test_without_an_owner_that_is_said(mail_settings, postbox, delivery_log):
    settings = mail_settings(mail_owner="")
    postbox.faults[ANN] = ["refuse"]
    delivery = send(mail_report(), plan_mailing(settings, (ANN,)), settings, delivery_log, None, lambda _: None)
    assert delivery.remarks == ("Nobody was told by mail: mail_owner is not set.",)


def test_nothing_is_delivered_if_the_ledger_cannot_be_written_before_the_mails_end(mail, postbox, monkeypatch):
    def full(self, delivery_key, recipient, state, detail=""):
        raise DeliveryError("disk full")

    monkeypatch.setattr(DeliveryLog, "note", full)
    with pytest.raises(DeliveryError, match="disk full"):
        mail()
    assert postbox.mails == []
    monkeypatch.undo()


def test_whatever_breaks_just_before_the_mails_end_delivers_nothing(mail_settings, postbox, delivery_log, monkeypatch):
    settings = mail_settings()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(DeliveryLog, "note", stop)
    with pytest.raises(KeyboardInterrupt):
        send(mail_report(), plan_mailing(settings, (ANN,)), settings, delivery_log, None, lambda _: None)
    assert postbox.mails == []


def test_a_line_that_is_a_dot_arrives_as_it_is(mail_settings, postbox):
    settings = mail_settings()
    text = b"Subject: dots\r\n\r\n.\r\n..\r\n.one\r\nend\r\n"
    with smtp.connect(settings) as server:
        assert smtp.transmit(server, settings.mail_from, ANN, text, lambda: None).state is State.SENT
    assert postbox.got(ANN) == [text]


def test_two_processes_do_not_send_at_once(delivery_log):
    with (
        delivery_log.sending(0.1),
        pytest.raises(DeliveryError, match="Another lgs-excel is sending mail"),
        delivery_log.sending(0.1),
    ):
        pass
    with delivery_log.sending(0.1):
        pass


def test_a_ledger_that_is_no_database_is_said_and_nothing_is_sent(mail, delivery_log, postbox):
    delivery_log.file.parent.mkdir()
    delivery_log.file.write_text("no database" * 100)
    with pytest.raises(DeliveryError, match=r"The ledger of sent mail .* can't be used: file is not a database"):
        mail()
    assert postbox.mails == []


def test_the_ledger_is_its_users_alone_and_keeps_every_entry(mail, delivery_log):
    mail(ANN)
    if os.name == "posix":  # elsewhere the user's folder is what keeps others out
        assert delivery_log.file.stat().st_mode & 0o077 == 0
    with sqlite3.connect(delivery_log.file) as connection:
        rows = connection.execute("SELECT state, at, recipient FROM entry ORDER BY id").fetchall()
    connection.close()
    assert [state for state, _, _ in rows] == ["claimed", "unknown", "sent"]
    assert all(datetime.fromisoformat(at).tzinfo is UTC or at.endswith("+00:00") for _, at, _ in rows)
