"""What is peculiar to Excel, and to xlwings' way to it: patience with an Excel that is busy, Esc, and the few things
that only Excel's own objects (`.api`) have. Those are Windows' objects; on a Mac such things are left as they are.
"""

from __future__ import annotations

import atexit
import ctypes
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import xlwings as xw
from openpyxl.utils.datetime import to_excel

CANCELLED = "Cancelled: the workbook is as it was. Refresh again when you are ready."
BUSY_SECONDS = 30.0
_PAUSE_SECONDS = 0.2
# RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE: a cell is being edited, or a dialogue is open.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
_VK_ESCAPE = 0x1B
_UNDERLINE_NONE, _UNDERLINE_SINGLE = -4142, 2
_COLOUR_SCALE, _NUMBER, _HIGHEST = 3, 0, 2
_QUIET = {"screen_updating": False, "enable_events": False, "display_alerts": False, "calculation": "manual"}


class BusyRetries:
    """How often xlwings tries a call that Excel rejects, in place of its number of attempts, 0, which is for ever.

    xlwings asks whether the attempts made are fewer than this: they are for `seconds` from the first one.
    """

    def __init__(self, waiting: Callable[[], None] = lambda: None, seconds: float = BUSY_SECONDS) -> None:
        self._waiting = waiting
        self._seconds = seconds
        self._end = 0.0

    def __gt__(self, attempts: int) -> bool:
        if attempts == 1:
            self._end = time.monotonic() + self._seconds
            self._waiting()
        time.sleep(_PAUSE_SECONDS)
        return time.monotonic() < self._end

    def __add__(self, number: int) -> int:
        """For the one place of xlwings that counts instead."""
        return int(self._seconds / _PAUSE_SECONDS) + number


def retry_while_busy(waiting: Callable[[], None] = lambda: None) -> None:
    """Make xlwings safe for a user's Excel; does nothing where there is none.

    It ends no Excel when Python ends (xlwings ends, by force, each one that it can't list), and waits for a busy one
    for BUSY_SECONDS; `waiting` is called when a wait begins.
    """
    windows: Any = sys.modules.get("xlwings._xlwindows")
    if windows:
        atexit.unregister(windows.cleanup)
        windows.N_COM_ATTEMPTS = BusyRetries(waiting)


def is_busy(error: BaseException) -> bool:
    """Whether Excel rejected the call because someone is editing a cell or a dialogue is open."""
    described = getattr(error, "excepinfo", None) or ()  # by Excel itself, whose own number is the sixth
    numbers = {getattr(error, "hresult", None), *described[5:6]}
    return not _BUSY.isdisjoint(numbers) or type(error).__name__ == "ExcelBusyError"


@contextmanager
def quiet(app: xw.App) -> Iterator[None]:
    """No repainting, no recalculation, no macros that react to changes, no questions, no typing in between."""
    states = _QUIET | ({} if sys.platform == "darwin" else {"interactive": False})
    before = {name: getattr(app, name) for name in states}
    try:
        for name, value in states.items():
            setattr(app, name, value)
        yield
    finally:
        for name, value in before.items():
            try:
                setattr(app, name, value)
            except Exception:  # noqa: BLE001 - whatever it was, the others must be restored, too, and this one tried again
                setattr(app, name, value)


def escape_pressed(app: xw.App) -> bool:
    """Whether Esc was pressed since this was asked last, while Excel was in front. Only on Windows."""
    windows: Any = getattr(ctypes, "windll", None)
    if windows is None:
        return False
    pressed = windows.user32.GetAsyncKeyState(_VK_ESCAPE) & 0x8001
    return bool(pressed) and _in_front(windows, app)


def _in_front(windows: Any, app: xw.App) -> bool:
    process = ctypes.c_ulong()
    windows.user32.GetWindowThreadProcessId(windows.user32.GetForegroundWindow(), ctypes.byref(process))
    return process.value == app.pid


def values(cells: xw.Range) -> list[list[Any]]:
    """What the cells hold, exactly; xlwings' own way rounds amounts to four digits where they are shown with a £."""
    held = cells.options(ndim=2).value if sys.platform == "darwin" else cells.api.Value2
    if not isinstance(held, list | tuple):
        return [[held or None if isinstance(held, str) else held]]
    return [[None if value == "" else value for value in row] for row in held]


def as_held(value: object) -> object:
    """A value as `values` gives it once it is in a cell: whole numbers and days as floats."""
    if isinstance(value, date):
        return float(to_excel(value))  # type: ignore[no-untyped-call]  # openpyxl has no types
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return None if value == "" else value


def write_values(cells: xw.Range, block: Sequence[Sequence[Any]]) -> None:
    """Write values into cells, in one call: xlwings' own way asks a hundred things besides."""
    engine: Any = xw.engines.active
    if engine.name == "excel" and sys.platform == "darwin":
        cells.value = block
        return
    prepare, plain = engine.impl.prepare_xl_data_element, (str, int, float, bool)
    cells.raw_value = [[x if type(x) in plain else prepare(x, None) for x in row] for row in block]


def move(cells: xw.Range, goal: xw.Range) -> None:
    """Move cells, as by cut and paste; xlwings' own way looks first whether both are of one workbook."""
    cells.impl.move(goal)


def formulas(cells: xw.Range) -> list[list[str]]:
    """What someone would have typed into the cells; "" for a blank one."""
    held: Any = cells.formula
    return [[str(value) for value in row] for row in held] if isinstance(held, list | tuple) else [[str(held or "")]]


def indent(cells: xw.Range) -> int | None:
    """How far text is indented; None if the cells differ."""
    return 0 if sys.platform == "darwin" else cells.api.IndentLevel


def set_indent(cells: xw.Range, level: int) -> None:
    """Indent text by so many characters."""
    if sys.platform != "darwin":
        cells.api.IndentLevel = level


def underline(cells: xw.Range) -> bool | None:
    """Whether text is underlined; None if the cells differ."""
    if sys.platform == "darwin":
        return False
    style = cells.api.Font.Underline
    return None if style is None else bool(style != _UNDERLINE_NONE)


def set_underline(cells: xw.Range, underlined: bool) -> None:  # noqa: FBT001 - as the other formats, a value
    """Underline text, or not."""
    if sys.platform != "darwin":
        cells.api.Font.Underline = _UNDERLINE_SINGLE if underlined else _UNDERLINE_NONE


def linked(cells: xw.Range) -> str:
    """Where the first link in the cells leads to within the workbook, "" if there is none."""
    if sys.platform == "darwin" or not cells.api.Hyperlinks.Count:
        return ""
    return str(cells.api.Hyperlinks(1).SubAddress)


def link(cell: xw.Range, place: str, text: str) -> None:
    """Give a cell a link to a place in the workbook, such as "'RFM Customers'!A1"."""
    cell.add_hyperlink(f"#{place}", text_to_display=text, screen_tip="Go there")


def can_redirect() -> bool:
    """Whether `redirect` can be used."""
    return sys.platform != "darwin"


def redirect(cell: xw.Range, place: str) -> None:
    """Let the link of a cell lead to another place; it keeps its text and its looks."""
    cell.api.Hyperlinks(1).SubAddress = place


def unlink(cells: xw.Range) -> None:
    """Remove the links."""
    if sys.platform != "darwin":
        cells.api.Hyperlinks.Delete()


def colour_scales(sheet: xw.Sheet, colours: tuple[str, str]) -> list[tuple[str, Any]]:
    """The colour scales of a sheet whose highest figures have the second of these colours: their cells, as
    "$A$1:$B$3", and Excel's own object.
    """
    if sys.platform == "darwin":
        return []
    wanted = _bgr(colours[1])
    conditions = sheet.api.Cells.FormatConditions
    return [
        (str(scale.AppliesTo.Address), scale)
        for scale in (conditions(i) for i in range(1, conditions.Count + 1))
        if scale.Type == _COLOUR_SCALE and scale.ColorScaleCriteria(2).FormatColor.Color == wanted
    ]


def add_colour_scale(cells: xw.Range, colours: tuple[str, str]) -> None:
    """Shade cells from the first colour, of nought, to the second, of the highest figure."""
    if sys.platform == "darwin":
        return
    scale = cells.api.FormatConditions.AddColorScale(2)
    low, high = scale.ColorScaleCriteria(1), scale.ColorScaleCriteria(2)
    low.Type, low.Value, high.Type = _NUMBER, 0, _HIGHEST
    for end, colour in zip((low, high), colours, strict=True):
        end.FormatColor.Color = _bgr(colour)


def _bgr(colour: str) -> int:
    """A colour as Excel's own objects have it."""
    return int.from_bytes(bytes.fromhex(colour.removeprefix("#")), "little")


def rename(picture: xw.main.Picture, name: str) -> None:
    """Give a picture a name; xlwings' own way looks first whether another one has it."""
    picture.impl.name = name


def describe(picture: xw.main.Picture, text: str) -> None:
    """Give a picture its alternative text."""
    if sys.platform != "darwin":
        picture.api.ShapeRange.AlternativeText = text


def unlist(table: xw.main.Table) -> None:
    """Make plain cells of a table."""
    if sys.platform == "darwin":
        raise NotImplementedError("a table can't be made plain cells here")
    table.api.Unlist()


def is_protected(sheet: xw.Sheet) -> bool:
    """Whether a sheet's cells can't be written to, by programs neither."""
    api: Any = None if sys.platform == "darwin" else sheet.api
    return bool(api and api.ProtectContents and not api.ProtectionMode)


def filter_again(table: xw.main.Table) -> None:
    """Apply the reader's filter of a table to its new rows."""
    if sys.platform != "darwin" and (chosen := table.api.AutoFilter) is not None:
        with suppress(Exception):  # nothing is filtered
            chosen.ApplyFilter()
