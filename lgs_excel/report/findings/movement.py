"""From which segment to which customers moved, in words."""

from __future__ import annotations

from lgs_excel import formatting as fmt
from lgs_excel.analytics.movement import GOOD, NEW, SLIPPED, Movement

WORSE, BETTER, SAME = "slipped", "became good", "stayed"


def way(was: str, now: str) -> str:
    """What it means to move from one segment to another: WORSE, BETTER, SAME or "", none of these."""
    if was == now:
        return SAME
    if was in GOOD and now in SLIPPED:
        return WORSE
    return BETTER if now in GOOD and was not in GOOD else ""


def movement_title(movement: Movement) -> str:
    """Such as "43 good customers slipped, and 48 became good ones"."""
    if movement.moves.empty:
        return "No customers in this period"
    slipped, risen = fmt.count(_moved(movement, WORSE), "good customer"), _moved(movement, BETTER)
    return f"{slipped} slipped, and {risen:,} became good ones"


def movement_message(movement: Movement) -> str:
    """The title, how many customers are where they were, and how many are new."""
    moves, title = movement.moves, movement_title(movement)
    if moves.empty:
        return f"{title}."
    total = fmt.count(int(moves["customers"].sum()), "customer")
    new = moves.loc[moves["from_segment"] == NEW, "customers"].sum()
    return (
        f"Segments of customers on {fmt.day(movement.then)} and now. {title}. Of {total} "
        f"{_moved(movement, SAME):,} are where they were, and {new:,} are new."
    )


def _moved(movement: Movement, asked: str) -> int:
    moves = movement.moves
    ways = [way(was, now) for was, now in zip(moves["from_segment"], moves["to_segment"], strict=True)]
    return int(moves["customers"][[one == asked for one in ways]].sum())
