"""Every chart: its size, its message, its hatching, its style, and what it does with little, odd or hostile data."""

import io
import logging
import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lgs_excel import formatting as fmt
from lgs_excel.analytics.cohorts import Cohorts
from lgs_excel.analytics.customers import MonthlyCustomers
from lgs_excel.analytics.forecast import Accuracy, SalesForecast
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts, even_edges, round_edges
from lgs_excel.analytics.movement import Movement
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.analytics.products import ProductRanking
from lgs_excel.analytics.rfm import SEGMENTS, CustomerSegments
from lgs_excel.analytics.sales import MonthlySales
from lgs_excel.analytics.second_order import HORIZONS, SecondOrders
from lgs_excel.report.chart_style import drawable, load_style
from lgs_excel.report.charts import picture
from lgs_excel.report.charts.cohorts import cohorts_figure
from lgs_excel.report.charts.countries import countries_figure
from lgs_excel.report.charts.customer import customer_figure
from lgs_excel.report.charts.customers import customers_figure
from lgs_excel.report.charts.forecast import forecast_figure
from lgs_excel.report.charts.invoices import invoices_figure, trimmed_figure
from lgs_excel.report.charts.movement import movement_figure
from lgs_excel.report.charts.orders import orders_figure
from lgs_excel.report.charts.picture import draw, make_chart
from lgs_excel.report.charts.products import products_figure
from lgs_excel.report.charts.sales import sales_figure
from lgs_excel.report.charts.second_order import second_order_figure
from lgs_excel.report.charts.segments import segments_figure
from lgs_excel.report.charts.tiles import tiles_figure
from lgs_excel.report.findings.cohorts import cohorts_message
from lgs_excel.report.findings.countries import countries_message
from lgs_excel.report.findings.customer import customer_message
from lgs_excel.report.findings.customers import customers_message
from lgs_excel.report.findings.forecast import forecast_message
from lgs_excel.report.findings.invoices import invoices_message, invoices_title, trimmed_title
from lgs_excel.report.findings.movement import movement_message
from lgs_excel.report.findings.orders import orders_message
from lgs_excel.report.findings.products import products_message
from lgs_excel.report.findings.sales import sales_message
from lgs_excel.report.findings.second_order import second_order_message
from lgs_excel.report.findings.segments import segments_message
from lgs_excel.report.findings.tiles import tiles_message, tiles_of
from lgs_excel.report.model import Chart
from lgs_excel.user_cache import PICTURES, clear_user_cache

DECEMBER, THROUGH = date(2011, 12, 1), date(2011, 12, 9)
NET = (
    748957.02, 560000.26, 498062.65, 683267.08, 493207.121, 723333.51, 691123.12, 681300.111, 682680.51, 1019687.622,
    1070704.67, 1461756.25, 433668.01,
)  # fmt: skip
PLACED = (1559, 1086, 1100, 1454, 1246, 1681, 1533, 1475, 1360, 1837, 2040, 2769, 819)
CANCELLED = (326, 260, 219, 318, 240, 314, 329, 270, 278, 333, 362, 441, 146)
ACTIVE = (885, 741, 758, 974, 856, 1056, 991, 949, 935, 1266, 1364, 1664, 615)
NEW = (885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41)
HOSTILE = (
    "$\\frac{1}{2}$ MUG $x", "<b>&amp;</b> \"quoted\" 'x'", "🎄 TREE\x00\x07\x1b[31m", "日本の風鈴", "LONG " * 100, "",
    " \t\n", '=HYPERLINK("x")', "\u202eEDISPU", "\ud800lone", "e\u0301clair Z\u0338\u0322a", "%s {x} \\LaTeX", "مرحبا",
)  # fmt: skip


def months(count, last=DECEMBER):
    return pd.date_range(end=pd.Timestamp(last), periods=count, freq="MS")


def sales(net=NET, unfinished=DECEMBER):
    frame = pd.DataFrame({"month": months(len(net)), "net": np.array(net, dtype="float64")})
    frame["gross"], frame["cancelled"], frame["adjustments"] = frame["net"], 0.0, 0.0
    before = frame["net"].shift()
    frame["growth"] = (frame["net"] / before.where(before > 0) - 1).mask(frame["month"].dt.date == unfinished)
    return MonthlySales(frame, unfinished)


def orders(placed=PLACED, cancelled=CANCELLED):
    frame = pd.DataFrame({"month": months(len(placed)), "placed": placed, "cancelled": cancelled})
    both = frame["placed"] + frame["cancelled"]
    frame["cancellation_rate"] = frame["cancelled"] / both.where(both > 0)
    return MonthlyOrders(frame)


def customers(active=ACTIVE, new=NEW, *, starts=True):
    frame = pd.DataFrame({"month": months(len(active)), "active": active, "new": new})
    frame["existing"] = frame["active"] - frame["new"]
    return MonthlyCustomers(frame, frame["month"].iloc[0].date() if starts else None, 0.2)


def distribution(amounts, edges):
    bins = pd.DataFrame({"lower": edges[:-1], "upper": edges[1:]})
    if not len(amounts):
        return Distribution(0, 0.0, *[math.nan] * 8, bins.assign(invoices=0))
    q1, median, q3 = np.percentile(amounts, [25, 50, 75])
    reach = 1.5 * (q3 - q1)
    return Distribution(
        count=len(amounts), total=amounts.sum(), min=amounts.min(), q1=q1, median=median, mean=amounts.mean(), q3=q3,
        max=amounts.max(), whisker_low=amounts[amounts >= q1 - reach].min(),
        whisker_high=amounts[amounts <= q3 + reach].max(), bins=bins.assign(invoices=np.histogram(amounts, edges)[0]),
    )  # fmt: skip


def invoices(amounts):
    amounts = np.array(amounts, dtype="float64")
    p85 = float(np.percentile(amounts, 85)) if len(amounts) else math.nan
    largest = float(amounts.max()) if len(amounts) else math.nan
    return InvoiceAmounts(
        distribution(amounts, round_edges(largest)),
        distribution(amounts[amounts < p85], even_edges(p85)),
        math.nan,
        p85,
    )


def many_invoices():
    return invoices(np.random.default_rng(1).lognormal(5.7, 1, 2000).round(2))


def products(descriptions=("RED MUG", "BLUE MUG", None), by="revenue", first=9000.0):
    frame = pd.DataFrame({"stock_code": [f"1000{i}" for i in range(len(descriptions))], "description": descriptions})
    frame["revenue"] = [first / (i + 1) for i in range(len(frame))]
    frame["units"] = frame["revenue"].astype("int64")
    frame["orders"], frame["customers"] = 3, 2
    return ProductRanking(frame.astype({"description": "object"}), 3812, 1e5, 0.0, by)


def segments(numbers=(604, 688, 484, 67, 169, 304, 295, 64, 701, 962), sold=(50, 25, 5, 1, 1, 3, 2, 2, 8, 3)):
    numbers, sold = np.array(numbers), np.array(sold, dtype="float64")
    frame = pd.DataFrame({"segment": [segment.name for segment in SEGMENTS], "customers": numbers})
    frame["share_of_customers"] = numbers / (numbers.sum() or math.nan)
    frame["share_of_sales"] = sold / (sold.sum() or math.nan)
    return CustomerSegments(pd.DataFrame(), frame, pd.DataFrame(), "default", 0.0)


def forecast(*, predicted=True, count=13):
    """Months so far, the last unfinished, and three to come."""
    frame = pd.DataFrame({"month": months(count + 3, date(2012, 3, 1)), "kind": "history"})
    frame.loc[count - 1 :, "kind"] = ["unfinished", "forecast", "forecast", "forecast"]
    frame["actual"] = [*np.resize(NET[:-1], count - 1), NET[-1], *[math.nan] * 3]
    point = np.array([math.nan] * (count - 1) + [833_001, 560_000, 518_815, 657_961])
    for name, factor in (("predicted", 1), ("low80", 0.8), ("high80", 1.25), ("low95", 0.6), ("high95", 1.6)):
        frame[name] = point * factor if predicted else math.nan
    reason = "" if predicted else "There is no prediction: it needs 3 complete months, and there are 2."
    return SalesForecast(
        frame, pd.DataFrame(), Accuracy(0.08, 0.1, 27, 33), seasonal=True, method="ladder", reason=reason
    )


def movement(moves=(("Champions", "At Risk", 43), ("At Risk", "Champions", 5), ("Champions", "Champions", 353))):
    frame = pd.DataFrame(moves, columns=["from_segment", "to_segment", "customers"])
    return Movement(frame, pd.DataFrame(), date(2011, 12, 1), date(2011, 12, 10))


def cohorts(count=13, unfinished=DECEMBER):
    """Every month of `count` with new customers, who buy again at rates between nought and all."""
    shown = months(count)
    rows = [
        (first, 40 + i, month, age, (7 * i + 11 * age) % 40, 1.0 if age == 0 else ((7 * i + 11 * age) % 40) / (40 + i))
        for i, first in enumerate(shown)
        for age, month in enumerate(shown[i:])
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "size", "month", "age", "active", "retention"])
    known = frame[(frame["cohort"] > shown[0]) & (frame["month"].dt.date != unfinished)]
    average = known.groupby("age", as_index=False).agg(customers=("size", "sum"), active=("active", "sum"))
    average["retention"] = average["active"] / average["customers"]
    return Cohorts(frame, average, shown[0].date(), unfinished)


def second_orders(observed=(4086, 3741, 3370, 0)):
    frame = pd.DataFrame({"days": HORIZONS, "observed": observed})
    frame["returned"] = [count * (i + 1) // 5 for i, count in enumerate(observed)]
    frame["share"] = frame["returned"] / frame["observed"].where(frame["observed"] > 0)
    return SecondOrders(pd.DataFrame(), frame, pd.DataFrame(), pd.DataFrame())


def countries(names=("United Kingdom", "Netherlands", "EIRE", "Germany"), first=8e6, *, half=True):
    frame = pd.DataFrame({"country": names})
    frame["net"] = [first / (1 + i * (20 if half else 1)) for i in range(len(frame))]
    return frame.assign(share=frame["net"] / frame["net"].sum())


STYLE = load_style()


def cohorts_chart(figures, style=STYLE):
    return make_chart("lgs_chart_cohorts", cohorts_message(figures), style, cohorts_figure, figures)


def second_order_chart(figures, style=STYLE):
    return make_chart("lgs_chart_second_order", second_order_message(figures), style, second_order_figure, figures)


def countries_chart(figures, style=STYLE):
    return make_chart("lgs_chart_countries", countries_message(figures), style, countries_figure, figures)


def sales_chart(*figures, style=STYLE):
    return make_chart("lgs_chart_sales", sales_message(*figures), style, sales_figure, *figures)


def orders_chart(*figures, style=STYLE):
    return make_chart("lgs_chart_orders", orders_message(*figures), style, orders_figure, *figures)


def customers_chart(*figures, style=STYLE):
    return make_chart("lgs_chart_customers", customers_message(*figures), style, customers_figure, *figures)


def invoices_chart(figures, style=STYLE):
    message = invoices_message(invoices_title(figures), figures.whole)
    return make_chart("lgs_chart_invoices", message, style, invoices_figure, figures)


def trimmed_chart(figures, style=STYLE):
    message = invoices_message(trimmed_title(figures), figures.trimmed)
    return make_chart("lgs_chart_invoices_trimmed", message, style, trimmed_figure, figures)


def segments_chart(figures, style=STYLE):
    return make_chart("lgs_chart_segments", segments_message(figures), style, segments_figure, figures)


def products_chart(figures, style=STYLE):
    return make_chart("lgs_chart_products", products_message(figures), style, products_figure, figures)


def forecast_chart(figures, through=THROUGH, style=STYLE):
    return make_chart("lgs_chart_forecast", forecast_message(figures, through), style, forecast_figure, figures)


def movement_chart(figures, style=STYLE):
    return make_chart("lgs_chart_movement", movement_message(figures), style, movement_figure, figures)


def tiles(count=13, last=DECEMBER):
    """The figures of `count` months that end before `last`."""
    frame = pd.DataFrame({"month": months(count)})
    frame["net"] = [1000.0 * (i % 5 + 1) for i in range(count)]
    frame["gross"], frame["placed"], frame["active"] = frame["net"] + 50, [10 + i for i in range(count)], 7
    month = frame["month"].iloc[-1].date()
    return tiles_of(frame, month), month


def tiles_chart(figures, month, style=STYLE):
    return make_chart("lgs_chart_tiles", tiles_message(figures, month), style, tiles_figure, figures, month)


def customer_page(count=13, first=100.0):
    """The page of a customer who bought in each of `count` months, but every third."""
    about = {"orders": 9.0, "net_sales": 1234.5, "usual_gap": 20.0, "days_overdue": 11.0}
    rows = [("about", name, figure, "") for name, figure in about.items()]
    rows += [("about", "last_order", np.nan, "2011-12-01"), ("about", "segment", np.nan, "Champions")]
    rows += [("about", "segment_a_month_ago", np.nan, "At Risk")]
    rows += [("month", f"{month:%Y-%m}", first * (i % 3), "") for i, month in enumerate(months(count), 1)]
    return pd.DataFrame(rows, columns=["part", "name", "figure", "text"])


def customer_chart(page, number="17850", style=STYLE):
    message = customer_message(page, number)
    return make_chart("lgs_chart_customer", message, style, customer_figure, page, number, DECEMBER, THROUGH)


CHARTS: dict[str, Callable[..., Chart]] = {
    "lgs_chart_invoices": partial(invoices_chart, many_invoices()),
    "lgs_chart_invoices_trimmed": partial(trimmed_chart, many_invoices()),
    "lgs_chart_orders": partial(orders_chart, orders(), DECEMBER, THROUGH),
    "lgs_chart_sales": partial(sales_chart, sales(), THROUGH),
    "lgs_chart_customers": partial(customers_chart, customers(), DECEMBER, THROUGH),
    "lgs_chart_countries": partial(countries_chart, countries()),
    "lgs_chart_cohorts": partial(cohorts_chart, cohorts()),
    "lgs_chart_second_order": partial(second_order_chart, second_orders()),
    "lgs_chart_segments": partial(segments_chart, segments()),
    "lgs_chart_products": partial(products_chart, products()),
    "lgs_chart_forecast": partial(forecast_chart, forecast()),
    "lgs_chart_movement": partial(movement_chart, movement()),
    "lgs_chart_tiles": partial(tiles_chart, *tiles()),
    "lgs_chart_customer": partial(customer_chart, customer_page()),
}


def pixels(chart):
    return np.asarray(Image.open(io.BytesIO(chart.png)).convert("RGB")).astype("int64")


def is_blank(chart):
    """Whether there is nothing but a sentence: hardly a pixel is dark."""
    return (pixels(chart).min(axis=2) < 200).mean() < 0.02


@pytest.fixture(params=CHARTS)
def name(request):
    return request.param


def test_a_chart_has_its_fixed_name_and_a_message(name):
    chart = CHARTS[name]()
    assert chart.name == name
    assert chart.message.endswith(".")
    assert "nan" not in chart.message


def test_a_picture_has_twice_the_pixels_at_which_it_is_shown(name):
    chart = CHARTS[name]()
    assert Image.open(io.BytesIO(chart.png)).size == (2 * chart.width, 2 * chart.height)


def test_the_same_answer_gives_the_same_bytes(name):
    assert drawn_anew(name) == drawn_anew(name)


def drawn_anew(name):
    draw.cache_clear()
    clear_user_cache()
    return CHARTS[name]().png


def test_the_next_process_need_not_draw_it(name, monkeypatch):
    png = drawn_anew(name)
    draw.cache_clear()
    monkeypatch.setattr(picture, "_drawn", None)
    assert CHARTS[name]().png == png


def test_a_picture_of_the_same_figures_is_drawn_once(name):
    drawn_anew(name)
    before = draw.cache_info()
    CHARTS[name]()
    after = draw.cache_info()
    assert (after.hits, after.misses) == (before.hits + 1, before.misses)


def test_another_figure_gives_another_picture():
    one = sales_chart(sales(), THROUGH)
    other = sales_chart(sales((NET[0] * 1.05, *NET[1:])), THROUGH)
    assert one.png != other.png


def test_the_pictures_that_are_kept_are_few():
    for count in range(1, PICTURES.most + 3):
        segments_chart(segments([count] * 10))
    assert draw.cache_info().currsize == PICTURES.most


def test_a_picture_stands_on_white_with_nothing_at_its_edge(name):
    picture = pixels(CHARTS[name]())
    for edge in (picture[:6], picture[-6:], picture[:, :6], picture[:, -6:]):
        assert (edge == 255).all()


def test_charts_drawn_in_threads_have_the_same_bytes():
    alone = {name: make().png for name, make in CHARTS.items()}
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda name: (name, drawn_anew(name)), [*CHARTS] * 4))
    assert all(png == alone[name] for name, png in drawn)


def test_no_font_is_complained_of(caplog):
    code = (
        "import logging; logging.basicConfig(level=logging.WARNING)\n"
        "from lgs_excel.report.charts.figure import new_figure\n"
        "from lgs_excel.report.charts.picture import make_chart\n"
        "from lgs_excel.report.chart_style import load_style\n"
        "make_chart('lgs_chart_x', 'x', load_style(), new_figure, 'Title', 'subtitle')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "findfont" not in done.stderr
    with caplog.at_level(logging.WARNING):
        CHARTS["lgs_chart_sales"]()
    assert not caplog.records


def test_the_settings_of_matplotlib_stay_as_they_are():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    for make in CHARTS.values():
        make()
    assert dict(mpl.rcParams) == before


def test_pyplot_is_not_loaded():
    code = "import sys, lgs_excel.report.compose; assert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_sales_message_has_the_best_month_and_its_growth():
    message = CHARTS["lgs_chart_sales"]().message
    assert "November 2011 was the best month: £1,461,756 net, up 36.5% on October." in message
    assert "The lowest finished month was April 2011: £493,207." in message
    assert "December 2011 is unfinished: £433,668 to 9 Dec." in message


def test_growth_over_the_turn_of_the_year_names_the_year_before():
    message = sales_chart(sales((3, 2, 1, 5, 4, 3, 2, 1, 9, 99, 5)), THROUGH).message
    assert "October 2011" not in message.split(".")[0]
    turned = replace(sales((1e5, 2e5), None))
    turned.months["month"] = months(2, date(2011, 1, 1))
    assert "up 100.0% on December 2010" in sales_chart(turned, THROUGH).message


def test_a_picture_speaks_of_the_last_complete_month_whichever_was_the_best():
    message = sales_chart(sales((3e3, 2e3, 9e5)), THROUGH).message
    assert "November 2011: £2,000 net" in message
    assert "best" not in message
    assert "December 2011 is unfinished: £900,000 to 9 Dec." in message


def test_a_single_unfinished_month_is_spoken_of_as_far_as_it_goes():
    assert sales_chart(sales((9e5,)), THROUGH).message.endswith("December 2011: £900,000 net to 9 Dec.")


def test_the_orders_message_has_the_figures():
    message = CHARTS["lgs_chart_orders"]().message
    assert "November 2011 had the most orders: 2,769 placed, 441 cancelled (13.7%)" in message
    assert f"In all {sum(PLACED):,} were placed and {sum(CANCELLED):,} cancelled" in message
    assert "The highest rate was 19.3% in January 2011" in message


def test_the_customers_message_says_where_the_history_starts():
    message = CHARTS["lgs_chart_customers"]().message
    assert "November 2011 had the most customers: 1,664 active, 323 of them new (19.4%)" in message
    assert "The history starts in December 2010: how many of its 885 customers are new is not known" in message
    later = customers_chart(customers(starts=False), DECEMBER, THROUGH)
    assert "history" not in later.message


def test_the_first_month_is_grey_only_where_the_history_starts():
    grey = np.array([0x9A, 0xA3, 0xAE])

    def area(chart):
        return (np.abs(pixels(chart) - grey).max(axis=2) < 3).sum()

    marked = customers_chart(customers(), None, THROUGH)
    unmarked = customers_chart(customers(starts=False), None, THROUGH)
    assert area(marked) > area(unmarked) + 5000


def test_the_segments_message_has_both_shares_of_each():
    message = CHARTS["lgs_chart_segments"]().message
    assert message.startswith("Champions: 13.9% of customers, 50.0% of sales. Of 4,338 customers in all: ")
    assert all(segment.name in message for segment in SEGMENTS)


def test_the_products_message_has_the_first_and_the_share_of_all():
    message = CHARTS["lgs_chart_products"]().message
    assert message.startswith("RED MUG sold best: £9,000, 9.0% of product revenue.")
    assert "The first 3 of 3,812 products bring £16,500 together, 16.5% of product revenue" in message


def test_a_ranking_by_customers_or_units_says_so():
    assert "RED MUG has the most buyers: 2 customers" in products_chart(products(by="customers")).message
    assert "RED MUG sold best: 9,000 units" in products_chart(products(by="units")).message


def test_no_more_than_15_products_are_drawn():
    longer = products([f"MUG {i}" for i in range(50)])
    assert products_chart(longer).png == products_chart(products([f"MUG {i}" for i in range(15)])).png


def test_the_invoices_message_agrees_with_the_distribution():
    answer = many_invoices()
    message = invoices_chart(answer).message
    assert f"median £{answer.whole.median:,.2f}, mean £{answer.whole.mean:,.2f}" in message
    assert f"largest £{answer.whole.max:,.2f}" in message
    trimmed = trimmed_chart(answer).message
    assert f"the mean is £{answer.trimmed.mean:,.0f} instead of £{answer.whole.mean:,.0f}" in trimmed


@pytest.mark.parametrize(
    "draw",
    [
        lambda unfinished: sales_chart(sales(unfinished=unfinished), THROUGH),
        lambda unfinished: orders_chart(orders(), unfinished, THROUGH),
        lambda unfinished: customers_chart(customers(), unfinished, THROUGH),
    ],
    ids=["sales", "orders", "customers"],
)
def test_an_unfinished_month_is_hatched(draw):
    hatched, full = pixels(draw(DECEMBER)), pixels(draw(None))
    differs = (hatched != full).any(axis=2)
    # Its column is the last one; where it was full, there is now white between the strokes.
    last_column = slice(2 * 690, 2 * 730)
    assert differs[:, last_column].sum() > 2000
    assert ((hatched == 255).all(axis=2) & differs)[:, last_column].sum() > 1000


def test_an_unfinished_month_that_is_not_shown_changes_nothing():
    january = date(2012, 1, 1)
    assert orders_chart(orders(), january, THROUGH).png == orders_chart(orders(), None, THROUGH).png


def test_descriptions_are_text_whatever_they_hold():
    chart = products_chart(products(HOSTILE))
    assert not is_blank(chart)
    assert chart.message.startswith("$\\frac{1}{2}$ MUG $x sold best: £9,000")


@pytest.mark.parametrize("description", HOSTILE)
def test_a_message_has_no_character_that_a_file_may_not_hold(description):
    message = products_chart(products((description,))).message
    assert message.encode()
    assert message.isprintable()


def test_a_product_without_a_letter_that_can_be_drawn_shows_its_stock_code():
    assert drawable("🎄\x00\u202e", ("DejaVu Sans",)) == ""
    named = products_chart(products(("10000",)))
    assert products_chart(products(("🎄\x00",))).png == named.png


@pytest.mark.parametrize("count", [1, 2, 25, 60, 130])
def test_any_number_of_months_can_be_drawn(count):
    rng = np.random.default_rng(count)
    net, placed = rng.uniform(1e5, 9e5, count), rng.integers(900, 3000, count)
    for chart in (
        sales_chart(sales(net), THROUGH),
        orders_chart(orders(placed, placed // 5), DECEMBER, THROUGH),
        customers_chart(customers(placed, placed // 3), DECEMBER, THROUGH),
    ):
        assert not is_blank(chart)
        assert (pixels(chart)[:, -6:] == 255).all()


@pytest.mark.parametrize("net", [(-5e3, 2e4, -1.2e4, 3e4), (-5e3, -2e4), (10, 5e4, 6e4), (5, 5, 5)])
def test_net_sales_may_be_negative_or_leap(net):
    chart = sales_chart(sales(net, None), THROUGH)
    assert "nan" not in chart.message
    assert not is_blank(chart)


def test_negative_net_sales_have_a_minus_before_the_pound():
    message = sales_chart(sales((-5e3, -2e4), None), THROUGH).message
    assert "December 2011: −£20,000 net." in message


def test_cancelled_orders_alone_can_be_drawn():
    message = orders_chart(orders((0, 0), (3, 4)), None, THROUGH).message
    assert "No orders were placed, and 7 cancelled" in message


def test_the_forecast_message_has_each_month_with_its_range():
    message = CHARTS["lgs_chart_forecast"]().message
    assert "December 2011 as a whole: about £833,001, most likely £666,401 to £1,041,251" in message
    assert "January 2012: about £560,000, most likely £448,000 to £700,000" in message
    assert "December 2011 brought £433,668 to 9 Dec" in message


@pytest.mark.parametrize("count", [2, 25, 60])
def test_a_forecast_of_any_length_can_be_drawn(count):
    chart = forecast_chart(forecast(count=count), THROUGH)
    assert not is_blank(chart)
    assert (pixels(chart)[:, -6:] == 255).all()


def test_a_range_that_leaves_the_picture_is_cut_off():
    wide = forecast()
    wide.months["high95"] *= 50
    assert (pixels(forecast_chart(wide, THROUGH))[:6] == 255).all()


def test_the_moves_message_counts_who_slipped_rose_and_stayed():
    message = CHARTS["lgs_chart_movement"]().message
    assert "43 good customers slipped, and 5 became good ones. Of 401 customers 353 are where they were" in message


EMPTY = {
    "forecast": (lambda: forecast_chart(forecast(predicted=False), THROUGH), "No prediction yet."),
    "movement": (lambda: movement_chart(movement(())), "No customers in this period."),
    "sales": (lambda: sales_chart(sales((0, 0, 0)), THROUGH), "No sales in this period."),
    "orders": (lambda: orders_chart(orders((0, 0), (0, 0)), None, THROUGH), "No orders in this period."),
    "customers": (lambda: customers_chart(customers((0,), (0,)), None, THROUGH), "No customers in this period."),
    "invoices": (lambda: invoices_chart(invoices([])), "No invoices in this period."),
    "trimmed": (lambda: trimmed_chart(invoices([])), "No invoices in this period."),
    "equal": (lambda: trimmed_chart(invoices([5])), "No invoices below the 85th percentile"),
    "segments": (lambda: segments_chart(segments([0] * 10, [0] * 10)), "No customers with a sale in"),
    "products": (lambda: products_chart(products(())), "No products in this period."),
}


@pytest.mark.parametrize("case", EMPTY)
def test_without_data_a_sentence_stands_in_the_picture(case):
    draw, sentence = EMPTY[case]
    drawn = draw()
    assert drawn.message.startswith(sentence)
    assert is_blank(drawn)
    assert (pixels(drawn).min(axis=2) < 150).any()


@pytest.mark.parametrize(
    "amounts",
    [[12.5], [5, 5000], [100] * 50, [0.05, 0.9, 0.5], [1, 2, 3, 100], [1.68e8, 1, *[300] * 20], [499, 500, 501]],
    ids=["one", "two", "equal", "pennies", "four", "giant", "near"],
)
def test_few_equal_or_extreme_invoices_can_be_drawn(amounts):
    for chart in (invoices_chart(invoices(amounts)), trimmed_chart(invoices(amounts))):
        assert "nan" not in chart.message
        assert (pixels(chart)[:, -6:] == 255).all()


@pytest.mark.parametrize("sold", [[0] * 10, [50, 20, 10, -5, 4, 3, -20, 3, 2, 1], [5] * 10])
def test_shares_of_sales_may_be_missing_negative_or_equal(sold):
    message = segments_chart(segments([5] * 10, sold)).message
    assert "nan" not in message
    assert ("sales add up to nothing" in message) == (not any(sold))


def test_products_that_were_only_returned_are_no_best_sellers():
    message = products_chart(products(first=-50.0)).message
    assert message.startswith("No product’s revenue came to more than zero.")


@pytest.mark.parametrize(
    ("value", "count", "pounds"),
    [(0, "0", "£0"), (999.6, "1k", "£1k"), (1500, "1.5k", "£1.5k"), (-2000, "−2k", "−£2k"), (1.46e6, "1.46m", "£1.46m"),
     (2.5e9, "2.5bn", "£2.5bn"), (1.5e12, "1,500bn", "£1,500bn"), (0.25, "0.25", "£0.25")],
)  # fmt: skip
def test_axes_have_three_digits_at_most(value, count, pounds):
    assert (fmt.axis_count(value), fmt.axis_money(value)) == (count, pounds)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.3652, "+36.5%"),
        (-0.2523, "−25.2%"),
        (0, "0.0%"),
        (-0.0001, "0.0%"),
        (0.0001, "0.0%"),
        (12.34, "+1,234%"),
    ],
)
def test_growth_has_its_sign_but_zero_has_none(fraction, text):
    assert fmt.growth_label(fraction) == text


def test_the_small_line_of_a_tile_runs_below_its_change():
    figure = tiles_figure(*tiles())
    figure.draw_without_rendering()
    for axes in figure.axes:
        line = next(line for line in axes.lines if len(line.get_xdata()) > 1)
        highest = line.get_window_extent().y1
        assert highest < min(text.get_window_extent().y0 for text in axes.texts), axes.texts[0].get_text()


def test_a_figure_that_stays_points_neither_up_nor_down():
    figure = tiles_figure(*tiles())
    shown = [(axes.texts[0].get_text(), [line.get_marker() for line in axes.lines]) for axes in figure.axes]
    assert dict(shown) == {
        "Net sales": ["^", "None", "o"],
        "Orders placed": ["^", "None", "o"],
        "Active customers": ["None", "o"],
        "Gross sales per order": ["^", "None", "o"],
    }
