"""Stock files as people have them."""

import openpyxl
import pytest

from lgs_excel.errors import InputError
from lgs_excel.loading.stock import read_stock


@pytest.mark.parametrize(
    "content",
    [
        "stock_code,on_hand,on_order,pack\n85123a,1200,6,12\n",
        "SKU;Stock;On Order;Pack Size\r\n 85123A ;1,200;6.0;12\r\n\r\n",
        'Code\tQty\tIncoming\tCase\n="85123A"\t1200\t6\t12\n',
        "Product,Item,SKU,Quantity,On hand,Incoming,Pack\nMUG,Mug,85123A,9,1200,6,12\n",
        "\ufeffItem Code,In stock,On order,MOQ\n85123A,1200,6,12",
    ],
)
def test_a_stock_file_is_read_in_any_of_its_ways(tmp_path, content):
    file = tmp_path / "stock.csv"
    file.write_text(content, encoding="utf-8")
    assert read_stock(file) == [("85123A", 1200, 6, 12)]


def test_what_is_not_said_is_nothing_on_order_and_single_units(tmp_path):
    file = tmp_path / "stock.csv"
    file.write_text("stock_code,on_hand\n22423,5\n,7\n22424,\n")
    assert read_stock(file) == [("22423", 5, 0, 1), ("22424", 0, 0, 1)]


def test_a_workbook_is_read_as_well(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["stock_code", "on_hand"])
    book.active.append([22423, 5])
    book.save(tmp_path / "stock.xlsx")
    assert read_stock(tmp_path / "stock.xlsx") == [("22423", 5, 0, 1)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stock_code,price\n1,2\n", "has no column on_hand"),
        ("on_hand\n2\n", "has no column stock_code"),
        ("stock_code,on_hand\n22423,5\n22424,many\n", "row 3: on_hand is 'many'"),
        ("stock_code,on_hand\n22423,=1+1\n", "row 2: on_hand is '=1+1'"),
        ("stock_code,on_hand,pack\n22423,5,-6\n", "row 2: pack is -6"),
        ("\n", "is empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path, content, said):
    file = tmp_path / "stock.csv"
    file.write_text(content)
    with pytest.raises(InputError, match=said.replace("+", r"\+")):
        read_stock(file)


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read_stock(tmp_path / "none.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no workbook"):
        read_stock(tmp_path / "bad.xlsx")
