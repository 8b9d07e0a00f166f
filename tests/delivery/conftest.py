"""A real mail server on this machine, with certificates, logins and faults."""

import asyncio
import socket
import ssl
from collections import defaultdict

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from lgs_excel.delivery import mailer
from lgs_excel.delivery.delivery_log import DeliveryLog
from tests.conftest import settings_for

USER, PASSWORD = "reports", "pl4nted-Pa55word/+="
READERS = ("ann@example.com", "bob@example.com", "cy@example.com")
OWNER = "it@example.com"


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


def server_context(authority, host="127.0.0.1"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


class Postbox:
    """What arrived, and what goes wrong: faults[address] is a list of things to do, one at each try.

    "refuse", "later" and "drop" when the recipient is named; "drop-data" when the text begins; "lose" and "keep": the
    connection is dropped after the mail's end, the mail not kept or kept; "hang": kept, but nothing is said;
    "refuse-end" and "later-end": said after the mail's end.
    """

    def __init__(self):
        self.mails = []  # (recipient, bytes)
        self.faults = defaultdict(list)
        self.logins = []
        self.connections = 0
        self.delay = 0.0
        self.drops_after_refusing = False

    def got(self, recipient):
        return [mail for to, mail in self.mails if to == recipient]

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        fault = self.faults[address][0] if self.faults[address] else None
        if fault in {"refuse", "later", "drop", "hang-up"}:
            self.faults[address].pop(0)
        if fault == "refuse":
            return "550 5.1.1 no such user"
        if fault == "later":
            return "451 4.7.1 try again later"
        if fault == "drop":
            server.transport.abort()
            return "250 ok"
        if fault == "hang-up":
            return "421 4.3.2 closing"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        fault = self.faults[recipient].pop(0) if self.faults[recipient] else None
        await asyncio.sleep(self.delay)
        if fault in {None, "keep", "hang"}:
            self.mails.append((recipient, envelope.original_content))
        if fault in {"lose", "keep"}:
            server.transport.abort()
        if fault == "hang":
            await asyncio.sleep(60)
        return {"refuse-end": "554 5.7.1 looks like spam", "later-end": "452 4.3.1 disk is full"}.get(fault, "250 kept")


class Faulty(SMTP):
    """aiosmtpd's server, which can also drop the connection while the text of a mail comes."""

    def connection_made(self, transport):
        self.event_handler.connections += 1
        super().connection_made(transport)

    async def smtp_RSET(self, arg):  # noqa: N802
        if self.event_handler.drops_after_refusing:
            self.transport.abort()
            return
        await super().smtp_RSET(arg)

    async def smtp_DATA(self, arg):  # noqa: N802
        faults = self.event_handler.faults[self.envelope.rcpt_tos[0]]
        if faults and faults[0] == "drop-data":
            faults.pop(0)
            await self.push("354 go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Server(Controller):
    """The server of a Postbox. security: starttls, tls or none."""

    def __init__(self, postbox, security="starttls", context=None, **more):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.options = {
            "authenticator": postbox.authenticate,
            "auth_require_tls": security == "starttls",
            "tls_context": context if security == "starttls" else None,
            "require_starttls": security == "starttls",
            "data_size_limit": None,
            "hostname": "mail.example.com",
            **more,
        }
        super().__init__(postbox, hostname="127.0.0.1", port=port, ssl_context=context if security == "tls" else None)

    def factory(self):
        return Faulty(self.handler, loop=self.loop, **self.options)


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def serve(postbox, authority):
    """Starts a server of the postbox; gives its port."""
    running = []

    def start(security="starttls", host="127.0.0.1", **more):
        context = None if security == "none" else server_context(authority, host)
        running.append(Server(postbox, security, context, **more))
        running[-1].start()
        postbox.connections = 0  # its own, by which it knew that it listens
        return running[-1].port

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def mail_settings(serve, ca_file, monkeypatch):
    """Gives settings for a new server; what is said goes before."""

    def make(security="starttls", **given):
        monkeypatch.setenv("LGS_SMTP_PASSWORD", PASSWORD)
        known = {
            "smtp_host": "127.0.0.1",
            "smtp_security": security,
            "smtp_user": USER,
            "smtp_ca_file": str(ca_file),
            "smtp_timeout_seconds": 5.0,
            "mail_from": "reports@example.com",
            "mail_owner": OWNER,
            "lock_wait_seconds": 5.0,
        }
        if "smtp_port" not in given:
            known["smtp_port"] = serve(security)
        return settings_for("duckdb:///nowhere.duckdb", **known | given)

    return make


@pytest.fixture
def delivery_log(tmp_path):
    return DeliveryLog(tmp_path / "ledger" / "mail.sqlite")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(mailer, "PAUSE_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def home(own_folders):
    """No settings and no ledger of this machine."""
    return own_folders
