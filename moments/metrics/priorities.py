"""What to fix first, and what it would buy: importance against performance, and the ladder.

Source: Martilla and James (1977) for the four quarters; where the cut lies is a choice, so both cuts are kept.
"""

import numpy as np
import pandas as pd

from moments.metrics import drivers, jackknife, scores, shrinkage
from moments.metrics.intervals import floats
from moments.metrics.products import SUMS, matrix_of

REACH = 0.75  # what the better branches are: their upper quartile
MEAN = scores.FORMS["mean"]
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


def reachable(n: np.ndarray, estimates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far the whole could rise if every answer were as at the better branches: their quantile less the mean, >= 0.

    n, estimates: of the branches, along the last axis (shrunk, so that luck is not taken for something reachable).
    Gives (performance, the mean over answers; lift; branches with answers). NaN where there are none.
    """
    known = (n > 0) & np.isfinite(estimates)
    answers = np.where(known.any(axis=-1), (known * n).sum(axis=-1), np.nan)
    mean = np.where(known, estimates * n, 0.0).sum(axis=-1) / answers
    better = np.nanquantile(np.where(known, estimates, np.nan), REACH, axis=-1)
    return mean, np.maximum(better - mean, 0.0), known.sum(axis=-1)


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


def top(products: pd.DataFrame, branches: pd.DataFrame, outcome: str, unit: float = 1.0, most: int = 3) -> pd.DataFrame:
    """What would buy most of the outcome if every answer were as at the better branches (see `reachable`).

    products: as in `products`, by replicate, the outcome among its measures. branches: grp, item, replicate, n, total,
    total_sq. unit: points shown for one of the scale. Gives item, estimate, low, high (points bought), lift (points),
    performance, n, branches, the largest first; rows without a weight are left out. The interval is the jackknife of
    the whole product: weight, mean and better branches are all found anew without each group of answers.
    """
    branches = branches[branches["item"] != outcome]
    moving = [name for name in pd.unique(pd.concat([products["x"], products["y"]])) if name != outcome]
    asked = set(branches["item"])
    names = [name for name in moving if name in asked]
    if products.empty or not names:
        return pd.DataFrame(columns=["item", "estimate", "low", "high", "n", "lift", "performance", "branches"])
    replicates = np.union1d(products["replicate"], branches["replicate"])
    slope, n = _slopes(products, [*moving, outcome], replicates)
    performance, lift, count, held = _within_reach(branches, names, replicates)
    bought = slope[:, [moving.index(name) for name in names]] * lift
    low, high, _, _ = jackknife.spread(bought[0], bought[1:], held)
    rows = pd.DataFrame({
        "item": names, "estimate": bought[0], "low": low, "high": high, "n": n, "lift": lift[0],
        "performance": performance[0], "branches": count[0],
    }).dropna(subset=["estimate"])  # fmt: skip
    points = ["estimate", "low", "high", "lift", "performance"]
    rows[points] *= unit
    return rows.sort_values("estimate", ascending=False, kind="stable").head(most).reset_index(drop=True)


def _slopes(products: pd.DataFrame, names: list[str], replicates) -> tuple[np.ndarray, int]:
    """The weight of each of names but the last, the outcome: of all answers, then without each group; and n."""
    pairs, parts = jackknife.by_group(products, ["x", "y"], floats(*(products[c] for c in SUMS)), replicates)
    i, j = (pairs[side].map({name: place for place, name in enumerate(names)}).to_numpy(int) for side in "xy")
    found = [matrix_of(i, j, sums.T, len(names)) for sums in _and_without(parts)]
    return np.array([drivers.regression(r, sd)[0]["slope"] for r, sd, _ in found]), int(found[0][2])


def _within_reach(branches: pd.DataFrame, names: list[str], replicates) -> tuple[np.ndarray, ...]:
    """`reachable` of all answers, then without each group: performance, lift, branches; and who holds any answer."""
    asked = branches[branches["item"].isin(names)]
    cells, parts = jackknife.by_group(asked, ["item", "grp"], floats(*(asked[c] for c in MEAN)), replicates)
    places, known = pd.factorize(cells["grp"], use_na_sentinel=False)
    sums = np.zeros((1 + len(replicates), len(names), len(known), len(MEAN)))
    sums[:, cells["item"].map({name: place for place, name in enumerate(names)}), places] = _and_without(parts)
    n, total, total_sq = np.moveaxis(sums, -1, 0)
    mean, _, se = scores.estimates(n, total, total_sq)
    shrunk = shrinkage.pulled(mean, se**2)[0]
    return *reachable(n, shrunk), (sums[0] - sums[1:]).any(axis=(2, 3))


def _and_without(parts: np.ndarray) -> np.ndarray:
    """The sum over the groups, then the same without each."""
    whole = parts.sum(axis=0)
    return np.concatenate([whole[None], whole - parts])
