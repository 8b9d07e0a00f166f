"""From which segment to which customers moved."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.movement import GOOD, NEW, SLIPPED, Movement
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.report.charts.figures import whole
from lgs_excel.report.charts.house import EMPTY, GRID, MARGIN, Page, empty_chart
from lgs_excel.report.charts.letters import BOLD, PLAIN
from lgs_excel.report.model import Chart
from lgs_excel.report.style import GREY, WHITE

NAME = "lgs_chart_movement"
WIDTH, HEIGHT = 900, 400
LEFT = 140
ROW = 26.0
WORSE, BETTER = "#FCD9C8", "#D3EDEB"  # tints of ORANGE and TEAL

Counts = dict[tuple[str, str], int]


def movement_chart(movement: Movement) -> Chart:
    """A field for each pair of segments, rows then and columns now, with the customers who went that way."""
    counts: Counts = {
        (row["from_segment"], row["to_segment"]): row["customers"] for row in movement.moves.to_dict("records")
    }
    if not counts:
        return empty_chart(NAME, "No customers in this period", HEIGHT, WIDTH)
    key = ((WORSE, "slipped"), (BETTER, "became good"), (EMPTY, "stayed"))
    subtitle = f"Rows: segment on {fmt.day(movement.then)}; columns: now"
    page = Page(HEIGHT, _finding(counts), subtitle, key, WIDTH)
    _draw_head(page)
    for row, was in enumerate((*_NAMES, NEW)):
        _draw_row(page, page.body + 34 + row * ROW, was, counts)
    return page.chart(NAME, _message(movement, counts))


_NAMES = tuple(segment.name for segment in SEGMENTS)
_COLUMN = (WIDTH - MARGIN - LEFT) / len(_NAMES)


def _draw_head(page: Page) -> None:
    for column, name in enumerate(_NAMES):
        first, _, second = name.rpartition(" ")
        for line, text in enumerate((first, second)):
            y = page.body + 16 + 12 * line
            page.text(LEFT + (column + 0.5) * _COLUMN, y, text, colour=GREY, side="center")


def _draw_row(page: Page, top: float, was: str, counts: Counts) -> None:
    page.text(LEFT - 8, top + 17, was, side="right")
    for column, now in enumerate(_NAMES):
        left = LEFT + column * _COLUMN
        count = counts.get((was, now), 0)
        page.bar(left + 1, top + 1, left + _COLUMN - 1, top + ROW - 1, _colour(was, now) if count else WHITE)
        if count:
            face = BOLD if _colour(was, now) == WORSE else PLAIN
            page.text(left + _COLUMN / 2, top + 17, whole(count), side="center", face=face)
    page.line((LEFT, WIDTH - MARGIN), (top + ROW, top + ROW), GRID, layer=1)


def _colour(was: str, now: str) -> str:
    if was == now:
        return EMPTY
    if was in GOOD and now in SLIPPED:
        return WORSE
    return BETTER if now in GOOD and was not in GOOD else WHITE


def _together(counts: Counts, colour: str) -> int:
    return sum(count for pair, count in counts.items() if _colour(*pair) == colour)


def _finding(counts: Counts) -> str:
    slipped, risen = _together(counts, WORSE), _together(counts, BETTER)
    return f"{fmt.count(slipped, 'good customer')} slipped, and {whole(risen)} became good ones"


def _message(movement: Movement, counts: Counts) -> str:
    stayed = sum(count for (was, now), count in counts.items() if was == now)
    total = sum(counts.values())
    since = fmt.day(movement.then)
    return (
        f"Segments of customers on {since} and now. {_finding(counts)}. Of {fmt.count(total, 'customer')} "
        f"{whole(stayed)} are where they were, and {whole(sum(counts.get((NEW, now), 0) for now in _NAMES))} are new."
    )
