"""What is no export is refused whole: one line that says what it is, what is allowed, and what to do next."""

import gzip
import zipfile

import openpyxl
import pytest

from lgs_excel.errors import InputError
from tests.loading.exports import (
    HEADER,
    invoice,
    load_all,
    tarred,
    write_copy_dump,
    write_csv,
    write_json,
    write_parquet,
    write_workbook,
)


def cut(path, at=None):
    """Half of the file, or its first bytes."""
    content = path.read_bytes()
    path.write_bytes(content[: at or len(content) // 2])
    return path


def made(content):
    def make(path):
        path.write_bytes(content)
        return path

    return make


def other_workbook(path):
    book = openpyxl.Workbook()
    book.active.append(["Budget", "2011"])
    book.save(path)
    return path


def empty_archive(path):
    with zipfile.ZipFile(path, "w"):
        pass
    return path


REFUSED = {
    "a missing file": (
        "sales.csv",
        lambda path: path,
        r"There is no file .*sales.csv\. Name a file or folder that is there",
    ),
    "an empty file": ("sales.csv", made(b""), r"is empty \(0 bytes\)\. Allowed: CSV, SQL, .* Export it again"),
    "white space": (
        "sales.csv",
        made(b"\n \n"),
        r"sales.csv lacks invoice_no.* Found: nothing\. Needed .* Export it again",
    ),
    "a picture": (
        "sales.csv",
        made(b"\x89PNG\r\n\x1a\n\0\0\0"),
        r"is a binary file that starts with .*PNG.* Allowed: CSV",
    ),
    "binary noise": ("sales.csv", made(bytes(range(256)) * 9), r"is a binary file .* Allowed: CSV, .* Export it as"),
    "prose": ("notes.txt", made(b"Dear all,\nplease find\n"), r"notes.txt lacks invoice_no, .*Found: Dear all"),
    "another CSV": ("x.csv", made(b"a,b\n1,2\n"), r"x.csv lacks invoice_no, .* and unit_price\. Found: a, b\. Needed"),
    "no price": (
        "x.csv",
        made(",".join(name for name in HEADER if name != "UnitPrice").encode() + b"\n"),
        r"x.csv lacks unit_price\. Found: InvoiceNo, .* Export it again with its header line",
    ),
    "no header": ("x.csv", made(b"536365,85123A,A,6,2010-12-01,2.55,1,UK\n"), r"x.csv lacks invoice_no.*Found: 536365"),
    "a column twice": (
        "x.csv",
        made(b"Invoice,InvoiceNo,StockCode\n"),
        r"x.csv has two columns for invoice_no: 'Invoice' and 'InvoiceNo'\. One is allowed; delete or rename",
    ),
    "a dump in another format": (
        "x.dump",
        made(b"PGDMP\x01\x0e"),
        r"custom format; plain text is needed\. Dump it with",
    ),
    "a dump without sales": (
        "x.sql",
        made(b"INSERT INTO staff (name) VALUES ('Ann');"),
        r"x.sql has no rows of a table with the columns of `retail`\. Tables with rows in it: staff\. Dump that table",
    ),
    "a cut dump": (
        "x.sql",
        lambda path: cut(write_copy_dump(path, invoice("1"))),
        r"x.sql is cut short: .* dump it again",
    ),
    "a dump cut in a text": (
        "x.sql",
        made(b"INSERT INTO retail VALUES ('536365', '85123A', 'WHI"),
        r"x.sql is cut short: it ends in the middle of a statement .* dump it again; nothing was changed",
    ),
    "a dump in CSV": (
        "x.sql",
        made(b"COPY retail FROM stdin WITH CSV;\n1\n\\.\n"),
        r"x.sql has a COPY with options in line 1: WITH CSV\. Only the text format of pg_dump is read\. Dump it",
    ),
    "a cut workbook": (
        "x.xlsx",
        lambda path: cut(write_workbook(path, {"a": invoice("1")})),
        r"x.xlsx is no workbook that can be read: .* Save it again as \.xlsx",
    ),
    "another workbook": ("x.xlsx", other_workbook, r"x.xlsx lacks invoice_no.*Found: Budget, 2011\. Needed"),
    "a cut Parquet file": (
        "x.parquet",
        lambda path: cut(write_parquet(path, invoice("1"))),
        r"x.parquet is a Parquet file that can't be read: .* Copy or export it again",
    ),
    "a cut archive": (
        "x.csv.gz",
        lambda path: cut(made(gzip.compress(write_csv(path, invoice("1", 99)).read_bytes()))(path)),
        r"x.csv.gz is damaged or cut short: .* Copy or export it again; nothing was changed",
    ),
    "a cut tar": (
        "x.tar",
        lambda path: cut(tarred(path, {"a.csv": write_csv(path, invoice("1", 99)).read_bytes()})),
        r"x.tar is damaged or cut short: .* Copy or export it again",
    ),
    "a tar cut between two files": (
        "x.tar",
        lambda path: cut(tarred(path, {"a.csv": b"x" * 512, "b.csv": b"x" * 512}), 1024),
        r"x.tar is damaged or cut short: it has no end\. Copy or export it again",
    ),
    "an archive in an archive in an archive": (
        "x.gz",
        made(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"a"))))),
        r"x.gz is packed 4 times over\. Unpack it",
    ),
    "JSON that is cut": (
        "x.json",
        lambda path: cut(write_json(path, invoice("1"))),
        r"x.json is no JSON that can be read: .*unexpected end of data\. A list of records is read, .* Export it again",
    ),
    "JSON of lists": ("x.json", made(b"[[1, 2], [3, 4]]"), r"x.json is no JSON that can be read: .* Export it again"),
    "JSON of columns": ("x.json", made(b'{"InvoiceNo": {"0": "1"}}'), r"x.json lacks stock_code, .*Found: InvoiceNo"),
    "JSON with its records inside": (
        "x.json",
        made(b'{"orders": [{"InvoiceNo": "1"}]}'),
        r"x.json has its records inside 'orders'\. Export that list alone",
    ),
    "an empty archive": ("x.zip", empty_archive, r"x.zip is an empty archive\. Allowed: CSV"),
    "a cut zip": (
        "x.zip",
        made(b"PK\x03\x04 and no more"),
        r"x.zip is damaged or cut short: .* Copy or export it again",
    ),
}


@pytest.mark.parametrize(("name", "make", "message"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_a_line_that_helps(duckdb_warehouse, tmp_path, name, make, message):
    with pytest.raises(InputError, match=message) as raised:
        load_all(duckdb_warehouse, make(tmp_path / name))
    assert "\n" not in str(raised.value)
    assert not duckdb_warehouse.file.exists()


def test_a_folder_without_exports_is_refused(duckdb_warehouse, tmp_path):
    with pytest.raises(InputError, match=r"The folder .* has no export in it\. Allowed: CSV, .* Name the right folder"):
        load_all(duckdb_warehouse, tmp_path)


def test_a_misspelt_name_gets_the_nearest_one(duckdb_warehouse, tmp_path):
    write_csv(tmp_path / "sales_2011.csv", [])
    with pytest.raises(InputError, match=r"Nearest: sales_2011\.csv\."):
        load_all(duckdb_warehouse, tmp_path / "sales2011.csv")


def test_one_bad_file_keeps_the_good_ones_out(warehouse, tmp_path):
    good = write_csv(tmp_path / "good.csv", invoice("1"))
    with pytest.raises(InputError):
        load_all(warehouse, good, made(b"a,b\n")(tmp_path / "bad.csv"))
    report = load_all(warehouse, good)
    assert (report.before.lines, report.after.lines) == (0, 3)


def test_a_file_that_is_still_being_written_is_refused(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", invoice("1"))

    def append(step, _share):
        if step.startswith("Checking"):
            with path.open("a") as file:
                file.write("536365,")

    with pytest.raises(
        InputError, match=r"changed while it was read: something is still writing it\. Load it again when"
    ):
        load_all(duckdb_warehouse, path, progress=append)
