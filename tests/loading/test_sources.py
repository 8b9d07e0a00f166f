"""The same lines come out of every kind of file."""

import gzip
import json
import lzma
import tarfile
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest

from lgs_excel.errors import InputError
from lgs_excel.loading.parts import Stated
from tests.loading.exports import (
    HEADER,
    LAYOUTS,
    TRAPS,
    as_texts,
    expected,
    invoice,
    line,
    lines_in,
    load_all,
    tarred,
    trap_lines,
    write_copy_dump,
    write_csv,
    write_insert_dump,
    write_json,
    write_json_lines,
    write_parquet,
    write_sql_server,
    write_workbook,
)

LINES = [
    *invoice("536365"),
    line("C536379", "D", "Discount", -1, datetime(2010, 12, 1, 9, 41), "27.50", "14527"),
    line("A563185", "B", "Adjust bad debt", 1, datetime(2011, 8, 12, 14, 50), "11062.06", None),
    line("581587", "gift_0001_20", None, 1, datetime(2011, 12, 9, 12, 50), "0.001", None, "EIRE"),
]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_each_known_layout_of_a_csv_file_is_read(warehouse, tmp_path, layout):
    report = load_all(warehouse, write_csv(tmp_path / "sales.csv", LINES, layout))
    assert (report.files[0].read, report.files[0].loaded, report.files[0].rejected) == (6, 6, 0)
    assert lines_in(warehouse) == expected(LINES)


@pytest.mark.parametrize(
    "write",
    [
        write_csv,
        write_copy_dump,
        write_insert_dump,
        write_sql_server,
        write_json,
        write_json_lines,
        write_parquet,
        lambda path, lines: write_workbook(path, {"a": lines}),
    ],
    ids=["csv", "copy", "insert", "sql-server", "json", "json-lines", "parquet", "workbook"],
)
def test_every_source_gives_the_same_warehouse(warehouse, tmp_path, write):
    report = load_all(warehouse, write(tmp_path / "sales", LINES))
    assert report.files[0].rejected == 0
    assert lines_in(warehouse) == expected(LINES)


@pytest.mark.parametrize(
    "write",
    [write_csv, write_copy_dump, write_insert_dump, write_sql_server, write_json, write_json_lines, write_parquet],
)
def test_no_description_is_a_trap(warehouse, tmp_path, write):
    lines = trap_lines()
    report = load_all(warehouse, write(tmp_path / "sales", lines))
    assert report.files[0].rejected == 0
    found = {row[1]: row[2] for row in lines_in(warehouse)}
    assert found == {one[1]: one[2] for one in lines}


def test_a_workbook_keeps_its_trap_descriptions(warehouse, tmp_path):
    texts = [text for text in TRAPS if text.isprintable() and len(text) < 32_000 and not text.startswith("=")]
    lines = [line("540000", f"{20000 + place}", text) for place, text in enumerate(texts)]
    load_all(warehouse, write_workbook(tmp_path / "sales.xlsx", {"a": [*lines, line(description="  ")]}))
    assert {row[2] for row in lines_in(warehouse)} >= {text for text in texts if text != "-1"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(warehouse, tmp_path, delimiter):
    load_all(warehouse, write_csv(tmp_path / "sales.csv", trap_lines(), delimiter=delimiter))
    assert lines_in(warehouse) == expected(trap_lines())


def test_columns_may_come_in_any_order_and_case(warehouse, tmp_path):
    rows = [list(reversed(row)) for row in as_texts(LINES)]
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows, [name.upper() for name in reversed(HEADER)]))
    assert lines_in(warehouse) == expected(LINES)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found(warehouse, tmp_path, encoding):
    lines = [line(description="CAFÉ £5 SET – “NICE”")]
    path = write_csv(tmp_path / "sales.csv", lines)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    report = load_all(warehouse, path)
    assert lines_in(warehouse) == expected(lines)
    assert any("Windows-1252" in note for note in report.files[0].notes) is (encoding == "cp1252")


def test_a_stray_byte_spoils_no_other_line(warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", [line(description="CAFÉ"), line(description="THÉ")])
    path.write_bytes(path.read_bytes().replace("THÉ".encode(), "THÉ".encode("cp1252")))
    report = load_all(warehouse, path)
    assert {row[2] for row in lines_in(warehouse)} == {"CAFÉ", "THÉ"}
    assert "1 lines are not UTF-8" in report.text()


def test_a_stated_encoding_must_fit(warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", [line(description="CAFÉ")])
    with pytest.raises(InputError, match=r"sales.csv is not text in ascii: .* State another encoding"):
        load_all(warehouse, path, stated=Stated(encoding="ascii"))
    with pytest.raises(InputError, match=r"The encoding 'klingon' is unknown\. Known are"):
        load_all(warehouse, path, stated=Stated(encoding="klingon"))


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zip"])
def test_packed_files_are_unpacked(duckdb_warehouse, tmp_path, suffix):
    plain = write_csv(tmp_path / "sales.csv", LINES).read_bytes()
    path = tmp_path / f"sales.csv{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../../sales.csv", plain)
    else:
        path.write_bytes((gzip if suffix == ".gz" else lzma).compress(plain))
    load_all(duckdb_warehouse, path)
    assert lines_in(duckdb_warehouse) == expected(LINES)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["sales.csv", path.name]


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [(".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar.bz2", "w:bz2"), (".tar.xz", "w:xz")],
)
def test_an_archive_of_exports_is_one_load_in_the_order_of_their_names(duckdb_warehouse, tmp_path, suffix, mode):
    first, second = ([*invoice("1"), *invoice("2")], invoice("1", quantity=2))
    content = {
        f"../out/part-{number}.csv{packed}": pack(write_csv(tmp_path / "part", lines).read_bytes())
        for number, lines, packed, pack in ((10, second, ".gz", gzip.compress), (9, first, "", bytes))
    }
    others = {"out/.DS_Store": b"\0", "__MACOSX/out/part-9.csv": b"\0", "out/notes.docx": b"\0"}
    path = tarred(tmp_path / f"sales{suffix}", {**content, **others}, mode)
    report = load_all(duckdb_warehouse, path)
    assert lines_in(duckdb_warehouse) == expected([*second, *invoice("2")])
    assert "Passed over in it, as not exports by their names: out/notes.docx." in report.text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["part", path.name]


def test_an_archive_in_an_archive_and_what_one_has_linked(duckdb_warehouse, tmp_path):
    inner = tarred(tmp_path / "inner.tgz", {"a.csv": write_csv(tmp_path / "a.csv", LINES).read_bytes()}, "w:gz")
    secret = tmp_path / "secret.csv"
    write_csv(secret, invoice("999999"))
    link = tarfile.TarInfo("link.csv")
    link.type, link.linkname = tarfile.SYMTYPE, str(secret)
    with tarfile.open(tmp_path / "outer.tar", "w") as archive:
        archive.addfile(link)
        archive.add(inner, "in/inner.tgz")
    load_all(duckdb_warehouse, tmp_path / "outer.tar")
    assert lines_in(duckdb_warehouse) == expected(LINES)


def test_a_folder_is_one_load_in_the_order_of_its_names(warehouse, tmp_path):
    write_csv(tmp_path / "b.csv", invoice("1", quantity=2))
    write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")])
    (tmp_path / "notes.docx").write_text("x")
    report = load_all(warehouse, tmp_path)
    assert [file.name for file in report.files] == ["a.csv", "b.csv"]
    assert lines_in(warehouse) == expected([*invoice("1", quantity=2), *invoice("2")])
    assert "notes.docx" in report.text()


def test_a_path_is_never_a_pattern_or_sql(duckdb_warehouse, tmp_path):
    write_csv(tmp_path / "sales1.csv", invoice("1"))
    odd = write_csv(tmp_path / "sales[1]*?'; DROP TABLE retail; --.csv", invoice("2"))
    load_all(duckdb_warehouse, odd)
    assert {row[0] for row in lines_in(duckdb_warehouse)} == {"2"}


def test_unknown_columns_are_named_and_left_out(duckdb_warehouse, tmp_path):
    rows = [[*row, "x", "y"] for row in as_texts(LINES)]
    report = load_all(duckdb_warehouse, write_csv(tmp_path / "sales.csv", rows, [*HEADER, "Till", "Clerk"]))
    assert report.files[0].left_out == ("Till", "Clerk")
    assert "Left out, as not among the eight columns: Till, Clerk." in report.text()
    assert lines_in(duckdb_warehouse) == expected(LINES)


def test_customer_description_and_country_may_be_missing(warehouse, tmp_path):
    keep = [0, 1, 3, 4, 5]
    rows = [[row[place] for place in keep] for row in as_texts(LINES)]
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows, [HEADER[place] for place in keep]))
    assert lines_in(warehouse) == expected([(*one[:2], None, *one[3:6], None, None) for one in LINES])


def test_identifiers_are_text_and_a_customer_that_reads_17850_0_is_17850(warehouse, tmp_path):
    rows = as_texts([line("00123", "00456", customer_id="17850.0"), line("C00123", "10.0x", customer_id="007")])
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows))
    assert {(row[0], row[1], row[6]) for row in lines_in(warehouse)} == {
        ("00123", "00456", "17850"),
        ("C00123", "10.0x", "007"),
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("17850.0", "17850"),
        ("17,850", "17850"),
        ('="17850"', "17850"),
        ('="00123"', "00123"),
        ("12,34", "12,34"),
        ("1,234.00", "1234"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
    ],
)
def test_an_identifier_loses_what_a_program_put_around_a_number(warehouse, tmp_path, written, meant):
    rows = as_texts([line()])
    rows[0][0], rows[0][6] = written, written
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows))
    assert [(row[0], row[6]) for row in lines_in(warehouse)] == [(meant, meant)]


def test_a_code_that_a_spreadsheet_was_kept_from_reading_is_that_code(warehouse, tmp_path):
    rows = as_texts([line(stock_code='="00123"'), line(stock_code="12,345"), line(stock_code='=""')])
    report = load_all(warehouse, write_csv(tmp_path / "sales.csv", rows), accept_rejects=True)
    assert sorted(row[1] for row in lines_in(warehouse)) == ["00123", "12,345"]
    assert report.files[0].reasons == (("stock_code is empty", 1, 4),)


@pytest.mark.parametrize("nothing", ["NULL", "null", "nan", "NaN", "None", "<NA>", "#N/A", "N/A", r"\N", " NULL "])
def test_what_programs_write_for_nothing_is_no_customer_and_no_country(warehouse, tmp_path, nothing):
    rows = as_texts([line()])
    rows[0][2], rows[0][6], rows[0][7] = nothing, nothing, nothing
    load_all(warehouse, write_csv(tmp_path / "sales.csv", rows))
    assert [row[2] for row in lines_in(warehouse)] == [nothing]  # a description may be any text
    assert [row[6:] for row in lines_in(warehouse)] == [(None, None)]


def test_exact_duplicates_within_a_file_are_kept(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "sales.csv", [line()] * 3))
    assert lines_in(warehouse) == expected([line()] * 3)


def test_a_header_without_lines_is_a_load_of_nothing(warehouse, tmp_path):
    report = load_all(warehouse, write_csv(tmp_path / "sales.csv", []))
    assert "0 lines read = 0 loaded + 0 rejected" in report.text()
    assert "a header and no lines" in report.text()


def test_blank_lines_and_excels_delimiter_line_are_no_lines(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", [line(), *[[""] * 8] * 3, line()], delimiter=";")
    path.write_bytes(b"\r\nsep=;\r\n" + path.read_bytes() + b"\r\n\r\n")
    report = load_all(duckdb_warehouse, path)
    assert (report.files[0].read, report.files[0].rejected) == (2, 0)


def test_the_same_bytes_twice_in_one_load_are_taken_once(duckdb_warehouse, tmp_path):
    report = load_all(duckdb_warehouse, write_csv(tmp_path / "a.csv", LINES), write_csv(tmp_path / "b.csv", LINES))
    assert len(report.files) == 1
    assert "byte for byte" in report.text()


def test_a_number_of_a_record_is_that_number_and_a_text_may_be_a_thousand(duckdb_warehouse, tmp_path):
    def record(number, price, quantity=6):
        return {"Invoice": number, "StockCode": "D", "Quantity": quantity, "InvoiceDate": "2010-12-01", "Price": price}

    path = tmp_path / "sales.json"
    path.write_text(json.dumps([record(536365, 1.234), record("536366", 6, 6.0), record("536367", 1e3)]), "utf-8-sig")
    report = load_all(duckdb_warehouse, path)
    assert "Understood: each record of JSON is a line." in report.text()
    assert [(row[0], row[3], row[5]) for row in lines_in(duckdb_warehouse)] == [
        ("536365", 6, Decimal("1.234")),
        ("536366", 6, 6),
        ("536367", 6, 1000),
    ]
    path.write_text(json.dumps([record("536365", "1.234")]))
    with pytest.raises(InputError, match=r"'1.234' in sales.json can be read as 1.234 .* or as 1234"):
        load_all(duckdb_warehouse, path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CAST(0x00009E3F008AFA20 AS DateTime)", datetime(2010, 12, 1, 8, 26)),
        ("CAST(0x9E3F01FA AS SmallDateTime)", datetime(2010, 12, 1, 8, 26)),
        ("CAST(N'2010-12-01T08:26:00' AS DateTime2(7))", datetime(2010, 12, 1, 8, 26)),
        ("CONVERT(datetime2(7), N'2010-12-01 08:26:00', 120)", datetime(2010, 12, 1, 8, 26)),
    ],
)
def test_a_moment_of_sql_server_is_read_in_each_of_its_forms(duckdb_warehouse, tmp_path, written, meant):
    values = f"(N'536365', N'D', 1, {written}, 2.5)"
    names = "[invoice_no], [stock_code], [quantity], [invoice_date], [unit_price]"
    (tmp_path / "sales.sql").write_text(f"INSERT [dbo].[retail] ({names}) VALUES {values}\nGO\n")
    load_all(duckdb_warehouse, tmp_path / "sales.sql")
    assert [row[4] for row in lines_in(duckdb_warehouse)] == [meant]


@pytest.mark.parametrize("written", ["0x1", "CAST(0xFFFFFFFFFFFFFFFF AS DateTime)", "CAST(0x07 AS DateTime2)"])
def test_what_is_no_moment_of_sql_server_is_set_aside(duckdb_warehouse, tmp_path, written):
    names = "[invoice_no], [stock_code], [quantity], [invoice_date], [unit_price]"
    (tmp_path / "sales.sql").write_text(f"INSERT [dbo].[retail] ({names}) VALUES (N'536365', N'D', 1, {written}, 2)")
    assert load_all(duckdb_warehouse, tmp_path / "sales.sql", accept_rejects=True).files[0].rejected == 1


def test_nothing_in_another_type_is_nothing(duckdb_warehouse, tmp_path):
    values = "(N'536365', CONVERT(nvarchar(9), N'D, 1'), CONVERT(int, 2), N'2010-12-01', CONVERT(money, 1.25, 1), "
    values += "CONVERT(nvarchar(20), NULL), CAST(NULL AS nvarchar(20)))"
    names = "[invoice_no], [stock_code], [quantity], [invoice_date], [unit_price], [customer_id], [country]"
    (tmp_path / "sales.sql").write_text(f"INSERT [dbo].[retail] ({names}) VALUES {values}")
    load_all(duckdb_warehouse, tmp_path / "sales.sql")
    (row,) = lines_in(duckdb_warehouse)
    assert (row[1], row[3], row[5], *row[6:]) == ("D, 1", 2, Decimal("1.25"), None, None)


def test_a_number_in_a_name_may_have_any_length(duckdb_warehouse, tmp_path):
    content = write_csv(tmp_path / "a.csv", LINES).read_bytes()
    path = tarred(tmp_path / "all.tar", {f"{'9' * 5000}.csv": content, "007.csv": content})
    load_all(duckdb_warehouse, path)
    assert lines_in(duckdb_warehouse) == expected(LINES)


def test_a_title_of_any_length_is_one_line(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", LINES)
    path.write_bytes(b"x" * 3_000_000 + b"\r\n" + path.read_bytes())
    report = load_all(duckdb_warehouse, path)
    assert lines_in(duckdb_warehouse) == expected(LINES)
    assert "Understood: 1 title line passed over." in report.text()


def test_a_line_with_any_number_of_fields_is_set_aside(duckdb_warehouse, tmp_path):
    path = write_csv(tmp_path / "sales.csv", LINES)
    path.write_bytes(path.read_bytes() + b"x," * 20_000_000 + b"\r\n")
    report = load_all(duckdb_warehouse, path, accept_rejects=True)
    assert (report.files[0].loaded, report.files[0].rejected) == (6, 1)
    assert lines_in(duckdb_warehouse) == expected(LINES)
