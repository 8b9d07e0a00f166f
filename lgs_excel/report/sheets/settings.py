"""Settings: what the next refresh shows, in cells that macros find by name. Only in a workbook with macros."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from lgs_excel import __version__
from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.products import RANKINGS
from lgs_excel.analytics.rfm import RECIPES
from lgs_excel.report.model import Cell, Column, Kind, Mark, Sheet, Table, Value
from lgs_excel.warehouse.filters import Filters

TITLE = "Settings"
# Between countries in one cell.
SEPARATOR = ";"
COUNTRY, FROM, TO, AS_OF, RECIPE, BY = "lgs_Country", "lgs_From", "lgs_To", "lgs_AsOf", "lgs_Recipe", "lgs_By"
STOCK = "lgs_StockFile"
COUNTRIES = "lgs_Countries"
ADDIN_VERSION, XLWINGS_VERSION = "lgs_addin_version", "lgs_xlwings_version"

_COLUMNS = (Column("Setting", Kind.TEXT, 20), Column("Value", Kind.TEXT, 28), Column("Meaning", Kind.LONG_TEXT, 76))


def settings_sheet(
    filters: Filters, options: Options, countries: Iterable[str], reach: str, stock_file: str = ""
) -> Sheet:
    """The sheet Settings. countries: those in the data, to choose from. stock_file: as it was typed."""
    chosen = "; ".join(filters.countries) or None
    settings: tuple[tuple[Value | Cell, ...], ...] = (
        ("Country", _input(chosen, COUNTRY, choices=COUNTRIES), "Blank: all. Several: with ; between them."),
        ("From", _input(filters.from_month, FROM, Kind.MONTH), "The first month to show. Blank: the first of all."),
        ("To", _input(filters.to_month, TO, Kind.MONTH), "The last month to show. Blank: the last of all."),
        (
            "As of",
            _input(filters.as_of, AS_OF, Kind.DAY),
            "As on the morning of this day: its lines and later ones are left out. Blank: all.",
        ),
        (
            "RFM scores",
            _input(options.rfm, RECIPE, choices=RECIPES),
            "default: equal values have equal scores. classic: quintiles.",
        ),
        ("Products by", _input(options.by, BY, choices=RANKINGS), "What products are ranked by."),
        (
            "Stock file",
            _input(stock_file or None, STOCK),
            "For Buy list: a CSV or Excel file with stock_code and on_hand, beside this workbook or with its folder.",
        ),
        (
            "Add-in",
            Cell(__version__, mark=Mark.QUIET, name=ADDIN_VERSION),
            "The version that this workbook belongs to.",
        ),
        ("xlwings", Cell(version("xlwings"), mark=Mark.QUIET, name=XLWINGS_VERSION), "Both must be those of Python's."),
    )
    known = Table(
        "lgs_CountryList",
        (Column("Country", Kind.TEXT, name=COUNTRIES),),
        tuple((country,) for country in countries),
        "Countries in the data",
    )
    return Sheet(
        title=TITLE,
        finding="What the next refresh shows. The ribbon's filters are these same cells.",
        coverage=reach,
        blocks=(Table("lgs_Settings", _COLUMNS, settings), known),
        landscape=False,
    )


def _input(value: Value, name: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] | str = ()) -> Cell:
    return Cell(value, kind, Mark.INPUT, name=name, choices=choices)
