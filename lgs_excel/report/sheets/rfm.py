"""RFM: segments of customers, what to do for each, and which values got which score; and every customer."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.rfm import SEGMENTS, CustomerSegments
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.segments import segments_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.segments import segments_message
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain, table

# A sheet has 1,048,576 rows; the lines on top need some of them.
MOST_CUSTOMERS = 1_000_000

SEGMENT_COLUMNS = {
    "segment": Column("Segment", Kind.TEXT, 20),
    "customers": Column("Customers", Kind.COUNT),
    "recency": Column("Mean recency (days)", Kind.COUNT),
    "frequency": Column("Mean orders", Kind.NUMBER),
    "monetary": Column("Mean value", Kind.MONEY),
    "share_of_customers": Column("Share of customers", Kind.SHARE),
    "share_of_sales": Column("Share of sales", Kind.SHARE),
    "action": Column("What to do", Kind.LONG_TEXT, 62),
}
CUSTOMER_COLUMNS = {
    "customer_id": Column("Customer", Kind.TEXT),
    "country": Column("Country", Kind.TEXT),
    "last_purchase": Column("Last purchase", Kind.DAY),
    "recency": Column("Recency (days)", Kind.COUNT),
    "frequency": Column("Orders", Kind.COUNT),
    "monetary": Column("Value", Kind.PENCE),
    "r": Column("R", Kind.COUNT),
    "f": Column("F", Kind.COUNT),
    "m": Column("M", Kind.COUNT),
    "segment": Column("Segment", Kind.TEXT),
}
_RECIPES = {
    "default": "Scores are tie-safe: customers with equal values have equal scores, so a score may be missing.",
    "classic": "Scores by the classic recipe (quintiles): equal customers may have different scores.",
}


def rfm_sheet(rfm: CustomerSegments, context: Context) -> Sheet:
    """The sheet RFM."""
    segments = rfm.segments.assign(action=[segment.action for segment in SEGMENTS])
    return Sheet(
        title="RFM",
        finding=_finding(rfm),
        coverage=context.coverage,
        blocks=(
            table("lgs_RFM_Segments", segments, SEGMENT_COLUMNS),
            make_chart("lgs_chart_segments", segments_message(rfm), context.style, segments_figure, rfm),
            _thresholds(rfm),
            Note("Recency: days since the last purchase. Value: sales less cancellations of the period.", Mark.QUIET),
            Note(_RECIPES[rfm.recipe], Mark.QUIET),
        ),
    )


def rfm_customers_sheet(rfm: CustomerSegments, context: Context) -> Sheet:
    """The sheet RFM Customers."""
    total = len(rfm.customers)
    finding = f"{fmt.count(total, 'customer')} with scores and segment, best first; filter by segment in its header."
    if total > MOST_CUSTOMERS:
        finding = (
            f"The first {MOST_CUSTOMERS:,} of {total:,} customers, best first; all of them: "
            "lgs-excel show rfm-customers --format csv."
        )
    return Sheet(
        title="RFM Customers",
        finding=finding if total else "There are no customers with a sale in this period.",
        coverage=context.coverage,
        blocks=(table("lgs_RFM_Customers", rfm.customers.head(MOST_CUSTOMERS), CUSTOMER_COLUMNS),),
        landscape=False,
    )


def _thresholds(rfm: CustomerSegments) -> Table:
    """Which values got which score."""
    kinds = {"recency": Kind.COUNT, "frequency": Kind.COUNT, "monetary": Kind.PENCE}
    names = {"recency": "Recency (days)", "frequency": "Orders", "monetary": "Value"}
    rows: list[tuple[Value | Cell, ...]] = [
        (
            names[row["measure"]],
            row["score"],
            Cell(plain(row["lowest"]), kinds[row["measure"]]),
            Cell(plain(row["highest"]), kinds[row["measure"]]),
            row["customers"],
        )
        for row in rfm.thresholds.to_dict("records")
    ]
    columns = (
        Column("Measure", Kind.TEXT),
        Column("Score", Kind.COUNT),
        Column("From", Kind.NUMBER),
        Column("To", Kind.NUMBER),
        Column("Customers", Kind.COUNT),
    )
    return Table("lgs_RFM_Thresholds", columns, tuple(rows), "Which values got which score (5 is best)")


def _finding(rfm: CustomerSegments) -> str:
    if rfm.customers.empty:
        return "There are no customers with a sale in this period."
    top = rfm.segments[rfm.segments["segment"] == "Champions"].to_dict("records")[0]
    return (
        f"Champions are {fmt.percent(top['share_of_customers'])} of {fmt.count(len(rfm.customers), 'customer')} "
        f"and {fmt.percent(top['share_of_sales'])} of their sales."
    )
