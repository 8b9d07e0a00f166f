"""The most bought products."""

import pytest

from lgs_excel.analytics.catalogue import Options
from lgs_excel.errors import InputError
from tests.conftest import settings_for

UK = "United Kingdom"


def sold(code, description="THING", invoice="1", customer="a", quantity=1, price="1.00"):
    return (invoice, "2011-01-05", customer, quantity, price, code, UK, description)


def codes(shop, by="revenue", top=None, **filters):
    return shop.show("products", options=Options(by=by, top=top), **filters)["stock_code"].tolist()


def test_units_and_revenue_are_sales_less_cancellations_and_orders_count_sales(shop):
    shop(
        sold("22423", invoice="1", customer="a", quantity=5, price="2.00"),
        sold("22423", invoice="2", customer="a", quantity=5, price="2.00"),
        sold("22423", invoice="3", customer=None, quantity=1, price="2.00"),
        sold("22423", invoice="C4", customer="b", quantity=-4, price="2.00"),
        sold("22423", invoice="5", customer="c", quantity=9, price="0.00"),
        sold("22423", invoice="6", customer="c", quantity=-9, price="0.00"),
    )
    assert shop.show("products").to_dict("records") == [
        {"stock_code": "22423", "description": "THING", "units": 7, "revenue": 14, "orders": 3, "customers": 1}
    ]


def test_a_code_is_one_in_whatever_case_and_with_spaces_around(shop):
    shop(sold("85123A"), sold("85123a", invoice="2"), sold(" 85123a ", invoice="3"))
    assert shop.show("products")[["stock_code", "orders"]].to_numpy().tolist() == [["85123A", 3]]


@pytest.mark.parametrize("code", ["22423", "85123A", "15056bl", "DCGS0003", "dcgssboy"])
def test_these_are_products(shop, code):
    shop(sold(code))
    assert codes(shop) == [code.upper()]


@pytest.mark.parametrize(
    "code", ["POST", "DOT", "C2", "M", "m", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "GIFT_0001_20",
             "2242", "224231", "22423ABC", "X22423"],
)  # fmt: skip
def test_these_are_charges(shop, code):
    shop(sold(code, price="3.00"), sold("22423"))
    assert codes(shop) == ["22423"]
    assert shop.answers().products.charges == 3
    assert shop.show("checks").set_index("check").loc["Lines of charges, not products", "lines"] == 1


def test_what_a_product_is_can_be_set(shop):
    shop(sold("GIFT_0001_20"), sold("22423"))
    url = shop.warehouse.url.render_as_string(hide_password=False)
    gifts = settings_for(url, product_code_pattern=r"^GIFT_\d{4}")
    assert shop.show("products", settings=gifts)["stock_code"].tolist() == ["GIFT_0001_20"]


def test_a_label_is_the_most_frequent_description(shop):
    shop(sold("22423", "OLD"), sold("22423", "NEW"), sold("22423", "NEW "), sold("22423", None), sold("22423", ""))
    assert shop.column("products", "description") == ["NEW"]


def test_of_equally_frequent_descriptions_the_first_in_the_alphabet_is_the_label(shop):
    shop(sold("22423", "b"), sold("22423", "Ä"), sold("22423", "C"), sold("22423", "A1"))
    assert shop.column("products", "description") == ["A1"]


def test_notes_on_stock_write_offs_are_no_labels(shop):
    shop(sold("22423", "CAKESTAND"), *(sold("22423", "damaged", f"{n}", None, -1, "0.00") for n in range(2, 6)))
    assert shop.column("products", "description") == ["CAKESTAND"]


def test_a_product_without_a_description_has_none(shop):
    shop(sold("22423", None), sold("22424", ""))
    assert shop.column("products", "description") == [None, None]


def test_products_rank_by_what_is_asked_for_and_then_by_code(shop):
    shop(
        sold("10003", quantity=1, price="9.00", customer="a"),
        sold("10002", quantity=9, price="1.00", customer="a"),
        sold("10001", quantity=9, price="0.50", customer="a"),
        sold("10001", quantity=1, price="0.50", customer="b"),
        sold("10004", quantity=9, price="0.10", customer=None),
    )
    assert codes(shop, "revenue") == ["10002", "10003", "10001", "10004"]
    assert codes(shop, "units") == ["10001", "10002", "10004", "10003"]
    assert codes(shop, "customers") == ["10001", "10002", "10003", "10004"]


def test_a_product_that_was_only_cancelled_has_no_customers_and_ranks_with_such(shop):
    shop(
        sold("10003", invoice="C1", customer="a", quantity=-1),
        sold("10004", customer=None),
        sold("10002", invoice="C2", customer="a", quantity=-1),
    )
    assert codes(shop, "customers") == ["10002", "10003", "10004"]
    assert shop.column("products", "orders") == [1, 0, 0]


@pytest.mark.parametrize("by", ["revenue", "units", "customers"])
def test_the_top_is_the_head_of_the_whole_list_with_the_same_figures(shop, by):
    shop(*(sold(f"1000{n}", "THING", f"{n}{m}", f"c{m}", 9 - n, "1.00") for n in range(5) for m in range(n)))
    every = shop.show("products", options=Options(by=by))
    top = shop.show("products", options=Options(by=by, top=2))
    assert top.to_dict("records") == every.head(2).to_dict("records")
    answer = shop.answers(Options(by=by, top=2)).products
    assert (answer.total, answer.revenue) == (4, every["revenue"].sum())


def test_a_shop_that_sold_only_postage_has_no_products(shop):
    shop(sold("POST", price="18.00"))
    assert codes(shop) == []
    assert codes(shop, top=5) == []
    assert shop.answers().products.charges == 18


def test_an_unknown_ranking_names_the_nearest(shop):
    shop(sold("22423"))
    with pytest.raises(
        InputError, match=r"--by 'revenu' is not known\. Allowed: revenue, units, customers\. Nearest: rev"
    ):
        codes(shop, "revenu")


@pytest.mark.parametrize("top", [0, -1])
def test_a_top_of_none_is_refused(shop, top):
    shop(sold("22423"))
    with pytest.raises(InputError, match=rf"--top {top} is too few\. Give 1 or more"):
        codes(shop, top=top)
