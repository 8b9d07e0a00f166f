"""From what was said to the values that the parts take, and what every command tells."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lgs_excel.cli.options import Format, Ranking, Recipe
from lgs_excel.terminal import visible, write_data_as_utf8

if TYPE_CHECKING:
    from pandas import DataFrame

    from lgs_excel.analytics.buy_list import Stock
    from lgs_excel.analytics.catalogue import Options
    from lgs_excel.delivery.send import Delivery
    from lgs_excel.report.model import Report
    from lgs_excel.settings import Settings
    from lgs_excel.warehouse.filters import Filters


def settings_of(warehouse: str | None) -> Settings:
    """The settings, with the warehouse that --warehouse names."""
    from lgs_excel.settings import load_settings

    return load_settings(warehouse_url=warehouse)


def filters_of(country: list[str] | None, from_month: str | None, to_month: str | None, as_of: str | None) -> Filters:
    """The filters that the options ask for."""
    from lgs_excel.warehouse.filters import parse_filters

    return parse_filters(country or (), from_month, to_month, as_of)


def options_of(rfm: Recipe, by: Ranking, top: int | None = None) -> Options:
    """What else the options ask for."""
    from lgs_excel.analytics.catalogue import Options

    return Options(rfm.value, by.value, top)


def stock_of(file: Path | None) -> Stock | None:
    """What the stock file says, None where there is none."""
    if file is None:
        return None
    from lgs_excel.pipeline import stock_of_file

    return stock_of_file(file)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on stderr that says what is being done; nothing where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    from rich.text import Text

    with console.status("Starting") as status:
        yield lambda text: status.update(Text(visible(f"{text} …")))


def tell(text: str, *, err: bool = False) -> None:
    """Print a message: text from data in it steers no terminal."""
    typer.echo(visible(text), err=err)


def tell_data(text: str) -> None:
    """Print data for a program to read: every character as it is, unless a terminal would show it."""
    write_data_as_utf8()
    typer.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


def tell_table(table: DataFrame, form: Format) -> None:
    """Print a table of figures in the format that was asked for."""
    from lgs_excel import table_formats

    text = table_formats.FORMATS[form.value](table)
    if form is Format.TABLE:
        tell(text.removesuffix("\n"))
    else:
        tell_data(text)


def tell_written(out: Path, made: Report) -> None:
    """Say what was written."""
    tell(f"Wrote {out}: {len(made.sheets)} sheets, data to {made.facts['data_through']}. {made.facts['checks']}")


def tell_delivery(delivery: Delivery) -> None:
    """Say who got the mail, and who did not."""
    for sentence in delivery.sentences:
        tell(sentence)
