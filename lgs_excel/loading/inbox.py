"""A folder that exports are dropped into: what is new in it is loaded, file by file, and put away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from lgs_excel.errors import InputError, WarehouseError
from lgs_excel.files import is_held, patiently
from lgs_excel.loading.files import find_exports
from lgs_excel.loading.load import load
from lgs_excel.settings import Settings
from lgs_excel.terminal import visible
from lgs_excel.warehouse.connect import Warehouse

DONE, FAILED = "done", "failed"
# A file that changed within this time may still be being written.
SETTLED_SECONDS = 5.0


@dataclass(frozen=True)
class Emptied:
    """What became of an inbox: the names of the files that were `loaded` (their lines are in the warehouse now),
    `known` (loaded before), `failed` (why: a file beside them) or `left`, as still being written. said: in sentences.
    """

    loaded: tuple[str, ...]
    known: tuple[str, ...]
    failed: tuple[str, ...]
    left: tuple[str, ...]
    said: tuple[str, ...]


def check_inbox(inbox: Path) -> None:
    """Raise InputError if `inbox` is no folder."""
    if not inbox.is_dir():
        raise InputError(f"There is no folder {inbox}. Make it, or name the folder that exports are put into.")


def empty_inbox(
    inbox: Path, warehouse: Warehouse, settings: Settings, *, say: Callable[[str], None] = lambda _: None
) -> Emptied:
    """Load every export in `inbox`, in the order of their names, and move it to done/ or failed/ in it, each with what
    the load said beside it (the file's name and .txt). Files whose names differ in numbers alone are loaded together,
    as they may be the parts of one export.

    A file that can't be loaded stops no other. Raises InputError where `inbox` is no folder that can be written to, and
    WarehouseError where the warehouse can't take any: what was not loaded stays in the inbox then.
    """
    check_inbox(inbox)
    became: dict[str, list[str]] = {name: [] for name in ("loaded", "known", "failed", "left")}
    said: list[str] = []
    try:
        for folder in (inbox / DONE, inbox / FAILED):
            folder.mkdir(exist_ok=True)
        files, others = find_exports(inbox)
        if others:
            said.append(f"Passed over, as not exports by their names: {', '.join(others)}.")
        links = [file.name for file in files if file.is_symlink()]
        if links:
            said.append(f"Passed over, as links to files elsewhere: {', '.join(links)}. Put the files themselves here.")
        for group in _groups([file for file in files if not file.is_symlink()]):
            outcomes, sentences = _take(group, inbox, warehouse, settings, say)
            for file, outcome in zip(group, outcomes, strict=True):
                became[outcome].append(file.name)
            said.extend(sentences)
    except OSError as error:
        raise InputError(
            f"The folder {inbox} can't be worked in: {error}. See to its permissions and run again: "
            "a file that was loaded is not loaded twice."
        ) from error
    except WarehouseError as error:
        raise WarehouseError(f"{error} What was not loaded is still in {inbox}.") from error
    return Emptied(**{name: tuple(files) for name, files in became.items()}, said=tuple(said))


def _groups(files: Sequence[Path]) -> list[list[Path]]:
    """Files that may be the parts of one export, as their names differ in numbers alone."""
    return [list(group) for _, group in groupby(files, key=lambda file: re.sub("[0-9]+", "9", file.name))]


def _take(
    files: Sequence[Path], inbox: Path, warehouse: Warehouse, settings: Settings, say: Callable[[str], None]
) -> tuple[list[str], list[str]]:
    """What became of each of these files, loaded together, and sentences about them. Where they can't be, each is
    loaded alone: one that is bad stops no other.
    """
    unsettled = [file for file in files if _is_unsettled(file)]
    if unsettled:
        named = ", ".join(file.name for file in unsettled)
        others = "" if len(unsettled) == len(files) else ", and with it what may be parts of the same export"
        return ["left"] * len(files), [f"{named}: changed just now, left for the next run{others}."]
    try:
        report = load(files, warehouse, settings, say=say, progress=lambda step, _: say(step))
    except InputError as error:
        if len(files) > 1:
            apart = [_take([file], inbox, warehouse, settings, say) for file in files]
            return [outcome for (outcome,), _ in apart], [sentence for _, said in apart for sentence in said]
        (file,) = files
        if _is_unsettled(file):
            return ["left"], [f"{file.name}: changed just now, left for the next run."]
        return ["failed"], [f"FAILED: {error}", *_put_away(file, inbox / FAILED, str(error))]
    stays = [sentence for file in files for sentence in _put_away(file, inbox / DONE, report.text())]
    loaded = {file.name for file in report.files if file.already_loaded is None}
    return ["loaded" if file.name in loaded else "known" for file in files], [*report.sentences(), *stays]


def _is_unsettled(file: Path) -> bool:
    return time.time() - file.stat().st_mtime < SETTLED_SECONDS


def _put_away(file: Path, folder: Path, text: str) -> list[str]:
    """Move a file there under a free name, after the text beside it is written; a sentence if it has to stay."""
    target = folder / file.name
    number = 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem} ({number}){file.suffix}"
    beside = target.with_name(f"{target.name}.txt")
    beside.write_text(f"{visible(text)}\n", encoding="utf-8")
    try:
        patiently(lambda: file.replace(target))
    except PermissionError:
        beside.unlink()
        if not is_held(file):
            raise
        return [f"{file.name} is open in another program and stays where it is; the next run moves it."]
    return []
