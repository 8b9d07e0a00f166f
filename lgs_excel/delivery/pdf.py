"""The Summary as a PDF, by LibreOffice where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lgs_excel.delivery.password import without_secrets

_USUAL = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", "C:/Program Files/LibreOffice/program/soffice.com")
_FIRST_PAGE = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
_TIMEOUT_SECONDS = 180


def summary_pdf(workbook: bytes) -> bytes | None:
    """The first page of `workbook`, which is its Summary; None where LibreOffice is missing or can't make it."""
    on_path = shutil.which("soffice") or shutil.which("libreoffice")
    program = next((place for place in (on_path, *_USUAL) if place and Path(place).exists()), None)
    if not program:
        return None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder, "report.xlsx")
        file.write_bytes(workbook)
        # With a profile of its own, so that it meets no window that is open.
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [program, "--headless", profile, "--convert-to", _FIRST_PAGE, "--outdir", folder, str(file)]
        try:
            subprocess.run(  # noqa: S603 - a fixed command, on a file of our own
                command, check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT_SECONDS,
                env=without_secrets(os.environ),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
        made = file.with_suffix(".pdf")
        return made.read_bytes() if made.exists() else None
