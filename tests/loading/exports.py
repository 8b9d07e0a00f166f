"""Exports as a shop writes them, from the same lines: CSV, SQL dumps, workbooks, Parquet."""

import csv
import io
import json
import tarfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import sqlalchemy as sa

from lgs_excel.loading.load import LoadReport, load
from lgs_excel.loading.replace import Totals
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.lines import exported_lines
from lgs_excel.warehouse.schema import COLUMNS, found_retail, retail
from tests.conftest import settings_for

LAYOUTS = {
    "as the shop exports": (
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
    ),
    "as in the two-year file": (
        "Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country",
    ),
    "as in the database": COLUMNS,
}  # fmt: skip
HEADER = LAYOUTS["as the shop exports"]

Line = tuple[str, str, str | None, int, datetime, Decimal, str | None, str | None]


def line(
    invoice_no: str = "536365",
    stock_code: str = "85123A",
    description: str | None = "WHITE HANGING HEART",
    quantity: int = 6,
    invoice_date: datetime = datetime(2010, 12, 1, 8, 26),
    unit_price: str = "2.55",
    customer_id: str | None = "17850",
    country: str | None = "United Kingdom",
) -> Line:
    """A line of an export, of which a test says only what it is about."""
    return (invoice_no, stock_code, description, quantity, invoice_date, Decimal(unit_price), customer_id, country)


def invoice(number: str, lines: int = 3, **said: Any) -> list[Line]:
    """The lines of an invoice."""
    return [line(number, f"2242{place}", **said) for place in range(lines)]


# What has broken loaders: formulas, what looks like another type, quotes, breaks, long texts, other scripts.
TRAPS = [
    '=HYPERLINK("http://example.com","x")',
    "+44 20 7946",
    "@SUM(A1)",
    "-1",
    "00123",
    "TRUE",
    "NULL",
    r"\N",
    "null",
    "N/A",
    "emoji 🎁 ☕",
    "control \x01\x07\x1f end",
    "tab\tin it",
    "line\nbreak",
    "line\r\nbreak",
    "carriage\rreturn",
    r"back\slash",
    r"\\.",
    r"\.",
    "quote ' one",
    "quotes '' two",
    'say "hi"',
    '"',
    "'",
    ",",
    ";",
    "Ünïcödé £€",
    " spaces around ",
    "x" * 40_000,
    "'); DROP TABLE retail; --",
    "$$",
    "$1",
    "%s %(x)s {0} :name ?",
    "日本語",
    "e\u0301 \u200b\u202e",
    "\x0b\x0c\x85\u2028",
]


def trap_lines() -> list[Line]:
    """One invoice with each trap as a description."""
    return [line("540000", f"{20000 + place}", text) for place, text in enumerate(TRAPS)]


def as_texts(lines: Iterable[Line]) -> list[list[str]]:
    """The lines as text, as an export writes them; None is empty."""
    return [["" if value is None else str(value) for value in one] for one in lines]


def write_csv(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, **dialect: Any) -> Path:
    """A CSV file; `rows` are lines or texts."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, **dialect)
    writer.writerow(header)
    writer.writerows(["" if value is None else str(value) for value in row] for row in rows)
    path.write_bytes(out.getvalue().encode("utf-8"))
    return path


def write_parquet(path: Path, lines: Sequence[Line]) -> Path:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t (Invoice VARCHAR, StockCode VARCHAR, Description VARCHAR, Quantity BIGINT, "
            'InvoiceDate TIMESTAMP, Price DOUBLE, "Customer ID" DOUBLE, Country VARCHAR)'
        )
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [list(one) for one in lines])
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def write_copy_dump(path: Path, lines: Sequence[Line]) -> Path:
    """As pg_dump does."""

    def field(value: object) -> str:
        text = str(value).replace("\\", "\\\\")
        for character, code in (("\t", "t"), ("\n", "n"), ("\r", "r"), ("\x0b", "v"), ("\x0c", "f")):
            text = text.replace(character, f"\\{code}")
        return text

    rows = "".join("\t".join(r"\N" if v is None else field(v) for v in one) + "\n" for one in lines)
    path.write_bytes(
        f"--\n-- PostgreSQL database dump\n--\n\\restrict a1\n\nSET client_encoding = 'UTF8';\n"
        f"COPY public.retail ({', '.join(COLUMNS)}) FROM stdin;\n{rows}\\.\n\n\\unrestrict a1\n".encode()
    )
    return path


def write_insert_dump(path: Path, lines: Sequence[Line], at_once: int = 3) -> Path:
    """As pg_dump --rows-per-insert does."""

    def value(value: object) -> str:
        if value is None:
            return "NULL"
        return str(value) if isinstance(value, int | Decimal) else "'" + str(value).replace("'", "''") + "'"

    tuples = [f"({', '.join(value(v) for v in one)})" for one in lines]
    statements = [
        "INSERT INTO public.retail VALUES\n\t" + ",\n\t".join(tuples[start : start + at_once]) + ";\n"
        for start in range(0, len(tuples), at_once)
    ]
    create = (
        "CREATE TABLE public.retail (\n    invoice_no text NOT NULL,\n    stock_code character varying(20),\n"
        "    description text,\n    quantity integer,\n    invoice_date timestamp without time zone,\n"
        "    unit_price numeric(12,4),\n    customer_id text,\n    country text\n);\n\n"
    )
    path.write_bytes((create + "".join(statements)).encode())
    return path


def write_sql_server(path: Path, lines: Sequence[Line]) -> Path:
    """As SQL Server Management Studio does, in UTF-16 and without a semicolon."""

    def value(name: str, value: object) -> str:
        if value is None:
            return "NULL"
        text = str(value).replace("'", "''")
        return {
            "quantity": text,
            "unit_price": f"CAST({text} AS Decimal(12, 4))",
            "invoice_date": f"CAST(N'{text.replace(' ', 'T')}.000' AS DateTime)",
        }.get(name, f"N'{text}'")

    names = ", ".join(f"[{name}]" for name in COLUMNS)
    inserts = [f"INSERT [dbo].[retail] ({names}) VALUES ({', '.join(map(value, COLUMNS, one))})\r\n" for one in lines]
    head = "USE [lgs]\r\nGO\r\nSET IDENTITY_INSERT [dbo].[retail] ON \r\n\r\n"
    path.write_bytes(f"{head}{''.join(inserts)}GO\r\nSET IDENTITY_INSERT [dbo].[retail] OFF\r\nGO\r\n".encode("utf-16"))
    return path


def write_json(path: Path, lines: Sequence[Line]) -> Path:
    """A list of records, with numbers as numbers; what is missing is left out."""
    path.write_text(json.dumps(_records(lines)))
    return path


def write_json_lines(path: Path, lines: Sequence[Line]) -> Path:
    """A record a line, letters as they are."""
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in _records(lines)), encoding="utf-8")
    return path


def _records(lines: Sequence[Line]) -> list[dict[str, object]]:
    def plain(value: object) -> object:
        return float(value) if isinstance(value, Decimal) else value if isinstance(value, int) else str(value)

    return [{name: plain(v) for name, v in zip(HEADER, one, strict=True) if v is not None} for one in lines]


def tarred(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    """An archive with these files in it."""
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def write_workbook(path: Path, sheets: dict[str, Sequence[Line]]) -> Path:
    """Numbers as numbers, dates as dates, as Excel has them."""
    book = openpyxl.Workbook(write_only=True)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(HEADER))
        for one in lines:
            sheet.append([int(v) if isinstance(v, str) and v.isdigit() and v[0] != "0" else v for v in one])
    book.save(path)
    return path


def load_all(warehouse: Warehouse, *paths: Path, **options: Any) -> LoadReport:
    """Load with the settings of the tests."""
    return load(list(paths), warehouse, settings_for("duckdb:///unused.duckdb"), **options)


def lines_in(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Every line of the warehouse, sorted."""
    with warehouse.reading() as connection:
        rows = connection.execute(exported_lines(found_retail(connection, "here")))
        return sorted((tuple(row) for row in rows), key=repr)


def expected(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    """Lines as `lines_in` gives them."""
    return sorted(
        ((*one[:5], one[5].quantize(Decimal("0.0001")), *one[6:]) for one in lines),
        key=repr,
    )


def totals_in(warehouse: Warehouse) -> Totals:
    """The control totals of the warehouse."""
    query = sa.select(
        sa.func.count(), sa.func.sum(retail.c.quantity), sa.func.sum(retail.c.quantity * retail.c.unit_price)
    )
    with warehouse.reading() as connection:
        lines, quantity, amount = connection.execute(query).one()
    return Totals(lines, int(quantity or 0), Decimal(amount or 0))
