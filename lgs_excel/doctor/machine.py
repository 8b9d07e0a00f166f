"""The facts of a machine that the checks judge."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

PACKAGES = ("lgs-excel", "xlwings", "pywin32")


@dataclass(frozen=True)
class Machine:
    """platform: as sys.platform. interpreter: the Python that runs this. bits: of Python. excel_bits: 32 or 64, None
    where that is not known. versions: of PACKAGES, None where one is not installed. xlwings_wanted: the version that
    this package needs. environment: the variables. home: the user's folder.
    """

    platform: str
    interpreter: Path
    python: str
    bits: int
    excel_bits: int | None
    versions: Mapping[str, str | None]
    xlwings_wanted: str
    environment: Mapping[str, str]
    home: Path

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.platform == "win32"

    @property
    def has_excel(self) -> bool:
        """Whether there is an Excel for this platform at all."""
        return self.platform in ("win32", "darwin")


def this_machine() -> Machine:
    """The machine that this runs on."""
    return Machine(
        platform=sys.platform,
        interpreter=Path(sys.executable),
        python=platform.python_version(),
        bits=64 if sys.maxsize > 2**32 else 32,
        excel_bits=_excel_bits(),
        versions={package: _version(package) for package in PACKAGES},
        xlwings_wanted=_pinned("lgs-excel", "xlwings"),
        environment=dict(os.environ),
        home=Path.home(),
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _pinned(package: str, dependency: str) -> str:
    """The version that `package` wants of `dependency`, "" where it does not say exactly one."""
    wanted = [requirement.partition("==") for requirement in requires(package) or ()]
    return next((pin.split(";")[0].strip() for name, _, pin in wanted if name.strip() == dependency), "")


def _excel_bits() -> int | None:
    """Of the Office that Click-to-Run installed, as Windows' registry has it; None elsewhere."""
    try:
        winreg: Any = import_module("winreg")
        place = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
            return {"x64": 64, "x86": 32}.get(winreg.QueryValueEx(key, "Platform")[0])
    except (ImportError, OSError):
        return None
