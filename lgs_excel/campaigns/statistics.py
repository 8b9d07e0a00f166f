"""What a comparison of two groups can show: power before, intervals after."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lgs_excel.analytics.intervals import Z95, wilson

Z80_POWER = 0.8416212335729143  # the standard normal's 80th percentile
RESAMPLES = 4_000
FEWEST_BUYERS = 5  # in each group, below which the mean of their spending has no interval worth the name
_AT_ONCE = 2_000_000  # numbers drawn at once, so that memory stays bounded


@dataclass(frozen=True)
class Interval:
    """A difference with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def smallest_difference(share: float, mailed: int, held_out: int) -> float:
    """The smallest difference of two shares about `share` that is seen in four cases of five (80 % power, 5 % level).

    NaN where a group is empty. Source: Fleiss, Statistical Methods for Rates and Proportions.
    """
    if not mailed or not held_out:
        return math.nan
    return (Z95 + Z80_POWER) * math.sqrt(share * (1 - share) * (1 / mailed + 1 / held_out))


def difference_of_shares(bought: int, mailed: int, bought_too: int, held_out: int) -> Interval:
    """The share of the mailed who bought, less that of the held out, by Newcombe's score interval without correction.

    Source: Newcombe, Statistics in Medicine 17 (1998), method 10.
    """
    one, other = bought / mailed, bought_too / held_out
    (low, high), (low_too, high_too) = wilson(bought, mailed), wilson(bought_too, held_out)
    return Interval(
        one - other,
        one - other - math.hypot(one - low, high_too - other),
        one - other + math.hypot(high - one, other - low_too),
    )


def difference_of_means(mailed: np.ndarray, held_out: np.ndarray, seed: int) -> Interval | None:
    """The mean of one group less that of the other, by the bootstrap of its t value; None where too few bought.

    By the t value, since spending is skew: plain percentiles would be too narrow. Source: Efron and Tibshirani, An
    Introduction to the Bootstrap, chapter 12.
    """
    if min(np.count_nonzero(mailed), np.count_nonzero(held_out)) < FEWEST_BUYERS:
        return None
    generator = np.random.default_rng(seed)
    difference = float(mailed.mean() - held_out.mean())
    error = math.hypot(_error(mailed), _error(held_out))
    means, errors = zip(*(_resampled(group, generator) for group in (mailed, held_out)), strict=True)
    spread = np.hypot(*errors)
    t = (means[0] - means[1] - difference)[spread > 0] / spread[spread > 0]
    low, high = np.percentile(t, [2.5, 97.5])
    return Interval(difference, difference - float(high) * error, difference - float(low) * error)


def _resampled(group: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard errors of RESAMPLES samples of a group, drawn with replacement."""
    means, errors = [], []
    step = max(1, _AT_ONCE // len(group))
    for first in range(0, RESAMPLES, step):
        drawn = group[generator.integers(0, len(group), (min(step, RESAMPLES - first), len(group)))]
        means.append(drawn.mean(axis=1))
        errors.append(drawn.std(axis=1, ddof=1) / math.sqrt(len(group)))
    return np.concatenate(means), np.concatenate(errors)


def _error(group: np.ndarray) -> float:
    return float(group.std(ddof=1) / math.sqrt(len(group)))
