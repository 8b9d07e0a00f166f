"""One refresh's view of the warehouse: consistent, read-only, and shown as SQL that runs."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from lgs_excel.analytics.catalogue import CATALOGUE, Options
from lgs_excel.errors import InputError, WarehouseError
from lgs_excel.warehouse.connect import open_warehouse
from lgs_excel.warehouse.filters import parse_filters
from lgs_excel.warehouse.schema import retail
from lgs_excel.warehouse.snapshot import Snapshot, open_snapshot
from tests.analytics.small_shop import Line, every_table, fill
from tests.conftest import settings_for

LINES = [
    Line(
        f"{'C' if n % 9 == 4 else ''}{n // 2}",
        f"2011-0{1 + n % 3}-1{n % 5} 10:00",
        (None, "17850", "12346", "12347.0", "12348", "12349", "12350")[n % 7],
        -1 if n % 9 == 4 else 1 + n % 4,
        ("2.55", "0.001", "16888.02", "0.00")[n % 4],
        ("22423", "85123a", "POST")[n % 3],
        ("France", "Cote d'Ivoire", "100% :colon")[n % 3],
        ("CAKESTAND", "it's 100% :off", "back\\slash")[n % 3],
    )
    for n in range(60)
]
FILTERS = {
    "countries": ["cote d'ivoire", "100% :colon"],
    "from_month": "2011-01",
    "to_month": "2011-03",
    "as_of": "2011-03-20",
}


@pytest.fixture
def shop(warehouse, settings):
    """A warehouse of a few lines."""
    fill(warehouse, LINES)
    return lambda **filters: open_snapshot(warehouse, settings, parse_filters(**filters))


def test_an_empty_warehouse_says_how_to_fill_it(warehouse, settings):
    fill(warehouse, [])
    with pytest.raises(
        WarehouseError, match=r"is empty: its table `retail` has no lines\. Load an export with `lgs-ex"
    ):
        open_snapshot(warehouse, settings).__enter__()


def test_a_warehouse_without_the_table_says_so(warehouse, settings):
    with warehouse.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (n INTEGER)")
    with pytest.raises(WarehouseError, match=r"has no table 'retail'\. Load an export with `lgs-excel load FILE`, or"):
        open_snapshot(warehouse, settings).__enter__()


def test_another_retail_is_told_by_what_it_lacks(warehouse, settings):
    columns = "invoice_no TEXT, stock_code TEXT, quantity INTEGER, unit_price REAL, customer_id TEXT, country TEXT"
    with warehouse.writing() as connection:
        connection.exec_driver_sql(f"CREATE TABLE retail ({columns})")
    with pytest.raises(WarehouseError) as caught:
        open_snapshot(warehouse, settings).__enter__()
    assert "is not LGS's: it lacks description, invoice_date. Expected columns: invoice_no, stock_code," in str(
        caught.value
    )


def test_a_column_that_cannot_be_read_as_what_it_is_gives_one_line(warehouse, settings):
    fill(warehouse, [])
    with warehouse.writing() as connection:
        retail.drop(connection)
        columns = "invoice_no TEXT, stock_code TEXT, description TEXT, quantity TEXT, invoice_date TIMESTAMP"
        connection.exec_driver_sql(f"CREATE TABLE retail ({columns}, unit_price REAL, customer_id TEXT, country TEXT)")
        connection.exec_driver_sql("INSERT INTO retail VALUES ('1', '2', '', 'six', '2011-01-01', 1, '1', 'France')")
    with pytest.raises(WarehouseError, match=r"could not answer: .*six") as caught:
        open_snapshot(warehouse, settings).__enter__()
    assert "\n" not in str(caught.value)


def asked_beside(begin):
    """The snapshot that is asked of what is begun."""
    return begin(lambda seen: seen)()


def as_text(tables):
    return {name: table.to_csv() for name, table in tables.items()}


def tables_in(warehouse):
    with warehouse.reading() as connection:
        inspector = sa.inspect(connection)
        return inspector.get_table_names(), inspector.get_temp_table_names() if not warehouse.file else []


def test_reading_leaves_nothing_behind(shop, warehouse):
    before = tables_in(warehouse)
    with shop() as snapshot:
        every_table(snapshot)
    assert tables_in(warehouse) == before
    with warehouse.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(retail)) == len(LINES)


def test_reading_changes_no_byte_of_an_embedded_warehouse(duckdb_url):
    settings = settings_for(duckdb_url)
    warehouse = open_warehouse(settings)
    fill(warehouse, LINES)
    before = warehouse.file.read_bytes()
    with open_snapshot(warehouse, settings) as snapshot:
        every_table(snapshot)
    assert warehouse.file.read_bytes() == before
    assert [file.name for file in warehouse.file.parent.iterdir()] == ["lgs.duckdb"]


def test_a_snapshot_fails_without_leaving_anything_behind(shop, warehouse):
    before = tables_in(warehouse)
    with pytest.raises(InputError), shop(countries=["Atlantis"]):
        pass
    assert tables_in(warehouse) == before


def test_a_load_in_the_middle_of_a_refresh_is_not_seen(postgres_url):
    """All analyses agree with each other, whatever is written meanwhile."""
    settings = settings_for(postgres_url)
    warehouse = open_warehouse(settings)
    fill(warehouse, LINES)
    with open_snapshot(warehouse, settings) as snapshot:
        fill(warehouse, [*LINES, Line("999", "2011-12-30", "1", 1, "1000000")])
        tables = every_table(snapshot)
    assert not (tables["checks"]["result"] == "FAIL").any()
    assert tables["sales"]["month"].max().month == 3


def test_two_refreshes_at_once_do_not_meet(shop):
    with shop() as one, shop(countries=["France"]) as other:
        assert every_table(one)["sales"]["net"].sum() > every_table(other)["sales"]["net"].sum() > 0


@pytest.mark.parametrize("filters", [{}, FILTERS], ids=["everything", "filtered"])
def test_what_is_asked_beside_is_what_would_be_asked_in_turn(shop, filters):
    with shop(**filters) as snapshot, snapshot.concurrently() as begin:
        found = as_text(every_table(snapshot, begin=begin))
        other = asked_beside(begin)
        assert other is not snapshot
        assert "lgs_recent" in str(other.statements)
        assert "CREATE TEMPORARY TABLE lgs_product" in str(other.statements)
    with shop(**filters) as snapshot:
        assert found == as_text(every_table(snapshot))


def test_what_is_asked_beside_sees_no_load_either(postgres_url):
    settings = settings_for(postgres_url)
    warehouse = open_warehouse(settings)
    fill(warehouse, LINES)
    with open_snapshot(warehouse, settings) as snapshot:
        fill(warehouse, [*LINES, Line("999", "2011-03-14", "1", 1, "1000000")])
        with snapshot.concurrently() as begin:
            tables = every_table(snapshot, begin=begin)
    assert not (tables["checks"]["result"] == "FAIL").any()
    assert tables["products"]["revenue"].max() < 1_000_000


def test_after_an_error_what_has_not_begun_beside_is_not_asked(shop):
    asked, under_way, failed = [], threading.Event(), threading.Event()

    def first(_):
        under_way.set()
        failed.wait(10)

    def fail_beside():
        with shop() as snapshot, snapshot.concurrently() as begin:
            begin(first)
            begin(asked.append)
            under_way.wait(10)
            threading.Timer(0.2, failed.set).start()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_beside()
    assert failed.is_set()
    assert asked == []


def test_nothing_is_asked_beside_of_rollups_that_one_connection_made(warehouse, settings):
    fill(warehouse, LINES, rollups=False)
    with open_snapshot(warehouse, settings) as snapshot, snapshot.concurrently() as begin:
        assert asked_beside(begin) is snapshot


def test_a_server_that_does_not_know_the_view_of_another_is_not_asked_beside(postgres_url):
    settings = settings_for(postgres_url)
    warehouse = open_warehouse(settings)
    fill(warehouse, LINES)
    elsewhere = replace(warehouse, engine=replace(warehouse.engine, names_view="SELECT '00000003-0000001B-1'"))
    with open_snapshot(elsewhere, settings) as snapshot, snapshot.concurrently() as begin:
        assert asked_beside(begin) is snapshot
        assert len(every_table(snapshot)["sales"])


ROLES = {
    "a role that may read and make temporary tables": ["GRANT TEMPORARY ON DATABASE {database} TO {role}"],
    "a role that may only read": [],
}


@pytest.fixture(params=ROLES.values(), ids=ROLES.keys())
def reader_url(request, postgres_url):
    """A warehouse as a role sees it that owns nothing."""
    url = sa.make_url(postgres_url)
    role = f"reader_{url.database}"
    fill(open_warehouse(settings_for(postgres_url)), LINES)
    grants = [
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "CREATE ROLE {role} LOGIN PASSWORD 'reader'",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT SELECT ON retail TO {role}",
        *request.param,
    ]
    with open_warehouse(settings_for(postgres_url)).writing() as connection:
        for grant in grants:
            connection.exec_driver_sql(grant.format(database=url.database, role=role))
    yield url.set(username=role, password="reader").render_as_string(hide_password=False)  # noqa: S106 - made above
    with open_warehouse(settings_for(postgres_url)).writing() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")


@pytest.mark.parametrize("filters", [{}, FILTERS], ids=["everything", "filtered"])
def test_a_role_that_may_only_read_sees_the_same_figures(reader_url, postgres_url, filters, request):
    def tables(url):
        settings = settings_for(url)
        with open_snapshot(open_warehouse(settings), settings, parse_filters(**filters)) as snapshot:
            return as_text(every_table(snapshot)), snapshot.statements

    found, statements = tables(reader_url)
    assert found == tables(postgres_url)[0]
    tables_made = [statement for statement in statements if statement.startswith("CREATE")]
    assert len(tables_made) == (0 if "may only read" in request.node.callspec.id else 9)


def test_a_role_that_may_have_one_connection_is_asked_in_turn(reader_url, postgres_url):
    with open_warehouse(settings_for(postgres_url)).writing() as connection:
        connection.exec_driver_sql(f"ALTER ROLE {sa.make_url(reader_url).username} CONNECTION LIMIT 1")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {sa.make_url(reader_url).username}")
    settings = settings_for(reader_url)
    with open_snapshot(open_warehouse(settings), settings) as snapshot, snapshot.concurrently() as begin:
        assert snapshot.stored_rollups
        assert asked_beside(begin) is snapshot
        assert len(every_table(snapshot)["sales"])


@pytest.fixture
def rows_given(monkeypatch):
    """The rows that each statement gave to an analysis, as a growing list."""
    given = []
    execute = Snapshot._execute

    def noting(snapshot, select):
        given.append(sorted(map(tuple, execute(snapshot, select)), key=str))
        return snapshot.connection.execute(select)

    monkeypatch.setattr(Snapshot, "_execute", noting)
    return given


@pytest.mark.parametrize("filters", [{}, FILTERS], ids=["everything", "filtered"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_the_statements_that_are_shown_run_as_they_are_and_give_the_same_rows(
    shop, warehouse, rows_given, name, filters
):
    with shop(**filters) as snapshot:
        CATALOGUE[name].table(snapshot, Options())
        statements = snapshot.statements
    assert rows_of(warehouse, statements) == rows_given


def test_the_statements_of_a_role_without_temporary_tables_run_too(reader_url, rows_given):
    settings = settings_for(reader_url)
    warehouse = open_warehouse(settings)
    with open_snapshot(warehouse, settings, parse_filters(**FILTERS)) as snapshot:
        every_table(snapshot)
        statements = snapshot.statements
    assert rows_of(warehouse, statements) == rows_given


def test_a_setting_with_a_backslash_is_shown_so_that_it_runs(shop, warehouse, settings, rows_given):
    digits = settings_for(settings.warehouse_url, product_code_pattern=r"^\d{5}$")
    with open_snapshot(warehouse, digits) as snapshot:
        assert CATALOGUE["products"].table(snapshot, Options())["stock_code"].tolist() == ["22423"]
        statements = snapshot.statements
    assert rows_of(warehouse, statements) == rows_given


def rows_of(warehouse, statements):
    """The rows of each statement that asks for some, run one after the other by a plain client."""
    rows = []
    with warehouse.reading() as connection:
        cursor = connection.connection.cursor()
        for statement in statements:
            cursor.execute(statement)
            if not statement.startswith(("CREATE", "CACHE")):
                rows.append(sorted(cursor.fetchall(), key=str))
    return rows
