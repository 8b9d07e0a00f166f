"""What every button shares: the workbook, progress in the status bar, Esc, messages, the log; never a traceback."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from importlib.metadata import version
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import xlwings as xw
from platformdirs import user_log_path

from lgs_excel import __version__
from lgs_excel.addin.background import Say, in_background
from lgs_excel.addin.progress import Progress
from lgs_excel.addin.settings_sheet import folder_of, named
from lgs_excel.errors import LgsError, WorkbookError
from lgs_excel.garbage import rarely_collected
from lgs_excel.report.sheets.settings import ADDIN_VERSION, XLWINGS_VERSION
from lgs_excel.settings import APP
from lgs_excel.terminal import visible
from lgs_excel.writers import excel

TITLE = "LGS Analytics"
_LOG_BYTES, _OLD_LOGS = 1_000_000, 3
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]+):[^\s@]*(?=@)")

Said = ParamSpec("Said")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ButtonContext:
    """The workbook that a button was clicked in, and how far its work is."""

    book: xw.Book
    progress: Progress

    def say(self, text: str) -> None:
        """Show progress in the status bar. Raises WorkbookError when the reader has pressed Esc: this is called between
        any two steps, and before the first cell is written.
        """
        if self.cancelled():
            raise WorkbookError(excel.CANCELLED)
        self.show(text)

    def show(self, text: str) -> None:
        """Show a step in the status bar, if Excel takes a text now."""
        self.progress.step = text
        with suppress(Exception):
            self.book.app.status_bar = f"{TITLE}: {self.progress.text} (Esc cancels)"

    def listening(self, work: Callable[[Say], Result]) -> Result:
        """What `work` gives, which takes long and does not touch Excel: it is handed a way to say its steps. Raises
        WorkbookError when the reader presses Esc, whatever the work is at.
        """
        return in_background(work, self.say, lambda: self.say(self.progress.step))

    def cancelled(self) -> bool:
        """Whether the reader has pressed Esc."""
        return excel.escape_pressed(self.book.app)

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a message box."""
        self.book.app.alert(text, title=TITLE, mode="critical" if bad else "info")

    def agrees(self, text: str) -> bool:
        """Show a question; whether the reader clicks OK."""
        return self.book.app.alert(text, title=TITLE, buttons="ok_cancel", mode="info") == "ok"

    def path_for(self, name: str) -> Path:
        """A file in the workbook's folder, or among the reader's documents where that is in a cloud."""
        return folder_of(self.book) / name


def button(
    work: Callable[Concatenate[ButtonContext, Said], str | None], *, checked: bool = True
) -> Callable[Said, None]:
    """A macro: what `work` returns is shown as a message; what it raises, as one that says what to do and where the log
    is. checked: it is not begun where workbook and Python have different versions.
    """

    @wraps(work)
    def click(*args: Said.args, **kwargs: Said.kwargs) -> None:
        context = ButtonContext(xw.Book.caller(), Progress(work.__name__))
        excel.retry_while_busy(lambda: context.show("Excel is busy: finish editing the cell"))
        log().info("%s %s", work.__name__, ", ".join(map(repr, args)))
        try:
            if checked:
                check_versions(context.book)
            with rarely_collected():
                said = work(context, *args, **kwargs)
            context.progress.keep()
            if said:
                context.tell(said)
        except LgsError as error:
            log().warning("%s", error)
            context.tell(f"{error}\n\nLog: {log_file()}", bad=True)
        except Exception as error:  # noqa: BLE001 - no traceback is to reach a reader; the log has it
            log().exception("unforeseen")
            context.tell(
                f"Something unforeseen went wrong ({type(error).__name__}). Click again; if it goes wrong again, send "
                f"the log to whoever looks after LGS Analytics.\n\nLog: {log_file()}",
                bad=True,
            )
        finally:
            with suppress(Exception):
                context.book.app.status_bar = False

    return click


def unchecked(work: Callable[[ButtonContext], str | None]) -> Callable[[], None]:
    """A macro that works whatever the versions are."""
    return button(work, checked=False)


def check_versions(book: xw.Book) -> None:
    """Raise WorkbookError if the workbook was made by another version of the add-in, or for another xlwings."""
    for name, what, installed in (
        (ADDIN_VERSION, "lgs-excel", __version__),
        (XLWINGS_VERSION, "xlwings", version("xlwings")),
    ):
        made_for = named(book, name)
        if made_for is not None and str(made_for) != installed:
            raise WorkbookError(
                f"This workbook was made for {what} {made_for}, and Python has {what} {installed}. Get the workbook "
                "that belongs to it: ask IT to run 'lgs-excel install', and use the workbook that it makes."
            )


def log_file() -> Path:
    """Where the log is."""
    return user_log_path(APP, appauthor=False) / "lgs_excel.log"


@cache
def log() -> logging.Logger:
    """The log in the user's folder: the newest megabyte, and three before it."""
    logger = logging.getLogger("lgs_excel.addin")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            log_file(), maxBytes=_LOG_BYTES, backupCount=_OLD_LOGS, encoding="utf-8", delay=True
        )
    except OSError:  # the doctor says so; a button works without
        handler = logging.NullHandler()
    handler.setFormatter(_WithoutPasswords("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    return logger


class _WithoutPasswords(logging.Formatter):
    """A URL may be in a driver's message, and text of the data that would steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(_PASSWORD.sub(r"\1:***", super().format(record)))
