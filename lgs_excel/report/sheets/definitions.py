"""Definitions: what every figure means, in the words of the analyses."""

from __future__ import annotations

from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.report.context import Context
from lgs_excel.report.model import Cell, Column, Kind, Sheet, Table, Value

_SHEETS = {
    "invoices": "Invoices",
    "orders": "Orders",
    "sales": "Sales",
    "customers": "Customers",
    "rfm-segments": "RFM",
    "rfm-customers": "RFM Customers",
    "products": "Products",
    "checks": "Checks",
}
_COLUMNS = (
    Column("Sheet", Kind.TEXT, 16),
    Column("Figure", Kind.TEXT, 22),
    Column("Meaning", Kind.LONG_TEXT, 96),
    Column("Command", Kind.TEXT, 30),
)


def definitions_sheet(context: Context) -> Sheet:
    """The sheet Definitions."""
    rows: list[tuple[Value | Cell, ...]] = []
    for name, sheet in _SHEETS.items():
        definition = CATALOGUE[name].definition
        command = f"lgs-excel show {name}"
        link = Cell(sheet, link=sheet)
        rows.append((link, "(question)", definition.question, command))
        rows += [(link, figure, meaning, command) for figure, meaning in definition.columns.items()]
        rows += [(link, "(note)", note, command) for note in definition.notes]
        if definition.source:
            rows.append((link, "(source)", definition.source, command))
    return Sheet(
        title="Definitions",
        finding="What each figure means; the command shows it in a terminal, and with sql for show, its query.",
        reach=context.reach,
        blocks=(Table("lgs_Definitions", _COLUMNS, tuple(rows)),),
    )
