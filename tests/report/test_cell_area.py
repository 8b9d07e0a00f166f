"""Rectangles of cells, against sets of single cells."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.report.cell_area import Area, box, joined, parse_areas, without

NUMBERS = st.integers(1, 6)
AREAS = st.builds(
    lambda row, column, rows, columns: Area(row, column, row + rows - 1, column + columns - 1),
    NUMBERS, NUMBERS, NUMBERS, NUMBERS,
)  # fmt: skip
SEVERAL = st.lists(AREAS, max_size=6)


def cells(*areas):
    return {
        place
        for area in areas
        for place in product(range(area.row, area.last_row + 1), range(area.column, area.last_column + 1))
    }


@given(SEVERAL, SEVERAL)
def test_what_is_left_without_others_has_each_of_its_cells_once(areas, holes):
    left = without(areas, holes)
    assert cells(*left) == cells(*areas) - cells(*holes)
    assert not any(one.overlaps(two) for one, two in combinations(left, 2))


@given(SEVERAL, SEVERAL)
def test_joined_areas_have_all_cells_and_none_of_the_others(areas, others):
    apart = without(areas, others)
    found = joined(apart, others)
    assert cells(*found) >= cells(*apart)
    assert not cells(*found) & cells(*others)
    assert not any(one.overlaps(two) for one, two in combinations(found, 2))
    assert len(found) <= max(len(apart), 1)


def test_joined_areas_are_as_few_as_can_be():
    table = [Area(1, 1, 1, 3), Area(2, 2, 5, 3), Area(6, 1, 6, 1)]
    assert joined(table, []) == [Area(1, 1, 6, 3)]
    assert joined(table, [Area(2, 1, 5, 1)]) == [Area(1, 1, 1, 3), Area(2, 2, 5, 3), Area(6, 1, 6, 1)]


@given(AREAS, AREAS)
def test_two_areas(one, two):
    both = one.common(two)
    assert (cells(both) if both else set()) == cells(one) & cells(two)
    assert one.overlaps(two) is (both is not None)
    assert cells(*one.minus(two)) == cells(one) - cells(two)
    assert cells(one.around(two)) >= cells(one) | cells(two)


@given(AREAS)
def test_halves_are_all_of_it(area):
    for by_rows in (False, True):
        if area.shape != (1, 1):
            first, second = area.halves(by_rows=by_rows)
            assert cells(first) | cells(second) == cells(area)
            assert not first.overlaps(second)
    assert parse_areas(f"='A sheet'!{area.address}") == (area,)
    assert box([area]) == Area(1, 1, area.last_row, area.last_column)
