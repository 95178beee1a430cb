"""Cronbach's alpha: do the items of one dimension move together?

Raw alpha = k/(k-1) (1 - Σ s_i² / s_total²), variances with n - 1, on the answers that gave every item (Cronbach 1951).
Standardised alpha = k r / (1 + (k - 1) r) with the mean inter-item correlation r. Published tables often print the
standardised one without saying so: every row here names its `kind`. Interval by Feldt (1965):
1 - (1 - α) F, with F on n - 1 and (n - 1)(k - 1) degrees of freedom; exact for raw alpha of parallel normal items,
approximate otherwise. Alpha has no unit, is at most 1, and may be negative; .7 is the usual bound for use.
"""

import numpy as np
import pandas as pd
from scipy.special import fdtri

from moments.metrics.intervals import LEVEL, Interval, floats, mean_variance

ENOUGH = 0.7  # under it a scale is to be used with care (Nunnally 1978)
RAW, STANDARDISED = "raw", "standardised"
DUST = 1e-9  # items that cancel each other leave a total without variance, but for rounding
SUMS = ("n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy")


def coefficient(k, item_variances, total_variance) -> np.ndarray:
    """Raw alpha from the number of items, the sum of their variances and the variance of the total score."""
    k, parts, whole = floats(k, item_variances, total_variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((k > 1) & (whole > DUST * parts), k / (k - 1) * (1 - parts / whole), np.nan)


def standardised(k, mean_correlation) -> np.ndarray:
    """Standardised alpha from the number of items and their mean inter-item correlation."""
    k, r = floats(k, mean_correlation)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((k > 1) & (1 + (k - 1) * r > DUST), k * r / (1 + (k - 1) * r), np.nan)


def feldt(alpha, k, n, level: float = LEVEL) -> Interval:
    """Alpha with Feldt's interval from k items and n respondents; NaN under two of either."""
    alpha, k, n = floats(alpha, k, n)
    known = (k > 1) & (n > 1)
    df1 = np.where(known, n - 1, 1.0)
    df2 = np.where(known, (n - 1) * (k - 1), 1.0)
    low, high = (1 - (1 - alpha) * fdtri(df1, df2, q) for q in (0.5 + level / 2, 0.5 - level / 2))
    return Interval(alpha, np.where(known, low, np.nan), np.where(known, high, np.nan))


def from_sums(items: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Raw alpha, one row per row of totals.

    items: keys, item, n, total, total_sq of each item; totals: keys, n, total, total_sq of the respondents' sum over
    all items; both over the answers that gave every item. Returns keys, kind, estimate, low, high, n, k.
    """
    keys = [c for c in totals.columns if c not in ("n", "total", "total_sq")]
    variances = items[keys].assign(
        parts=mean_variance(items["n"], items["total"], items["total_sq"])[1], k=1
    )
    whole = totals[keys].assign(n=totals["n"], whole=mean_variance(totals["n"], totals["total"], totals["total_sq"])[1])
    if keys:
        summed = variances.groupby(keys, dropna=False)[["parts", "k"]].sum().reset_index()
        both = whole.merge(summed, on=keys, how="left")
    else:
        both = whole.assign(parts=variances["parts"].sum(), k=len(variances))
    alpha = coefficient(both["k"], both["parts"], both["whole"])
    return both[keys].assign(kind=RAW, **feldt(alpha, both["k"], both["n"])._asdict(), n=both["n"], k=both["k"])


def alpha(products: pd.DataFrame) -> pd.DataFrame:
    """Both alphas of each key: keys, kind ("raw", "standardised"), estimate, low, high, n, k.

    products: keys, x, y (item codes), n, sum_x, sum_y, sum_xx, sum_yy, sum_xy for each pair of a key's items once, in
    either order, over the answers that gave every item; rows of an item with itself may be there. One item: no row.
    Where the n differ, the smallest is reported and used. An item that never varies leaves no standardised alpha; a
    pair that is missing leaves neither.
    """
    keys = [c for c in products.columns if c not in ("x", "y", *SUMS)]
    pairs = products[products["x"] != products["y"]]
    rows = []
    groups = pairs.groupby(keys, sort=False, dropna=False) if keys else ([((), pairs)] if len(pairs) else [])
    for key, group in groups:
        n, x, y, xx, yy, xy = floats(*(group[c] for c in SUMS))
        _, var_x = mean_variance(n, x, xx)
        _, var_y = mean_variance(n, y, yy)
        with np.errstate(divide="ignore", invalid="ignore"):
            cov = (xy - x * y / n) / np.where(n > 1, n - 1, np.nan)
            r = np.where(var_x * var_y > 0, cov / np.sqrt(var_x * var_y), np.nan)
        variances = dict(zip([*group["x"], *group["y"]], [*var_x, *var_y], strict=True))
        k = len(variances)
        complete = len(group) == k * (k - 1) / 2
        parts = sum(variances.values())
        raw = coefficient(k, parts, parts + 2 * cov.sum()) if complete else np.nan
        std = standardised(k, r.mean()) if complete else np.nan
        for kind, found in ((RAW, raw), (STANDARDISED, std)):
            rows.append((*key, kind, *map(float, feldt(found, k, n.min())), n.min(), k))
    columns = [*keys, "kind", "estimate", "low", "high", "n", "k"]
    return pd.DataFrame(rows, columns=columns).astype({"estimate": float, "low": float, "high": float, "n": "int64"})
