"""The lists of a campaign as files that mail tools take, for their user alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from lgs_excel.campaigns.plan import Plan
from lgs_excel.errors import InputError
from lgs_excel.files import atomic_write
from lgs_excel.loading.rejected_lines import FORMULA_STARTS

_GENERIC = {name: name for name in ("customer_id", "email", "first_name", "last_name", "segment", "country", "spend")}
# What a tool calls a column that it takes.
FORMATS: Mapping[str, Mapping[str, str]] = {
    "generic": _GENERIC,
    "mailchimp": {"Email Address": "email", "First Name": "first_name", "Last Name": "last_name", "Tags": "campaign"},
    "klaviyo": {
        "Email": "email", "First Name": "first_name", "Last Name": "last_name", "External ID": "customer_id",
    },
    "hubspot": {
        "Email": "email", "First Name": "first_name", "Last Name": "last_name", "Customer ID": "customer_id",
    },
}  # fmt: skip


def list_files(folder: Path, name: str) -> tuple[Path, Path]:
    """The files of the two lists of a campaign: to write to, held out."""
    stem = re.sub(r"[^\w-]+", "-", name).strip("-")
    return folder / f"{stem}-mail.csv", folder / f"{stem}-hold-out.csv"


def write_lists(plan: Plan, folder: Path, form: str) -> tuple[Path, Path]:
    """Write both; or neither: an error leaves no file. Raises InputError where that can't be done."""
    mail, held = list_files(folder, plan.request.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if there := next((path for path in (mail, held) if path.exists()), None):
            raise InputError(f"{there} is there already. Choose another folder or name; nothing was written.")
        done: list[Path] = []
        try:
            for path, people, columns in (
                (mail, plan.mailed, FORMATS[form]), (held, plan.held_out, _GENERIC),
            ):  # fmt: skip
                with atomic_write(path, private=True) as file:
                    file.write(_csv(people.assign(campaign=plan.request.name), columns))
                done.append(path)
        except BaseException:
            for path in done:
                path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            f"{folder} can't be written to: {error.strerror}. Name a folder of yours with --out; nothing was written."
        ) from error
    return mail, held


def lists_with(customer_id: str, folder: Path, name: str) -> list[Path]:
    """Those of a campaign's lists that are still there and have a customer in them."""
    return [path for path in list_files(folder, name) if path.exists() and _has(path, customer_id)]


def _has(path: Path, customer_id: str) -> bool:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return any(customer_id in row for row in csv.reader(file))
    except (OSError, ValueError, csv.Error):
        return False


def _csv(people: pd.DataFrame, columns: Mapping[str, str]) -> bytes:
    """RFC 4180 in UTF-8; text that a spreadsheet would run as a formula gets an apostrophe."""
    shown = {header: name for header, name in columns.items() if name == "customer_id" or _any(people[name])}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(shown)
    writer.writerows(zip(*(map(_plain, people[name]) for name in shown.values()), strict=True))
    return out.getvalue().encode()


def _any(column: pd.Series) -> bool:
    """Whether a column says anything: without contacts nobody has an address or a name."""
    return bool((column.astype("str") != "").any()) or column.empty


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
