"""The demo shop has the shape and every oddity of a real shop's export, and is the same wherever it is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pytest

from lgs_excel.errors import InputError
from lgs_excel.loading import demo
from lgs_excel.loading.demo import make_demo_shop

LINE = """
CREATE VIEW line AS SELECT *,
    quantity * unit_price AS amount,
    date_trunc('month', invoice_date)::DATE AS month,
    regexp_matches(upper(trim(stock_code)), '^([0-9]{5}[A-Z]{0,2}|DCGS.*)$') AS is_product,
    CASE
        WHEN invoice_no LIKE 'A%' THEN 'adjustment'
        WHEN invoice_no LIKE 'C%' THEN 'cancellation'
        WHEN quantity > 0 AND unit_price > 0 THEN 'sale'
        WHEN quantity > 0 AND unit_price = 0 THEN 'free'
        ELSE 'correction'
    END AS kind
FROM demo_line"""


def rows(connection: duckdb.DuckDBPyConnection, question: str) -> list[tuple[Any, ...]]:
    return connection.execute(question).fetchall()


def digest(*, scale: float = 0.01, seed: int = 2010, threads: int = 1) -> tuple[Any, ...]:
    """Lines, and a hash of every cell and its place."""
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {threads}")
        make_demo_shop(connection, scale=scale, seed=seed)
        return rows(connection, "SELECT count(*), bit_xor(hash(rowid, demo_line)) FROM demo_line")[0]


@contextmanager
def a_shop(scale: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """The table demo_line, and the view line, which has each line's kind beside it."""
    with duckdb.connect() as connection:
        make_demo_shop(connection, scale=scale)
        connection.execute(LINE)
        yield connection


@pytest.fixture(scope="module")
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    """About 100,000 lines, made in several batches as a large shop is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "VISITS_PER_BATCH", 700)
        with a_shop(scale=0.1) as connection:
            yield connection


def test_the_same_seed_gives_the_same_shop():
    assert digest() == digest()


def test_another_seed_gives_another_shop():
    assert digest()[1] != digest(seed=2011)[1]


def test_the_number_of_threads_does_not_matter():
    # Large enough that DuckDB splits the work.
    assert digest(scale=0.3, threads=1) == digest(scale=0.3, threads=4)


def test_the_columns_are_those_of_the_shops_table(shop):
    columns = [(name, kind) for name, kind, *_ in rows(shop, "DESCRIBE demo_line")]
    assert columns == [
        ("invoice_no", "VARCHAR"),
        ("stock_code", "VARCHAR"),
        ("description", "VARCHAR"),
        ("quantity", "INTEGER"),
        ("invoice_date", "TIMESTAMP"),
        ("unit_price", "DECIMAL(12,4)"),
        ("customer_id", "VARCHAR"),
        ("country", "VARCHAR"),
    ]


def test_any_name_of_table_will_do_and_is_replaced():
    with duckdb.connect() as connection:
        make_demo_shop(connection, 'the "demo"', scale=0.01)
        make_demo_shop(connection, 'the "demo"', scale=0.01)
        tables = rows(connection, "SELECT table_name FROM information_schema.tables")
        assert tables == [('the "demo"',)]  # and nothing else is left behind
        assert 9_000 < rows(connection, 'SELECT count(*) FROM "the ""demo"""')[0][0] < 13_000


@pytest.mark.parametrize("scale", [0, 0.009, 100.1, -1, float("nan")])
def test_a_scale_out_of_range_is_refused(scale):
    with duckdb.connect() as connection:
        with pytest.raises(InputError) as refusal:
            make_demo_shop(connection, scale=scale)
        assert str(refusal.value) == (
            f"The demo shop's scale is {scale}; it must be from 0.01 to 100. Say 1 for about a million lines."
        )
        assert rows(connection, "SHOW TABLES") == []


def test_the_history_ends_in_an_unfinished_month(shop):
    span = "SELECT min(invoice_date)::VARCHAR, max(invoice_date)::VARCHAR, count(DISTINCT month) FROM line"
    assert rows(shop, span) == [("2023-12-01 08:00:00", "2025-12-09 12:50:00", 25)]


def test_closed_days_have_no_lines(shop):
    on_closed_days = """
        SELECT DISTINCT invoice_date::DATE FROM line
        WHERE dayname(invoice_date) = 'Saturday' OR strftime(invoice_date, '%m-%d') NOT BETWEEN '01-04' AND '12-23'
        OR invoice_date::DATE IN (
            '2024-03-29', '2024-03-31', '2024-04-01', '2024-05-06', '2024-05-27', '2024-08-26',
            '2025-04-18', '2025-04-20', '2025-04-21', '2025-05-05', '2025-05-26', '2025-08-25'
        )"""
    assert rows(shop, on_closed_days) == []
    weekdays = rows(shop, "SELECT DISTINCT dayname(invoice_date) FROM line")
    assert len(weekdays) == 6
    open_days = rows(shop, "SELECT count(DISTINCT invoice_date::DATE) FROM line")[0][0]
    assert 600 <= open_days <= 602


def test_lines_are_taken_in_opening_hours_most_of_them_around_noon(shop):
    assert (
        rows(shop, "SELECT DISTINCT hour(invoice_date) FROM line WHERE hour(invoice_date) NOT BETWEEN 8 AND 20") == []
    )
    around_noon = "SELECT avg((hour(invoice_date) BETWEEN 11 AND 13)::INT) FROM line"
    assert 0.35 < rows(shop, around_noon)[0][0] < 0.55


def test_lines_and_invoice_numbers_are_in_date_order(shop):
    out_of_order = """
        SELECT * FROM (
            SELECT invoice_date, ltrim(invoice_no, 'CA')::INT AS number,
                lag(invoice_date) OVER line AS date_before, lag(number) OVER line AS number_before
            FROM demo_line WINDOW line AS (ORDER BY rowid)
        ) WHERE invoice_date < date_before OR number NOT IN (number_before, number_before + 1)"""
    assert rows(shop, out_of_order) == []


def test_an_invoice_has_one_number_of_six_digits_one_date_and_one_customer(shop):
    mixed = """
        SELECT ltrim(invoice_no, 'CA') FROM demo_line GROUP BY 1
        HAVING count(DISTINCT (invoice_no, invoice_date, customer_id, country)) > 1
        OR length(ltrim(invoice_no, 'CA')) <> 6"""
    assert rows(shop, mixed) == []


@pytest.mark.parametrize("scale", [0.01, 0.1])
def test_every_kind_of_line_is_there(scale):
    with a_shop(scale) as connection:
        kinds = dict(rows(connection, "SELECT kind, count(*) FROM line GROUP BY kind"))
    share = {kind: lines / sum(kinds.values()) for kind, lines in kinds.items()}
    assert share.keys() == {"sale", "cancellation", "adjustment", "free", "correction"}
    assert share["sale"] > 0.97
    assert 0.012 < share["cancellation"] < 0.023
    assert 0 < share["adjustment"] < 0.001
    assert 0.001 < share["free"] < 0.005
    assert 0.001 < share["correction"] < 0.005


@pytest.mark.parametrize(
    "oddity",
    [
        "invoice_no LIKE 'A%' AND description = 'Adjust bad debt' AND stock_code = 'B' AND unit_price < 0",
        "kind = 'correction' AND unit_price = 0 AND customer_id IS NULL AND description IS NULL",
        "kind = 'correction' AND unit_price = 0 AND customer_id IS NULL AND description = 'damaged'",
        "kind = 'correction' AND unit_price = 0 AND customer_id IS NULL AND description = '?'",
        "kind = 'free' AND customer_id IS NOT NULL",
        "stock_code LIKE 'DCGS%' AND is_product AND kind = 'sale'",
        "stock_code = 'gift_0001_20' AND NOT is_product",
        "unit_price = 0.001",
        "stock_code <> upper(stock_code) AND is_product",
        "description LIKE '% '",
        "country = 'Unspecified'",
        "customer_id IS NULL AND kind = 'sale'",
        "regexp_matches(stock_code, '^[0-9]{5}[A-Z]{2}$')",
        *(f"stock_code = '{code}' AND amount > 0 AND NOT is_product" for code in ("POST", "DOT", "C2", "M")),
        *(f"stock_code = '{code}' AND kind = 'cancellation'" for code in ("D", "S", "M", "AMAZONFEE", "BANK CHARGES")),
    ],
)
def test_every_oddity_is_there(shop, oddity):
    assert 1 <= len(shop.table("line").filter(oddity).fetchall()) < 30_000


def test_a_stock_code_may_be_in_lower_case_for_the_same_product(shop):
    spelled_both_ways = """
        SELECT upper(stock_code) FROM line WHERE kind = 'sale' AND is_product
        GROUP BY 1 HAVING count(DISTINCT stock_code) = 2
        AND count(DISTINCT rtrim(replace(description, ', BOXED', ''))) = 1"""
    assert len(rows(shop, spelled_both_ways)) > 10


def test_some_products_have_two_descriptions_one_of_them_the_usual(shop):
    usual_share = """
        SELECT max(lines) / sum(lines) FROM (
            SELECT stock_code, description, count(*) AS lines FROM line WHERE kind = 'sale' AND is_product GROUP BY ALL
        ) GROUP BY stock_code HAVING count(*) > 1 AND sum(lines) > 60"""
    shares = [share for (share,) in rows(shop, usual_share)]
    assert len(shares) > 10
    assert 0.5 < sum(shares) / len(shares) < 0.9


def test_one_customer_has_two_countries(shop):
    moved = "SELECT customer_id FROM line WHERE customer_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT country) > 1"
    assert len(rows(shop, moved)) == 1


def test_one_line_in_a_hundred_is_there_twice(shop):
    extra = "SELECT 1 - (SELECT count(*) FROM (SELECT DISTINCT * FROM demo_line)) / count(*) FROM demo_line"
    assert 0.008 < rows(shop, extra)[0][0] < 0.012


def test_a_cancelled_product_was_bought_before_by_the_same_customer_at_that_price(shop):
    unfounded = """
        SELECT * FROM line AS cancelled WHERE kind = 'cancellation' AND is_product AND NOT EXISTS (
            FROM line AS sold WHERE sold.kind = 'sale' AND sold.stock_code = cancelled.stock_code
            AND sold.customer_id IS NOT DISTINCT FROM cancelled.customer_id AND sold.unit_price = cancelled.unit_price
            AND sold.quantity >= -cancelled.quantity AND sold.invoice_date < cancelled.invoice_date)"""
    assert rows(shop, unfounded) == []


def test_giant_orders_are_cancelled_within_minutes(shop):
    pairs = """
        SELECT sold.invoice_date, date_diff('minute', sold.invoice_date, cancelled.invoice_date)
        FROM line AS sold JOIN line AS cancelled USING (customer_id, stock_code)
        WHERE sold.quantity > 4000 AND cancelled.quantity = -sold.quantity ORDER BY 1"""
    assert [minutes for _, minutes in rows(shop, pairs)] == [12, 8]


def test_sales_build_up_to_november(shop):
    by_month = "SELECT count(DISTINCT invoice_no) FROM line WHERE kind = 'sale' GROUP BY month ORDER BY month"
    invoices = [count for (count,) in rows(shop, by_month)]
    for year in (invoices[:12], invoices[12:24]):
        median = sorted(year)[6]
        *_, september, october, november = year
        assert median < september < october < november
        assert 1.6 < november / median < 2.6
    net = rows(shop, "SELECT sum(amount) FROM line WHERE invoice_date < '2025-12-01'")[0][0]
    assert 1.7e6 < net < 2.4e6  # pounds in two years, a tenth of the full size


def test_trade_grows_mildly_from_year_to_year():
    clock = demo._clock(np.random.Generator(np.random.PCG64(2010)))
    first_year, two_years = clock.trade_at(datetime(2024, 12, 1)), clock.trade_at(datetime(2025, 12, 1))
    assert first_year == pytest.approx(1)
    assert 1.03 < two_years - first_year < 1.13


def test_invoices_are_of_the_usual_size(shop):
    amounts = """
        SELECT avg(amount), median(amount), avg(lines) FROM (
            SELECT sum(amount) AS amount, count(*) AS lines FROM line WHERE kind = 'sale' GROUP BY invoice_no)"""
    mean, median, lines = (float(value) for value in rows(shop, amounts)[0])
    assert 430 < mean < 620
    assert 250 < median < 350
    assert 22 < lines < 31


def test_a_quarter_of_the_lines_has_no_customer_and_nine_in_ten_are_from_home(shop):
    without, home = rows(
        shop, "SELECT avg((customer_id IS NULL)::INT), avg((country = 'United Kingdom')::INT) FROM line"
    )[0]
    assert 0.18 < without < 0.32
    assert 0.8 < home < 0.97


def test_customers_join_and_lapse(shop):
    years = """
        SELECT count_if(first AND second), count_if(first AND NOT second), count_if(second AND NOT first)
        FROM (SELECT bool_or(invoice_date < '2024-12-01') AS first, bool_or(invoice_date >= '2024-12-01') AS second
              FROM line WHERE kind = 'sale' AND customer_id IS NOT NULL GROUP BY customer_id)"""
    stayed, lapsed, joined = rows(shop, years)[0]
    assert 0.5 < stayed / (stayed + lapsed) < 0.8
    assert 0.25 < joined / (stayed + joined) < 0.5


def test_a_few_products_sell_most_and_christmas_is_before_christmas(shop):
    top = """
        SELECT sum(lines) FILTER (place <= 10) / sum(lines) FROM (
            SELECT count(*) AS lines, row_number() OVER (ORDER BY count(*) DESC) AS place
            FROM line WHERE is_product GROUP BY upper(stock_code))"""
    assert 0.03 < rows(shop, top)[0][0] < 0.1
    festive = """
        SELECT avg((month(invoice_date) BETWEEN 9 AND 12)::INT) FROM line
        WHERE contains(description, 'MISTLETOE') OR contains(description, 'CHRISTMAS')"""
    assert rows(shop, festive)[0][0] > 0.85


def test_a_larger_shop_has_more_customers_not_longer_invoices(shop):
    size = "SELECT count(DISTINCT customer_id), count(*) / count(DISTINCT invoice_no) FROM demo_line"
    with a_shop(scale=0.2) as connection:
        customers, lines = rows(connection, size)[0]
    fewer_customers, fewer_lines = rows(shop, size)[0]
    assert customers / fewer_customers == pytest.approx(2, rel=0.1)
    assert lines / fewer_lines == pytest.approx(1, rel=0.1)
