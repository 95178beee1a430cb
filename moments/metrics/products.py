"""Correlations from sums of products, so that no answer ever has to leave the engine.

Products: one row per (any keys, `x`, `y`) over the answers that gave both, with n, sum_x, sum_y, sum_xx, sum_yy,
sum_xy. Each pair once, in either order; a row of a measure with itself is allowed and not needed.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats, z_quantile

SUMS = ("n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy")
DUST = 1e-12  # share of a sum of squares under which what is left after the mean is rounding


def _spreads(n, x, y, xx, yy, xy) -> tuple[np.ndarray, ...]:
    """n and the sums of squares and products about the means; NaN squares where a measure does not vary."""
    n = np.where(n > 0, n, np.nan)
    square_x, square_y = xx - x * x / n, yy - y * y / n
    square_x = np.where(square_x > DUST * xx, square_x, np.nan)
    square_y = np.where(square_y > DUST * yy, square_y, np.nan)
    return n, square_x, square_y, xy - x * y / n


def correlations(products: pd.DataFrame) -> pd.DataFrame:
    """Pearson's r of each row with Fisher's interval tanh(atanh r -+ z / sqrt(n - 3)).

    Gives the products' keys, x, y, estimate, low, high, n. NaN where one of the two never varies.
    """
    n, square_x, square_y, product = _spreads(*floats(*(products[c] for c in SUMS)))
    r = np.clip(product / np.sqrt(square_x * square_y), -1.0, 1.0)
    with np.errstate(divide="ignore"):
        half = z_quantile() / np.sqrt(np.where(n > 3, n - 3, np.nan))
        low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
    kept = products.drop(columns=[c for c in SUMS if c != "n"])
    return kept.assign(estimate=r, low=low, high=high)


def matrix(products: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray, float]:
    """(R, sd, n) of the measures in the order of names.

    R has 1 on its diagonal and NaN where a pair is unknown or a measure does not vary; sd with n - 1; n is the
    smallest number of answers behind any pair.
    """
    index = {name: i for i, name in enumerate(names)}
    rows = products[products["x"].isin(index) & products["y"].isin(index)]
    i, j = (rows[side].map(index).to_numpy(int) for side in "xy")
    return matrix_of(i, j, floats(*(rows[c] for c in SUMS)), len(names))


def matrix_of(i: np.ndarray, j: np.ndarray, sums: Sequence[np.ndarray], k: int) -> tuple[np.ndarray, np.ndarray, float]:
    """`matrix` of k measures from arrays: the places of each pair's two measures, and SUMS."""
    n, square_x, square_y, product = _spreads(*sums)
    r = np.full((k, k), np.nan)
    r[i, j] = r[j, i] = np.clip(product / np.sqrt(square_x * square_y), -1.0, 1.0)
    measure, answers, squares = np.r_[i, j], np.r_[n, n], np.r_[square_x, square_y]
    order = np.argsort(answers, kind="stable")  # the pair with most answers is written last
    order = order[np.isfinite(answers[order])]
    sd = np.full(k, np.nan)
    free = np.where(answers[order] > 1, answers[order] - 1, np.nan)
    sd[measure[order]] = np.sqrt(squares[order] / free)
    np.fill_diagonal(r, np.where(np.isfinite(sd), 1.0, np.nan))
    pairs = n[i != j]
    return r, sd, float(np.nan_to_num(pairs).min(initial=np.inf)) if len(pairs) else 0.0
