"""A load, in its order of work: find the files, stage and check their lines, replace by invoice, keep the account."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import rmtree

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import named_columns
from lgs_excel.loading.contents import Content
from lgs_excel.loading.cut_invoices import join_cut_invoices
from lgs_excel.loading.files import SourceFile, find_files, fingerprint
from lgs_excel.loading.load_record import OvertakenError, Taken, record
from lgs_excel.loading.load_report import FileLoad, LoadReport, Period, require_no_fewer_lines
from lgs_excel.loading.parquet import parquet_part
from lgs_excel.loading.parts import AS_THE_FILE_SAYS, Part, Progress, Stated
from lgs_excel.loading.replace import Totals, replace_invoices, summarise
from lgs_excel.loading.sources import parts_of
from lgs_excel.loading.sql import quoted_text
from lgs_excel.loading.stage import Stage, memory_limit, stage
from lgs_excel.loading.targets import target_of
from lgs_excel.loading.workspace import workspace
from lgs_excel.settings import Settings
from lgs_excel.warehouse.connect import NO_PROGRESS_BAR, Warehouse
from lgs_excel.warehouse.load_log import loaded_files, waiting
from lgs_excel.warehouse.schema import make_ready

Say = Callable[[str], None]


def _silent(_: str) -> None:
    """Says nothing."""


def _unwatched(_step: str, _share: float) -> None:
    """Progress that nobody watches."""


def load(  # noqa: PLR0913 - each is a thing that a person may say of a load
    paths: Sequence[Path],
    warehouse: Warehouse,
    settings: Settings,
    *,
    again: bool = False,
    accept_rejects: bool = False,
    accept_fewer: bool = False,
    dry_run: bool = False,
    stated: Stated = AS_THE_FILE_SAYS,
    say: Say = _silent,
    progress: Progress = _unwatched,
) -> LoadReport:
    """Load files and folders into the warehouse, all or nothing.

    `again` loads a file whose bytes were loaded before; `accept_rejects` one with more rejected lines than
    `settings.most_rejected_share`, or with ten of one form; `accept_fewer` one by which invoices get fewer lines than
    they had. `dry_run` does all of it and takes it back: the report says what a load would do. `progress` is told the
    step and its share done, 0 to 1. Raises InputError for a file that can't be loaded and WarehouseError for a
    warehouse that can't take it; nothing is changed then.
    """
    warehouse.require_loadable()
    # Here, so that a schedule needs no option for them.
    stated = replace(stated, columns={**named_columns(settings.column_names), **stated.columns})
    files, notes = find_files(paths)
    sources: dict[str, SourceFile] = {}
    for number, path in enumerate(files):
        progress(f"Reading {path.name}", number / len(files))
        source = fingerprint(path)
        if sources.setdefault(source.sha256, source) is not source:
            notes.append(f"{path} is the same, byte for byte, as {sources[source.sha256].path}: taken once.")

    def parts(source: SourceFile, folder: Path) -> Iterable[Part]:
        return parts_of(source, stated, folder)

    accept = Accepted(accept_rejects, accept_fewer, settings.most_rejected_share)
    work = _Work(warehouse, list(sources.values()), parts, stated, accept, say, progress, dry_run)
    report = _as_often_as_needed(work, again=again)
    return replace(report, notes=(*notes, *report.notes))


def load_demo(
    warehouse: Warehouse,
    *,
    scale: float = 1.0,
    seed: int = 2010,
    say: Say = _silent,
    progress: Progress = _unwatched,
) -> LoadReport:
    """Load the demo shop as if it were a file; where it was loaded before, nothing is done."""
    import duckdb

    warehouse.require_loadable()
    name = f"demo shop, scale {scale:g}, seed {seed}"
    source = SourceFile(Path(name), name, 0, hashlib.sha256(name.encode()).hexdigest(), 0)

    def parts(_: SourceFile, folder: Path) -> Iterable[Part]:
        from lgs_excel.loading.demo import LINES, make_demo_shop

        progress("Making the demo shop", 0.0)
        file, limit = folder / "demo.parquet", memory_limit(round(LINES * scale))
        with duckdb.connect(str(folder / "demo.duckdb"), config={"memory_limit": limit}) as connection:
            connection.execute(NO_PROGRESS_BAR)
            make_demo_shop(connection, "demo", scale=scale, seed=seed)
            connection.execute(f"COPY demo TO {quoted_text(str(file))} (FORMAT parquet)")
        yield replace(parquet_part(Content(file, name, "parquet")), name=name)

    work = _Work(warehouse, [source], parts, AS_THE_FILE_SAYS, Accepted(), say, progress)
    return _as_often_as_needed(work, again=False)


def _as_often_as_needed(work: _Work, *, again: bool) -> LoadReport:
    while True:
        try:
            return work.do(again=again)
        except OvertakenError:
            work.say("Another load ended meanwhile; starting afresh …")


@dataclass(frozen=True)
class Accepted:
    """What is loaded although it is doubtful: `rejects` in any number, invoices with `fewer` lines than before."""

    rejects: bool = False
    fewer: bool = False
    most_rejected_share: float = 0.0


@dataclass(frozen=True)
class _Work:
    """One load: from files, each made into parts by `parts` in a folder of its own, to the warehouse."""

    warehouse: Warehouse
    sources: Sequence[SourceFile]
    parts: Callable[[SourceFile, Path], Iterable[Part]]
    stated: Stated
    accept: Accepted
    say: Say
    progress: Progress
    dry_run: bool = False

    def do(self, *, again: bool) -> LoadReport:
        """The whole work. Raises OvertakenError when it has to be done again."""
        clock, started = time.monotonic(), datetime.now(UTC)
        known = {} if again else self._loaded_before()
        before = [_already(source, known[source.sha256]) for source in self.sources if source.sha256 in known]
        todo = [source for source in self.sources if source.sha256 not in known]
        report = LoadReport(tuple(before), str(self.warehouse))
        if not todo:
            return report
        with workspace() as folder, stage(folder, self._waiting) as staged:
            taken = [
                self._take(source, staged, folder, number / len(todo), several=len(todo) > 1)
                for number, source in enumerate(todo)
            ]
            self.progress("Comparing invoices", 0.0)
            joined = join_cut_invoices(staged) if len(staged.parts) > 1 else ()
            summarise(staged)
            period = _period(staged) if self.dry_run else None
            report = self._write(self._taker(folder), staged, taken, report, started, again=again)
        self.progress("Tried" if self.dry_run else "Loaded", 1.0)
        return replace(report, notes=joined, period=period, seconds=time.monotonic() - clock)

    def _take(self, source: SourceFile, staged: Stage, folder: Path, share: float, *, several: bool) -> Taken:
        """Stage a file, of one or `several`, and count it. Raises InputError for one with too many rejected lines."""
        self.progress(f"Checking {source.name}", share)
        own = folder / source.sha256
        own.mkdir()
        first = len(staged.parts)
        counts = []
        for part, is_only in _with_only(self.parts(source, own)):
            # The first and the last line count where there is another part.
            counts.append(staged.add(part, self.stated, in_order=several or not is_only))
        if source.size:  # the demo shop is no file
            source.require_unchanged()
        rmtree(own)
        parts = [one.part for one in staged.parts[first:]]
        notes = [note for part in parts for note in part.notes]
        if rounded := sum(count.rounded for count in counts):
            notes.append(f"{rounded:,} prices had more than four decimals and were rounded.")
        if not any(count.read for count in counts):
            notes.append("It has a header and no lines.")
        file = FileLoad(
            name=source.name,
            size=source.size,
            sha256=source.sha256,
            read=sum(count.read for count in counts),
            loaded=sum(count.loaded for count in counts),
            rejected=sum(count.rejected for count in counts),
            left_out=tuple(dict.fromkeys(name for part in parts for name in part.left_out)),
            notes=tuple(notes),
            understood=tuple(dict.fromkeys(said for one in staged.parts[first:] for said in one.understood)),
            reasons=tuple(staged.reasons(range(first, len(staged.parts)))),
        )
        if not self.accept.rejects:
            _require_no_other_form(file, staged.most_alike(range(first, len(staged.parts))))
            _require_few_rejects(file, self.accept.most_rejected_share)
        quantity, amount = sum(count.quantity for count in counts), sum((c.amount for c in counts), Decimal(0))
        return Taken(file, range(first, len(staged.parts)), Totals(file.loaded, quantity, amount))

    def _taker(self, folder: Path) -> Warehouse:
        """The warehouse, or, for a dry run where there is none yet, an empty one that goes with the folder."""
        if not (self.dry_run and self._is_new()):
            return self.warehouse
        return replace(self.warehouse, url=self.warehouse.url.set(database=str(folder / "dry-run.duckdb")))

    def _write(
        self, warehouse: Warehouse, staged: Stage, taken: Sequence[Taken], report: LoadReport, started: datetime, *,
        again: bool,
    ) -> LoadReport:  # fmt: skip
        """Replace and keep the account, in one transaction."""
        self.progress("Writing", 0.0)
        with warehouse.writing(self.say) as connection:
            retail = make_ready(connection, str(warehouse))
            if not again and loaded_files(connection, [entry.file.sha256 for entry in taken]):
                raise OvertakenError
            target = target_of(warehouse, connection, retail, staged)
            done = replace_invoices(target, connection, warehouse.engine, retail, staged.lines(target.prefix))
            if not self.accept.fewer:
                require_no_fewer_lines(done.invoices)
            files = record(connection, target, staged, taken, done, started)
            self.progress("Committing", 0.9)
            if self.dry_run and (transaction := connection.get_transaction()):
                transaction.rollback()
        return replace(
            report, files=(*report.files, *files), before=done.before, after=done.after, invoices=done.invoices,
            dry_run=self.dry_run,
        )  # fmt: skip

    def _loaded_before(self) -> dict[str, datetime]:
        """When each of the files was loaded; empty where there is no warehouse yet."""
        if self._is_new():
            return {}
        with self.warehouse.reading(self.say) as connection:
            found = loaded_files(connection, [source.sha256 for source in self.sources])
        return {sha256: entry.finished for sha256, entry in found.items()}

    def _waiting(self, ids: Iterable[int]) -> set[int]:
        """Which of these rejected lines wait to be mended."""
        if self._is_new():
            return set()
        with self.warehouse.reading(self.say) as connection:
            return waiting(connection, ids)

    def _is_new(self) -> bool:
        return self.warehouse.file is not None and not self.warehouse.file.exists()


def _with_only(parts: Iterable[Part]) -> Iterator[tuple[Part, bool]]:
    """Each part, and whether it is the only one; no more than two are made at a time."""
    made = iter(parts)
    first, second = next(made, None), next(made, None)
    if first:
        yield first, second is None
    if second:
        yield second, False
    yield from ((part, False) for part in made)


def _period(staged: Stage) -> Period | None:
    rows = staged.run(
        "SELECT strftime(invoice_date, '%Y-%m'), count(*), sum(quantity), sum(amount), min(invoice_date), "
        f"max(invoice_date) FROM ({staged.lines()}) GROUP BY 1 ORDER BY 1"
    )
    if not rows:
        return None
    months = {month: Totals(lines, int(quantity), amount) for month, lines, quantity, amount, _, _ in rows}
    return Period(min(row[4] for row in rows), max(row[5] for row in rows), months)


def _already(source: SourceFile, when: datetime) -> FileLoad:
    return FileLoad(source.name, source.size, source.sha256, already_loaded=when)


def _require_no_other_form(file: FileLoad, alike: tuple[str, int, int] | None) -> None:
    """Many texts of one form are no slips: the export writes so, and its largest orders or its cancellations may."""
    if alike is None:
        return
    reason, count, line = alike
    raise InputError(
        f"{file.name}: {count:,} lines can't be used for one reason, such as line {line}: {reason}. So many of "
        "one form are not slips but how this export is written. Correct it, or load the other lines with "
        "--accept-rejects; nothing was changed."
    )


def _require_few_rejects(file: FileLoad, most_share: float) -> None:
    if not file.read or file.rejected / file.read <= most_share:
        return
    reason, count, line = file.reasons[0]
    raise InputError(
        f"{file.name}: {file.rejected:,} of {file.read:,} lines can't be used ({file.rejected / file.read:.1%}; "
        f"allowed are {most_share:.0%}), most of them ({count:,}) because {reason}, first in line {line}. "
        "Correct the export, or load it as it is with --accept-rejects; nothing was changed."
    )
