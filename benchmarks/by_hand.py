"""A report as an analyst writes it by hand, straight through: DuckDB, pandas, matplotlib, XlsxWriter, seven sheets.

No tricks, and nothing of ours: the yardstick of a whole `lgs-excel report`, which does more.

    python -m benchmarks.by_hand WAREHOUSE.duckdb OUT.xlsx
"""

import sys
from io import BytesIO

import duckdb
import matplotlib.pyplot as plt
import pandas as pd


def by_hand(database: str, out: str) -> None:
    """Read every line, answer, draw, write."""
    with duckdb.connect(database, read_only=True) as connection:
        lines = connection.sql("SELECT * FROM retail").df()
    lines["amount"] = lines["quantity"] * lines["unit_price"].astype(float)
    lines["month"] = lines["invoice_date"].dt.to_period("M").dt.to_timestamp()
    cancelled = lines["invoice_no"].str.startswith("C")
    sales = lines[~cancelled & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]
    invoices = sales.groupby("invoice_no")["amount"].sum()
    orders = pd.DataFrame(
        {
            "placed": sales.groupby("month")["invoice_no"].nunique(),
            "cancelled": lines[cancelled].groupby("month")["invoice_no"].nunique(),
        }
    ).fillna(0)
    net = lines.groupby("month")["amount"].sum().to_frame("net")
    net["growth"] = net["net"].pct_change()
    known = sales[sales["customer_id"].notna()]
    active = known.groupby("month")["customer_id"].nunique().to_frame("active")
    active["new"] = known.groupby("customer_id")["month"].min().value_counts()
    rfm = known.groupby("customer_id").agg(
        last=("invoice_date", "max"), orders=("invoice_no", "nunique"), value=("amount", "sum")
    )
    rfm["recency"] = (lines["invoice_date"].max() - rfm["last"]).dt.days
    rfm["r"] = pd.qcut(rfm["recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1]).astype(int)
    rfm["f"] = pd.qcut(rfm["orders"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    rfm["m"] = pd.qcut(rfm["value"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    products = (
        sales.groupby("stock_code")
        .agg(
            description=("description", "first"), units=("quantity", "sum"), revenue=("amount", "sum"),
            orders=("invoice_no", "nunique"), customers=("customer_id", "nunique"),
        )
        .nlargest(50, "revenue")
    )  # fmt: skip
    forecast = net["net"].ewm(span=4).mean().tail(1).rename("predicted").to_frame()
    sheets = {
        "Invoices": (invoices.describe(percentiles=[0.5, 0.85]).to_frame(), invoices[invoices < 2_000], "hist"),
        "Orders": (orders, orders, "bar"),
        "Sales": (net, net["net"], "bar"),
        "Customers": (active, active, "bar"),
        "RFM": (rfm.reset_index(), rfm.pivot_table("value", "r", "f", "count"), "bar"),
        "Products": (products.reset_index(), products.set_index("description")["revenue"].head(15), "barh"),
        "Forecast": (forecast, net["net"], "line"),
    }
    with pd.ExcelWriter(out, engine="xlsxwriter", datetime_format="mmm yyyy") as book:
        for name, (table, drawn, kind) in sheets.items():
            table.to_excel(book, sheet_name=name)
            figure, axes = plt.subplots(figsize=(9, 5))
            drawn.plot(kind=kind, ax=axes, title=name)
            picture = BytesIO()
            figure.savefig(picture, dpi=144)
            plt.close(figure)
            book.sheets[name].insert_image("K2", f"{name}.png", {"image_data": picture})


if __name__ == "__main__":
    by_hand(*sys.argv[1:])
