"""Who may get a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.delivery.addresses import owner, recipients, sender
from lgs_excel.errors import DeliveryError, SettingsError
from tests.conftest import settings_for


def settings(**given):
    return settings_for("duckdb:///x.duckdb", **{"mail_from": "reports@example.com"} | given)


def test_those_asked_for_go_before_those_of_the_settings():
    known = settings(mail_to=["cy@example.com"])
    assert recipients(["ann@example.com"], known) == ("ann@example.com",)
    assert recipients([], known) == ("cy@example.com",)


def test_nobody_is_said():
    with pytest.raises(DeliveryError, match=r"Nobody to send to\. Name somebody with --to, or set mail_to\."):
        recipients([], settings())


def test_without_a_list_only_the_senders_own_domain_may_get_mail():
    assert recipients(["ann@EXAMPLE.com"], settings()) == ("ann@EXAMPLE.com",)
    with pytest.raises(DeliveryError, match=r"ann@exmaple\.com may not get reports: .* Allowed: example\.com\."):
        recipients(["ann@exmaple.com"], settings())


@pytest.mark.parametrize("address", ["a@sub.example.com", "a@example.com.evil.org", "a@evilexample.com"])
def test_a_domain_is_allowed_as_a_whole_and_alone(address):
    with pytest.raises(DeliveryError, match="may not get reports"):
        recipients([address], settings(allowed_domains=["example.com", "@shop.example"]))


def test_allowed_domains_are_those_that_are_named():
    known = settings(allowed_domains=["@Shop.example"])
    assert recipients(["a@shop.EXAMPLE"], known) == ("a@shop.EXAMPLE",)
    with pytest.raises(DeliveryError, match=r"Allowed: shop\.example"):
        recipients(["a@example.com"], known)


@pytest.mark.parametrize(
    "address",
    [
        "", "ann", "ann@", "@example.com", "a b@example.com", "ann@example.com, bob@example.com", "<ann@example.com>",
        "ann@example.com\r\nRCPT TO:<e@example.org>", "ann@example.com\n", "änn@example.com", '"a b"@example.com',
        "ann@ex ample.com", "ann@-example.com", "ann@example..com", "a..b@example.com", ".a@example.com",
        "ann@example.com\x00", f"{'a' * 250}@example.com", "ann@example.com>", "ann@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(DeliveryError, match=r"is not a mail address|Nobody"):
        recipients([f"{address}x" if address.endswith("\n") else address], settings())


@given(st.text())
def test_no_address_can_hold_a_line_end_or_a_second_address(text):
    try:
        (found,) = recipients([f"{text}@example.com"], settings())
    except DeliveryError:
        return
    assert found.isascii()
    assert found.isprintable()
    assert not set(found) & set(' ,;:<>()[]\\"')


def test_the_sender_and_the_owner_must_be_addresses():
    with pytest.raises(SettingsError, match="mail_from is '', which is not a mail address"):
        sender(settings(mail_from=""))
    with pytest.raises(SettingsError, match="mail_owner is 'it', which is not a mail address"):
        owner(settings(mail_owner="it"))
    assert owner(settings()) == ""
