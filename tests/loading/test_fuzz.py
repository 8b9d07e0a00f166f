"""Whatever a file holds: read = loaded + rejected, or a refusal in one line; never a traceback, never a silent drop."""

import csv
import io
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lgs_excel.errors import InputError
from lgs_excel.loading.load import load
from lgs_excel.loading.replace import totals
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.load_log import loads, rejected_lines
from lgs_excel.warehouse.schema import found_retail
from tests.conftest import settings_for
from tests.loading.exports import HEADER, invoice, line, load_all, tarred, write_csv

EXAMPLES = int(os.environ.get("LGS_TEST_EXAMPLES", "60"))
QUICK = examples(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SPECIAL = st.sampled_from(
    ['"', '""', "\n", "\r\n", "\r", "\0", ",", ";", "\t", "'", "\ufeff", "\x1a", "\\", "é", "\ud800"]
)
TEXT = st.lists(st.one_of(SPECIAL, st.text(max_size=5)), max_size=6).map("".join)
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["1,234.50", "1.234,50", "£2.55", "2.55 GBP", "٣", "1e3", "0x10", "--1", "+5", " 6 ", "1'000", "½", ""]
    ),
)
DATES = st.one_of(
    st.datetimes().map(str),
    st.datetimes().map(lambda when: f"{when:%d/%m/%Y %H:%M}"),
    st.sampled_from(
        ["2010-02-30", "1-Dec-2010", "31/12/10 8:26 PM", "now", "infinity", "40513.35", "0000-00-00", "today", ""]
    ),
)
FIELDS = st.tuples(TEXT, TEXT, TEXT, NUMBERS, DATES, NUMBERS, TEXT, TEXT)


def file_bytes(rows, quoting, ends, encoding, cut):
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=quoting, lineterminator=ends, escapechar="\\")
    writer.writerow(HEADER)
    writer.writerows(rows)
    whole = out.getvalue().encode(encoding, errors="replace")
    return whole[: max(1, int(len(whole) * cut))]


FILES = st.builds(
    file_bytes,
    st.lists(st.one_of(FIELDS, FIELDS.map(lambda fields: fields[:5]), FIELDS.map(lambda fields: (*fields, "more")))),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "latin-1"]),
    st.one_of(st.just(1.0), st.floats(0.01, 1.0)),
)


def load_bytes(content: bytes, suffix: str) -> None:
    """Load a file of these bytes and prove its account, or see it refused in one line with nothing left behind."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"sales{suffix}")
        file.write_bytes(content)
        url = f"duckdb:///{folder}/lgs.duckdb"
        warehouse, settings = open_warehouse(settings_for(url)), settings_for(url)
        try:
            report = load([file], warehouse, settings, accept_rejects=True, accept_fewer=True)
        except InputError as error:
            refusal = str(error)
        else:
            refusal = ""
        if refusal:
            assert len(refusal.splitlines()) == 1
            assert not Path(folder, "lgs.duckdb").exists()
            return
        (done,) = report.files
        with warehouse.reading() as connection:
            assert done.read == done.loaded + done.rejected
            assert totals(connection, found_retail(connection, url)).lines == done.loaded - done.replaced
            assert len(rejected_lines(connection)) == done.rejected
            assert [(one.read, one.loaded, one.rejected) for one in loads(connection)] == [
                (done.read, done.loaded, done.rejected)
            ]


@QUICK
@given(FILES)
@example(b"\xef\xbb\xbf" + ",".join(HEADER).encode())
@example(
    ",".join(HEADER).encode() + b"\n" + b'536365,85123A,"' + b"x" * 10_000_000 + b'",6,2010-12-01 08:26,2.55,17850,UK\n'
)
def test_any_csv_file_is_accounted_for(content):
    load_bytes(content, ".csv")


@QUICK
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@pytest.mark.parametrize("suffix", [".csv", ".sql", ".json", ".xlsx", ".parquet", ".csv.gz", ".zip", ".tar"])
def test_any_bytes_are_accounted_for_or_refused(suffix, content):
    load_bytes(content, suffix)


SQL = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "INSERT INTO retail VALUES ",
                    "COPY retail FROM stdin;\n",
                    "(",
                    ")",
                    ",",
                    ";",
                    "'",
                    "E'",
                    "$$",
                    "--",
                    "/*",
                ),
                *("INSERT [dbo].[retail] VALUES ", "\nGO\n", "[", "]", "CAST(N'2010-12-01' AS DateTime)", "SET X ON\n"),
                "CAST(0x0000000000000000 AS DateTime)",
            ]
        ),
        st.sampled_from(
            [
                "NULL",
                "\\.\n",
                "\t",
                "\n",
                "'536365','85123A','X',6,'2010-12-01',2.55,'17850','UK'",
                "now()",
                "*/",
                "\\N",
            ]
        ),
        st.text(max_size=8),
    ),
    max_size=25,
).map("".join)


@QUICK
@given(SQL)
def test_any_script_is_accounted_for_or_refused(text):
    load_bytes(text.encode("utf-8", "replace"), ".sql")


RECORDS = st.lists(
    st.fixed_dictionaries(
        {name: st.one_of(st.none(), TEXT, NUMBERS, st.integers(), st.floats()) for name in HEADER[:4]}
        | {"InvoiceDate": DATES, "UnitPrice": st.one_of(NUMBERS, st.floats(), st.integers())},
        optional={"Country": st.one_of(TEXT, st.lists(st.integers(), max_size=2)), "More": st.booleans()},
    ),
    max_size=5,
)


@QUICK
@given(RECORDS, st.booleans(), st.one_of(st.just(1.0), st.floats(0.01, 1.0)))
def test_any_records_are_accounted_for_or_refused(records, as_lines, cut):
    text = "\n".join(map(json.dumps, records)) if as_lines else json.dumps(records)
    load_bytes(text[: max(1, int(len(text) * cut))].encode("utf-8", "replace"), ".json")


PARTS = st.lists(FILES, min_size=1, max_size=4)


@QUICK
@given(PARTS, st.sampled_from(["w", "w:gz"]))
def test_any_parts_in_an_archive_are_accounted_for_or_refused(parts, mode):
    with tempfile.TemporaryDirectory() as folder:
        archive = tarred(Path(folder, "all"), {f"part-{number}.csv": part for number, part in enumerate(parts)}, mode)
        content = archive.read_bytes()
    load_bytes(content, ".tar")


HOSTILE = r"""
DROP TABLE retail;
\! touch {owned}
COPY retail FROM PROGRAM 'touch {owned}';
COPY (SELECT 1) TO PROGRAM 'touch {owned}';
DO $$ BEGIN EXECUTE 'DROP TABLE retail; COPY retail FROM stdin;'; END $$;
CREATE FUNCTION f() RETURNS void AS 'INSERT INTO retail VALUES (1);' LANGUAGE sql;
COPY public.retail (invoice_no, stock_code, description, quantity, invoice_date, unit_price,
    customer_id, country) FROM stdin;
536366	85123A	'); DROP TABLE retail; --	6	2010-12-01 08:26:00	2.55	17850	United Kingdom
\.
INSERT INTO retail VALUES ('536367','22423','a; DELETE FROM retail',1,'2010-12-01 09:00:00',12.75,NULL,'France');
DELETE FROM retail; TRUNCATE retail;
"""


def test_a_hostile_dump_gives_its_rows_and_does_nothing_else(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "before.csv", invoice("536365")))
    owned = tmp_path / "owned"
    dump = tmp_path / "hostile.sql"
    dump.write_text(HOSTILE.format(owned=owned))
    report = load_all(warehouse, dump)
    assert [(file.read, file.loaded, file.rejected) for file in report.files] == [(2, 2, 0)]
    assert report.after.lines == 3 + 2
    assert not owned.exists()


def test_ten_thousand_lines_with_one_of_every_fault_lose_none(warehouse, tmp_path):
    bad = [["536365", "85123A", "X", fault, "2010-12-01", "1", "", ""] for fault in ("six", "", "1.5", "9" * 12)]
    good = [line(f"5{number:05}") for number in range(10_000)]
    report = load_all(warehouse, write_csv(tmp_path / "sales.csv", [*bad, *good]))
    assert [(file.read, file.loaded, file.rejected) for file in report.files] == [(10_004, 10_000, 4)]
