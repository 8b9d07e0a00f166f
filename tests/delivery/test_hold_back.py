"""What must not go out: stale, empty, not adding up. Its readers get nothing, the owner gets the reason."""

from datetime import date, timedelta

import pytest

from lgs_excel.delivery.digest import digest
from lgs_excel.delivery.hold_back import objections
from lgs_excel.delivery.mailing import plan_mailing
from lgs_excel.delivery.owner_notice import notify_owner_on_error
from lgs_excel.delivery.send import send
from lgs_excel.errors import DeliveryError
from tests.delivery.conftest import OWNER, READERS
from tests.delivery.sample_mail import YESTERDAY, body, mail_report, parsed

TODAY = date(2011, 12, 24)


def objections_to(stale_days=14, today=TODAY, **facts):
    return objections(digest(mail_report(**{"data_through": "2011-12-09"} | facts)), stale_days, today)


def test_data_of_a_fortnight_ago_may_go_and_a_day_more_is_stale():
    assert objections_to(today=date(2011, 12, 23)) == ()
    (reason,) = objections_to()
    assert reason == (
        "Its data are stale: they end on 9 Dec 2011, 15 days ago; at most 14 are allowed (setting stale_days). Load "
        "newer exports, then send again."
    )
    assert objections_to(stale_days=15) == ()


def test_a_report_up_to_an_earlier_day_is_as_old_as_it_was_asked_to_be():
    assert objections_to(asked_to="2011-12-10", today=date(2026, 1, 1)) == ()
    assert len(objections_to(asked_to="2012-01-01", today=date(2026, 1, 1))) == 1
    assert len(objections_to(asked_to="2999-01-01")) == 1


def test_an_empty_report_and_a_failed_check_are_held():
    assert objections_to(lines="0", today=date(2011, 12, 10)) == (
        "It is empty: not a line of sales is in it. See to its filters, and to what was loaded.",
    )
    verdict = "1 check of 13 failed: Sales: net."
    assert objections_to(failed="1", checks=verdict, today=date(2011, 12, 10)) == (
        f"It does not add up. {verdict} See its sheet Checks.",
    )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"data_through": (YESTERDAY - timedelta(days=14)).isoformat()}, "Its data are stale"),
        ({"lines": "0"}, "It is empty"),
        (
            {"failed": "2", "checks": "2 checks of 13 failed: Sales: net; Orders."},
            "2 checks of 13 failed: Sales: net; Orders.",
        ),
    ],
)
def test_what_is_held_goes_to_nobody_and_the_owner_is_told_why_once_a_day(
    mail_settings, postbox, delivery_log, facts, reason
):
    settings = mail_settings()
    for _ in range(2):
        delivery = send(
            mail_report(**facts), plan_mailing(settings, READERS), settings, delivery_log, None, lambda _: None
        )
        assert delivery.statuses == ()
        assert delivery.remarks == (f"{OWNER} was told by mail.",) or delivery.remarks[0].startswith(
            f"{OWNER} was told"
        )
        with pytest.raises(DeliveryError, match="The report was held back, and nobody was sent it") as caught:
            delivery.check()
        assert reason in str(caught.value)
    ((to, notice),) = postbox.mails
    assert to == OWNER
    assert parsed(notice)["Subject"].endswith("held back, nobody was sent it")
    assert reason in " ".join(body(parsed(notice), "plain").split())
    assert list(parsed(notice).iter_attachments()) == []


def test_what_was_held_goes_out_when_it_is_mended(mail_settings, postbox, delivery_log):
    settings = mail_settings()
    send(mail_report(failed="1"), plan_mailing(settings, READERS), settings, delivery_log, None, lambda _: None)
    send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, lambda _: None).check()
    assert [to for to, _ in postbox.mails] == [OWNER, *READERS]


def test_of_an_error_that_nobody_foresaw_the_owner_is_told_too(mail_settings, postbox, delivery_log):
    settings = mail_settings()
    with (
        pytest.raises(ZeroDivisionError) as caught,
        notify_owner_on_error(plan_mailing(settings, READERS), settings, delivery_log),
    ):
        raise ZeroDivisionError("by nought")
    assert caught.value.__notes__ == [f"{OWNER} was told by mail."]
    ((to, notice),) = postbox.mails
    assert to == OWNER
    assert "ZeroDivisionError: by nought" in " ".join(body(parsed(notice), "plain").split())
