"""What a branch's next answers would say: its own estimate pulled towards all branches, the more the fewer its answers.

Sources: Morris (1983), J. Am. Stat. Assoc. 78 (normal); Griffiths (1973), Biometrics 29 (beta-binomial by maximum
likelihood). The league's spread is estimated from the league itself (empirical Bayes).
"""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, betaln, polygamma, psi

from moments.metrics.funnel import between_variance
from moments.metrics.intervals import floats, z_quantile

FLATTEST, SHARPEST = -7.0, 14.0  # log of the prior's weight in answers; beyond lies nothing that data could tell


def normal(estimates: pd.DataFrame) -> pd.DataFrame:
    """Shrunk means: theta + B (own - theta), B = tau^2 / (tau^2 + se^2), tau^2 after DerSimonian and Laird.

    estimates: keys, estimate, se, n (`scores.league`). Gives keys, raw, estimate, low, high, n, weight (B). The
    interval counts the error of theta, not that of tau^2. NaN where there is no estimate.
    """
    y, se = floats(estimates["estimate"], estimates["se"])
    variance = np.where(np.isfinite(y), se**2, np.nan)
    shrunk, weight, own = pulled(y, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(weight * variance + np.where(weight == 1, 0.0, (1 - weight) ** 2 / np.nansum(own)))
    half = z_quantile() * error
    keys = estimates.drop(columns=[c for c in ("estimate", "low", "high", "se", "variance") if c in estimates])
    return keys.assign(raw=y, estimate=shrunk, low=shrunk - half, high=shrunk + half, weight=weight)


def pulled(y: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(shrunk mean, its weight B, 1 / (variance + tau^2)) of `normal`; many leagues at once along the last axis."""
    tau2 = np.asarray(between_variance(y, variance))[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(variance > 0, 1 / (variance + tau2), np.nan)
        theta = (np.nansum(own * y, axis=-1) / np.nansum(own, axis=-1))[..., None]
        weight = np.where(variance > 0, tau2 / (tau2 + variance), np.where(variance == 0, 1.0, np.nan))
        return np.where(weight == 1, y, theta + weight * (y - theta)), weight, own


def _likelihood(r: np.ndarray, n: np.ndarray, at: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Log likelihood of (logit mean, log weight), its gradient, and its curvature as it is where the gradient is 0."""
    mean, weight = 1 / (1 + np.exp(-at[0])), np.exp(at[1])
    a, b = mean * weight, (1 - mean) * weight
    value = (betaln(a + r, b + n - r) - betaln(a, b)).sum()
    both1 = (psi(a + b) - psi(a + b + n)).sum()
    both2 = (polygamma(1, a + b) - polygamma(1, a + b + n)).sum()
    first = np.array([(psi(a + r) - psi(a)).sum() + both1, (psi(b + n - r) - psi(b)).sum() + both1])
    second = np.array([(polygamma(1, x + k) - polygamma(1, x)).sum() for x, k in ((a, r), (b, n - r))])
    slope = weight * mean * (1 - mean)
    jacobian = np.array([[slope, a], [-slope, b]])
    return value, jacobian.T @ first, jacobian.T @ (np.diag(second) + both2) @ jacobian


def beta_prior(hits, n) -> tuple[float, float]:
    """(mean, weight in answers) of the beta distribution of the branches' true shares, by maximum likelihood.

    The weight is infinite where the branches differ no more than chance, and where all answers agree.
    """
    r, n = floats(hits, n)
    r, n = r[n > 0], n[n > 0]
    theta = r.sum() / n.sum() if len(n) else np.nan
    if not 0 < theta < 1 or len(n) < 2:
        return float(theta), np.inf
    at = np.array([np.log(theta / (1 - theta)), np.log(n.mean())])
    value, gradient, hessian = _likelihood(r, n, at)
    for _ in range(100):
        values, vectors = np.linalg.eigh(hessian)
        step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), 1e-8))  # uphill on any ground
        step *= min(1.0, 2.0 / np.abs(step).max()) if np.abs(step).max() > 0 else 1.0
        while True:
            tried = np.array([at[0] + step[0], np.clip(at[1] + step[1], FLATTEST, SHARPEST)])
            higher = _likelihood(r, n, tried)
            if higher[0] >= value or np.abs(step).max() < 1e-10:
                break
            step = step / 2
        done = np.abs(tried - at).max() < 1e-9
        at, (value, gradient, hessian) = tried, higher
        if done:
            break
    weight = np.exp(at[1]) if at[1] < SHARPEST - 1e-6 else np.inf
    return float(1 / (1 + np.exp(-at[0]))), float(weight)


def beta_binomial(counts: pd.DataFrame) -> pd.DataFrame:
    """Shrunk shares: (hits + M theta) / (n + M), M the prior's weight in answers.

    counts: keys, hits, n. Gives keys, raw, estimate, low, high, n, weight (own: n / (n + M)). The interval is that of
    the beta distribution with the posterior's mean and variance, the error of theta counted in.
    """
    r, n = (np.nan_to_num(c) for c in floats(counts["hits"], counts["n"]))
    theta, prior = beta_prior(r, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = n / (n + prior)
        raw = np.where(n > 0, r / n, np.nan)
        estimate = np.where(n > 0, theta + weight * (raw - theta), np.nan)
        edge = 0.5 / (n.sum() + 1)
        center = np.clip(theta, edge, 1 - edge)  # none of 20 is not never
        effective = (n / (1 + (n - 1) / (prior + 1))).sum()
        inner = np.where(estimate == theta, center, np.clip(estimate, 1e-9, 1 - 1e-9))
        own = inner * (1 - inner) / (prior + n + 1)
        variance = own + (1 - weight) ** 2 * center * (1 - center) / (effective + 2)
        size = inner * (1 - inner) / variance - 1
    low, high = (betaincinv(inner * size, (1 - inner) * size, q) for q in (0.025, 0.975))
    keys = counts.drop(columns=["hits", "n"])
    low, high = np.minimum(low, estimate), np.maximum(high, estimate)
    return keys.assign(raw=raw, estimate=estimate, low=low, high=high, n=counts["n"], weight=weight)
