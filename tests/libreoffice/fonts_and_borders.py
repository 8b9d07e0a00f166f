"""Fonts and borders of the xlwings engine over LibreOffice."""

from xlwings import base_classes, utils

from tests.libreoffice.calls import Impl, colour_in, colour_out, common

_LINES = {"hairline": 2, "thin": 26, "medium": 53, "thick": 79}


class Font(Impl, base_classes.Font):
    """A range's font."""

    def __init__(self, uno):
        self._uno = uno

    def _get(self, name):
        return common(self._uno, name)

    @property
    def name(self):
        return self._get("CharFontName")

    @name.setter
    def name(self, value):
        self._uno.CharFontName = value

    @property
    def size(self):
        return self._get("CharHeight")

    @size.setter
    def size(self, value):
        self._uno.CharHeight = float(value)

    @property
    def bold(self):
        weight = self._get("CharWeight")
        return None if weight is None else weight > 110

    @bold.setter
    def bold(self, value):
        self._uno.CharWeight = 150.0 if value else 100.0

    @property
    def italic(self):
        posture = self._get("CharPosture")
        return None if posture is None else posture.value == "ITALIC"

    @italic.setter
    def italic(self, value):
        posture = self._uno.CharPosture
        posture.value = "ITALIC" if value else "NONE"
        self._uno.CharPosture = posture

    @property
    def color(self):
        colour = common(self._uno, "CharColor")
        return utils.int_to_rgb(None) if colour is None else colour_out(max(colour, 0))  # fails, as on Windows

    @color.setter
    def color(self, value):
        self._uno.CharColor = colour_in(value)


class Borders(Impl, base_classes.Borders):
    """A range's borders, by side."""

    def __init__(self, cells):
        self._cells = cells

    def __getitem__(self, side):
        return Border(self._cells._uno, {"edge_bottom": "Bottom", "inside_horizontal": "Horizontal"}[side])


class BordersOfAreas(Impl, base_classes.Borders):
    """The borders of cells in several places."""

    def __init__(self, parts):
        self._parts = parts

    def __getitem__(self, side):
        return BorderOfAreas([part[side] for part in self._parts])


class BorderOfAreas(Impl, base_classes.Border):
    """One side of each of them."""

    def __init__(self, parts):
        self._parts = parts

    def _set(self, name, value):
        for part in self._parts:
            setattr(part, name, value)

    color = property(None, lambda self, value: self._set("color", value))
    weight = property(None, lambda self, value: self._set("weight", value))
    line_style = property(None, lambda self, value: self._set("line_style", value))


class Border(Impl, base_classes.Border):
    """One side; what it says of several cells is not to be relied on, so it says nothing."""

    def __init__(self, uno, side):
        self._uno, self._side = uno, side

    def _set(self, colour=None, width=None):
        border = self._uno.TableBorder2
        line = getattr(border, f"{self._side}Line")
        if colour is not None:
            line.Color, line.OuterLineWidth = colour, line.OuterLineWidth or _LINES["thin"]
        if width is not None:
            line.OuterLineWidth = line.LineWidth = width
        for side in ("Bottom", "Horizontal", "Top", "Left", "Right", "Vertical"):
            setattr(border, f"Is{side}LineValid", side == self._side)
        border.IsDistanceValid = False
        setattr(border, f"{self._side}Line", line)
        self._uno.TableBorder2 = border
        if self._side == "Bottom":  # in Excel it is one line with the one on top of the cells below
            place = self._uno.RangeAddress
            row = place.EndRow + 1
            below = self._uno.Spreadsheet.getCellRangeByPosition(place.StartColumn, row, place.EndColumn, row)
            none = below.TopBorder2
            none.OuterLineWidth = none.LineWidth = 0
            below.TopBorder2 = none

    color = property(None, lambda self, value: self._set(colour=colour_in(value)))
    weight = property(None, lambda self, value: self._set(width=_LINES[value]))
    line_style = property(None, lambda self, value: self._set(width=0) if value is None else None)
