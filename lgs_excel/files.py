"""A file appears whole or not at all; and small databases in files, for their user alone."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

Result = TypeVar("Result")
HELD_SECONDS = 2.0
_PAUSE_SECONDS = 0.1
_BUSY_SECONDS = 10.0
_ERROR_SHARING_VIOLATION = 32


@contextmanager
def atomic_write(path: Path, *, private: bool = False, durable: bool = True) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when the block ends well, with the permissions of any new file of this
    user's, or for the user alone; after an error `path` is as it was. durable: it outlives a power cut from then on,
    which takes a moment.

    Raises OSError; PermissionError where another program holds `path` (Windows).
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        made.chmod(0o600 if private else 0o666 & ~_umask())
        patiently(lambda: made.replace(path))
    finally:
        patiently(lambda: made.unlink(missing_ok=True))


@contextmanager
def private_database(file: Path, *statements: str) -> Iterator[sqlite3.Connection]:
    """A SQLite file that its user alone may read, made with its folder where it is not there, after `statements`.

    Nothing is in a transaction unless one is begun. Raises OSError and sqlite3.Error.
    """
    import sqlite3  # of the few that have a ledger

    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection


def patiently(action: Callable[[], Result]) -> Result:
    """What `action` gives, which renames or deletes a file. Windows refuses that while another program has it open, as
    a scanner of new files has for a moment: it is tried for HELD_SECONDS.
    """
    give_up = time.monotonic() + HELD_SECONDS
    while True:
        try:
            return action()
        except PermissionError:
            if os.name != "nt" or time.monotonic() >= give_up:
                raise
            time.sleep(_PAUSE_SECONDS)


def is_held(path: Path) -> bool:
    """Whether another program has a file open so that it can't be opened here (Windows)."""
    if sys.platform == "win32":
        import _winapi  # open() doesn't tell a file that is held from one that is another user's

        try:
            handle = _winapi.CreateFile(str(path), _winapi.GENERIC_READ, 0, 0, _winapi.OPEN_EXISTING, 0, 0)
        except OSError as error:
            return error.winerror == _ERROR_SHARING_VIOLATION
        _winapi.CloseHandle(handle)
    return False


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
