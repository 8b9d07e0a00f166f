"""The tree of stated errors, and the hint that many of them end with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgs_excel import errors


@pytest.mark.parametrize(
    "branch",
    [errors.SettingsError, errors.WarehouseError, errors.InputError, errors.WorkbookError, errors.DeliveryError],
)
def test_every_stated_error_has_one_root_and_is_drawn_in_the_tree(branch):
    assert branch.__bases__ == (errors.LgsError,)
    assert f"── {branch.__name__} " in errors.__doc__


def test_no_branch_is_missing_from_the_tree():
    assert errors.__doc__.count("── ") == len(errors.LgsError.__subclasses__())


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("Frnace", " Nearest: France."),
        ("frnace", " Nearest: France."),
        ("FRANCE", " Nearest: France."),
        ("germny", " Nearest: Germany."),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_a_hint_names_what_looks_like_the_value(value, hint):
    assert errors.nearest(value, ["France", "Germany", "EIRE"]) == hint


def test_where_nothing_is_allowed_nothing_is_near():
    assert errors.nearest("France", []) == ""


@given(st.lists(st.text(min_size=1), min_size=1), st.data())
def test_what_is_allowed_is_nearest_to_itself_but_for_case(allowed, data):
    value = data.draw(st.sampled_from(allowed))
    hint = errors.nearest(value, allowed)
    assert hint.startswith(" Nearest: ")
    assert hint[len(" Nearest: ") : -1].casefold() == value.casefold()
