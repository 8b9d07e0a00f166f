"""Numbers as people write them: £2.55, 2.55 GBP, 1,200, (12), 12-, 1.234,56. The columns of quantities and prices
together decide which mark is the decimal one; what they leave open stops the load.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lgs_excel.errors import InputError
from lgs_excel.loading.sql import quoted_text

COLUMNS = ("quantity", "unit_price")
_NAMES = {"quantity": "quantities", "unit_price": "prices"}
_SIGNS = "£$€¥₹"
_CODES = "GBP|EUR|USD|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|INR"
_CURRENCY = f"[{_SIGNS}]|{_CODES}"
_SAME_CURRENCY = {"GBP": "£", "EUR": "€"}
# Spaces of every width, both apostrophes, every minus.
_FROM = (
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\t\r\n"
    "\N{RIGHT SINGLE QUOTATION MARK}\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
)
_TO = "        '----"
# Marks are before the number, after it, or around it; which of them may be together is in `_sign`.
_WRITTEN = (
    rf"^([-+]?) ?({_CURRENCY})? ?(\(?) ?({_CURRENCY})? ?([-+]?) ?"
    rf"([0-9][0-9., '']*[0-9.,]|[0-9]|[.,][0-9]+) ?(-?) ?({_CURRENCY})? ?(\)?) ?({_CURRENCY})? ?(-?)$"
)
_GROUPS = "['before', 'sign_before', 'opened', 'inner', 'sign', 'body', 'behind', 'unit', 'closed', 'code', 'last']"
_PLAIN = "[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,2})?"


@dataclass(frozen=True)
class NumberForm:
    """How the numbers of a part are written. `plain`: as a computer writes them, and nothing has to be undone."""

    plain: bool = True
    decimal_comma: bool = False
    understood: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Evidence:
    """What a column's texts say: how many can only be read with a point, or only with a comma; and how many either way,
    by the mark in them. `whole` have digits alone, `marked` more than a computer writes.
    """

    point: int = 0
    comma: int = 0
    either_point: int = 0
    either_comma: int = 0
    example_point: str | None = None
    example_comma: str | None = None
    whole: int = 0
    signs: tuple[str, ...] = field(default=())
    grouped: int = 0
    bracketed: int = 0
    behind: int = 0
    marked: int = 0


def odd(column: str) -> str:
    """The condition that a text is more than digits, or may be read in two ways: cheap, as most are neither."""
    if column == "quantity":
        return f"TRY_CAST({column} AS INTEGER)::VARCHAR IS DISTINCT FROM {column}"
    return f"(TRY_CAST({column} AS DOUBLE) IS NULL OR substr({column}, -4, 1) = '.')"


def number(column: str, form: NumberForm, kind: str) -> str:
    """The SQL expression of the number that the text `column` is; null where it is none. kind: the type in SQL."""
    whole = "[-+]?[0-9]{1,10}([.]0*)?"
    text = f"trim({column}, E' \\t\\r\\n\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}')"
    plain = whole if column == "quantity" else _PLAIN
    cast = f"WHEN regexp_full_match({text}, '{plain}') THEN TRY_CAST({text} AS {kind})"
    if form.plain:
        return f"CASE {cast} END"
    point = f"replace({_digits(form)}, ',', '.')" if form.decimal_comma else _digits(form)
    signed = f"(SELECT TRY_CAST({_sign()} || {_as_plain(point, column)} AS {kind}) FROM (SELECT {_parts(column)} AS w))"
    digits_only = f"WHEN regexp_full_match({text}, '[-+]?[0-9]{{1,10}}') THEN TRY_CAST({text} AS {kind})"
    return f"CASE {digits_only if form.decimal_comma else cast} ELSE {signed} END"


def _as_plain(text: str, column: str) -> str:
    """Null unless it is a number; of quantities, a whole one."""
    if column == "quantity":
        return f"nullif(regexp_extract({text}, '^([0-9]{{1,10}})([.]0*)?$', 1), '')"
    return text


def _parts(column: str) -> str:
    return f"regexp_extract({_tidy(column)}, {_literal(_WRITTEN)}, {_GROUPS})"


def _literal(pattern: str) -> str:
    return "'" + pattern + "'"


def _tidy(column: str) -> str:
    return f"trim(translate({column}, E'{_escaped(_FROM)}', {quoted_text(_TO)}))"


def _escaped(text: str) -> str:
    return text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")


def _sign() -> str:
    """'-' or '', or null where the marks contradict each other."""
    signs = "w.before || w.sign || w.behind || w.last"
    currencies = "(w.sign_before <> '')::INT + (w.inner <> '')::INT + (w.unit <> '')::INT + (w.code <> '')::INT"
    return (
        f"CASE WHEN w.body = '' OR length({signs}) > 1 OR {currencies} > 1 THEN NULL "
        f"WHEN w.opened <> '' AND w.closed <> '' THEN CASE WHEN {signs} = '' THEN '-' END "
        f"WHEN w.opened <> w.closed THEN NULL WHEN {signs} = '-' THEN '-' ELSE '' END"
    )


def _digits(form: NumberForm) -> str:
    """The body without what groups its digits; null where the groups are not of three (or as in India)."""
    decimal, other = (",", ".") if form.decimal_comma else (".", ",")
    fraction = f"([{decimal}][0-9]*)?"
    groups = "|".join(f"[0-9]{{1,3}}({mark}[0-9]{{3}})+" for mark in (f"[{other}]", " ", "''"))
    indian = "" if form.decimal_comma else "|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}"
    pattern = f"([0-9]+|{groups}{indian}){fraction}|[{decimal}][0-9]+"
    return (
        f"CASE WHEN regexp_full_match(w.body, '{pattern}') "
        f"THEN replace(replace(replace(w.body, '{other}', ''), ' ', ''), '''', '') END"
    )


def evidence(column: str, table: str) -> str:
    """The query of one row: what the odd texts of a column say of how numbers are written."""

    def matching(pattern: str) -> str:
        return f"regexp_full_match(w.body, '{pattern}')"

    def only(mark: str, other: str) -> str:
        """That `mark` is the decimal one: what can't be read otherwise."""
        ways = [
            f"[0-9]*[{mark}]([0-9]{{0,2}}|[0-9]{{4,}})",  # not three digits behind it
            f"(0+|[0-9]{{4,}})?[{mark}][0-9]*",  # nothing, naught or four digits before it
            f"[0-9]+[0-9 '']*[ ''][0-9]{{3}}[{mark}][0-9]*",
            f"[0-9]{{1,3}}([{other}][0-9]{{2,3}})+[{mark}][0-9]*",
            f"[0-9]{{1,3}}([{other}][0-9]{{2,3}}){{2,}}",
        ]
        return matching("|".join(f"({way})" for way in ways))

    def either(mark: str) -> str:
        return matching(f"[1-9][0-9]{{0,2}}[{mark}][0-9]{{3}}")

    def lines(condition: str) -> str:
        return f"coalesce(sum(lines) FILTER ({condition}), 0)"

    currencies = "nullif(w.sign_before || w.inner || w.unit || w.code, '')"
    opened, behind = "w.opened <> ''", "w.behind || w.last <> ''"
    marked = f"w.body <> '' AND NOT regexp_full_match({column}, '{_PLAIN}')"
    texts = _texts(column, f"{table} WHERE {column} <> '' AND {odd(column)}")
    return (
        f"SELECT {lines(only('.', ','))}, {lines(only(',', '.'))}, {lines(either('.'))}, {lines(either(','))}, "
        f"any_value({column}) FILTER ({either('.')}), any_value({column}) FILTER ({either(',')}), "
        f"{lines(matching('[0-9]+'))}, list(DISTINCT {currencies}), "
        f"{lines(matching('.*[0-9][ .,' + chr(39) * 2 + '][0-9]{3}.*'))}, "
        f"{lines(opened)}, {lines(behind)}, {lines(marked)} "
        f"FROM (SELECT {column}, lines, {_parts(column)} AS w FROM ({texts}))"
    )


def plain_evidence(column: str, table: str) -> str:
    """The query of two numbers: texts with a decimal point that can't be read otherwise, and whole ones."""
    point = "[-+]?([0-9]*[.]([0-9]{1,2}|[0-9]{4,})|(0+|[0-9]{4,})[.][0-9]*)"
    return (
        f"SELECT coalesce(sum(lines) FILTER (regexp_full_match({column}, '{point}')), 0), "
        f"coalesce(sum(lines) FILTER (regexp_full_match({column}, '[-+]?[0-9]+')), 0) FROM ({_texts(column, table)})"
    )


def _texts(column: str, table: str) -> str:
    """The query of each text of a column and on how many lines it is: a shop has few prices, on many lines."""
    return f"SELECT {column}, count(*) AS lines FROM {table} GROUP BY {column}"


def read_evidence(row: tuple[Any, ...], plain: tuple[int, int]) -> _Evidence:
    """What both queries found."""
    signs = tuple(sorted(_SAME_CURRENCY.get(sign, sign) for sign in row[7] or () if sign))
    return _Evidence(
        point=row[0] + plain[0],
        comma=row[1],
        either_point=row[2],
        either_comma=row[3],
        example_point=row[4],
        example_comma=row[5],
        whole=row[6] + plain[1],
        signs=tuple(dict.fromkeys(signs)),
        grouped=row[8],
        bracketed=row[9],
        behind=row[10],
        marked=row[11],
    )


def decide(name: str, found: dict[str, _Evidence], *, stated: bool | None, typed: bool) -> NumberForm:
    """How the numbers of a part are written, by all of its quantities and prices; stated: whether the decimal mark is a
    comma, as somebody said. typed: the numbers were numbers in the source, so that a point is the decimal one.

    Raises InputError where a text can be read in two ways, or prices are in more than one currency.
    """
    for column, one in found.items():
        if len(one.signs) > 1:
            raise InputError(
                f"The {_NAMES[column]} of {name} are in more than one currency: {', '.join(one.signs)}. A warehouse "
                "has one; export them in one currency, or load the lines of each into a warehouse of its own."
            )
    comma = _decimal_comma(name, found, stated=stated, typed=typed)
    if not comma and not any(one.marked for one in found.values()):
        return NumberForm()
    return NumberForm(plain=False, decimal_comma=comma, understood=_understood(found, comma=comma))


def _decimal_comma(name: str, found: dict[str, _Evidence], *, stated: bool | None, typed: bool) -> bool:
    if stated is not None:
        return stated
    point, comma = (sum(getattr(one, mark) for one in found.values()) for mark in ("point", "comma"))
    quantity = found["quantity"]
    if quantity.whole:  # who writes 6 for six does not write 6,000 for it
        point += quantity.either_comma
        comma += quantity.either_point
    unsure = next(
        (text for one in found.values() for text in (one.example_comma, one.example_point) if text is not None), None
    )
    if unsure is not None and ((point and comma) or not (point or comma or typed)):
        raise InputError(_ask(name, unsure))
    return bool(comma > point)


def _ask(name: str, text: str) -> str:
    digits = "".join(c for c in text if c.isdigit() or c in ".,")
    mark = "," if "," in digits else "."
    as_group, as_fraction = digits.replace(mark, ""), digits.replace(mark, ".")
    comma_means, point_means = (as_fraction, as_group) if mark == "," else (as_group, as_fraction)
    return (
        f"The number {text!r} in {name} can be read as {point_means} (its decimal mark is a point) or as {comma_means} "
        "(a comma), and the other numbers do not tell. Say which with --decimal-point or --decimal-comma; nothing was "
        "changed."
    )


def _understood(found: dict[str, _Evidence], *, comma: bool) -> tuple[str, ...]:
    said = []
    for column, one in found.items():
        has = [*one.signs]
        if one.grouped:
            has.append("thousands separators")
        if comma and one.comma:
            has.append("a decimal comma")
        if one.bracketed:
            has.append("brackets for what is below zero")
        if one.behind:
            has.append("a minus behind the number")
        if has:
            listed = " and ".join(filter(None, [", ".join(has[:-1]), has[-1]]))
            said.append(f"{_NAMES[column]} have {listed}")
    return tuple(said)
