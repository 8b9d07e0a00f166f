"""Customer: one page for a phone call. Only in a workbook with macros."""

from __future__ import annotations

import textwrap

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.report.charts.customer import customer_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.customer import about, customer_message
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain

TITLE = "Customer"
NUMBER = "lgs_CustomerNumber"
HOW = "Type a customer's number into the yellow cell, and click Look up customer on the ribbon."
MOST_LETTERS = 240  # of an order's items

_FIGURES = {
    "country": ("Country", Kind.TEXT),
    "segment": ("Segment", Kind.TEXT),
    "segment_a_month_ago": ("Segment a month ago", Kind.TEXT),
    "first_order": ("First order", Kind.DAY),
    "last_order": ("Last order", Kind.DAY),
    "orders": ("Orders", Kind.COUNT),
    "net_sales": ("Net sales", Kind.PENCE),
    "net_sales_12_months": ("Net sales, last 12 months", Kind.PENCE),
    "usual_gap": ("Usual days between orders", Kind.COUNT),
    "days_overdue": ("Days overdue", Kind.COUNT),
    "r": ("R (5 is best)", Kind.COUNT),
    "f": ("F", Kind.COUNT),
    "m": ("M", Kind.COUNT),
}


def customer_sheet(page: pd.DataFrame, number: str, context: Context) -> Sheet:
    """The sheet Customer with a customer's page: the columns of the analysis customer."""
    unfinished, through = context.unfinished, context.period.data_through
    message = customer_message(page, number)
    products, orders, others = (page[page["part"] == part] for part in ("product", "order", "suggestion"))
    return Sheet(
        title=TITLE,
        finding=message,
        coverage=context.coverage,
        blocks=(
            _look_up(number),
            make_chart(
                "lgs_chart_customer", message, context.style, customer_figure, page, number, unfinished, through
            ),
            Table("lgs_Customer_About", _columns("Figure", "Value"), tuple(_about(page)), "About"),
            *_listed("lgs_Customer_Products", products, "Spend", Kind.PENCE, "Bought for most"),
            *_orders(orders),
            *_listed("lgs_Customer_Suggestions", others, "Orders", Kind.COUNT, "To suggest: others buy these with it"),
        ),
    )


def empty_customer_sheet(number: str, finding: str, coverage: str) -> Sheet:
    """The sheet Customer without a page; finding: why."""
    return Sheet(TITLE, finding, coverage, (_look_up(number),))


def _look_up(number: str) -> Table:
    asked = Cell(number or None, mark=Mark.INPUT, name=NUMBER)
    return Table("lgs_LookUp", _columns("Look up", "Customer"), (("Number", asked),))


def _columns(first: str, second: str) -> tuple[Column, ...]:
    return Column(first, Kind.TEXT, 28), Column(second, Kind.TEXT, 40)


def _about(page: pd.DataFrame) -> list[tuple[Value | Cell, ...]]:
    rows: list[tuple[Value | Cell, ...]] = []
    known = about(page)
    for name, (header, kind) in _FIGURES.items():
        value = known[name]
        if kind is Kind.DAY:
            value = pd.Timestamp(str(value)).date()
        elif name in ("usual_gap", "days_overdue") and not isinstance(value, float):
            continue  # of one order day
        rows.append((header, Cell(plain(value), kind)))
    return rows


def _listed(name: str, rows: pd.DataFrame, header: str, kind: Kind, caption: str) -> list[Table]:
    """A table of products with a figure; none where there are none."""
    columns = (*_columns("Code", "Product"), Column(header, kind))
    found = tuple(
        (code, fmt.title_form(text), plain(figure))
        for code, text, figure in zip(rows["name"], rows["text"], rows["figure"], strict=True)
    )
    return [Table(name, columns, found, caption)] if found else []


def _orders(rows: pd.DataFrame) -> list[Table | Note]:
    found = tuple(
        (invoice, textwrap.shorten(fmt.title_form(text), MOST_LETTERS, placeholder=" …"), plain(figure))
        for invoice, text, figure in zip(rows["name"], rows["text"], rows["figure"], strict=True)
    )
    columns = Column("Invoice", Kind.TEXT, 28), Column("Day and items", Kind.LONG_TEXT, 40), Column("Sales", Kind.PENCE)
    return [Table("lgs_Customer_Orders", columns, found, "Last orders, dearest items first")] if found else []
