"""The part of Excel's object model that the buttons use, as COM objects: strict about names, and busy if so told."""

from typing import Any, ClassVar

import pythoncom
import win32com.client
import win32com.server.util
from win32com.server.exception import COMException

CALL_REJECTED = -2147418111  # while a dialogue is open
IGNORED = -2146777998  # while a cell is being edited
NO_SUCH_THING = -2147352567
MANUAL, AUTOMATIC = -4135, -4105
WINDOW = 1  # of no process, as Excel is not there


def dispatch(thing: "Thing", busy: "Busy") -> Any:
    """A client's view of an object, through which calls are rejected while Excel is busy."""
    client = win32com.client.Dispatch(wrapped(thing))
    client.__dict__["_oleobj_"] = Line(client._oleobj_, busy)
    return client


def wrapped(thing: "Thing") -> Any:
    """An object as COM hands it out."""
    return win32com.server.util.wrap(thing)


class Busy:
    """How many of the next calls Excel rejects, and how."""

    def __init__(self) -> None:
        self.calls = 0
        self.rejected = 0
        self.error: tuple[Any, ...] = (CALL_REJECTED, "Call was rejected by callee.", None, None)

    def check(self) -> None:
        """Reject the call if Excel is busy."""
        if self.calls:
            self.calls -= 1
            self.rejected += 1
            raise pythoncom.com_error(*self.error)


class Line:
    """The way from a client to an object."""

    def __init__(self, inner: Any, busy: Busy) -> None:
        self._inner, self._busy = inner, busy

    def __getattr__(self, name: str) -> Any:
        if name in {"Invoke", "InvokeTypes"}:
            self._busy.check()
        return getattr(self._inner, name)


class Thing:
    """An object with some properties; any other name is an error, and so is a value of another type."""

    _public_methods_: ClassVar[list[str]] = []

    def __init__(self, **values: object) -> None:
        object.__setattr__(self, "_public_attrs_", list(values))
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        value = self._values[name]
        return wrapped(value) if isinstance(value, Thing) else value

    def __setattr__(self, name: str, value: object) -> None:
        before = self._values[name]
        if not isinstance(value, type(before)) and not (name == "StatusBar" and value is False):
            raise COMException(scode=NO_SUCH_THING, desc=f"{name} can't be {value!r}")
        self._values[name] = value


class Names(Thing):
    """Names by themselves."""

    _public_methods_: ClassVar[list[str]] = ["Item"]
    _dispid_to_func_: ClassVar[dict[int, str]] = {0: "Item"}

    def __init__(self, **refers_to: str) -> None:
        super().__init__(Count=len(refers_to))
        object.__setattr__(self, "refers_to", refers_to)

    def Item(self, key: object) -> Any:  # noqa: N802 - Excel's own
        """The one of this name, whatever its case."""
        found = [(name, place) for name, place in self.refers_to.items() if name.lower() == str(key).lower()]
        if not found:
            raise COMException(scode=NO_SUCH_THING, desc="no such name")
        return wrapped(Thing(Name=found[0][0], RefersTo=found[0][1]))


class Workbook:
    """A workbook with one name and one picture, in an Excel."""

    def __init__(self) -> None:
        self.busy = Busy()
        self.application = Thing(
            StatusBar="", ScreenUpdating=True, EnableEvents=True, DisplayAlerts=True, Calculation=AUTOMATIC,
            Interactive=True, Hwnd=WINDOW,
        )  # fmt: skip
        self.shape = Thing(AlternativeText="before")
        self.picture = Thing(Name="lgs_Sales", ShapeRange=self.shape)
        self.book = Thing(
            Name="LGS_Analytics.xlsm", FullName=r"C:\Users\Änne\LGS_Analytics.xlsm", Application=self.application,
            Names=Names(lgs_Sales="=Sales!$A$1"),
        )  # fmt: skip
