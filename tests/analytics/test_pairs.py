"""Which products are bought together."""

import pytest

from lgs_excel.errors import SettingsError
from lgs_excel.settings import Settings
from tests.conftest import settings_for


@pytest.fixture
def pairs(shop):
    """What `show pairs` has of these baskets, each a list of stock codes; from one pair on."""

    def show(*baskets, largest=25, least=1):
        lines = [
            (str(number), "2011-01-05", "a", 1, "1.00", code, "United Kingdom", f"Item {code}")
            for number, codes in enumerate(baskets)
            for code in codes
        ]
        settings = settings_for(shop.settings.warehouse_url, largest_basket=largest, least_pairs=least)
        return shop(*lines).show("pairs", settings=settings)

    return show


def rows(table):
    return [tuple(row) for row in table[["stock_code_a", "stock_code_b", "together"]].to_numpy().tolist()]


def test_pairs_are_counted_once_a_basket_and_ordered(pairs):
    found = pairs(["10002", "10001"], ["10001", "10002", "10002", "10003"], ["10001", "10003"], ["10009"])
    assert rows(found) == [("10001", "10002", 2), ("10001", "10003", 2), ("10002", "10003", 1)]
    first = found.iloc[0]
    assert (first["description_a"], first["description_b"]) == ("Item 10001", "Item 10002")
    assert first[["support", "confidence_ab", "confidence_ba"]].tolist() == pytest.approx([2 / 3, 2 / 3, 1])
    assert first["lift"] == pytest.approx(2 / 3 / (3 / 3 * 2 / 3))


def test_a_basket_has_two_products_or_more_and_not_too_many(pairs):
    assert rows(pairs(["10001", "10002", "10003"], ["10001", "10002"], largest=2)) == [("10001", "10002", 1)]
    assert rows(pairs(["10001", "POST"], ["10002"])) == []


def test_pairs_in_few_baskets_are_not_shown(pairs):
    assert rows(pairs(["10001", "10002"], ["10001", "10002"], ["10001", "10003"], least=2)) == [("10001", "10002", 2)]


def test_kinds_of_one_article_are_marked(pairs):
    found = pairs(["85099B", "85099F", "DCGS1", "DCGS2"]).set_index(["stock_code_a", "stock_code_b"])
    assert found["variants"].loc[("85099B", "85099F")]
    assert found["variants"].sum() == 1


def test_only_sales_make_baskets(shop):
    shop(("C1", "2011-01-05", "a", -1, "1.00", "10001"), ("C1", "2011-01-05", "a", -1, "1.00", "10002"))
    assert shop.show("pairs", settings=settings_for(shop.settings.warehouse_url, least_pairs=1)).empty


@pytest.mark.parametrize(("name", "value"), [("largest_basket", 1), ("least_pairs", 0)])
def test_a_setting_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(SettingsError, match=f"{name} is {value}"):
        Settings(**{name: value})
