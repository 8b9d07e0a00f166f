"""A temporary folder for one load: everything on its way lives there, and nothing of it stays."""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgs_excel.errors import WarehouseError
from lgs_excel.warehouse.connect import TEMPORARY

_PREFIX = f"{TEMPORARY}load-"
_LEFT_BEHIND_SECONDS = 24 * 3600


@contextmanager
def workspace() -> Iterator[Path]:
    """A new folder that only this user can read, removed at the end.

    A killed load leaves its folder behind: such folders are removed when they are a day old. Raises
    WarehouseError when the disk of the temporary folder is full.
    """
    try:
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    except OSError as error:
        raise WarehouseError(
            f"No temporary folder can be made: {error.strerror}. Set TMPDIR to a folder with room; nothing was changed."
        ) from error
    try:
        yield folder
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_room(folder) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def no_room(folder: Path) -> WarehouseError:
    """The error for a full disk below the temporary folder."""
    return WarehouseError(
        f"The disk of the temporary folder {folder.parent} is full; a load needs about twice the size of its "
        "unpacked files there. Free some room or set TMPDIR to another folder, then load again; nothing was changed."
    )


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        try:
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue  # another load swept it first
