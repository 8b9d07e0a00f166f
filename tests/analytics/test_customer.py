"""A customer's page, and who bought one product and not another: seen by eye, and apart from the real lines."""

import pytest

from lgs_excel.analytics.catalogue import ON_REQUEST, Options
from lgs_excel.errors import InputError
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.conftest import READ_ENGINES

LINES = (
    ("1", "2010-12-01", "a", 2, "5.00", "11111", "United Kingdom", "RED MUG"),
    ("1", "2010-12-01", "a", 1, "4.00", "22222", "United Kingdom", "BLUE MUG"),
    ("2", "2010-12-11", "a", 1, "3.00", "22222", "United Kingdom", "BLUE MUG"),
    ("C3", "2010-12-12", "a", -1, "5.00", "11111", "United Kingdom", "RED MUG"),
    ("4", "2011-01-10", "a", 1, "7.00", "POST", "France", "POSTAGE"),
    ("4", "2011-01-10", "a", 1, "6.00", "22222", "France", "BLUE MUG"),
    ("5", "2011-01-12", "b", 1, "1.00", "22222", "France", "BLUE MUG"),
    ("5", "2011-01-12", "b", 1, "1.00", "33333", "France", "GREEN MUG"),
    ("6", "2011-02-01", "c", 1, "9.00", "11111", "France", "RED MUG"),
)


def ask(shop, name, *, settings=None, **said):
    """An analysis of ON_REQUEST."""
    options = Options(**{key: value for key, value in said.items() if key in {"has", "lacks", "customer"}})
    filters = parse_filters(**{key: value for key, value in said.items() if key not in {"has", "lacks", "customer"}})
    with open_snapshot(shop.warehouse, settings or shop.settings, filters) as snapshot:
        return ON_REQUEST[name].table(snapshot, options)


def part(table, name):
    rows = table[table["part"] == name].astype("object")
    return [tuple(row) for row in rows.where(rows.notna(), None)[["name", "figure", "text"]].to_numpy()]


def test_the_page_of_a_customer(shop):
    table = ask(shop(*LINES), "customer", customer="a")
    about = {name: figure if figure is not None else text for name, figure, text in part(table, "about")}
    scores = {name: about.pop(name) for name in ("r", "f", "m", "segment", "segment_a_month_ago")}
    assert about == {
        "country": "France", "first_order": "2010-12-01", "last_order": "2011-01-10", "orders": 3, "net_sales": 25,
        "net_sales_12_months": 25, "usual_gap": 20, "days_overdue": 3,
    }  # fmt: skip
    scored = shop.show("rfm-customers").set_index("customer_id").loc["a"]
    assert [scores[name] for name in ("r", "f", "m", "segment")] == scored[["r", "f", "m", "segment"]].tolist()
    assert scores["segment_a_month_ago"] == "Need Attention"  # nobody else had bought: R 3, F 3
    assert part(table, "month") == [("2010-12", 12, ""), ("2011-01", 13, ""), ("2011-02", 0, "")]
    assert part(table, "product") == [("22222", 13, "BLUE MUG"), ("11111", 5, "RED MUG")]
    assert part(table, "order") == [
        ("4", 13, "2011-01-10: POSTAGE, BLUE MUG"),
        ("2", 3, "2010-12-11: BLUE MUG"),
        ("1", 14, "2010-12-01: RED MUG, BLUE MUG"),
    ]
    assert part(table, "suggestion") == [("33333", 1, "GREEN MUG")]


def test_a_customer_is_judged_by_the_lines_shown(shop):
    table = ask(shop(*LINES), "customer", customer="a", to_month="2010-12")
    assert ("net_sales", 12, "") in part(table, "about")
    assert part(table, "suggestion") == []


@pytest.mark.parametrize("number", ["d", "", "None"])
def test_a_customer_who_bought_nothing_is_refused(shop, number):
    with pytest.raises(InputError, match="bought nothing in the period shown"):
        ask(shop(*LINES), "customer", customer=number)


def test_who_bought_one_product_and_not_another(shop):
    shop(*LINES)
    found = ask(shop, "has-not", has=" 11111 ", lacks="22222")
    assert found[["customer_id", "country", "spend"]].to_numpy().tolist() == [["c", "France", 9]]
    assert found["last_purchase"].dt.strftime("%Y-%m-%d").tolist() == ["2011-02-01"]
    assert ask(shop, "has-not", has="22222", lacks="33333")["customer_id"].tolist() == ["a"]
    assert ask(shop, "has-not", has="33333", lacks="22222").empty


@pytest.mark.parametrize(
    ("has", "lacks", "said"),
    [
        ("11112", "22222", "--a '11112' was not sold"),
        ("11111", "9", "--b '9' was not sold"),
        ("11111", "11111", "both"),
    ],
)
def test_products_that_say_nothing_are_refused(shop, has, lacks, said):
    with pytest.raises(InputError, match=said):
        ask(shop(*LINES), "has-not", has=has, lacks=lacks)


@pytest.mark.parametrize("filters", [{}, {"countries": ["Germany"], "from_month": "2011-03"}], ids=str)
def test_has_not_of_the_real_sales_is_as_worked_out_apart(real_sales, filters):
    lines = real_sales.oracle(parse_filters(**filters)).sale
    known = lines[lines["customer"].notna()]
    has, lacks = (set(known.loc[known["code"] == code, "customer"]) for code in ("22697", "22699"))
    for engine in READ_ENGINES[:2]:
        with real_sales.snapshot(engine, parse_filters(**filters)) as snapshot:
            found = ON_REQUEST["has-not"].table(snapshot, Options(has="22697", lacks="22699"))
        assert set(found["customer_id"]) == has - lacks
        days = known[known["customer"].isin(has - lacks)].groupby("customer")["day"].max()
        assert found.set_index("customer_id")["last_purchase"].to_dict() == days.to_dict()
