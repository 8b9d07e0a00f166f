"""A task done for ever at the times of a cron expression, in the foreground: a container or a service keeps it."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from traceback import format_exception
from types import FrameType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from lgs_excel.errors import InputError, LgsError, nearest

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

FIELDS = ("minute", "hour", "day", "month", "day_of_week")
EXAMPLE = '"0 7 * * MON" is every Monday at seven'
POLL_SECONDS = 0.5
Say = Callable[[str], None]


def parse_cron(cron: str, timezone: str | None) -> CronTrigger:
    """The times of `cron` (minute, hour, day of the month, month, weekday, all of which must match) on the clocks of
    `timezone`, or of this machine.

    Raises InputError for an expression or a time zone that isn't one, for a weekday given as a number (0 is Sunday to
    some programs and Monday to others), and for times that never come.
    """
    from apscheduler.triggers.cron import CronTrigger

    parts = cron.split()
    if len(parts) != len(FIELDS):
        raise InputError(f"--cron {cron!r} has {len(parts)} parts. It takes {len(FIELDS)}: {EXAMPLE}.")
    if re.search(r"(?<!/)\b\d", parts[-1]):
        raise InputError(f"--cron {cron!r} numbers the weekday. Name it, such as MON, or MON-FRI: {EXAMPLE}.")
    try:
        trigger = CronTrigger(**dict(zip(FIELDS, parts, strict=True)), timezone=_zone(timezone))
    except ValueError as error:
        raise InputError(f"--cron {cron!r} can't be read: {error}. Such as: {EXAMPLE}.") from error
    if next_time(trigger) is None:
        raise InputError(f"--cron {cron!r} names a time that never comes. Such as: {EXAMPLE}.")
    return trigger


def next_time(trigger: CronTrigger) -> datetime | None:
    """The next of its times, in its time zone; None if there is none."""
    found: datetime | None = trigger.get_next_fire_time(None, datetime.now(trigger.timezone))
    return found


def keep(task: Callable[[], None], trigger: CronTrigger, say: Say) -> None:
    """Do `task` at each of the trigger's times until the process is told to stop (Ctrl-C, Ctrl-Break, SIGTERM), which
    it does after the task under way. Times that passed meanwhile, or while the machine slept, are made up for once.

    Whatever a task raises is said, with its traceback where it is no stated error, and the next time comes.
    """
    with _stop_signals(say) as told:
        due = next_time(trigger)
        while due:
            say(f"Next: {due:%A %d %B %Y, %H:%M %Z}")
            # Short sleeps, as a long one knows nothing of a clock that is set or of a machine that slept.
            while not told and datetime.now(due.tzinfo) < due:
                time.sleep(POLL_SECONDS)
            if told:
                return
            begun = datetime.now(due.tzinfo)
            _attempt(task, say)
            due = trigger.get_next_fire_time(begun, datetime.now(due.tzinfo))


def _attempt(task: Callable[[], None], say: Say) -> None:
    try:
        task()
    except LgsError as error:
        say(f"FAILED: {error}")
    except Exception as error:  # noqa: BLE001 - nobody is there to start a schedule again
        say(f"FAILED, as nobody foresaw; the next time comes all the same. {''.join(format_exception(error)).rstrip()}")


@contextmanager
def _stop_signals(say: Say) -> Iterator[list[int]]:
    """A list that is empty until a signal to stop comes."""
    told: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        told.append(number)
        say("Told to stop: after what is under way")

    # Windows sends SIGBREAK for Ctrl-Break, and when a service or the session ends.
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"--timezone {name!r} is not a time zone.{nearest(name, available_timezones())} Such as Europe/London."
        ) from error
