"""RFM: segments of customers, what to do for each, how customers moved between them, and which values got which score;
and every customer.
"""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.movement import NEW, Movement
from lgs_excel.analytics.rfm import SEGMENT_OF, SEGMENTS, CustomerSegments
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.charts.segments import segments_figure
from lgs_excel.report.context import Context
from lgs_excel.report.findings.segments import segments_message, segments_title
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table, Value
from lgs_excel.report.tables import plain, printed_first, table
from lgs_excel.settings import Settings

# A sheet has 1,048,576 rows; the lines on top need some of them.
MOST_CUSTOMERS = 1_000_000
PRINTED = 50

SCORES = (1, 2, 3, 4, 5)
SEGMENT_COLUMNS = {
    "segment": Column("Segment", Kind.TEXT, 20),
    "action": Column("What to do", Kind.LONG_TEXT, 46),
    "customers": Column("Customers", Kind.COUNT),
    "recency": Column("Mean recency (days)", Kind.COUNT),
    "frequency": Column("Mean orders", Kind.NUMBER),
    "monetary": Column("Mean value", Kind.MONEY),
    "share_of_customers": Column("Share of customers", Kind.SHARE),
    "share_of_sales": Column("Share of sales", Kind.SHARE),
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


def rfm_sheet(rfm: CustomerSegments, movement: Movement, settings: Settings, context: Context) -> Sheet:
    """The sheet RFM."""
    segments = rfm.segments.assign(action=[segment.action for segment in SEGMENTS])
    return Sheet(
        title="RFM",
        finding=_finding(rfm),
        coverage=context.coverage,
        blocks=(
            table("lgs_RFM_Segments", segments, SEGMENT_COLUMNS),
            make_chart("lgs_chart_segments", segments_message(rfm), context.style, segments_figure, rfm),
            _grid(rfm),
            _moves(movement),
            Note(
                f"Was: as on the morning of {fmt.day(movement.then)}, from the lines before it. A customer who buys "
                "nothing moves, too: others buy, and pass by.",
                Mark.QUIET,
            ),
            _thresholds(rfm),
            Note(_how(rfm, settings), Mark.QUIET),
        ),
        landscape=False,
        pages=1,
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
        blocks=(
            *printed_first(total, PRINTED),
            table("lgs_RFM_Customers", rfm.customers.head(MOST_CUSTOMERS), CUSTOMER_COLUMNS),
        ),
        landscape=False,
        printed=("lgs_RFM_Customers", PRINTED),
        pages=1,
    )


def _grid(rfm: CustomerSegments) -> Table:
    """Customers, and their share of sales, by the scores of recency (rows) and frequency (columns)."""
    groups = rfm.customers.groupby(["r", "f"])["monetary"]
    customers, sales = groups.size().to_dict(), groups.sum().to_dict()
    whole = rfm.customers["monetary"].sum()
    rows = tuple(
        (
            f"R {r}",
            ", ".join(dict.fromkeys(SEGMENT_OF[r, f] for f in SCORES)),
            *(customers.get((r, f)) for f in SCORES),
            *(sales[r, f] / whole if (r, f) in sales and whole > 0 else None for f in SCORES),
        )
        for r in reversed(SCORES)
    )
    columns = (
        Column("Recency", Kind.TEXT),
        Column("Segments from F 1 to F 5", Kind.LONG_TEXT, 46),
        *(Column(f"F {f}", Kind.COUNT) for f in SCORES),
        *(Column(f"Sales, F {f}", Kind.SHARE) for f in SCORES),
    )
    caption = "Customers, and their share of sales, by recency (R) and number of orders (F); 5 is best"
    return Table("lgs_RFM_Grid", columns, rows, caption, (("F 1", "F 5"), ("Sales, F 1", "Sales, F 5")))


def _moves(movement: Movement) -> Table:
    """How many customers went from one segment (rows) to another (columns), or stayed."""
    names = [segment.name for segment in SEGMENTS]
    moves = {(row["from_segment"], row["to_segment"]): row["customers"] for row in movement.moves.to_dict("records")}
    rows = []
    for was in (*names, NEW):
        went = {now: moves[was, now] for now in names if (was, now) in moves}
        rows.append((was, _where(was, went), *(went.get(now) for now in names)))
    columns = (
        Column("Was", Kind.TEXT),
        Column("Is now", Kind.LONG_TEXT, 46),
        *(Column(name, Kind.COUNT) for name in names),
    )
    caption = f"How customers moved between the segments since {fmt.day(movement.then)}"
    return Table("lgs_Moves", columns, tuple(rows), caption, ((names[0], names[-1]),))


def _where(was: str, went: dict[str, int]) -> str | None:
    """What most of a segment's customers did, in words."""
    whole = sum(went.values())
    if not whole:
        return None
    said = [f"{fmt.percent(went[was] / whole)} stayed"] if was in went else []
    others = sorted((now for now in went if now != was), key=lambda now: -went[now])
    said += [f"{fmt.percent(went[now] / whole)} to {now}" for now in others[: 2 - len(said)]]
    return ", ".join(said)


def _how(rfm: CustomerSegments, settings: Settings) -> str:
    """How scores are made."""
    own = {"recency": settings.rfm_recency, "orders": settings.rfm_orders, "value": settings.rfm_value}
    borders = [f"{name} {', '.join(f'{one:,g}' for one in numbers)}" for name, numbers in own.items() if numbers]
    if rfm.recipe != "default" or not borders:
        return _RECIPES[rfm.recipe]
    return f"Scores by your own borders (settings): {'; '.join(borders)}."


def _thresholds(rfm: CustomerSegments) -> Table:
    """Which values got which score."""
    kinds = {"recency": Kind.COUNT, "frequency": Kind.COUNT, "monetary": Kind.PENCE}
    names = {
        "recency": ("Recency (days)", "Days since the last purchase"),
        "frequency": ("Orders", "Invoices with at least one sale line"),
        "monetary": ("Value", "Sales less cancellations of the period" if rfm.recipe == "default" else "Sales"),
    }
    rows: list[tuple[Value | Cell, ...]] = [
        (
            *names[row["measure"]],
            row["score"],
            Cell(plain(row["lowest"]), kinds[row["measure"]]),
            Cell(plain(row["highest"]), kinds[row["measure"]]),
            row["customers"],
        )
        for row in rfm.thresholds.to_dict("records")
    ]
    columns = (
        Column("Measure", Kind.TEXT),
        Column("What it is", Kind.LONG_TEXT, 46),
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
    if not (top["customers"] and fmt.defined(top["share_of_sales"])):
        return f"{segments_title(rfm)}."
    return (
        f"Champions are {fmt.percent(top['share_of_customers'])} of {fmt.count(len(rfm.customers), 'customer')} "
        f"and {fmt.percent(top['share_of_sales'])} of their sales."
    )
