"""What kind of line each line of `retail` is, and its amount; the one place where columns of others' types are cast."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa

KINDS = ("sale", "cancellation", "adjustment", "free", "correction")
NO_COUNTRY = "Unspecified"  # what the shop's own export calls it

Expression = sa.ColumnElement[Any]


def typed_lines(retail: sa.FromClause) -> sa.Select[Any]:
    """Every line of `retail`: invoice_no, stock_code, description, customer_id, country (text), invoice_date
    (timestamp), quantity (integer), amount (exact), kind (one of KINDS).

    A customer that reads "17850.0" is "17850"; an empty one is null; a country that is null or empty is
    "Unspecified".
    """
    column = retail.c
    invoice_no = as_text(column.invoice_no)
    quantity = _integer(column.quantity)
    price = _exact(column.unit_price)
    return sa.select(
        invoice_no.label("invoice_no"),
        sa.func.upper(sa.func.trim(as_text(column.stock_code))).label("stock_code"),
        as_text(column.description).label("description"),
        _customer(column.customer_id).label("customer_id"),
        sa.func.coalesce(sa.func.nullif(as_text(column.country), ""), NO_COUNTRY).label("country"),
        _timestamp(column.invoice_date).label("invoice_date"),
        quantity.label("quantity"),
        price.label("unit_price"),
        sa.type_coerce(quantity * price, sa.Numeric).label("amount"),
        _kind(invoice_no, quantity, price).label("kind"),
    )


def exported_lines(retail: sa.TableClause) -> sa.Select[Any]:
    """Every line of `retail` with its eight columns as we make them, whatever types others gave them: nothing trimmed,
    no country made up.
    """
    column = retail.c
    return sa.select(
        as_text(column.invoice_no).label("invoice_no"),
        as_text(column.stock_code).label("stock_code"),
        as_text(column.description).label("description"),
        _integer(column.quantity).label("quantity"),
        _timestamp(column.invoice_date).label("invoice_date"),
        _exact(column.unit_price).label("unit_price"),
        _customer(column.customer_id).label("customer_id"),
        as_text(column.country).label("country"),
    )


def _kind(invoice_no: Expression, quantity: Expression, price: Expression) -> Expression:
    """Tested in this order, so that every line is of exactly one kind."""
    return sa.case(
        (_starts_with(invoice_no, "A"), "adjustment"),
        (_starts_with(invoice_no, "C"), "cancellation"),
        (sa.and_(quantity > 0, price > 0), "sale"),
        (sa.and_(quantity > 0, price == 0), "free"),
        else_="correction",
    )


def is_of(line: Any, *kinds: Literal["sale", "cancellation"]) -> Expression:
    """Whether a line is of one of `kinds`. line: columns of `typed_lines`.

    For the lines themselves, by its columns: what the kind is, an engine works out anew for each text that it is
    compared with, a third of the cost of a scan, and PostgreSQL takes it that it hardly ever equals one.
    """
    adjusted, cancelled = _starts_with(line.invoice_no, "A"), _starts_with(line.invoice_no, "C")
    sold = sa.and_(line.quantity > 0, line.unit_price > 0, sa.not_(adjusted))
    if "cancellation" not in kinds:
        return sa.and_(sold, sa.not_(cancelled))
    return sa.or_(cancelled, sold) if "sale" in kinds else cancelled


def _starts_with(text: Expression, letter: str) -> Expression:
    # For every line: an engine compares a letter faster than it makes a capital of it.
    return sa.or_(text.like(f"{letter}%"), text.like(f"{letter.lower()}%"))


def is_product(stock_code: Expression, pattern: str) -> Expression:
    """Whether a stock code (upper-cased, trimmed) is a product's; any other is a charge (postage, fees)."""
    return stock_code.regexp_match(pattern)


def as_text(column: Expression) -> Expression:
    """A column as text, whatever type others gave it."""
    return column if isinstance(column.type, sa.String) else sa.cast(column, sa.Text)


def _integer(column: Expression) -> Expression:
    return column if isinstance(column.type, sa.Integer) else sa.cast(column, sa.Integer)


def _timestamp(column: Expression) -> Expression:
    exact = isinstance(column.type, sa.DateTime) and not column.type.timezone
    return column if exact else sa.cast(column, sa.DateTime)


def _exact(column: Expression) -> Expression:
    """Through text where the type is binary: the shortest text of 16888.02 as `real` is the price that was
    meant, while a direct cast keeps six digits only (PostgreSQL) or the nearest binary fraction.
    """
    if isinstance(column.type, sa.Integer) or (
        isinstance(column.type, sa.Numeric) and not isinstance(column.type, sa.Float)
    ):
        return column
    return sa.cast(sa.cast(column, sa.Text), sa.Numeric(18, 4))


def _customer(column: Expression) -> Expression:
    if isinstance(column.type, sa.Numeric | sa.Float):  # 17850.0, as pandas writes an integer column that has gaps
        return sa.cast(sa.cast(column, sa.BigInteger), sa.Text)
    text = as_text(column)
    whole = sa.func.substr(text, 1, sa.func.length(text) - 2)
    return sa.func.nullif(sa.case((text.like("%.0"), whole), else_=text), "")
