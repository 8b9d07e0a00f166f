"""A workbook as a file, which appears whole or not at all, whatever makes it."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lgs_excel.errors import WorkbookError
from lgs_excel.files import atomic_write
from lgs_excel.report.model import Report


@dataclass(frozen=True)
class Form:
    """A form of workbook. content: what makes the file's bytes of a report. macros: whether the report is to have
    the sheets that only macros need.
    """

    suffix: str
    content: Callable[[Report], bytes]
    macros: bool = False


def check_target(path: Path, form: Form) -> None:
    """Raise WorkbookError if no workbook of this form can be written to `path`, before the work for it is done."""
    if path.suffix.lower() != form.suffix:
        raise WorkbookError(f"{path} is not a workbook's name. Name a file that ends with {form.suffix}.")
    if path.is_dir():
        raise WorkbookError(f"{path} is a folder. Name a file in it, such as {path / f'report{form.suffix}'}.")
    if not path.parent.is_dir():
        raise WorkbookError(f"The folder {path.parent} does not exist. Make it, or name another with --out.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise WorkbookError(
            f"The folder {path.parent} can't be written to: {error.strerror}. Name another with --out."
        ) from error


def write(report: Report, path: Path, form: Form) -> None:
    """Write `report` to `path` in this form, in place of what is there.

    Raises WorkbookError when it can't be written. Where the file is open in Excel (which locks it on Windows) the
    report is kept beside it under another name, and the error says which.
    """
    check_target(path, form)
    data = form.content(report)
    try:
        _put(data, path)
    except PermissionError as error:
        beside = path.with_name(f"{path.stem} {report.made_at:%Y-%m-%d %H%M%S}{path.suffix}")
        _put(data, beside)
        locked = not path.stat().st_mode & stat.S_IWRITE
        raise WorkbookError(
            f"{path} {'may only be read' if locked else 'is open in another program'}, and could not be replaced. The "
            f"report is beside it as {beside.name}; {'unlock' if locked else 'close'} the workbook and make the report "
            "again to have it under its own name."
        ) from error


def _put(data: bytes, path: Path) -> None:
    try:
        with atomic_write(path) as file:
            file.write(data)
    except PermissionError:
        raise
    except OSError as error:
        raise WorkbookError(
            f"{path} can't be written: {error.strerror}. Free some space, or name another file."
        ) from error
