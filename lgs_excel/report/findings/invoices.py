"""How invoice amounts are spread, in words."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.invoices import Distribution, InvoiceAmounts


def rounded(amount: float) -> str:
    """Without pence from ten pounds on, such as "£304", "£2.55"."""
    return fmt.money(amount) if amount == 0 or amount >= 10 else fmt.pence(amount)


def invoices_title(invoices: InvoiceAmounts) -> str:
    """Such as "Half of 19,959 invoices are £304 or less; the mean is £534, the largest £168,470"."""
    whole = invoices.whole
    if not whole.count:
        return "No invoices in this period"
    if whole.count == 1:
        return f"One invoice, of {fmt.pence(whole.max)}"
    half = f"Half of {fmt.count(whole.count, 'invoice')} are {rounded(whole.median)} or less"
    return f"{half}; the mean is {rounded(whole.mean)}, the largest {rounded(whole.max)}"


def trimmed_title(invoices: InvoiceAmounts) -> str:
    """Such as "Without the largest 15% of invoices, the mean is £270 instead of £534 (49.4% less)"."""
    trimmed, whole = invoices.trimmed, invoices.whole
    if not whole.count:
        return "No invoices in this period"
    if not trimmed.count:
        return "No invoices below the 85th percentile: the larger ones are all equal"
    means = f"{rounded(trimmed.mean)} instead of {rounded(whole.mean)}"
    less = fmt.percent((whole.mean - trimmed.mean) / whole.mean)
    return f"Without the largest 15% of invoices, the mean is {means} ({less} less)"


def invoices_message(title: str, amounts: Distribution) -> str:
    """The title and the figures of the box plot."""
    if not amounts.count:
        return f"{title}."
    names = ("smallest", "lower quartile", "median", "mean", "upper quartile", "largest")
    figures = (amounts.min, amounts.q1, amounts.median, amounts.mean, amounts.q3, amounts.max)
    told = ", ".join(f"{name} {fmt.pence(figure)}" for name, figure in zip(names, figures, strict=True))
    return (
        f"{title}. Histogram and box plot of {fmt.count(amounts.count, 'invoice')}: {told}; the whiskers of the box "
        f"plot go from {fmt.pence(amounts.whisker_low)} to {fmt.pence(amounts.whisker_high)}."
    )
