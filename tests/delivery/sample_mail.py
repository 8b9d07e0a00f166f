"""Reports to mail, and what a mail is made of."""

import email
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default

from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Report, Sheet, Table
from tests.report.sample_reports import MADE_AT, chart

YESTERDAY = datetime.now().astimezone().date() - timedelta(days=1)
FACTS = {
    "data_through": YESTERDAY.isoformat(),
    "asked_to": "none",
    "filters": "none",
    "rfm": "default",
    "warehouse": "12345678",
    "run": "20111210-070005",
    "checks": "All 13 checks pass: every sheet adds up to the loaded sales, to the penny.",
    "failed": "0",
    "lines": "541909",
}


def row(name, kind, now, before, change):
    now_and_before = (Cell(now, kind), Cell(before, kind), change, Cell(before, kind), change)
    return (name, *now_and_before, Cell(now / 2, kind, Mark.UNFINISHED))


HEADLINES = Table(
    "lgs_Headlines",
    (
        Column("Figure", Kind.TEXT, 24),
        Column("Nov 2011", Kind.COUNT),
        Column("Oct 2011", Kind.COUNT),
        Column("Change on Oct 2011", Kind.CHANGE),
        Column("Nov 2010", Kind.COUNT),
        Column("Change on Nov 2010", Kind.CHANGE),
        Column("Dec 2011 to 9 Dec", Kind.COUNT),
    ),
    (
        row("Net sales", Kind.MONEY, 1_461_756.25, 1_070_704.67, 0.3652),
        row("Orders placed", Kind.COUNT, 2769, 2040, -0.0983),
        row("Cancellation rate", Kind.SHARE, 0.1374, 0.1507, Cell(-1.3, Kind.POINTS)),
        row("Gross sales per order", Kind.PENCE, 545.14, -4.5, None),
    ),
    "Headline figures",
)
# As the mail shows them: what changed, not what it changed from.
SHOWN = (
    ("Figure", "Nov 2011", "Change on Oct 2011", "Change on Nov 2010", "Dec 2011 to 9 Dec"),
    ("Net sales", "£1,461,756", "+36.5%", "+36.5%", "£730,878"),
    ("Orders placed", "2,769", "−9.8%", "−9.8%", "1,384"),
    ("Cancellation rate", "13.7%", "−1.3 pts", "−1.3 pts", "6.9%"),
    ("Gross sales per order", "£545.14", "–", "–", "£272.57"),
)
CHANGES = (
    Note("What changed", Mark.HEADING),
    Note("France bought 12.3% more than in October 2011, most of it lanterns."),
    Note("323 customers were new, 35 fewer than in October 2011."),
)
# A mail must not show them unless asked to.
CUSTOMERS = Sheet(
    "RFM Customers",
    "2 customers.",
    "Data to 9 Dec 2011",
    (Table("lgs_RFM_Customers", (Column("Customer", Kind.TEXT),), (("17850",), ("13047",))),),
)


def mail_report(*blocks, finding="November 2011: net sales £1,461,756.", customers=True, pictures=3, **facts) -> Report:
    """A report as `compose` makes them, small. blocks: further ones of the Summary."""
    charts = [
        chart(f"lgs_chart_{i}", message=f"Chart {i} rose to £{i}00.", width=300 + i, height=150)
        for i in range(pictures)
    ]
    summary = Sheet(
        "Summary",
        finding,
        "Data to 9 Dec 2011",
        (
            Note("All pass", Mark.GOOD, link="Checks"),
            HEADLINES,
            *charts[:1],
            *blocks,
            Note("In this workbook", Mark.HEADING),
            Note("Checks", link="Checks", detail="All pass"),
            *([Note("RFM Customers", link="RFM Customers", detail="2 customers.")] if customers else []),
        ),
    )
    others = [
        Sheet(title, "Finding.", "Data to 9 Dec 2011", (picture,))
        for title, picture in zip(("Customers", "Products"), charts[1:], strict=False)
    ]
    sheets = (summary, *others, *([CUSTOMERS] if customers else []), Sheet("Checks", "All.", "Data", (Note("x"),)))
    return Report("LGS Analytics", "London Gift Shop", MADE_AT, sheets, FACTS | facts)


def parsed(mail: bytes) -> EmailMessage:
    return email.message_from_bytes(mail, policy=default)


def body(message: EmailMessage, subtype: str) -> str:
    return message.get_body((subtype,)).get_content()
