"""A workbook that was refreshed from any report to any other is as if it had been made new."""

import random

import pytest

from lgs_excel.report.model import Cell, Column, Kind, Note, Sheet, Table
from lgs_excel.writers import live
from tests.report.sample_reports import report, sheet, table
from tests.writers.compare import differences
from tests.writers.test_conformance import but_for_widths

OTHERS = ("Mine", "Yours")


def any_cell(chance, kind):
    """A link, a text among figures, a figure, a text or nothing."""
    if chance.random() < 0.3:
        return Cell(chance.choice(["go", "see", "=x"]), link=chance.choice(OTHERS))
    return chance.choice(["a", "=1+1", None] if kind is Kind.TEXT else [1, 2.5, None])


def any_table(chance, name):
    kinds = [chance.choice([Kind.TEXT, Kind.COUNT, Kind.MONEY]) for _ in range(chance.randint(1, 5))]
    columns = tuple(Column(f"Column {i}", kind) for i, kind in enumerate(kinds))
    rows = tuple(tuple(any_cell(chance, kind) for kind in kinds) for _ in range(chance.randint(0, 5)))
    return Table(name, columns, rows, chance.choice(["", "A caption"]))


def any_report(chance):
    """A sheet of one or two tables with notes and ways, whose cells link to two other sheets."""
    blocks = []
    for number in range(chance.randint(1, 2)):
        if chance.random() < 0.5:
            blocks.append(Note(f"A note {chance.choice('abc')}", link=chance.choice([None, *OTHERS])))
        blocks.append(any_table(chance, f"lgs_Table{number}"))
    ways = tuple(Cell(f"To {title}", link=title) for title in OTHERS if chance.random() < 0.5)
    made = Sheet("Shop", "What it says.", "Data to 9 Dec 2011", tuple(blocks), ways=ways)
    return report(made, *(sheet(table(f"lgs_{title}"), title=title) for title in OTHERS))


# The first five were wrong once.
@pytest.mark.parametrize("number", [1, 29, 30, 41, 50, 2, 3])
def test_a_refreshed_workbook_is_as_a_new_one(open_book, number):
    chance = random.Random(number)
    book = open_book(any_report(chance))
    for _ in range(2):
        following = any_report(chance)
        live.refresh(following, book)
        assert but_for_widths(differences(book, open_book(following), ["Shop"])) == []
