"""All that a workbook says and shows, read through UNO: neither xlwings nor the engine has a part in it."""

from tests.libreoffice.calls import common

_FORMATTED = 512  # with something inside that plain text has not, such as a link
_PICTURE = "com.sun.star.drawing.GraphicObjectShape"
_LOOKS = ("CharFontName", "CharHeight", "CharWeight", "CharColor", "CharUnderline", "CellBackColor", "VertJustify",
          "IsTextWrapped", "ParaIndent")  # fmt: skip


def state(document):
    """sheet → what is on it; and the names."""
    found = {"names": {name: _refers_to(document, name) for name in document.NamedRanges.ElementNames}}
    for sheet in document.Sheets:
        found[sheet.Name] = {
            "cells": _cells(document, sheet),
            "tables": _tables(document, sheet),
            "pictures": _pictures(sheet),
            "scales": _scales(sheet),
            "heights": _sizes(sheet, "Rows", "Height"),
            "widths": _sizes(sheet, "Columns", "Width"),
        }
    return found


def _refers_to(document, name):
    return document.NamedRanges.getByName(name).Content.replace("$", "")


def _used(sheet):
    cursor = sheet.createCursor()
    cursor.gotoStartOfUsedArea(False)
    cursor.gotoEndOfUsedArea(True)
    place = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, place.EndColumn, place.EndRow)


def _cells(document, sheet):
    """(row, column) → value, formula, link and looks."""
    used = _used(sheet)
    found = {}
    for i, (values, formulas) in enumerate(zip(used.getDataArray(), used.getFormulaArray(), strict=True), 1):
        for j, (value, formula) in enumerate(zip(values, formulas, strict=True), 1):
            found[i, j] = {"value": value, "formula": formula}
    unique = used.UniqueCellFormatRanges
    for group in (unique.getByIndex(n) for n in range(unique.Count)):
        looks = _looks(document, group)
        for place in group.RangeAddresses:
            for row in range(place.StartRow, place.EndRow + 1):
                for column in range(place.StartColumn, place.EndColumn + 1):
                    found[row + 1, column + 1] |= looks
    for (row, column), cell in found.items():
        below = found.get((row + 1, column), {}).get("top", (0, 0))
        cell["below"] = max(cell.pop("bottom", (0, 0)), below)
        cell["link"] = None
    links = used.queryContentCells(_FORMATTED).Cells.createEnumeration()
    while links.hasMoreElements():
        cell = links.nextElement()
        place = cell.CellAddress
        found[place.Row + 1, place.Column + 1]["link"] = _link(cell)
    return {place: {k: v for k, v in cell.items() if k != "top"} for place, cell in found.items()}


def _looks(document, group):
    looks = {name: value for name in _LOOKS if (value := common(group, name)) is not None}
    key = group.NumberFormat
    looks["format"] = document.NumberFormats.getByKey(key).FormatString.upper()
    looks["posture"], looks["side"] = group.CharPosture.value, group.HoriJustify.value
    for side in ("TopBorder", "BottomBorder"):
        border = group.getPropertyValue(side)
        looks[side.removesuffix("Border").lower()] = (
            border.OuterLineWidth,
            border.Color if border.OuterLineWidth else 0,
        )
    return looks


def _link(cell):
    return cell.TextFields.getByIndex(0).URL if cell.TextFields.Count else None


def _tables(document, sheet):
    found = {}
    for name in document.DatabaseRanges.ElementNames:
        table = document.DatabaseRanges.getByName(name)
        place = table.DataArea
        if place.Sheet == sheet.RangeAddress.Sheet:
            corners = (place.StartRow, place.StartColumn, place.EndRow, place.EndColumn)
            found[name] = (*corners, table.AutoFilter, table.ContainsHeader)
    return found


def _scales(sheet):
    """Cells → the ends of their colour scale: what each is, its colour, its value."""
    found = {}
    for one in sheet.ConditionalFormats.getConditionalFormats():
        ends = [
            (end.getType(), f"{end.getColor():06X}", end.getFormula()) for end in one.getByIndex(0).ColorScaleEntries
        ]
        found[one.Range.RangeAddressesAsString] = ends
    return found


def _pictures(sheet):
    shapes = (sheet.DrawPage.getByIndex(i) for i in range(sheet.DrawPage.Count))
    return {
        shape.Name: (
            shape.Description, shape.Position.X, shape.Position.Y, shape.Size.Width, shape.Size.Height,
            shape.Graphic.SizePixel.Width,
        )
        for shape in shapes
        if shape.ShapeType == _PICTURE
    }  # fmt: skip


def _sizes(sheet, what, name):
    used = _used(sheet)
    several = getattr(used, what)
    return [getattr(several.getByIndex(i), name) for i in range(several.Count)]
