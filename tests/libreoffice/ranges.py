"""Ranges of the xlwings engine over LibreOffice, and as much of Excel's own objects (`.api`) as the writer uses."""

import datetime as dt
import re

from xlwings import base_classes, utils

from tests.libreoffice.calls import ComError, Impl, colour_in, colour_out, common
from tests.libreoffice.excel_api import NativeRange
from tests.libreoffice.fonts_and_borders import Borders, BordersOfAreas, Font
from tests.libreoffice.parsing import NotTaken, take

POINTS_PER_MM100 = 72 / 2540
EPOCH = dt.datetime(1899, 12, 30)
_FORMATTED = 512  # with something inside that plain text has not, such as a link
_DATE_OR_LOGICAL = 2 | 1024
_MANY = 60
# The width of a digit as LibreOffice reads widths in a workbook, in hundredths of a millimetre.
_DIGIT = 195.79
_EDGES = 5 / 7  # of a column, in digits, which a workbook counts and Excel doesn't


_LONGEST_ADDRESS = 255


def serial(value):
    """The number that stands for a date in a cell."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    return (value - EPOCH) / dt.timedelta(days=1)


class Range(Impl, base_classes.Range):
    """Some cells of a sheet."""

    options = {}  # noqa: RUF012 - xlwings sets it on each
    arg1_input = ""
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet, row, column, rows, columns):
        self._sheet, self._at, self._shape = sheet, (row, column), (rows, columns)
        last = (column + columns - 2, row + rows - 2)
        self._uno = sheet._uno.getCellRangeByPosition(column - 1, row - 1, *last)

    row = property(lambda self: self._at[0])
    column = property(lambda self: self._at[1])
    shape = property(lambda self: self._shape)
    sheet = property(lambda self: self._sheet)
    api = property(lambda self: NativeRange(self))
    font = property(lambda self: Font(self._uno))
    borders = property(lambda self: Borders(self))
    coords = property(lambda self: (self._sheet, *self._at, *self._shape))

    def __len__(self):
        return self._shape[0] * self._shape[1]

    def __call__(self, row, column=None):
        if column is None:
            row, column = divmod(row - 1, self._shape[1])
            row, column = row + 1, column + 1
        return Range(self._sheet, self._at[0] + row - 1, self._at[1] + column - 1, 1, 1)

    @property
    def address(self):
        (row, column), (rows, columns) = self._at, self._shape
        first, last = ((row, column), (row + rows - 1, column + columns - 1))
        texts = [f"${utils.col_name(c)}${r}" for r, c in (first, last)]
        return texts[0] if first == last else ":".join(texts)

    # --- values

    @property
    def raw_value(self):
        book = self._sheet._book
        rows = [list(row) for row in self._uno.getDataArray()]
        for i, j, cell in self._cells(1 | 2 | 16):
            if isinstance(rows[i][j], float) and cell.NumberFormat:
                kind = book._kind(cell.NumberFormat)
                if kind & _DATE_OR_LOGICAL:
                    number = rows[i][j]
                    rows[i][j] = bool(number) if kind & 1024 else EPOCH + dt.timedelta(days=number)
            elif rows[i][j] is None:
                rows[i][j] = cell.String
        return rows[0][0] if len(self) == 1 else tuple(map(tuple, rows))

    @raw_value.setter
    def raw_value(self, data):
        if not isinstance(data, list | tuple):
            data = [[data] * self._shape[1]] * self._shape[0]
        if (len(data), len(data[0])) != self._shape:
            raise ComError("the values have another shape than the cells")
        links = [(i, j, self._link_of(cell)) for i, j, cell in self._linked()]
        headers = self._sheet._headers_in(self)
        if headers:  # Excel takes one after the other
            special = [(i, j, value) for i, row in enumerate(data) for j, value in enumerate(row)]
        else:
            special = self._write_block(data)
        for one in special:
            self._write_one(*one, headers=headers)
        for i, j, url in links:  # a link stays where it is
            cell = self._uno.getCellByPosition(j, i)
            if cell.String:
                self._link(cell, url, cell.String)

    def _write_block(self, data):
        """Write what needs no thought at once; gives the rest: row, column, value."""
        columns = [self._uno.getCellRangeByPosition(j, 0, j, self._shape[0] - 1) for j in range(self._shape[1])]
        codes = [self._number_format(one) for one in columns]
        plain, special = [], []
        for i, row in enumerate(data):
            out = []
            for j, value in enumerate(row):
                if isinstance(value, dt.date) and codes[j] not in {None, "General"}:
                    out.append(serial(value))
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    out.append(float(value))
                elif value == "" or (codes[j] == "@" and isinstance(value, str) and not value.startswith("'")):
                    out.append(value)
                else:
                    special.append((i, j, value))
                    out.append("")
            plain.append(tuple(out))
        formats = self._formats()
        self._uno.setDataArray(tuple(plain))
        self._restore_formats(formats)
        return special

    def _formats(self):
        """setDataArray makes text cells of General ones."""
        unique = self._uno.UniqueCellFormatRanges
        groups = (unique.getByIndex(n) for n in range(unique.Count))
        return [(group.RangeAddresses, group.NumberFormat) for group in groups]

    def _restore_formats(self, formats):
        for addresses, key in formats:
            for place in addresses:
                part = self._sheet._uno.getCellRangeByPosition(
                    place.StartColumn, place.StartRow, place.EndColumn, place.EndRow
                )
                if key != common(part, "NumberFormat"):
                    part.NumberFormat = key

    def _write_one(self, i, j, value, *, headers):
        cell = self._uno.getCellByPosition(j, i)
        number_format, formula = None, None
        if isinstance(value, str):
            try:
                taken = take(value, self._number_format(cell))
            except NotTaken as error:
                raise ComError(str(error)) from None
            value, formula, number_format = taken.value, taken.formula, taken.number_format
            value = self._sheet._unique_header(cell, value) if headers else value
        if isinstance(value, bool):
            number_format = "BOOLEAN"
        elif isinstance(value, dt.date):
            value, number_format = serial(value), number_format or "m/d/yyyy"
        key = cell.NumberFormat
        if formula:
            cell.setFormula(formula)
        elif isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(float(value or 0))
        if number_format and self._sheet._book._code(key) == "General":
            cell.NumberFormat = self._sheet._book._key(number_format)
        elif cell.NumberFormat != key:
            cell.NumberFormat = key

    @property
    def formula(self):
        out = [[str(text) for text in row] for row in self._uno.getFormulaArray()]
        for i, row in enumerate(self._uno.getDataArray()):
            for j, value in enumerate(row):
                if isinstance(value, str) and out[i][j].startswith("'"):
                    out[i][j] = value  # LibreOffice marks numbers that are texts
        return out[0][0] if len(self) == 1 else tuple(map(tuple, out))

    @formula.setter
    def formula(self, value):
        self.raw_value = value

    def clear_contents(self):
        self._uno.clearContents(1 | 2 | 4 | 16)

    def _linked(self):
        """The cells with a link, with their place in the range."""
        return [found for found in self._cells(_FORMATTED) if found[2].TextFields.Count]

    def _cells(self, flags):
        """The cells with some kinds of content, with their place in the range."""
        here = self._uno.RangeAddress
        cells = self._uno.queryContentCells(flags).Cells.createEnumeration()
        while cells.hasMoreElements():
            cell = cells.nextElement()
            place = cell.CellAddress
            # Asked for blank cells, it may give the one to the left whose text reaches into them.
            if here.StartRow <= place.Row <= here.EndRow and here.StartColumn <= place.Column <= here.EndColumn:
                yield place.Row - here.StartRow, place.Column - here.StartColumn, cell

    # --- looks

    def _number_format(self, cells):
        key = common(cells, "NumberFormat")
        return None if key is None else self._sheet._book._code(key)

    @property
    def number_format(self):
        return self._number_format(self._uno)

    @number_format.setter
    def number_format(self, code):
        if code == "General":  # as new cells have, whatever language they are in
            self._uno.setPropertyToDefault("NumberFormat")
        else:
            self._uno.NumberFormat = self._sheet._book._key(code)

    @property
    def color(self):
        colour = common(self._uno, "CellBackColor")
        if colour is None:
            return (0, 0, 0)  # as Excel on Windows
        return None if colour < 0 else colour_out(colour)

    @color.setter
    def color(self, value):
        self._uno.CellBackColor = -1 if value is None else colour_in(value)

    @property
    def horizontal_alignment(self):
        names = {"STANDARD": "general", "LEFT": "left", "RIGHT": "right", "CENTER": "center"}
        side = common(self._uno, "HoriJustify")
        return None if side is None else names[side.value]

    @horizontal_alignment.setter
    def horizontal_alignment(self, value):
        name = {"general": "STANDARD"}.get(value, value.upper())
        self._uno.HoriJustify = self._sheet._book._enum("com.sun.star.table.CellHoriJustify", name)
        if value in {"general", "center"}:
            self._uno.ParaIndent = 0

    @property
    def vertical_alignment(self):
        names = {0: "bottom", 1: "top", 2: "center", 3: "bottom"}
        side = common(self._uno, "VertJustify")
        return None if side is None else names[side]

    @vertical_alignment.setter
    def vertical_alignment(self, value):
        if value == "bottom":  # as new cells have
            self._uno.setPropertyToDefault("VertJustify")
        else:
            self._uno.VertJustify = {"top": 1, "center": 2}[value]

    @property
    def wrap_text(self):
        return common(self._uno, "IsTextWrapped")

    @wrap_text.setter
    def wrap_text(self, value):
        heights = [row.Height for row in self._rows()]
        self._uno.IsTextWrapped = bool(value)
        for row, height in zip(self._rows(), heights, strict=True):
            if row.Height != height:
                row.Height = height

    def _rows(self):
        return [self._uno.Rows.getByIndex(i) for i in range(min(self._shape[0], 60))]

    # --- sizes, in points; widths in characters

    left = property(lambda self: self._uno.Position.X * POINTS_PER_MM100)
    top = property(lambda self: self._uno.Position.Y * POINTS_PER_MM100)
    width = property(lambda self: self._uno.Size.Width * POINTS_PER_MM100)
    height = property(lambda self: self._uno.Size.Height * POINTS_PER_MM100)

    @property
    def row_height(self):
        rows, count = self._uno.Rows, self._shape[0]
        first = rows.getByIndex(0).Height
        if count <= _MANY:
            alike = all(rows.getByIndex(i).Height == first for i in range(1, count))
        else:  # one by one would take seconds; the sum is rounded
            alike = abs(self._uno.Size.Height - first * count) <= count
        return first * POINTS_PER_MM100 if alike else None

    @row_height.setter
    def row_height(self, points):
        self._uno.Rows.Height = round(points / POINTS_PER_MM100)

    @property
    def column_width(self):
        return self._uno.Columns.getByIndex(0).Width / _DIGIT - _EDGES

    @column_width.setter
    def column_width(self, characters):
        self._uno.Columns.Width = round((characters + _EDGES) * _DIGIT)

    # --- the rest

    def move(self, destination):
        to = destination.impl._uno.getCellByPosition(0, 0).CellAddress
        self._sheet._moving(self, to.Row + 1, to.Column + 1)

    @property
    def hyperlink(self):
        return self._link_of(self._uno.getCellByPosition(0, 0))

    @staticmethod
    def _link_of(cell):
        fields = cell.TextFields
        if not fields.Count:
            raise ComError("The cell doesn't seem to contain a hyperlink!")
        return fields.getByIndex(0).URL

    def add_hyperlink(self, address, text_to_display, screen_tip):
        cell = self._uno.getCellByPosition(0, 0)
        self._link(cell, ".".join(address.rsplit("!", 1)), text_to_display)
        cell.CharColor, cell.CharUnderline = 0x0563C1, 1  # Excel's style of links

    def _link(self, cell, url, text):
        key = cell.NumberFormat
        cell.setString("")
        field = self._sheet._book._doc.createInstance("com.sun.star.text.TextField.URL")
        field.URL, field.Representation = url, text
        cell.insertTextContent(cell.createTextCursor(), field, False)
        cell.NumberFormat = key


class Areas(Range):
    """Cells in several places, which are given formats, or cleared, at once."""

    def __init__(self, sheet, text):
        if len(text) > _LONGEST_ADDRESS:
            raise ComError("an address has at most 255 characters")
        self._sheet = sheet
        self._parts = [Range(sheet, *a1(part)) for part in text.split(",")]
        self._at, self._shape = self._parts[0]._at, self._parts[0]._shape  # as Excel gives the first of them
        self._uno = sheet._book._doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        for part in self._parts:
            self._uno.addRangeAddress(part._uno.RangeAddress, False)

    borders = property(lambda self: BordersOfAreas([Borders(part) for part in self._parts]))

    def _rows(self):
        return [row for part in self._parts for row in part._rows()]

    def clear_contents(self):
        for part in self._parts:
            part.clear_contents()


def a1(text):
    """Row, column, rows and columns of an address such as "$A$1:$B$3"."""
    if not re.fullmatch(r"\$?[A-Z]{1,3}\$?\d+(:\$?[A-Z]{1,3}\$?\d+)?", text):
        raise ComError(f"{text!r} is no range")
    (row, column), last = utils.a1_to_tuples(text.replace("$", ""))
    last_row, last_column = last or (row, column)
    return row, column, last_row - row + 1, last_column - column + 1
