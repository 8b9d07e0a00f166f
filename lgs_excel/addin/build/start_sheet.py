"""The first page of a workbook without figures: how to begin, and what to do where that doesn't work."""

from __future__ import annotations

from dataclasses import replace

from lgs_excel.report.layout import lay_out
from lgs_excel.report.model import Block, Mark, Note, Sheet, Table

COVERAGE = "No data yet"
# In place of the months that the headlines of a report name.
_HEADERS = ("Figure", "Last month", "Month before", "Change", "A year before", "Change on it", "Month so far")
_STEPS = {
    "To begin": (
        "1  Open the tab LGS Analytics on the ribbon, next to Home, and click Refresh all. It takes some seconds.",
        "2  Every sheet is filled; this one gets the headlines and a line for each of the others.",
        "3  Country, From and To on the ribbon choose what is shown; the sheet Settings has the same cells, and more.",
        "4  Your own sheets, and your notes beside the tables, stay when you refresh.",
    ),
    "If Excel says that macros are blocked": (
        "1  Close the workbook. In the Explorer, click it with the right button, choose Properties, and tick Unblock.",
        "2  Where there is no Unblock, keep it in a trusted location: IT can name one, or make one.",
        "3  If a yellow bar offers Enable Editing or Enable Content, click it.",
    ),
    "If the tab is there, but Python is not found": (
        "1  Ask IT to run lgs-excel install on your computer, once, and use the workbook that it makes.",
        "2  Check set-up on the ribbon, or the command lgs-excel doctor, says what is missing and how to mend it.",
    ),
    "Help": (
        "What each figure means is on the sheet Definitions.",
        "Open log on the ribbon shows what was done and what failed: send it to IT.",
    ),
}


def begin() -> str:
    """What a sheet says in place of its finding."""
    return "No figures yet: click Refresh all on the ribbon’s tab LGS Analytics."


def start_sheet(summary: Sheet) -> Sheet:
    """`summary`, a report's first sheet, without its figures and with the steps in place of its chart and links.

    Its table stands where it stood, so that the same rows stay in sight.
    """
    (headlines,) = summary.tables
    layout = lay_out(summary)
    above = [Note("")] * summary.blocks.index(headlines)
    steps: list[Block] = []
    for heading, lines in _STEPS.items():
        steps += [Note(heading, Mark.HEADING), *map(Note, lines), Note("")]
    return replace(
        summary,
        finding=begin(),
        coverage=COVERAGE,
        blocks=(*above, _unnamed(headlines, layout.widths), *steps),
        pages=layout.pages_down,
    )


def _unnamed(headlines: Table, widths: dict[int, float]) -> Table:
    """The headlines with general names for the months, and nothing but the figures' names in the rows."""
    columns = tuple(
        replace(column, header=header, width=widths[number])
        for number, (column, header) in enumerate(zip(headlines.columns, _HEADERS, strict=True), 1)
    )
    rows = tuple((row[0], *[None] * (len(columns) - 1)) for row in headlines.rows)
    return replace(headlines, columns=columns, rows=rows)
