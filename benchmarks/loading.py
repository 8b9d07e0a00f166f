"""Loading exports, against the fastest way that the engines themselves have."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Cost, Row, cold_cost, once
from benchmarks.shops import settings_of

SAMPLE = 100_000  # lines, for the sources that take longer


def rows(urls: dict[str, str], scale: float) -> Iterator[Row]:
    """The rows of docs/performance.md about loading, every process with its imports."""
    with TemporaryDirectory() as folder:
        whole = _exports(urls["duckdb"], Path(folder), tenfold=scale <= 1)
        csv = whole["csv"]
        embedded, bare = cold_cost(load_embedded, csv), cold_cost(read_csv, csv)
        yield Row(
            "loading the CSV, embedded", "DuckDB's read_csv", embedded.seconds / bare.seconds, 3, _s(embedded, bare)
        )
        server = cold_cost(load_server, csv, urls["postgresql"])
        copied = cold_cost(copy, csv, urls["postgresql"])
        yield Row("loading the CSV, PostgreSQL", "COPY", server.seconds / copied.seconds, 3, _s(server, copied))
        if scale <= 1:  # a hundred million lines take ten gigabytes of CSV
            yield from _growth(whole["ten.csv"], urls["postgresql"], embedded, server)
        small = cold_cost(load_embedded, whole["sample.csv"])
        for suffix in ("copy.sql", "insert.sql", "xlsx", "parquet"):
            one = cold_cost(load_embedded, whole[f"sample.{suffix}"])
            yield Row(
                f"loading {suffix}, embedded", "the same as CSV", one.seconds / small.seconds, None, _s(one, small)
            )


def _growth(ten: str, url: str, embedded: Cost, server: Cost) -> Iterator[Row]:
    """What the memory of a load grows by."""
    large = once(load_embedded, ten)
    yield Row(
        "loading the CSV, embedded: memory, 10 × the lines", "the lines once",
        large.megabytes / embedded.megabytes, 1.5, _mb(large, embedded),
    )  # fmt: skip
    large = once(load_server, ten, url)
    yield Row(
        "loading the CSV, PostgreSQL: memory, 10 × the lines", "the lines once",
        large.megabytes / server.megabytes, 1.5, _mb(large, server),
    )  # fmt: skip


def _s(one: Cost, other: Cost) -> str:
    return f"{one.seconds:.2f} s, {other.seconds:.2f} s"


def _mb(one: Cost, other: Cost) -> str:
    return f"{one.megabytes:.0f} MB, {other.megabytes:.0f} MB"


def _exports(url: str, folder: Path, *, tenfold: bool) -> dict[str, str]:
    """The demo shop as a CSV file, if so asked as one with its lines ten times (other invoices), and a sample in every
    form.
    """
    import duckdb
    import openpyxl

    with duckdb.connect(url.removeprefix("duckdb:///"), read_only=True) as connection:
        sample = f"(FROM retail LIMIT {SAMPLE})"
        connection.execute(f"COPY retail TO '{folder}/sales.csv'")
        if tenfold:
            connection.execute(
                f"COPY (SELECT * REPLACE (invoice_no || '-' || n AS invoice_no) FROM retail, range(10) AS copies(n)) "
                f"TO '{folder}/ten.csv'"
            )
        connection.execute(f"COPY {sample} TO '{folder}/sample.csv'")
        connection.execute(f"COPY {sample} TO '{folder}/sample.parquet'")
        lines = connection.execute(sample[1:-1]).fetchall()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    with (folder / "sample.copy.sql").open("w") as copied, (folder / "sample.insert.sql").open("w") as inserted:
        names = "invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country"
        sheet.append(names.split(", "))
        copied.write(f"COPY retail ({names}) FROM stdin;\n")
        for line in lines:
            copied.write("\t".join(r"\N" if value is None else str(value) for value in line) + "\n")
            quoted = ", ".join("NULL" if value is None else "'" + str(value).replace("'", "''") + "'" for value in line)
            inserted.write(f"INSERT INTO retail ({names}) VALUES ({quoted});\n")
            sheet.append(line)
        copied.write("\\.\n")
    book.save(folder / "sample.xlsx")
    return {"csv": f"{folder}/sales.csv"} | {file.name: str(file) for file in folder.iterdir()}


def load_embedded(file: str) -> None:
    from lgs_excel.loading.load import load
    from lgs_excel.warehouse.connect import open_warehouse

    with TemporaryDirectory() as folder:
        settings = settings_of(f"duckdb:///{folder}/lgs.duckdb")
        load([Path(file)], open_warehouse(settings), settings)


def read_csv(file: str) -> None:
    import duckdb

    with TemporaryDirectory() as folder, duckdb.connect(f"{folder}/bare.duckdb") as connection:
        connection.execute("CREATE TABLE retail AS FROM read_csv(?)", [file])


def load_server(file: str, url: str) -> None:
    from lgs_excel.loading.load import load
    from lgs_excel.warehouse.connect import open_warehouse

    with _new_database(url) as made:
        settings = settings_of(made)
        load([Path(file)], open_warehouse(settings), settings)


def copy(file: str, url: str) -> None:
    import psycopg2

    with _new_database(url) as made, Path(file).open("rb") as stream:
        connection = psycopg2.connect(made)
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE retail (invoice_no text, stock_code text, description text, quantity integer, "
                "invoice_date timestamp, unit_price numeric(12, 4), customer_id text, country text)"
            )
            cursor.copy_expert("COPY retail FROM STDIN (FORMAT csv, HEADER)", stream)
        connection.close()


@contextmanager
def _new_database(url: str) -> Iterator[str]:
    """The URL of a new database of the server, dropped at the end."""
    import psycopg2

    name = f"bench_{uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield url.replace("/postgres?", f"/{name}?")
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
