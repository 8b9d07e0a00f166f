"""As much of Excel's own objects (`.api` on Windows) as the writer uses."""

from types import SimpleNamespace

from xlwings.utils import col_name

from tests.libreoffice.calls import ComError, Impl, common

# An indent as LibreOffice reads it in a workbook, in hundredths of a millimetre.
_INDENT = 265
_UNDERLINE_SINGLE, _UNDERLINE_NONE = 2, -4142
_XL_COLOUR_SCALE, _UNO_COLOUR_SCALE = 3, 1
# What an end of a colour scale is: LibreOffice's number → Excel's, of the lowest, the highest, and a number.
_XL_ENDS = {0: 1, 1: 2, 3: 0}
# A cell that nothing is in, and all that a cell may have.
_FAR, _EVERYTHING = (200, 20_000), 1023


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
    def FormatConditions(self):
        return NativeConditions(self._cells._sheet, self._cells)

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

    def __init__(self, sheet):
        object.__setattr__(self, "_sheet", sheet)
        object.__setattr__(self, "_uno", sheet._uno)

    @property
    def Cells(self):
        return SimpleNamespace(FormatConditions=NativeConditions(self._sheet))

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


class NativeLink:
    """What the writer uses of Excel's own Hyperlink."""

    def __init__(self, field):
        self._field = field

    @property
    def SubAddress(self):
        return "!".join(self._field.URL.removeprefix("#").rsplit(".", 1))

    @SubAddress.setter
    def SubAddress(self, place):
        self._field.URL = "#" + ".".join(place.rsplit("!", 1))


class NativeLinks:
    """What the writer uses of Excel's own Hyperlinks."""

    def __init__(self, cells):
        self._all = cells

    @property
    def Count(self):
        return len(self._all)

    def __call__(self, number):
        return NativeLink(self._all[number - 1].TextFields.getByIndex(0))

    def Delete(self):
        for cell in self._all:
            key = cell.NumberFormat
            cell.setString(cell.String)
            cell.NumberFormat = key


class NativeConditions(Impl):
    """What the writer uses of Excel's own FormatConditions: those of a sheet, or of cells."""

    def __init__(self, sheet, cells=None):
        self._sheet, self._cells = sheet, cells

    def _all(self):
        return self._sheet._uno.ConditionalFormats.getConditionalFormats()

    @property
    def Count(self):
        return len(self._all())

    def __call__(self, number):
        return NativeCondition(self._sheet, self._all()[number - 1])

    def AddColorScale(self, colours):
        """LibreOffice's own way makes one without colours: one is pasted, and put where it is to be."""
        ids = {one.ID for one in self._all()}
        document, uno = self._sheet._book._doc, self._sheet._uno
        selection, controller = document.CurrentSelection, document.CurrentController
        far = uno.getCellByPosition(*_FAR)
        controller.select(far)
        controller.insertTransferable(self._sheet._book._app._a_colour_scale())
        controller.select(selection)
        (made,) = (one for one in self._all() if one.ID not in ids)
        scale = NativeCondition(self._sheet, made)
        scale.ModifyAppliesToRange(NativeRange(self._cells))
        far.clearContents(_EVERYTHING)
        return scale


class NativeCondition(Impl):
    """What the writer uses of Excel's own ColorScale."""

    def __init__(self, sheet, uno):
        self._sheet, self._uno = sheet, uno

    @property
    def Type(self):
        return _XL_COLOUR_SCALE if self._uno.getByIndex(0).getType() == _UNO_COLOUR_SCALE else 0

    @property
    def AppliesTo(self):
        texts = []
        for place in self._uno.Range.RangeAddresses:
            corners = (place.StartRow, place.StartColumn), (place.EndRow, place.EndColumn)
            first, last = (f"${col_name(column + 1)}${row + 1}" for row, column in corners)
            texts.append(first if first == last else f"{first}:{last}")
        return SimpleNamespace(Address=",".join(texts))

    def ColorScaleCriteria(self, number):
        return NativeCriterion(self._uno.getByIndex(0).ColorScaleEntries[number - 1])

    def ModifyAppliesToRange(self, cells):
        cells = cells._cells._uno
        ranges = self._sheet._book._doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddress(cells.RangeAddress, False)
        self._uno.Range = ranges

    def Delete(self):
        self._sheet._uno.ConditionalFormats.removeByID(self._uno.ID)


class NativeCriterion(Impl):
    """What the writer uses of Excel's own ColorScaleCriterion, and of its FormatColor."""

    def __init__(self, uno):
        self._uno = uno

    FormatColor = property(lambda self: self)

    @property
    def Type(self):
        return _XL_ENDS[self._uno.getType()]

    @Type.setter
    def Type(self, value):
        self._uno.setType({excel: own for own, excel in _XL_ENDS.items()}[value])

    @property
    def Value(self):
        return self._uno.getFormula()

    @Value.setter
    def Value(self, value):
        self._uno.setFormula(str(value))

    @property
    def Color(self):
        return int.from_bytes(self._uno.getColor().to_bytes(3, "big"), "little")

    @Color.setter
    def Color(self, value):
        self._uno.setColor(int.from_bytes(value.to_bytes(3, "little"), "big"))


class NativeShape:
    """What the writer uses of Excel's own ShapeRange."""

    def __init__(self, uno):
        object.__setattr__(self, "_uno", uno)

    @property
    def AlternativeText(self):
        return self._uno.Description

    def __setattr__(self, name, value):
        self._uno.Description = value
