"""Who was sent what: an account to which entries are only ever added, so that nobody gets a report twice.

A SQLite file in the user's data folder. Not in the warehouse, as a report's role there may only read, and an embedded
one is locked while a load writes it. Whoever sends from two machines has two ledgers.

The last entry of a recipient is what holds:

    claimed    about to be sent, or its process died before the mail's end was sent: a mail without its end is never
               delivered, so it may be sent again
    unknown    the mail's end was about to be sent. Written before that, so that it stands if the process dies or the
               server's answer doesn't come: it may have arrived, and is not sent again by itself
    sent       the server took the mail
    failed     not sent; may be tried again
    refused    not sent; the server will not have it
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from platformdirs import user_data_path

from lgs_excel.errors import DeliveryError
from lgs_excel.files import private_database
from lgs_excel.settings import APP

# Over all runs; after these only --again tries once more.
MOST_ATTEMPTS = 12
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    warehouse TEXT NOT NULL,
    report TEXT NOT NULL,
    period TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    again INTEGER NOT NULL,
    said TEXT NOT NULL
)"""
_INDEX = "CREATE INDEX IF NOT EXISTS entry_of ON entry (warehouse, report, period, recipient)"
_OF_RECIPIENT = "warehouse = ? AND report = ? AND period = ? AND recipient = ?"


class State(StrEnum):
    """What the last entry says; see above."""

    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True)
class DeliveryKey:
    """What is sent to each recipient once: a report of a warehouse and its period (how far the data go, filters)."""

    warehouse: str
    report: str
    period: str


@dataclass(frozen=True)
class LogEntry:
    """at: UTC. said: the server's answer, or why it was not sent. again: sent on purpose to one who had it."""

    state: State
    at: datetime
    again: bool
    detail: str


@dataclass(frozen=True)
class DeliveryLog:
    """The account in a file, which is made, for its user alone, when it is first needed."""

    file: Path

    def last(self, delivery_key: DeliveryKey, recipient: str) -> LogEntry | None:
        """What holds for a recipient; None if nothing was ever sent to him."""
        with self._open() as connection:
            return _last(connection, delivery_key, recipient)

    def history(self, delivery_key: DeliveryKey, recipient: str) -> list[LogEntry]:
        """All entries of a recipient, the oldest first."""
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT state, at, again, said FROM entry WHERE {_OF_RECIPIENT} ORDER BY id",  # noqa: S608 - our own words
                _key(delivery_key, recipient),
            )
            return [_entry(row) for row in rows]

    def is_settled(self, delivery_key: DeliveryKey, recipient: str) -> bool:
        """Whether a run has nothing more to do for a recipient."""
        with self._open() as connection:
            return not _is_open(connection, delivery_key, recipient)

    def claim(self, delivery_key: DeliveryKey, recipient: str, *, again: bool = False) -> bool:
        """Claim a recipient in one transaction; False, and nothing is changed, if he has it or must not get it by
        itself. again: claim whatever was before.

        Only within `sending`: a claim that is found there is of a process that died.
        """
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            claimed = again or _is_open(connection, delivery_key, recipient)
            if claimed:
                _add(connection, delivery_key, recipient, State.CLAIMED, again=again)
            connection.commit()
        return claimed

    def note(self, delivery_key: DeliveryKey, recipient: str, state: State, detail: str = "") -> None:
        """Add what became of a recipient; it is on the disk when this returns."""
        with self._open() as connection:
            _add(connection, delivery_key, recipient, state, detail=detail)
            connection.commit()

    @contextmanager
    def sending(self, wait_seconds: float) -> Iterator[None]:
        """Send alone: another process of this user waits. Ends with the process, however that ends.

        Raises DeliveryError if another one has not ended after `wait_seconds`.
        """
        lock = self.file.with_suffix(".lock")
        with self._open():
            pass  # its folder is there
        with closing(sqlite3.connect(lock, timeout=wait_seconds, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise DeliveryError(
                    f"Another lgs-excel is sending mail, and did not end within {wait_seconds:g} seconds ({lock}). Run "
                    "this again when it has: nobody gets a report twice."
                ) from error
            yield

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with private_database(self.file, _SCHEMA, _INDEX) as connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise DeliveryError(
                f"The ledger of sent mail {self.file} can't be used: {error}. See to its permissions and the room on "
                "its disk; without it nothing is sent, as somebody might get it twice."
            ) from error


def default_delivery_log() -> DeliveryLog:
    """The ledger of this user."""
    return DeliveryLog(user_data_path(APP, appauthor=False) / "mail.sqlite")


def _is_open(connection: sqlite3.Connection, delivery_key: DeliveryKey, recipient: str) -> bool:
    entry = _last(connection, delivery_key, recipient)
    if entry is None or entry.state is State.CLAIMED:
        return True
    return entry.state is State.FAILED and _attempts(connection, delivery_key, recipient) < MOST_ATTEMPTS


def _attempts(connection: sqlite3.Connection, delivery_key: DeliveryKey, recipient: str) -> int:
    """The claims of a recipient, from the last that was made on purpose."""
    key = _key(delivery_key, recipient)
    (attempts,) = connection.execute(
        f"SELECT count(*) FROM entry WHERE {_OF_RECIPIENT} AND state = 'claimed' AND id >= coalesce("  # noqa: S608 - our own words
        f"(SELECT max(id) FROM entry WHERE {_OF_RECIPIENT} AND again), 0)",
        (*key, *key),
    ).fetchone()
    return int(attempts)


def _last(connection: sqlite3.Connection, delivery_key: DeliveryKey, recipient: str) -> LogEntry | None:
    row = connection.execute(
        f"SELECT state, at, again, said FROM entry WHERE {_OF_RECIPIENT} ORDER BY id DESC LIMIT 1",  # noqa: S608 - our own words
        _key(delivery_key, recipient),
    ).fetchone()
    return _entry(row) if row else None


def _add(
    connection: sqlite3.Connection,
    delivery_key: DeliveryKey,
    recipient: str,
    state: State,
    *,
    again: bool = False,
    detail: str = "",
) -> None:
    connection.execute(
        "INSERT INTO entry (at, warehouse, report, period, recipient, state, again, said) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (datetime.now(UTC).isoformat(timespec="seconds"), *_key(delivery_key, recipient), state.value, again, detail),
    )


def _key(delivery_key: DeliveryKey, recipient: str) -> tuple[str, str, str, str]:
    return delivery_key.warehouse, delivery_key.report, delivery_key.period, recipient.casefold()


def _entry(row: tuple[str, str, int, str]) -> LogEntry:
    state, at, again, detail = row
    return LogEntry(State(state), datetime.fromisoformat(at), bool(again), detail)
