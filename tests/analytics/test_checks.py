"""The figures add up to the warehouse, and a check says so when they don't."""

from dataclasses import replace

import pytest

from lgs_excel.analytics.catalogue import CATALOGUE, Options, answer_all
from lgs_excel.analytics.checks import checks
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.snapshot import open_snapshot

LINES = (
    ("1", "2011-01-05", "a", 10, "2.50"),
    ("1", "2011-01-05", "a", 10, "2.50"),
    ("1", "2011-02-05", "b", 1, "18.00", "POST"),
    ("C2", "2011-02-06", "a", -4, "2.50"),
    ("C3", "2011-02-06", "c", -1, "1.00"),
    ("A4", "2011-03-07", None, 1, "-7.00", "B"),
    ("5", "2011-03-31", "b", 3, "0.00"),
    ("6", "2011-03-31", None, -9, "0.00", "22423", None),
)


@pytest.mark.parametrize(
    "filters", [{}, {"from_month": "2011-02"}, {"to_month": "2011-01"}, {"countries": ["Unspecified"]}], ids=str
)
@pytest.mark.parametrize("recipe", ["default"])
def test_every_check_passes(shop, filters, recipe):
    results = shop(*LINES).show("checks", options=Options(rfm=recipe), **filters)["result"]
    assert set(results) == {"PASS", ""}


def test_the_bridge_goes_over_every_kind_to_the_whole(shop):
    bridge = shop(*LINES).show("checks").iloc[:7]
    assert bridge["check"].str.split().str[0].tolist() == [
        "Sale", "Cancellation", "Adjustment", "Free", "Correction", "All", "All",
    ]  # fmt: skip
    assert bridge["lines"].tolist() == [3, 2, 1, 1, 1, 8, 8]
    assert bridge["amount"].tolist() == [68, -11, -7, 0, 0, 50, 8]


def test_duplicates_are_lines_that_equal_another_in_every_column(shop):
    line = ("1", "2011-01-05 08:26", "a", 1, "2.50", "22423", "France", "CAKESTAND")
    others = [
        ("2", *line[1:]),
        (line[0], "2011-01-05 08:27", *line[2:]),
        (*line[:2], "b", *line[3:]),
        (*line[:3], 2, *line[4:]),
        (*line[:4], "2.51", *line[5:]),
        (*line[:5], "22424", *line[6:]),
        (*line[:6], "Spain", line[7]),
        (*line[:7], "CAKE STAND"),
    ]
    nameless = (*line[:7], None)
    shop(line, line, line, *others, nameless, nameless)
    counts = shop.show("checks").set_index("check")["lines"]
    assert counts["Exact duplicate lines (kept)"] == 2 + 1


def test_the_new_customers_of_a_later_month_are_not_all_customers_and_not_compared(shop):
    names = shop(*LINES).show("checks", from_month="2011-02")["check"]
    assert not names.str.startswith("Customers: new").any()
    assert shop.show("checks")["check"].str.startswith("Customers: new").any()


def broken(answers, part, **changes):
    return replace(answers, **{part: replace(getattr(answers, part), **changes)})


def a_penny_more(frame, column):
    changed = frame.copy()
    changed[column] = changed[column].astype("float64")
    changed.loc[0, column] += 0.01
    return changed


@pytest.mark.parametrize(
    ("part", "change", "failing"),
    [
        ("sales", lambda a: {"months": a_penny_more(a.months, "net")}, "Sales: net of all months"),
        ("sales", lambda a: {"months": a_penny_more(a.months, "gross")}, "Sales: gross of all months"),
        ("orders", lambda a: {"months": a.months.assign(placed=9)}, "Orders: cancelled and placed, all months"),
        ("products", lambda a: {"revenue": a.revenue - 0.01}, "Products: revenue, with charges"),
        ("customers", lambda a: {"months": a.months.assign(new=9)}, "Customers: new in all months"),
        ("rfm", lambda a: {"segments": a.segments.assign(customers=9)}, "RFM: customers in all segments"),
        ("rfm", lambda _: {"not_scored": 0.0}, "RFM Customers: monetary, with customers who only cancelled"),
        ("invoices", lambda a: {"whole": replace(a.whole, total=1.0)}, "Invoices: sum of all invoices"),
        ("invoices", lambda a: {"whole": replace(a.whole, count=9)}, "Invoices: number in the histogram"),
    ],
)
def test_a_figure_that_is_off_fails_its_check_and_no_other(shop, part, change, failing):
    shop(*LINES)
    with open_snapshot(shop.warehouse, shop.settings, parse_filters()) as snapshot:
        answers = answer_all(snapshot)
        answers = broken(answers, part, **change(getattr(answers, part)))
        assert checks(snapshot, answers).failed == [failing]


PAIRED = tuple(
    (f"{n}", f"2011-0{1 + n % 3}-05", f"c{n}", 1, "3.00", code, "United Kingdom", name)
    for n in range(6)
    for code, name in (("22423", "CAKESTAND"), ("22424", "XMAS BAUBLE"), *([("22425", "MUG")] if n < 4 else []))
)


@pytest.mark.parametrize(
    ("part", "change", "failing"),
    [
        ("pairs", lambda found: found.assign(together=7), "Pairs: baskets with the first pair"),
        ("product_details", lambda found: found.assign(orders=1), "Products: orders, counted twice"),
        (
            "seasons",
            lambda found: replace(found, seasons=a_penny_more(found.seasons, "sales")),
            "Season calendar: all sales for Christmas",
        ),
        ("order_hours", lambda found: found.assign(orders=9), "Orders: placed, by weekday and hour"),
    ],
)  # fmt: skip
def test_goods_that_are_off_fail_their_check_and_no_other(shop, part, change, failing):
    shop(*PAIRED)
    settings = replace(shop.settings, least_pairs=2)
    with open_snapshot(shop.warehouse, settings, parse_filters()) as snapshot:
        answers = answer_all(snapshot)
        assert answers.pairs["together"].tolist() == [6, 4, 4]
        assert checks(snapshot, answers).failed == []
        wrong = replace(answers, **{part: change(getattr(answers, part))})
        assert checks(snapshot, wrong).failed == [failing]


def test_the_definition_of_every_analysis_names_its_columns_in_their_order(shop):
    shop(*LINES)
    for name, entry in CATALOGUE.items():
        assert shop.show(name).columns.tolist() == list(entry.definition.columns)
        assert entry.definition.name == name
        assert entry.definition.question.endswith("?")
