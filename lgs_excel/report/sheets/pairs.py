"""Pairs: which products are bought together."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.products import product_name
from lgs_excel.report.context import Context
from lgs_excel.report.model import Column, Kind, Mark, Note, Sheet
from lgs_excel.report.tables import printed_first, table
from lgs_excel.settings import Settings

MOST, PRINTED = 100, 40
COLUMNS = {
    "stock_code_a": Column("Code A", Kind.TEXT),
    "description_a": Column("Product A", Kind.TEXT, 36),
    "stock_code_b": Column("Code B", Kind.TEXT),
    "description_b": Column("Product B", Kind.TEXT, 36),
    "together": Column("Together", Kind.COUNT),
    "support": Column("Of baskets", Kind.SHARE),
    "confidence_ab": Column("Of A, with B", Kind.SHARE),
    "confidence_ba": Column("Of B, with A", Kind.SHARE),
    "lift": Column("Lift", Kind.NUMBER),
}


def pairs_sheet(pairs: pd.DataFrame, settings: Settings, context: Context) -> Sheet:
    """The sheet Pairs. pairs: the columns of its definition; two kinds of one article are left out."""
    offered = pairs[~pairs["variants"].astype(bool)]
    notes = [
        (
            f"Baskets: orders of 2 to {settings.largest_basket} products; larger ones are traders filling shelves. "
            f"A pair is in {settings.least_pairs} baskets or more (settings: largest_basket, least_pairs)."
        ),
        "Lift: how many times as often together as by chance. Two colours of one article are no pair.",
    ]
    if len(offered) > MOST:
        notes.insert(0, f"The first {MOST} of {len(offered):,}; all of them: lgs-excel show pairs --format csv.")
    return Sheet(
        title="Pairs",
        finding=_finding(offered, settings),
        coverage=context.coverage,
        blocks=(
            *(Note(note, Mark.QUIET) for note in notes),
            *printed_first(len(offered.head(MOST)), PRINTED),
            *([table("lgs_ProductPairs", offered.head(MOST), COLUMNS)] if len(offered) else []),
        ),
        printed=("lgs_ProductPairs", PRINTED),
        pages=1,
    )


def _finding(offered: pd.DataFrame, settings: Settings) -> str:
    if offered.empty:
        return f"No two products are in {settings.least_pairs} baskets together in this period."
    first = offered.iloc[0]
    names = [product_name(first, end) for end in ("_a", "_b")]
    return (
        f"{fmt.count(len(offered), 'pair')} of products; {names[0]} and {names[1]} are in "
        f"{fmt.count(int(first['together']), 'basket')} together."
    )
