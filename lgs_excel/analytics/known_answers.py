"""The answers of before, where neither the lines nor what is asked of them have changed: those of this process, and in
the user's cache those of the last ones.
"""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import pandas as pd

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.checks import Compared, Results
from lgs_excel.user_cache import ANSWERS
from lgs_excel.warehouse.snapshot import Snapshot

_LIBRARIES = (sys.version_info, pd.__version__, np.__version__)


@dataclass(frozen=True)
class Answered:
    """All that lines, filters, settings and options decide. tasks: the columns of this-week."""

    answers: Results
    compared: Compared
    tasks: pd.DataFrame


class KnownAnswers:
    """The last answers. The fingerprint of the lines decides: without one nothing is known."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[str, Answered] = OrderedDict()

    def get(self, snapshot: Snapshot, options: Options, ask: Callable[[], Answered]) -> Answered:
        """The answers to these options, asked for where they are not known. They are not to be changed."""
        if snapshot.fingerprint is None:
            return ask()
        # The URL may hold a password, and says nothing that the warehouse's mark does not.
        settings = replace(snapshot.settings, warehouse_url="")
        asked = (snapshot.warehouse.mark, snapshot.fingerprint, snapshot.filters, settings, options)
        key = repr((*asked, _LIBRARIES))
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        if (answered := _unpacked(ANSWERS.get(key))) is None:
            answered = ask()
            ANSWERS.put(key, pickle.dumps(answered, protocol=pickle.HIGHEST_PROTOCOL))
        with self._lock:
            self._held[key] = answered
            while len(self._held) > ANSWERS.most:
                self._held.popitem(last=False)
        return answered

    def forget(self) -> None:
        """Know nothing of this process's own."""
        with self._lock:
            self._held.clear()


KNOWN = KnownAnswers()


def _unpacked(content: bytes | None) -> Answered | None:
    if content:
        with suppress(Exception):  # whatever a library raises that can't read it, the answers are asked for
            found = pickle.loads(content)  # noqa: S301 - from a folder that this user alone may write
            return found if isinstance(found, Answered) else None
    return None
