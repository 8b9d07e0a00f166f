"""Calendar months."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.errors import InputError
from lgs_excel.warehouse.months import add_months, month_of, month_text, months_between, parse_month

months = st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(month_of)


def test_a_month_is_the_date_of_its_first_day():
    assert month_of(date(2011, 11, 30)) == date(2011, 11, 1)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, date(2011, 11, 1)), (1, date(2011, 12, 1)), (2, date(2012, 1, 1)), (-11, date(2010, 12, 1)),
     (-10, date(2011, 1, 1)), (26, date(2014, 1, 1))],
)  # fmt: skip
def test_months_are_added_over_the_ends_of_years(count, expected):
    assert add_months(date(2011, 11, 1), count) == expected


@given(months, st.integers(-1000, 1000))
def test_what_was_added_can_be_taken_off(month, count):
    assert add_months(add_months(month, count), -count) == month


@given(months, st.integers(0, 100))
def test_between_two_months_is_every_month_once(month, count):
    between = months_between(month, add_months(month, count))
    assert len(between) == count + 1
    assert between[0] == month
    assert all(add_months(one, 1) == other for one, other in pairwise(between))


def test_there_is_no_month_from_a_later_to_an_earlier_one():
    assert months_between(date(2011, 2, 1), date(2011, 1, 1)) == []


@given(months)
def test_a_month_is_read_as_it_is_written(month):
    assert parse_month(month_text(month)) == month


def test_spaces_around_a_month_do_no_harm():
    assert parse_month(" 2011-11 ") == date(2011, 11, 1)


@pytest.mark.parametrize(
    "text", ["", "2011", "2011-13", "2011-00", "2011-1", "11-2011", "2011/11", "2011-11-01", "Nov 2011", "0000-01"]
)
def test_anything_else_is_no_month(text):
    with pytest.raises(InputError) as caught:
        parse_month(text)
    assert str(caught.value) == f"{text!r} is not a month. Write it as YYYY-MM, such as 2011-11."
