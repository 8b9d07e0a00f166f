"""Customers at risk: good customers who slipped, and how all customers moved between the segments."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.movement import GOOD, Movement
from lgs_excel.report.charts.movement import movement_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.movement import movement_message
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import printed_first, table

MOST_CUSTOMERS, PRINTED = 1_000, 40
COLUMNS = {
    "customer_id": Column("Customer", Kind.TEXT),
    "country": Column("Country", Kind.TEXT),
    "from_segment": Column("Was", Kind.TEXT),
    "to_segment": Column("Is now", Kind.TEXT),
    "spend_12_months": Column("Spend, 12 months", Kind.MONEY),
    "last_purchase": Column("Last purchase", Kind.DAY),
    "usual_gap": Column("Usual gap (days)", Kind.COUNT),
    "days_overdue": Column("Days overdue", Kind.COUNT),
    "last_items": Column("Bought last", Kind.TEXT, 96),
}


def at_risk_sheet(movement: Movement, context: Context) -> Sheet:
    """The sheet Customers at risk."""
    shown = movement.at_risk.head(MOST_CUSTOMERS)
    then, now = fmt.day(movement.then), fmt.day(movement.now)
    return Sheet(
        title="Customers at risk",
        finding=_finding(movement),
        coverage=context.coverage,
        blocks=(
            make_chart("lgs_chart_movement", movement_message(movement), context.style, movement_figure, movement),
            *printed_first(len(shown), PRINTED),
            table("lgs_At_Risk", shown, COLUMNS, f"Good customers who slipped since {then}, by spend"),
            *_cut(movement),
            Note(f"Segments as on the mornings of {then} and {now}, from the lines before each.", Mark.QUIET),
            Note(
                "Days overdue: since the last purchase, beyond the customer's own usual gap between two; below zero: "
                "not yet.",
                Mark.QUIET,
            ),
            Note("How all customers moved between the segments", Mark.QUIET, link="RFM"),
        ),
        printed=("lgs_At_Risk", PRINTED),
        pages=1,
    )


def _cut(movement: Movement) -> list[Note]:
    if len(movement.at_risk) <= MOST_CUSTOMERS:
        return []
    shown = f"The first {MOST_CUSTOMERS:,} of {len(movement.at_risk):,}"
    return [Note(f"{shown}; all of them: lgs-excel show at-risk --format csv.", Mark.QUIET)]


def _finding(movement: Movement) -> str:
    since, good = fmt.day(movement.then), " and ".join(GOOD)
    slipped = movement.at_risk
    if slipped.empty:
        return f"None of the {good} has slipped since {since}."
    spend = fmt.money(slipped["spend_12_months"].sum())
    return (
        f"{fmt.count(len(slipped), 'customer')} of the {good} slipped since {since}; they spent {spend} in twelve "
        "months."
    )
