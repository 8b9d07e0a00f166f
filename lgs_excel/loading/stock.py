"""A stock file: what there is of each product, and what is on order."""

from __future__ import annotations

import re
from pathlib import Path

from lgs_excel.errors import InputError
from lgs_excel.loading.list_file import read_list

_NAMES = {
    "stock_code": ("stockcode", "sku", "productcode", "itemcode", "articleno", "code", "article", "item", "product"),
    "on_hand": ("onhand", "quantityonhand", "stockonhand", "instock", "available", "stock", "quantity", "qty"),
    "on_order": ("onorder", "ordered", "incoming", "quantityonorder"),
    "pack": ("pack", "packsize", "casesize", "case", "unitsperpack", "moq"),
}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def read_stock(path: Path) -> list[tuple[str, float, float, float]]:
    """stock_code, on_hand, on_order, pack of each row; nothing on order and single units where the file does not say.

    Raises InputError for a file that can't be read or lacks a column, and a cell that is no number, with its row.
    """
    columns, rows = read_list(path, _NAMES)
    for needed in ("stock_code", "on_hand"):
        if needed not in columns:
            raise InputError(
                f"{path} has no column {needed}. Give a CSV or Excel file whose first row has stock_code and "
                "on_hand, and perhaps on_order and pack."
            )
    found = []
    for number, row in enumerate(rows, 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        code = cells["stock_code"].removeprefix("=").strip('"').upper()
        if code:
            on_hand, on_order = (_figure(cells.get(name, ""), name, path, number) for name in ("on_hand", "on_order"))
            pack = _figure(cells.get("pack", ""), "pack", path, number) or 1.0
            if pack < 0:
                raise InputError(f"{path}, row {number}: pack is {cells['pack']}. It is 1 or more; mend that cell.")
            found.append((re.sub(r"\.0\Z", "", code), on_hand, on_order, pack))
    return found


def _figure(text: str, name: str, path: Path, row: int) -> float:
    """The number of a cell, 0 for a blank one; with separators of thousands as 1,200 has."""
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(\D|\Z))", "", text)
    if not plain:
        return 0.0
    if not _NUMBER.fullmatch(plain):
        raise InputError(
            f"{path}, row {row}: {name} is {text!r}, which is no number. Mend that cell, or leave it blank."
        )
    return float(plain)
