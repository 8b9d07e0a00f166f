"""To each recipient once: claimed, sent over one connection, tried again where it makes sense, and accounted for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from smtplib import SMTP

from lgs_excel import formatting as fmt
from lgs_excel.delivery.delivery_log import Issue, Ledger, State
from lgs_excel.delivery.smtp import Answer, UnreachableError, connect, hand_over
from lgs_excel.errors import DeliveryError
from lgs_excel.settings import Settings

Say = Callable[[str], None]
PAUSE_SECONDS = 2.0
_ADVICE = {
    State.UNKNOWN: "ask whether it arrived; --again sends it again",
    State.REFUSED: "see to the cause; --again tries once more",
    State.FAILED: "run this again to try once more",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a recipient. earlier: it had been settled by an earlier run, and nothing was sent now."""

    recipient: str
    state: State
    said: str = ""
    earlier: bool = False

    @property
    def sentence(self) -> str:
        """Such as "ann@example.com: sent"."""
        if self.state is State.SENT:
            return f"{self.recipient}: sent {self.said}".rstrip() if self.earlier else f"{self.recipient}: sent"
        advice = _ADVICE[State.REFUSED if self.earlier and self.state is State.FAILED else self.state]
        return f"{self.recipient}: {self.state.value} ({self.said}); {advice}"


@dataclass(frozen=True)
class Post:
    """How one issue is sent. sender: whom mails are from. make: the mail to a recipient. again: to those, too, who have
    it or must not get it by itself. tries: within one run, each after a pause three times as long as the one before.
    """

    issue: Issue
    sender: str
    make: Callable[[str], bytes]
    again: bool = False
    tries: int = 3


def deliver(
    post: Post, recipients: Sequence[str], settings: Settings, ledger: Ledger, *, say: Say = lambda _: None
) -> tuple[Outcome, ...]:
    """Send to each of `recipients` who has not got it, in their order; what became of each, in the same order.

    A process that dies in between leaves what holds in the ledger: the next run sends to the rest. Raises DeliveryError
    only where the ledger can't be used or another process sends.
    """
    with ledger.sending(settings.lock_wait_seconds):
        run = _Run(post, settings, ledger, say)
        return run.outcomes(recipients)


class _Run:
    """One run's account of who is still to be sent to, and how often each was tried."""

    def __init__(self, post: Post, settings: Settings, ledger: Ledger, say: Say) -> None:
        self._post, self._settings, self._ledger, self._say = post, settings, ledger, say
        self._tries: dict[str, int] = {}
        self._found: dict[str, Outcome] = {}

    def outcomes(self, recipients: Sequence[str]) -> tuple[Outcome, ...]:
        to_do = [one for one in recipients if self._post.again or not self._is_settled(one)]
        self._tries = dict.fromkeys(to_do, 0)
        while to_do:
            self._round(to_do)
            to_do = [one for one in to_do if self._tries[one] < self._post.tries]
            if to_do:
                time.sleep(PAUSE_SECONDS * 3 ** min(self._tries[one] for one in to_do))
        return tuple(self._found[one] for one in recipients)

    def _is_settled(self, recipient: str) -> bool:
        if not self._ledger.is_settled(self._post.issue, recipient):
            return False
        entry = self._ledger.last(self._post.issue, recipient)
        if entry:
            when = f"{fmt.day(entry.at.astimezone().date())}, {entry.at.astimezone():%H:%M}"
            said = f"on {when}" if entry.state is State.SENT else f"on {when}: {entry.said}"
            self._found[recipient] = Outcome(recipient, entry.state, said, earlier=True)
        return True

    def _round(self, to_do: Sequence[str]) -> None:
        """One connection: as many as it lasts for."""
        with ExitStack() as stack:
            try:
                server = stack.enter_context(connect(self._settings))
            except DeliveryError as error:
                for recipient in to_do:
                    self._settle(recipient, Answer(State.FAILED, str(error), isinstance(error, UnreachableError)))
                return
            for recipient in to_do:
                if server.sock is None:  # lost: the rest in the next round
                    return
                self._say(f"Sending to {recipient}")
                self._settle(recipient, self._send(server, recipient))

    def _send(self, server: SMTP, recipient: str) -> Answer:
        post, ledger = self._post, self._ledger
        mail = post.make(recipient)
        if not ledger.claim(post.issue, recipient, again=post.again and not self._tries[recipient]):
            return Answer(State.FAILED, self._found[recipient].said)

        def before_end() -> None:
            ledger.note(post.issue, recipient, State.UNKNOWN, "no answer of the server was seen")

        return hand_over(server, post.sender, recipient, mail, before_end)

    def _settle(self, recipient: str, answer: Answer) -> None:
        self._ledger.note(self._post.issue, recipient, answer.state, answer.said)
        self._found[recipient] = Outcome(recipient, answer.state, answer.said)
        self._tries[recipient] = self._tries[recipient] + 1 if answer.retry else self._post.tries
