"""The company's own style sheet and logo: what they change, and what is said where they can't be used."""

from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from lgs_excel.errors import SettingsError
from lgs_excel.report.chart_style import load_style
from lgs_excel.report.charts.sales import sales_figure
from tests.report.test_charts import CHARTS, THROUGH, pixels, sales

HOUSE = {"12436D", "28A197", "801650", "F46A25"}
COMPANY = """
axes.prop_cycle: cycler(color=["7A0019", "FFB000", "004B23", "5E2CA5"])
font.sans-serif: DejaVu Sans
font.size: 10
text.color: 101010
figure.facecolor: FFF8E7
axes.edgecolor: 505050
axes.labelcolor: 404040
axes.titlecolor: 404040
grid.color: E0D5BC
xtick.labelcolor: 202020
ytick.labelcolor: 303030
"""


def colours(chart):
    """The colours of at least one pixel in a thousand."""
    found, counts = np.unique(pixels(chart).reshape(-1, 3), axis=0, return_counts=True)
    common = found[counts > counts.sum() / 1000]
    return {bytes(colour.tolist()).hex().upper() for colour in common}


@pytest.fixture
def company(tmp_path):
    sheet = tmp_path / "Our style.mplstyle"
    sheet.write_text(COMPANY, encoding="utf-8")
    return load_style(str(sheet))


@pytest.mark.parametrize("name", CHARTS)
def test_a_company_s_sheet_changes_every_colour_of_every_chart(name, company):
    chart = CHARTS[name](style=company)
    assert bytes(pixels(chart)[0, 0].tolist()) == bytes.fromhex("FFF8E7")
    assert not colours(chart) & (HOUSE | {"FFFFFF"})
    assert colours(chart) & {"7A0019", "FFB000", "004B23", "5E2CA5"}


def test_a_company_s_sheet_changes_the_font(company):
    with mpl.rc_context(dict(company.rc)):
        texts = sales_figure(sales(), THROUGH).findobj(Text)
    assert {text.get_fontname() for text in texts if text.get_text()} == {"DejaVu Sans"}


def test_what_the_company_s_sheet_does_not_say_is_as_in_the_house_style(tmp_path):
    sheet = tmp_path / "one.mplstyle"
    sheet.write_text("grid.color: FF00FF\n")
    changed, house = load_style(str(sheet)).rc, load_style().rc
    assert {name for name in house if changed[name] != house[name]} == {"grid.color"}


def test_the_logo_stands_in_the_top_right_corner(tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGB", (400, 100), "#FF00FF").save(logo)
    chart = CHARTS["lgs_chart_sales"](style=load_style("", str(logo)))
    places = np.argwhere((pixels(chart) == (255, 0, 255)).all(axis=2))
    height, width = pixels(chart).shape[:2]
    assert len(places) > 5000
    assert places[:, 0].max() < height / 5
    assert places[:, 1].min() > width * 2 / 3


def refused(*of):
    with pytest.raises(SettingsError) as caught:
        load_style(*of)
    return str(caught.value)


def test_a_sheet_with_a_mistake_is_refused_with_the_name_that_is_nearest(tmp_path):
    sheet = tmp_path / "wrong.mplstyle"
    sheet.write_text("axes.facecolour: FFFFFF\n")
    assert refused(str(sheet)).startswith(
        f"chart_style is {sheet}, where 'axes.facecolour' is no parameter of matplotlib's. Nearest: axes.facecolor."
    )
    sheet.write_text("font.size: large as life\n")
    assert "which matplotlib refuses" in refused(str(sheet))


def test_a_file_that_is_not_there_or_no_image_is_refused(tmp_path):
    nowhere, text = tmp_path / "nowhere", tmp_path / "logo.png"
    text.write_text("no image")
    said = "No such file or directory. Mend the path."
    assert refused(str(nowhere)) == f"chart_style is {nowhere}, which can't be read: {said}"
    assert refused("", str(nowhere)).startswith(f"logo is {nowhere}, which can't be read")
    assert refused("", str(text)) == f"logo is {text}, which is no image that can be read. Give a PNG file."


def test_a_sheet_sets_no_backend_and_no_tex(tmp_path):
    sheet = tmp_path / "tex.mplstyle"
    sheet.write_text("text.usetex: True\n")
    assert load_style(str(sheet)).rc["text.usetex"] is False


def test_a_picture_in_another_style_is_another_picture(company):
    png = BytesIO(CHARTS["lgs_chart_sales"]().png).getvalue()
    assert CHARTS["lgs_chart_sales"](style=company).png != png
