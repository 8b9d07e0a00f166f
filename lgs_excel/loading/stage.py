"""A DuckDB file of its own in which the lines of a load are gathered as text and checked, whatever the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lgs_excel.errors import InputError, LgsError
from lgs_excel.loading import numbers
from lgs_excel.loading.checks import checked, line_text, not_blank, staged_columns, unmarked
from lgs_excel.loading.columns import MENDS
from lgs_excel.loading.dates import DateForm, date_evidence, decide_dates
from lgs_excel.loading.numbers import NumberForm
from lgs_excel.loading.parts import Part, Stated
from lgs_excel.loading.sql import literal_path, quoted_text
from lgs_excel.loading.workspace import no_room
from lgs_excel.terminal import printable
from lgs_excel.warehouse.connect import NO_PROGRESS_BAR, megabytes_for, threads
from lgs_excel.warehouse.schema import COLUMNS

if TYPE_CHECKING:
    import duckdb

Waiting = Callable[[Iterable[int]], set[int]]

STAGED = (*COLUMNS, MENDS)
# Enough for DuckDB's operators on a few threads; what does not fit goes to the stage's own folder.
_FEWEST_MEGABYTES = 176
_NO_SLIPS = 10  # rejected lines of one form


@dataclass(frozen=True)
class Staged:
    """One part that is staged: its number, the table of its text, and that of its lines; where it was read in order,
    the invoices of its first and its last line.
    """

    number: int
    part: Part
    text: str
    dates: DateForm
    numbers: NumberForm
    first: str | None = None
    last: str | None = None

    @property
    def table(self) -> str:
        """The table of the part's checked lines: line, the columns of `retail`, amount, mends, reason, rounded."""
        return f"line_{self.number}"

    def checked(self, which: str = "true") -> str:
        """The SELECT that checks the part's text, of those rows of it for which the condition `which` holds."""
        line = (self.part.line and "line") or f"rowid + {self.part.first_line}"
        mends = MENDS in self.part.columns
        columns = [*map(unmarked, COLUMNS), MENDS] if mends else STAGED
        source = f"(SELECT {line} AS line, {', '.join(columns)} FROM {self.text} WHERE ({not_blank()}) AND {which})"
        return checked(source, self.dates, self.numbers, waiting="waiting" if mends else "")

    @property
    def understood(self) -> tuple[str, ...]:
        """How the part was read, where that is not plain to see: short sentences without a stop."""
        return (*self.part.understood, *self.dates.understood, *self.numbers.understood)


@dataclass(frozen=True)
class PartCount:
    """How a part fared: read = loaded + rejected, always; `rounded` prices had more than four decimals."""

    read: int
    rejected: int
    rounded: int
    quantity: int
    amount: Decimal

    @property
    def loaded(self) -> int:
        """The lines that were taken."""
        return self.read - self.rejected


class Stage:
    """The gathered parts of a load, in order, and the tables made of them: `rejected` (part, line, invoice_no, reason,
    text) of all lines that can't be taken, and `waiting` (id) of the rejected lines that may be mended; `waiting` as
    an argument says which ids these are. read: the lines staged so far.
    """

    def __init__(self, folder: Path, waiting: Waiting) -> None:
        import duckdb

        self._waiting = waiting
        self.folder = folder
        self.file = folder / "stage.duckdb"
        self.parts: list[Staged] = []
        self.read = 0
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            str(self.file),
            config={
                "memory_limit": memory_limit(0),
                "temp_directory": str(folder / "spilled"),
                "threads": threads(),
                "autoinstall_known_extensions": False,
            },
        )
        self.connection.execute(NO_PROGRESS_BAR)
        self.connection.execute(
            "CREATE TABLE rejected (part INTEGER, line BIGINT, invoice_no VARCHAR, reason VARCHAR, text VARCHAR)"
        )
        self.connection.execute("CREATE TABLE waiting (id BIGINT)")

    def close(self) -> None:
        """Give the file free: another connection can attach it then."""
        self.connection.close()

    def run(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        with stage_errors(self.folder):
            return self.connection.execute(statement, list(parameters)).fetchall()

    def add(self, part: Part, stated: Stated, *, in_order: bool = False) -> PartCount:
        """Stage a part and set its bad lines aside; `in_order` so that a line is known by its place. Raises InputError
        where it can't be read at all.
        """
        try:
            staged = self._staged(part, stated, in_order=in_order)
        except _UnreadableError as error:
            if part.again is None:
                raise InputError(
                    f"{part.name} can't be read: {error}. Export it again; nothing was changed."
                ) from error
            return self.add(part.again(), stated, in_order=in_order)
        count = self._count(staged)
        if count.rejected and part.again and not part.exact(self._records(staged)):
            return self.add(part.again(), stated, in_order=in_order)
        if count.rejected and not (in_order or part.line):
            # Reading in any order takes two thirds of the time: only who has bad lines to tell of reads again.
            return self.add(part, stated, in_order=True)
        if count.rejected:
            self.run(
                f"INSERT INTO rejected SELECT {staged.number}, line, invoice_no, reason, {line_text()} FROM "
                f"({staged.checked()}) WHERE reason IS NOT NULL"
            )
        if in_order:
            staged = replace(staged, first=self._invoice(staged, "min"), last=self._invoice(staged, "max"))
        self.run(f"DROP TABLE {staged.text}")
        self.parts.append(staged)
        self.read += count.read
        self.run(f"SET memory_limit = '{memory_limit(self.read)}'")
        return self._with_broken(staged, count)

    def lines(self, prefix: str = "") -> str:
        """The SELECT of every good line: part, line, the columns of `retail`, amount, mends."""
        columns = ", ".join(COLUMNS)
        return " UNION ALL ".join(
            f"SELECT {staged.number} AS part, line, {columns}, amount, mends "
            f"FROM {prefix}{staged.table} WHERE reason IS NULL"
            for staged in self.parts
        )

    def mending_lines(self, prefix: str) -> str | None:
        """The SELECT of part and mends of each good line that mends a rejected one; None where no part can have any."""
        if not any(MENDS in staged.part.columns for staged in self.parts):
            return None
        return f"SELECT part, mends FROM ({self.lines(prefix)}) WHERE mends IS NOT NULL"

    def _staged(self, part: Part, stated: Stated, *, in_order: bool) -> Staged:
        number = len(self.parts)
        text = f"text_{number}"
        line = f"{part.line} AS line, " if part.line else ""
        self.run(f"SET preserve_insertion_order = {in_order}")
        try:
            self.run(
                f"CREATE OR REPLACE TABLE {text} AS SELECT {line}{staged_columns(STAGED, dict(part.columns))} "
                f"FROM {part.relation}",
                part.parameters,
            )
        except InputError as error:
            raise _UnreadableError(str(error)) from error
        if MENDS in part.columns:
            self._find_waiting(text)
        # Most dates are ISO, and need no pattern to say so.
        row = self.run(
            f"SELECT {date_evidence('trim(invoice_date)')} FROM {text} "
            "WHERE TRY_CAST(invoice_date AS TIMESTAMP)::VARCHAR IS DISTINCT FROM invoice_date"
        )[0]
        return Staged(number, part, text, decide_dates(part.name, row, stated.dates), self._numbers(part, text, stated))

    def _numbers(self, part: Part, text: str, stated: Stated) -> NumberForm:
        """How the part's numbers are written."""
        odd = " OR ".join(f"({numbers.odd(column)} AND {column} <> '')" for column in numbers.COLUMNS)
        if stated.decimal_comma is None and not self.run(f"SELECT 1 FROM {text} WHERE {odd} LIMIT 1"):
            return NumberForm()
        found = {}
        for column in numbers.COLUMNS:
            row = self.run(numbers.evidence(column, text))[0]
            plain = self.run(numbers.plain_evidence(column, f"{text} WHERE NOT ({numbers.odd(column)})"))[0]
            found[column] = numbers.read_evidence(row, (plain[0], plain[1]))
        return numbers.decide(part.name, found, stated=stated.decimal_comma, typed=part.typed)

    def _invoice(self, staged: Staged, extreme: str) -> str | None:
        """The invoice of the first or the last line. Its text tells: checked lines are in no order."""
        place = f"rowid = (SELECT {extreme}(rowid) FROM {staged.text} WHERE {not_blank()})"
        rows = self.run(f"SELECT invoice_no FROM ({staged.checked(place)})")
        return rows[0][0] if rows else None

    def _find_waiting(self, table: str) -> None:
        ids = self.run(f"SELECT DISTINCT TRY_CAST({MENDS} AS BIGINT) FROM {table}")
        for id_ in self._waiting(id_ for (id_,) in ids if id_ is not None):
            self.run("INSERT INTO waiting VALUES (?)", [id_])

    def _records(self, staged: Staged) -> int:
        return int(self.run(f"SELECT count(*) FROM {staged.text}")[0][0])

    def _count(self, staged: Staged) -> PartCount:
        """Check the part's text, once: into the table of its lines."""
        self.run(
            f"CREATE OR REPLACE TABLE {staged.table} AS "
            f"SELECT line, {', '.join(COLUMNS)}, amount, TRY_CAST(mends AS BIGINT) AS mends, reason, "
            "text_unit_price LIKE '%.%' AND regexp_matches(text_unit_price, '[.][0-9]{4}[0-9]*[1-9]') AS rounded "
            f"FROM ({staged.checked()})"
        )
        good = "FILTER (reason IS NULL)"
        row = self.run(
            "SELECT count(*), count(reason), count(*) FILTER (reason IS NULL AND rounded), "
            f"coalesce(sum(quantity) {good}, 0), coalesce(sum(amount) {good}, 0) FROM {staged.table}"
        )[0]
        return PartCount(row[0], row[1], row[2], int(row[3]), Decimal(row[4]))

    def _with_broken(self, staged: Staged, count: PartCount) -> PartCount:
        """Count in the lines that could not be split into fields, and set them aside too."""
        if staged.part.broken is None:
            return count
        from lgs_excel.loading.csv_repair import clean_csv

        columns = "{'line': 'BIGINT', 'reason': 'VARCHAR', 'text': 'VARCHAR'}"
        before = self._rejected(staged)
        self.run(
            f"INSERT INTO rejected SELECT {staged.number}, line, NULL, reason, text FROM {clean_csv(columns)}",
            [literal_path(staged.part.broken)],
        )
        broken = self._rejected(staged) - before
        return PartCount(count.read + broken, count.rejected + broken, count.rounded, count.quantity, count.amount)

    def _rejected(self, staged: Staged) -> int:
        return int(self.run("SELECT count(*) FROM rejected WHERE part = ?", [staged.number])[0][0])

    def reasons(self, parts: range) -> list[tuple[str, int, int]]:
        """Why lines of these parts were rejected: the reason, how many, the first; the most frequent first."""
        rows = self.run(
            "SELECT regexp_replace(reason, ' ''.*'' ', ' '), count(*), min(line) FROM rejected "
            "WHERE part >= ? AND part < ? "
            "GROUP BY 1 ORDER BY 2 DESC, 3",
            [parts.start, parts.stop],
        )
        return [(reason, count, line) for reason, count, line in rows]

    def most_alike(self, parts: range) -> tuple[str, int, int] | None:
        """One reason with the form of text, digits aside, that ten or more rejected lines of these parts share: the
        reason, how many, the first; None where there is none. What is empty has no form.
        """
        rows = self.run(
            "SELECT arg_min(reason, line), count(*), min(line) FROM rejected WHERE part >= ? AND part < ? "
            "AND NOT suffix(reason, ' is empty') GROUP BY regexp_replace(reason, '[0-9]+', '9', 'g') "
            f"HAVING count(*) >= {_NO_SLIPS} ORDER BY 2 DESC, 3 LIMIT 1",
            [parts.start, parts.stop],
        )
        return (str(rows[0][0]), int(rows[0][1]), int(rows[0][2])) if rows else None


def memory_limit(lines: int) -> str:
    """The memory that DuckDB may have to load so many lines: of a stage, and of an embedded warehouse meanwhile."""
    return f"{megabytes_for(lines, _FEWEST_MEGABYTES)}MB"


class _UnreadableError(Exception):
    """A source that DuckDB's reader refuses."""


@contextmanager
def stage(folder: Path, waiting: Waiting) -> Iterator[Stage]:
    """A new stage in `folder`, closed at the end."""
    made = Stage(folder, waiting)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def stage_errors(folder: Path) -> Iterator[None]:
    """DuckDB's errors while staging as ours: InputError for what can't be read, WarehouseError for lack of room."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise no_room(folder) from error
    except duckdb.IOException as error:
        raise (no_room(folder) if "space" in str(error).lower() else _unreadable(error)) from error
    except duckdb.Error as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> LgsError:
    return InputError(printable(str(error).strip().split("\n")[0]))


def attach(stage_file: Path) -> str:
    """The statement that makes a closed stage known as `staged` to another DuckDB connection."""
    return f"ATTACH {quoted_text(str(stage_file))} AS staged (READ_ONLY)"
