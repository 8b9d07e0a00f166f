"""What kind of line each line of `retail` is, and its amount; the one place where columns of others' types are cast."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

KINDS = ("sale", "cancellation", "adjustment", "free", "correction")
NO_COUNTRY = "Unspecified"  # what the shop's own export calls it

Expression = sa.ColumnElement[Any]


def typed_lines(retail: sa.TableClause) -> sa.Select[Any]:
    """Every line of `retail`: invoice_no, stock_code, description, customer_id, country (text), invoice_date
    (timestamp), quantity (integer), amount (exact), kind (one of KINDS).

    A customer that reads "17850.0" is "17850"; an empty one is null; a country that is null or empty is
    "Unspecified".
    """
    column = retail.c
    invoice_no = _text(column.invoice_no)
    quantity = _integer(column.quantity)
    price = _exact(column.unit_price)
    return sa.select(
        invoice_no.label("invoice_no"),
        sa.func.upper(sa.func.trim(_text(column.stock_code))).label("stock_code"),
        _text(column.description).label("description"),
        _customer(column.customer_id).label("customer_id"),
        sa.func.coalesce(sa.func.nullif(_text(column.country), ""), NO_COUNTRY).label("country"),
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
        _text(column.invoice_no).label("invoice_no"),
        _text(column.stock_code).label("stock_code"),
        _text(column.description).label("description"),
        _integer(column.quantity).label("quantity"),
        _timestamp(column.invoice_date).label("invoice_date"),
        _exact(column.unit_price).label("unit_price"),
        _customer(column.customer_id).label("customer_id"),
        _text(column.country).label("country"),
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


def is_of(kind: Expression, *kinds: str) -> Expression:
    """Whether a line's kind is one of `kinds`: for the lines themselves, where kinds are worked out.

    Said by what it is not, as PostgreSQL takes it that what is worked out hardly ever equals a text, and then plans for
    a handful of lines.
    """
    return kind.not_in([other for other in KINDS if other not in kinds])


def _starts_with(text: Expression, letter: str) -> Expression:
    # For every line: an engine compares a letter faster than it makes a capital of it.
    return sa.or_(text.like(f"{letter}%"), text.like(f"{letter.lower()}%"))


def is_product(stock_code: Expression, pattern: str) -> Expression:
    """Whether a stock code (upper-cased, trimmed) is a product's; any other is a charge (postage, fees)."""
    return stock_code.regexp_match(pattern)


def _text(column: Expression) -> Expression:
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
    text = _text(column)
    whole = sa.func.substr(text, 1, sa.func.length(text) - 2)
    return sa.func.nullif(sa.case((text.like("%.0"), whole), else_=text), "")
