"""None lost, none twice: the lines of the invoices in a load replace those invoices' lines."""

import random
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from lgs_excel.errors import InputError
from lgs_excel.loading.files import fingerprint
from lgs_excel.loading.load import load_demo
from lgs_excel.loading.parts import Stated
from lgs_excel.loading.replace import Invoices
from lgs_excel.loading.sources import parts_of
from lgs_excel.loading.stage import stage
from lgs_excel.loading.targets import EmbeddedTarget
from lgs_excel.warehouse import connect, load_log
from tests.loading.exports import (
    expected,
    invoice,
    line,
    lines_in,
    load_all,
    totals_in,
    write_copy_dump,
    write_csv,
    write_insert_dump,
    write_parquet,
    write_workbook,
)


def test_an_overlapping_export_doubles_nothing(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")]))
    report = load_all(warehouse, write_csv(tmp_path / "b.csv", [*invoice("2"), *invoice("3")]))
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("2"), *invoice("3")])
    assert report.invoices == Invoices(new=1, unchanged=1)
    assert "Lines before 6 + loaded 6 − replaced 3 = after 9" in report.text()


def test_a_corrected_invoice_replaces_the_old_one(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")]))
    report = load_all(warehouse, write_csv(tmp_path / "b.csv", invoice("2", quantity=7)))
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("2", quantity=7)])
    assert report.invoices == Invoices(replaced=1)
    assert report.warnings == ()


def test_an_invoice_that_shrinks_stops_the_load_unless_that_is_accepted(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")]))
    shorter = write_csv(tmp_path / "b.csv", invoice("2", 2))
    with pytest.raises(InputError, match=r"1 invoice has FEWER lines than before: 2\. .* load it with --accept-fewer"):
        load_all(warehouse, shorter)
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("2")])
    report = load_all(warehouse, shorter, accept_fewer=True)
    assert report.invoices == Invoices(replaced=1, shrunk=1, examples=("2",))
    assert "WARNING: 1 invoice has FEWER lines than before: 2. Was the export cut" in report.text()


def test_the_later_of_two_files_wins_and_the_earlier_is_counted(warehouse, tmp_path):
    first = write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")])
    second = write_parquet(tmp_path / "b.parquet", invoice("2", quantity=9))
    report = load_all(warehouse, first, second)
    assert lines_in(warehouse) == expected([*invoice("1"), *invoice("2", quantity=9)])
    assert report.invoices == Invoices(new=2, repeated=1)
    assert "Lines before 0 + loaded 9 − replaced 3 = after 6" in report.text()
    assert "1 came more than once in this load, and the last one counts" in report.text()


def test_the_same_bytes_again_do_nothing(warehouse, tmp_path):
    path = write_csv(tmp_path / "a.csv", invoice("1"))
    load_all(warehouse, path)
    report = load_all(warehouse, path)
    assert not report.done
    assert f"a.csv: already loaded on {datetime.now(UTC).astimezone():%Y-%m-%d}" in report.text()
    with warehouse.reading() as connection:
        assert len(load_log.loads(connection)) == 1
    assert load_all(warehouse, path, again=True).invoices == Invoices(unchanged=1)


def test_the_order_of_lines_does_not_make_an_invoice_another(warehouse, tmp_path):
    lines = [*invoice("1", 9), *invoice("1", 9)]
    load_all(warehouse, write_csv(tmp_path / "a.csv", lines))
    random.Random(1).shuffle(lines)
    assert load_all(warehouse, write_csv(tmp_path / "b.csv", lines)).invoices == Invoices(unchanged=1)
    shorter = write_csv(tmp_path / "c.csv", lines[:-1])
    assert load_all(warehouse, shorter, accept_fewer=True).invoices.shrunk == 1


def test_the_ledger_accounts_for_every_line(warehouse, tmp_path):
    first = write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")])
    load_all(warehouse, first, write_csv(tmp_path / "b.csv", invoice("2", 2)), accept_fewer=True)
    load_all(warehouse, write_csv(tmp_path / "c.csv", [*invoice("1", 5), line("3", unit_price="0.001")]))
    with warehouse.reading() as connection:
        loads = load_log.loads(connection)
    assert [(one.id, one.file_name, one.read, one.loaded, one.replaced) for one in loads] == [
        (3, "c.csv", 6, 6, 3),
        (2, "b.csv", 2, 2, 3),
        (1, "a.csv", 6, 6, 0),
    ]
    totals = totals_in(warehouse)
    assert sum(one.loaded - one.replaced for one in loads) == totals.lines
    assert sum(one.quantity - one.quantity_replaced for one in loads) == totals.quantity
    assert sum((one.amount - one.amount_replaced for one in loads), Decimal(0)) == totals.amount
    assert loads[-1].size == first.stat().st_size
    assert abs(datetime.now(UTC) - loads[0].finished) < timedelta(minutes=1)


def test_a_warehouse_without_loads_has_an_empty_ledger(warehouse):
    with warehouse.writing() as connection:
        connection.execute(sa.text("CREATE TABLE retail (invoice_no TEXT)"))
    with warehouse.reading() as connection:
        assert load_log.loads(connection) == []
        assert load_log.rejected_count(connection) == 0
        assert load_log.rejected_lines(connection) == []


def test_the_demo_shop_is_loaded_once(warehouse):
    first = load_demo(warehouse, scale=0.01)
    assert first.files[0].name == "demo shop, scale 0.01, seed 2010"
    assert first.files[0].loaded == first.after.lines > 1000
    assert not load_demo(warehouse, scale=0.01).done


def two_years(real_data):
    """Two parts of nine months or more of the real lines, whose nine days of December are in both."""
    import duckdb

    query = (
        "SELECT InvoiceNo || '{mark}', StockCode, Description, Quantity, InvoiceDate - INTERVAL {years} YEAR, "
        "UnitPrice::DECIMAL(12, 3), CustomerID::VARCHAR, Country FROM read_parquet(?) WHERE InvoiceDate {days} "
        "ORDER BY InvoiceDate, InvoiceNo, StockCode, Quantity"
    )
    with duckdb.connect() as connection:

        def rows(mark, years, days):
            return connection.execute(query.format(mark=mark, years=years, days=days), [str(real_data)]).fetchall()

        overlap = rows("", 0, "< '2010-12-10'")
        # A part of the first year, moved a year back, is enough of it: what matters is the overlap.
        return [*rows("9", 1, ">= '2011-11-20' AND InvoiceDate < '2011-12-01'"), *overlap], [
            *overlap,
            *rows("", 0, ">= '2010-12-10' AND InvoiceDate < '2010-12-20'"),
        ]


def cut_inside_an_invoice(lines):
    """The lines in two pieces, whose border is in the middle of an invoice of several lines."""
    numbers = [one[0] for one in lines]
    middle = next(place for place in range(len(lines) // 2, len(lines)) if numbers[place - 3] == numbers[place + 2])
    return lines[:middle], lines[middle:]


def as_files(parts, kind, folder):
    """The parts of an export of one kind: a workbook of a sheet each, a file each, or all of these in an archive."""
    if kind == "workbook":
        return [write_workbook(folder / "all.xlsx", {f"Part {number}": part for number, part in enumerate(parts)})]
    write = {"copy": write_copy_dump, "insert": write_insert_dump, "parquet": write_parquet}.get(kind, write_csv)
    files = [write(folder / f"part-{number}", part) for number, part in enumerate(parts, start=9)]
    if kind == "zip":
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            for file in reversed(files):
                archive.write(file, f"export/{file.name}.csv")
        return [folder / "all.zip"]
    return files


def test_two_sheets_with_nine_days_in_both_give_one_warehouse_from_any_source(new_warehouse, real_data, tmp_path):
    """And an invoice that the border of two parts cuts is whole."""
    first, second = two_years(real_data)
    overlap = 22_523
    every = len(first) + len(second) - overlap
    assert every == len({id(one) for one in (*first, *second)})
    parts = [first, *cut_inside_an_invoice(second)]
    cut = parts[2][0][0]
    found = {}
    for kind in ("workbook", "csv", "zip", "copy", "insert", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        files = as_files(parts, kind, folder)
        for engine in ("duckdb", "postgresql"):
            warehouse = new_warehouse(engine)
            report = load_all(warehouse, *files)
            assert report.after.lines == every
            assert sum(file.replaced for file in report.files) == overlap
            assert sum(file.rejected for file in report.files) == 0
            assert "came more than once in this load" in report.text()
            assert f"1 invoice that the border of two parts cuts was taken as one: {cut}." in report.text()
            found[kind, engine] = lines_in(warehouse)
    assert all(lines == found["csv", "duckdb"] for lines in found.values())


@pytest.mark.parametrize("figure", [(541_909, Decimal("9747747.934"))])
def test_the_real_export_adds_up(warehouse, real_data, figure):
    report = load_all(warehouse, real_data)
    assert (report.after.lines, report.after.amount) == figure


def test_the_memory_of_a_load_grows_with_its_lines_and_those_that_there_are(new_warehouse, tmp_path, monkeypatch):
    """A hundred million lines end in an error with what is plenty for one."""
    asked = []
    run = EmbeddedTarget.run
    monkeypatch.setattr(
        EmbeddedTarget, "run", lambda target, statement: asked.append(statement) or run(target, statement)
    )
    monkeypatch.setattr(connect, "_BYTES_A_LINE", 100 * 2**20)
    warehouse = new_warehouse("duckdb")
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")]))
    load_all(warehouse, write_csv(tmp_path / "b.csv", invoice("3")))
    limits = [statement for statement in asked if "memory_limit" in statement]
    assert limits == ["SET memory_limit = '600MB'", "SET memory_limit = '900MB'"]


def test_a_stage_has_memory_for_the_lines_that_it_read(tmp_path, monkeypatch):
    monkeypatch.setattr(connect, "_BYTES_A_LINE", 100 * 2**20)
    source = fingerprint(write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2")]))
    with stage(tmp_path, lambda _: set()) as staged:
        for part in parts_of(source, Stated(), tmp_path):
            staged.add(part, Stated())
        assert staged.run("SELECT current_setting('memory_limit')") == [("572.2 MiB",)]
