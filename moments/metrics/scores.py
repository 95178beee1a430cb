"""One shape for every measure that branches are compared by: n answers, their total, the total of their squares.

A share is the mean of 0 and 1, an NPS the mean of -100, 0 and 100, an index the mean of its points; so one funnel,
one shrinkage, one rank and one case-mix adjustment serve all. Counts come in one of three forms, told by their
columns:
- nps: detractors, passives, promoters
- share: hits, n
- mean: n, total, total_sq
"""

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats, mean_variance

BORROWED = 3  # answers' worth of the league's variance lent to every branch, as adjusted Wald lends three answers
FORMS = {
    "nps": ("detractors", "passives", "promoters"),
    "share": ("hits", "n"),
    "mean": ("n", "total", "total_sq"),
}
BOUNDS = {"nps": (-100.0, 100.0), "share": (0.0, 1.0), "mean": (-np.inf, np.inf)}


def form(counts: pd.DataFrame) -> str:
    """"nps", "share" or "mean". Raises KeyError when the columns are of none."""
    for name, columns in FORMS.items():
        if set(columns) <= set(counts.columns):
            return name
    raise KeyError(f"neither of {FORMS}: {list(counts.columns)}")


def sums(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n, total, total_sq of the rows, whatever their form; a missing n counts as 0."""
    name = form(counts)
    columns = [np.nan_to_num(c) for c in floats(*(counts[c] for c in FORMS[name]))]
    if name == "nps":
        d, m, p = columns
        return d + m + p, 100 * (p - d), 1e4 * (p + d)
    if name == "share":
        hits, n = columns
        return n, hits, hits
    return tuple(columns)


def keys(counts: pd.DataFrame) -> pd.DataFrame:
    """The rows without their counts."""
    return counts[[c for c in counts if c not in (*FORMS[form(counts)], *FORMS["mean"])]]


def of(counts: pd.DataFrame) -> pd.DataFrame:
    """The same rows and keys with n, total, total_sq in place of their own form."""
    return keys(counts).assign(**dict(zip(FORMS["mean"], sums(counts), strict=True)))


def league(counts: pd.DataFrame) -> pd.DataFrame:
    """Keys, n, `estimate` (mean score: -100..100, 0..1 or points), `variance` of one answer, `se`; NaN where n is 0.

    The variance borrows BORROWED answers of the variance within all rows, so that a branch whose few answers agree is
    not taken for certain.
    """
    n, total, total_sq = sums(counts)
    estimate, variance, se = estimates(n, total, total_sq)
    return keys(counts).assign(n=n, estimate=estimate, variance=variance, se=se)


def estimates(n: np.ndarray, total: np.ndarray, total_sq: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(estimate, variance, se) of `league` from the branches' sums; many leagues at once, branches on the last axis."""
    estimate, own = mean_variance(n, total, total_sq)
    free = np.maximum(n - 1, 0)
    spread = free * np.nan_to_num(own)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = (spread.sum(axis=-1) / free.sum(axis=-1))[..., None]
        variance = np.where(n > 0, (spread + BORROWED * within) / (free + BORROWED), np.nan)
        return estimate, variance, np.sqrt(variance / n)
