"""The arithmetic of predictions: a ladder of methods by the length of the history, and its record.

Everything is in sales per trading day. Compared on this shop's months and on 60 public series, no method of the usual
libraries did better (benchmarks/forecast.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Level = Literal[80, 95]
Method = Literal["ladder", "naive"]

FEWEST_MONTHS = 3
YEAR = 12
GROWTH_LIMITS = (0.4, 2.5)
FACTOR_LIMITS = (0.05, 20.0)
MOST_ORIGINS = 24
HORIZONS = 3  # months ahead that the record is kept for
FEWEST_TO_JUDGE = 6
LARGEST_MISS = math.log(5)  # a worse miss counts as this, so that one month of nothing doesn't end all ranges
SMOOTHING = np.linspace(0.05, 0.99, 30)

# Student's t: what is left out on each side is 10 % and 2.5 %; for 1 to 20 degrees of freedom.
_T: dict[Level, tuple[float, ...]] = {
    80: (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372,
         1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333, 1.330, 1.328, 1.325),
    95: (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
         2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
}  # fmt: skip
_NORMAL: dict[Level, float] = {80: 1.2816, 95: 1.9600}


@dataclass(frozen=True)
class Known:
    """Complete months without a gap, the oldest first, in sales per trading day.

    pace: the recent pace at the end of each month, NaN where it is not known. own: the index of the first month that
    the shop's own lines make; those before were typed in.
    """

    rates: Floats
    pace: Floats
    own: int = 0

    def until(self, count: int) -> Known:
        """What was known when only `count` months were over."""
        return Known(self.rates[:count], self.pace[:count], self.own)


@dataclass(frozen=True)
class Step:
    """One month's prediction per trading day; seasonal: made from last year's, else from the recent pace."""

    rate: float
    seasonal: bool


@dataclass(frozen=True)
class Trial:
    """A past prediction and what came. origin: how many months were known then; horizon: months ahead, from 1."""

    origin: int
    horizon: int
    predicted: float
    actual: float
    seasonal: bool
    inside80: bool

    @property
    def target(self) -> int:
        """The index of the month that was predicted."""
        return self.origin + self.horizon - 1

    @property
    def miss(self) -> float:
        """log(actual ÷ predicted), within ± LARGEST_MISS."""
        if self.actual <= 0:
            return -LARGEST_MISS
        return float(np.clip(math.log(self.actual / self.predicted), -LARGEST_MISS, LARGEST_MISS))

    @property
    def error(self) -> float:
        """Predicted ÷ actual − 1; NaN where nothing, or less, was sold."""
        return self.predicted / self.actual - 1 if self.actual > 0 else math.nan


def recent_pace(daily: Floats) -> float:
    """The mean of the last 12 trading days and of the last 24, averaged; NaN without any day."""
    return float((daily[-12:].mean() + daily[-24:].mean()) / 2) if len(daily) else math.nan


def predict(known: Known, months: int, method: Method = "ladder", *, paced: int = 1) -> list[Step]:
    """The next `months` months, or fewer: it ends before the first that nothing can be said of.

    The first `paced` months go by the recent pace where last year's sold nothing or is not known; with a year of
    history any does.
    """
    count = len(known.rates)
    if count < FEWEST_MONTHS:
        return []
    seasonal = last_year(known.rates, months) if method == "naive" else _seasonal(known.rates, months)
    pace = float(known.rates[-1] if method == "naive" else known.pace[-1])
    steps: list[Step] = []
    for ahead in range(months):
        if seasonal[ahead] > 0:
            steps.append(Step(float(seasonal[ahead]), seasonal=True))
        elif (ahead < paced or count >= YEAR) and pace > 0:
            steps.append(Step(pace, seasonal=False))
        else:
            break
    return steps


def last_year(rates: Floats, months: int) -> Floats:
    """The rates of the same months a year before the next `months`; NaN where the history does not reach back."""
    places = np.arange(months) + len(rates) - YEAR
    return np.where((places >= 0) & (places < len(rates)), rates[places.clip(0, len(rates) - 1)], np.nan)


def _seasonal(rates: Floats, months: int) -> Floats:
    grown = last_year(rates, months) * math.sqrt(growth(rates))
    if len(rates) < 2 * YEAR:
        return grown
    return np.where(grown > 0, (grown + _by_factors(rates, months)) / 2, np.nan)


def growth(rates: Floats) -> float:
    """The last (up to) three months over the same months last year, within GROWTH_LIMITS; 1 where there are none."""
    compared = min(3, len(rates) - YEAR)
    if compared < 1:
        return 1.0
    before = rates[-YEAR - compared : -YEAR].sum()
    return float(np.clip(rates[-compared:].sum() / before, *GROWTH_LIMITS)) if before > 0 else 1.0


def _by_factors(rates: Floats, months: int) -> Floats:
    """Exponential smoothing of what is left when each month is divided by its factor, times the factors ahead.

    A month's factor is the mean of its ratios to the centred average of twelve months.
    """
    count = len(rates)
    average = np.convolve(rates, np.r_[0.5, np.ones(YEAR - 1), 0.5] / YEAR, "valid")
    inner = rates[YEAR // 2 : count - YEAR // 2]
    ratios = np.divide(inner, average, out=np.ones_like(inner), where=average > 0).clip(*FACTOR_LIMITS)
    place = np.arange(YEAR // 2, count - YEAR // 2) % YEAR
    factors = np.array([ratios[place == month].mean() for month in range(YEAR)])
    factors /= factors.mean()
    level = _smoothed(rates / factors[np.arange(count) % YEAR])
    return np.maximum(level * factors[np.arange(count, count + months) % YEAR], 0)


def _smoothed(values: Floats) -> float:
    """The last level of simple exponential smoothing, by the weight that would have missed least."""
    level = np.full(len(SMOOTHING), values[0])
    squares = np.zeros(len(SMOOTHING))
    for value in values[1:]:
        miss = value - level
        squares += miss * miss
        level = level + SMOOTHING * miss
    return float(level[squares.argmin()])


def record(known: Known, method: Method = "ladder") -> list[Trial]:
    """Every prediction that the last MOST_ORIGINS months would have seen, from what was known then, oldest first."""
    count = len(known.rates)
    trials: list[Trial] = []
    for origin in range(max(FEWEST_MONTHS, known.own, count - MOST_ORIGINS), count):
        steps = predict(known.until(origin), min(HORIZONS, count - origin), method)
        judged = [trial for trial in trials if trial.target < origin]
        for horizon, step in enumerate(steps, 1):
            actual = float(known.rates[origin + horizon - 1])
            factor = math.exp(half_width(judged, horizon, 80, seasonal=step.seasonal))
            inside = step.rate / factor <= actual <= step.rate * factor
            trials.append(Trial(origin, horizon, step.rate, actual, step.seasonal, inside))
    return trials


def half_width(trials: Sequence[Trial], horizon: int, level: Level, *, seasonal: bool) -> float:
    """Half the range of a prediction, in logarithms: Student's t × the size of past misses, drawn towards a prior.

    Predictions from last year's months pool their horizons; those from the recent pace don't, and widen with it.
    """
    horizon = min(horizon, HORIZONS)
    prior, weight = (0.15, 2) if seasonal else (0.25 * math.sqrt(horizon), 4)
    alike = [trial for trial in trials if trial.seasonal == seasonal and (seasonal or trial.horizon == horizon)]
    tried = sum(trial.horizon == horizon for trial in alike)
    square = float(np.mean([trial.miss**2 for trial in alike])) if alike else 0.0
    freedom = weight + tried
    return t_quantile(level, freedom) * math.sqrt((weight * prior**2 + tried * square) / freedom)


def t_quantile(level: Level, freedom: int) -> float:
    """Student's t that leaves (100 − level) ÷ 2 % out on each side; `freedom` from 1. To three digits."""
    table = _T[level]
    if freedom <= len(table):
        return table[freedom - 1]
    z = _NORMAL[level]
    # The first terms of Fisher's expansion.
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def mean_error(trials: Sequence[Trial], horizon: int = 1) -> float:
    """The mean size of the errors so many months ahead, a fraction; NaN if there are none."""
    errors = [abs(trial.error) for trial in trials if trial.horizon == horizon and math.isfinite(trial.error)]
    return float(np.mean(errors)) if errors else math.nan


def better(ladder: Sequence[Trial], naive: Sequence[Trial]) -> Method:
    """The method whose next month has been nearer, on average; the ladder, while there is too little to judge by."""
    judged = sum(trial.horizon == 1 for trial in ladder)
    return "naive" if judged >= FEWEST_TO_JUDGE and mean_error(naive) < mean_error(ladder) else "ladder"
