"""Closed-form intervals: shares, differences of shares, means, differences of means.

One style throughout: numbers or arrays (a frame's columns) in, a named tuple of arrays out, so that
`frame.assign(**wilson(frame.kept, frame.n)._asdict())` adds estimate, low and high. All intervals are 95 % unless
`level` says otherwise. Nothing raises on n = 0: what cannot be estimated is NaN. A difference is first minus second.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

LEVEL = 0.95


class Interval(NamedTuple):
    """An estimate and its interval, in the unit of the estimate."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray


class Comparison(NamedTuple):
    """A difference (first minus second) with its interval, the test statistic (z, or t on `df`) and two-sided p."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    statistic: np.ndarray
    df: np.ndarray
    p: np.ndarray


def floats(*columns) -> list[np.ndarray]:
    """The columns as float arrays; a missing value becomes NaN (engines return NULL, NA and Decimal)."""
    return [_floats(c) for c in columns]


def _floats(column) -> np.ndarray:
    values = getattr(column, "values", column)
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":  # has no NULL: three times as fast
        return values.astype(float)
    return column.to_numpy(dtype=float, na_value=np.nan) if hasattr(column, "to_numpy") else np.asarray(column, float)


def z_quantile(level: float = LEVEL) -> float:
    """The two-sided normal quantile: 1.959964 at 95 %."""
    return float(ndtri(0.5 + level / 2))


def t_quantile(df, level: float = LEVEL) -> np.ndarray:
    """The two-sided Student quantile; NaN where df is not positive."""
    df = np.asarray(df, dtype=float)
    positive = df > 0
    return np.where(positive, stdtrit(np.where(positive, df, 1.0), 0.5 + level / 2), np.nan)


def p_normal(z) -> np.ndarray:
    """Two-sided p of a normal statistic."""
    return 2 * ndtr(-np.abs(z))


def p_student(t, df) -> np.ndarray:
    """Two-sided p of a Student statistic; NaN where df is not positive."""
    df = np.asarray(df, dtype=float)
    positive = df > 0
    return np.where(positive, 2 * stdtr(np.where(positive, df, 1.0), -np.abs(t)), np.nan)


def wilson(successes, n, level: float = LEVEL) -> Interval:
    """A share k/n (0..1) with the Wilson (1927) score interval, (p + z²/2n ± z √(p q/n + z²/4n²)) / (1 + z²/n)."""
    k, n = floats(successes, n)
    n = np.where(n > 0, n, np.nan)
    p, z = k / n, z_quantile(level)
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At k = 0 and k = n the bound is exactly 0 or 1; floats would leave 1e-17 on the wrong side.
    low = np.where(k == 0, 0.0, (middle - half) / (1 + z * z / n))
    high = np.where(k == n, 1.0, (middle + half) / (1 + z * z / n))
    return Interval(p, np.where(np.isnan(p), np.nan, low), np.where(np.isnan(p), np.nan, high))


def newcombe(x1, n1, x2, n2, level: float = LEVEL) -> Comparison:
    """Difference of two shares x1/n1 - x2/n2 with Newcombe's (1998) method 10, which joins two Wilson intervals.

    The test is the z test with pooled share (the score test that Wilson inverts); df is infinite.
    """
    x1, n1, x2, n2 = floats(x1, n1, x2, n2)
    (p1, l1, u1), (p2, l2, u2) = wilson(x1, n1, level), wilson(x2, n2, level)
    d = p1 - p2
    low, high = d - np.hypot(p1 - l1, u2 - p2), d + np.hypot(u1 - p1, p2 - l2)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (x1 + x2) / (n1 + n2)
        se = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    z = _ratio(d, se)
    return Comparison(d, low, high, z, np.full_like(z, np.inf), p_normal(z))


def mean_variance(n, total, total_sq) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (n - 1) from n, the sum and the sum of squares; variance is NaN under two values."""
    n, total, total_sq = floats(n, total, total_sq)
    n = np.where(n > 0, n, np.nan)
    mean = total / n
    squares = total_sq - total * mean
    # The subtraction of two nearly equal sums leaves dust where every value is the same.
    squares = np.where(squares < 1e-12 * np.abs(total_sq), 0.0, squares)
    return mean, squares / np.where(n > 1, n - 1, np.nan)


def t_mean(n, total, total_sq, level: float = LEVEL) -> Interval:
    """A mean with Student's interval, mean ± t(n-1) s/√n, from n, the sum and the sum of squares.

    One value has a mean and a NaN interval. When all values agree the interval has no width.
    """
    mean, variance = mean_variance(n, total, total_sq)
    (n,) = floats(n)
    half = t_quantile(n - 1, level) * np.sqrt(variance / np.where(n > 0, n, np.nan))
    return Interval(mean, mean - half, mean + half)


def paired(n, total, total_sq, against: float = 0.0, level: float = LEVEL) -> Comparison:
    """Mean of paired differences against a value (default 0): Student's t on n - 1.

    Sums are of the differences d: n, sum d, sum d². Estimate and interval are those of mean(d) - against. With no
    spread at all the statistic is infinite (or NaN when the difference is exactly nothing, p then being 1).
    """
    mean, variance = mean_variance(n, total, total_sq)
    (n,) = floats(n)
    d, se, df = mean - against, np.sqrt(variance / np.where(n > 0, n, np.nan)), n - 1
    return _comparison(d, se, df, level)


def two_means(n1, total1, total_sq1, n2, total2, total_sq2, level: float = LEVEL) -> Comparison:
    """Difference of two independent means by Welch's (1947) test, from each side's n, sum and sum of squares."""
    (m1, v1), (m2, v2) = mean_variance(n1, total1, total_sq1), mean_variance(n2, total2, total_sq2)
    n1, n2 = floats(n1, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = v1 / n1, v2 / n2
        df = (a + b) ** 2 / (a * a / (n1 - 1) + b * b / (n2 - 1))
    # No spread on either side: any df gives the same answer, n1 + n2 - 2 keeps it defined.
    df = np.where(a + b == 0, n1 + n2 - 2, df)
    return _comparison(m1 - m2, np.sqrt(a + b), df, level)


def sums(n, mean, sd) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n, sum and sum of squares of a published mean and standard deviation (n - 1)."""
    n, mean, sd = floats(n, mean, sd)
    return n, n * mean, (n - 1) * sd**2 + n * mean**2


def _ratio(d, se) -> np.ndarray:
    """d / se, where nothing over nothing is 0: no difference and no spread is no evidence of one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((d == 0) & (se == 0), 0.0, d / se)


def _comparison(d, se, df, level) -> Comparison:
    t, half = _ratio(d, se), t_quantile(df, level) * se
    return Comparison(d, d - half, d + half, t, np.asarray(df, dtype=float), p_student(t, df))
