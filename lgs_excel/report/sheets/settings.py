"""Settings: what the next refresh shows and by which rules, in cells that macros find by name. Only in a workbook with
macros.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from lgs_excel import __version__
from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.products import RANKINGS
from lgs_excel.analytics.rfm import RECIPES
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.settings import Settings
from lgs_excel.warehouse.filters import Filters

TITLE = "Settings"
# Between countries, and between themes, in one cell.
SEPARATOR = ";"
COUNTRY, FROM, TO, AS_OF, RECIPE, BY = "lgs_Country", "lgs_From", "lgs_To", "lgs_AsOf", "lgs_Recipe", "lgs_By"
STOCK = "lgs_StockFile"
COUNTRIES, CHANGES = "lgs_Countries", "lgs_Changes"
ADDIN_VERSION, XLWINGS_VERSION = "lgs_addin_version", "lgs_xlwings_version"
USUAL = "usual"  # typed into a cell, takes back what was changed there
HOW_TO_CHANGE = (
    "Type into a yellow cell and refresh: it is kept for you on this computer, and functions, mails and files follow. "
    f"'{USUAL}' takes it back; the word that In use shows for nothing, such as none, empties it."
)

_COLUMNS = (Column("Setting", Kind.TEXT, 20), Column("Value", Kind.TEXT, 28), Column("Meaning", Kind.LONG_TEXT, 76))
_SHOP_COLUMNS = (
    Column("The shop's", Kind.TEXT),
    Column("Change to", Kind.TEXT, name=CHANGES),
    Column("Meaning", Kind.LONG_TEXT),
    Column("In use", Kind.LONG_TEXT, 60),
)


@dataclass(frozen=True)
class ShopSetting:
    """A setting of the shop's that a reader may change here. setting: its name among Settings; empty: what is said
    where it has no value; between: what a number may be; file: whether it names one.
    """

    label: str
    setting: str
    meaning: str
    empty: str = "none"
    between: tuple[int, int] | None = None
    file: bool = False

    def text(self, settings: Settings) -> str:
        """Its value as a person reads it."""
        value = getattr(settings, self.setting)
        if not isinstance(value, tuple):
            return str(value) if value != "" else self.empty
        items = [item if isinstance(item, str) else f"{item:g}" for item in value]
        return (f"{SEPARATOR} " if self.setting == "themes" else ", ").join(items) or self.empty


_FIFTHS = "fifths of the customers"
SHOP_SETTINGS = (
    ShopSetting("Company", "company", "Its name, on charts, files and mails."),
    ShopSetting("Currency", "currency", "Before each amount: a sign or a code, such as £, €, $, kr, CHF."),
    ShopSetting(
        "Logo",
        "logo",
        "A picture for the corner of the charts: a file, beside this workbook or with its folder.",
        file=True,
    ),
    ShopSetting(
        "Colours and fonts",
        "chart_style",
        "Those of the charts: a matplotlib style sheet, a file as for the logo.",
        "the house style",
        file=True,
    ),
    ShopSetting("Closed weekdays", "closed_weekdays", "Days without trade, such as Saturday, Sunday."),
    ShopSetting("Closed days", "closed_days", "Days of each year without trade, as MM-DD, such as 12-25, 12-26."),
    ShopSetting("Bank holidays", "bank_holidays", "Of which country, as GB-ENG, DE or FR: days without trade."),
    ShopSetting(
        "Themes",
        "themes",
        f"Each a name, its day (MM-DD, or easter-21) and words of its products, with {SEPARATOR} between themes.",
    ),
    ShopSetting("Mail lead days", "mail_lead_days", "From a mail to the trade that it is to bring.", between=(0, 365)),
    ShopSetting("Lead days", "lead_days", "From an order at your supplier to its arrival.", between=(0, 730)),
    ShopSetting("Review days", "review_days", "From one order at your supplier to the next.", between=(1, 365)),
    ShopSetting(
        "Largest basket",
        "largest_basket",
        "Orders with more products than this are no baskets (Pairs).",
        between=(2, 10_000),
    ),
    ShopSetting("Least pairs", "least_pairs", "In so many baskets a pair is listed (Pairs).", between=(1, 1_000_000)),
    ShopSetting(
        "RFM: days", "rfm_recency", "Own borders of the recency scores: 30, 60, 120, 240 (up to 30: a 5).", _FIFTHS
    ),
    ShopSetting(
        "RFM: orders", "rfm_orders", "Own borders of the frequency scores: 2, 3, 5, 9 (from 2 on: a 2).", _FIFTHS
    ),
    ShopSetting("RFM: money", "rfm_value", "Own borders of the money scores: 100, 300, 800, 2000.", _FIFTHS),
)


def settings_sheet(
    filters: Filters, options: Options, countries: Iterable[str], reach: str, settings: Settings, stock_file: str = ""
) -> Sheet:
    """The sheet Settings. countries: those in the data, to choose from. stock_file: as it was typed."""
    chosen = "; ".join(filters.countries) or None
    shown: tuple[tuple[Value | Cell, ...], ...] = (
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
    rules = tuple((one.label, _to_change(one), one.meaning, one.text(settings)) for one in SHOP_SETTINGS)
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
        blocks=(
            Table("lgs_Settings", _COLUMNS, shown),
            Note(HOW_TO_CHANGE),
            Table("lgs_ShopSettings", _SHOP_COLUMNS, rules),
            known,
        ),
    )


def _to_change(one: ShopSetting) -> Cell:
    kind = Kind.COUNT if one.between else None
    return Cell(None, kind, Mark.INPUT, between=one.between)


def _input(value: Value, name: str, kind: Kind = Kind.TEXT, choices: tuple[str, ...] | str = ()) -> Cell:
    return Cell(value, kind, Mark.INPUT, name=name, choices=choices)
