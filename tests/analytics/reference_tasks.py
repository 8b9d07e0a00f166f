"""What to do this week, worked out from its definition alone, as in reference.py."""

from __future__ import annotations

import pandas as pd

from tests.analytics.reference import THEMES, UNIT, Oracle
from tests.analytics.reference_forecasts import SOLD, at_risk, buy_list, segments

WEEK = pd.Timedelta(days=7)
Line = tuple[str, int, float, str, object, object]


def this_week(oracle: Oracle) -> pd.DataFrame:
    """rule, number, money, sheet, by, new, the most money first."""
    known = oracle.history[oracle.history["kind"].isin(SOLD) & oracle.history["customer"].notna()]
    year = known[known["day"] >= oracle.as_of - pd.DateOffset(years=1)]
    spend = year.groupby("customer")["amount"].sum() / UNIT
    lines = [*_customers(oracle, spend), *_season(oracle), *_buy(oracle), *_cancelled(oracle)]
    rows = pd.DataFrame(lines, columns=["rule", "number", "money", "sheet", "by", "new"])
    rows = rows[rows["money"] >= max(0.0002 * spend.sum(), 1)]
    return rows.sort_values(["money", "rule"], ascending=[False, True], ignore_index=True)


def _customers(oracle: Oracle, spend: pd.Series) -> list[Line]:
    """The lines with lists of customers, each of whom is in one alone."""
    now = oracle.rfm_customers("default").set_index("customer_id")["segment"]
    sale = oracle.sale[oracle.sale["customer"].notna()]
    before = segments(sale[sale["day"] < oracle.as_of - WEEK])
    lines: list[Line] = []
    taken: set[str] = set()

    def take(customers) -> list[str]:
        mine = [one for one in customers if one not in taken]
        taken.update(mine)
        return mine

    mine = take(now.index[now == "Can't Lose"])
    if len(mine) >= 5:
        new = sum(before.get(one) != "Can't Lose" for one in mine)
        lines.append(("call", len(mine), spend.reindex(mine).sum(), "RFM Customers", None, new))
    slipped = at_risk(oracle).set_index("customer_id")["to_segment"]
    mine = take(slipped.index)
    if len(mine) >= 5:
        new = sum(before.get(one) != slipped[one] for one in mine)
        lines.append(("slipped", len(mine), spend.reindex(mine).sum(), "Customers at risk", None, new))
    due = oracle.second_order_due().set_index("customer_id")
    mine = take(due.index)
    share = oracle.second_order_horizons().set_index("days").loc[90, "share"]
    if len(mine) >= 5 and pd.notna(share):
        new = (due.loc[mine, "days_since"] - 7 < oracle.second_order()["p25_days"].iloc[0]).sum()
        lines.append(("due", len(mine), due.loc[mine, "value"].sum() * share, "Second order", None, new))
    pairs = oracle.pairs()
    pairs = pairs[~pairs["variants"].astype(bool)]
    if len(pairs):
        first = pairs.iloc[0]
        buyers = {end: set(sale.loc[sale["code"] == first[f"stock_code_{end}"], "customer"]) for end in "ab"}
        has, lacks = max(("ab", "ba"), key=lambda ends: (len(buyers[ends[0]] - buyers[ends[1]]), ends == "ab"))
        mine = take(sorted(buyers[has] - buyers[lacks]))
        if len(mine) >= 5:
            revenue = oracle.products().set_index("stock_code")["revenue"][first[f"stock_code_{lacks}"]]
            money = len(mine) * first[f"confidence_{has}{lacks}"] * revenue / len(buyers[lacks])
            lines.append(("offer", len(mine), money, "Pairs", None, None))
    return lines


def _season(oracle: Oracle) -> list[Line]:
    days = {theme: day for theme, day, _ in THEMES}
    seen = []
    for row in oracle.season()[0].to_dict("records"):
        day = pd.Timestamp(days[row["theme"]](row["season"]))
        first = day.replace(day=1) - pd.DateOffset(months=10)
        if max(oracle.begins, oracle.first_month) <= first and day <= oracle.last_day + pd.Timedelta(days=31):
            mail = row["mail_by"]
            while mail < oracle.as_of:
                mail += pd.DateOffset(years=1)
            seen.append((mail, -row["season"], row))
    seen = [one for one in seen if one[2]["sales"] * 10 >= max(other["sales"] for *_, other in seen)]
    if not seen:
        return []
    mail, _, row = min(seen, key=lambda one: one[:2])
    if mail > oracle.as_of + pd.Timedelta(days=28):
        return []
    return [("season", row["products"], row["sales"], "Season calendar", mail, None)]


def _buy(oracle: Oracle) -> list[Line]:
    expected = buy_list(oracle)
    if expected.empty:
        return []
    sale = oracle.sale[oracle.sale["product"]].groupby("code")[["amount", "quantity"]].sum()
    worth = expected["units"].round(1) * expected["stock_code"].map(sale["amount"] / UNIT / sale["quantity"])
    if not worth.max() > 0:
        return []
    return [("buy", round(expected["units"][worth.idxmax()], 1), worth.max(), "Buy list", None, None)]


def _cancelled(oracle: Oracle) -> list[Line]:
    details = oracle.product_details().head(50).merge(oracle.products()[["stock_code", "revenue"]], on="stock_code")
    cancelled = (details["cancelled"] - details["undone"]).sum()
    trials = details["orders"].sum() + cancelled
    often = details[details["low95"] > (cancelled / trials if trials else 1)]
    worth = often["revenue"] * often["cancelled_share"]
    if often.empty or not worth.max() > 0:
        return []
    first = often.loc[worth.idxmax()]
    return [("cancelled", first["cancelled"], worth.max(), "Products", None, None)]
