"""The real sales give every figure that the definitions print, on every engine."""

import pytest

from lgs_excel.analytics.catalogue import Options
from lgs_excel.analytics.rfm import SEGMENTS
from lgs_excel.warehouse.filters import parse_filters
from tests.analytics.small_shop import values
from tests.conftest import READ_ENGINES

MONTHS = ["2010-12", *(f"2011-{month:02}" for month in range(1, 13))]
CLASSIC = Options(rfm="classic")


@pytest.fixture(params=READ_ENGINES)
def show(request, real_sales):
    """One analysis of the real sales, in each engine in turn."""
    return lambda name: real_sales.tables(request.param)[name]


@pytest.fixture(params=READ_ENGINES)
def engine(request):
    return request.param


def test_every_line_is_of_one_kind_and_the_bridge_closes(show):
    bridge = show("checks").iloc[:7]
    assert values(bridge["lines"]) == [530_103, 9_288, 3, 1_179, 1_336, 541_909, 541_909]
    amounts = [10_655_622.484, -896_812.49, -11_062.06, 0, 0, 9_747_747.934, 541_909]
    assert values(bridge["amount"]) == amounts
    assert values(bridge["expected"])[5:] == amounts[5:]


def test_every_check_passes(show):
    checks = show("checks")
    compared = checks[checks["difference"].notna()]
    assert len(compared) == 21
    assert set(compared["result"]) == {"PASS"}
    assert set(compared["difference"]) == {0}


def test_duplicates_and_lines_without_a_customer_are_counted(show):
    counts = show("checks").set_index("check")["lines"]
    assert counts["Exact duplicate lines (kept)"] == 5_268
    assert counts["Lines without a customer"] == 135_080


def test_invoice_amounts(show):
    figures = show("invoices").iloc[0].to_dict()
    assert {name: round(value, 2) for name, value in figures.items()} == {
        "count": 19_959,
        "min": 0.38,
        "mean": 533.88,
        "median": 303.83,
        "mode": 15.00,
        "max": 168_469.60,
        "p85": 714.34,
        "trimmed_count": pytest.approx(0.85 * 19_959, abs=1),
        "trimmed_mean": 270.10,
        "trimmed_median": figures["trimmed_median"],
    }


def test_orders_placed_and_cancelled(show):
    orders = show("orders")
    assert values(orders["month"]) == MONTHS
    placed = [1559, 1086, 1100, 1454, 1246, 1681, 1533, 1475, 1360, 1837, 2040, 2769, 819]
    cancelled = [326, 260, 219, 318, 240, 314, 329, 270, 278, 333, 362, 441, 146]
    assert values(orders["placed"]) == placed
    assert values(orders["cancelled"]) == cancelled
    rates = [c / (p + c) for p, c in zip(placed, cancelled, strict=True)]
    assert values(orders["cancellation_rate"]) == rates


def test_orders_by_the_notebooks_formula(show):
    notebook = [1373, 956, 955, 1347, 1264, 1534, 1354, 1387, 1181, 1661, 1913, 2580, 723]
    assert values(show("orders")["placed_notebook"]) == notebook


def test_monthly_sales_and_their_growth(show):
    sales = show("sales")
    assert values(sales["month"]) == MONTHS
    assert values(sales["net"]) == [
        748_957.02, 560_000.26, 498_062.65, 683_267.08, 493_207.121, 723_333.51, 691_123.12, 681_300.111, 682_680.51,
        1_019_687.622, 1_070_704.67, 1_461_756.25, 433_668.01,
    ]  # fmt: skip
    growth = [None if value is None else round(100 * value, 2) for value in values(sales["growth"])]
    assert growth == [None, -25.23, -11.06, 37.18, -27.82, 46.66, -4.45, -1.42, 0.20, 49.37, 5.00, 36.52, None]


def test_gross_sales_and_what_is_taken_off_add_up_to_the_bridge(show):
    sums = show("sales")[["gross", "cancelled", "adjustments"]].sum().round(3)
    assert sums.to_dict() == {"gross": 10_655_622.484, "cancelled": -896_812.49, "adjustments": -11_062.06}


def test_growth_depends_on_the_definition_as_the_page_warns(show):
    sales, customers = show("sales").set_index("month"), show("customers").set_index("month")

    def november(column):
        return round(100 * (column["2011-11-01"] / column["2011-10-01"] - 1), 1)

    assert november(sales["net"]) == 36.5
    assert november(sales["gross"]) == 30.7
    assert customers.loc["2011-11-01", "active"] == 1664


def test_active_new_and_existing_customers(show):
    customers = show("customers")
    active = [885, 741, 758, 974, 856, 1056, 991, 949, 935, 1266, 1364, 1664, 615]
    new = [885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41]
    assert values(customers["month"]) == MONTHS
    assert values(customers["active"]) == active
    assert values(customers["new"]) == new
    assert values(customers["existing"]) == [a - n for a, n in zip(active, new, strict=True)]


def test_the_history_starts_in_the_first_month(real_sales, engine):
    assert str(real_sales.answers(engine).customers.history_starts) == "2010-12-01"


def test_only_the_last_month_is_unfinished(real_sales, engine):
    assert str(real_sales.answers(engine).sales.unfinished) == "2011-12-01"


def test_default_segments(show):
    segments = show("rfm-segments")
    assert values(segments["segment"]) == [segment.name for segment in SEGMENTS]
    assert dict(zip(segments["segment"], segments["customers"], strict=True)) == {
        "Champions": 604,
        "Loyal Customers": 688,
        "Potential Loyalists": 484,
        "New Customers": 67,
        "Promising": 169,
        "Need Attention": 304,
        "About to Sleep": 295,
        "Can't Lose": 64,
        "At Risk": 701,
        "Hibernating": 962,
    }
    assert segments["customers"].sum() == 4_338 == len(show("rfm-customers"))


def test_classic_segments_are_the_published_ones(real_sales, engine):
    tables = real_sales.tables(engine, options=CLASSIC, names=("rfm-segments", "rfm-customers"))
    segments = tables["rfm-segments"].set_index("segment")
    assert segments["customers"].to_dict() == {
        "Champions": 633,
        "Loyal Customers": 819,
        "Potential Loyalists": 484,
        "New Customers": 42,
        "Promising": 94,
        "Need Attention": 187,
        "About to Sleep": 352,
        "Can't Lose": 63,
        "At Risk": 593,
        "Hibernating": 1_071,
    }
    assert segments.loc["Champions", "monetary"] == pytest.approx(6_857.935482, abs=5e-7)


def test_best_sellers_leave_out_postage_and_the_orders_cancelled_within_minutes(show):
    assert [tuple(row) for row in show("products")[["stock_code", "revenue"]].head(5).to_numpy()] == [
        ("22423", 164_762.19),
        ("85123A", 99_846.98),
        ("47566", 98_302.98),
        ("85099B", 92_356.03),
        ("23084", 66_756.59),
    ]


def test_cohorts(show):
    cohorts = show("cohorts").set_index("cohort")
    assert values(cohorts.loc["2010-12-01", "active"]) == [
        *(885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235),
    ]
    assert values(cohorts.loc["2011-01-01", "active"]) == [417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49]
    assert values(cohorts.loc["2011-11-01", "active"]) == [323, 36]
    assert set(cohorts.loc["2010-12-01", "size"]) == {885}
    assert set(cohorts.loc[cohorts["age"] == 0, "retention"]) == {1}


def test_second_orders(show):
    assert show("second-order").iloc[0].tolist() == [4_338, 2_790, 57, 27, 116.75]
    horizons = show("second-order-horizons")
    assert [tuple(row) for row in horizons[["days", "observed", "returned"]].to_numpy()] == [
        (30, 4_086, 778),
        (60, 3_741, 1_314),
        (90, 3_370, 1_533),
        (180, 2_821, 1_853),
    ]
    assert [round(100 * share, 1) for share in horizons["share"]] == [19.0, 35.1, 45.5, 65.7]
    due = show("second-order-due")
    assert len(due) == 540
    assert (due["days_since"].min(), due["days_since"].max()) == (27, 116)


def test_first_products(show):
    products = show("first-products").set_index("stock_code")
    assert (products.index[0], products.index[-1]) == ("22795", "20828")
    assert products.loc["22795", ["customers", "returned"]].tolist() == [56, 40]
    assert products.loc["20828", ["customers", "returned"]].tolist() == [51, 9]
    assert products.loc["22795", "lift"] == pytest.approx(40 / 56 / (1_533 / 3_370))
    assert products["customers"].min() >= 50


def test_countries(show):
    countries = show("countries").set_index("country")
    assert len(countries) == 38
    columns = ["net", "gross", "orders", "customers"]
    assert countries[columns].round(3).head(4).to_numpy().tolist() == [
        [8_187_806.364, 9_014_160.024, 18_018, 3_920],
        [284_661.54, 285_446.34, 94, 9],
        [263_276.82, 283_453.96, 288, 3],
        [221_698.21, 228_867.14, 457, 94],
    ]
    assert countries.index[:4].tolist() == ["United Kingdom", "Netherlands", "EIRE", "Germany"]
    assert countries["share"].sum() == pytest.approx(1)


def test_pairs(show):
    pairs = show("pairs")
    assert len(pairs) == 106
    first = pairs.iloc[0]
    assert (first["stock_code_a"], first["stock_code_b"], first["together"]) == ("22386", "85099B", 273)
    shares = first[["support", "confidence_ab", "confidence_ba", "lift"]].astype(float).round(6).tolist()
    assert shares == [0.021868, 0.601322, 0.318182, 8.749299]
    second = pairs.iloc[1]
    assert (second["stock_code_a"], second["stock_code_b"], second["together"]) == ("22697", "22699", 261)
    assert round(second["lift"], 6) == 22.971827
    third = pairs.iloc[2]
    assert (third["stock_code_a"], third["stock_code_b"], third["together"]) == ("22697", "22698", 231)


def test_the_season_of_christmas_to_november(real_sales, engine):
    filters = parse_filters(to_month="2011-11")
    season, months = (real_sales.tables(engine, filters)[name] for name in ("season", "season-months"))
    christmas = season[(season["theme"] == "Christmas") & (season["season"] == 2011)].iloc[0]
    assert (christmas["products"], christmas["sales"], christmas["complete"]) == (162, 422_099.61, False)
    days = [f"{christmas[name]:%d %b %Y}" for name in ("start", "half", "end", "mail_by")]
    assert days == ["23 Aug 2011", "21 Oct 2011", "22 Nov 2011", "02 Aug 2011"]
    shares = months[(months["theme"] == "Christmas") & (months["season"] == 2011)]["share"]
    assert [round(100 * share, 1) for share in shares] == [0.2, 0.2, 0.2, 0.4, 1.1, 3.2, 6.4, 20.6, 26.1, 41.7]
