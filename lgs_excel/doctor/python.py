"""Python and the packages that Excel needs."""

from __future__ import annotations

from lgs_excel.doctor.finding import Finding, bad, ok, warning
from lgs_excel.doctor.machine import Machine

SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"  # from where Excel for Mac may run scripts
_AGAIN = "Install again as README.md says under Install."


def python_findings(machine: Machine) -> tuple[Finding, ...]:
    """Python itself, Excel's kind, our package, xlwings, and what xlwings needs on Windows and on a Mac."""
    return (
        _python(machine),
        _excel(machine),
        _package(machine),
        _xlwings(machine),
        _pywin32(machine),
        _script(machine),
    )


def _python(machine: Machine) -> Finding:
    found = f"{machine.python}, {machine.bits} bit: {machine.interpreter}"
    if machine.windows and "windowsapps" in str(machine.interpreter).casefold():
        remedy = (
            "Excel can't start the Python of Microsoft's Store. Install Python from python.org, and lgs-excel in it."
        )
        return bad("Python", found, remedy)
    return ok("Python", found)


def _excel(machine: Machine) -> Finding:
    name = "Excel"
    if machine.platform == "darwin":
        remedy = "Nothing is to be done: the ribbon and Refresh work on a Mac; use Windows for worksheet functions."
        return warning(name, "Excel for Mac: worksheet functions such as LGS_SALES don't work there.", remedy)
    if not machine.has_excel:
        return ok(name, "There is none for this system; workbooks are written without it.")
    bits = f"{machine.excel_bits} bit" if machine.excel_bits else "not known whether 32 or 64 bit"
    return ok(name, f"{bits}; Python's {machine.bits} bit need not be the same.")


def _package(machine: Machine) -> Finding:
    return ok("lgs-excel", f"Version {machine.versions['lgs-excel']}.")


def _xlwings(machine: Machine) -> Finding:
    installed, wanted = machine.versions["xlwings"], machine.xlwings_wanted
    if installed is None:
        return bad("xlwings", "It is not installed.", _AGAIN)
    if wanted and installed != wanted:
        remedy = f"Run: {machine.interpreter} -m pip install xlwings=={wanted}"
        return bad("xlwings", f"Version {installed} is installed; the workbook's own part is {wanted}.", remedy)
    return ok("xlwings", f"Version {installed}.")


def _pywin32(machine: Machine) -> Finding:
    name, installed = "pywin32", machine.versions["pywin32"]
    if not machine.windows:
        return ok(name, "Only Windows needs it.")
    if installed is None:
        return bad(name, "It is not installed: Python can't reach Excel.", _AGAIN)
    return ok(name, f"Version {installed}.")


def _script(machine: Machine) -> Finding:
    name = "xlwings script"
    if machine.platform != "darwin":
        return ok(name, "Only a Mac needs it.")
    file = machine.home / SCRIPTS / f"xlwings-{machine.versions['xlwings']}.applescript"
    if not file.exists():
        remedy = "Run `lgs-excel install`, or in a terminal: xlwings runpython install"
        return bad(name, f"{file} is missing: Excel may not start Python.", remedy)
    return ok(name, str(file))
