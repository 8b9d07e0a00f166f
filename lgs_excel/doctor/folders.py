"""Room, folders and fonts."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from platformdirs import user_data_path, user_log_path

from lgs_excel.doctor.finding import Finding, bad, ok, warning
from lgs_excel.doctor.machine import Machine
from lgs_excel.report.style import CHART_FONTS, FONT
from lgs_excel.settings import APP

ENOUGH_BYTES, TOO_FEW_BYTES = 2_000_000_000, 200_000_000


def folder_findings(machine: Machine) -> tuple[Finding, ...]:
    """Disk room for the warehouse and for passing files, the log's folder, the fonts of the charts."""
    data, passing = user_data_path(APP, appauthor=False), Path(tempfile.gettempdir())
    return (
        _room("Disk room for data", data),
        _room("Disk room for passing files", passing),
        _log_folder(user_log_path(APP, appauthor=False)),
        _fonts(machine),
    )


def _room(name: str, folder: Path) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:,.1f} GB are free for {folder}."
    if free < TOO_FEW_BYTES:
        return bad(name, found, "Make room: a load and a refresh need 200 MB at the least.")
    if free < ENOUGH_BYTES:
        return warning(name, found, "Make room soon: a load of a few million lines needs 2 GB.")
    return ok(name, found)


def _log_folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        remedy = "Give yourself the right to write there, or free the name if a file has it: else no error is recorded."
        return bad("Log folder", f"{folder} can't be written to: {error.strerror}.", remedy)
    return ok("Log folder", str(folder))


def _fonts(machine: Machine) -> Finding:
    import matplotlib as mpl  # takes a second to import
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    first = next((name for name in CHART_FONTS if name in installed), None)
    if first in CHART_FONTS[:2]:  # the second is as wide as the first, letter by letter
        return ok("Fonts", f"Charts are drawn in {first}.")
    package = "" if machine.has_excel else " (Debian: apt-get install fonts-crosextra-carlito)"
    remedy = (
        f"Charts are right all the same. To have them look like the cells: install {FONT} or Carlito{package}, then "
        f"delete {mpl.get_cachedir()}, where the list of fonts is kept."
    )
    return warning("Fonts", f"Charts are drawn in {first or 'DejaVu Sans'}, as {FONT} is not known here.", remedy)
