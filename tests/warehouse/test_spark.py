"""Spark SQL as a warehouse: read as others made it, never written, and nothing left on the cluster."""

import json
from urllib.request import urlopen

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from lgs_excel.cli import main
from lgs_excel.errors import InputError, WarehouseError
from lgs_excel.loading.load import load
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.schema import found_retail
from lgs_excel.warehouse.snapshot import Snapshot, open_snapshot
from tests import spark
from tests.analytics.compare_tables import assert_same
from tests.analytics.small_shop import Shop, every_table
from tests.conftest import settings_for
from tests.warehouse.test_lines import LINES as TYPED_LINES
from tests.warehouse.test_snapshot import FILTERS, LINES, rows_of

SPARK_TYPES = {
    "unit_price": ["FLOAT", "DOUBLE", "DECIMAL(10,3)", "DECIMAL(38,6)", "STRING", "VARCHAR(20)"],
    "customer_id": ["FLOAT", "DOUBLE", "INT", "BIGINT", "DECIMAL(10,1)", "CHAR(5)"],
    "quantity": ["BIGINT", "DOUBLE", "DECIMAL(12,2)", "STRING"],
    "invoice_date": ["TIMESTAMP", "STRING"],
}
# Each in one table with the first, second ... of the others, so that a few tables show all.
TYPES = [{column: kinds[number % len(kinds)] for column, kinds in SPARK_TYPES.items()} for number in range(6)]


@pytest.fixture(scope="module")
def shop(new_url, spark_server):
    """A database whose `retail` holds LINES."""
    made = Shop(open_warehouse(settings_for(new_url("spark"))))
    made(*LINES)
    return made


@pytest.fixture(scope="module")
def typed(new_url, spark_server):
    """A database with TYPED_LINES in a table `plain`, and the answers that they give."""
    warehouse = open_warehouse(settings_for(new_url("spark")))
    answers = every(Shop(warehouse)(*TYPED_LINES))
    statements(warehouse, "CREATE TABLE plain AS SELECT * FROM retail", "DROP TABLE retail")
    return warehouse, answers


def every(shop):
    with open_snapshot(shop.warehouse, shop.settings) as snapshot:
        return every_table(snapshot)


def statements(warehouse, *lines):
    spark.run(warehouse.url.render_as_string(hide_password=False), *lines)


@pytest.mark.parametrize("types", TYPES, ids=lambda types: "-".join(types.values()))
def test_columns_of_other_types_give_the_same_figures(typed, types):
    warehouse, expected = typed
    columns = ["invoice_no", "stock_code", "description", "quantity", "invoice_date", "unit_price", "customer_id"]
    cast = ", ".join(f"CAST({name} AS {types[name]}) AS {name}" if name in types else name for name in columns)
    statements(
        warehouse,
        "DROP VIEW IF EXISTS retail",
        "DROP TABLE IF EXISTS sale_line",
        f"CREATE TABLE sale_line AS SELECT country, {cast} FROM plain",
        "CREATE VIEW retail AS SELECT * FROM sale_line",
    )
    found = every(Shop(warehouse))
    assert found.keys() == expected.keys()
    for name, table in expected.items():
        assert_same(found[name], table)


def test_a_value_that_cannot_be_cast_is_an_error_in_one_line(typed):
    warehouse, _ = typed
    statements(
        warehouse,
        "DROP VIEW IF EXISTS retail",
        "CREATE VIEW retail AS SELECT 'six' AS quantity, * EXCEPT (quantity) FROM plain",
    )
    with pytest.raises(WarehouseError, match=r"could not answer: \[CAST_INVALID_INPUT\].*'six'") as caught:
        every(Shop(warehouse))
    assert "\n" not in str(caught.value)


def test_types_are_read_as_spark_names_them(shop):
    with shop.warehouse.reading() as connection:
        types = {column.name: str(column.type) for column in found_retail(connection, "here").c}
    assert types["unit_price"] == "NUMERIC(12, 4)"
    assert types["invoice_date"] == "DATETIME"
    assert types["quantity"] == "INTEGER"


@pytest.fixture
def rows_given(monkeypatch):
    """The rows that each statement gave to an analysis, as a growing list."""
    given = []
    execute = Snapshot._execute

    def noting(snapshot, select):
        frozen = execute(snapshot, select).freeze()
        given.append(sorted((tuple(map(str, row)) for row in frozen().all()), key=str))
        return frozen()

    monkeypatch.setattr(Snapshot, "_execute", noting)
    return given


@pytest.mark.parametrize("filters", [{}, FILTERS], ids=["everything", "filtered"])
def test_the_statements_that_are_shown_run_as_they_are_and_give_the_same_rows(shop, rows_given, filters):
    with open_snapshot(shop.warehouse, shop.settings, parse_filters(**filters)) as snapshot:
        every_table(snapshot)
        shown = snapshot.statements
    found = [sorted((tuple(map(str, row)) for row in rows), key=str) for rows in rows_of(shop.warehouse, shown)]
    assert found == rows_given


def test_a_setting_with_a_backslash_is_understood(shop):
    digits = settings_for(shop.settings.warehouse_url, product_code_pattern=r"^\d{5}$")
    assert shop.show("products", settings=digits)["stock_code"].tolist() == ["22423"]


def cached(server):
    """What the cluster keeps in memory, as its monitoring pages say."""
    with urlopen(f"{server.ui}/api/v1/applications") as answer:  # noqa: S310 - the server that the test started
        application = json.load(answer)[0]["id"]
    with urlopen(f"{server.ui}/api/v1/applications/{application}/storage/rdd") as answer:  # noqa: S310 - the server that the test started
        return [kept["name"] for kept in json.load(answer)]


def test_the_rollups_are_kept_while_a_refresh_lasts_and_no_longer(shop, spark_server):
    with open_snapshot(shop.warehouse, shop.settings) as snapshot:
        every_table(snapshot)
        during = cached(spark_server)
        with shop.warehouse.reading() as other:
            assert sa.inspect(other).get_table_names() == ["retail"]
    names = ("invoice", "invoice_amount", "product", "recent")
    assert sorted(during) == [f"In-memory table lgs_{name}" for name in names]
    assert cached(spark_server) == []


def test_a_refresh_that_fails_keeps_nothing_either(shop, spark_server):
    with pytest.raises(InputError), open_snapshot(shop.warehouse, shop.settings, parse_filters(["Atlantis"])):
        pass
    assert cached(spark_server) == []


def test_a_database_without_the_table_says_so(new_url, spark_server):
    with pytest.raises(WarehouseError, match=r"has no table 'retail'"):
        every(Shop(open_warehouse(settings_for(new_url("spark")))))


def test_a_database_that_is_not_there_is_said_in_one_line(shop):
    url = shop.warehouse.url.set(database="nowhere").render_as_string()
    with pytest.raises(WarehouseError, match=r"can't be opened: \[SCHEMA_NOT_FOUND\].*nowhere") as caught:
        every(Shop(open_warehouse(settings_for(url))))
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_without_its_password(spark_server):
    warehouse = open_warehouse(settings_for("hive://lgs:planted-secret@127.0.0.1:1/lgs?auth=LDAP"))
    with pytest.raises(WarehouseError, match=r"127\.0\.0\.1:1/lgs.*can't be opened") as caught:
        warehouse.reading().__enter__()
    assert "planted-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_without_the_way_to_use_it_is_said(spark_server):
    warehouse = open_warehouse(settings_for("hive://lgs:planted-secret@127.0.0.1:1/lgs"))
    with pytest.raises(WarehouseError, match="Password should be set if and only if in LDAP or CUSTOM mode") as caught:
        warehouse.reading().__enter__()
    assert "planted-secret" not in str(caught.value)


def test_loading_into_it_is_refused_before_a_file_is_read(shop, tmp_path):
    with pytest.raises(WarehouseError, match=r"only read by lgs-excel: Spark's own tools load it, as docs/scale.md"):
        load([tmp_path / "no such file"], shop.warehouse, Settings())


def test_the_command_line_shows_and_reports(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    url, out = shop.settings.warehouse_url, tmp_path / "report.xlsx"

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["lgs-excel", *arguments, "--warehouse", url])
        try:
            main()
        except SystemExit as ended:
            return ended.code or 0
        return 0

    assert run("show", "sales", "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [month["net"] for month in shown] == shop.column("sales", "net")
    assert run("report", "--out", str(out)) == 0
    assert "Summary" in load_workbook(out).sheetnames
    assert run("load", str(out)) == 1
    assert capsys.readouterr().err.count("\n") == 1
