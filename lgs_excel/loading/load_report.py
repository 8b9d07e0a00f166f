"""What a load did, and the sentences that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lgs_excel.errors import InputError
from lgs_excel.loading.replace import Invoices, Totals
from lgs_excel.terminal import printable


@dataclass(frozen=True)
class FileLoad:
    """One file of a load: `read` = `loaded` + `rejected` lines. `already_loaded` (UTC) is when the same bytes were
    loaded before: then nothing was done. `reasons` are why lines were rejected: reason, how many, the first line;
    `understood` how the file was read, where that is not plain.
    """

    name: str
    size: int
    sha256: str
    load_id: int | None = None
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    replaced: int = 0
    already_loaded: datetime | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    reasons: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class Period:
    """The good lines of a load by time: the `first` and the `last` moment, and the totals of each month ("2011-11")."""

    first: datetime
    last: datetime
    months: dict[str, Totals]


@dataclass(frozen=True)
class LoadReport:
    """One call of load: its files, its invoices, and the control totals of the warehouse before and after. dry_run: all
    of it was taken back; `period` is then told, too.
    """

    files: tuple[FileLoad, ...]
    warehouse: str
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    invoices: Invoices = field(default_factory=Invoices)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    dry_run: bool = False
    period: Period | None = None

    @property
    def done(self) -> bool:
        """Whether anything was loaded: False where every file was loaded before."""
        return any(file.already_loaded is None for file in self.files)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What someone should look at: invoices that lost lines."""
        return tuple(f"WARNING: {sentence}" for sentence in _lost(self.invoices))

    def sentences(self) -> list[str]:
        """The report, a line a sentence."""
        said = list(self.notes)
        for file in self.files:
            said.extend(_file_sentences(file, dry_run=self.dry_run))
        if not self.done:
            return [*said, "Nothing to do: the warehouse is as it was."]
        replaced = sum(file.replaced for file in self.files)
        loaded = sum(file.loaded for file in self.files)
        said.append(_invoice_sentence(self.invoices))
        said.append(
            f"Lines before {self.before.lines:,} + loaded {loaded:,} − replaced {replaced:,} = after "
            f"{self.after.lines:,}; quantity {self.before.quantity:,} → {self.after.quantity:,}; amount "
            f"{self.before.amount:,.2f} → {self.after.amount:,.2f}."
        )
        if self.period:
            said.extend(_period_sentences(self.period))
        did = "A dry run, nothing was changed," if self.dry_run else "Done"
        return [*said, *self.warnings, f"{did} in {self.seconds:.1f} s: {self.warehouse}"]

    def text(self) -> str:
        """The report for the screen."""
        return "\n".join(self.sentences())


def require_no_fewer_lines(invoices: Invoices) -> None:
    """Raises InputError for a load by which invoices lose lines."""
    if lost := _lost(invoices):
        raise InputError(f"{' '.join(lost)} If it is right, load it with --accept-fewer; nothing was changed.")


def _lost(invoices: Invoices) -> list[str]:
    """How invoices lost lines, and what may be the cause, in sentences."""
    lost = []
    if invoices.shrunk:
        lost.append(
            f"{_count(invoices.shrunk, 'invoice has', 'invoices have')} FEWER lines than before: "
            f"{_named(invoices.examples, invoices.shrunk)}. "
            "Was the export cut, or made from a part of the shop? If so, load a whole one."
        )
    if invoices.other:
        lost.append(
            f"{_count(invoices.other, 'invoice has', 'invoices have')} OTHER products than before, on the same day for "
            f"the same customer: {_named(invoices.other_examples, invoices.other)}. Are these the parts of one export? "
            "If so, load its parts together, in their order (with --again, if some were loaded before)."
        )
    return lost


def _named(examples: Sequence[str], count: int) -> str:
    named = ", ".join(printable(number, 40) for number in examples)
    return named + (", …" if count > len(examples) else "")


def _file_sentences(file: FileLoad, *, dry_run: bool) -> list[str]:
    if file.already_loaded is not None:
        when = file.already_loaded.astimezone().strftime("%Y-%m-%d %H:%M")
        return [f"{file.name}: already loaded on {when}; nothing done (--again loads it once more)."]
    said = [f"{file.name}: {file.read:,} lines read = {file.loaded:,} loaded + {file.rejected:,} rejected."]
    if file.understood:
        said.append(f"  Understood: {'; '.join(file.understood)}.")
    said.extend(
        f"  {_count(count, 'line', 'lines')} rejected: {reason} (first: line {line})."
        for reason, count, line in file.reasons[:5]
    )
    if len(file.reasons) > 5:
        where = "" if dry_run else "; `lgs-excel rejected` shows all"
        said.append(f"  … and for {len(file.reasons) - 5} other reasons{where}.")
    if file.left_out:
        said.append(f"  Left out, as not among the eight columns: {', '.join(file.left_out)}.")
    return [*said, *(f"  {note}" for note in file.notes)]


def _period_sentences(period: Period) -> list[str]:
    said = [f"Loaded lines from {period.first:%Y-%m-%d %H:%M} to {period.last:%Y-%m-%d %H:%M}; by month:"]
    rows = [
        (
            f"{month}  {_count(totals.lines, 'line', 'lines')}",
            f"quantity {totals.quantity:,}",
            f"amount {totals.amount:,.2f}",
        )
        for month, totals in period.months.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [*said, *(f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows)]


def _invoice_sentence(invoices: Invoices) -> str:
    said = f"Invoices: {invoices.new:,} new, {invoices.unchanged:,} unchanged, {invoices.replaced:,} replaced"
    if invoices.mended:
        said += f", {invoices.mended:,} completed with mended lines"
    if invoices.repeated:
        said += f"; {invoices.repeated:,} came more than once in this load, and the last one counts"
    return f"{said}."


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
