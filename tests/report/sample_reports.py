"""Small reports for the tests, among them one that is full of traps."""

import struct
import zlib
from datetime import date, datetime

from lgs_excel.report.model import Cell, Chart, Column, Kind, Mark, Note, Report, Sheet, Table

MADE_AT = datetime(2011, 12, 10, 7, 0, 5)

# Each is text and must stay so, to the letter.
TRAPS = (
    '=HYPERLINK("http://example.org","click")',
    "=1+1",
    "+44 20 7946 0000",
    "-1",
    "@SUM(A1:A9)",
    "\tafter a tab",
    "00123",
    "85123A",
    "1/2",
    "12%",
    "1e5",
    "TRUE",
    "#N/A",
    "'quoted",
    "_x0041_",
    "naïve café £ €",
    "🎁 gift",
    " spaces around ",
    "two\nlines",
    "<b>&amp;</b>",
    "x" * 32_767,
)


def png(width, height):
    """A white picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chart(name="lgs_chart_test", width=300, height=150, message="Sales rose to £12."):
    return Chart(name, message, png(2 * width, 2 * height), width, height)


def table(name="lgs_Test", rows=3, **columns):
    """A table with a month and an amount, or with `columns` (header → kind) and as many rows of None."""
    if columns:
        return Table(name, tuple(Column(k, v) for k, v in columns.items()), ((None,) * len(columns),) * rows)
    months = [date(2010 + i // 12, i % 12 + 1, 1) for i in range(rows)]
    return Table(
        name,
        (Column("Month", Kind.MONTH), Column("Amount", Kind.MONEY)),
        tuple((month, 100.5 * i) for i, month in enumerate(months)),
        caption="A caption",
    )


def sheet(*blocks, title="Test", **said):
    return Sheet(title, "What it says.", "Data to 9 Dec 2011", blocks, **said)


def report(*sheets, **said):
    return Report("LGS Analytics", "London Gift Shop", MADE_AT, sheets or (sheet(table(), chart()),), **said)


def trap_report():
    """A report whose texts all look like something else, and with a cell of every kind and mark."""
    texts = Table(
        "lgs_Traps", (Column("Text", Kind.TEXT), Column("Nothing", Kind.TEXT)), tuple((t, None) for t in TRAPS)
    )
    kinds = Table(
        "lgs_Kinds",
        (Column("Kind", Kind.TEXT), Column("Value", Kind.NUMBER), Column("Marked", Kind.NUMBER)),
        tuple(
            (kind.value, Cell(value, kind), Cell(value, kind, mark))
            for kind, value, mark in (
                (Kind.COUNT, 1_234_567, Mark.GOOD),
                (Kind.NUMBER, 1234.5678, Mark.BAD),
                (Kind.MONEY, -1_461_756.25, Mark.QUIET),
                (Kind.PENCE, 0.001, Mark.UNFINISHED),
                (Kind.SHARE, 0.3652, Mark.HEADING),
                (Kind.CHANGE, -0.2523, None),
                (Kind.POINTS, 1.5, None),
                (Kind.MONTH, date(2011, 11, 1), None),
                (Kind.DAY, date(2011, 12, 9), None),
                (Kind.LONG_TEXT, "long " * 60, None),
                (Kind.NUMBER, None, None),
            )
        ),
    )
    return report(
        sheet(
            Note("All pass", Mark.GOOD, link="It's Traps"), kinds, chart(), Note("A note.", Mark.QUIET), title="First"
        ),
        sheet(texts, title="It's Traps"),
        sheet(Table("lgs_Empty", (Column("None", Kind.TEXT),), ()), title="Empty"),
    )
