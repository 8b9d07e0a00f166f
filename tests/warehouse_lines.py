"""A few lines of sales, and putting lines into a warehouse without a file."""

from datetime import datetime

import sqlalchemy as sa

from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.schema import retail

LINES = [
    {
        "invoice_no": f"5363{i}",
        "stock_code": "85123A",
        "description": "WHITE LANTERN",
        "quantity": 6,
        "invoice_date": datetime(2010, 12, 1 + i, 8, 26),
        "unit_price": "2.55",
        "customer_id": "17850",
        "country": "United Kingdom",
    }
    for i in range(3)
]


def fill(warehouse: Warehouse, lines: list[dict[str, object]]) -> None:
    """Put `lines` (a value for each of the eight columns) into a new `retail`."""
    with warehouse.writing() as connection:
        retail.create(connection, checkfirst=True)
        connection.execute(sa.insert(retail), lines)
