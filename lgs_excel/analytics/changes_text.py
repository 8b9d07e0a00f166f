"""What changed, in plain English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_LONGEST_NAME = 60


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
    def text(self) -> str:
        """Its name, else its key, and the change."""
        name = " ".join(str(self.label or self.key).split())
        name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
        return f"{name} ({_signed(self.amount)})"


def headline(comparison: Comparison, swing: float | None) -> str:
    """Net sales, their growth on the month before, and whether that is within the normal swing (None: not known)."""
    month, earlier = comparison.names
    net = f"{month}: net sales {fmt.pounds(float(comparison.now.net))}"
    if comparison.before is None:
        return f"{net}. It is the first complete month shown: there is none before it to compare with."
    if comparison.growth is None:
        return f"{net}, after {fmt.pounds(float(comparison.before.net))} in {earlier}."
    said = f"{net}, {fmt.change(comparison.growth)} on {earlier}"
    if swing is None:
        return f"{said}."
    usual = f"(in four of five months before, sales moved by {fmt.percent(swing)} at most)"
    place = "within the normal swing" if abs(comparison.growth) <= swing else "more than the normal swing"
    return f"{said}, {place} {usual}."


def causes(comparison: Comparison, parts: Mapping[str, Decimal]) -> str:
    """Which parts made the change, and which worked against it, the largest first."""
    with_it, against_it = _sides(parts, comparison.change)
    if not with_it and not against_it:
        return f"Nothing moved since {comparison.names[1]}."
    if abs(comparison.change) < _HALF_A_POUND:
        return f"{_sentence(with_it + against_it)} cancelled each other out."
    said = f"{_sentence(with_it)} made the difference"
    return f"{said}; {fmt.listed(against_it)} worked against it." if against_it else f"{said}."


def new_and_existing(comparison: Comparison, new: Decimal, new_before: Decimal, *, starts: bool) -> str:
    """What new and what existing customers bought, and how that changed; starts: the earlier month is the history's
    first, in which nobody is known to be new.
    """
    now, before = comparison.now, comparison.before or Figures()
    if not now.known:
        return f"No sale in {comparison.names[0]} names a customer, so new and existing ones can't be told apart."
    existing = now.known - new
    share = fmt.percent(float(new / now.known))
    said = f"New customers bought for {_pounds(new)} ({share} of sales with a customer)"
    if starts:
        return (
            f"{said}, existing ones for {_pounds(existing)}; how that changed can't be told, since the history "
            f"starts in {comparison.names[1]}."
        )
    existing_before = before.known - new_before
    return (
        f"{said}, {_difference(new - new_before)} than in {comparison.names[1]}; existing ones for "
        f"{_pounds(existing)}, {_difference(existing - existing_before)}."
    )


def movers(comparison: Comparison, products: Sequence[Mover], customers: Sequence[Mover]) -> str:
    """The products and the customers that moved sales most since the earlier month."""
    said = []
    if products:
        said.append(f"the products that moved most were {fmt.listed([mover.text for mover in products])}")
    if customers:
        said.append(f"the customers {fmt.listed([mover.text for mover in customers])}")
    if not products:
        said[0] = f"the customers that moved most were {fmt.listed([mover.text for mover in customers])}"
    return f"Since {comparison.names[1]} {'; '.join(said)}."


def last_year(comparison: Comparison, parts: Mapping[str, Decimal]) -> str:
    """Growth on the same month last year and the part that made most of it; or that there is no such month."""
    month, earlier = comparison.names
    if comparison.before is None:
        return f"There is no complete {earlier} among the months shown to compare {month} with."
    if comparison.growth is None:
        return f"In {earlier} net sales were {_pounds(comparison.before.net)}."
    said = f"On {earlier} net sales were {fmt.change(comparison.growth)} ({_signed(comparison.change)})"
    with_it, _ = _sides(parts, comparison.change)
    return f"{said}, most of all through {with_it[0]}." if with_it else f"{said}."


def cancellations(rate: float, earlier: Sequence[float]) -> str:
    """That cancellations were unusual, beside what was usual."""
    usual = fmt.percent(sum(earlier) / len(earlier))
    high = "high" if rate > max(earlier) else "low"
    return f"Cancellations were unusually {high}: {fmt.percent(rate)} of gross sales, {usual} in the months before."


def _sides(parts: Mapping[str, Decimal], change: Decimal) -> tuple[list[str], list[str]]:
    """The parts in words, the largest first: those that went the way of the change, and the others."""
    ranked = sorted(parts.items(), key=lambda part: -abs(part[1]))
    told = [(part, amount) for part, amount in ranked if abs(amount) >= _HALF_A_POUND]
    up = change >= 0

    def side(*, of_it: bool) -> list[str]:
        return [
            f"{_PARTS[part][amount < 0]} ({_signed(amount)})" for part, amount in told if ((amount > 0) == up) == of_it
        ]

    return side(of_it=True), side(of_it=False)


def _sentence(items: Sequence[str]) -> str:
    text = fmt.listed(items)
    return text[:1].upper() + text[1:]


def _pounds(amount: Decimal) -> str:
    return fmt.pounds(float(amount))


def _signed(amount: Decimal) -> str:
    return ("+" if round(amount) > 0 else "") + fmt.pounds(float(amount))


def _difference(amount: Decimal) -> str:
    if not round(amount):
        return "as much"
    return f"{fmt.pounds(abs(float(amount)))} {'more' if amount > 0 else 'less'}"
