"""One way for every report that is mailed: gate, contents, delivery, and the owner told of what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from lgs_excel.delivery.attachment import without_customers
from lgs_excel.delivery.delivery_log import Issue, Ledger, State
from lgs_excel.delivery.digest import Digest, digest
from lgs_excel.delivery.hold_back import objections
from lgs_excel.delivery.mailer import Outcome, Post, Say, deliver
from lgs_excel.delivery.mailing import Mailing, issue
from lgs_excel.delivery.message import (
    PDF,
    XLSX,
    Attachment,
    Contents,
    Envelope,
    file_name,
    fitted,
    report_mail,
)
from lgs_excel.delivery.owner_notice import owner_is_told, tell_owner
from lgs_excel.delivery.pdf import summary_pdf
from lgs_excel.errors import DeliveryError
from lgs_excel.report.model import Report
from lgs_excel.settings import Settings
from lgs_excel.writers.headless import workbook_bytes

_NO_PDF = "There is no PDF this time: LibreOffice, which makes it, is not there or failed."


@dataclass(frozen=True)
class Delivery:
    """What became of a mailing. held: why nothing was sent, if so. remarks: what else there is to say."""

    outcomes: tuple[Outcome, ...] = ()
    held: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def missed(self) -> tuple[Outcome, ...]:
        """Those who have not got it, or may not have got it."""
        return tuple(one for one in self.outcomes if one.state is not State.SENT)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What became of each recipient, and the remarks."""
        return (*(one.sentence for one in self.outcomes), *self.remarks)

    def check(self) -> None:
        """Raise DeliveryError if not everybody has got it."""
        if self.held:
            raise DeliveryError(f"The report was held back, and nobody was sent it. {' '.join(self.held)}")
        if self.missed:
            raise DeliveryError(
                f"Not everybody has the report: {'; '.join(one.sentence for one in self.missed)}. "
                "Those who have it are not sent it again."
            )


def is_due(title: str, facts: Mapping[str, str], mailing: Mailing, ledger: Ledger) -> bool:
    """Whether anybody of the mailing is still to be sent this report."""
    news = issue(title, facts, mailing)
    return not all(ledger.is_settled(news, recipient) for recipient in mailing.recipients)


def contents(report: Report, mailing: Mailing, settings: Settings, workbook: bytes | None, say: Say) -> Contents:
    """What each reader gets. workbook: the file to attach, made of `report` unless it is given."""
    said = digest(report)
    if workbook is None:
        say("Making the workbook to mail")
        workbook = workbook_bytes(report if mailing.customers else without_customers(report))
    if mailing.pdf:
        say("Making the PDF")
    pdf = summary_pdf(workbook) if mailing.pdf else None
    whole = Contents(
        digest=said,
        run=report.facts["run"],
        charts=said.charts,
        workbook=Attachment(file_name(said, ".xlsx"), XLSX, workbook),
        pdf=Attachment(file_name(said, ".pdf"), PDF, pdf) if pdf else None,
        remarks=(_NO_PDF,) if mailing.pdf and not pdf else (),
    )
    longest = max(mailing.recipients, key=len)
    return fitted(
        whole, _envelope(said, mailing, longest, "0" * 32, datetime.now().astimezone()), settings.largest_mail_mb,
        mailing.link,
    )  # fmt: skip


def held_back(report: Report, settings: Settings) -> tuple[str, ...]:
    """Why `report` must not be mailed today; empty if it may be."""
    return objections(digest(report), settings.stale_days, datetime.now().astimezone().date())


def preview(report: Report, mailing: Mailing, settings: Settings, workbook: bytes | None, say: Say) -> bytes:
    """The mail as the first recipient would get it now."""
    made = contents(report, mailing, settings, workbook, say)
    return _mails(made, issue(report.title, report.facts, mailing), mailing)(mailing.recipients[0])


def send(
    report: Report, mailing: Mailing, settings: Settings, ledger: Ledger, workbook: bytes | None, say: Say
) -> Delivery:
    """Send `report` to those who have not got it. Raises DeliveryError for a mail that can't be made small enough."""
    held = held_back(report, settings)
    if held:
        what = f"{digest(report).subject}: held back, nobody was sent it."
        return Delivery(held=held, remarks=(tell_owner(what, held, mailing, settings, ledger),))
    news = issue(report.title, report.facts, mailing)
    with owner_is_told(mailing, settings, ledger):
        made = contents(report, mailing, settings, workbook, say)
    post = Post(news, mailing.sender, _mails(made, news, mailing), mailing.again)
    outcomes = deliver(post, mailing.recipients, settings, ledger, say=say)
    remarks = list(made.remarks)
    missed = tuple(one.sentence for one in outcomes if one.state is not State.SENT and not one.earlier)
    if missed:
        remarks.append(tell_owner(f"{made.digest.subject}: not sent to everybody.", missed, mailing, settings, ledger))
    return Delivery(outcomes, remarks=tuple(remarks))


def _mails(made: Contents, news: Issue, mailing: Mailing) -> Callable[[str], bytes]:
    """The mail to each recipient. Its Message-ID is the same however often it is tried, so that a mail server, too, can
    tell a second one; sent again on purpose, it is another mail.
    """
    now = datetime.now().astimezone()

    def mail(recipient: str) -> bytes:
        key = (news, recipient.casefold(), now.isoformat() if mailing.again else "")
        mark = sha256(repr(key).encode()).hexdigest()[:32]
        return report_mail(made, _envelope(made.digest, mailing, recipient, mark, now))

    return mail


def _envelope(said: Digest, mailing: Mailing, recipient: str, mark: str, at: datetime) -> Envelope:
    return Envelope(said.company, mailing.sender, recipient, mark, at, mailing.owner)
