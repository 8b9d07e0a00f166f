"""Do the figures add up to the loaded sales, to the penny?"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import sqlalchemy as sa

from lgs_excel.analytics.buy_list import BuyList
from lgs_excel.analytics.changes import Changes
from lgs_excel.analytics.cohorts import Cohorts
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.analytics.definition import Definition
from lgs_excel.analytics.forecast import SalesForecast
from lgs_excel.analytics.invoices import InvoiceAmounts
from lgs_excel.analytics.movement import Movement
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.analytics.product_forecast import ProductForecast
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.analytics.rfm import CustomerSegments
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.analytics.season import Seasons, theme_codes
from lgs_excel.analytics.second_order import SecondOrders
from lgs_excel.warehouse import load_log
from lgs_excel.warehouse.lines import KINDS, is_of
from lgs_excel.warehouse.load_log import Load
from lgs_excel.warehouse.months import add_months
from lgs_excel.warehouse.snapshot import Snapshot

DEFINITION = Definition(
    name="checks",
    question="Do the figures add up to the loaded sales, to the penny?",
    columns={
        "check": "What is compared, or counted.",
        "lines": "Lines of the export, where they are what is counted.",
        "amount": "Quantity × unit price of those lines, or the figure on the sheet.",
        "expected": "The same, added up straight from the lines of the warehouse.",
        "difference": "Amount − expected.",
        "unit": "What these three are in: pounds or a count.",
        "result": "PASS when the difference is less than half a penny, else FAIL; blank for a mere count.",
    },
    notes=(
        (
            "Every line is of exactly one kind, tested in this order: adjustment (the invoice starts with A), "
            "cancellation (it starts with C), sale (quantity and price above zero), free (quantity above zero, price "
            "zero), correction (all the rest: stock write-offs)."
        ),
        "Exact duplicates are kept, since two equal lines on an invoice may be genuine; they are counted here.",
    ),
)
_KIND_MEANING = {
    "sale": "quantity and price above zero",
    "cancellation": "invoice starts with C",
    "adjustment": "invoice starts with A",
    "free": "price zero",
    "correction": "stock write-offs and the rest",
}
HALF_A_PENNY = 0.005


@dataclass(frozen=True)
class Results:
    """The answers that are checked against the lines, and `line_totals`, the sums of these. order_hours,
    countries, product_details, pairs: the columns of their definitions.
    """

    invoices: InvoiceAmounts
    orders: MonthlyOrders
    order_hours: pd.DataFrame
    sales: MonthlySales
    customers: MonthlyCustomers
    rfm: CustomerSegments
    products: ProductRanking
    forecast: SalesForecast
    product_details: pd.DataFrame
    product_forecast: ProductForecast
    buy_list: BuyList
    changes: Changes
    movement: Movement
    countries: pd.DataFrame
    cohorts: Cohorts
    second_orders: SecondOrders
    pairs: pd.DataFrame
    seasons: Seasons
    line_totals: dict[str, Decimal]


@dataclass(frozen=True)
class Compared:
    """What the lines alone decide, as rows of `DEFINITION`: the comparisons, and the counts that are only told."""

    comparisons: tuple[dict[str, object], ...]
    counts: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class Checks:
    """rows: the columns of `DEFINITION`, first the bridge of the kinds, then a row a sheet, then the counts. loads: the
    warehouse's account of what was loaded, the newest first; empty for a warehouse that others filled.
    """

    rows: pd.DataFrame
    loads: tuple[Load, ...]

    @property
    def lines(self) -> int:
        """The lines of the period, of every kind."""
        return int(self.rows["lines"].head(len(KINDS)).sum())

    @property
    def failed(self) -> list[str]:
        """The names of the checks that failed, in order."""
        return self.rows.loc[self.rows["result"] == "FAIL", "check"].tolist()


def checks(snapshot: Snapshot, answers: Results, compared: Compared | None = None) -> Checks:
    """Compare each answer with sums that were made from the lines themselves, not from the rollups, and these with the
    account of loads. compared: what `compare` gave, if it was called.
    """
    compared = compared or compare(snapshot, answers)
    loads = tuple(load_log.loads(snapshot.connection))
    rows = [
        *compared.comparisons,
        *_ledger(snapshot, loads, answers.line_totals),
        _row("Rejected lines that wait to be mended", lines=load_log.rejected_count(snapshot.connection)),
        *compared.counts,
    ]
    return Checks(pd.DataFrame(rows, columns=[*DEFINITION.columns]).astype({"lines": "Int64"}), loads)


def compare(snapshot: Snapshot, answers: Results) -> Compared:
    """The part of the checks that the same lines always give: the bridge of the kinds, the sheets, the counts."""
    totals = answers.line_totals
    kinds = _kinds(snapshot)
    rows = [
        _row(f"{kind.capitalize()} lines ({_KIND_MEANING[kind]})", kinds[kind][1], lines=kinds[kind][0])
        for kind in KINDS
    ]
    lines = sum(kind[0] for kind in kinds.values())
    amount = sum((kind[1] for kind in kinds.values()), Decimal(0))
    rows += [
        _row("All kinds together: amount", amount, totals["amount"], lines=lines),
        _row("All kinds together: lines", lines, totals["lines"], lines=lines),
        *_sheets(snapshot, answers, totals),
    ]
    counts = (
        _row("Exact duplicate lines (kept)", lines=_duplicates(snapshot)),
        _row("Lines without a customer", lines=int(totals["anonymous"])),
        _row("Lines of charges, not products", lines=_charge_lines(snapshot)),
    )
    return Compared(tuple(rows), counts)


def line_totals(snapshot: Snapshot) -> dict[str, Decimal]:
    """Sums straight from the lines of the period, in one pass; `lines` and `amount` whatever a line's kind."""
    line = snapshot.line.c
    known = line.customer_id.is_not(None)
    parts = snapshot.rows(
        sa.select(
            line.kind,
            known.label("known"),
            sa.func.count().label("lines"),
            sa.func.sum(line.amount).label("amount"),
        ).group_by(line.kind, known)
    )

    def total(figure: str, kinds: Container[str], known: Container[bool] = (True, False)) -> Decimal:
        return sum((part[figure] for part in parts if part["kind"] in kinds and part["known"] in known), Decimal(0))

    every = {part["kind"] for part in parts}  # also one that is none of KINDS, which then is a failed check
    sold = ("sale", "cancellation")
    return {
        "lines": total("lines", every),
        "amount": total("amount", every),
        "gross": total("amount", ("sale",)),
        "sold": total("amount", sold),
        "known_sold": total("amount", sold, (True,)),
        "known_gross": total("amount", ("sale",), (True,)),
        "anonymous": total("lines", every, (False,)),
    }


def _row(
    name: str,
    amount: float | Decimal | None = None,
    expected: float | Decimal | None = None,
    *,
    lines: int | None = None,
) -> dict[str, object]:
    """One comparison; without `expected` the row only reports. Whole numbers are counts, others pounds."""
    unit = "" if amount is None else "count" if isinstance(amount, int) else "pounds"
    row: dict[str, object] = {"check": name, "lines": lines, "unit": unit, "result": ""}
    if amount is not None:
        row["amount"] = float(amount)
    if amount is not None and expected is not None:
        difference = round(float(amount) - float(expected), 4) + 0.0  # no minus before a nought
        passed = abs(difference) < HALF_A_PENNY
        row |= {"expected": float(expected), "difference": difference, "result": "PASS" if passed else "FAIL"}
    return row


def _sheets(snapshot: Snapshot, answers: Results, totals: dict[str, Decimal]) -> list[dict[str, object]]:
    sales = answers.sales.months
    whole = answers.invoices.whole
    scored = answers.rfm.customers["monetary"].sum() + answers.rfm.not_scored
    known = totals["known_sold" if answers.rfm.recipe == "default" else "known_gross"]
    rows = [
        _row("Sales: net of all months", sales["net"].sum(), totals["amount"]),
        _row("Sales: gross of all months", sales["gross"].sum(), totals["gross"]),
        _row("Invoices: sum of all invoices", whole.total, totals["gross"]),
        _row("Invoices: number in the histogram", int(whole.bins["invoices"].sum()), whole.count),
        _row("Orders: cancelled and placed, all months", *_orders(snapshot, answers.orders)),
        _row("Orders: placed, by weekday and hour", int(answers.order_hours["orders"].sum()), _placed(snapshot)),
        _row(
            "RFM: customers in all segments", int(answers.rfm.segments["customers"].sum()), len(answers.rfm.customers)
        ),
        _row("RFM Customers: monetary, with customers who only cancelled", scored, known),
        _row("Products: revenue, with charges", answers.products.revenue + answers.products.charges, totals["sold"]),
        _row("Forecast: net sales of all months so far", answers.forecast.months["actual"].sum(), totals["amount"]),
        _row("Countries: net of all countries", answers.countries["net"].sum(), totals["amount"]),
        _row("Cohorts: customers of all cohorts", _in_cohorts(answers), _with_an_order(answers)),
        *_goods(snapshot, answers),
        *_changes(answers),
    ]
    if answers.customers.history_starts:
        new = int(answers.customers.months["new"].sum())
        rows.insert(6, _row("Customers: new in all months", new, len(answers.rfm.customers)))
        rows.append(_row("Second order: customers", _with_an_order(answers), len(answers.rfm.customers)))
    return rows


def _placed(snapshot: Snapshot) -> int:
    rows = snapshot.invoice.c
    numbers = sa.func.count(rows.invoice_no.distinct()).label("placed")
    return int(snapshot.record(sa.select(numbers).where(rows.kind == "sale"))["placed"])


def _goods(snapshot: Snapshot, answers: Results) -> list[dict[str, object]]:
    """Products, the first pair and the first theme, each counted in another way than the sheet does."""
    shown = answers.products.products.merge(answers.product_details, on="stock_code", suffixes=("", "_details"))
    rows = [_row("Products: orders, counted twice", int(shown["orders_details"].sum()), int(shown["orders"].sum()))]
    if len(answers.pairs):
        first = answers.pairs.iloc[0]
        both = _baskets_with(snapshot, first["stock_code_a"], first["stock_code_b"])
        rows.append(_row("Pairs: baskets with the first pair", int(first["together"]), both))
    if len(seasons := answers.seasons.seasons):
        theme = seasons["theme"].iloc[0]
        sales = seasons.loc[seasons["theme"] == theme, "sales"].sum()
        rows.append(_row(f"Season calendar: all sales for {theme}", sales, _theme_sales(snapshot, theme)))
    return rows


def _baskets_with(snapshot: Snapshot, one: str, other: str) -> int:
    """Baskets with both products, by the lines of the orders that hold both."""
    every = snapshot.line.c
    with_both = (
        sa.select(every.invoice_no)
        .where(is_of(every, "sale"), every.stock_code.in_([one, other]))
        .group_by(every.invoice_no)
        .having(sa.func.count(every.stock_code.distinct()) == 2)
    )
    line = snapshot.lines_of(with_both).c
    baskets = (
        sa.select(line.invoice_no)
        .where(is_of(line, "sale"), line.stock_code.in_(snapshot.product_codes))
        .group_by(line.invoice_no)
        .having(sa.func.count(line.stock_code.distinct()) <= snapshot.settings.largest_basket)
        .subquery("with_both")
    )
    return int(snapshot.record(sa.select(sa.func.count().label("baskets")).select_from(baskets))["baskets"])


def _theme_sales(snapshot: Snapshot, theme: str) -> Decimal:
    """Gross sales of a theme's products, by the sums of products: a theme's seasons follow each other without a gap."""
    rows = snapshot.product.c
    codes = theme_codes(snapshot)[theme]
    sales = sa.func.coalesce(sa.func.sum(rows.amount), 0).label("sales")
    found: Decimal = snapshot.record(sa.select(sales).where(rows.kind == "sale", rows.stock_code.in_(codes)))["sales"]
    return found


def _in_cohorts(answers: Results) -> int:
    triangle = answers.cohorts.triangle
    return int(triangle.loc[triangle["age"] == 0, "active"].sum())


def _with_an_order(answers: Results) -> int:
    return int(answers.second_orders.summary["customers"].iloc[0])


def _changes(answers: Results) -> list[dict[str, object]]:
    """The parts of each change against the months on the sheet Sales; customers who moved against those scored now."""
    rows = []
    net = answers.sales.months.set_index("month")["net"]
    for name, months in (("the month before", -1), ("the same month last year", -12)):
        month = answers.changes.month
        if month and len(parts := answers.changes.parts(add_months(month, months))):
            earlier = add_months(month, months)
            change = net[pd.Timestamp(month)] - net[pd.Timestamp(earlier)]
            rows.append(_row(f"Summary: parts of the change on {name}", parts["amount"].sum(), change))
    moved = int(answers.movement.moves["customers"].sum())
    rows.append(_row("RFM: customers in the table of moves", moved, len(answers.rfm.customers)))
    return rows


def _ledger(snapshot: Snapshot, loads: tuple[Load, ...], totals: dict[str, Decimal]) -> list[dict[str, object]]:
    """What was loaded less what was replaced, against what is there; nothing where only a part of it is looked at."""
    if not loads or snapshot.filters.text != "none":
        return []
    lines = sum(load.loaded - load.replaced for load in loads)
    amount = sum((load.amount - load.amount_replaced for load in loads), Decimal(0))
    return [
        _row("Loads: lines loaded less replaced", lines, totals["lines"]),
        _row("Loads: amount loaded less replaced", amount, totals["amount"]),
    ]


def _orders(snapshot: Snapshot, orders: MonthlyOrders) -> tuple[int, int]:
    """Orders on the sheet, and pairs of a month and an invoice in the warehouse."""
    rows = snapshot.invoice.c
    pairs = sa.select(rows.month, rows.invoice_no).where(rows.kind.in_(("sale", "cancellation"))).distinct().subquery()
    expected = snapshot.record(sa.select(sa.func.count().label("pairs")).select_from(pairs))["pairs"]
    return int(orders.months[["placed", "cancelled"]].sum().sum()), expected


def _kinds(snapshot: Snapshot) -> dict[str, tuple[int, Decimal]]:
    """Lines and amount of every kind, zero where the period has none."""
    rows = snapshot.invoice.c
    sums = [
        column
        for kind in KINDS
        for column in (
            sa.func.coalesce(sa.func.sum(rows.lines).filter(rows.kind == kind), 0).label(f"{kind}_lines"),
            sa.func.coalesce(sa.func.sum(rows.amount).filter(rows.kind == kind), 0).label(f"{kind}_amount"),
        )
    ]
    found = snapshot.record(sa.select(*sums))
    return {kind: (int(found[f"{kind}_lines"]), found[f"{kind}_amount"]) for kind in KINDS}


def _charge_lines(snapshot: Snapshot) -> int:
    rows = snapshot.product.c
    select = sa.select(sa.func.coalesce(sa.func.sum(rows.lines), 0).label("lines")).where(~rows.is_product)
    return int(snapshot.record(select)["lines"])


def _duplicates(snapshot: Snapshot) -> int:
    repeated = sa.func.coalesce(sa.func.sum(snapshot.repeated.c.lines), 0).label("lines")
    return int(snapshot.record(sa.select(repeated))["lines"])
