"""Predictions of products, changes and moves, worked out from their definitions alone, as in reference.py."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import log

import numpy as np
import pandas as pd

from tests.analytics.reference import SEGMENTS, THEMES, UNIT, Oracle, _scores, open_days

SOLD = ("sale", "cancellation")
PARTS = (
    "customers", "orders per customer", "value per order", "sales without a customer", "cancellations",
    "adjustments and corrections",
)  # fmt: skip
NEW = "Not yet a customer"


def movement(oracle: Oracle) -> pd.DataFrame:
    """from_segment, to_segment, customers."""
    customers = _segments_then_and_now(oracle)
    order = [*SEGMENTS, NEW]
    counts = customers.groupby(["from_segment", "to_segment"]).size()
    rows = [(was, now, counts.get((was, now), 0)) for was in order for now in SEGMENTS]
    return pd.DataFrame([row for row in rows if row[2]], columns=["from_segment", "to_segment", "customers"])


def at_risk(oracle: Oracle) -> pd.DataFrame:
    """Champions and loyal customers who slipped, with their habits and last items."""
    customers = _segments_then_and_now(oracle)
    slipped = customers[
        customers["from_segment"].isin(["Champions", "Loyal Customers"])
        & customers["to_segment"].isin(["At Risk", "Can't Lose", "Hibernating", "About to Sleep"])
    ]
    rows = [_habits(oracle, customer, row) for customer, row in slipped.iterrows()]
    columns = ["customer_id", "country", "from_segment", "to_segment", "spend_12_months", "last_purchase", "usual_gap",
               "days_overdue", "last_items"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype({"last_purchase": "datetime64[s]"})
    return frame.sort_values(["spend_12_months", "customer_id"], ascending=[False, True], ignore_index=True)


def changes(oracle: Oracle) -> pd.DataFrame:
    """comparison, part, amount."""
    complete = [month for month in oracle.months if month != oracle.unfinished]
    if not complete:
        return pd.DataFrame(columns=["comparison", "part", "amount"])
    month = complete[-1]
    before, last_year = month - pd.DateOffset(months=1), month - pd.DateOffset(years=1)
    rows = _comparison(oracle, month, before, shown=before in complete)
    if before in complete:
        new = {m: _new(oracle, m) for m in (month, before)}
        known = {m: _known(oracle, m)["amount"].sum() / UNIT for m in (month, before)}
        label = rows[0][0]
        by_new = new[month] - new[before] if before != oracle.first_of_all else np.nan
        rows.append((label, "new customers", by_new))
        rows.append((label, "existing customers", known[month] - known[before] - by_new))
        for kind, column in (("product", "code"), ("customer", "customer")):
            rows += [(label, f"{kind} {key}", amount) for key, amount in _movers(oracle, column, month, before)]
    rows += _comparison(oracle, month, last_year, shown=last_year in complete)
    return pd.DataFrame(rows, columns=["comparison", "part", "amount"])


def buy_list(oracle: Oracle) -> pd.DataFrame:
    """stock_code, description, season, units, high80, change without a stock file, unrounded, ranked: for the 49 days
    of the settings as they come.
    """
    names = ["stock_code", "description", "season", "units", "high80", "change"]
    ahead = len(open_days(oracle.as_of, oracle.as_of + pd.Timedelta(days=48)))
    found = product_forecast(oracle, ahead)
    found["season"] = [
        ", ".join(theme for theme, _, words in THEMES if any(word in str(text).upper() for word in words.split()))
        for text in found["description"]
    ]
    return found.sort_values(["units", "stock_code"], ascending=[False, True], ignore_index=True)[names]


def product_forecast(oracle: Oracle, ahead: int | None = None) -> pd.DataFrame:
    """The columns of the analysis, unrounded, ranked; for so many trading days, those of the next month."""
    columns = ["stock_code", "description", "orders", "units", "low80", "high80", "change"]
    days = open_days(max(oracle.first_month, oracle.begins), oracle.last_day)[-144:]
    if len(days) < 24:
        return pd.DataFrame(columns=columns)
    units, times, sale, _ = _blocks(oracle, days)
    of_days, ahead = min(len(days), 48), _days_of_next_month(oracle) if ahead is None else ahead
    expected = units[[0, 1]].sum(axis=1).clip(lower=0) / of_days * ahead
    orders = sale[sale["block"] < 2].groupby("code")["invoice_no"].nunique()
    frame = pd.DataFrame({"orders": orders * ahead / of_days, "units": expected.reindex(orders.index)})
    low, high = _ranges(expected, units, times)
    frame["low80"], frame["high80"] = low.reindex(frame.index), high.reindex(frame.index)
    before = units[[2, 3]].sum(axis=1) if units.shape[1] > 3 else pd.Series(0.0, units.index)
    frame["change"] = (units[[0, 1]].sum(axis=1) / before.where(before > 0) - 1).reindex(frame.index)
    labels = oracle.products().set_index("stock_code")["description"]
    frame["description"] = labels.reindex(frame.index)
    frame = frame.rename_axis("stock_code").reset_index()[columns]
    return frame.sort_values(["orders", "units", "stock_code"], ascending=[False, False, True], ignore_index=True)


def _blocks(oracle: Oracle, days: list[date]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """By code and block: units with a limit for a line, sale lines; the sale lines with their block; whole units."""
    starts = [pd.Timestamp(days[-24 * (number + 1)]) for number in range(len(days) // 24)]
    starts = starts if len(starts) > 1 else [*starts, pd.Timestamp(days[0])]
    lines = oracle.lines[oracle.lines["product"] & oracle.lines["kind"].isin(SOLD)]
    lines = lines[lines["day"] >= starts[-1]]
    lines = lines.assign(block=[next(i for i, start in enumerate(starts) if day >= start) for day in lines["day"]])
    sale = lines[lines["kind"] == "sale"]
    caps = sale.groupby("code")["quantity"].agg(lambda values: sorted(values)[-(-99 * len(values) // 100) - 1])
    lines = lines[lines["code"].isin(caps.index)]
    cap = lines["code"].map(caps)
    lines = lines.assign(units=lines["quantity"].clip(-cap, cap))
    units, times, whole = (
        values.pivot_table(column, "code", "block", "sum")
        .reindex(sorted(caps.index), columns=range(len(starts)))
        .fillna(0)
        for values, column in ((lines, "units"), (sale.assign(one=1), "one"), (lines, "quantity"))
    )
    return units, times, sale, whole


def order_record(oracle: Oracle) -> tuple[int, float, float, float, float] | None:
    """What would have been ordered 48 trading days ago, against what came: products; enough and too much by the high
    case; the same by the four weeks before.
    """
    days = open_days(max(oracle.first_month, oracle.begins), oracle.last_day)[-144:]
    if len(days) < 144:
        return None
    units, times, _, whole = _blocks(oracle, days)
    then, times_then = (table[[2, 3, 4, 5]].set_axis([0, 1, 2, 3], axis=1) for table in (units, times))
    expected = then[[0, 1]].sum(axis=1).clip(lower=0)
    _, high = _ranges(expected, then, times_then)
    ranked = expected.sort_values(ascending=False, kind="stable").head(200)
    first = ranked[(ranked > 0) & high[ranked.index].notna()].index
    asked = whole.loc[first, [0, 1]].sum(axis=1).clip(lower=0)
    found: list[float] = []
    for ordered in (high[first], 2 * whole.loc[first, 2].clip(lower=0)):
        found += [sum(ordered >= asked) / len(first), (ordered - asked).clip(lower=0).sum() / asked.sum()]
    return (len(first), *found)


def _segments_then_and_now(oracle: Oracle) -> pd.DataFrame:
    then = oracle.unfinished or oracle.last_month
    known = oracle.sale[oracle.sale["customer"].notna()]
    now, before = segments(known), segments(known[known["day"] < then])
    return pd.DataFrame({"from_segment": before.reindex(now.index).fillna(NEW), "to_segment": now})


def segments(sale: pd.DataFrame) -> pd.Series:
    by_customer = sale.groupby("customer")
    days = (by_customer["day"].max() - pd.Timestamp("2000-01-01")).dt.days
    pairs = zip(_scores(days), _scores(by_customer["invoice_no"].nunique()), strict=True)
    names = [next(name for name, of in SEGMENTS.items() if pair in of) for pair in pairs]
    return pd.Series(names, index=days.index, dtype="object")


def _habits(oracle: Oracle, customer: str, row: pd.Series) -> tuple:
    history = oracle.history[(oracle.history["customer"] == customer) & oracle.history["kind"].isin(SOLD)]
    spend = history.loc[history["day"] >= oracle.as_of - pd.DateOffset(years=1), "amount"].sum() / UNIT
    days = sorted(set(history.loc[history["kind"] == "sale", "day"]))
    gap = float(np.median([(b - a).days for a, b in pairwise(days)])) if len(days) > 1 else np.nan
    bought = oracle.sale[oracle.sale["customer"] == customer]
    last = bought["day"].max()
    on_day = bought[bought["day"] == last]
    countries = on_day["country"]
    of_invoices = bought[bought["invoice_no"].isin(on_day["invoice_no"]) & bought["product"]]
    items = of_invoices.assign(name=of_invoices["description"].str.strip()).groupby("code").agg(
        amount=("amount", "sum"), name=("name", "max")
    )  # fmt: skip
    items = items.reset_index().sort_values(["amount", "code"], ascending=[False, True])
    names = [name if isinstance(name, str) and name else code for name, code in zip(items["name"], items["code"])][:3]  # noqa: B905
    overdue = (oracle.as_of - last).days - gap
    return (customer, countries.min(), row["from_segment"], row["to_segment"], spend, last, gap, overdue,
            ", ".join(names) if names else None)  # fmt: skip


def _comparison(oracle: Oracle, month: pd.Timestamp, other: pd.Timestamp, *, shown: bool) -> list[tuple]:
    label = f"{month:%Y-%m} against {other:%Y-%m}"
    if not shown:
        return [(label, "net sales", np.nan)]
    net = [oracle.lines.loc[oracle.lines["month"] == m, "amount"].sum() / UNIT for m in (other, month)]
    return [(label, "net sales", net[1] - net[0]), *((label, *part) for part in _parts(oracle, month, other))]


def _parts(oracle: Oracle, month: pd.Timestamp, other: pd.Timestamp) -> list[tuple[str, float]]:
    factors = []
    for m in (other, month):
        known = _known(oracle, m)
        customers, orders = known["customer"].nunique(), known["invoice_no"].nunique()
        factors.append((customers, orders, known["amount"].sum() / UNIT))
    (c0, o0, k0), (c1, o1, k1) = factors
    if k0 and k1:
        mean = (k1 - k0) / log(k1 / k0) if abs(log(k1 / k0)) > 1e-6 else k0
        amounts = [mean * log(c1 / c0), mean * log((o1 / c1) / (o0 / c0)), mean * log((k1 / o1) / (k0 / o0))]
    else:
        amounts = [k1 - k0, 0, 0]
    kinds = (
        lambda lines: lines[(lines["kind"] == "sale") & lines["customer"].isna()],
        lambda lines: lines[lines["kind"] == "cancellation"],
        lambda lines: lines[~lines["kind"].isin(SOLD)],
    )
    for kind in kinds:
        was, now = (
            kind(oracle.lines[oracle.lines["month"] == m])["amount"].sum() / UNIT for m in (other, month)
        )  # fmt: skip
        amounts.append(now - was)
    return list(zip(PARTS, amounts, strict=True))


def _known(oracle: Oracle, month: pd.Timestamp) -> pd.DataFrame:
    return oracle.sale[(oracle.sale["month"] == month) & oracle.sale["customer"].notna()]


def _new(oracle: Oracle, month: pd.Timestamp) -> float:
    bought = oracle.history[(oracle.history["kind"] == "sale") & oracle.history["customer"].notna()]
    first = bought.groupby("customer")["month"].min()
    known = _known(oracle, month)
    return known.loc[known["customer"].isin(first.index[first == month]), "amount"].sum() / UNIT


def _movers(oracle: Oracle, column: str, month: pd.Timestamp, other: pd.Timestamp) -> list[tuple[str, float]]:
    sold = oracle.lines[oracle.lines["kind"].isin(SOLD) & oracle.lines[column].notna()]
    sold = sold[sold["product"]] if column == "code" else sold
    now, was = (sold[sold["month"] == m].groupby(column)["amount"].sum() for m in (month, other))
    moved = now.subtract(was, fill_value=0).astype("int64")
    ranked = sorted(((-abs(amount), key) for key, amount in moved.items() if amount))[:3]
    return [(key, moved[key] / UNIT) for _, key in ranked]


def _days_of_next_month(oracle: Oracle) -> int:
    month = oracle.last_month + pd.DateOffset(months=1)
    return len(open_days(month, month + pd.offsets.MonthEnd(0)))


def _ranges(expected: pd.Series, units: pd.DataFrame, times: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    low, high = pd.Series(np.nan, expected.index), pd.Series(np.nan, expected.index)
    origins = range(1, units.shape[1] - 1)
    if len(origins) < 2:
        return low, high
    for first in (True, False):
        misses = []
        for origin in origins:
            group = _group(times[[origin, origin + 1]].sum(axis=1), first=first)
            predicted = units.loc[group, [origin, origin + 1]].sum(axis=1).clip(lower=0) / 2
            came = units.loc[group, origin - 1].clip(lower=0)
            misses += list(np.log(1 + came) - np.log(1 + predicted))
        if misses:
            below, above = np.quantile(misses, [0.1, 0.9])
            group = _group(times[[0, 1]].sum(axis=1), first=first)
            low[group] = (np.exp(np.log(1 + expected[group]) + below) - 1).clip(lower=0)
            high[group] = (np.exp(np.log(1 + expected[group]) + above) - 1).clip(lower=0)
    return low, high


def _group(times: pd.Series, *, first: bool) -> list[str]:
    """The 200 codes with the most sales, or the others with any."""
    ranked = [code for _, code in sorted((-count, code) for code, count in times.items() if count)]
    return ranked[:200] if first else ranked[200:]
