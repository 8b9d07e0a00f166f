"""How things look, in one place: colours, fonts, number formats."""

from __future__ import annotations

from dataclasses import dataclass

from lgs_excel import formatting as fmt
from lgs_excel.report.model import Kind, Mark

# Colour-blind-safe, in this order; four at most in one chart.
BLUE, TEAL, PLUM, ORANGE, DARK, LILAC = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
PALETTE = (BLUE, TEAL, PLUM, ORANGE, DARK, LILAC)
GREY, RULE, WHITE = "#6B7280", "#D5DCE4", "#FFFFFF"
GOOD_FILL, BAD_FILL, INPUT_FILL = "#DDF3EA", "#FBE3E0", "#FFF8E1"
GOOD_TEXT, BAD_TEXT = "#0B5D3B", "#9B1C1C"
SCALE_COLOURS = (WHITE, "#8DB3D9")  # of nought, and of the highest figure: dark letters are read on both

FONT = "Calibri"
# Carlito has Calibri's widths; where neither is, the pictures still need letters.
CHART_FONTS = ("Calibri", "Carlito", "Arial", "Liberation Sans", "DejaVu Sans")
TITLE_POINTS, FINDING_POINTS, TEXT_POINTS = 18, 12, 11

# Codes as they stand in a file, for pounds, which Excel shows in the reader's own language and separators.
NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.LONG_TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.0",
    Kind.MONEY: "£#,##0;[Red]-£#,##0",
    Kind.PENCE: "£#,##0.00;[Red]-£#,##0.00",
    Kind.SHARE: "0.0%",
    Kind.CHANGE: "+0.0%;[Red]-0.0%;0.0%",
    Kind.POINTS: '+0.0" pts";-0.0" pts";0.0" pts"',
    Kind.MONTH: "mmm yyyy",
    Kind.DAY: "d mmm yyyy",
}
KNOWN_SIGNS = (fmt.POUND, "$", "€", "¥")
RIGHT_ALIGNED = frozenset(Kind) - {Kind.TEXT, Kind.LONG_TEXT, Kind.MONTH}
TABLE_STYLE = "TableStyleLight1"


@dataclass(frozen=True)
class CellStyle:
    """Font and fill of a cell; colours as #RRGGBB."""

    colour: str = DARK
    points: int = TEXT_POINTS
    bold: bool = False
    italic: bool = False
    underline: bool = False
    fill: str | None = None
    ruled: bool = False  # a fine line below


PLAIN = CellStyle()
TITLE = CellStyle(BLUE, TITLE_POINTS, bold=True)
FINDING = CellStyle(DARK, FINDING_POINTS)
COVERAGE = CellStyle(GREY)
HEADER = CellStyle(WHITE, bold=True, fill=BLUE)
CAPTION = CellStyle(BLUE, FINDING_POINTS, bold=True)
LINK = CellStyle(BLUE, underline=True)
MARKS = {
    Mark.GOOD: CellStyle(GOOD_TEXT, bold=True, fill=GOOD_FILL),
    Mark.BAD: CellStyle(BAD_TEXT, bold=True, fill=BAD_FILL),
    Mark.UNFINISHED: CellStyle(GREY, italic=True),
    Mark.QUIET: CellStyle(GREY),
    Mark.HEADING: CAPTION,
    Mark.INPUT: CellStyle(BLUE, fill=INPUT_FILL),
}


@dataclass(frozen=True)
class Format:
    """How a cell looks, complete: what a look and a kind of value come to. As a new cell is, if nothing is said."""

    number_format: str = "General"
    font: str = FONT
    points: float = TEXT_POINTS
    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: str = "#000000"
    fill: str | None = None
    horizontal: str = "general"
    vertical: str = "bottom"
    wrap: bool = False
    indent: int = 0


def number_format(kind: Kind) -> str:
    """The code for this kind of value, with the sign of the shop's currency; one that Excel doesn't know in quotes."""
    sign = fmt.currency()
    return NUMBER_FORMATS[kind].replace(fmt.POUND, sign if sign in KNOWN_SIGNS else f'"{sign}"')


def format_of(look: CellStyle, kind: Kind) -> Format:
    """The format of a cell with this look and this kind of value; `look.ruled` besides is a hair line below it."""
    header = look == HEADER
    right = kind in RIGHT_ALIGNED
    return Format(
        number_format=number_format(Kind.TEXT if header else kind),
        points=look.points,
        bold=look.bold,
        italic=look.italic,
        underline=look.underline,
        colour=look.colour,
        fill=look.fill,
        horizontal="right" if right else "left",
        vertical="center",
        wrap=kind is Kind.LONG_TEXT,
        # Keeps text off the figures of the column to its left.
        indent=1 if not right and (header or look.ruled) else 0,
    )
