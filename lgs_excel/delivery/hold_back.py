"""May this report go out? What is stale, empty or doesn't add up is kept from its readers."""

from __future__ import annotations

from datetime import date

from lgs_excel import formatting as fmt
from lgs_excel.delivery.digest import Digest


def objections(digest: Digest, stale_days: int, today: date) -> tuple[str, ...]:
    """Why the report must not be mailed, a sentence a reason; empty if it may be.

    Its data are stale if they end more than `stale_days` days before today, or before the day up to which they were
    asked for, where that is earlier.
    """
    reasons = []
    asked = min(today, digest.asked_to or today)
    age = (asked - digest.data_through).days
    if age > stale_days:
        reasons.append(
            f"Its data are stale: they end on {fmt.day(digest.data_through)}, {fmt.count(age, 'day')} ago; at most "
            f"{stale_days} are allowed (setting stale_days). Load newer exports, then send again."
        )
    if not digest.lines:
        reasons.append("It is empty: not a line of sales is in it. See to its filters, and to what was loaded.")
    if not digest.sound:
        reasons.append(f"It does not add up. {digest.verdict} See its sheet Checks.")
    return tuple(reasons)
