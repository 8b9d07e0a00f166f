"""Give a user the macro workbook, for this Python to serve; never in place of one that the user has."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from lgs_excel.addin.build.workbook import for_python
from lgs_excel.addin.workbook_sources import WORKBOOK
from lgs_excel.doctor.python import SCRIPTS
from lgs_excel.errors import WorkbookError


@dataclass(frozen=True)
class Installed:
    """workbook: where it is now. backup: where the one is that was there before, None if there was none."""

    workbook: Path
    backup: Path | None


def usual_folder() -> Path:
    """A folder of the user's own that no program synchronises, as Documents often is: Excel blocks macros there."""
    return Path.home() / "LGS Analytics"


def install(folder: Path, *, force: bool = False, now: datetime | None = None) -> Installed:
    """Copy the shipped workbook into `folder` (made if it is not there), with this interpreter in its xlwings.conf.

    Raises WorkbookError where there is one already (unless `force`, which keeps that beside it under another name), and
    where it can't be written or, once written, not be opened.
    """
    target = folder / WORKBOOK
    if target.exists() and not force:
        raise WorkbookError(
            f"{target} is there already and stays as it is. Open it and click Refresh all; for a new one name another "
            "folder, or use --force, which keeps the old one as a backup beside the new."
        )
    content = for_python(Path(sys.executable))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = _written(content, folder)
        try:
            _check_opens(made)
            backup = _moved_away(target, now or datetime.now()) if target.exists() else None  # noqa: DTZ005 - own clock
            _put(made, target, backup)
        finally:
            made.unlink(missing_ok=True)
        _allow_on_mac()
    except OSError as error:
        raise WorkbookError(
            f"{target} can't be written: {error.strerror}. Close the workbook if it is open in Excel, or name another "
            "folder."
        ) from error
    return Installed(target, backup)


def _written(content: bytes, folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=".LGS_Analytics-", suffix=".xlsm", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    made = Path(name)
    made.chmod(0o644)  # a file of mkstemp is for nobody else
    return made


def _check_opens(file: Path) -> None:
    try:
        with CalamineWorkbook.from_path(file) as book:
            found = len(book.sheet_names)
    except CalamineError as error:
        raise WorkbookError(
            f"The workbook that belongs to lgs-excel can't be opened ({error}). Install lgs-excel again."
        ) from error
    if not found:
        raise WorkbookError("The workbook that belongs to lgs-excel has no sheets. Install lgs-excel again.")


def _put(made: Path, target: Path, backup: Path | None) -> None:
    try:
        made.replace(target)
    except OSError:
        if backup:
            backup.replace(target)
        raise


def _moved_away(workbook: Path, now: datetime) -> Path:
    backup = workbook.with_name(f"{workbook.stem}-before-{now:%Y%m%d-%H%M%S}{workbook.suffix}")
    workbook.replace(backup)
    return backup


def _allow_on_mac() -> None:
    """Excel for Mac starts Python through a script of xlwings' in a folder of its own."""
    spec = find_spec("xlwings")
    if sys.platform == "darwin" and spec and spec.origin:
        folder = Path.home() / SCRIPTS
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(spec.origin).with_name(f"xlwings-{version('xlwings')}.applescript"), folder)
