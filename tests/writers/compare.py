"""Two workbooks, compared: everything in which they differ."""

from lgs_excel.writers.record import KEY_NAME
from tests.libreoffice.state import state

# LibreOffice rounds places and sizes to hundredths of a millimetre, more than once.
ROUNDING = 2
# How far a picture is from the left is the sum of the columns before it, each of them rounded: a fifth of a pixel.
LEFT_ROUNDING = 5
# Rows from about the 250th on lose the heights that a file gives them when LibreOffice loads it without a window; its
# own conversion to another format keeps them.
KNOWN_HEIGHTS = 245


def differences(found, expected, sheets=None):
    """Lines that say where and in what the open workbook `found` differs from `expected`; none if they are the same.

    Both are books, or states of books. sheets: only these, and the names that refer to them.
    """
    one, other = (state(book.api) if hasattr(book, "api") else book for book in (found, expected))
    wanted = sheets or {*one, *other} - {"names"}
    said = list(_names(one["names"], other["names"], sheets))
    for title in sorted(wanted):
        if title not in one or title not in other:
            said.append(f"{title}: only in one")
            continue
        for part in sorted(one[title]):
            said += [f"{title} {part} {line}" for line in _part(part, one[title][part], other[title][part])]
    return said


def _names(one, other, sheets):
    for name in sorted({*one, *other} - {KEY_NAME}):  # of the live writer's alone
        places = {one.get(name), other.get(name)}
        about = not sheets or any(str(place).strip("'").startswith(tuple(sheets)) for place in places)
        if about and len(places) > 1:
            yield f"name {name}: {one.get(name)} != {other.get(name)}"


def _part(part, one, other):
    if part in {"heights", "widths"}:
        # What is beyond what is used has the usual size.
        known = KNOWN_HEIGHTS if part == "heights" else None
        for i, (a, b) in enumerate(zip(one[:known], other, strict=False), 1):
            if abs(a - b) > ROUNDING:
                yield f"{i}: {a} != {b}"
        return
    for key in sorted({*one, *other}, key=str):
        a, b = one.get(key), other.get(key)
        if part == "cells":
            yield from _cell(key, a, b)
        elif part == "pictures" and a and b:
            if a[0] != b[0]:
                yield f"{key}: {a[0]!r} != {b[0]!r}"
            left, *others = (abs(x - y) for x, y in zip(a[1:], b[1:], strict=True))
            if left > LEFT_ROUNDING or max(others) > ROUNDING:
                yield f"{key}: {a[1:]} != {b[1:]}"
        elif a != b:
            yield f"{key}: {a} != {b}"


def _cell(place, a, b):
    """A cell that the other one does not even have must be blank."""
    if a is None or b is None:
        if (a or b)["value"] != "":
            yield f"{place}: {(a or b)['value']!r} only in one"
        return
    for name in sorted({*a, *b}):
        if a.get(name) != b.get(name) and not (name in {"value", "formula"} and _close(a["value"], b["value"])):
            yield f"{place} {name}: {str(a.get(name))[:80]!r} != {str(b.get(name))[:80]!r}"


def _close(a, b):
    """Numbers in a file have 16 digits."""
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 1e-12 * max(abs(a), abs(b))
