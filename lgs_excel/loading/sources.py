"""From one given file to its parts, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from lgs_excel.loading.contents import Content, contents
from lgs_excel.loading.delimited import delimited_part
from lgs_excel.loading.encoding import as_utf8
from lgs_excel.loading.files import SourceFile
from lgs_excel.loading.parts import Part, Stated


def parts_of(source: SourceFile, stated: Stated, folder: Path) -> Iterator[Part]:
    """The parts of a file, in order, made one at a time; what they need on disk goes below `folder`.

    Raises InputError for a file that is no export.
    """
    for number, content in enumerate(contents(source, folder)):
        own = folder / f"content-{number}"
        own.mkdir()
        yield from _READERS[content.kind](content, stated, own)


def _text_parts(content: Content, stated: Stated, folder: Path) -> Iterator[Part]:
    from lgs_excel.loading.dump import dump_parts, looks_like_dump
    from lgs_excel.loading.records import looks_like_json, records_part

    text = as_utf8(content.path, content.name, stated.encoding, folder)
    text = replace(text, notes=(*content.notes, *text.notes))
    if looks_like_json(text):
        yield records_part(text, stated, folder)
    elif looks_like_dump(text):
        yield from dump_parts(text, stated, folder)
    else:
        yield delimited_part(text, stated, folder)


def _workbook_parts(content: Content, stated: Stated, folder: Path) -> Iterator[Part]:
    from lgs_excel.loading.sheets import sheet_parts

    yield from sheet_parts(content, stated, folder)


def _parquet_parts(content: Content, stated: Stated, _folder: Path) -> Iterator[Part]:
    from lgs_excel.loading.parquet import parquet_part

    yield parquet_part(content, stated)


_READERS: dict[str, Callable[[Content, Stated, Path], Iterator[Part]]] = {
    "text": _text_parts,
    "workbook": _workbook_parts,
    "parquet": _parquet_parts,
}
