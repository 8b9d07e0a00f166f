"""Whoever looks after the reports is told what went wrong with one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256

from lgs_excel.delivery.delivery_log import DeliveryKey, DeliveryLog, State
from lgs_excel.delivery.mailer import MailJob, deliver
from lgs_excel.delivery.mailing import Mailing
from lgs_excel.delivery.message import Envelope, notice_text, plain_mail
from lgs_excel.errors import DeliveryError, LgsError, WarehouseError, WorkbookError
from lgs_excel.settings import Settings


@contextmanager
def notify_owner_on_error(mailing: Mailing | None, settings: Settings, delivery_log: DeliveryLog) -> Iterator[None]:
    """Within it, an error that leaves no report to mail is told to the owner, and raised all the same; not one of what
    was typed or set, which whoever did that is told on the spot. An error that nobody foresaw gets a note on whether
    the owner was told. No mailing: nobody is told.
    """
    try:
        yield
    except (WarehouseError, WorkbookError, DeliveryError) as error:
        if mailing is None:
            raise
        told = notify_owner("There is no report to mail.", (str(error),), mailing, settings, delivery_log)
        raise type(error)(f"{error} {told}") from error
    except LgsError:
        raise
    except Exception as error:
        if mailing is not None:
            sentence = f"Something unforeseen went wrong: {type(error).__name__}: {error}"
            error.add_note(notify_owner("There is no report to mail.", (sentence,), mailing, settings, delivery_log))
        raise


def notify_owner(
    what: str, sentences: tuple[str, ...], mailing: Mailing, settings: Settings, delivery_log: DeliveryLog
) -> str:
    """Mail to the owner what went wrong, once a day for the same words; a sentence on whether that was done."""
    if not mailing.owner:
        return "Nobody was told by mail: mail_owner is not set."
    now = datetime.now().astimezone()
    message_id = sha256(repr((what, sentences, f"{now:%Y-%m-%d}")).encode()).hexdigest()[:32]
    envelope = Envelope(settings.company, mailing.sender, mailing.owner, message_id, now)
    mail = plain_mail(what.rstrip("."), notice_text(what, sentences), envelope)
    job = MailJob(DeliveryKey("", "notice", message_id), mailing.sender, lambda _: mail, tries=1)
    (status,) = deliver(job, (mailing.owner,), settings, delivery_log)
    if status.state is State.SENT:
        return f"{mailing.owner} was told by mail."
    return f"{mailing.owner} could not be told by mail: {status.state.value} ({status.detail})."
