"""The macro workbook: a report's sheets, our modules and xlwings', and the ribbon.

    python -m lgs_excel.addin.build.workbook

writes the record of the workbook as it is shipped, by which its first refresh is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from lgs_excel.addin.build.empty_report import template
from lgs_excel.addin.build.vba_module import ENCODING, Kind, Module
from lgs_excel.addin.build.vba_project import Project
from lgs_excel.addin.build.xlsm_package import CONF_CODE_NAME, Conf, add_macros, configured
from lgs_excel.addin.workbook_sources import MODULES, RECORD, RIBBON, WORKBOOK, source_folder
from lgs_excel.errors import SettingsError
from lgs_excel.report.layout import code_name, lay_out
from lgs_excel.report.model import Report
from lgs_excel.writers.files import Form, check_target, write
from lgs_excel.writers.headless import BOOK_CODE_NAME, workbook_bytes
from lgs_excel.writers.record import KEY_NAME, key_of, record_of

PROJECT = "LGSAnalytics"
UDF_MODULE = "lgs_excel.addin.udfs"
# The version whose VBA modules were read and tested; pyproject.toml pins the same.
XLWINGS = "0.37.8"
_XLWINGS_MODULES = (("xlwings", Kind.MODULE, "xlwings.bas"), ("Dictionary", Kind.CLASS, "addin/Dictionary.cls"))


def build(out: Path) -> None:
    """Write the workbook without figures, which knows no Python yet, to `out`; errors as of `files.write`."""
    check_target(out, TEMPLATE)
    write(template(), out, TEMPLATE)


def for_python(interpreter: Path) -> bytes:
    """The file of the workbook without figures, as shipped, for this Python to serve."""
    return configured((source_folder() / WORKBOOK).read_bytes(), conf(interpreter))


def record(report: Report) -> str:
    """What a refresh has to know of the workbook with this report, as text: workbook/LGS_Analytics.json."""
    return record_of(map(lay_out, report))


def macro_workbook(report: Report, settings: Conf, constants: Iterable[tuple[str, str]] = ()) -> bytes:
    """The .xlsm file of `report`; settings: of the sheet xlwings.conf; constants: further names. The same report gives
    the same bytes.
    """
    project = Project(PROJECT, _modules(report))
    ribbon = (source_folder() / RIBBON).read_bytes()
    return add_macros(workbook_bytes(report, constants), bytes(project), ribbon, settings)


def conf(interpreter: Path | None = None, platform: str = sys.platform) -> dict[str, str | bool]:
    """What the sheet xlwings.conf says: which Python runs the macros on this platform, if that is known, and how.

    Neither Windows nor macOS: no interpreter, as there is no Excel.
    """
    keys = {"win32": "INTERPRETER_WIN", "darwin": "INTERPRETER_MAC"}
    where = {keys[platform]: str(interpreter)} if interpreter and platform in keys else {}
    return {
        **where,
        "UDF MODULES": UDF_MODULE,
        "USE UDF SERVER": True,  # Python stays warm between clicks
        "SHOW CONSOLE": False,
        "ADD_WORKBOOK_TO_PYTHONPATH": False,  # what lies beside the workbook is never run
    }


def _template_bytes(report: Report) -> bytes:
    return macro_workbook(report, conf(), [(KEY_NAME, key_of(record(report)))])


TEMPLATE = Form(".xlsm", _template_bytes, macros=True)
# A report with macros, which this Python serves.
XLSM = Form(".xlsm", lambda report: macro_workbook(report, conf(Path(sys.executable))), macros=True)


def _modules(report: Report) -> tuple[Module, ...]:
    """A module for the workbook and for each sheet, ours, and xlwings'."""
    sources = {path.stem: path for path in sorted((source_folder() / MODULES).iterdir())}

    def document(name: str, kind: Kind) -> Module:
        return Module(name, kind, _read(sources.pop(name)) if name in sources else "")

    sheets = [*(code_name(sheet.title) for sheet in report), CONF_CODE_NAME]
    documents = [document(BOOK_CODE_NAME, Kind.WORKBOOK), *(document(name, Kind.SHEET) for name in sheets)]
    ours = [Module(name, Kind.MODULE, _read(path)) for name, path in sources.items()]
    return (*documents, *ours, *_xlwings_modules())


@cache
def _xlwings_modules() -> tuple[Module, ...]:
    """The modules of xlwings itself, their notices in them, from the installed package.

    Raises SettingsError for another version: Python and the workbook must have the same.
    """
    found = version("xlwings")
    if found != XLWINGS:
        raise SettingsError(
            f"xlwings is {found} here; the workbook is made for {XLWINGS}. Install that: pip install xlwings=={XLWINGS}"
        )
    spec = find_spec("xlwings")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return tuple(Module(name, kind, _read(folder / file)) for name, kind, file in _XLWINGS_MODULES)


def _read(path: Path) -> str:
    return path.read_bytes().decode(ENCODING)


if __name__ == "__main__":
    (source_folder() / RECORD).write_text(record(template()), encoding="utf-8", newline="\n")
