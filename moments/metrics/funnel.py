"""Is a branch outside what chance gives at its number of answers? The funnel plot.

theta = mean score of all, v = variance of all answers about it; z = (estimate - theta) / sqrt(v / n); for a share
v = theta (1 - theta), for other scores a branch's own variance where that is larger (one bad day among few answers
proves less). Branches always differ a little more than chance (over-dispersion): phi = mean z^2, found after pulling
the outer 10 % of the z in on each side (winsorised), and either
- multiplicative: limits and z scaled by sqrt(phi), or
- additive: every branch's variance gets tau^2 = (k phi - (k - 1)) / (sum w - sum w^2 / sum w), w = 1 / variance
  (DerSimonian and Laird 1986). For shares tau^2 is that of asin sqrt(share), whose variance is 1 / 4n whatever the
  share; a share is then outside only if it is so on both scales, since either alone cries wolf near 0 or 1.
Sources: Spiegelhalter (2005), Statistics in Medicine 24; Spiegelhalter et al. (2012), J. R. Stat. Soc. A 175.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from moments.metrics import scores
from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.intervals import floats, mean_variance, p_normal, z_quantile

LIMITS = {"95": 0.95, "998": 0.998}
OUTER = 0.10


class Target(NamedTuple):
    """What all branches are held against. phi: raw; phi_w: winsorised, on the scale of tau2 (asin sqrt for shares)."""

    theta: float
    variance: float
    share: bool
    dispersion: str
    phi: float
    phi_w: float
    tau2: float
    branches: int


def between_variance(estimates, variances, phi: float | None = None):
    """DerSimonian-Laird tau^2 >= 0 of estimates with known error variances; from phi in place of Q / k where given.

    Along the last axis, so that many leagues go through in one call.
    """
    y, v = floats(estimates, variances)
    known = np.isfinite(y) & np.isfinite(v) & (v > 0)
    y, w, k = np.where(known, y, 0.0), 1 / np.where(known, v, np.inf), known.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = w.sum(axis=-1)
        q = (w * (y - ((w * y).sum(axis=-1) / total)[..., None]) ** 2).sum(axis=-1) if phi is None else k * phi
        tau2 = (q - (k - 1)) / (total - (w**2).sum(axis=-1) / total)
    return np.where(k < 2, 0.0, np.maximum(0.0, tau2))[()]


def winsorised(z) -> np.ndarray:
    """z with everything beyond its 10 % and 90 % quantiles set to them."""
    z = np.asarray(z, float)
    return np.clip(z, *np.quantile(z, [OUTER, 1 - OUTER])) if len(z) else z


def _arc(share) -> np.ndarray:
    return np.arcsin(np.sqrt(np.clip(share, 0, 1)))


def target(counts: pd.DataFrame, dispersion: str = "additive") -> Target:
    """What the league as a whole is: its mean, the variance of an answer, its over-dispersion.

    counts: one row per branch in any form of `scores`; dispersion: additive, multiplicative or none (ValueError for
    another). NaN without answers.
    """
    if dispersion not in ("additive", "multiplicative", "none"):
        raise ValueError(f"unknown dispersion {dispersion}")
    share, sums = scores.form(counts) == "share", scores.sums(counts)
    n, total, total_sq = (column[sums[0] > 0] for column in sums)
    if not len(n):
        return Target(np.nan, np.nan, share, dispersion, np.nan, np.nan, 0.0, 0)
    theta, square = total.sum() / n.sum(), total_sq.sum() / n.sum()
    variance = square - theta**2
    if variance <= 1e-12 * square:  # all answers agree: what is left is rounding
        return Target(float(theta), 0.0, share, dispersion, np.nan, np.nan, 0.0, len(n))
    phi = float(np.mean((total / n - theta) ** 2 / (variance / n)))
    y, middle, error = (_arc(total / n), _arc(theta), 0.25 / n) if share else (total / n, theta, variance / n)
    phi_w = float(np.mean(winsorised((y - middle) / np.sqrt(error)) ** 2))
    tau2 = between_variance(y, error, phi_w) if dispersion == "additive" else 0.0
    return Target(float(theta), float(variance), share, dispersion, phi, phi_w, tau2, len(n))


def _error(n: np.ndarray, against: Target, own: np.ndarray | float = 0.0) -> np.ndarray:
    """Standard error of a mean score at n, over-dispersion in it; from a branch's own variance where that is larger."""
    tau2 = against.tau2 * (4 * against.variance if against.share else 1.0)  # back from asin sqrt: slope 2 sqrt(pq)
    widen = max(against.phi_w, 1.0) if against.dispersion == "multiplicative" else 1.0
    return np.sqrt((np.maximum(against.variance, own) / n + tau2) * widen)


def limits(n: Iterable[float], against: Target) -> pd.DataFrame:
    """The funnel's walls at each n: n, theta, low_95, high_95, low_998, high_998 (shares clipped to 0..1)."""
    n = np.asarray(list(n), float)
    out = pd.DataFrame({"n": n, "theta": against.theta})
    n = np.where(n > 0, n, np.nan)
    for name, level in LIMITS.items():
        half = z_quantile(level) * _error(n, against)
        low, high = against.theta - half, against.theta + half
        if against.share and against.dispersion == "additive":
            half = z_quantile(level) * np.sqrt(0.25 / n + against.tau2)
            ends = np.sin(np.clip(_arc(against.theta) + np.outer([-1, 1], half), 0, np.pi / 2)) ** 2
            low, high = np.minimum(low, ends[0]), np.maximum(high, ends[1])
        if against.share:
            low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
        out["low_" + name], out["high_" + name] = low, high
    return out


def funnel(counts: pd.DataFrame, dispersion: str = "additive", level: float = FALSE_SHARE) -> pd.DataFrame:
    """Each branch against the funnel.

    counts: keys and any form of `scores`. Gives keys, estimate, n, theta, z, p, q (Benjamini-Hochberg over the rows),
    low_95, high_95, low_998, high_998, and `real` (q <= level: really different). NaN and False where n is 0.
    """
    against, (answers, total, total_sq) = target(counts, dispersion), scores.sums(counts)
    n = np.where(answers > 0, answers, np.nan)
    estimate, own = mean_variance(n, total, total_sq)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (estimate - against.theta) / _error(n, against, 0.0 if against.share else np.nan_to_num(own))
        if against.share and dispersion == "additive":
            other = (_arc(estimate) - _arc(against.theta)) / np.sqrt(0.25 / n + against.tau2)
            z = np.where(np.abs(other) < np.abs(z), other, z)
    z = np.where(np.isfinite(estimate) & (against.variance == 0), 0.0, z)
    q = q_values(p_normal(z))
    walls = {name: wall.to_numpy() for name, wall in limits(n, against).items() if name not in ("n", "theta")}
    told = {"estimate": estimate, "n": answers, "theta": against.theta, "z": z, "p": p_normal(z), "q": q}
    return scores.keys(counts).assign(**told, **walls, real=q <= level)
