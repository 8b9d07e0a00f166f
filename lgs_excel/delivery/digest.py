"""What a mail says of a report: its headline figures, what changed, two or three pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from lgs_excel import formatting as fmt
from lgs_excel.report.model import Cell, Chart, Kind, Mark, Note, Report, Sheet, Value

SUMMARY, HEADLINES, CHANGED, THIS_WEEK = "Summary", "lgs_Headlines", "What changed", "This week"
PICTURED = (SUMMARY, "Customers", "Products")
NO_FIGURE = "–"
# So that no text of the data can make a mail longer than mail programs show.
LONGEST_TEXT, LONGEST_CELL, MOST_ROWS, MOST_COLUMNS, MOST_CHANGES, MOST_TASKS = 300, 80, 12, 6, 9, 3
Row = tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    """All of it as lines of printable text, none longer than LONGEST_TEXT.

    finding: the Summary's own sentence. filters: in words, "" if there are none. verdict: whether the figures can be
    trusted; sound: they can. lines: how many lines of sales the report is made of. headers, rows: the headline figures,
    a column of names and then figures. tasks: what is at stake, and what to do. changes: what changed, in sentences.
    charts: those of the Summary, and the first one of each other sheet of PICTURED.
    """

    title: str
    company: str
    data_through: date
    asked_to: date | None
    filters: str
    finding: str
    verdict: str
    sound: bool
    lines: int
    headers: Row
    rows: tuple[Row, ...]
    tasks: tuple[Row, ...]
    changes: tuple[str, ...]
    charts: tuple[Chart, ...]

    @property
    def subject(self) -> str:
        """Such as "LGS Analytics, data to 9 Dec 2011"; filters, if there are any, in brackets after it."""
        return f"{self.title}, data to {fmt.day(self.data_through)}" + (f" ({self.filters})" if self.filters else "")


def digest(report: Report) -> Digest:
    """What a mail says of `report`: all figures are read from its Summary, so that the two can't differ."""
    facts, sheets = report.facts, {sheet.title: sheet for sheet in report}
    summary = sheets[SUMMARY]
    headers, rows = _headlines(summary)
    return Digest(
        title=line(report.title),
        company=line(report.company),
        data_through=date.fromisoformat(facts["data_through"]),
        asked_to=None if facts["asked_to"] == "none" else date.fromisoformat(facts["asked_to"]),
        filters="" if facts["filters"] == "none" else line(facts["filters"]),
        finding=line(summary.finding),
        verdict=line(facts["checks"]),
        sound=facts["failed"] == "0",
        lines=int(facts["lines"]),
        headers=headers,
        rows=rows,
        tasks=tuple(_tasks(summary))[:MOST_TASKS],
        changes=tuple(line(f"{one.text} {one.detail}") for one in _below(summary, CHANGED) if one.text)[:MOST_CHANGES],
        charts=tuple(replace(chart, message=line(chart.message)) for chart in _pictured(sheets)),
    )


def one_line(text: str) -> str:
    """`text` as one line of what can be printed: no control character, line end or mark of direction is left, so that
    it can end neither a header nor a line.
    """
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def line(text: str, longest: int = LONGEST_TEXT) -> str:
    """The same, cut, with "…", where it is longer than `longest`."""
    one = one_line(text)
    return one if len(one) <= longest else f"{one[: longest - 1]}…"


def _headlines(summary: Sheet) -> tuple[Row, tuple[Row, ...]]:
    """The headline figures without the columns whose change is shown: a telephone is narrow."""
    table = next((table for table in summary.tables if table.name == HEADLINES), None)
    if table is None:
        return (), ()
    headers = [column.header for column in table.columns]
    shown = [i for i, header in enumerate(headers) if f"Change on {header}" not in headers][:MOST_COLUMNS]
    return (
        tuple(line(headers[i], LONGEST_CELL) for i in shown),
        tuple(tuple(_text(row[i], table.columns[i].kind) for i in shown) for row in table.rows[:MOST_ROWS]),
    )


def _pictured(sheets: Mapping[str, Sheet]) -> Iterator[Chart]:
    for title in PICTURED:
        if title in sheets:
            charts = sheets[title].charts
            yield from charts if title == SUMMARY else charts[:1]


def _tasks(summary: Sheet) -> Iterator[Row]:
    for one in _below(summary, THIS_WEEK):
        if one.detail:
            yield line(one.text), line(one.detail)


def _below(summary: Sheet, heading: str) -> Iterator[Note]:
    """The lines below a heading, as far as the next one, a table or a picture."""
    within = False
    for block in summary.blocks:
        if isinstance(block, Note) and block.mark is Mark.HEADING:
            within = block.text == heading
        elif isinstance(block, Note) and block.mark is None and within:
            yield block
        else:
            within = False


def _text(value: Value | Cell, kind: Kind) -> str:
    """What the cell shows."""
    if isinstance(value, Cell):
        return _text(value.value, value.kind or kind)
    if value is None:
        return NO_FIGURE
    if isinstance(value, str):
        return line(value, LONGEST_CELL)
    if isinstance(value, date):
        return fmt.month(value) if kind is Kind.MONTH else fmt.day(value)
    return _number(value, kind)


def _number(value: float, kind: Kind) -> str:
    if kind is Kind.SHARE:
        return fmt.percent(value)
    if kind in (Kind.MONEY, Kind.PENCE):
        return fmt.money(value) if kind is Kind.MONEY else fmt.pence(value)
    formats = {Kind.CHANGE: "+.1%", Kind.POINTS: "+.1f", Kind.NUMBER: ",.1f"}
    code = formats.get(kind, ",.0f").removeprefix("" if value else "+")
    points = " pts" if kind is Kind.POINTS else ""
    return f"{value:{code}}".replace("-", fmt.MINUS) + points
