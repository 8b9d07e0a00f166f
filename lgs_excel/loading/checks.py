"""What a line must be to count: each column as its type, and the reason where it can't be. One text for all engines."""

from __future__ import annotations

from collections.abc import Iterable

from lgs_excel.loading.columns import MENDS
from lgs_excel.loading.csv_repair import NUL_SHOWN
from lgs_excel.loading.dates import EARLIEST, LATEST, DateForm, timestamp
from lgs_excel.loading.numbers import NumberForm, number
from lgs_excel.loading.parts import LONGEST_FIELD
from lgs_excel.warehouse.schema import COLUMNS

_SPACE = "E' \\t\\r\\n\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}'"
_MOST_QUANTITY = 2**31 - 1


def staged_columns(columns: Iterable[str], expressions: dict[str, str]) -> str:
    """The select list that stages a source: every known column as text, null where the source has none."""
    return ", ".join(f"({expressions[c]})::VARCHAR AS {c}" if c in expressions else f"NULL AS {c}" for c in columns)


def not_blank() -> str:
    """The condition that a staged line says anything at all: a blank line is no line."""
    return " OR ".join(f"{column} <> ''" for column in COLUMNS)


def unmarked(column: str) -> str:
    """A text column without the apostrophe that an export of rejected lines puts before what a spreadsheet would take
    for a formula.
    """
    return f"CASE WHEN regexp_matches({column}, '^''+[-=+@\\t\\r]') THEN {column}[2:] ELSE {column} END AS {column}"


def checked(source: str, dates: DateForm, numbers: NumberForm, *, waiting: str = "") -> str:
    """The SELECT of every line of `source` (line and staged text): its typed columns, `amount`, `reason` (null if it
    is good) and its texts (`text_` and the column). `waiting` is the table of ids of the rejected lines that
    may be mended.
    """
    quantity, price = number("quantity", numbers, "INTEGER"), number("unit_price", numbers, "DECIMAL(12, 4)")
    texts = ", ".join(f"{column} AS text_{column}" for column in COLUMNS)
    return f"""
        SELECT *, {_reason(waiting)} AS reason, quantity::DECIMAL(10, 0) * unit_price AS amount
        FROM (
            SELECT line, {_identifier("invoice_no")} AS invoice_no, {_code()} AS stock_code,
                nullif(description, '') AS description, {quantity} AS quantity,
                {timestamp(f"trim(invoice_date, {_SPACE})", dates)} AS invoice_date, {price} AS unit_price,
                {_or_nothing("customer_id", _identifier("customer_id"))} AS customer_id,
                {_or_nothing("country", f"nullif(trim(country, {_SPACE}), '')")} AS country,
                {_identifier(MENDS)} AS mends, {texts}
            FROM {source}
        )"""


def _identifier(column: str) -> str:
    """Trimmed text, null if empty, without what a program put around a number: 17850.0, as pandas writes an integer
    column that has gaps, 17,850, as a spreadsheet shows it, and ="17850", which keeps one from reading it, are 17850.
    """
    text = f"nullif(trim({column}, {_SPACE}), '')"
    return (
        f"CASE WHEN suffix({text}, '.0') AND regexp_full_match({text}, '[0-9]+[.]0') THEN {text}[:-3] "
        f"WHEN contains({text}, ',') AND regexp_full_match({text}, '[0-9]{{1,3}}(,[0-9]{{3}})+([.]0+)?') "
        f"THEN replace(split_part({text}, '.', 1), ',', '') "
        f"WHEN prefix({text}, '=\"') AND regexp_full_match({text}, '=\"[^\"]*\"') THEN nullif({text}[3:-2], '') "
        f"ELSE {text} END"
    )


def _code() -> str:
    """A stock code as it is written, but for what keeps a spreadsheet from reading it as a number."""
    return f"CASE WHEN prefix(stock_code, '=\"') THEN {_identifier('stock_code')} ELSE nullif(stock_code, '') END"


def _or_nothing(column: str, text: str) -> str:
    """`text`, or null where the column has one of the words by which programs say that there is nothing."""
    word = f"trim({column}, {_SPACE})"
    words = "'null', 'nan', 'none', '<na>', '#n/a', 'n/a', '\\n'"
    # Its length first: that is cheap, and most are longer.
    return f"CASE WHEN strlen({word}) <= 4 AND lower({word}) IN ({words}) THEN NULL ELSE {text} END"


def _reason(waiting: str) -> str:
    """The first thing that is wrong with a line."""
    texts = ("invoice_no", "stock_code", "description", "customer_id", "country")
    tests = [
        ("invoice_no IS NULL", "'invoice_no is empty'"),
        ("stock_code IS NULL OR trim(stock_code) = ''", "'stock_code is empty'"),
        (
            "quantity IS NULL",
            _wrong("quantity", "text_quantity", f"is not a whole number up to {_MOST_QUANTITY:,}"),
        ),
        ("invoice_date IS NULL", _wrong("invoice_date", "text_invoice_date", "is not a date")),
        (
            f"invoice_date < '{EARLIEST}'::TIMESTAMP OR invoice_date >= '{LATEST}'::TIMESTAMP",
            _wrong("invoice_date", "text_invoice_date", f"is not between {EARLIEST[:4]} and {int(LATEST[:4]) - 1}"),
        ),
        ("unit_price IS NULL", _wrong("unit_price", "text_unit_price", "is not a price below 100,000,000")),
        *(
            (f"strlen({text}) > {LONGEST_FIELD}", f"'{text} is longer than {LONGEST_FIELD:,} characters'")
            for text in texts
        ),
        (" OR ".join(f"contains({text}, chr(0))" for text in texts), "'it has a NUL character'"),
        ("mends IS NOT NULL AND TRY_CAST(mends AS BIGINT) IS NULL", "'rejected_line is not a number'"),
    ]
    if waiting:
        settled = f"mends IS NOT NULL AND TRY_CAST(mends AS BIGINT) NOT IN (SELECT id FROM {waiting})"
        tests.append((settled, "'the rejected line ''' || mends || ''' does not wait: it was mended or replaced'"))
    return "CASE " + " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in tests) + " END"


def _wrong(column: str, text: str, why: str) -> str:
    shown = f"regexp_replace({text}[:60], '[\\x00-\\x1f\\x7f]', '?', 'g')"
    return (
        f"CASE WHEN trim(coalesce({text}, '')) = '' THEN '{column} is empty' "
        f"ELSE '{column} ''' || {shown} || ''' {why}' END"
    )


def line_text() -> str:
    """The SQL expression of a checked line as CSV in the order of `retail`: NUL is shown, long fields are cut."""
    fields = (
        f"CASE WHEN regexp_matches({c}, '[\",\\r\\n]') "
        f"THEN '\"' || replace({c}[:{LONGEST_FIELD}], '\"', '\"\"') || '\"' "
        f"ELSE coalesce({c}[:{LONGEST_FIELD}], '') END"
        for c in (f"text_{column}" for column in COLUMNS)
    )
    return f"replace(concat_ws(',', {', '.join(fields)}), chr(0), '{NUL_SHOWN}')"
