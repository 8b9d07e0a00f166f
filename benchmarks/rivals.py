"""Predictions by statsmodels and statsforecast, in an environment of their own (make rivals); JSON in, JSON out.

In: {"series": [[...], ...], "first": the first origin, "horizons": 3}. Out: {method: [[[h1, h2, h3] by origin] by series]}.
"""

import json
import sys
import warnings

import numpy as np
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta
from statsmodels.tsa.holtwinters import ExponentialSmoothing

YEAR = 12


def holt_winters(known: np.ndarray, months: int) -> np.ndarray:
    """statsmodels' exponential smoothing, with a season as soon as it takes one (two whole years)."""
    season = {"seasonal": "add", "seasonal_periods": YEAR} if len(known) >= 2 * YEAR else {}
    fitted = ExponentialSmoothing(known, trend="add", damped_trend=True, **season).fit()
    return fitted.forecast(months)


def statsforecast(model):
    return lambda known, months: model(season_length=YEAR).forecast(y=known, h=months)["mean"]


METHODS = {
    "AutoETS": statsforecast(AutoETS),
    "AutoARIMA": statsforecast(AutoARIMA),
    "AutoTheta": statsforecast(AutoTheta),
    "Holt-Winters": holt_winters,
}


def main() -> None:
    warnings.simplefilter("ignore")
    said = json.load(sys.stdin)
    found = {
        name: [
            [
                list(map(float, predict(np.array(series[:origin]), min(said["horizons"], len(series) - origin))))
                for origin in range(said["first"], len(series))
            ]
            for series in said["series"]
        ]
        for name, predict in METHODS.items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
