"""One way for every report that is mailed: gate, contents, delivery, and the owner told of what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import sha256

from lgs_excel.delivery.attachment import without_customers
from lgs_excel.delivery.delivery_log import DeliveryKey, DeliveryLog, State
from lgs_excel.delivery.digest import Digest, digest
from lgs_excel.delivery.hold_back import objections
from lgs_excel.delivery.mailer import MailJob, Progress, RecipientStatus, deliver
from lgs_excel.delivery.mailing import Mailing, delivery_key
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
from lgs_excel.delivery.owner_notice import notify_owner, notify_owner_on_error
from lgs_excel.delivery.pdf import summary_pdf
from lgs_excel.errors import DeliveryError
from lgs_excel.report.model import Report
from lgs_excel.settings import Settings
from lgs_excel.writers.headless import workbook_bytes

_NO_PDF = "There is no PDF this time: LibreOffice, which makes it, is not there or failed."


@dataclass(frozen=True)
class Delivery:
    """What became of a mailing. held: why nothing was sent, if so. remarks: what else there is to say."""

    statuses: tuple[RecipientStatus, ...] = ()
    held: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def not_sent(self) -> tuple[RecipientStatus, ...]:
        """Those who have not got it, or may not have got it."""
        return tuple(one for one in self.statuses if one.state is not State.SENT)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What became of each recipient, and the remarks."""
        return (*(one.sentence for one in self.statuses), *self.remarks)

    def check(self) -> None:
        """Raise DeliveryError if not everybody has got it."""
        if self.held:
            raise DeliveryError(f"The report was held back, and nobody was sent it. {' '.join(self.held)}")
        if self.not_sent:
            raise DeliveryError(
                f"Not everybody has the report: {'; '.join(one.sentence for one in self.not_sent)}. "
                "Those who have it are not sent it again."
            )


def is_due(title: str, facts: Mapping[str, str], mailing: Mailing, delivery_log: DeliveryLog) -> bool:
    """Whether anybody of the mailing is still to be sent this report."""
    key = delivery_key(title, facts, mailing)
    return not all(delivery_log.is_settled(key, recipient) for recipient in mailing.recipients)


def mail_contents(
    report: Report, mailing: Mailing, settings: Settings, workbook: bytes | None, progress: Progress
) -> Contents:
    """What each reader gets. workbook: the file to attach, made of `report` unless it is given."""
    mail_digest = digest(report)
    if workbook is None:
        progress("Making the workbook to mail")
        workbook = workbook_bytes(report if mailing.customers else without_customers(report))
    if mailing.pdf:
        progress("Making the PDF")
    pdf = summary_pdf(workbook) if mailing.pdf else None
    whole = Contents(
        digest=mail_digest,
        run=report.facts["run"],
        charts=mail_digest.charts,
        workbook=Attachment(file_name(mail_digest, ".xlsx"), XLSX, workbook),
        pdf=Attachment(file_name(mail_digest, ".pdf"), PDF, pdf) if pdf else None,
        remarks=(_NO_PDF,) if mailing.pdf and not pdf else (),
    )
    longest = max(mailing.recipients, key=len)
    envelope = _envelope(mail_digest, mailing, longest, "0" * 32, datetime.now().astimezone())
    return fitted(whole, envelope, settings.largest_mail_mb, mailing.link)


def held_back(report: Report, settings: Settings) -> tuple[str, ...]:
    """Why `report` must not be mailed today; empty if it may be."""
    return objections(digest(report), settings.stale_days, datetime.now().astimezone().date())


def preview(report: Report, mailing: Mailing, settings: Settings, workbook: bytes | None, progress: Progress) -> bytes:
    """The mail as the first recipient would get it now."""
    made = mail_contents(report, mailing, settings, workbook, progress)
    return _mail_to_each(made, delivery_key(report.title, report.facts, mailing), mailing)(mailing.recipients[0])


def send(
    report: Report,
    mailing: Mailing,
    settings: Settings,
    delivery_log: DeliveryLog,
    workbook: bytes | None,
    progress: Progress,
) -> Delivery:
    """Send `report` to those who have not got it. Raises DeliveryError for a mail that can't be made small enough."""
    held = held_back(report, settings)
    if held:
        what = f"{digest(report).subject}: held back, nobody was sent it."
        return Delivery(held=held, remarks=(notify_owner(what, held, mailing, settings, delivery_log),))
    key = delivery_key(report.title, report.facts, mailing)
    with notify_owner_on_error(mailing, settings, delivery_log):
        made = mail_contents(report, mailing, settings, workbook, progress)
    job = MailJob(key, mailing.sender, _mail_to_each(made, key, mailing), mailing.again)
    statuses = deliver(job, mailing.recipients, settings, delivery_log, progress=progress)
    remarks = list(made.remarks)
    not_sent = tuple(one.sentence for one in statuses if one.state is not State.SENT and not one.earlier)
    if not_sent:
        remarks.append(
            notify_owner(f"{made.digest.subject}: not sent to everybody.", not_sent, mailing, settings, delivery_log)
        )
    return Delivery(statuses, remarks=tuple(remarks))


def _mail_to_each(made: Contents, key: DeliveryKey, mailing: Mailing) -> Callable[[str], bytes]:
    """The mail to each recipient. Its Message-ID is the same however often it is tried, so that a mail server, too, can
    tell a second one; sent again on purpose, it is another mail.
    """
    now = datetime.now().astimezone()

    def mail(recipient: str) -> bytes:
        parts = (*astuple(key), recipient.casefold(), now.isoformat() if mailing.again else "")
        message_id = sha256(repr(parts).encode()).hexdigest()[:32]
        return report_mail(made, _envelope(made.digest, mailing, recipient, message_id, now))

    return mail


def _envelope(mail_digest: Digest, mailing: Mailing, recipient: str, message_id: str, at: datetime) -> Envelope:
    return Envelope(mail_digest.company, mailing.sender, recipient, message_id, at, mailing.owner)
