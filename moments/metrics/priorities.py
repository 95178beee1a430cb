"""What to fix first, and what it would buy: importance against performance, and the ladder.

Source: Martilla and James (1977) for the four quarters; where the cut lies is a choice, so both cuts are kept.
"""

import numpy as np
import pandas as pd

from moments.metrics import drivers, jackknife, scores, shrinkage

QUARTERS = {(True, True): "keep", (True, False): "fix", (False, True): "spare", (False, False): "later"}


def quarters(items: pd.DataFrame) -> pd.DataFrame:
    """Each item's quarter with the cuts at the means and at the medians; on a cut counts as high.

    items: keys, importance, performance (any units, higher is more). Gives items and by_mean, by_median ("fix" =
    important and weak, "keep", "spare", "later"; None where a number is missing), `moves` (the two differ), and the
    four cuts: importance_mean, performance_mean, importance_median, performance_median.
    """
    out = items.copy()
    known = items[["importance", "performance"]].notna().all(axis=1)
    for cut in ("mean", "median"):
        edges = items.loc[known, ["importance", "performance"]].agg(cut) if known.any() else np.full(2, np.nan)
        out["importance_" + cut], out["performance_" + cut] = edges
        high = items[["importance", "performance"]].to_numpy(float) >= np.asarray(edges, float)
        names = [QUARTERS[i, p] if k else None for (i, p), k in zip(map(tuple, high.tolist()), known, strict=True)]
        out["by_" + cut] = pd.Series(names, index=items.index, dtype=object)
    return out.assign(moves=known & (out["by_mean"] != out["by_median"]))


def reachable(branches: pd.DataFrame, item: str = "item", top: float = 0.75) -> pd.DataFrame:
    """How far the whole could rise if every answer were as at the better branches: their quantile less the mean, >=
    0.

    branches: item, n, estimate per branch (shrunk, so that luck is not taken for something reachable).
    Gives item, performance (mean over answers), lift, branches. NaN performance without answers.
    """
    out = []
    for name, rows in branches[branches["estimate"].notna() & (branches["n"] > 0)].groupby(item, sort=False):
        mean = float(np.average(rows["estimate"], weights=rows["n"]))
        best = float(rows["estimate"].quantile(top))
        out.append({item: name, "performance": mean, "lift": max(best - mean, 0.0), "branches": len(rows)})
    return pd.DataFrame(out, columns=[item, "performance", "lift", "branches"])


def ladder(items: pd.DataFrame) -> pd.DataFrame:
    """Points bought by each item: weight x reachable lift, the largest first.

    items: keys, estimate, low, high (weight: outcome points per point of the item, `slope` of drivers.weights), lift
    (points, >= 0), n, and cost if known. Gives the keys, lift, estimate, low, high (outcome points), n, and with cost
    also cost and per_cost (points per unit of cost; NaN where it costs nothing).
    """
    bought = items.assign(**{c: items[c] * items["lift"] for c in ("estimate", "low", "high")})
    if "cost" in items:
        cost = items["cost"].astype(float)
        bought["per_cost"] = bought["estimate"] / cost.where(cost > 0)
    return bought.sort_values("estimate", ascending=False, kind="stable", na_position="last").reset_index(drop=True)


def _bought(products: pd.DataFrame, branches: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Per item: estimate (weight x reachable lift, in points of the scale), n, lift, performance, branches."""
    parts = [
        shrinkage.normal(scores.league(rows[["grp", "n", "total", "total_sq"]])).assign(item=item)
        for item, rows in branches.groupby("item", sort=False)
    ]
    found = drivers.weights(products, outcome).rename(columns={"driver": "item"})
    slopes = found.loc[found["statistic"] == "slope", ["item", "estimate", "n"]].dropna()
    rows = slopes.merge(reachable(pd.concat(parts)[["item", "n", "estimate"]]), on="item")
    return rows.assign(estimate=rows["estimate"] * rows["lift"])


def top(products: pd.DataFrame, branches: pd.DataFrame, outcome: str, unit: float = 1.0, most: int = 3) -> pd.DataFrame:
    """What would buy most of the outcome if every answer were as at the better branches (see `reachable`).

    products: as in `products`, by replicate, the outcome among its measures. branches: grp, item, replicate, n, total,
    total_sq. unit: points shown for one of the scale. Gives item, estimate, low, high (points bought), lift (points),
    performance, n, branches, the largest first; rows without a weight are left out. The interval is the jackknife of
    the whole product: weight, mean and better branches are all found anew without each group of answers.
    """
    columns = ["item", "estimate", "low", "high", "n"]
    branches = branches[branches["item"] != outcome]
    if products.empty or branches.empty:
        return pd.DataFrame(columns=[*columns, "lift", "performance", "branches"])

    def bought(sums):
        moving = sums["grp"].isna()
        return _bought(sums[moving], sums[~moving], outcome)

    both, keys = pd.concat([products, branches], ignore_index=True), ["x", "y", "grp", "item"]
    found = jackknife.interval(both, keys, lambda sums: bought(sums)[["item", "estimate", "n"]])
    whole = both.drop(columns="replicate").groupby(keys, sort=False, dropna=False).sum().reset_index()
    rows = found[columns].merge(bought(whole)[["item", "lift", "performance", "branches"]], on="item")
    points = ["estimate", "low", "high", "lift", "performance"]
    rows[points] *= unit
    return rows.sort_values("estimate", ascending=False, kind="stable").head(most).reset_index(drop=True)
