"""xlwings as it is on Windows, without Windows: its own code for worksheet functions, pywin32's modules left empty.

What stands for Excel: a cell's value as COM hands it over (float, str, bool, datetime with a time zone, an int for an
error), `MISSING` for an argument left out, and `ComRange` for a range. Everything between that and the function is
xlwings' own: com_server.XLPython.CallUDF, udfs.call_udf, conversion, and the Windows engine's reading and writing.
"""

import atexit
import contextlib
import ctypes
import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock, patch

import xlwings

from lgs_excel import addin

MISSING = -2147352572  # DISP_E_PARAMNOTFOUND
NOT_AVAILABLE = -2146826246  # #N/A
RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
UDFS = "lgs_excel.addin.udfs"
_PYWIN32 = (
    "pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process", "win32timezone",
    "win32com", "win32com.client", "win32com.client.dynamic", "win32com.server", "win32com.server.dispatcher",
    "win32com.server.policy", "win32com.server.util",
)  # fmt: skip
_XLWINGS = ("xlwings._xlwindows", "xlwings._win32patch", "xlwings.udfs", "xlwings.com_server")


class ComTime(datetime):
    """A date as pywin32 gives it: always with a time zone."""

    @classmethod
    def on(cls, day: str) -> "ComTime":
        return cls.fromisoformat(day).replace(tzinfo=UTC)


class ComRange:
    """A range as VBA hands it to a function: its rows of values; a single cell has a bare value."""

    def __init__(self, *rows: tuple[object, ...]) -> None:
        self.Value = rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]
        self.Worksheet, self.Row, self.Column = MagicMock(), 1, 1
        self.Rows, self.Columns = SimpleNamespace(Count=len(rows)), SimpleNamespace(Count=len(rows[0]))
        attributes = SimpleNamespace(iid=RANGE_IID)
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: SimpleNamespace(GetTypeAttr=lambda: attributes))

    def __repr__(self) -> str:
        """Part of a test's name, which is to be the same in every process."""
        return f"ComRange({self.Value!r})"


@contextlib.contextmanager
def windows() -> Iterator[SimpleNamespace]:
    """While it lasts: `udfs` (our module, registered with xlwings), `call(name, *cells)` (what Excel shows), and
    `wrappers()` (the VBA that xlwings generates).
    """
    modules = {name: _empty(name) for name in _PYWIN32}
    modules["pywintypes"].TimeType = ComTime
    modules["pywintypes"].com_error = type("com_error", (Exception,), {})
    modules["pywintypes"].IID = str
    modules["win32com.server.util"].unwrap.side_effect = modules[
        "pywintypes"
    ].com_error  # what is no object of Python's
    modules["win32com"].server = modules["win32com.server"]
    modules["win32com.server"].util = modules["win32com.server.util"]
    modules["win32timezone"].TimeZoneInfo.utc = lambda: UTC
    modules["win32com.client.dynamic"].CDispatch = modules["win32com.client"].CDispatch = type("CDispatch", (), {})
    modules["win32com.client"].DispatchBaseClass = type("DispatchBaseClass", (), {})
    modules["win32com.client"].CoClassBaseClass = type("CoClassBaseClass", (), {})
    engines = xlwings.engines
    before = (list(engines.engines), dict(engines.engines_by_name), dict(vars(xlwings)))
    ours = (*_XLWINGS, UDFS)
    for name in ours:
        sys.modules.pop(name, None)
    sys.modules.update(modules)
    try:
        with patch.multiple(ctypes, create=True, windll=MagicMock(), oledll=MagicMock(), PyDLL=MagicMock()):
            on_windows = importlib.import_module("xlwings._xlwindows")
        atexit.unregister(on_windows.cleanup)
        engines.add(xlwings.Engine(impl=on_windows.engine))
        server = importlib.import_module("xlwings.com_server").XLPython()
        yield SimpleNamespace(
            udfs=importlib.import_module(UDFS),
            call=lambda name, *cells: server.CallUDF(UDFS, name, cells),
            wrappers=_wrappers,
        )
    finally:
        sys.modules["xlwings.com_server"].loop.close()
        engines.engines[:], names, attributes = before
        engines.engines_by_name.clear()
        engines.engines_by_name.update(names)
        for name in set(vars(xlwings)) - set(attributes):
            delattr(xlwings, name)
        # These alone: a library that was imported meanwhile, such as duckdb, must not be imported twice.
        for name in (*modules, *ours):
            sys.modules.pop(name, None)
        vars(addin).pop("udfs", None)


def _empty(name: str) -> MagicMock:
    module = MagicMock(spec_set=None, name=name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__path__ = []
    module.__file__ = name
    return module


def _wrappers() -> str:
    import io

    from xlwings import udfs

    out = io.StringIO()
    module: ModuleType = sys.modules[UDFS]
    udfs.generate_vba_wrapper(UDFS, module, out, SimpleNamespace(Name="LGS_Analytics.xlsm"))
    return out.getvalue()
