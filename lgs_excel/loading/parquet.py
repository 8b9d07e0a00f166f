"""Parquet, as DuckDB reads it."""

from __future__ import annotations

from lgs_excel.errors import InputError
from lgs_excel.loading.columns import read_header, require_columns
from lgs_excel.loading.contents import Content
from lgs_excel.loading.parts import AS_THE_FILE_SAYS, Part, Stated
from lgs_excel.loading.sql import literal_path, quoted_name
from lgs_excel.terminal import printable


def parquet_part(content: Content, stated: Stated = AS_THE_FILE_SAYS) -> Part:
    """The part of a Parquet file. Raises InputError for one that is damaged or lacks a needed column."""
    import duckdb

    path = literal_path(content.path)
    try:
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    except duckdb.Error as error:
        first = printable(str(error).strip().split("\n")[0])
        raise InputError(
            f"{content.name} is a Parquet file that can't be read: {first}. Copy or export it again."
        ) from error
    names = [row[0] for row in described]
    header = read_header(names, content.name, stated.columns)
    require_columns(header, names, content.name)
    return Part(
        name=content.name,
        relation="read_parquet(?)",
        parameters=(path,),
        columns={known: quoted_name(names[place]) for known, place in header.places.items()},
        typed=True,
        understood=header.understood,
        left_out=header.left_out,
        notes=content.notes,
    )
