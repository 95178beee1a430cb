"""Least squares from sums of squares and products, so that ten million answers cost one pass of SQL.

`xtx`, `xty`, `yy` are the ordinary cross products of a design that holds its own constant column. A coefficient that
the data cannot tell (a column that never varies, or repeats another) is NaN; the others keep their unique value.
Source: any textbook of least squares; estimable functions after Searle (1971), Linear Models, chapter 5.
"""

from dataclasses import dataclass

import numpy as np

from moments.metrics.intervals import p_student, t_quantile

TINY = 1e-10  # share of a column's own length under which what is left of it is rounding, not data


@dataclass(frozen=True)
class Fit:
    """Coefficients `b` (NaN where not estimable), their covariance, residual degrees of freedom, R2 about the mean."""

    b: np.ndarray
    covariance: np.ndarray
    df: float
    r2: float
    solution: np.ndarray  # a least-squares solution without NaN: right for predictions, not for single coefficients

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance))

    @property
    def p(self) -> np.ndarray:
        """Two-sided p of every coefficient against 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return p_student(self.b / self.se, self.df)

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """95 % t interval of every coefficient."""
        half = t_quantile(self.df) * self.se
        return self.b - half, self.b + half


def least_squares(xtx, xty, yy: float, n: float, y_sum: float) -> Fit:
    """Fit y = X b from xtx (k, k), xty (k), yy = sum y^2, n answers, y_sum = sum y.

    Without residual degrees of freedom the errors are NaN.
    """
    xtx, xty = np.asarray(xtx, float), np.asarray(xty, float)
    scale = np.sqrt(np.diag(xtx))
    length = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(xtx / np.outer(length, length))
    kept = values > TINY * max(values.max(initial=0.0), 1e-300)
    inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    told = (vectors[:, ~kept] ** 2).sum(axis=1) < TINY**0.5  # no part in any direction without data
    solution = inverse @ (xty / length) / length
    residual = max(float(yy - solution @ xty), np.finfo(float).eps * n * max(float(yy), 0.0))
    df = float(n - kept.sum())
    total = float(yy - y_sum**2 / n) if n > 0 else np.nan
    enough = df > 0
    variance = residual / df if enough else np.nan
    covariance = inverse / np.outer(length, length) * variance
    covariance = np.where(np.outer(told, told), covariance, np.nan)
    r2 = 1 - residual / total if total > TINY * max(float(yy), 0.0) else np.nan
    return Fit(np.where(told, solution, np.nan), covariance, df, r2, solution)
