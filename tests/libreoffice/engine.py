"""An xlwings engine over LibreOffice: the live writer drives a real spreadsheet application with the code that drives
Excel. It has what the writer uses, and refuses what Excel for Windows refuses.
"""

import tempfile
from pathlib import Path

import xlwings as xw
from openpyxl import Workbook
from openpyxl.formatting.rule import ColorScaleRule
from xlwings import base_classes

from lgs_excel.report.style import NUMBER_FORMATS
from tests.libreoffice.calls import ComError, Impl
from tests.libreoffice.ranges import Range
from tests.libreoffice.sheets import ROW_HEIGHT, Sheet, Sheets

_EXCEL_A1, _ENGLISH = 1, 4
# Rows that may have a height of their own; below there are only long tables.
_MEASURED = 250
# LibreOffice writes [RED] and MMM where we, and Excel, write [Red] and mmm.
_CODES = {code.upper(): code for code in NUMBER_FORMATS.values()}


class Engine(Impl):
    """What xlwings asks of an engine besides its applications."""

    name, type = "libreoffice", "desktop"

    def __init__(self):
        self._apps = Apps()

    apps = property(lambda self: self._apps)

    @staticmethod
    def prepare_xl_data_element(value, options):
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        return [[empty_as if value in {"", None} else value for value in row] for row in data]


class Apps(base_classes.Apps):
    """The applications: those that the tests have made."""

    def __init__(self):
        self._all = {}

    def keys(self):
        return list(self._all)

    def __iter__(self):
        return iter(self._all.values())

    def __len__(self):
        return len(self._all)

    def __getitem__(self, pid):
        return self._all[pid]


class App(Impl, base_classes.App):
    """One LibreOffice. alerts: the message boxes that were shown; answer: the button that is clicked in each; statuses:
    the texts that the status bar had.
    """

    def __init__(self, office):
        self._office, self._books = office, []
        self._states = {
            "screen_updating": True, "calculation": "automatic", "enable_events": True, "display_alerts": True,
            "interactive": True, "status_bar": False,
        }  # fmt: skip
        self._alerts, self._statuses, self._answer = [], [], "ok"
        self._scale = None
        ENGINE._apps._all[office.pid] = self

    engine = property(lambda self: ENGINE)
    api = property(lambda self: self._office.desktop)
    pid = property(lambda self: self._office.pid)
    books = property(lambda self: Books(self))
    hwnd = property(lambda self: 0)

    def _open(self, path):
        book = Book(self, self._office.open(Path(path) if path else None))
        for sheet in book._doc.Sheets:
            _keep_heights(sheet)
        self._books.append(book)
        return book

    def _a_colour_scale(self):
        """A cell with a colour scale, to be pasted."""
        if self._scale is None:
            with tempfile.TemporaryDirectory() as folder:
                book = Workbook()
                book.active.conditional_formatting.add(
                    "A1", ColorScaleRule("min", None, "000000", "max", None, "FFFFFF")
                )
                book.save(path := Path(folder) / "scale.xlsx")
                self._scale = self._office.open(path)
        controller = self._scale.CurrentController
        controller.select(self._scale.Sheets.getByIndex(0).getCellByPosition(0, 0))
        return controller.getTransferable()

    def alert(self, prompt, title, buttons, mode, callback):
        self._alerts.append((title, prompt, mode))
        return self._answer

    @property
    def selection(self):
        book = self._books[-1]
        return book._range(book._doc.CurrentSelection.RangeAddress)

    def activate(self, steal_focus=False):
        pass

    def _set(self, name, value):
        self._states[name] = value
        if name == "status_bar":
            self._statuses.append(value)
        for book in self._books:
            if name == "calculation":
                book._doc.enableAutomaticCalculation(value != "manual")

    def _state(name):
        return property(lambda self: self._states[name], lambda self, value: self._set(name, value))

    screen_updating, calculation, enable_events = map(_state, ("screen_updating", "calculation", "enable_events"))
    display_alerts, interactive, status_bar = map(_state, ("display_alerts", "interactive", "status_bar"))


def _keep_heights(sheet):
    """Excel doesn't measure rows anew; LibreOffice does, and not the same each time."""
    rows = sheet.Rows
    for row in (rows.getByIndex(i) for i in range(_MEASURED)):
        if row.OptimalHeight:
            row.Height = ROW_HEIGHT
    sheet.getCellRangeByPosition(0, _MEASURED, 0, rows.Count - 1).Rows.Height = ROW_HEIGHT


class Books(Impl, base_classes.Books):
    """The open workbooks."""

    def __init__(self, app):
        self._app = app

    app = property(lambda self: self._app)
    active = property(lambda self: self._app._books[-1])

    def open(self, fullname, *_):
        return self._app._open(fullname)

    def __call__(self, key):
        books = self._app._books
        if isinstance(key, int) and 1 <= key <= len(books):
            return books[key - 1]
        for book in books:
            if book.name == key:
                return book
        raise KeyError(key)

    def __len__(self):
        return len(self._app._books)

    def __iter__(self):
        return iter(list(self._app._books))


class Book(Impl, base_classes.Book):
    """A workbook."""

    def __init__(self, app, doc):
        self._app, self._doc = app, doc
        # Number formats by LibreOffice's number: as they were written, else as it spells them; their kinds.
        self._codes, self._spelt, self._kinds = {}, {}, {}
        self._held = []  # shapes
        self._english = app._office.struct("com.sun.star.lang.Locale", Language="en", Country="US")
        self._origin = app._office.struct("com.sun.star.table.CellAddress")
        self._parser = doc.createInstance("com.sun.star.sheet.FormulaParser")
        mapper = doc.createInstance("com.sun.star.sheet.FormulaOpCodeMapper")
        self._parser.FormulaConvention = _EXCEL_A1
        self._parser.OpCodeMap = mapper.getAvailableMappings(_ENGLISH, 0x7FFFFFFF)

    api = property(lambda self: self._doc)
    app = property(lambda self: self._app)
    sheets = property(lambda self: Sheets(self))
    names = property(lambda self: Names(self))

    @property
    def fullname(self):
        url = self._doc.URL
        return self._app._office.uno.fileUrlToSystemPath(url) if url else self._doc.Title

    @property
    def name(self):
        return Path(self.fullname).name

    def activate(self):
        pass

    def close(self):
        self._app._books.remove(self)
        self._app._office.close(self._doc)

    def to_pdf(self, path, quality):
        hidden = [(sheet, sheet.PrintAreas) for sheet in self._doc.Sheets if not sheet.IsVisible]
        for sheet, _ in hidden:  # which LibreOffice prints, if it has a print area
            sheet.setPrintAreas(())
        self._app._office.save_as(self._doc, Path(path), "calc_pdf_Export")
        for sheet, areas in hidden:
            sheet.setPrintAreas(areas)

    def save(self, path=None, password=None):
        raise NotImplementedError("no one is to be handed a file that LibreOffice wrote over Excel's")

    def _range(self, place):
        sheet = Sheet(self, self._doc.Sheets.getByIndex(place.Sheet))
        rows, columns = place.EndRow - place.StartRow + 1, place.EndColumn - place.StartColumn + 1
        return Range(sheet, place.StartRow + 1, place.StartColumn + 1, rows, columns)

    def _key(self, code):
        """LibreOffice's number for a number format."""
        formats = self._doc.NumberFormats
        if code == "BOOLEAN":
            return formats.getStandardFormat(1024, self._english)
        key = formats.queryKey(code, self._english, False)
        key = formats.addNew(code, self._english) if key < 0 else key
        self._codes.setdefault(key, code)
        return key

    def _code(self, key):
        """The other way."""
        if key not in self._codes and key not in self._spelt:
            said = self._doc.NumberFormats.getByKey(key).FormatString
            self._spelt[key] = _CODES.get(said.upper(), said)
        return self._codes.get(key) or self._spelt[key]

    def _kind(self, key):
        if key not in self._kinds:
            self._kinds[key] = self._doc.NumberFormats.getByKey(key).Type
        return self._kinds[key]

    def _enum(self, name, value):
        return self._app._office.uno.Enum(name, value)

    def _tokens(self, formula):
        return self._parser.parseFormula(formula.removeprefix("="), self._origin)

    def _text(self, tokens):
        return "=" + self._parser.printFormula(tokens, self._origin)


class Names(Impl, base_classes.Names):
    """The names of a workbook."""

    def __init__(self, book):
        self._book, self._uno = book, book._doc.NamedRanges

    api = property(lambda self: self._uno)

    def __call__(self, key):
        if isinstance(key, int):
            return Name(self._book, self._uno.ElementNames[key - 1])
        for name in self._uno.ElementNames:
            if name.lower() == key.lower():
                return Name(self._book, name)
        raise ComError(key)

    def contains(self, key):
        return key.lower() in (name.lower() for name in self._uno.ElementNames)

    def __len__(self):
        return len(self._uno.ElementNames)

    def add(self, name, refers_to):
        if self._uno.hasByName(name):
            self._uno.removeByName(name)
        self._uno.addNewByName(name, "0", self._book._origin, 0)
        self._uno.getByName(name).setTokens(self._book._tokens(refers_to))
        return Name(self._book, name)


class Name(Impl, base_classes.Name):
    """A name, by which it is found again."""

    def __init__(self, book, name):
        self._book, self._name = book, name
        self._uno = book._doc.NamedRanges.getByName(name)

    api = property(lambda self: self._uno)
    name = property(lambda self: self._name)

    @property
    def refers_to(self):
        return self._book._text(self._uno.getTokens())

    @refers_to.setter
    def refers_to(self, value):
        self._uno.setTokens(self._book._tokens(value))

    @property
    def refers_to_range(self):
        cells = self._uno.ReferredCells
        if cells is None:
            raise ComError(f"{self._name} is not one range")
        return self._book._range(cells.RangeAddress)

    def delete(self):
        self._book._doc.NamedRanges.removeByName(self._name)


ENGINE = Engine()
if ENGINE.name not in xw.engines.engines_by_name:
    xw.engines.add(xw.Engine(impl=ENGINE))
xw.engines[ENGINE.name].activate()
