"""What a reader asked to see: countries, months, as-of date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lgs_excel.errors import InputError, nearest
from lgs_excel.warehouse.months import add_months, month_text, parse_month


@dataclass(frozen=True)
class Filters:
    """Nothing set: everything there is.

    countries: keep the lines of these. from_month, to_month: keep the lines of these months, both included.
    as_of: see the shop as on the morning of this day: its lines and later ones are left out.
    """

    countries: tuple[str, ...] = ()
    from_month: date | None = None
    to_month: date | None = None
    as_of: date | None = None

    def __post_init__(self) -> None:
        if self.from_month and self.to_month and self.from_month > self.to_month:
            raise InputError(
                f"--from {month_text(self.from_month)} is after --to {month_text(self.to_month)}. "
                "Give the earlier month to --from."
            )

    @property
    def end(self) -> date | None:
        """The first day that they leave out, None if they leave out none at the end."""
        ends = [self.as_of] if self.as_of else []
        if self.to_month:
            ends.append(add_months(self.to_month, 1))
        return min(ends, default=None)

    @property
    def whole_months(self) -> bool:
        """Whether no month is cut by them."""
        return self.end is None or self.end.day == 1

    @property
    def text(self) -> str:
        """The filters in words, "none" if nothing is set."""
        parts = []
        if self.countries:
            parts.append(" and ".join(self.countries))
        if self.from_month:
            parts.append(f"from {month_text(self.from_month)}")
        if self.to_month:
            parts.append(f"to {month_text(self.to_month)}")
        if self.as_of:
            parts.append(f"as of {self.as_of.isoformat()}")
        return ", ".join(parts) or "none"


def parse_filters(
    countries: Iterable[str] = (), from_month: str | None = None, to_month: str | None = None, as_of: str | None = None
) -> Filters:
    """Filters from what a person typed: months as YYYY-MM, the day as YYYY-MM-DD. Raises InputError."""
    return Filters(
        tuple(dict.fromkeys(name.strip() for name in countries if name.strip())),
        parse_month(from_month) if from_month else None,
        parse_month(to_month) if to_month else None,
        _parse_day(as_of) if as_of else None,
    )


def check_countries(asked: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The asked countries as the warehouse spells them (case ignored; each way, if it has several).

    Raises InputError for one that it hasn't.
    """
    by_folded: dict[str, list[str]] = {}
    for name in sorted(known):
        by_folded.setdefault(name.casefold(), []).append(name)
    spelt = [names[0] for names in by_folded.values()]
    found: list[str] = []
    for name in asked:
        if name.casefold() not in by_folded:
            hint = nearest(name, spelt) or f" Known: {', '.join(spelt[:60])}."
            raise InputError(f"{name!r} is not a country in the data.{hint}")
        found += by_folded[name.casefold()]
    return tuple(dict.fromkeys(found))


def check_months(filters: Filters, first: date, last: date) -> None:
    """Raise InputError for a month, or a day, that the data (months `first` to `last`) don't reach."""
    reach = f"The data run from {month_text(first)} to {month_text(last)}."
    for option, month in (("--from", filters.from_month), ("--to", filters.to_month)):
        if month and not first <= month <= last:
            raise InputError(f"{option} {month_text(month)} is not in the data. {reach}")
    if filters.as_of and filters.as_of <= first:
        raise InputError(f"--as-of {filters.as_of.isoformat()} is before the data begin. {reach}")


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{text!r} is not a day. Write it as YYYY-MM-DD, such as 2011-12-10.") from None
