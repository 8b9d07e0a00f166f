"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """ok: as it should be. warning: it works, and something should be known. bad: something will not work."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """name: of the check. found: what is so. remedy: what to do, "" where nothing is."""

    name: str
    level: Level
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding(name, Level.OK, found)


def warning(name: str, found: str, remedy: str) -> Finding:
    """It works, and this should be known."""
    return Finding(name, Level.WARNING, found, remedy)


def bad(name: str, found: str, remedy: str) -> Finding:
    """Something will not work."""
    return Finding(name, Level.BAD, found, remedy)
