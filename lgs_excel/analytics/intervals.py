"""Intervals of shares."""

from __future__ import annotations

from typing import Any

import numpy as np

Z95 = 1.959963984540054  # the standard normal's 97.5th percentile


def wilson(successes: Any, trials: Any) -> tuple[Any, Any]:
    """The ends of the 95 % interval of successes ÷ trials, numbers or columns of them: fair for few trials, too.

    Source: Wilson, Journal of the American Statistical Association 22 (1927).
    """
    share, z2 = successes / trials, Z95**2
    middle = share + z2 / (2 * trials)
    half = Z95 * np.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return (middle - half) / (1 + z2 / trials), (middle + half) / (1 + z2 / trials)
