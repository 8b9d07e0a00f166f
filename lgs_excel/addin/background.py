"""Work in a thread of its own, so that the thread that talks to Excel hears Esc all the while."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from queue import SimpleQueue
from threading import Event, Lock
from typing import TypeVar

Result = TypeVar("Result")
Say = Callable[[str], None]
_PAUSE_SECONDS = 0.2
_ONE_AT_A_TIME = Lock()  # the work that Esc ended may not be at its end yet, and charts share matplotlib's settings


class _StoppedError(Exception):
    """Nobody waits for the work any more."""


def in_background(work: Callable[[Say], Result], say: Say, tick: Callable[[], None]) -> Result:
    """What `work` gives, which is done in another thread and tells its steps.

    say: is told each step, in this thread. tick: is called some times a second, in this thread. What either of them
    raises ends this at once, and the work at its next step.
    """
    steps: SimpleQueue[str] = SimpleQueue()
    stopped = Event()

    def tell(step: str) -> None:
        if stopped.is_set():
            raise _StoppedError
        steps.put(step)

    def alone() -> Result:
        with _ONE_AT_A_TIME:
            tell("")
            return work(tell)

    thread = ThreadPoolExecutor(1, thread_name_prefix="lgs-excel")
    try:
        future = thread.submit(alone)
        while not wait([future], _PAUSE_SECONDS).done:
            tick()
            while not steps.empty():
                if step := steps.get():
                    say(step)
        return future.result()
    finally:
        stopped.set()
        thread.shutdown(wait=False)
