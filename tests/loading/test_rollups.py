"""The rollups that a load keeps in the warehouse are always those of its lines, or are not used."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from lgs_excel.analytics.customer import customer
from lgs_excel.loading.rejected_lines import export_rejected, rejected_lines
from lgs_excel.warehouse import rollups, schema
from lgs_excel.warehouse.connect import Warehouse
from lgs_excel.warehouse.filters import Filters
from lgs_excel.warehouse.lines import typed_lines
from lgs_excel.warehouse.schema import RETAIL, found_retail
from lgs_excel.warehouse.snapshot import open_snapshot
from tests.analytics.small_shop import every_table
from tests.conftest import settings_for
from tests.loading.exports import invoice, line, load_all, write_csv

SUMS = ("lines", "units", "amount", "codes")


def kept_and_made(warehouse: Warehouse) -> tuple[dict[str, list], dict[str, list]]:
    """Each rollup as it is kept, and as the lines that are there make it; rows of the same keys added up."""
    with warehouse.reading() as connection:
        lines = typed_lines(found_retail(connection, "here")).subquery("typed_line")

        def rows(found: sa.FromClause) -> list[tuple]:
            keys = [column for column in found.c if column.name not in SUMS]
            sums = [sa.func.sum(column) for column in found.c if column.name in SUMS]
            select = sa.select(*keys, *sums).group_by(*keys).having(sums[0] != 0)
            return sorted((tuple(row) for row in connection.execute(select)), key=repr)

        made = {table: make(lines).subquery() for table, make in rollups.KEPT.items()}
        same_order = {
            table: sa.select(*(found.c[column.name] for column in table.columns)).subquery()
            for table, found in made.items()
        }
        return (
            {table.name: rows(table) for table in rollups.KEPT},
            {table.name: rows(found) for table, found in same_order.items()},
        )


def require_right(warehouse: Warehouse) -> None:
    """The kept rollups are fresh, and right."""
    with warehouse.reading() as connection:
        assert rollups.fresh(connection, warehouse.engine)
    kept, made = kept_and_made(warehouse)
    assert kept == made


def is_fresh(warehouse: Warehouse) -> bool:
    with warehouse.reading() as connection:
        return rollups.fresh(connection, warehouse.engine) is not None


def some_invoices(chance: random.Random, most: int = 4) -> list[tuple]:
    """Invoices that come new, again, changed, longer and shorter, with lines that repeat others."""
    lines = []
    for number in chance.sample(range(40), 12):
        letter = "C" if number % 7 == 0 else "A" if number == 5 else ""
        for place in range(chance.randint(1, most)):
            one = line(
                f"{letter}{number}",
                chance.choice(("22423", "85123a", " 22423 ", "POST", "D", "21730", "84029G")),
                chance.choice(("CAKESTAND", "LANTERN", None)),
                chance.choice((1, 2, -3)),
                datetime(2011, 1 + number % 3, 28) + timedelta(hours=place * number),
                chance.choice(("2.55", "0", "1.0001")),
                chance.choice(("17850", None)) if number % 5 == 0 else "12346",
                chance.choice(("France", None)),
            )
            lines += [one] * chance.choice((1, 1, 1, 3))
    return lines


@pytest.mark.parametrize("seed", range(4))
def test_they_are_right_after_every_load(warehouse, tmp_path, seed):
    chance = random.Random(seed)
    for number in range(5):
        files = [write_csv(tmp_path / f"{number}{n}.csv", some_invoices(chance)) for n in range(chance.randint(1, 3))]
        load_all(warehouse, *files, accept_fewer=True)
        require_right(warehouse)
    kept, _ = kept_and_made(warehouse)
    assert all(kept.values())


def test_a_mended_line_is_added_to_what_its_invoice_had(warehouse, tmp_path):
    good, bad = [*invoice("1"), line("1", "22423")], list(line("1", "22423"))
    bad[3] = "six"
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("2"), *good, bad]), accept_rejects=True)
    export_rejected(rejected_lines(warehouse), tmp_path / "bad.csv")
    mended = (tmp_path / "bad.csv").read_text(encoding="utf-8").replace("six", "6")
    (tmp_path / "bad.csv").write_text(mended, encoding="utf-8")
    load_all(warehouse, tmp_path / "bad.csv")
    require_right(warehouse)
    kept, _ = kept_and_made(warehouse)
    assert [row[-1] for row in kept[schema.rollup_repeated.name]] == [1]  # the mended line equals one that was there


CHANGES = {
    "a line less": f"DELETE FROM {RETAIL} WHERE invoice_no = '1' AND stock_code = '22420'",
    "a line more": f"INSERT INTO {RETAIL} SELECT * FROM {RETAIL} WHERE stock_code = '22420' AND invoice_no = '1'",
    "another customer": f"UPDATE {RETAIL} SET customer_id = '1' WHERE invoice_no = '1'",
    "another minute": f"UPDATE {RETAIL} SET invoice_date = '2010-12-01 08:27' WHERE stock_code = '22420'",
    "prices that change places": (
        f"UPDATE {RETAIL} SET unit_price = CASE invoice_no WHEN '1' THEN 3.10 ELSE 2.55 END WHERE stock_code = '22420'"
    ),
    "a description less": f"UPDATE {RETAIL} SET description = NULL WHERE stock_code = '22420'",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_lines_that_others_change_are_seen(warehouse, tmp_path, change):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), *invoice("2", unit_price="3.10")]))
    assert is_fresh(warehouse)
    with warehouse.writing() as connection:
        connection.exec_driver_sql(change)
    assert not is_fresh(warehouse)
    load_all(warehouse, write_csv(tmp_path / "b.csv", invoice("3")))
    require_right(warehouse)


def test_a_warehouse_of_the_version_before_has_none_until_the_next_load(warehouse, tmp_path):
    load_all(warehouse, write_csv(tmp_path / "a.csv", invoice("1")))
    with warehouse.writing() as connection:
        connection.execute(sa.schema.DropTable(schema.rollup_order))
        connection.execute(sa.update(schema.lgs_schema).values(version=3))
    assert not is_fresh(warehouse)
    load_all(warehouse, write_csv(tmp_path / "b.csv", invoice("2")))
    require_right(warehouse)


def test_a_load_that_changes_nothing_makes_stale_ones_anew(warehouse, tmp_path):
    file = write_csv(tmp_path / "a.csv", invoice("1"))
    load_all(warehouse, file)
    with warehouse.writing() as connection:
        connection.execute(sa.delete(schema.rollup))
        connection.execute(sa.delete(schema.rollup_invoice))
    load_all(warehouse, file, again=True)
    require_right(warehouse)


@pytest.mark.parametrize("code", ["éa", "straße", "ﬁ"])
def test_what_the_engine_makes_capitals_of_counts(warehouse, tmp_path, code):
    load_all(warehouse, write_csv(tmp_path / "a.csv", [*invoice("1"), line("2", code)]))
    require_right(warehouse)
    load_all(warehouse, write_csv(tmp_path / "b.csv", [line("2", code, quantity=7), *invoice("3")]))
    require_right(warehouse)


def test_a_table_of_others_with_other_types_has_none(warehouse, tmp_path):
    columns = "invoice_no TEXT, stock_code TEXT, description TEXT, quantity INTEGER, invoice_date TIMESTAMP"
    with warehouse.writing() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE retail ({columns}, unit_price NUMERIC(18, 6), customer_id TEXT, country TEXT)"
        )
    load_all(warehouse, write_csv(tmp_path / "a.csv", invoice("1")))
    assert not is_fresh(warehouse)
    kept, _ = kept_and_made(warehouse)
    assert not any(kept.values())


def test_a_server_without_a_hash_of_lines_has_none(warehouse, tmp_path):
    older = replace(warehouse, engine=replace(warehouse.engine, has_fingerprint="SELECT false"))
    load_all(older, write_csv(tmp_path / "a.csv", invoice("1")))
    assert not is_fresh(warehouse)


FILTERS = {
    "everything": Filters(),
    "months": Filters(from_month=datetime(2011, 2, 1).date(), to_month=datetime(2011, 2, 1).date()),
    "a country": Filters(countries=("France",)),
    "a day": Filters(as_of=datetime(2011, 2, 29 - 1).date()),
}


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS.keys())
def test_every_figure_is_the_same_with_and_without_them(warehouse, tmp_path, filters):
    settings = settings_for(warehouse.url.render_as_string(hide_password=False), largest_basket=2, least_pairs=1)
    chance = random.Random(1)
    for number in range(3):
        file = write_csv(tmp_path / f"{number}.csv", some_invoices(chance, most=9))
        load_all(warehouse, file, accept_fewer=True)

    def tables(*, kept: bool) -> dict[str, object]:
        with open_snapshot(warehouse, settings, filters, from_lines=not kept) as snapshot:
            assert snapshot.stored_rollups is kept
            return every_table(snapshot) | {"customer": customer(snapshot, "12346")}

    with_them, without = tables(kept=True), tables(kept=False)
    for name, table in with_them.items():
        assert table.equals(without[name]), name
