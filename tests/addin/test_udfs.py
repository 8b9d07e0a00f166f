"""The worksheet functions, as Excel calls them through xlwings' own conversion, over the real sales."""

import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from lgs_excel.analytics.catalogue import CATALOGUE
from lgs_excel.analytics.customers import monthly_customers
from lgs_excel.analytics.products import product_ranking
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.analytics.sales import monthly_sales
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.addin.xlwings_on_windows import MISSING, NOT_AVAILABLE, ComRange, ComTime

MONTHS = ["2010-12", *(f"2011-{month:02}" for month in range(1, 13))]
FIGURES = {
    "LGS_SALES": [
        748957.02, 560000.26, 498062.65, 683267.08, 493207.121, 723333.51, 691123.12,
        681300.111, 682680.51, 1019687.622, 1070704.67, 1461756.25, 433668.01,
    ],
    "LGS_ORDERS": [1559, 1086, 1100, 1454, 1246, 1681, 1533, 1475, 1360, 1837, 2040, 2769, 819],
    "LGS_CANCELLED": [326, 260, 219, 318, 240, 314, 329, 270, 278, 333, 362, 441, 146],
    "LGS_ACTIVE": [885, 741, 758, 974, 856, 1056, 991, 949, 935, 1266, 1364, 1664, 615],
    "LGS_NEW": [885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41],
}  # fmt: skip
GROWTH = ["", -25.23, -11.06, 37.18, -27.82, 46.66, -4.45, -1.42, 0.20, 49.37, 5.00, 36.52, ""]
SIZES = {
    "Champions": 604, "Loyal Customers": 688, "Potential Loyalists": 484, "New Customers": 67, "Promising": 169,
    "Need Attention": 304, "About to Sleep": 295, "At Risk": 701, "Can't Lose": 64, "Hibernating": 962,
}  # fmt: skip
TOP_FIVE = [
    ("22423", 164762.19), ("85123A", 99846.98), ("47566", 98302.98), ("85099B", 92356.03), ("23084", 66756.59),
]  # fmt: skip


@pytest.mark.parametrize(("name", "figures"), FIGURES.items())
def test_the_figures_of_every_month_are_those_of_the_definitions(ask, name, figures):
    assert [ask(name, month, MISSING) for month in MONTHS] == pytest.approx(figures, abs=1e-6)


def test_growth_is_a_fraction_and_blank_where_it_is_not_defined(ask):
    shown = [ask("LGS_GROWTH", month) for month in MONTHS]
    assert [value if value == "" else round(100 * value, 2) for value in shown] == GROWTH


@pytest.mark.parametrize(
    "cell",
    [
        "2011-11", " 2011-11 ", "2011-11-30", "Nov 2011", "nov 2011", "November 2011", "NOV-2011", "Nov. 2011",
        ComTime.on("2011-11-01"), ComTime.on("2011-11-30T23:59:59"), 40848.0, 40877.999, 40860, Decimal(40848),
        ComRange(("2011-11",)), ComRange((40848.0,)), ComRange((ComTime.on("2011-11-09"),)),
    ],
    ids=str,
)  # fmt: skip
def test_a_month_may_be_a_date_a_serial_number_or_a_text(ask, cell):
    assert ask("LGS_ORDERS", cell, MISSING) == 2769


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Novembre 2011", "'Novembre 2011'"), ("2011-13", "'2011-13'"), ("2011", "'2011'"), ("May", "'May'"),
        ("Nov 0000", "'Nov 0000'"), ("=1+1", "'=1+1'"), (True, "'True'"), (-5.0, "'-5'"), (0.0, "'0'"), (1e300, "'1"),
        (None, "A blank cell"), ("", "A blank cell"), (NOT_AVAILABLE, "'#N/A'"), (ComRange((None,)), "A blank cell"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_month_is_said_in_the_cell(ask, cell, shown):
    text = ask("LGS_SALES", cell, MISSING)
    assert text.startswith(f"LGS: {shown}")
    assert text.endswith("is not a month. Give a date, or a text such as 2011-11 or Nov 2011.")


@pytest.mark.parametrize("name", [*FIGURES, "LGS_GROWTH"])
@pytest.mark.parametrize("month", ["2010-11", "2012-01", 2011.0])
def test_a_month_outside_the_data_is_said_with_their_reach(ask, name, month):
    text = ask(name, month)
    assert re.fullmatch(
        r"LGS: (2010-11|2012-01|1905-07) is not in the data\. The data run from 2010-12 to 2011-12\.", text
    )


def test_a_country_has_the_figures_of_its_own_filter(ask, real_settings):
    with open_snapshot(open_warehouse(real_settings), real_settings, Filters(countries=("France",))) as snapshot:
        net = monthly_sales(snapshot).months["net"].tolist()
        new = monthly_customers(snapshot).months["new"].tolist()
    assert [ask("LGS_SALES", month, "france") for month in MONTHS] == pytest.approx(net, abs=1e-6)
    assert [ask("LGS_NEW", month, " FRANCE ") for month in MONTHS] == new


@pytest.mark.parametrize("country", [MISSING, None, "", "  ", ComRange((None,))], ids=str)
def test_a_blank_country_is_every_country(ask, country):
    assert ask("LGS_ACTIVE", "2011-11", country) == 1664


def test_a_month_without_a_line_of_the_country_is_zero(ask):
    assert [ask(name, "2011-06", "Saudi Arabia") for name in FIGURES] == [0] * len(FIGURES)


def test_a_misspelt_country_is_one_readable_text(ask):
    assert ask("LGS_SALES", "2011-11", "Frence") == "LGS: 'Frence' is not a country in the data. Nearest: France."
    assert ask("LGS_SALES", "2011-11", 7.0).startswith("LGS: '7' is not a country in the data. Known: Australia,")
    assert ask("LGS_SALES", "2011-11", NOT_AVAILABLE).startswith("LGS: '#N/A' is not a country in the data.")


def test_ranges_give_a_grid_of_months_and_countries(ask):
    months = ComRange(("2011-10",), ("2011-11",), ("nonsense",))
    countries = ComRange(("France", "Germany"))
    grid = ask("LGS_SALES", months, countries)
    assert [len(row) for row in grid] == [2, 2, 2]
    assert grid[1][0] == ask("LGS_SALES", "2011-11", "France")
    assert grid[0][1] == ask("LGS_SALES", "2011-10", "Germany")
    assert grid[2][0].startswith("LGS: 'nonsense' is not a month.")
    assert ask("LGS_NEW", ComRange(*((month,) for month in MONTHS))) == [[n] for n in FIGURES["LGS_NEW"]]


def test_an_array_that_is_written_in_the_formula_is_a_range(ask):
    france, spain = (ask("LGS_SALES", "2011-11", country) for country in ("France", "Spain"))
    assert ask("LGS_SALES", "2011-11", ("France", "Spain")) == [france, spain]
    assert ask("LGS_SALES", "2011-11", (("France",), ("Spain",))) == [[france], [spain]]


def test_ranges_that_do_not_fit_and_whole_columns_are_said(ask):
    three, two = ComRange(("2011-10",), ("2011-11",), ("2011-12",)), ComRange(("France",), ("Spain",))
    assert ask("LGS_SALES", three, two).startswith("LGS: the ranges differ in size.")
    column = ComRange(*([(None,)] * 20_000))
    assert ask("LGS_GROWTH", column) == "LGS: the range has 20,000 cells; 10,000 can be answered at once."


@pytest.mark.parametrize("cell", [12346.0, "12346", " 12346 ", 12346], ids=repr)
def test_a_customer_is_known_by_number_or_text(ask, real_cache, cell):
    record = real_cache.answers().customers["12346"]
    assert ask("LGS_SEGMENT", cell) == record["segment"] == "Hibernating"
    assert ask("LGS_RFM", cell) == f"{record['r']}{record['f']}{record['m']}"
    assert re.fullmatch(r"[1-5]{3}", ask("LGS_RFM", cell))


@pytest.mark.parametrize("name", ["LGS_SEGMENT", "LGS_RFM"])
def test_an_unknown_customer_is_said(ask, name):
    assert ask(name, 99999.0).startswith("LGS: '99999' is not a customer with a sale in the data.")
    assert ask(name, 1.5).startswith("LGS: '1.5' is not a customer with a sale in the data.")
    assert ask(name, None).startswith("LGS: A blank cell is not a customer.")


def test_the_sizes_of_all_segments(ask):
    assert {segment.name: ask("LGS_SEGMENT_SIZE", segment.name.upper()) for segment in SEGMENTS} == SIZES
    assert ask("LGS_SEGMENT_SIZE", "Champion").startswith(
        "LGS: 'Champion' is not a segment. Nearest: Champions. Allowed: Champions, Loyal Customers,"
    )


def test_the_top_products_spill_below_their_headings(ask):
    headings, *rows = ask("LGS_TOP_PRODUCTS", 5.0, MISSING)
    assert headings == ["Stock code", "Description", "Units", "Revenue", "Orders", "Customers"]
    assert [(row[0], round(row[3], 2)) for row in rows] == TOP_FIVE


@pytest.mark.parametrize("by", ["units", "CUSTOMERS"])
def test_the_top_products_by_another_ranking_are_that_analysis(ask, real_settings, by):
    with open_snapshot(open_warehouse(real_settings), real_settings) as snapshot:
        expected = product_ranking(snapshot, by.lower(), 20).products
    _, *rows = ask("LGS_TOP_PRODUCTS", 20.0, by)
    assert rows == expected.to_numpy().tolist()


@pytest.mark.parametrize("n", [0.0, -1.0, 2.5, "ten", None, True, NOT_AVAILABLE], ids=repr)
def test_a_number_of_products_that_is_none_is_said(ask, n):
    text = ask("LGS_TOP_PRODUCTS", n, MISSING)
    assert re.fullmatch(r"LGS: .+ is not a number of products\. Give a whole number of 1 or more\.", text)


def test_an_unknown_ranking_and_a_range_are_said(ask):
    assert ask("LGS_TOP_PRODUCTS", 5.0, "sales") == (
        "LGS: 'sales' is not a ranking of products. Allowed: revenue, units, customers."
    )
    several = ComRange((5.0,), (6.0,))
    assert ask("LGS_TOP_PRODUCTS", several) == "LGS: give single cells here, not a range of several."


def test_a_table_spills_every_analysis_of_the_catalogue(ask, real_cache):
    for name, entry in CATALOGUE.items():
        headings = [column.replace("_", " ").capitalize() for column in entry.definition.columns]
        if real_cache.table(name).empty:  # such as the record of predictions in the first year
            assert ask("LGS_TABLE", name) == headings
            continue
        shown, *rows = ask("LGS_TABLE", name)
        assert shown == headings
        assert all(isinstance(cell, str | int | float) for row in rows for cell in row)


def test_the_page_of_a_customer_spills(ask):
    headings, *rows = ask("LGS_CUSTOMER", 17850.0)
    assert headings == ["Part", "Name", "Figure", "Text"]
    about = {row[1]: row[2] if row[2] != "" else row[3] for row in rows if row[0] == "about"}
    assert (about["first_order"], about["orders"], about["segment"]) == ("2010-12-01", 34, "Can't Lose")
    assert {row[0] for row in rows} == {"about", "month", "product", "order", "suggestion"}
    assert ask("LGS_CUSTOMER", "nobody").startswith("LGS: 'nobody' is not a customer")


def test_what_to_do_this_week_spills(ask):
    headings, *rows = ask("LGS_TODO", MISSING)
    assert headings == ["Task", "Number", "Money", "By", "New", "Sheet"]
    assert [row[1] for row in rows] == [64, 540, 35, 12798, 180, 308]
    assert rows[0][0].startswith("Call 64 customers")
    assert ask("LGS_TODO", 2.0) == [headings, *rows[:2]]
    assert ask("LGS_TODO", "few").endswith("Give a whole number of 1 or more.")


def test_what_is_bought_with_a_product_spills(ask):
    headings, *rows = ask("LGS_PAIRS", 22697.0, MISSING)
    assert headings == ["Stock code", "Description", "Together", "Share", "Lift"]
    assert [(row[0], row[2]) for row in rows[:2]] == [("22699", 261), ("22698", 231)]
    assert ask("LGS_PAIRS", " 22386", 1.0)[1:] == [
        ["85099B", "JUMBO BAG RED RETROSPOT", 273, pytest.approx(0.601322, abs=1e-6), pytest.approx(8.749299, abs=1e-6)]
    ]
    assert ask("LGS_PAIRS", "85099B", 1.0)[1][3] == pytest.approx(0.318182, abs=1e-6)
    assert ask("LGS_PAIRS", "nothing", MISSING).startswith("LGS: 'NOTHING' is in no pair")
    assert ask("LGS_PAIRS", "22697", "few").endswith("Give a whole number of 1 or more.")


def test_months_of_a_table_are_texts_that_the_functions_take(ask):
    _, *rows = ask("LGS_TABLE", "Sales")
    assert [row[0] for row in rows] == MONTHS
    assert [ask("LGS_SALES", row[0]) for row in rows] == [row[4] for row in rows]
    assert [rows[0][5], rows[-1][5]] == ["", ""]  # no growth
    assert ask("LGS_TABLE", "salse").startswith("LGS: 'salse' is not an analysis. Nearest: sales. Allowed: this-week, ")


def test_the_forecast_is_of_months_that_are_not_over(ask, real_cache):
    predicted = real_cache.answers().forecast
    months = [month for month, row in predicted.items() if row["kind"] != "history"]
    assert [f"{month:%Y-%m}" for month in months] == ["2011-12", "2012-01", "2012-02", "2012-03"]
    assert [ask("LGS_FORECAST", f"{month:%Y-%m}") for month in months] == [predicted[m]["predicted"] for m in months]
    assert ask("LGS_FORECAST", "Oct 2011") == (
        "LGS: 2011-10 is not predicted. Predictions run from 2011-12 to 2012-03."
    )


def test_the_examples_of_the_guide_give_what_it_says(ask):
    guide = (Path(__file__).parents[2] / "docs" / "guide.md").read_text(encoding="utf-8")
    examples = re.findall(r"`=(LGS_\w+)\(([^)]*)\)` → (\S+)", guide)
    assert examples
    assert len(examples) == guide.count("` → ")
    for name, argument, shown in examples:
        answer = ask(name, argument.strip('"') if argument.startswith('"') else float(argument))
        assert shown == answer if isinstance(answer, str) else float(shown) == round(answer, 4)


def test_the_help_texts_fit_excels_dialogs(excel):
    functions = [vars(excel.udfs)[name].__xlfunc__ for name in vars(excel.udfs) if name.startswith("LGS_")]
    assert functions
    for function in functions:
        assert function["category"] == "LGS"
        assert not function["volatile"]
        texts = [function["ret"]["doc"], *(argument["doc"] for argument in function["args"])]
        assert all(len(text) <= 255 and "\n" not in text for text in texts)
        assert not any(text.startswith("Positional argument") for text in texts)


def test_xlwings_makes_a_wrapper_of_every_function_with_its_arguments(excel):
    signatures = re.findall(r"^Function (.+)$", excel.wrappers(), flags=re.MULTILINE)
    assert signatures == [
        "LGS_ACTIVE(month, Optional country)",
        "LGS_CANCELLED(month, Optional country)",
        "LGS_CUSTOMER(customer_id)",
        "LGS_FORECAST(month)",
        "LGS_GROWTH(month)",
        "LGS_NEW(month, Optional country)",
        "LGS_ORDERS(month, Optional country)",
        "LGS_PAIRS(code, Optional n)",
        "LGS_RFM(customer_id)",
        "LGS_SALES(month, Optional country)",
        "LGS_SEGMENT(customer_id)",
        "LGS_SEGMENT_SIZE(segment)",
        "LGS_TABLE(analysis)",
        "LGS_TODO(Optional n)",
        "LGS_TOP_PRODUCTS(n, Optional by)",
    ]
    assert "Application.Volatile" not in excel.wrappers()


def test_what_is_unforeseen_is_a_text_too(excel, monkeypatch, caplog):
    class Broken:
        def answers(self):
            raise RuntimeError("boom")

    monkeypatch.setattr(excel.udfs, "CACHE", Broken())
    text = excel.call("LGS_SALES", "2011-11", MISSING)
    assert text.startswith("LGS: something unforeseen went wrong (RuntimeError). Click Check set-up on the LGS tab;")
    assert "boom" in caplog.text


def test_without_windows_the_module_imports_and_its_functions_answer():
    code = (
        "import sys; from lgs_excel.addin import udfs; "
        "print(udfs.LGS_ORDERS('May'), hasattr(udfs.LGS_ORDERS, '__xlfunc__'), 'pythoncom' in sys.modules)"
    )
    environment = os.environ | {"LGS_WAREHOUSE_URL": "duckdb:////nowhere/lgs.duckdb"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    assert re.fullmatch(r"\[\['LGS: There is no warehouse at .+'\]\] False False\n", done.stdout)
