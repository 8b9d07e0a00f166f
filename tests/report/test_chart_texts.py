"""No text of a chart is cut off or runs over another, whatever the figures, by the renderer's own extents."""

import string
from datetime import date
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from lgs_excel.report.chart_style import load_style
from lgs_excel.report.charts.cohorts import cohorts_figure
from lgs_excel.report.charts.countries import countries_figure
from lgs_excel.report.charts.customer import customer_figure
from lgs_excel.report.charts.customers import customers_figure
from lgs_excel.report.charts.figure import DPI, SHARPNESS
from lgs_excel.report.charts.forecast import forecast_figure
from lgs_excel.report.charts.invoices import invoices_figure, trimmed_figure
from lgs_excel.report.charts.movement import movement_figure
from lgs_excel.report.charts.orders import orders_figure
from lgs_excel.report.charts.products import products_figure
from lgs_excel.report.charts.sales import sales_figure
from lgs_excel.report.charts.second_order import second_order_figure
from lgs_excel.report.charts.segments import segments_figure
from lgs_excel.report.charts.tiles import tiles_figure
from tests.report import test_charts as made

NARROW, WIDE = "Carlito", "DejaVu Sans"  # the house font; the last resort, a fifth wider
MONTHS = range(1, 37)
DIGITS = range(1, 13)
LETTERS = {
    "English": string.ascii_uppercase,
    "French": "ÀÂÇÉÈÊËÎÏÔŒÙÛÜŸ",
    "Polish": "ĄĆĘŁŃÓŚŹŻW",
    "Greek": "ΑΒΓΔΕΖΗΘΞΠΣΦΨΩ",
    "Russian": "ЖЗИЙЛМШЩЪЫЭЮЯФД",
    "Turkish": "ÇĞİÖŞÜI",
    "Hebrew": "שלוםגדול",
    "Arabic": "مرحباخضر",
    "widest": "W",
}


@pytest.fixture(scope="module", params=[NARROW, WIDE])
def style(request, tmp_path_factory):
    if request.param not in {font.name for font in fontManager.ttflist}:
        pytest.skip(f"{request.param} is not installed")
    sheet = tmp_path_factory.mktemp("style") / "font.mplstyle"
    sheet.write_text(f"font.family: {request.param}\n", encoding="utf-8")
    return load_style(str(sheet))


@pytest.fixture
def drawn_texts(monkeypatch):
    """What a function draws: its texts with their places, and the place of the whole."""
    drawn = []
    draw = Text.draw
    monkeypatch.setattr(Text, "draw", lambda self, renderer: (drawn.append(self), draw(self, renderer)))

    def texts(style, function, *figures):
        drawn.clear()
        with mpl.rc_context({**style.rc, "figure.dpi": DPI * SHARPNESS}):
            figure = function(*figures)
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            places = [
                (text.get_text(), text.get_window_extent(canvas.get_renderer()))
                for text in drawn
                if text.get_text().strip()
            ]
        return places, figure.bbox

    return texts


@pytest.fixture
def faults(drawn_texts, style):
    """The texts that are cut off, and the pairs that run over each other."""

    def found(function, *figures):
        texts, page = drawn_texts(style, function, *figures)
        assert texts
        cut = [text for text, box in texts if not inside(box, page)]
        return cut + [(one, other) for (one, a), (other, b) in combinations(texts, 2) if overlap(a, b)]

    return found


def inside(box, page):
    return page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1


def overlap(a, b):
    """By more than what the room above and below letters takes."""
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 5


@pytest.mark.parametrize("unfinished", [made.DECEMBER, None], ids=["unfinished", "complete"])
@pytest.mark.parametrize("count", MONTHS)
def test_any_number_of_months_has_room(faults, count, unfinished):
    rng = np.random.default_rng(count)
    placed = rng.integers(900, 3000, count)
    assert not faults(sales_figure, made.sales(rng.uniform(1e5, 2e6, count), unfinished), made.THROUGH)
    assert not faults(orders_figure, made.orders(placed, placed // 5), unfinished, made.THROUGH)
    assert not faults(customers_figure, made.customers(placed, placed // 3), unfinished, made.THROUGH)
    assert not faults(cohorts_figure, made.cohorts(count, unfinished))
    assert not faults(tiles_figure, *made.tiles(count))
    assert not faults(customer_figure, made.customer_page(count), "17850", unfinished, made.THROUGH)
    if count > 1:
        assert not faults(forecast_figure, made.forecast(count=count))


@pytest.mark.parametrize("digits", DIGITS)
def test_amounts_of_any_size_have_room(faults, digits):
    rng = np.random.default_rng(digits)
    high = 10**digits - 1
    assert not faults(sales_figure, made.sales(rng.uniform(high / 10, high, 13)), made.THROUGH)
    assert not faults(sales_figure, made.sales(-rng.uniform(high / 10, high, 13)), made.THROUGH)
    placed = rng.integers(high // 10, high, 13) + 1
    assert not faults(orders_figure, made.orders(placed, placed // 3), made.DECEMBER, made.THROUGH)
    assert not faults(customers_figure, made.customers(placed, placed // 3), made.DECEMBER, made.THROUGH)
    amounts = made.invoices(rng.uniform(high / 1000, high, 500).round(2))
    assert not faults(invoices_figure, amounts)
    assert not faults(trimmed_figure, amounts)
    assert not faults(products_figure, made.products(("MUG",) * 15, first=float(high)))
    assert not faults(countries_figure, made.countries(first=float(high)))
    assert not faults(countries_figure, made.countries(first=-float(high)))
    assert not faults(second_order_figure, made.second_orders((high, high // 2, 1, 0)))
    moves = (("Champions", "At Risk", high % 10**7), ("Potential Loyalists", "Champions", high % 10**7))
    assert not faults(movement_figure, made.movement(moves))
    assert not faults(segments_figure, made.segments([high] * 10))
    ahead = made.forecast()
    ahead.months[["actual", "predicted", "low80", "high80", "low95", "high95"]] *= high / 1e6
    assert not faults(forecast_figure, ahead)


@pytest.mark.parametrize("letters", [1, 2, 9, 20, 36, 41, 60])
@pytest.mark.parametrize("language", LETTERS)
def test_names_of_any_length_have_room_in_any_language(faults, language, letters):
    name = "".join(np.resize(list(LETTERS[language]), letters))
    assert not faults(products_figure, made.products((name,) * 15, first=123456789012.0))
    assert not faults(products_figure, made.products((name,) * 2, by="units"))
    assert not faults(countries_figure, made.countries((name,) * 15, first=123456789012.0))
    assert not faults(countries_figure, made.countries((name,) * 2, half=False))


@pytest.mark.parametrize("last", [date(2012, month, 1) for month in range(1, 13)])
def test_the_years_of_neighbouring_months_do_not_meet(faults, last):
    for count in (13, 19, 25, 36):
        frame = made.sales(np.resize(made.NET, count), last)
        frame.months["month"] = made.months(count, last)
        assert not faults(sales_figure, frame, last.replace(day=28))
