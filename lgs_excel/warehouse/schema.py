"""The customer's `retail` table: its eight columns, how we make it, and how we read one that others made."""

from __future__ import annotations

import sqlalchemy as sa

from lgs_excel.errors import WarehouseError

RETAIL = "retail"
# Prices have at most three decimals in every known export; the fourth is room.
PRICE = sa.Numeric(12, 4)

retail = sa.Table(
    RETAIL,
    sa.MetaData(),
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("stock_code", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("invoice_date", sa.DateTime, nullable=False),
    sa.Column("unit_price", PRICE, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("country", sa.Text),
)
COLUMNS = tuple(retail.columns.keys())


def found_retail(connection: sa.Connection, place: str) -> sa.TableClause:
    """The `retail` table that is there, with the types that it has.

    Raises WarehouseError when there is none, or it lacks one of the eight columns.
    """
    inspector = sa.inspect(connection)
    if not (inspector.has_table(RETAIL) or RETAIL in inspector.get_view_names()):
        raise WarehouseError(
            f"The warehouse {place} has no table {RETAIL!r}. Load an export with `lgs-excel load FILE`, or name "
            "the right warehouse with --warehouse or LGS_WAREHOUSE_URL."
        )
    types = {column["name"]: column["type"] for column in inspector.get_columns(RETAIL)}
    missing = [name for name in COLUMNS if name not in types]
    if missing:
        raise WarehouseError(
            f"The table {RETAIL!r} in {place} is not LGS's: it lacks {', '.join(missing)}. "
            f"Expected columns: {', '.join(COLUMNS)}. Name the right warehouse with --warehouse."
        )
    return sa.table(RETAIL, *(sa.column(name, types[name]) for name in COLUMNS))
