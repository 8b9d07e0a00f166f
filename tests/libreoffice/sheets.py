"""Sheets, tables and pictures of the xlwings engine over LibreOffice."""

from pathlib import Path
from types import SimpleNamespace

from xlwings import base_classes

from tests.libreoffice.calls import ComError, Impl
from tests.libreoffice.excel_api import NativeShape, NativeSheet
from tests.libreoffice.ranges import POINTS_PER_MM100, Areas, Range, a1

# Of Excel's rows, in hundredths of a millimetre: 15 points.
ROW_HEIGHT = 529
_PICTURE = "com.sun.star.drawing.GraphicObjectShape"


class Sheets(Impl, base_classes.Sheets):
    """The sheets of a workbook."""

    def __init__(self, book):
        self._book, self._uno = book, book._doc.Sheets

    api = property(lambda self: self._uno)
    active = property(lambda self: Sheet(self._book, self._book._doc.CurrentController.ActiveSheet))

    def __call__(self, key):
        names = self._uno.ElementNames
        if isinstance(key, int) and 1 <= key <= len(names):
            return Sheet(self._book, self._uno.getByIndex(key - 1))
        for name in names:
            if isinstance(key, str) and name.lower() == key.lower():
                return Sheet(self._book, self._uno.getByName(name))
        raise ComError(f"no sheet {key}")

    def __len__(self):
        return self._uno.Count

    def __iter__(self):
        for i in range(self._uno.Count):
            yield Sheet(self._book, self._uno.getByIndex(i))

    def __contains__(self, key):
        raise NotImplementedError("says False on Windows whatever there is: use sheet_names")

    def add(self, before=None, after=None, name=None):
        at = before._index if before else after._index + 1 if after else 0
        self._uno.insertNewByName(name, at)
        sheet = Sheet(self._book, self._uno.getByName(name))
        sheet._uno.Rows.Height = ROW_HEIGHT
        sheet._activate()
        return sheet


class Sheet(Impl, base_classes.Sheet):
    """A sheet."""

    def __init__(self, book, uno):
        self._book, self._uno = book, uno

    api = property(lambda self: NativeSheet(self))
    book = property(lambda self: self._book)
    index = property(lambda self: self._index + 1)
    tables = property(lambda self: Tables(self))
    pictures = property(lambda self: Pictures(self))
    name = property(lambda self: self._uno.Name)
    _index = property(lambda self: self._uno.RangeAddress.Sheet)

    visible = property(
        lambda self: self._uno.IsVisible, lambda self, value: setattr(self._uno, "IsVisible", bool(value))
    )

    @property
    def freeze_panes(self):
        raise NotImplementedError("not in Excel for Windows")

    def range(self, first, last=None):
        if isinstance(first, str) and "," in first:
            return Areas(self, first)
        if isinstance(first, str):
            row, column, rows, columns = a1(first)
        elif isinstance(first, Range):
            (row, column), (rows, columns) = first._at, first._shape
        elif len(first) == 4:
            row, column, rows, columns = first
        else:
            (row, column), rows, columns = first, 1, 1
        if last is not None:
            end = last._at if isinstance(last, Range) else last
            rows, columns = end[0] - row + 1, end[1] - column + 1
        return Range(self, row, column, rows, columns)

    @property
    def used_range(self):
        cursor = self._uno.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        place = cursor.RangeAddress
        return Range(self, 1, 1, place.EndRow + 1, place.EndColumn + 1)

    def _activate(self):
        self._book._doc.CurrentController.setActiveSheet(self._uno)

    def activate(self):
        self._activate()

    def delete(self):
        self._book._doc.Sheets.removeByName(self._uno.Name)

    # --- what Excel does of itself where there is a table

    def _headers_in(self, cells):
        """Whether a table has its headers in `cells`."""
        (row, column), (rows, columns) = cells._at, cells._shape
        for name in self._table_names():
            top, left, _, width = self._table_at(name)
            if row <= top < row + rows and column < left + width and left < column + columns:
                return True
        return False

    def _unique_header(self, cell, value):
        """A header that another column has already gets a number."""
        place = cell.CellAddress
        for name in self._table_names():
            top, left, _, width = self._table_at(name)
            if place.Row == top - 1 and left - 1 <= place.Column < left - 1 + width:
                others = [
                    self._uno.getCellByPosition(c, place.Row).String.lower()
                    for c in range(left - 1, left - 1 + width)
                    if c != place.Column
                ]
                base, number = str(value), 2
                while str(value).lower() in others:
                    value, number = f"{base}{number}", number + 1
        return value

    def _table_names(self):
        ranges = self._book._doc.DatabaseRanges
        return [name for name in ranges.ElementNames if ranges.getByName(name).DataArea.Sheet == self._index]

    def _table_at(self, name):
        place = self._book._doc.DatabaseRanges.getByName(name).DataArea
        rows, columns = place.EndRow - place.StartRow + 1, place.EndColumn - place.StartColumn + 1
        return place.StartRow + 1, place.StartColumn + 1, rows, columns

    def _moving(self, cells, row, column):
        """Cut and paste: a table that is in it whole goes along."""
        (top, left), (rows, columns) = cells._at, cells._shape
        going = {}
        for name in self._table_names():
            at = self._table_at(name)
            if top <= at[0] and at[0] + at[2] <= top + rows and left <= at[1] and at[1] + at[3] <= left + columns:
                going[name] = (at[0] - top + row, at[1] - left + column, at[2], at[3])
        for name in self._table_names():
            at = self._table_at(name)
            if name not in going and row < at[0] + at[2] and at[0] < row + rows and column < at[1] + at[3]:
                raise ComError(f"the table {name} is in the way")
        to = self._uno.getCellByPosition(column - 1, row - 1).CellAddress
        self._uno.moveRange(to, cells._uno.RangeAddress)
        for name, at in going.items():
            self._book._doc.DatabaseRanges.getByName(name).DataArea = Range(self, *at)._uno.RangeAddress


class Tables(Impl, base_classes.Tables):
    """The tables of a sheet: LibreOffice's database ranges."""

    def __init__(self, sheet):
        self._sheet = sheet

    def __call__(self, key):
        for name in self._sheet._table_names():
            if name.lower() == key.lower():
                return Table(self._sheet, name)
        raise KeyError(key)

    def __contains__(self, key):
        return key.lower() in (name.lower() for name in self._sheet._table_names())

    def __len__(self):
        return len(self._sheet._table_names())

    def __iter__(self):
        return iter([Table(self._sheet, name) for name in self._sheet._table_names()])

    def add(self, source_type=None, source=None, link_source=None, has_headers=None, destination=None,
            table_style_name=None, name=None):  # fmt: skip
        ranges = self._sheet._book._doc.DatabaseRanges
        if ranges.hasByName(name):
            raise ComError(f"there is a table {name}")
        cells = source.impl
        ranges.addNewByName(name, cells._uno.RangeAddress)
        made = ranges.getByName(name)
        made.ContainsHeader, made.AutoFilter = True, True
        return Table(self._sheet, name)


class Table(Impl, base_classes.Table):
    """A table; styles are Excel's own."""

    def __init__(self, sheet, name):
        self._sheet, self._name = sheet, name

    name = property(lambda self: self._name)
    parent = property(lambda self: self._sheet)
    range = property(lambda self: Range(self._sheet, *self._sheet._table_at(self._name)))
    table_style = property(lambda _: "TableStyleLight1", lambda _, __: None)
    show_table_style_row_stripes = property(lambda _: False, lambda _, __: None)

    @property
    def api(self):
        ranges = self._sheet._book._doc.DatabaseRanges
        return SimpleNamespace(Unlist=lambda: ranges.removeByName(self._name), AutoFilter=None)

    def resize(self, cells):
        new, (row, column, *_) = cells.impl, self._sheet._table_at(self._name)
        if new._at != (row, column) or new._shape[0] < 2:
            raise ComError("the headers of a table must stay where they are, with a row below them")
        for name in self._sheet._table_names():
            top, left, rows, columns = self._sheet._table_at(name)
            below = new._at[0] < top + rows and top < new._at[0] + new._shape[0]
            beside = new._at[1] < left + columns and left < new._at[1] + new._shape[1]
            if name != self._name and below and beside:
                raise ComError(f"the table {name} is in the way")
        self._sheet._book._doc.DatabaseRanges.getByName(self._name).DataArea = new._uno.RangeAddress


class Pictures(Impl, base_classes.Pictures):
    """The pictures of a sheet."""

    def __init__(self, sheet):
        self._sheet, self._uno = sheet, sheet._uno.DrawPage

    parent = property(lambda self: self._sheet)

    def _all(self):
        shapes = [self._uno.getByIndex(i) for i in range(self._uno.Count)]
        # LibreOffice gives a shape another wrapper when the last is let go, and while it does so the shape has no name.
        self._sheet._book._held.extend(shapes)
        return [Picture(self._sheet, shape) for shape in shapes if shape.ShapeType == _PICTURE]

    def __call__(self, key):
        for i, picture in enumerate(self._all(), 1):
            if key in {i, picture._uno.Name}:
                return picture
        raise KeyError(key)

    def __contains__(self, key):
        return key in (picture._uno.Name for picture in self._all())

    def __len__(self):
        return len(self._all())

    def __iter__(self):
        return iter(self._all())

    def add(self, filename, link_to_file, save_with_document, left, top, width, height, anchor):
        book = self._sheet._book
        provider = book._app._office.service("com.sun.star.graphic.GraphicProvider")
        shape = book._doc.createInstance(_PICTURE)
        self._uno.add(shape)
        book._held.append(shape)
        shape.Graphic = provider.queryGraphic(book._app._office.properties(URL=Path(filename).as_uri()))
        shape.Name = f"Picture {len(self._all())}"
        picture = Picture(self._sheet, shape)
        picture._place(left or 0, top or 0)
        picture._resize(width, height)
        return picture


class Picture(Impl, base_classes.Picture):
    """A picture."""

    def __init__(self, sheet, uno):
        self._sheet, self._uno = sheet, uno

    parent = property(lambda self: self._sheet)
    name = property(lambda self: self._uno.Name, lambda self, value: setattr(self._uno, "Name", value))
    left = property(lambda self: self._uno.Position.X * POINTS_PER_MM100, lambda self, x: self._place(left=x))
    top = property(lambda self: self._uno.Position.Y * POINTS_PER_MM100, lambda self, y: self._place(top=y))
    width = property(lambda self: self._uno.Size.Width * POINTS_PER_MM100, lambda self, x: self._resize(width=x))
    height = property(lambda self: self._uno.Size.Height * POINTS_PER_MM100, lambda self, y: self._resize(height=y))

    @property
    def api(self):
        return SimpleNamespace(ShapeRange=NativeShape(self._uno))

    def _place(self, left=None, top=None):
        place = self._uno.Position
        place.X = place.X if left is None else round(left / POINTS_PER_MM100)
        place.Y = place.Y if top is None else round(top / POINTS_PER_MM100)
        self._uno.setPosition(place)

    def _resize(self, width=None, height=None):
        size = self._uno.Size
        size.Width = size.Width if width is None else round(width / POINTS_PER_MM100)
        size.Height = size.Height if height is None else round(height / POINTS_PER_MM100)
        self._uno.setSize(size)

    def delete(self):
        self._sheet._uno.DrawPage.remove(self._uno)
