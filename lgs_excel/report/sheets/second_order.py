"""Second order: how soon customers order again, who is due now, and which first products bring them back."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.second_order import SecondOrders
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.second_order import second_order_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.second_order import second_order_message, second_order_title
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import printed_first, table

MOST_CUSTOMERS, MOST_PRODUCTS, PRINTED = 1_000, 20, 25
HORIZON_COLUMNS = {
    "days": Column("Days", Kind.COUNT),
    "observed": Column("Customers followed", Kind.COUNT),
    "returned": Column("Ordered again", Kind.COUNT),
    "share": Column("Share", Kind.SHARE),
}
PRODUCT_COLUMNS = {
    "stock_code": Column("Code", Kind.TEXT),
    "description": Column("Product", Kind.TEXT, 36),
    "customers": Column("Customers", Kind.COUNT),
    "returned": Column("Came back", Kind.COUNT),
    "share": Column("Share", Kind.SHARE),
    "low95": Column("Low 95%", Kind.SHARE),
    "high95": Column("High 95%", Kind.SHARE),
}
DUE_COLUMNS = {
    "customer_id": Column("Customer", Kind.TEXT),
    "items": Column("Bought", Kind.TEXT, 36),
    "days_since": Column("Days since", Kind.COUNT),
    "value": Column("Value", Kind.PENCE),
    "first_order": Column("First order", Kind.DAY),
    "country": Column("Country", Kind.TEXT, 18),
}


def second_order_sheet(orders: SecondOrders, context: Context) -> Sheet:
    """The sheet Second order."""
    message = second_order_message(orders)
    return Sheet(
        title="Second order",
        finding=_finding(orders),
        coverage=context.coverage,
        blocks=(
            table("lgs_Second_Order", orders.horizons, HORIZON_COLUMNS, "From the first order to the second"),
            make_chart("lgs_chart_second_order", message, context.style, second_order_figure, orders),
            *_pace(orders),
            _products(orders),
            Note(
                "Green or red: even the 95% interval is above, or below, the share of all customers. The others may be "
                "luck.",
                Mark.QUIET,
            ),
            *printed_first(len(orders.due), PRINTED),
            table("lgs_Second_Order_Due", orders.due.head(MOST_CUSTOMERS), DUE_COLUMNS, "Due for a second order now"),
            *_cut(orders),
        ),
        printed=("lgs_Second_Order_Due", PRINTED),
        pages=1,
    )


def _products(orders: SecondOrders) -> Table:
    """The products of first orders with the highest share, marked where they differ from all customers for certain."""
    shown = table(
        "lgs_First_Products",
        orders.products.head(MOST_PRODUCTS),
        PRODUCT_COLUMNS,
        "Products of a first order that bring customers back within 90 days",
    )
    share = [*PRODUCT_COLUMNS].index("share")
    rows: list[tuple[Value | Cell, ...]] = []
    for values, product in zip(shown.rows, orders.products.to_dict("records"), strict=False):
        base = product["share"] / product["lift"] if product["lift"] else float("nan")
        mark = Mark.GOOD if product["low95"] > base else Mark.BAD if product["high95"] < base else None
        rows.append((*values[:share], Cell(product["share"], mark=mark), *values[share + 1 :]))
    return Table(shown.name, shown.columns, tuple(rows), shown.caption)


def _pace(orders: SecondOrders) -> list[Note]:
    row = orders.summary.iloc[0]
    if not row["returned"]:
        return []
    return [
        Note(
            f"Of those who ordered again, half did so within {row['median_days']:.0f} days; the middle half needed "
            f"{row['p25_days']:.0f} to {row['p75_days']:.0f}. Due now: one order so far, as long ago as these.",
            Mark.QUIET,
        )
    ]


def _cut(orders: SecondOrders) -> list[Note]:
    if len(orders.due) <= MOST_CUSTOMERS:
        return []
    shown = f"The first {MOST_CUSTOMERS:,} of {len(orders.due):,}"
    return [Note(f"{shown}; all of them: lgs-excel show second-order-due --format csv.", Mark.QUIET)]


def _finding(orders: SecondOrders) -> str:
    title = second_order_title(orders)
    if orders.due.empty:
        return f"{title}; nobody is due for a second order now."
    worth = fmt.money(orders.due["value"].sum())
    are = "are" if len(orders.due) != 1 else "is"
    return (
        f"{title}. {fmt.count(len(orders.due), 'customer')} with one order of {worth} in all {are} due for the second "
        "now."
    )
