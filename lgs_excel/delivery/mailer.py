"""To each recipient once: claimed, sent over one connection, tried again where it makes sense, and accounted for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from smtplib import SMTP

from lgs_excel import formatting as fmt
from lgs_excel.delivery.delivery_log import DeliveryKey, DeliveryLog, State
from lgs_excel.delivery.smtp import SendResult, UnreachableError, connect, transmit
from lgs_excel.errors import DeliveryError
from lgs_excel.settings import Settings

Progress = Callable[[str], None]
PAUSE_SECONDS = 2.0
_ADVICE = {
    State.UNKNOWN: "ask whether it arrived; --again sends it again",
    State.REFUSED: "see to the cause; --again tries once more",
    State.FAILED: "run this again to try once more",
}


@dataclass(frozen=True)
class RecipientStatus:
    """What became of a recipient. earlier: it had been settled by an earlier run, and nothing was sent now."""

    recipient: str
    state: State
    detail: str = ""
    earlier: bool = False

    @property
    def sentence(self) -> str:
        """Such as "ann@example.com: sent"."""
        if self.state is State.SENT:
            return f"{self.recipient}: sent {self.detail}".rstrip() if self.earlier else f"{self.recipient}: sent"
        advice = _ADVICE[State.REFUSED if self.earlier and self.state is State.FAILED else self.state]
        return f"{self.recipient}: {self.state.value} ({self.detail}); {advice}"


@dataclass(frozen=True)
class MailJob:
    """How one issue is sent. sender: whom mails are from. make: the mail to a recipient. again: to those, too, who have
    it or must not get it by itself. tries: within one run, each after a pause three times as long as the one before.
    """

    delivery_key: DeliveryKey
    sender: str
    make: Callable[[str], bytes]
    again: bool = False
    tries: int = 3


def deliver(
    job: MailJob,
    recipients: Sequence[str],
    settings: Settings,
    delivery_log: DeliveryLog,
    *,
    progress: Progress = lambda _: None,
) -> tuple[RecipientStatus, ...]:
    """Send to each of `recipients` who has not got it, in their order; what became of each, in the same order.

    A process that dies in between leaves what holds in the ledger: the next run sends to the rest. Raises DeliveryError
    only where the ledger can't be used or another process sends.
    """
    with delivery_log.sending(settings.lock_wait_seconds):
        run = _Run(job, settings, delivery_log, progress)
        return run.statuses(recipients)


class _Run:
    """One run's account of who is still to be sent to, and how often each was tried."""

    def __init__(self, job: MailJob, settings: Settings, delivery_log: DeliveryLog, progress: Progress) -> None:
        self._job, self._settings, self._delivery_log, self._progress = job, settings, delivery_log, progress
        self._tries: dict[str, int] = {}
        self._statuses: dict[str, RecipientStatus] = {}

    def statuses(self, recipients: Sequence[str]) -> tuple[RecipientStatus, ...]:
        to_do = [one for one in recipients if self._job.again or not self._is_settled(one)]
        self._tries = dict.fromkeys(to_do, 0)
        while to_do:
            self._round(to_do)
            to_do = [one for one in to_do if self._tries[one] < self._job.tries]
            if to_do:
                time.sleep(PAUSE_SECONDS * 3 ** min(self._tries[one] for one in to_do))
        return tuple(self._statuses[one] for one in recipients)

    def _is_settled(self, recipient: str) -> bool:
        if not self._delivery_log.is_settled(self._job.delivery_key, recipient):
            return False
        entry = self._delivery_log.last(self._job.delivery_key, recipient)
        if entry:
            when = f"{fmt.day(entry.at.astimezone().date())}, {entry.at.astimezone():%H:%M}"
            detail = f"on {when}" if entry.state is State.SENT else f"on {when}: {entry.detail}"
            self._statuses[recipient] = RecipientStatus(recipient, entry.state, detail, earlier=True)
        return True

    def _round(self, to_do: Sequence[str]) -> None:
        """One connection: as many as it lasts for."""
        with ExitStack() as stack:
            try:
                server = stack.enter_context(connect(self._settings))
            except DeliveryError as error:
                for recipient in to_do:
                    self._settle(recipient, SendResult(State.FAILED, str(error), isinstance(error, UnreachableError)))
                return
            for recipient in to_do:
                if server.sock is None:  # lost: the rest in the next round
                    return
                self._progress(f"Sending to {recipient}")
                self._settle(recipient, self._send(server, recipient))

    def _send(self, server: SMTP, recipient: str) -> SendResult:
        job, delivery_log = self._job, self._delivery_log
        mail = job.make(recipient)
        if not delivery_log.claim(job.delivery_key, recipient, again=job.again and not self._tries[recipient]):
            return SendResult(State.FAILED, self._statuses[recipient].detail)

        def before_end() -> None:
            delivery_log.note(job.delivery_key, recipient, State.UNKNOWN, "no answer of the server was seen")

        return transmit(server, job.sender, recipient, mail, before_end)

    def _settle(self, recipient: str, result: SendResult) -> None:
        self._delivery_log.note(self._job.delivery_key, recipient, result.state, result.detail)
        self._statuses[recipient] = RecipientStatus(recipient, result.state, result.detail)
        self._tries[recipient] = self._tries[recipient] + 1 if result.retry else self._job.tries
