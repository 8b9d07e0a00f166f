"""Every figure again, worked out apart: in pandas, from the raw lines and the words of the definitions alone.

Money is counted in whole ten-thousandths of a pound, so that sums, medians and percentiles are exact; the only
divisions are the last ones.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations, pairwise
from statistics import NormalDist

import holidays
import numpy as np
import pandas as pd
from dateutil.easter import easter

from lgs_excel.warehouse.filters import Filters

UNIT = 10_000
SEGMENTS = {
    "Champions": {(5, 4), (5, 5)},
    "Loyal Customers": {(3, 4), (3, 5), (4, 4), (4, 5)},
    "Potential Loyalists": {(4, 2), (4, 3), (5, 2), (5, 3)},
    "New Customers": {(5, 1)},
    "Promising": {(4, 1)},
    "Need Attention": {(3, 3)},
    "About to Sleep": {(3, 1), (3, 2)},
    "Can't Lose": {(1, 5), (2, 5)},
    "At Risk": {(1, 3), (1, 4), (2, 3), (2, 4)},
    "Hibernating": {(1, 1), (1, 2), (2, 1), (2, 2)},
}


def read_lines(raw: pd.DataFrame) -> pd.DataFrame:
    """The raw lines (the eight columns of `retail`) with what the section "Lines" says about each of them."""
    lines = pd.DataFrame({name: raw[name] for name in ("invoice_no", "description", "quantity")})
    lines["code"] = raw["stock_code"].str.strip().str.upper()
    lines["day"] = pd.to_datetime(raw["invoice_date"]).dt.normalize()
    lines["month"] = lines["day"] - pd.to_timedelta(lines["day"].dt.day - 1, unit="D")
    customer = raw["customer_id"].astype("object")
    customer = customer.map(lambda value: None if pd.isna(value) or value == "" else str(value).removesuffix(".0"))
    lines["customer"] = customer.astype("object")
    lines["country"] = raw["country"].astype("object").where(raw["country"].notna(), "Unspecified")
    price = (raw["unit_price"].astype("float64") * UNIT).round().astype("int64")
    lines["amount"] = raw["quantity"].astype("int64") * price
    lines["price"], lines["moment"] = price, pd.to_datetime(raw["invoice_date"])
    letter = raw["invoice_no"].str[0].str.upper()
    sold = raw["quantity"] > 0
    lines["kind"] = np.select(
        [letter == "A", letter == "C", sold & (price > 0), sold & (price == 0)],
        ["adjustment", "cancellation", "sale", "free"],
        default="correction",
    )
    lines["product"] = lines["code"].str.fullmatch(r"[0-9]{5}[A-Z]{0,2}") | lines["code"].str.startswith("DCGS")
    columns = ["invoice_no", "stock_code", "description", "quantity", "invoice_date", "unit_price"]
    same = raw[columns].assign(customer=customer.fillna(""), country=lines["country"])
    lines["repeated"] = same.duplicated() if len(raw) < 10_000 else _repeated(same)
    return lines


def _repeated(rows: pd.DataFrame) -> pd.Series:
    """As DataFrame.duplicated, without sorting out half a million texts one column at a time."""
    return pd.util.hash_pandas_object(rows, index=False).duplicated()


class Oracle:
    """The answers to every analysis for `lines` (from read_lines) under `filters`."""

    def __init__(self, lines: pd.DataFrame, filters: Filters | None = None) -> None:
        filters = filters or Filters()
        self.first_of_all = lines["month"].min()
        self.begins: pd.Timestamp = lines["day"].min()
        seen = lines
        if filters.as_of:
            seen = seen[seen["day"] < pd.Timestamp(filters.as_of)]
        goes_on_to = seen["day"].max()
        if filters.to_month:
            seen = seen[seen["month"] <= pd.Timestamp(filters.to_month)]
        self.last_day: pd.Timestamp = seen["day"].max()
        self.as_of = pd.Timestamp(filters.as_of) if filters.as_of else self.last_day + pd.Timedelta(days=1)
        if filters.countries:
            seen = seen[seen["country"].isin(filters.countries)]
        self.history = seen
        self.first_month = pd.Timestamp(filters.from_month) if filters.from_month else self.first_of_all
        self.lines = seen[seen["month"] >= self.first_month]
        cut = filters.to_month and goes_on_to >= pd.Timestamp(filters.to_month) + pd.offsets.MonthBegin(1)
        self.last_month = pd.Timestamp(filters.to_month) if cut else _month(self.last_day)
        self.goes_on = bool(cut)
        self.unfinished = None if cut else _unfinished(self.last_day)
        self.months = pd.date_range(self.first_month, self.last_month, freq="MS", name="month")

    @cached_property
    def sale(self) -> pd.DataFrame:
        return self.lines[self.lines["kind"] == "sale"]

    def table(self, name: str, recipe: str = "default", by: str = "revenue") -> pd.DataFrame:
        """What `lgs-excel show` is to print for the analysis `name` (of `checks`: the bridge and the counts)."""
        answers = {
            "invoices": self.invoices,
            "orders": self.orders,
            "order-hours": self.order_hours,
            "sales": self.sales,
            "customers": self.customers,
            "countries": self.countries,
            "pairs": self.pairs,
            "cohorts": self.cohorts,
            "season": lambda: self.season()[0],
            "season-months": lambda: self.season()[1],
            "cohort-average": self.cohort_average,
            "second-order": self.second_order,
            "second-order-horizons": self.second_order_horizons,
            "second-order-due": self.second_order_due,
            "first-products": self.first_products,
            "rfm-segments": lambda: self.rfm_segments(recipe),
            "rfm-customers": lambda: self.rfm_customers(recipe),
            "products": lambda: self.products(by),
            "product-details": self.product_details,
            "checks": self.checks,
        }
        return answers[name]()

    def invoices(self) -> pd.DataFrame:
        amounts = np.sort(self.sale.groupby("invoice_no")["amount"].sum().to_numpy())
        if not len(amounts):
            nothing = dict.fromkeys(("min", "mean", "median", "mode", "max", "p85"), np.nan)
            rest = {"trimmed_count": 0, "trimmed_mean": np.nan, "trimmed_median": np.nan}
            return pd.DataFrame([{"count": 0, **nothing, **rest}])
        p85 = _percentile(amounts, 85)
        trimmed = amounts[amounts * 100 < p85]
        pennies, times = np.unique((amounts + UNIT // 200) // (UNIT // 100), return_counts=True)
        return pd.DataFrame(
            [
                {
                    "count": len(amounts),
                    "min": amounts[0] / UNIT,
                    "mean": amounts.sum() / len(amounts) / UNIT,
                    "median": _percentile(amounts, 50) / 100 / UNIT,
                    "mode": pennies[times.argmax()] / 100,
                    "max": amounts[-1] / UNIT,
                    "p85": p85 / 100 / UNIT,
                    "trimmed_count": len(trimmed),
                    "trimmed_mean": trimmed.sum() / len(trimmed) / UNIT if len(trimmed) else np.nan,
                    "trimmed_median": _percentile(trimmed, 50) / 100 / UNIT if len(trimmed) else np.nan,
                }
            ]
        )

    def orders(self) -> pd.DataFrame:
        def distinct(lines: pd.DataFrame) -> pd.Series:
            return lines.groupby("month")["invoice_no"].nunique().reindex(self.months, fill_value=0)

        placed, cancelled = distinct(self.sale), distinct(self.lines[self.lines["kind"] == "cancellation"])
        both = placed + cancelled
        return pd.DataFrame(
            {
                "placed": placed,
                "cancelled": cancelled,
                "cancellation_rate": cancelled / both.replace(0, np.nan),
                "placed_notebook": distinct(self.lines) - 2 * cancelled,
            }
        ).reset_index()

    def order_hours(self) -> pd.DataFrame:
        counts: dict[tuple[int, int], int] = {}
        for moment in self.sale.groupby("invoice_no")["moment"].min():
            when = moment.weekday(), moment.hour
            counts[when] = counts.get(when, 0) + 1
        names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        rows = [(names[day], hour, orders) for (day, hour), orders in sorted(counts.items())]
        return pd.DataFrame(rows, columns=["weekday", "hour", "orders"])

    def sales(self) -> pd.DataFrame:
        def money(lines: pd.DataFrame) -> pd.Series:
            return lines.groupby("month")["amount"].sum().reindex(self.months, fill_value=0) / UNIT

        net = money(self.lines)
        growth = {}
        for before, month in zip(self.months, self.months[1:], strict=False):
            if net[before] > 0 and month != self.unfinished:
                growth[month] = net[month] / net[before] - 1
        by_kind = {kind: money(self.lines[self.lines["kind"] == kind]) for kind in ("cancellation", "adjustment")}
        return pd.DataFrame(
            {
                "gross": money(self.sale),
                "cancelled": by_kind["cancellation"],
                "adjustments": by_kind["adjustment"],
                "net": net,
                "growth": pd.Series(growth, dtype="float64").reindex(self.months),
            },
            index=self.months,
        ).reset_index()

    def customers(self) -> pd.DataFrame:
        bought = self.history[(self.history["kind"] == "sale") & self.history["customer"].notna()]
        first = bought.groupby("customer")["month"].min()
        rows = []
        for month in self.months:
            active = bought.loc[bought["month"] == month, "customer"].unique()
            new = int((first.reindex(active) == month).sum())
            rows.append({"month": month, "active": len(active), "new": new, "existing": len(active) - new})
        return pd.DataFrame(rows)

    def countries(self) -> pd.DataFrame:
        month = (self.unfinished or self.last_month + pd.offsets.MonthBegin(1)) - pd.offsets.MonthBegin(1)
        before = month - pd.offsets.MonthBegin(1)
        rows = []
        for country, lines in self.lines.groupby("country"):
            sale = lines[lines["kind"] == "sale"]
            net, gross, orders = lines["amount"].sum(), sale["amount"].sum(), sale["invoice_no"].nunique()
            now, then = (lines.loc[lines["month"] == m, "amount"].sum() for m in (month, before))
            whole = self.lines["amount"].sum()
            rows.append(
                {
                    "country": country,
                    "net": net / UNIT,
                    "gross": gross / UNIT,
                    "orders": orders,
                    "customers": sale["customer"].nunique(),
                    "share": net / whole if whole > 0 else np.nan,
                    "average_order": gross / orders / UNIT if orders else np.nan,
                    "growth": now / then - 1 if before >= self.first_month and then > 0 else np.nan,
                }
            )
        columns = ["country", "net", "gross", "orders", "customers", "share", "average_order", "growth"]
        found = pd.DataFrame(rows, columns=columns)
        return found.sort_values(["net", "country"], ascending=[False, True], ignore_index=True)

    def pairs(self, largest: int = 25, least: int = 100) -> pd.DataFrame:
        baskets = self.sale[self.sale["product"]].groupby("invoice_no")["code"].agg(lambda codes: sorted(set(codes)))
        baskets = [codes for codes in baskets if 2 <= len(codes) <= largest]
        single = Counter(code for codes in baskets for code in codes)
        double = Counter(pair for codes in baskets for pair in combinations(codes, 2))
        named = self.products().set_index("stock_code")["description"]
        n = len(baskets)
        rows = [
            (
                *(a, named[a], b, named[b], together, together / n, together / single[a], together / single[b]),
                (together / n) / (single[a] / n * single[b] / n),
                a[:5] == b[:5] and a[:5].isdigit(),
            )
            for (a, b), together in double.items()
            if together >= least
        ]
        columns = ["stock_code_a", "description_a", "stock_code_b", "description_b", "together", "support"]
        found = pd.DataFrame(rows, columns=[*columns, "confidence_ab", "confidence_ba", "lift", "variants"])
        order = ["together", "stock_code_a", "stock_code_b"]
        return found.sort_values(order, ascending=[False, True, True], ignore_index=True)

    def season(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The seasons, and their months; of the themes of the settings as they come."""
        found, months = [], []
        product = self.lines[self.lines["product"]]
        sold = product[product["kind"].isin(["sale", "cancellation"])].assign(text=product["description"].str.strip())
        counts = (
            sold[sold["text"].notna() & (sold["text"] != "")].groupby(["code", "text"]).size().reset_index(name="n")
        )
        names = {}
        for row in counts.sort_values(["n", "text"], ascending=[True, False]).itertuples():
            names[row.code] = row.text.upper()
        sales = product[product["kind"] == "sale"]
        for theme, day_of, words in THEMES:
            codes = [code for code, name in names.items() if any(word in name for word in words.split())]
            mine = sales[sales["code"].isin(codes)]
            for year in range(self.first_month.year - 1, self.last_day.year + 2):
                after = _month(pd.Timestamp(day_of(year))) + pd.DateOffset(months=2)
                first = after - pd.DateOffset(months=12)
                lines = mine[(mine["day"] >= first) & (mine["day"] < after)]
                if lines.empty:
                    continue
                daily = lines.groupby("day")["amount"].sum().sort_index()
                so_far, total = daily.cumsum(), daily.sum()
                days = [so_far.index[so_far * 10 >= total * tenths][0] for tenths in (1, 5, 9)]
                ends = (
                    self.last_month + pd.DateOffset(months=1) if self.goes_on else self.last_day + pd.DateOffset(days=1)
                )
                whole = max(self.begins, self.first_month) <= first and ends >= after
                count = lines["code"].nunique()
                found.append((theme, year, count, total / UNIT, *days, days[0] - pd.Timedelta(days=21), whole))
                for month in pd.date_range(first, after, freq="MS", inclusive="left"):
                    if self.first_month <= month <= self.last_month:
                        amount = lines.loc[lines["month"] == month, "amount"].sum()
                        months.append((theme, year, month, amount / UNIT, amount / total))
        columns = ["theme", "season", "products", "sales", "start", "half", "end", "mail_by", "complete"]
        return pd.DataFrame(found, columns=columns), pd.DataFrame(
            months, columns=["theme", "season", "month", "sales", "share"]
        )

    @cached_property
    def bought(self) -> pd.DataFrame:
        """The sale lines of the history whose customer is known."""
        return self.history[(self.history["kind"] == "sale") & self.history["customer"].notna()]

    def cohorts(self) -> pd.DataFrame:
        first = self.bought.groupby("customer")["month"].min()
        rows = []
        for cohort in sorted(set(first)):
            members = self.bought[self.bought["customer"].isin(first.index[first == cohort])]
            size = members["customer"].nunique()
            for age, month in enumerate(pd.date_range(cohort, self.last_month, freq="MS")):
                active = members.loc[members["month"] == month, "customer"].nunique()
                rows.append((cohort, size, month, age, active, active / size))
        return pd.DataFrame(rows, columns=["cohort", "size", "month", "age", "active", "retention"])

    def cohort_average(self) -> pd.DataFrame:
        sums: dict[int, list[int]] = {}
        for row in self.cohorts().itertuples():
            if row.cohort != self.first_of_all and row.month != self.unfinished:
                so_far = sums.setdefault(row.age, [0, 0])
                so_far[0] += row.size
                so_far[1] += row.active
        rows = [(age, size, active, active / size) for age, (size, active) in sorted(sums.items())]
        return pd.DataFrame(rows, columns=["age", "customers", "active", "retention"])

    @cached_property
    def order_days(self) -> dict[str, list[pd.Timestamp]]:
        """The days on which each customer ordered, in order."""
        return {customer: sorted(set(days)) for customer, days in self.bought.groupby("customer")["day"]}

    def _back_after(self, days: list[pd.Timestamp]) -> float:
        return (days[1] - days[0]).days if len(days) > 1 else np.inf

    def second_order(self) -> pd.DataFrame:
        gaps = [gap for gap in map(self._back_after, self.order_days.values()) if gap < np.inf]
        p25, median, p75 = [_percentile(np.sort(gaps), p) / 100 if gaps else np.nan for p in (25, 50, 75)]
        row = (len(self.order_days), len(gaps), median, p25, p75)
        return pd.DataFrame([row], columns=["customers", "returned", "median_days", "p25_days", "p75_days"])

    def _observed(self, until: pd.Timestamp, number: int) -> dict[str, bool]:
        """Whether each customer who was seen for so many days came back within them."""
        return {
            customer: self._back_after(days) <= number
            for customer, days in self.order_days.items()
            if (until - days[0]).days >= number
        }

    def second_order_horizons(self) -> pd.DataFrame:
        rows = []
        for number in (30, 60, 90, 180):
            seen = self._observed(self.last_day, number)
            share = sum(seen.values()) / len(seen) if seen else np.nan
            rows.append((number, len(seen), sum(seen.values()), share))
        return pd.DataFrame(rows, columns=["days", "observed", "returned", "share"])

    def second_order_due(self) -> pd.DataFrame:
        (clock,) = self.second_order().to_dict("records")
        since = {customer: (self.as_of - days[0]).days for customer, days in self.order_days.items() if len(days) == 1}
        due = {customer for customer, days in since.items() if clock["p25_days"] <= days <= clock["p75_days"]}
        rows = []
        for customer, lines in self.bought[self.bought["customer"].isin(due)].groupby("customer"):
            goods = lines[lines["product"]].groupby("code")["amount"].sum().reset_index()
            goods = goods.sort_values(["amount", "code"], ascending=[False, True])["code"].head(3)
            names = [lines.loc[lines["code"] == code, "description"].dropna().str.strip().max() for code in goods]
            items = [name if isinstance(name, str) and name else code for name, code in zip(names, goods, strict=True)]
            day = lines["day"].min()
            row = (customer, lines["country"].min(), day, since[customer], lines["amount"].sum() / UNIT)
            rows.append((*row, ", ".join(items) or None))
        columns = ["customer_id", "country", "first_order", "days_since", "value", "items"]
        found = pd.DataFrame(rows, columns=columns)
        return found.sort_values(["value", "customer_id"], ascending=[False, True], ignore_index=True)

    def first_products(self) -> pd.DataFrame:
        seen = self._observed(self.as_of - pd.Timedelta(days=1), 90)
        base = sum(seen.values()) / len(seen) if seen else np.nan
        first = {customer: days[0] for customer, days in self.order_days.items()}
        lines = self.bought[self.bought["product"] & (self.bought["day"] == self.bought["customer"].map(first))]
        lines = lines[lines["customer"].isin(list(seen))]
        named = self.products().set_index("stock_code")["description"]
        rows = []
        for code, customers in lines.groupby("code")["customer"].unique().items():
            n, back = len(customers), sum(seen[customer] for customer in customers)
            if n >= 50:
                low, high = proportion_interval(back, n)
                rows.append((code, named.get(code), n, back, back / n, back / n / base if base else np.nan, low, high))
        columns = ["stock_code", "description", "customers", "returned", "share", "lift", "low95", "high95"]
        products = pd.DataFrame(rows, columns=columns)
        return products.sort_values(["share", "stock_code"], ascending=[False, True], ignore_index=True)

    def rfm_customers(self, recipe: str) -> pd.DataFrame:
        known = self.sale[self.sale["customer"].notna()]
        sold = self.lines[self.lines["kind"].isin(["sale", "cancellation"])]
        by_customer = known.groupby("customer")
        last = by_customer["day"].max()
        on_last_day = known.merge(last.rename("last").reset_index(), on="customer").query("day == last")
        money = known if recipe == "classic" else sold
        customers = pd.DataFrame(
            {
                "country": on_last_day.groupby("customer")["country"].min(),
                "last_purchase": last,
                "recency": (self.as_of - last).dt.days,
                "frequency": by_customer["invoice_no"].nunique(),
                "monetary": money.groupby("customer")["amount"].sum().reindex(last.index) / UNIT,
            },
            index=last.index,
        )
        if recipe == "classic":
            quintiles = [1, 2, 3, 4, 5]
            customers["r"] = pd.qcut(customers["recency"], 5, labels=[5, 4, 3, 2, 1]).astype(int)
            customers["f"] = pd.qcut(customers["frequency"].rank(method="first"), 5, labels=quintiles).astype(int)
            customers["m"] = pd.qcut(customers["monetary"], 5, labels=quintiles).astype(int)
        else:
            customers["r"] = _scores(-customers["recency"])
            customers["f"] = _scores(customers["frequency"])
            customers["m"] = _scores((customers["monetary"] * UNIT).round())
        pairs = zip(customers["r"], customers["f"], strict=True)
        customers["segment"] = [next(name for name, of in SEGMENTS.items() if pair in of) for pair in pairs]
        customers = customers.rename_axis("customer_id").reset_index()
        order = ["r", "f", "m", "monetary", "customer_id"]
        return customers.sort_values(order, ascending=[False] * 4 + [True], ignore_index=True)

    def rfm_segments(self, recipe: str) -> pd.DataFrame:
        customers = self.rfm_customers(recipe)
        rows = []
        for name in SEGMENTS:
            group = customers[customers["segment"] == name]
            everyone = customers["monetary"].sum()
            rows.append(
                {
                    "segment": name,
                    "customers": len(group),
                    "recency": group["recency"].mean(),
                    "frequency": group["frequency"].mean(),
                    "monetary": group["monetary"].mean(),
                    "share_of_customers": len(group) / len(customers) if len(customers) else np.nan,
                    "share_of_sales": group["monetary"].sum() / everyone if round(everyone, 6) else np.nan,
                }
            )
        return pd.DataFrame(rows)

    def products(self, by: str = "revenue") -> pd.DataFrame:
        sold = self.lines[self.lines["product"] & self.lines["kind"].isin(["sale", "cancellation"])]
        sale = sold[sold["kind"] == "sale"].groupby("code")
        codes = pd.Index(sorted(sold["code"].unique()), name="code")
        named = sold.assign(label=sold["description"].str.strip())
        named = named[named["label"].notna() & (named["label"] != "")]
        times = named.groupby(["code", "label"]).size().rename("times").reset_index()
        times = times.sort_values(["code", "times", "label"], ascending=[True, False, True])
        products = pd.DataFrame(
            {
                "description": times.groupby("code")["label"].first().reindex(codes),
                "units": sold.groupby("code")["quantity"].sum(),
                "revenue": sold.groupby("code")["amount"].sum() / UNIT,
                "orders": sale["invoice_no"].nunique().reindex(codes, fill_value=0),
                "customers": sale["customer"].nunique().reindex(codes, fill_value=0),
            },
            index=codes,
        )
        products = products.rename_axis("stock_code").reset_index()
        return products.sort_values([by, "stock_code"], ascending=[False, True], ignore_index=True)

    def product_details(self) -> pd.DataFrame:
        return self._product_details

    @cached_property
    def _product_details(self) -> pd.DataFrame:
        ranked = self.products()
        total, so_far, classes = round(ranked["revenue"].sum() * UNIT), 0, []
        for place, revenue in enumerate(ranked["revenue"]):
            so_far += round(revenue * UNIT)
            abc = "A" if so_far * 100 <= 80 * total or not place else "B" if so_far * 100 <= 95 * total else "C"
            classes.append(abc if total > 0 else "")
        codes = ranked["stock_code"]
        product = self.lines[self.lines["product"]]
        sale, back = (product[product["kind"] == kind] for kind in ("sale", "cancellation"))
        pairs = back[back["customer"].notna()].assign(quantity=-back["quantity"])
        pairs = pairs.merge(sale, on=["code", "customer", "quantity"], suffixes=("", "_sale"))
        minutes = (pairs["moment"] - pairs["moment_sale"]).dt.total_seconds() / 60
        pairs = pairs[(minutes >= 0) & (minutes <= 60)]
        orders, cancelled, undone, undone_orders = (
            lines.groupby("code")[name].nunique().reindex(codes, fill_value=0)
            for lines, name in (
                (sale, "invoice_no"), (back, "invoice_no"), (pairs, "invoice_no"), (pairs, "invoice_no_sale"),
            )
        )  # fmt: skip
        kept = cancelled - undone
        trials = orders - undone_orders + kept
        ends = [
            proportion_interval(some, of) if of > 0 else (np.nan, np.nan) for some, of in zip(kept, trials, strict=True)
        ]
        days = sale[sale["customer"].notna()].groupby(["code", "customer"])["day"].nunique()
        usual = self._usual_prices(sale)
        by_day = sale.groupby("code")["day"]
        return pd.DataFrame(
            {
                "stock_code": codes,
                "description": ranked["description"],
                "abc": classes,
                "repeat_rate": (days > 1).groupby("code").mean().reindex(codes).to_numpy(),
                "orders": orders.to_numpy(),
                "cancelled": cancelled.to_numpy(),
                "undone": undone.to_numpy(),
                "cancelled_share": (kept / trials.where(trials > 0)).to_numpy(),
                "low95": [low for low, _ in ends],
                "high95": [high for _, high in ends],
                "price": [usual[code][-1] / UNIT if code in usual else np.nan for code in codes],
                "price_changes": [sum(one != other for one, other in pairwise(usual.get(code, []))) for code in codes],
                "first_sold": by_day.min().reindex(codes).to_numpy(),
                "last_sold": by_day.max().reindex(codes).to_numpy(),
            }
        )

    @staticmethod
    def _usual_prices(sale: pd.DataFrame) -> dict[str, list[int]]:
        """The price of most lines of each month with a sale, by product, in the order of the months."""
        times = Counter(zip(sale["code"], sale["month"], sale["price"], strict=True))
        best: dict[tuple[str, pd.Timestamp], tuple[int, int]] = {}
        for (code, month, price), number in times.items():
            best[code, month] = min(best.get((code, month), (0, 0)), (-number, price))
        usual: dict[str, list[int]] = {}
        for code, month in sorted(best):
            usual.setdefault(code, []).append(best[code, month][1])
        return usual

    def checks(self) -> pd.DataFrame:
        """The bridge (lines and amount of each kind and of all) and the counts (lines), by the first word."""
        rows = [(kind.capitalize(), self.lines[self.lines["kind"] == kind]) for kind in KINDS]
        rows = [(name, len(lines), lines["amount"].sum() / UNIT) for name, lines in rows]
        rows.append(("All", len(self.lines), self.lines["amount"].sum() / UNIT))
        rows.append(("Exact", self.lines["repeated"].sum(), np.nan))
        rows.append(("Lines without", self.lines["customer"].isna().sum(), np.nan))
        rows.append(("Lines of charges", (~self.lines["product"]).sum(), np.nan))
        return pd.DataFrame(rows, columns=["check", "lines", "amount"])


THEMES = (
    ("Christmas", lambda year: date(year, 12, 25), "CHRISTMAS XMAS ADVENT SANTA REINDEER SNOWM BAUBLE NOEL"),
    ("Easter", easter, "EASTER BUNNY CHICK"),
    ("Valentine", lambda year: date(year, 2, 14), "VALENTINE CUPID"),
    ("Halloween", lambda year: date(year, 10, 31), "HALLOWEEN PUMPKIN WITCH"),
    ("Mother's Day", lambda year: easter(year) - timedelta(days=21), "MOTHER MUM"),
)
KINDS = ("sale", "cancellation", "adjustment", "free", "correction")


def proportion_interval(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's interval as what it is: the shares from which the observed one is 1.96 standard errors away."""
    z2, share = NormalDist().inv_cdf(0.975) ** 2, successes / trials
    # (share - p)² = z² p (1 - p) / trials, solved for p
    a, b, c = 1 + z2 / trials, -(2 * share + z2 / trials), share**2
    root = (b**2 - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def _percentile(ordered: np.ndarray, percent: int) -> int:
    """A hundred times the percentile of whole numbers, exact: linear between the two neighbours of its place."""
    place, rest = divmod(percent * (len(ordered) - 1), 100)
    above = ordered[min(place + 1, len(ordered) - 1)]
    return int(ordered[place]) * 100 + rest * int(above - ordered[place])


def _scores(values: pd.Series) -> pd.Series:
    """Scores 1…5, the highest values 5: a mid-rank is the number of worse values and half of the equal ones."""
    times = values.value_counts().sort_index()
    twice_mid = 2 * (times.cumsum() - times) + times  # 2 × (q − 0.5)
    return values.map((5 * twice_mid // (2 * len(values)) + 1).clip(upper=5)).astype("int64")


def _month(day: pd.Timestamp) -> pd.Timestamp:
    return day.replace(day=1)


def _unfinished(last_day: pd.Timestamp) -> pd.Timestamp | None:
    """The month of `last_day` if the shop opens once more in it."""
    month_end = last_day + pd.offsets.MonthEnd(0)
    return _month(last_day) if open_days(last_day + pd.Timedelta(days=1), month_end) else None


_CLOSED = holidays.country_holidays("GB", subdiv="ENG")


def open_days(first: pd.Timestamp, last: pd.Timestamp) -> list[date]:
    """The days from first to last on which the shop is open."""
    days = (first.date() + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        day
        for day in days
        if day.weekday() != 5
        and (1, 3) < (day.month, day.day) < (12, 24)
        and day != easter(day.year)
        and day not in _CLOSED
    ]
