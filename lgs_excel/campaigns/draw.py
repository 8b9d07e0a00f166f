"""Who is written to and who is held out: drawn at random within fifths of the customers by value."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

FIFTHS = 5


def draw_hold_out(customers: pd.DataFrame, share: float, seed: int) -> pd.Series[bool]:
    """Whether each customer is held out, in the order of `customers` (customer_id: text; value: what one is worth).

    Within each fifth by value the same share is held out, so that both groups are alike from the beginning. The same
    customers, share and seed give the same groups, in whatever order the customers come.
    """
    ordered = customers.sort_values(["value", "customer_id"], ascending=[False, True])
    ids = ordered["customer_id"].to_numpy()
    generator = np.random.default_rng(seed)
    held: set[str] = set()
    so_far = 0
    for fifth in np.array_split(np.arange(len(ids)), FIFTHS):
        so_far += len(fifth)
        # Of all customers so far the share is held out, so that the fifths' roundings don't add up.
        number = math.floor(so_far * share + 0.5) - len(held)
        held.update(ids[generator.permutation(fifth)[:number]])
    return customers["customer_id"].isin(held)
