"""The macro workbook: whether Excel lets it run, from where, and whether it and Python belong together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from lgs_excel.doctor.finding import Finding, bad, ok, warning
from lgs_excel.doctor.machine import Machine
from lgs_excel.report.sheets.settings import ADDIN_VERSION, XLWINGS_VERSION

CONF = "xlwings.conf"
MOST_CHARACTERS = 218  # of a path, for Excel
_MARK = "Zone.Identifier"
_INTERNET = ("3", "4")
_ANOTHER = "Make a workbook that belongs to this Python with `lgs-excel install`, and use that."


@dataclass(frozen=True)
class Book:
    """What the workbook says of itself: its versions, None where it says none; the sheet xlwings.conf."""

    addin: str | None
    xlwings: str | None
    conf: Mapping[str, str]


def workbook_findings(book: str, machine: Machine) -> tuple[Finding, ...]:
    """The workbook's place, then what is in it as far as it can be read."""
    place = _place(book, machine)
    if _is_address(book):
        return (place,)
    file = Path(book)
    try:
        read = _read(file)
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        remedy = "Name a workbook that `lgs-excel install` made; if it is that, make another one."
        return (place, bad("Workbook", f"{file} can't be read as a workbook ({type(error).__name__}).", remedy))
    return (
        place,
        _mark_of_the_web(file),
        _addin_version(read, machine),
        _xlwings_version(read, machine),
        _interpreter(read, machine),
        _library(read, machine),
    )


def _place(book: str, machine: Machine) -> Finding:
    name = "Workbook's place"
    local = "Move it to a folder of this computer that isn't synchronised, such as C:\\LGS, and open it there."
    synchronised = [place for key in ("OneDrive", "OneDriveCommercial") if (place := machine.environment.get(key))]
    if _is_address(book):
        return bad(name, f"It is open from the web ({book}): Python can't find it.", local)
    if any(book.casefold().startswith(place.casefold()) for place in synchronised) or re.search(
        r"[\\/](OneDrive|SharePoint)( - [^\\/]+)?[\\/]", book, re.IGNORECASE
    ):
        return warning(
            name, f"{book} is in OneDrive or SharePoint: macros may not find it, and copies may clash.", local
        )
    if len(book) > MOST_CHARACTERS:
        return bad(name, f"Its path has {len(book)} characters; Excel opens {MOST_CHARACTERS}.", local)
    if book.startswith(("\\\\", "//")):
        remedy = f"{local} Or let IT make the share a Trusted Location (docs/it-guide.md)."
        return warning(name, f"{book} is on a network share, where Excel blocks macros.", remedy)
    return ok(name, book)


def _mark_of_the_web(file: Path) -> Finding:
    """NTFS keeps it in a stream of the file, which opens like a file of that name."""
    name = "Unblocked"
    try:
        mark = Path(f"{file}:{_MARK}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ok(name, "It has no mark of a download.")
    zone = re.search(r"ZoneId\s*=\s*(\d)", mark)
    if not zone or zone[1] not in _INTERNET:
        return ok(name, "Its mark says that it comes from a trusted place.")
    remedy = (
        "Close it, right-click it in Explorer, Properties, tick Unblock, OK; or keep it in a Trusted Location, where "
        "this mark does not count."
    )
    return bad(name, "It is marked as a download (Mark of the Web): Excel blocks its macros.", remedy)


def _addin_version(book: Book, machine: Machine) -> Finding:
    installed = machine.versions["lgs-excel"]
    if book.addin is None:
        return bad("Workbook's add-in", "The workbook does not say its version: it is not one of LGS's.", _ANOTHER)
    if book.addin != installed:
        return bad("Workbook's add-in", f"The workbook is of version {book.addin}, Python's is {installed}.", _ANOTHER)
    return ok("Workbook's add-in", f"Version {book.addin}, as Python's.")


def _xlwings_version(book: Book, machine: Machine) -> Finding:
    installed = machine.versions["xlwings"]
    if book.xlwings != installed:
        found = f"The workbook's xlwings is {book.xlwings or 'not known'}, Python's is {installed}."
        return bad("Workbook's xlwings", found, _ANOTHER)
    return ok("Workbook's xlwings", f"Version {book.xlwings}, as Python's.")


def _interpreter(book: Book, machine: Machine) -> Finding:
    name, key = "Workbook's Python", "INTERPRETER_MAC" if machine.platform == "darwin" else "INTERPRETER_WIN"
    if not machine.has_excel:
        return ok(name, "No macro runs on this system.")
    said = book.conf.get(key, "")
    if not said:
        return bad(name, f"The workbook does not say where Python is ({key} is empty).", _ANOTHER)
    if not Path(said).exists():
        return bad(name, f"The workbook's Python is not there: {said}.", _ANOTHER)
    if Path(said).parent != machine.interpreter.parent:  # python.exe and pythonw.exe are one Python
        found = f"The workbook's Python is {said}; this check runs in {machine.interpreter}."
        return warning(name, found, f"Run the check with that one, or: {_ANOTHER[0].lower()}{_ANOTHER[1:]}")
    return ok(name, said)


def _library(book: Book, machine: Machine) -> Finding:
    """On Windows the functions come through a DLL beside python.exe, or above it in an environment."""
    name, bits = "xlwings library", machine.excel_bits or machine.bits
    if not machine.windows or book.conf.get("USE UDF SERVER", "").casefold() != "true":
        return ok(name, "Not needed here.")
    dll = f"xlwings{bits}-{machine.versions['xlwings']}.dll"
    folder = Path(book.conf.get("INTERPRETER_WIN") or machine.interpreter).parent
    found = next((place / dll for place in (folder, folder.parent) if (place / dll).exists()), None)
    if found is None:
        remedy = (
            "Install xlwings again with pip, not with conda, in that Python; antivirus may have taken the file away."
        )
        return bad(name, f"{dll} is neither in {folder} nor above it: Excel can't start Python.", remedy)
    return ok(name, str(found))


def _read(file: Path) -> Book:
    from openpyxl import load_workbook

    workbook: Any = load_workbook(file, read_only=True, data_only=True)
    try:
        conf = workbook[CONF].iter_rows(max_col=2, values_only=True) if CONF in workbook.sheetnames else ()
        return Book(
            addin=_named(workbook, ADDIN_VERSION),
            xlwings=_named(workbook, XLWINGS_VERSION),
            conf={str(row[0]): "" if row[1] is None else str(row[1]) for row in conf if row[0]},
        )
    finally:
        workbook.close()


def _named(workbook: Any, name: str) -> str | None:
    """What the cell of that name says; None where there is none."""
    if name not in workbook.defined_names:
        return None
    (title, address), *_ = workbook.defined_names[name].destinations
    value = workbook[title][address.replace("$", "")].value
    return None if value is None else str(value)


def _is_address(book: str) -> bool:
    return book.casefold().startswith(("http://", "https://"))
