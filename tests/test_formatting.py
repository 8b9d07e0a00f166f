"""How figures and names read."""

import pandas as pd
import pytest

from lgs_excel import formatting as fmt
from lgs_excel.analytics.orders import MonthlyOrders
from lgs_excel.formatting import title_form
from lgs_excel.report.product_names import with_names


@pytest.mark.parametrize(
    ("exported", "read"),
    [
        ("REGENCY CAKESTAND 3 TIER", "Regency Cakestand 3 Tier"),
        ("WHITE HANGING HEART T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"),
        ("PACK OF 72 RETROSPOT CAKE CASES", "Pack of 72 Retrospot Cake Cases"),
        ("THE KING GIFT BAG", "The King Gift Bag"),
        ("CHILDREN'S APRON DOLLY GIRL", "Children's Apron Dolly Girl"),
        ("SET/5 RED RETROSPOT LID GLASS BOWLS", "Set/5 Red Retrospot Lid Glass Bowls"),
        ("3D SHEET OF CAT STICKERS", "3D Sheet of Cat Stickers"),
        ("HEART DECORATION 24CM", "Heart Decoration 24cm"),
        ("PVC FRAME BY MR SMITH", "PVC Frame by Mr Smith"),
        ("BAG 500g SWIRLY MARBLES", "Bag 500g Swirly Marbles"),
        ("TÊTE À TÊTE", "Tête À Tête"),
        ("USB Office Mirror Ball", "USB Office Mirror Ball"),
        ("Dotcomgiftshop Gift Voucher £40.00", "Dotcomgiftshop Gift Voucher £40.00"),
        ("", ""),
        ("=1+1", "=1+1"),
    ],
)
def test_a_products_name_reads_as_people_write_it(exported, read):
    assert title_form(exported) == read
    assert title_form(read) == read


def test_answers_get_the_names_wherever_they_have_them_and_nothing_else_is_touched():
    named = pd.DataFrame({"description": ["RED MUG", None], "stock_code": ["RED", "BLUE"]})
    assert with_names(named).fillna("").to_numpy().tolist() == [["Red Mug", "RED"], ["", "BLUE"]]
    assert named["description"].iloc[0] == "RED MUG"
    orders = MonthlyOrders(pd.DataFrame({"placed": [1]}))
    assert with_names(orders) is orders
    assert with_names(MonthlyOrders(named)).months["description"].iloc[0] == "Red Mug"


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ("£", ("£1,200", "−£0.50", "£1.20m", "−£2k", "in pounds, to the penny")),
        ("€", ("€1,200", "−€0.50", "€1.20m", "−€2k", "in €, exactly")),
        ("CHF", ("CHF\u00a01,200", "−CHF\u00a00.50", "CHF\u00a01.20m", "−CHF\u00a02k", "in CHF, exactly")),
    ],
    ids=["pounds", "euro", "francs"],
)
def test_amounts_have_the_sign_of_the_currency(sign, shown):
    fmt.use_currency(sign)
    words = fmt.in_currency("in pounds, to the penny")
    assert (fmt.money(1200), fmt.pence(-0.5), fmt.short_money(1.2e6), fmt.axis_money(-2000), words) == shown


@pytest.mark.parametrize("written", [fmt.money, fmt.short_money, fmt.pence])
def test_nothing_has_no_minus(written):
    assert not written(-0.004).startswith(fmt.MINUS)
    assert written(-1.0).startswith(fmt.MINUS)
