"""What the status bar says while a button works: the step, the seconds so far, and how many it may be."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from time import monotonic

from platformdirs import user_cache_path

from lgs_excel.files import atomic_write
from lgs_excel.settings import APP


class Progress:
    """Of one click; `work` is the button's name, by which it is known how long the last click took."""

    def __init__(self, work: str) -> None:
        self._work = work
        self._began = monotonic()
        self._last = _kept().get(work, 0.0)
        self.step = ""

    @property
    def text(self) -> str:
        """Such as "3 of 13 Sales … 4 s of about 12 s"; without the end once it takes longer than the last time."""
        seconds = monotonic() - self._began
        about = f" of about {self._last:.0f} s" if seconds < self._last else ""
        return f"{self.step} … {seconds:.0f} s{about}"

    def keep(self) -> None:
        """Remember how long it took."""
        seconds = _kept() | {self._work: round(monotonic() - self._began, 1)}
        with suppress(OSError):  # there will be no estimate
            _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_write(_file()) as file:
                file.write(json.dumps(seconds).encode())


def _file() -> Path:
    return user_cache_path(APP, appauthor=False) / "seconds.json"


def _kept() -> dict[str, float]:
    """Button → seconds of its last click."""
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(_file().read_text(encoding="utf-8"))
        return {work: seconds for work, seconds in kept.items() if isinstance(seconds, int | float)}
    return {}
