"""What changed, in plain English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lgs_excel import formatting as fmt
from lgs_excel.analytics.decomposition import Figures

# How a part reads when it added to sales, and when it took from them.
_PARTS = {
    "customers": ("more customers", "fewer customers"),
    "orders per customer": ("more orders per customer", "fewer orders per customer"),
    "value per order": ("larger orders", "smaller orders"),
    "sales without a customer": ("more sales without a customer", "less sales without a customer"),
    "cancellations": ("fewer cancellations", "more cancellations"),
    "adjustments and corrections": ("adjustments and corrections", "adjustments and corrections"),
}
_HALF_A_POUND = Decimal("0.5")
_LONGEST_NAME = 48


@dataclass(frozen=True)
class Comparison:
    """Two months; before: None where the earlier one is not in the data shown."""

    month: date
    earlier: date
    now: Figures
    before: Figures | None

    @property
    def change(self) -> Decimal:
        """The change of net sales, in pounds; nothing where there is nothing to compare with."""
        return self.now.net - self.before.net if self.before else Decimal(0)

    @property
    def growth(self) -> float | None:
        """The change as a fraction of what net sales were; None where they were not above zero."""
        return float(self.change / self.before.net) if self.before and self.before.net > 0 else None

    @property
    def names(self) -> tuple[str, str]:
        """Both months as words, the later one first."""
        return fmt.long_month(self.month), fmt.long_month(self.earlier)


@dataclass(frozen=True)
class Mover:
    """A product or a customer, and what its sales less cancellations changed by."""

    key: str
    amount: Decimal
    label: str | None = None

    @property
    def name(self) -> str:
        """What a product is called, else the key."""
        name = " ".join(fmt.title_form(self.label or self.key).split())
        return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def headline(comparison: Comparison) -> str:
    """Net sales, and their growth on the month before."""
    month, earlier = comparison.names
    net = f"{month}: net sales {fmt.money(float(comparison.now.net))}"
    if comparison.before is None:
        return f"{net}. It is the first complete month shown: there is none before it to compare with."
    if comparison.growth is None:
        return f"{net}, after {fmt.money(float(comparison.before.net))} in {earlier}."
    return f"{net}, {fmt.change(comparison.growth)} on {earlier}."


def normal_swing(comparison: Comparison, swing: float | None) -> str | None:
    """Whether the growth is within the normal swing; None where either is not known."""
    if comparison.growth is None or swing is None:
        return None
    place = "within the normal swing" if abs(comparison.growth) <= swing else "more than the normal swing"
    return f"That is {place}: in four of five months before, sales moved by {fmt.percent(swing)} at most."


def cause(comparison: Comparison, part: str, amount: Decimal) -> str | None:
    """What a part changed net sales by; None for less than half a pound."""
    if abs(amount) < _HALF_A_POUND:
        return None
    name = _PARTS[part][amount < 0]
    return f"{name[:1].upper()}{name[1:]}: {_signed(amount)} on {comparison.names[1]}."


def bought(comparison: Comparison, who: str, now: Decimal, before: Decimal | None) -> str:
    """What new or existing customers bought, and how that changed; before: None where nobody can know it."""
    said = f"{who} customers bought for {_pounds(now)}"
    return f"{said}." if before is None else f"{said}, {_difference(now - before)} in {comparison.names[1]}."


def mover(comparison: Comparison, what: str, moved: Mover) -> str:
    """What a product or a customer changed net sales by."""
    return f"{what} {moved.name}: {_signed(moved.amount)} on {comparison.names[1]}."


def last_year(comparison: Comparison) -> str:
    """Growth on the same month last year; or that there is no such month."""
    month, earlier = comparison.names
    if comparison.before is None:
        return f"There is no complete {earlier} among the months shown to compare {month} with."
    if comparison.growth is None:
        return f"In {earlier} net sales were {_pounds(comparison.before.net)}."
    return f"On {earlier} net sales were {fmt.change(comparison.growth)} ({_signed(comparison.change)})."


def cancellations(rate: float, earlier: Sequence[float]) -> str:
    """That cancellations were unusual, beside what was usual."""
    usual = fmt.percent(sum(earlier) / len(earlier))
    high = "high" if rate > max(earlier) else "low"
    return f"Cancellations were unusually {high}: {fmt.percent(rate)} of gross sales, {usual} in the months before."


def cancellations_so_far(month: date, rate: float, earlier: Sequence[float]) -> str:
    """That they are unusually high in a month that is not over."""
    now, most = fmt.percent(rate), fmt.percent(max(earlier))
    return f"{fmt.long_month(month)} so far: {now} of gross sales is cancelled, at most {most} in a month before."


def _pounds(amount: Decimal) -> str:
    return fmt.money(float(amount))


def _signed(amount: Decimal) -> str:
    return ("+" if round(amount) > 0 else "") + fmt.money(float(amount))


def _difference(amount: Decimal) -> str:
    if not round(amount):
        return "as much as"
    return f"{fmt.money(abs(float(amount)))} {'more' if amount > 0 else 'less'} than"
