"""What a change of sales is made of, to the penny."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

PENNY = Decimal("0.01")
PARTS = (
    "customers", "orders per customer", "value per order", "sales without a customer", "cancellations",
    "adjustments and corrections",
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """A month: net sales are `known` (sale lines with a customer), `unknown` (those without), `cancelled` and `other`
    (adjustments and corrections) together, in pounds; customers and orders are those of `known`.
    """

    known: Decimal = Decimal(0)
    unknown: Decimal = Decimal(0)
    cancelled: Decimal = Decimal(0)
    other: Decimal = Decimal(0)
    customers: int = 0
    orders: int = 0

    @property
    def net(self) -> Decimal:
        """Net sales, in pounds."""
        return self.known + self.unknown + self.cancelled + self.other


def decompose(before: Figures, now: Figures) -> dict[str, Decimal]:
    """The change of net sales by part (PARTS), in pounds; the parts add up to it exactly.

    Sales with a customer are customers × orders per customer × value per order. Each factor gets its logarithmic change
    × the logarithmic mean of both months' sales (the LMDI method), so that no order of the factors is preferred and
    nothing is left over. Where one of the months has none, customers get all of it.
    """
    change = now.known - before.known
    customers = orders = Decimal(0)
    if before.known > 0 and now.known > 0:
        mean = _logarithmic_mean(float(before.known), float(now.known))
        customers = _pennies(mean * math.log(now.customers / before.customers))
        rate = (now.orders / now.customers) / (before.orders / before.customers)
        orders = _pennies(mean * math.log(rate))
    else:
        customers = change
    amounts = (
        customers,
        orders,
        change - customers - orders,
        now.unknown - before.unknown,
        now.cancelled - before.cancelled,
        now.other - before.other,
    )
    return dict(zip(PARTS, amounts, strict=True))


def _logarithmic_mean(one: float, other: float) -> float:
    ratio = math.log(other / one)
    # For nearly equal amounts the quotient is 0 ÷ 0; the mean of both is then as good.
    return (other - one) / ratio if abs(ratio) > 1e-6 else (one + other) / 2


def _pennies(amount: float) -> Decimal:
    return Decimal(amount).quantize(PENNY)
