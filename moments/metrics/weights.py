"""Weights that sum to 100: an editor keeps them so, and a total is made with them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.intervals import floats


def check(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights that are not 0; ValueError unless they sum to 100."""
    if abs(sum(weights.values()) - 100) > 1e-6:
        raise ValueError(f"weights sum to {sum(weights.values())}, not 100")
    return {name: w for name, w in weights.items() if w}


def equal(names: Iterable[str]) -> dict[str, float]:
    """The same weight for every name."""
    names = list(names)
    return dict.fromkeys(names, 100 / len(names) if names else 0.0)


def starting(names: Iterable[str], *stated: Mapping[str, float]) -> dict[str, int]:
    """The weights to begin with, whole points that sum to 100: the first of `stated` that has exactly these names and
    leaves none without weight, else equal ones."""
    codes = list(names)
    known = next((w for w in stated if set(codes) == {c for c in w if w[c] > 0}), None)
    found = {c: 100 * known[c] / sum(known.values()) for c in codes} if known else equal(codes)
    return rebalance(found, codes[0], found[codes[0]]) if codes else {}


def weighted(parts: pd.DataFrame, weights: Mapping[str, float], part: str) -> pd.DataFrame:
    """Σ weight x estimate / 100 for each key: keys, part, estimate, n -> keys, estimate, n (the smallest of the parts).

    A key that lacks a part which has a weight is NaN: a total of fewer parts would not be comparable.
    """
    used = parts[parts[part].isin(list(weights))].reset_index(drop=True)
    heads, place = jackknife.places(used, [c for c in used.columns if c not in (part, "estimate", "n")])
    values, n = used["estimate"].to_numpy(dtype=float), used["n"].to_numpy(dtype=float)
    shares = used[part].map(weights).to_numpy(dtype=float) / 100
    known, fewest = np.isfinite(values), np.full(len(heads), np.inf)
    np.minimum.at(fewest, place, n)
    total = np.bincount(place, np.where(known, values * shares, 0.0), len(heads))
    complete = np.bincount(place, known, len(heads)) == len(weights)
    return heads.assign(estimate=np.where(complete, total, np.nan), n=np.where(np.isfinite(fewest), fewest, 0))


def of_means(
    sums: pd.DataFrame,
    keys: Sequence[str],
    items: Sequence[str],
    total: str,
    part: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Σ weight x (mean of the part's items) / 100 with its jackknife interval, one row per key.

    sums: keys, the columns `items` that name an item, replicate, n and `total` (an item's mean is total / n). Without
    replicate there is no interval.
    part: which of `items` names the part that has a weight; without it all items are one part. Items that a key did
    not answer are left out of their part's mean; a key that lacks a whole part is NaN.
    Returns keys, estimate, low, high, se, groups, n (of the item with fewest answers).
    """
    used = sums if part is None else sums[sums[part].isin(list(weights))]
    heads, key = jackknife.places(used, keys)
    columns, column = jackknife.places(used, items)
    replicate = used["replicate"] if "replicate" in used else np.zeros(len(used))
    replicates, group = np.unique(replicate, return_inverse=True)
    shape = len(replicates), len(heads), len(columns)
    cell = np.ravel_multi_index((group, key, column), shape) if len(used) else []
    counts = (np.nan_to_num(c) for c in floats(used["n"], used[total]))
    n, totals = (np.bincount(cell, c, np.prod(shape)).reshape(shape) for c in counts)
    parts = {None: 100.0} if part is None else weights
    names = np.full(len(columns), None) if part is None else columns[part].to_numpy(dtype=object)
    member = np.array([[name == p for p in parts] for name in names], dtype=float).reshape(len(columns), len(parts))
    share = np.array(list(parts.values()), dtype=float) / 100

    def combined(n: np.ndarray, totals: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(n > 0, totals / n, 0.0) @ member / ((n > 0) @ member) @ share

    whole, whole_totals = n.sum(axis=0), totals.sum(axis=0)
    theta, without = combined(whole, whole_totals), combined(whole - n, whole_totals - totals)
    low, high, se, groups = jackknife.spread(theta, without, ((n != 0) | (totals != 0)).any(axis=2))
    fewest = np.where(whole > 0, whole, np.inf).min(axis=1, initial=np.inf)
    fewest = np.where(np.isfinite(fewest), fewest, 0).astype("int64")
    return heads.assign(estimate=theta, low=low, high=high, se=se, groups=groups, n=fewest)


def rebalance(weights: Mapping[str, float], changed: str, value: float) -> dict[str, int]:
    """Weights after one of them was set: whole points, sum exactly 100, the others sharing the rest as they did.

    value is kept within 0-100. When the others had nothing, they share equally; what rounding leaves goes to the
    largest remainders, earlier names first. With a single name the weight is 100 whatever the value.
    """
    if changed not in weights:
        raise ValueError(f"rebalance: no weight is named {changed}")
    others = {k: max(float(w), 0.0) for k, w in weights.items() if k != changed}
    if not others:
        return {changed: 100}
    fixed = int(np.clip(round(value), 0, 100))
    rest, before = 100 - fixed, sum(others.values())
    exact = {k: rest * (w / before if before else 1 / len(others)) for k, w in others.items()}
    # Nearly whole numbers are whole: 22.000000000000004 has no claim to the point that is left.
    whole = {k: int(np.floor(x + 1e-9)) for k, x in exact.items()}
    by_remainder = sorted(others, key=lambda k: whole[k] - exact[k])
    for k in by_remainder[: rest - sum(whole.values())]:
        whole[k] += 1
    return {k: fixed if k == changed else whole[k] for k in weights}
