"""Invoices: how their amounts are distributed, whole and below the 85th percentile."""

from __future__ import annotations

import pandas as pd

from lgs_excel import formatting as fmt
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts
from lgs_excel.report.charts.invoices import invoices_figure, trimmed_figure
from lgs_excel.report.charts.picture import make_chart
from lgs_excel.report.context import Context
from lgs_excel.report.findings.invoices import invoices_message, invoices_title, trimmed_title
from lgs_excel.report.model import Cell, Column, Kind, Mark, Note, Sheet, Table
from lgs_excel.report.tables import plain, table

_BINS = {
    "lower": Column("From", Kind.MONEY),
    "upper": Column("To below", Kind.MONEY),
    "invoices": Column("Invoices", Kind.COUNT),
    "share": Column("Share", Kind.SHARE),
}


def invoices_sheet(invoices: InvoiceAmounts, context: Context) -> Sheet:
    """The sheet Invoices."""
    return Sheet(
        title="Invoices",
        finding=_finding(invoices),
        coverage=context.coverage,
        blocks=(
            _statistics(invoices),
            make_chart(
                "lgs_chart_invoices",
                invoices_message(invoices_title(invoices), invoices.whole),
                context.style,
                invoices_figure,
                invoices,
            ),
            make_chart(
                "lgs_chart_invoices_trimmed",
                invoices_message(trimmed_title(invoices), invoices.trimmed),
                context.style,
                trimmed_figure,
                invoices,
            ),
            Note(
                "An invoice's amount is the sum of its sale lines; cancellations are invoices of their own.", Mark.QUIET
            ),
            table("lgs_InvoiceSizes", _shares(invoices.whole), _BINS, "All invoices by size"),
            table("lgs_InvoiceSizesTrimmed", _shares(invoices.trimmed), _BINS, "Below the 85th percentile, by size"),
        ),
    )


def _shares(distribution: Distribution) -> pd.DataFrame:
    return distribution.bins.assign(share=distribution.bins["invoices"] / (distribution.count or float("nan")))


def _statistics(invoices: InvoiceAmounts) -> Table:
    whole, trimmed = invoices.whole, invoices.trimmed
    pairs = [
        ("Smallest", whole.min, trimmed.min),
        ("Mean", whole.mean, trimmed.mean),
        ("Median", whole.median, trimmed.median),
        ("Mode (most frequent)", invoices.mode, None),
        ("85th percentile", invoices.p85, None),
        ("Largest", whole.max, trimmed.max),
    ]
    rows = [(name, plain(first), plain(second)) for name, first, second in pairs]
    counts = ("Invoices", Cell(whole.count, Kind.COUNT), Cell(trimmed.count, Kind.COUNT))
    columns = (
        Column("Figure", Kind.TEXT, 24),
        Column("All invoices", Kind.PENCE),
        Column("Below 85th percentile", Kind.PENCE),
    )
    return Table("lgs_Invoices", columns, (counts, *rows))


def _finding(invoices: InvoiceAmounts) -> str:
    whole = invoices.whole
    if not whole.count:
        return "There are no invoices with a sale in this period."
    return (
        f"Half of {fmt.count(whole.count, 'invoice')} are below {fmt.money(whole.median)}; the mean is "
        f"{fmt.money(whole.mean)}, and 15% are above {fmt.money(invoices.p85)}."
    )
