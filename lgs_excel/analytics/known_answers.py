"""The answers of before, where neither the lines nor what is asked of them have changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.checks import Results
from lgs_excel.warehouse.snapshot import Snapshot

MOST = 4  # filters that a reader goes to and fro between


class KnownAnswers:
    """The last answers of this process. The fingerprint of the lines decides: without one nothing is known."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[Hashable, Results] = OrderedDict()

    def get(self, snapshot: Snapshot, options: Options, ask: Callable[[], Results]) -> Results:
        """The answers to these options, asked for where they are not known. They are not to be changed."""
        if snapshot.fingerprint is None:
            return ask()
        key = (snapshot.warehouse.mark, snapshot.fingerprint, snapshot.filters, snapshot.settings, options)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        answers = ask()
        with self._lock:
            self._held[key] = answers
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return answers

    def forget(self) -> None:
        """Know nothing."""
        with self._lock:
            self._held.clear()


KNOWN = KnownAnswers()
