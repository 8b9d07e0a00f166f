"""How invoice amounts are spread, in words."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts


def pence(amount: float) -> str:
    """533.881 → "£533.88"."""
    return f"£{amount:,.2f}"


def pounds(amount: float) -> str:
    """Whole pounds, and pence for less than ten pounds."""
    return fmt.pounds(amount) if amount == 0 or amount >= 10 else pence(amount)


def invoices_title(invoices: InvoiceAmounts) -> str:
    """Such as "Half of 19,959 invoices are £304 or less; the mean is £534, the largest £168,470"."""
    whole = invoices.whole
    if not whole.count:
        return "No invoices in this period"
    if whole.count == 1:
        return f"One invoice, of {pence(whole.max)}"
    half = f"Half of {fmt.count(whole.count, 'invoice')} are {pounds(whole.median)} or less"
    return f"{half}; the mean is {pounds(whole.mean)}, the largest {pounds(whole.max)}"


def trimmed_title(invoices: InvoiceAmounts) -> str:
    """Such as "Without the largest 15% of invoices, the mean is £270 instead of £534 (49.4% less)"."""
    trimmed, whole = invoices.trimmed, invoices.whole
    if not whole.count:
        return "No invoices in this period"
    if not trimmed.count:
        return "No invoices below the 85th percentile: the larger ones are all equal"
    means = f"{pounds(trimmed.mean)} instead of {pounds(whole.mean)}"
    less = fmt.percent((whole.mean - trimmed.mean) / whole.mean)
    return f"Without the largest 15% of invoices, the mean is {means} ({less} less)"


def invoices_message(title: str, amounts: Distribution) -> str:
    """The title and the figures of the box plot."""
    if not amounts.count:
        return f"{title}."
    return (
        f"{title}. Histogram and box plot of {fmt.count(amounts.count, 'invoice')}: smallest {pence(amounts.min)}, "
        f"lower quartile {pence(amounts.q1)}, median {pence(amounts.median)}, mean {pence(amounts.mean)}, "
        f"upper quartile {pence(amounts.q3)}, largest {pence(amounts.max)}; the whiskers of the box plot go from "
        f"{pence(amounts.whisker_low)} to {pence(amounts.whisker_high)}."
    )
