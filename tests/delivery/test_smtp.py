"""The way to the server: encrypted, verified, logged in, in bounded time; and what is said where that fails."""

import smtplib
import socket
import sys
import time
from types import ModuleType

import pytest
import trustme

from lgs_excel.delivery.mailing import plan_mailing
from lgs_excel.delivery.send import send
from lgs_excel.delivery.smtp import UnreachableError, connect
from lgs_excel.errors import DeliveryError, SettingsError
from tests.conftest import settings_for
from tests.delivery.conftest import PASSWORD, READERS, USER
from tests.delivery.sample_mail import mail_report


def quiet(_):
    pass


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_mail_arrives_over_each_kind_of_connection(mail_settings, postbox, delivery_log, security):
    settings = mail_settings(security)
    delivery = send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, quiet)
    delivery.check()
    assert [to for to, _ in postbox.mails] == list(READERS)
    assert postbox.logins == [(USER, PASSWORD)]
    assert delivery.sentences == tuple(f"{one}: sent" for one in READERS)


def test_one_connection_serves_all(mail_settings, postbox, delivery_log):
    settings = mail_settings("tls")
    before = postbox.connections
    send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, quiet)
    assert postbox.connections - before == 1


def test_without_a_user_nobody_logs_in(mail_settings, postbox, delivery_log):
    settings = mail_settings(smtp_user="")
    send(mail_report(), plan_mailing(settings, READERS), settings, delivery_log, None, quiet).check()
    assert postbox.logins == []


def refused(settings):
    with pytest.raises(DeliveryError) as caught, connect(settings):
        pass
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(mail_settings, postbox, tmp_path, security):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    error = refused(mail_settings(security, smtp_ca_file=str(tmp_path / "other.pem")))
    assert "can't be trusted" in str(error)
    assert not isinstance(error, UnreachableError)
    assert postbox.logins == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_another_server_is_refused(mail_settings, serve, postbox, security):
    error = refused(mail_settings(security, smtp_port=serve(security, host="mail.example.org")))
    assert "can't be trusted: IP address mismatch" in str(error)
    assert postbox.logins == []


def test_a_server_without_starttls_is_sent_nothing(mail_settings, serve, postbox):
    error = refused(mail_settings("starttls", smtp_port=serve("none")))
    assert "STARTTLS extension not supported" in str(error)
    assert postbox.logins == []


def test_encryption_on_the_wrong_port_is_said(mail_settings, serve):
    assert "can't agree on encryption" in str(refused(mail_settings("tls", smtp_port=serve("starttls"))))


def test_a_wrong_password_is_said_and_not_repeated(mail_settings, monkeypatch):
    settings = mail_settings()
    monkeypatch.setenv("LGS_SMTP_PASSWORD", "wrong-one")
    error = refused(settings)
    assert str(error).startswith("127.0.0.1 did not let reports in: 535 ")
    assert "wrong-one" not in str(error)
    assert error.__suppress_context__
    assert not isinstance(error, UnreachableError)


def test_no_password_is_said_with_both_places_for_it(mail_settings, monkeypatch):
    settings = mail_settings()
    monkeypatch.delenv("LGS_SMTP_PASSWORD")
    assert str(refused(settings)) == (
        "There is no password for reports at 127.0.0.1. Put it into the environment as LGS_SMTP_PASSWORD, or into the "
        "system's keyring: keyring set lgs_excel reports."
    )


def test_a_server_that_is_not_there_may_be_later(mail_settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = refused(mail_settings(smtp_port=port))
    assert isinstance(error, UnreachableError)
    kind = "WinError" if sys.platform == "win32" else "Errno"
    assert f"127.0.0.1:{port} can't be reached: [{kind}" in str(error)


def test_a_server_that_says_nothing_is_given_up_in_time(mail_settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = mail_settings(smtp_port=silent.getsockname()[1], smtp_timeout_seconds=0.3)
        begun = time.monotonic()
        assert isinstance(refused(settings), UnreachableError)
        assert time.monotonic() - begun < 5


def test_without_a_server_set_the_settings_are_named(mail_settings):
    assert str(refused(mail_settings(smtp_host=""))).startswith("No mail server is set. Set smtp_host")


def test_certificates_that_are_none_are_said(mail_settings, tmp_path):
    (tmp_path / "ca.pem").write_text("hello")
    assert "can't be read as certificates" in str(refused(mail_settings(smtp_ca_file=str(tmp_path / "ca.pem"))))


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.1", "localhost.example.com", "::2"])
def test_nothing_goes_unencrypted_to_another_machine(host):
    with pytest.raises(SettingsError, match="is another machine"):
        settings_for("duckdb:///x.duckdb", smtp_security="none", smtp_host=host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_may_be_sent_to_unencrypted(host):
    assert settings_for("duckdb:///x.duckdb", smtp_security="none", smtp_host=host).smtp_host == host


def test_a_server_that_repeats_the_password_is_not_quoted(mail_settings, serve, postbox, monkeypatch):
    settings = mail_settings()

    def repeat(server, mechanism, *_, **__):
        raise smtplib.SMTPAuthenticationError(535, f"no: {PASSWORD}".encode())

    monkeypatch.setattr(smtplib.SMTP, "login", repeat)
    assert "535 no: …" in str(refused(settings))


def test_the_keyring_gives_the_password_where_there_is_one(mail_settings, postbox, delivery_log, monkeypatch):
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    keyring.get_password = lambda app, user: PASSWORD if (app, user) == ("lgs_excel", USER) else None
    errors.KeyringError = OSError
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    settings = mail_settings()
    monkeypatch.delenv("LGS_SMTP_PASSWORD")
    send(mail_report(), plan_mailing(settings, READERS[:1]), settings, delivery_log, None, quiet).check()
    assert postbox.logins == [(USER, PASSWORD)]


def test_a_password_that_mail_servers_do_not_take_is_said_and_not_repeated(mail_settings, monkeypatch):
    settings = mail_settings()
    monkeypatch.setenv("LGS_SMTP_PASSWORD", "pässwörd")
    error = str(refused(settings))
    assert error == "The password of reports has letters beyond ASCII, which mail servers don't take."
