"""What may be said to several commands: their arguments and options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How `show` prints."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Listing(StrEnum):
    """How `doctor` prints."""

    TABLE = "table"
    JSON = "json"


class DateOrder(StrEnum):
    """What comes first in a date of three numbers."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Recipe(StrEnum):
    """How RFM scores are made."""

    DEFAULT = "default"
    CLASSIC = "classic"


class Ranking(StrEnum):
    """What products are ranked by."""

    REVENUE = "revenue"
    UNITS = "units"
    CUSTOMERS = "customers"


class ListFormat(StrEnum):
    """Whose columns a campaign's list has."""

    GENERIC = "generic"
    MAILCHIMP = "mailchimp"
    KLAVIYO = "klaviyo"
    HUBSPOT = "hubspot"


ANALYSES = (
    "this-week", "invoices", "orders", "order-hours", "sales", "customers", "countries", "cohorts", "cohort-average",
    "second-order", "second-order-horizons", "second-order-due", "first-products", "rfm-segments", "rfm-customers",
    "products", "product-details", "pairs", "season", "season-months", "has-not", "customer", "buy-list", "forecast",
    "forecast-backtest", "product-forecast", "changes", "movement", "at-risk", "checks",
)  # fmt: skip
Analysis = Annotated[str, typer.Argument(help=f"One of: {', '.join(ANALYSES)}.", metavar="ANALYSIS")]
Warehouse = Annotated[
    str | None,
    typer.Option(
        "--warehouse", metavar="URL",
        help="duckdb:///FILE, postgresql://USER@HOST/DATABASE or, only to read, hive://HOST:10000/DATABASE (Spark). "
        "Default: LGS_WAREHOUSE_URL, the settings file, else a DuckDB file in your data folder. Passwords belong in "
        "the environment, not here.",
    ),
]  # fmt: skip
Country = Annotated[
    list[str] | None, typer.Option("--country", metavar="NAME", help="Only this country. Can be repeated.")
]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="The first month to show.")]
To = Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="The last month to show.")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="YYYY-MM-DD", help="As on the morning of this day: its lines and later ones are left out."
    ),
]
Rfm = Annotated[
    Recipe, typer.Option("--rfm", help="Scores: tie-safe (default), or the classic recipe's, for comparison.")
]
By = Annotated[Ranking, typer.Option("--by", help="What products are ranked by.")]
Printed = Annotated[
    Format,
    typer.Option(
        "--format",
        help="table; json: one array of records; csv: text that a spreadsheet would take for a formula gets a leading "
        "apostrophe.",
    ),
]
Has = Annotated[str | None, typer.Option("--a", metavar="CODE", help="has-not: the product that was bought.")]
Lacks = Annotated[str | None, typer.Option("--b", metavar="CODE", help="has-not: the product that was not bought.")]
CustomerId = Annotated[str | None, typer.Option("--id", metavar="NUMBER", help="customer: whose page it is.")]
StockFile = Annotated[
    Path | None,
    typer.Option("--stock", metavar="FILE", help="Buy list: what is in stock (stock_code, on_hand, on_order, pack)."),
]
Inbox = Annotated[Path, typer.Option("--inbox", metavar="FOLDER", help="Where exports are put.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="The workbook to write.")]
ReportOut = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="The workbook to write: .xlsx, or .xlsm with macros and the ribbon."),
]
NoSend = Annotated[bool, typer.Option("--no-send", help="Mail nothing, whoever mail_to names.")]
Scale = Annotated[float, typer.Option("--scale", help="Size of the demo shop: 1 is about a million lines.")]
