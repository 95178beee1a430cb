"""Which experiences go with the outcome, and how much of it each carries. "Goes with", not "causes".

All from the correlation matrix, so from sums of products (see `products`). R = correlations of the drivers, r =
theirs with the outcome.
- beta = R^-1 r; R2 = r' beta; VIF = diagonal of R^-1; slope = beta sd(outcome) / sd(driver), outcome points per
point.
- lmg: the driver's mean share of R2 over all orders of entry (Lindeman, Merenda and Gold 1980; Groemping 2006).
- johnson: L = R^(1/2), b = L^-1 r, weights L^2 b^2 (Johnson 2000).
lmg and johnson each sum to R2; they may disagree on the top driver, so both are shown.
"""

from math import comb

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.products import SUMS, matrix

MOST = 12  # drivers for the exact lmg: 2^12 regressions in one sweep each
TINY = 1e-9  # what is left of a driver once others have explained it, under which it is a copy of them
STATISTICS = ("correlation", "beta", "slope", "vif", "lmg", "johnson")


def r2_of_subsets(r: np.ndarray) -> np.ndarray:
    """R2 of every subset of drivers, shape (2^k,): bit j of the index tells that driver j is in.

    r: correlation matrix (k + 1, k + 1), the outcome last. Each driver in turn is swept out of all matrices so far,
    so that k array operations do all 2^k regressions. A copy of other drivers adds nothing.
    """
    left = r[None].astype(float)
    for j in range(len(r) - 1):
        pivot = left[:, j, j]
        weight = np.where(pivot > TINY, 1 / np.where(pivot > TINY, pivot, 1.0), 0.0)
        swept = left - left[:, :, j, None] * left[:, None, j, :] * weight[:, None, None]
        left = np.concatenate([left, swept])
    return 1 - left[:, -1, -1]


def lmg(r: np.ndarray) -> np.ndarray:
    """LMG weights (k,) from the correlation matrix with the outcome last; NaN above MOST drivers."""
    k = len(r) - 1
    if k > MOST:
        return np.full(k, np.nan)
    r2, subsets = r2_of_subsets(r), np.arange(2**k)
    weights = np.empty(k)
    for j in range(k):
        without = subsets[subsets >> j & 1 == 0]
        size = np.bitwise_count(without)
        orders = 1 / (k * np.array([comb(k - 1, s) for s in range(k)], float))
        weights[j] = (orders[size] * (r2[without | 1 << j] - r2[without])).sum()
    return weights


def johnson(r: np.ndarray) -> np.ndarray:
    """Johnson's relative weights (k,) from the correlation matrix with the outcome last."""
    values, vectors = np.linalg.eigh(r[:-1, :-1])
    values = np.maximum(values, 0.0)
    kept = values > TINY
    root = (vectors * np.sqrt(values)) @ vectors.T
    inverse = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return root**2 @ (inverse @ r[:-1, -1]) ** 2


def regression(r: np.ndarray, sd: np.ndarray) -> tuple[dict[str, np.ndarray], float, np.ndarray]:
    """({"beta", "slope", "vif"}, R2, which drivers can be told) from the correlations and standard deviations, the
    outcome last in both."""
    told = np.isfinite(r[-1, -1]) & np.isfinite(sd[:-1]) & np.isfinite(r[-1, :-1])
    values = {name: np.full(len(told), np.nan) for name in ("beta", "slope", "vif")}
    inner = _inner(r, told)
    if not told.any() or not np.isfinite(inner).all():
        return values, np.nan, np.zeros_like(told)
    eigenvalues, vectors = np.linalg.eigh(inner[:-1, :-1])
    kept = eigenvalues > TINY
    unique = (vectors[:, ~kept] ** 2).sum(axis=1) < TINY**0.5  # not a copy of other drivers
    inverse = (vectors[:, kept] / eigenvalues[kept]) @ vectors[:, kept].T
    beta = inverse @ inner[:-1, -1]
    values["beta"][told] = np.where(unique, beta, np.nan)
    values["slope"][told] = np.where(unique, beta, np.nan) * sd[-1] / sd[:-1][told]
    values["vif"][told] = np.where(unique, np.diag(inverse), np.inf)
    return values, float(np.clip(beta @ inner[:-1, -1], 0.0, 1.0)), told


def _inner(r: np.ndarray, told: np.ndarray) -> np.ndarray:
    """The correlations of the drivers that can be told, and of the outcome."""
    use = np.flatnonzero(np.append(told, True))
    return r[np.ix_(use, use)]


def _fit(products: pd.DataFrame, drivers: list[str], outcome: str) -> pd.DataFrame:
    r, sd, n = matrix(products, [*drivers, outcome])
    values = {name: np.full(len(drivers), np.nan) for name in STATISTICS}
    found, explained, told = regression(r, sd)
    values |= found | {"correlation": r[-1, :-1]}
    if told.any():
        values["lmg"][told], values["johnson"][told] = lmg(_inner(r, told)), johnson(_inner(r, told))
    parts = [pd.DataFrame({"driver": drivers, "statistic": s, "estimate": values[s]}) for s in STATISTICS]
    whole = pd.DataFrame({"driver": [outcome], "statistic": "r2", "estimate": [explained]})
    return pd.concat([*parts, whole], ignore_index=True).assign(n=n)


def weights(products: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Every statistic of every driver of the outcome, in long form.

    products: as in `products`, each pair of drivers and of driver and outcome; `replicate` for intervals
    (delete-a-group jackknife; NaN without it).
    Gives driver, statistic (STATISTICS, and one row `r2` whose driver is the outcome), estimate, low, high, n. A
    driver that never varies is NaN; of drivers that are copies of each other beta and slope are NaN and VIF infinite.
    """
    names = pd.unique(pd.concat([products["x"], products["y"]]))
    drivers = [name for name in names if name != outcome]
    if "replicate" not in products:
        fit = _fit(products.groupby(["x", "y"], sort=False, as_index=False)[list(SUMS)].sum(), drivers, outcome)
        return fit.assign(low=np.nan, high=np.nan)[["driver", "statistic", "estimate", "low", "high", "n"]]
    out = jackknife.of_frames(
        products[["x", "y", "replicate", *SUMS]], ["x", "y"], lambda sums: _fit(sums, drivers, outcome)
    )
    return out[["driver", "statistic", "estimate", "low", "high", "n"]]
