"""The ledger of campaigns: who was written to and who was held out, by customer number alone.

A SQLite file in the user's data folder, for this user alone. Not in the warehouse, which a report's role may only read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from platformdirs import user_data_path

from lgs_excel.errors import InputError, SettingsError, nearest
from lgs_excel.files import private_database
from lgs_excel.settings import APP

_SCHEMA = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # who is forgotten is not left in the file
    """CREATE TABLE IF NOT EXISTS campaign (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        warehouse TEXT NOT NULL,
        starts TEXT NOT NULL,
        days INTEGER NOT NULL,
        chosen TEXT NOT NULL,
        hold_out REAL NOT NULL,
        seed INTEGER NOT NULL,
        folder TEXT NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS member (
        campaign TEXT NOT NULL COLLATE NOCASE REFERENCES campaign (name) ON DELETE CASCADE,
        customer_id TEXT NOT NULL,
        held_out INTEGER NOT NULL,
        PRIMARY KEY (campaign, customer_id)
    )""",
    "CREATE INDEX IF NOT EXISTS member_of ON member (customer_id)",
)


@dataclass(frozen=True)
class Campaign:
    """starts, days: the first day that counts, and how many do. chosen: how its customers were chosen, in words.
    hold_out: a share. folder: where its lists were written. mailed, held_out: customer numbers.
    """

    name: str
    warehouse: str
    starts: date
    days: int
    chosen: str
    hold_out: float
    seed: int
    folder: str
    mailed: frozenset[str]
    held_out: frozenset[str]


@dataclass(frozen=True)
class CampaignLedger:
    """The ledger in a file, which is made when it is first needed."""

    file: Path

    def campaigns(self) -> list[Campaign]:
        """All of them, the newest first."""
        if not self.file.exists():  # reading makes none
            return []
        with self._open() as connection:
            rows = connection.execute("SELECT * FROM campaign ORDER BY starts DESC, name").fetchall()
            return [_campaign(connection, row) for row in rows]

    def campaign(self, name: str) -> Campaign:
        """The one of that name, in any case. Raises InputError if there is none."""
        with self._open() as connection:
            row = connection.execute("SELECT * FROM campaign WHERE name = ?", (name,)).fetchone()
            if row is None:
                names = [known for (known,) in connection.execute("SELECT name FROM campaign ORDER BY name")]
                raise InputError(
                    f"There is no campaign {name!r}.{nearest(name, names)} `lgs-excel campaign list` lists them; "
                    "`lgs-excel campaign new` makes one."
                )
            return _campaign(connection, row)

    def require_new(self, name: str) -> None:
        """Raises InputError if there is a campaign of that name."""
        with self._open() as connection:
            _require_new(connection, name)

    @contextmanager
    def adding(self, campaign: Campaign) -> Iterator[None]:
        """Add a campaign, if the block ends well: else nothing is added. Raises InputError where its name is taken."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            _require_new(connection, campaign.name)
            connection.execute(
                "INSERT INTO campaign VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(campaign.name, campaign.warehouse, campaign.starts.isoformat(), campaign.days),
                    *(campaign.chosen, campaign.hold_out, campaign.seed, campaign.folder),
                ),
            )
            members = [(campaign.name, customer, 0) for customer in sorted(campaign.mailed)]
            members += [(campaign.name, customer, 1) for customer in sorted(campaign.held_out)]
            connection.executemany("INSERT INTO member VALUES (?, ?, ?)", members)
            yield  # what is left open is rolled back when the connection closes
            connection.execute("COMMIT")

    def drop(self, name: str) -> Campaign:
        """Take a campaign out, with all its customers; gives what it was."""
        found = self.campaign(name)
        with self._open() as connection:
            connection.execute("DELETE FROM campaign WHERE name = ?", (name,))
        return found

    def forget(self, customer_id: str) -> list[Campaign]:
        """Take a customer out of every campaign; gives these, as they were."""
        found = [one for one in self.campaigns() if customer_id in one.mailed | one.held_out]
        with self._open() as connection:
            connection.execute("DELETE FROM member WHERE customer_id = ?", (customer_id,))
        return found

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with private_database(self.file, *_SCHEMA) as connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"The ledger of campaigns {self.file} can't be used: {error}. See to its permissions and the room on "
                "its disk; nothing was changed."
            ) from error


def default_campaign_ledger() -> CampaignLedger:
    """The ledger of this user."""
    return CampaignLedger(user_data_path(APP, appauthor=False) / "campaigns.sqlite")


def _require_new(connection: sqlite3.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM campaign WHERE name = ?", (name,)).fetchone():
        raise InputError(
            f"There is a campaign {name!r} already. Choose another name, or take that one out of the ledger with "
            f"`lgs-excel campaign drop`."
        )


def _campaign(connection: sqlite3.Connection, row: tuple[str, str, str, int, str, float, int, str]) -> Campaign:
    name, warehouse, starts, days, chosen, hold_out, seed, folder = row
    members = connection.execute("SELECT customer_id, held_out FROM member WHERE campaign = ?", (name,)).fetchall()
    mailed = frozenset(customer for customer, held_out in members if not held_out)
    held = frozenset(customer for customer, held_out in members if held_out)
    first = date.fromisoformat(starts)
    return Campaign(name, warehouse, first, days, chosen, hold_out, seed, folder, mailed, held)
