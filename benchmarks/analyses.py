"""All analyses, a whole report and its writing, against the notebook's way, a bare scan and XlsxWriter."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Row, cold_cost, cost, returned_by, seconds
from benchmarks.shops import settings_of


def rows(urls: dict[str, str], _: float) -> Iterator[Row]:
    """The rows of docs/performance.md about analyses and the report."""
    notebook = cost(notebook_way, urls["postgresql"], runs=2)
    bare = cost(bare_scan, urls["duckdb"], runs=5)
    first = cost(first_analyses, urls["duckdb"])
    first_server = cost(first_analyses, urls["postgresql"], runs=2)
    embedded = cost(all_analyses, urls["duckdb"])
    server = cost(all_analyses, urls["postgresql"], runs=2)
    way = "the notebook's way (read_sql_table, pandas)"
    yield Row("the first analyses, embedded: time", way, first.seconds / notebook.seconds, 1 / 10, _s(first, notebook))
    yield Row(
        "the first analyses, PostgreSQL: time", way, first_server.seconds / notebook.seconds, 1 / 3,
        _s(first_server, notebook),
    )  # fmt: skip
    yield Row("the first analyses, embedded", "a bare scan", first.seconds / bare.seconds, 6, _s(first, bare))
    yield Row("all analyses and checks, embedded", "the first analyses", embedded.seconds / first.seconds, None,
              _s(embedded, first))  # fmt: skip
    yield Row("all analyses and checks, PostgreSQL", "the first analyses", server.seconds / first_server.seconds, None,
              _s(server, first_server))  # fmt: skip
    yield Row(
        "all analyses, embedded: memory", way, embedded.megabytes / notebook.megabytes, 1 / 5,
        f"{embedded.megabytes:.0f} MB, {notebook.megabytes:.0f} MB",
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        out = str(Path(folder) / "report.xlsx")
        whole = cold_cost(whole_report, urls["duckdb"], out)
        reading = cost(read_table, urls["postgresql"], runs=2)
        yield Row(
            "lgs-excel report, whole process",
            "read_sql_table alone",
            whole.seconds / reading.seconds,
            1,
            _s(whole, reading),
        )
        ours, theirs = (cost(write_workbook, writer, urls["duckdb"], folder) for writer in ("ours", "xlsxwriter"))
        yield Row(
            "writing the workbook",
            "XlsxWriter, same cells and pictures",
            ours.seconds / theirs.seconds,
            1.3,
            _s(ours, theirs),
        )
    yield from _new_ones(returned_by(seconds_by_group, urls["duckdb"]))
    helped = seconds([sys.executable, "-m", "lgs_excel.cli", "--help"])
    nothing = seconds([sys.executable, "-c", "pass"])
    yield Row("lgs-excel --help, seconds more", "python -c pass", helped - nothing, 0.3)


def _new_ones(took: dict[str, float]) -> Iterator[Row]:
    others = took["all"] - took["who comes back"] - took["goods"]
    yield Row(
        "cohorts and second orders, in a warm process", "all older analyses", took["who comes back"] / others, 0.25,
        f"{took['who comes back']:.2f} s, {others:.2f} s",
    )  # fmt: skip
    rest = took["refresh"] - took["goods"]
    yield Row(
        "countries, pairs, season, buy list, details", "a warm refresh without them", took["goods"] / rest, 0.25,
        f"{took['goods']:.2f} s, {rest:.2f} s",
    )  # fmt: skip


def seconds_by_group(url: str) -> dict[str, float]:
    """Of the newer analyses, one after the other, where the older ones were asked; of all of them; and of a whole
    refresh of new lines. The fastest of some in a warm process.
    """
    import time

    from lgs_excel.analytics import (
        buy_list,
        cohorts,
        countries,
        pairs,
        product_details,
        product_forecast,
        products,
        season,
        second_order,
    )
    from lgs_excel.analytics.catalogue import Options, answer_all
    from lgs_excel.analytics.known_answers import KNOWN
    from lgs_excel.pipeline import make_report
    from lgs_excel.user_cache import clear_user_cache
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot
    from lgs_excel.writers.headless import workbook_bytes

    settings, best = settings_of(url), {}
    warehouse = open_warehouse(settings)

    def timed(name, ask, *about) -> None:
        begun = time.perf_counter()
        ask(*about)
        best[name] = min(best.get(name, 1e9), time.perf_counter() - begun)

    def who_comes_back(snapshot) -> None:
        cohorts.customer_cohorts(snapshot)
        second_order.second_orders(snapshot)

    def goods(snapshot, codes) -> None:
        countries.countries(snapshot)
        pairs.pairs(snapshot)
        season.seasons(snapshot)
        buy_list.buy_list(snapshot, None)
        product_details.product_details(snapshot, codes)

    for _ in range(5):
        with open_snapshot(warehouse, settings) as snapshot:
            timed("all", answer_all, snapshot, Options(top=50))
        with open_snapshot(warehouse, settings) as snapshot:
            codes = products.product_ranking(snapshot, "revenue", 50).products["stock_code"].tolist()
            product_forecast.product_forecast(snapshot, 50)  # before them in a refresh, which keeps what both want
            timed("who comes back", who_comes_back, snapshot)
            timed("goods", goods, snapshot, codes)
        KNOWN.forget()
        clear_user_cache()
        timed("refresh", lambda: workbook_bytes(make_report(settings)))
    return best


def _s(one, other) -> str:
    return f"{one.seconds:.2f} s, {other.seconds:.2f} s"


def first_analyses(url: str) -> None:
    """Those that the bars were set for, which answer the notebook's questions and more: without those of who comes
    back, of what goes together and of what to buy, which have rows of their own.
    """
    from lgs_excel.analytics import (
        changes,
        customers,
        forecast,
        invoices,
        movement,
        orders,
        product_forecast,
        products,
        rfm,
        sales,
    )  # fmt: skip
    from lgs_excel.analytics.checks import line_totals
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(url)
    with open_snapshot(open_warehouse(settings), settings) as snapshot, snapshot.concurrently() as begin:
        ranking = begin(lambda seen: products.product_ranking(seen, "revenue", 50))
        expected = begin(lambda seen: product_forecast.product_forecast(seen, 50))
        monthly, segments = sales.monthly_sales(snapshot), rfm.customer_segments(snapshot)
        orders.monthly_orders(snapshot)
        invoices.invoice_amounts(snapshot)
        customers.monthly_customers(snapshot)
        forecast.sales_forecast(snapshot)
        changes.what_changed(snapshot, monthly)
        movement.segment_movement(snapshot, segments)
        line_totals(snapshot)
        ranking()
        expected()


def all_analyses(url: str) -> None:
    from lgs_excel.analytics.catalogue import Options, answer_all
    from lgs_excel.analytics.checks import checks
    from lgs_excel.warehouse.connect import open_warehouse
    from lgs_excel.warehouse.snapshot import open_snapshot

    settings = settings_of(url)
    with open_snapshot(open_warehouse(settings), settings) as snapshot, snapshot.concurrently() as begin:
        checks(snapshot, answer_all(snapshot, Options(top=50), begin=begin))


def bare_scan(url: str) -> None:
    from lgs_excel.warehouse.connect import open_warehouse

    with open_warehouse(settings_of(url)).reading() as connection:
        connection.exec_driver_sql(
            "SELECT date_trunc('month', invoice_date) AS month, count(DISTINCT invoice_no), sum(quantity * unit_price) "
            "FROM retail GROUP BY 1"
        ).all()


def read_table(url: str):
    import pandas as pd
    import sqlalchemy as sa

    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    frame = pd.read_sql_table("retail", engine)
    engine.dispose()
    return frame


def notebook_way(url: str) -> None:
    """The questions as the first notebooks answered them: everything into pandas, then there."""
    import pandas as pd

    lines = read_table(url)
    lines["amount"] = lines["quantity"] * lines["unit_price"]
    lines["month"] = lines["invoice_date"].dt.to_period("M")
    cancelled = lines["invoice_no"].str.startswith("C")
    sales = lines[~cancelled & (lines["quantity"] > 0) & (lines["unit_price"] > 0)]
    sales.groupby("invoice_no")["amount"].sum().describe(percentiles=[0.5, 0.85])
    sales.groupby("month")["invoice_no"].nunique()
    lines[cancelled].groupby("month")["invoice_no"].nunique()
    lines.groupby("month")["amount"].sum().pct_change()
    sales.groupby("month")["customer_id"].nunique()
    sales.groupby("customer_id")["month"].min().value_counts()
    rfm = sales.groupby("customer_id").agg(
        last=("invoice_date", "max"), frequency=("invoice_no", "nunique"), monetary=("amount", "sum")
    )
    pd.qcut(rfm["frequency"].rank(method="first"), 5)
    sales.groupby("stock_code").agg(
        units=("quantity", "sum"), revenue=("amount", "sum"), orders=("invoice_no", "nunique"),
        customers=("customer_id", "nunique"),
    ).nlargest(50, "revenue")  # fmt: skip
    lines.duplicated().sum()


def whole_report(url: str, out: str) -> None:
    from lgs_excel.pipeline import write_report

    write_report(Path(out), settings_of(url))


_reports: dict[str, object] = {}


def write_workbook(writer: str, url: str, folder: str) -> None:
    from lgs_excel.pipeline import make_report
    from lgs_excel.writers import headless

    if url not in _reports:  # the first run, which is not timed
        _reports[url] = make_report(settings_of(url), made_at=datetime(2026, 1, 1))
    out = Path(folder) / f"{writer}.xlsx"
    if writer == "ours":
        headless.write(_reports[url], out)
    else:
        _with_xlsxwriter(_reports[url], out)


def _with_xlsxwriter(report, out: Path) -> None:
    import io

    import xlsxwriter

    from lgs_excel.report.layout import lay_out
    from lgs_excel.report.style import NUMBER_FORMATS

    book = xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {}
    for sheet in report:
        layout = lay_out(sheet)
        page = book.add_worksheet(sheet.title)
        for cell in layout.cells:
            key = (cell.look, cell.kind)
            if key not in formats:
                formats[key] = book.add_format(
                    {
                        "bold": cell.look.bold, "italic": cell.look.italic, "font_color": cell.look.colour,
                        "font_size": cell.look.points, "num_format": NUMBER_FORMATS[cell.kind],
                        **({"bg_color": cell.look.fill} if cell.look.fill else {}),
                        **({"bottom": 7, "bottom_color": "#D5DCE4"} if cell.look.ruled else {}),
                    }
                )  # fmt: skip
            if hasattr(cell.value, "year"):
                page.write_datetime(cell.row - 1, cell.column - 1, cell.value, formats[key])
            else:
                page.write(cell.row - 1, cell.column - 1, cell.value, formats[key])
        for placed in layout.tables:
            headers = [{"header": column.header} for column in placed.table.columns]
            page.add_table(placed.address, {"name": placed.table.name, "columns": headers})
        for placed in layout.charts:
            page.insert_image(
                placed.row - 1, placed.column - 1, placed.chart.name,
                {"image_data": io.BytesIO(placed.chart.png), "x_scale": 0.5, "y_scale": 0.5,
                 "description": placed.chart.message},
            )  # fmt: skip
    book.close()
