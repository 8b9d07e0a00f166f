"""Each RFM segment's share of customers against its share of sales."""

from __future__ import annotations

import math
from typing import Any

from lgs_excel import formatting as fmt
from lgs_excel.analytics.rfm import CustomerSegments
from lgs_excel.report.charts.figures import axis_percent
from lgs_excel.report.charts.house import AXIS, GRID, MARGIN, TEXT_SIZE, WIDTH, Page, Scale, empty_chart
from lgs_excel.report.charts.letters import BOLD
from lgs_excel.report.model import Chart
from lgs_excel.report.style import BLUE, GREY, ORANGE

NAME = "lgs_chart_segments"
HEIGHT = 430
NAMES_WIDTH = 168
LABEL_ROOM = 46  # for a share beside its dot


def segments_chart(rfm: CustomerSegments) -> Chart:
    """A row a segment, in the order of the sheet: dots at its share of customers and of sales, joined by a line.

    Without customers, a sentence.
    """
    rows = [{str(name): value for name, value in row.items()} for row in rfm.segments.to_dict("records")]
    if not any(row["customers"] for row in rows):
        return empty_chart(NAME, "No customers with a sale in this period", HEIGHT)
    page = Page(HEIGHT, _finding(rows), "Each segment's share", ((BLUE, "of customers"), (ORANGE, "of sales")))
    known = [row[share] for row in rows for share in _SHARES if math.isfinite(row[share])]
    scale = Scale(min(0.0, *known), max(known), NAMES_WIDTH + LABEL_ROOM + MARGIN, WIDTH - MARGIN - LABEL_ROOM)
    top, bottom = page.body + 4, HEIGHT - 30.0
    for value in scale.ticks(7):
        page.line((scale(value),) * 2, (top, bottom), AXIS if value == 0 else GRID, layer=1)
        page.text(scale(value), bottom + 15, axis_percent(value), colour=GREY, side="center")
    height = (bottom - top) / len(rows)
    for i, row in enumerate(rows):
        _draw_row(page, scale, row, top + (i + 0.5) * height)
    return page.chart(NAME, _message(rows))


_SHARES = ("share_of_customers", "share_of_sales")


def _draw_row(page: Page, scale: Scale, row: dict[str, Any], y: float) -> None:
    page.text(MARGIN, y, row["segment"], size=TEXT_SIZE, face=BOLD)
    page.text(MARGIN, y + 12, fmt.count(row["customers"], "customer"), colour=GREY)
    if not row["customers"]:
        return
    shares = [(row[share], colour) for share, colour in zip(_SHARES, (BLUE, ORANGE), strict=True)]
    shares = sorted((share, colour) for share, colour in shares if math.isfinite(share))
    places = [scale(share) for share, _ in shares]
    page.line((places[0], places[-1]), (y, y), "#C9D1DA", 3, layer=2)
    hidden = places[-1] - places[0] < 3
    for i, (place, (_, colour)) in enumerate(zip(places, shares, strict=True)):
        page.dot(place, y, colour, 3.5 if i and hidden else 6)
    page.text(places[-1] + 10, y + 4, fmt.percent(shares[-1][0]), over_grid=True)
    if len(shares) > 1:
        page.text(places[0] - 10, y + 4, fmt.percent(shares[0][0]), side="right", over_grid=True)


def _finding(rows: list[dict[str, Any]]) -> str:
    """The segment that brings most, or without sales, the largest one."""
    if all(math.isnan(row["share_of_sales"]) for row in rows):
        largest = max(rows, key=lambda row: row["customers"])
        share = fmt.percent(largest["share_of_customers"])
        return f"{largest['segment']}: {share} of customers; sales add up to nothing"
    best = max(rows, key=lambda row: row["share_of_sales"])
    customers, sales = fmt.percent(best["share_of_customers"]), fmt.percent(best["share_of_sales"])
    return f"{best['segment']}: {customers} of customers, {sales} of sales"


def _message(rows: list[dict[str, Any]]) -> str:
    total = fmt.count(sum(row["customers"] for row in rows), "customer")
    parts = [
        f"{row['segment']} {fmt.percent(row['share_of_customers'])} of customers"
        + (f" and {fmt.percent(row['share_of_sales'])} of sales" if math.isfinite(row["share_of_sales"]) else "")
        for row in rows
        if row["customers"]
    ]
    return f"{_finding(rows)}. Of {total} in all: {'; '.join(parts)}."
