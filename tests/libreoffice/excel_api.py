"""As much of Excel's own objects (`.api` on Windows) as the writer uses."""

from types import SimpleNamespace

from tests.libreoffice.calls import ComError, common

# An indent as LibreOffice reads it in a workbook, in hundredths of a millimetre.
_INDENT = 265
_UNDERLINE_SINGLE, _UNDERLINE_NONE = 2, -4142


class NativeRange:
    """What the writer uses of Excel's own Range."""

    def __init__(self, cells):
        object.__setattr__(self, "_cells", cells)

    @property
    def Value2(self):
        rows = self._cells._uno.getDataArray()
        return rows[0][0] if (len(rows), len(rows[0])) == (1, 1) else rows

    @property
    def IndentLevel(self):
        indent = common(self._cells._uno, "ParaIndent")
        return None if indent is None else round(indent / _INDENT)

    @property
    def Font(self):
        return NativeFont(self._cells._uno)

    @property
    def Hyperlinks(self):
        return NativeLinks([cell for _, _, cell in self._cells._linked()])

    def __setattr__(self, name, value):
        if name != "IndentLevel":
            raise ComError(f"Range has no {name} to set")
        self._cells._uno.ParaIndent = value * _INDENT


class NativeSheet:
    """What the writer uses of Excel's own Worksheet; the rest is UNO's."""

    ProtectionMode = False

    def __init__(self, uno):
        object.__setattr__(self, "_uno", uno)

    def __getattr__(self, name):
        return getattr(self._uno, name)

    def __setattr__(self, name, value):
        setattr(self._uno, name, value)

    @property
    def ProtectContents(self):
        return self._uno.isProtected()


class NativeFont:
    """What the writer uses of Excel's own Font."""

    def __init__(self, uno):
        object.__setattr__(self, "_uno", uno)

    @property
    def Underline(self):
        underline = common(self._uno, "CharUnderline")
        if underline is None:
            return None
        return _UNDERLINE_SINGLE if underline else _UNDERLINE_NONE

    def __setattr__(self, name, value):
        self._uno.CharUnderline = int(value == _UNDERLINE_SINGLE)


class NativeLinks:
    """What the writer uses of Excel's own Hyperlinks."""

    def __init__(self, cells):
        self._all = cells

    @property
    def Count(self):
        return len(self._all)

    def __call__(self, number):
        sheet, cell = self._all[number - 1].TextFields.getByIndex(0).URL.removeprefix("#").rsplit(".", 1)
        return SimpleNamespace(SubAddress=f"{sheet}!{cell}")

    def Delete(self):
        for cell in self._all:
            key = cell.NumberFormat
            cell.setString(cell.String)
            cell.NumberFormat = key


class NativeShape:
    """What the writer uses of Excel's own ShapeRange."""

    def __init__(self, uno):
        object.__setattr__(self, "_uno", uno)

    @property
    def AlternativeText(self):
        return self._uno.Description

    def __setattr__(self, name, value):
        self._uno.Description = value
