"""One connection to the mail server, and one mail through it: encrypted, verified, in bounded time."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lgs_excel.delivery.delivery_log import State
from lgs_excel.delivery.digest import line
from lgs_excel.delivery.password import password, scrubbed
from lgs_excel.errors import DeliveryError
from lgs_excel.settings import SECURITIES, Settings

_LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
_OK, _NOT_TAKEN, _GO_AHEAD, _CLOSING = 2, (4, 5), 354, 421
_NOTHING_SENT = "nothing was sent"


class UnreachableError(DeliveryError):
    """The server can't be had now; later it may."""


@dataclass(frozen=True)
class SendResult:
    """What became of one mail. said: the server's words. retry: whether it may be tried again at once."""

    state: State
    detail: str = ""
    retry: bool = False


@contextmanager
def connect(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that is logged in, closed at the end.

    Raises UnreachableError if the server can't be had now, and DeliveryError for what will not mend by itself: no
    server set, a certificate that doesn't verify, no encryption offered, a login refused.
    """
    if not settings.smtp_host:
        raise DeliveryError(
            "No mail server is set. Set smtp_host, and mail_from; README.md lists the settings of mail."
        )
    server: smtplib.SMTP | None = None
    try:
        server = _open(settings)
        _log_in(server, settings)
    except (OSError, smtplib.SMTPException) as error:
        if server:
            server.close()
        raise _as_delivery_error(error, settings) from None
    except DeliveryError:
        if server:
            server.close()
        raise
    try:
        yield server
    finally:
        _quit(server)


def transmit(
    server: smtplib.SMTP, sender: str, recipient: str, message: bytes, before_end: Callable[[], None]
) -> SendResult:
    """Send `message` (lines that end with CRLF) to one recipient.

    A server delivers nothing before it has the mail's end, a line with a dot: until then whatever breaks leaves the
    mail unsent for certain. `before_end` is called just before the end is sent; if it raises, nothing is delivered.
    After that only the server's answer tells, and without one the state is unknown.
    """
    try:
        result = _announce(server, sender, recipient, message)
        if result:
            return result
        server.send(_LINE_BEGINS_WITH_DOT.sub(b"..", message))
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return SendResult(
            State.FAILED, f"the connection was lost before the mail was sent ({_reason(error)})", retry=True
        )
    except BaseException:
        server.close()
        raise
    return _end(server, before_end)


def _announce(server: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> SendResult | None:
    """Tell the server of the mail as far as its text; its answer if it doesn't want that."""
    options = [f"size={len(message)}"] if server.has_extn("size") else []
    code, reply = server.mail(sender, options)
    if code // 100 != _OK:
        # Of the sender or the mail, not of the recipient: whoever mends it wants no --again.
        return _rejected(server, code, reply, State.FAILED)
    code, reply = server.rcpt(recipient)
    if code // 100 != _OK:
        return _rejected(server, code, reply, State.REFUSED)
    code, reply = server.docmd("DATA")
    if code != _GO_AHEAD:
        return _rejected(server, code, reply, State.FAILED)
    return None


def _rejected(server: smtplib.SMTP, code: int, reply: bytes, for_good: State) -> SendResult:
    if code == _CLOSING or code < 0:
        server.close()
    else:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            server.close()  # its answer stands
    return _failure(code, reply, for_good)


def _end(server: smtplib.SMTP, before_end: Callable[[], None]) -> SendResult:
    try:
        before_end()
        server.send(b".\r\n")
        code, reply = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        return SendResult(State.UNKNOWN, f"the server did not say whether it took the mail ({_reason(error)})")
    except BaseException:
        server.close()  # not the usual QUIT, which would be read as part of the mail
        raise
    if code == _CLOSING or code < 0:
        server.close()
    if code // 100 == _OK:
        return SendResult(State.SENT, _reply_text(reply))
    if code // 100 in _NOT_TAKEN:
        return _failure(code, reply, State.REFUSED)
    return SendResult(State.UNKNOWN, f"the server's answer can't be read: {code} {_reply_text(reply)}")


def _failure(code: int, reply: bytes, for_good: State) -> SendResult:
    detail = f"{code} {_reply_text(reply)}"
    return SendResult(for_good, detail) if code // 100 == 5 else SendResult(State.FAILED, detail, retry=True)


def _open(settings: Settings) -> smtplib.SMTP:
    host, seconds = settings.smtp_host, settings.smtp_timeout_seconds
    port = settings.smtp_port or SECURITIES[settings.smtp_security]
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=_tls_context(settings))
    server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=_tls_context(settings))
    except BaseException:
        server.close()
        raise
    return server


def _tls_context(settings: Settings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.smtp_ca_file:
        try:
            context.load_verify_locations(settings.smtp_ca_file)
        except OSError as error:
            raise DeliveryError(
                f"smtp_ca_file {settings.smtp_ca_file} can't be read as certificates: {error}. Name a PEM file."
            ) from error
    return context


def _log_in(server: smtplib.SMTP, settings: Settings) -> None:
    if not settings.smtp_user:
        server.ehlo_or_helo_if_needed()
        return
    secret = password(settings)
    try:
        server.login(settings.smtp_user, secret)
    except smtplib.SMTPAuthenticationError as error:
        detail = scrubbed(_reason(error), settings.smtp_user, secret)
        # Without its cause: a server may repeat what it was sent.
        raise DeliveryError(
            f"{settings.smtp_host} did not let {settings.smtp_user} in: {detail}. See to smtp_user and its password; "
            f"{_NOTHING_SENT} over this connection."
        ) from None
    except UnicodeError:
        raise DeliveryError(
            f"The password of {settings.smtp_user} has letters beyond ASCII, which mail servers don't take."
        ) from None


def _as_delivery_error(error: Exception, settings: Settings) -> DeliveryError:
    """The error in our words; for what the server may mend by itself an UnreachableError."""
    host = f"{settings.smtp_host}:{settings.smtp_port or SECURITIES[settings.smtp_security]}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(
            f"The certificate of {host} can't be trusted: {error.verify_message}. See to smtp_host, or name your own "
            f"authority's certificate in smtp_ca_file; {_NOTHING_SENT}."
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(
            f"{host} can't do what the settings ask for: {_reason(error)}. See to smtp_security and smtp_user; "
            f"{_NOTHING_SENT}."
        )
    if isinstance(error, ssl.SSLError):
        return DeliveryError(
            f"{host} and this machine can't agree on encryption: {error.reason}. See to smtp_port and smtp_security "
            f"(tls: encrypted from the start, 465; starttls: 587); {_NOTHING_SENT}."
        )
    return UnreachableError(
        f"{host} can't be reached: {_reason(error)}. See whether it is up, and to smtp_host and smtp_port."
    )


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        code, reply = error.smtp_code, error.smtp_error
        return f"{code} {_reply_text(reply if isinstance(reply, bytes) else reply.encode())}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return line(str(error)).rstrip(".") or type(error).__name__


def _reply_text(reply: bytes) -> str:
    return line(reply.decode("utf-8", errors="replace")).rstrip(".")


def _quit(server: smtplib.SMTP) -> None:
    try:
        if server.sock is not None:
            server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()  # what was sent has its answer already
