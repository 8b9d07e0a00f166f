"""A change of sales in parts that add up to it, to the penny."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lgs_excel.analytics.decomposition import PARTS, Figures, decompose

amounts = st.decimals(Decimal("0.0001"), Decimal(10_000_000), places=4)
signed = st.decimals(Decimal(-1_000_000), Decimal(1_000_000), places=4)


@st.composite
def months(draw):
    """Any month: perhaps none of its sales has a customer."""
    customers = draw(st.integers(0, 5000))
    orders = customers + draw(st.integers(0, 5000)) if customers else 0
    known = draw(amounts) if customers else Decimal(0)
    return Figures(known, draw(signed), draw(signed), draw(signed), customers, orders)


@given(months(), months())
def test_the_parts_of_any_two_months_add_up_exactly(before, now):
    parts = decompose(before, now)
    assert tuple(parts) == PARTS
    assert sum(parts.values()) == now.net - before.net


@given(months(), months())
def test_the_other_way_round_the_parts_have_the_other_sign(before, now):
    there, back = decompose(before, now), decompose(now, before)
    assert all(abs(there[part] + back[part]) <= Decimal("0.02") for part in PARTS)


def month(known, customers, orders, **others):
    return Figures(Decimal(known), customers=customers, orders=orders, **others)


def test_what_only_one_factor_changed_is_all_its_own():
    start = month(1000, 10, 20)
    assert decompose(start, month(2000, 20, 40))["customers"] == 1000
    assert decompose(start, month(1500, 10, 30))["orders per customer"] == 500
    assert decompose(start, month(900, 10, 20))["value per order"] == -100


def test_no_change_has_no_parts():
    assert set(decompose(month(1000, 10, 20), month(1000, 10, 20)).values()) == {0}


def test_factors_that_cancel_each_other_out_are_told():
    parts = decompose(month(1000, 10, 20), month(1000, 20, 40))
    assert parts["customers"] == -parts["value per order"] == Decimal("693.15")  # 1000 × ln 2


def test_from_nothing_and_to_nothing_customers_came_and_went():
    assert decompose(Figures(), month(500, 5, 9))["customers"] == 500
    assert decompose(month(500, 5, 9), Figures())["customers"] == -500
