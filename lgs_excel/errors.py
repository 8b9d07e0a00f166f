"""Every error that lgs_excel states on purpose, by who has to act.

    LgsError
    ├── SettingsError    whoever set this machine up: a setting, an environment variable, a URL
    ├── WarehouseError   IT: the warehouse is unreachable, locked, empty, or holds something else
    ├── InputError       whoever typed or exported it: a file, a filter, an option
    ├── WorkbookError    whoever has the workbook: a path that can't be written, a book that is open
    └── DeliveryError    whoever runs the mail: server, login, recipients

A message is one line of three parts: what is wrong, with the value; what is allowed; what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class LgsError(Exception):
    """Root of all stated errors; the command line prints its text and exits with 1."""


class SettingsError(LgsError):
    """A setting is unknown or has a value that can't be used."""


class WarehouseError(LgsError):
    """The warehouse can't answer: unreachable, locked, empty, or not a sales warehouse."""


class InputError(LgsError):
    """A file, filter or option that was given can't be used."""


class WorkbookError(LgsError):
    """A workbook can't be written or read."""


class DeliveryError(LgsError):
    """A report could not be delivered."""


def nearest(value: str, allowed: Iterable[str]) -> str:
    """The hint `" Nearest: France."` if something allowed begins or looks like `value` (case ignored), else `""`."""
    by_folded = {name.casefold(): name for name in allowed}
    begun = [name for name in by_folded if value and name.startswith(value.casefold())]
    found = begun or get_close_matches(value.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Nearest: {by_folded[found[0]]}." if found else ""
