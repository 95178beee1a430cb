"""Is a rate of complaints doing something new? The u chart, and Laney's u' that big numbers do not upset.

u = c / n; limits u +- 3 sqrt(u / n); u': the same times sigma_z = mean |z_i - z_(i-1)| / 1.128 with z = (u_i - u) /
sqrt(u / n_i), so that what the periods differ by anyway is in the limits.
Sources: Laney (2002), Quality Engineering 14; rules: Western Electric (1956), Nelson (1984).
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from moments.metrics.intervals import LEVEL, floats, p_normal, z_quantile

RULES = ("beyond", "two_of_three", "run", "trend")
RUN, TREND, SIGMAS = 8, 6, 3.0
DUST = 1e-9


def rate(
    counts: pd.DataFrame, events: str = "complaints", exposure: str = "exposure", per: float | np.ndarray = 1000
) -> pd.DataFrame:
    """Events per `per` units of exposure (of all rows, or of each) with the exact Poisson interval (Garwood 1936).

    Gives counts and estimate, low, high, n (the exposure). NaN where there is no exposure.
    """
    c, e = floats(counts[events], counts[exposure])
    e = np.where(e > 0, e, np.nan)
    tail = (1 - LEVEL) / 2
    low = np.where(c > 0, gammaincinv(np.maximum(c, 1e-300), tail), 0.0)
    ends = {"estimate": c, "low": low, "high": gammaincinv(c + 1, 1 - tail)}
    return counts.assign(**{name: value / e * per for name, value in ends.items()}, n=counts[exposure])


def phases(periods: pd.Series, breaks: Iterable) -> pd.Series:
    """Number of the phase of each period, from 0: a break begins a new one (break <= period)."""
    number = pd.Series(0, index=periods.index)
    for start in breaks:
        number = number + (periods >= start).astype(int)
    return number


def change(now: pd.DataFrame, before: pd.DataFrame, per: float = 1000, sigma_z: float = 1.0) -> pd.DataFrame:
    """Rate of all rows of `now` less that of `before`: one row of estimate, low, high (per `per`), p, n, n_other.

    Both: complaints, exposure. Normal, with Poisson errors times sigma_z (at least 1): periods that differ by more than
    chance anyway must not make a difference of two of them look sure.
    """
    (c1, e1), (c2, e2) = ((f["complaints"].sum(), f["exposure"].sum()) for f in (now, before))
    one, other = (c / e if e > 0 else np.nan for c, e in ((c1, e1), (c2, e2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(one / np.float64(e1) + other / np.float64(e2)) * max(1.0, sigma_z)
        p = p_normal((one - other) / se)
    d, half = (one - other) * per, z_quantile() * se * per
    return pd.DataFrame({"estimate": [d], "low": d - half, "high": d + half, "p": p, "n": e1, "n_other": e2})


def breaks(periods: pd.Series, days: Iterable, least: int = 4) -> list:
    """Those of the days, in order, that leave at least `least` periods in every phase: a phase of two has no limits."""
    found: list = []
    for day in sorted(pd.Timestamp(d) for d in days):
        sizes = np.bincount(phases(periods, [*found, day]), minlength=len(found) + 2)
        if sizes.min() >= least:
            found.append(day)
    return found


def signals(rows: pd.DataFrame) -> pd.DataFrame:
    """Every rule that a period completes, one row each: the columns of `chart`, and `rule`; latest first.

    A period beyond the limits is not told of again for the milder rules.
    """
    parts = []
    for rule in RULES:
        hit = rows[rule].astype(bool) & (rows[RULES[0]].astype(bool) == (rule == RULES[0]))
        parts.append(rows[hit].assign(rule=rule))
    return pd.concat(parts).sort_index(ascending=False, kind="stable").reset_index(drop=True)


def chart(
    counts: pd.DataFrame, events: str = "complaints", exposure: str = "exposure", per: float = 1000, laney: bool = True
) -> pd.DataFrame:
    """The control chart, in the order of the rows.

    counts: one row per period with events, exposure and, if the process was changed on purpose, `phase`. Gives the
    columns of `rate` and centre, lower, upper (per `per`; lower >= 0), sigma_z (1 for a plain u chart or a phase of
    one period), and one boolean per rule, at the period that completes it, with `direction` (1 up, -1 down, 0 none):
    beyond = outside the limits; two_of_three = two of three beyond two thirds of the way to a limit, on one side;
    run = RUN in a row on one side of the centre; trend = TREND in a row each higher (or lower) than the one before.
    Periods without exposure have no rate and are passed over.
    """
    out = rate(counts, events, exposure, per)
    phase = counts["phase"].to_numpy() if "phase" in counts else np.zeros(len(counts), int)
    columns = {name: np.full(len(out), np.nan) for name in ("centre", "lower", "upper", "sigma_z")}
    flags = {name: np.zeros(len(out), bool) for name in RULES}
    direction = np.zeros(len(out), int)
    c, n = floats(counts[events], counts[exposure])
    for part in pd.unique(phase):
        rows = np.flatnonzero((phase == part) & (n > 0))
        if not len(rows):
            continue
        u = c[rows].sum() / n[rows].sum()
        sigma = np.sqrt(u / n[rows])
        z = np.divide(c[rows] / n[rows] - u, sigma, out=np.zeros(len(rows)), where=sigma > 0)
        sigma_z = np.abs(np.diff(z)).mean() / 1.128 if laney and len(rows) > 1 else 1.0
        half = SIGMAS * sigma * sigma_z
        values = (u * per, np.maximum(u - half, 0.0) * per, (u + half) * per, sigma_z)
        for name, value in zip(columns, values, strict=True):
            columns[name][rows] = value
        for name, side in _signals(z, SIGMAS * sigma_z).items():
            flags[name][rows] = side != 0
            direction[rows] = np.where(direction[rows] == 0, side, direction[rows])
    return out.assign(**columns, **flags, direction=direction)


def _signals(z: np.ndarray, limit: float) -> dict[str, np.ndarray]:
    """Side (1, -1, 0) on which each rule is completed at each point; z in plain sigmas, the limits at +-limit."""
    side = np.sign(np.where(np.abs(z) > DUST, z, 0)).astype(int)
    step = np.concatenate([[0], np.sign(np.diff(z)) * (np.abs(np.diff(z)) > DUST)]).astype(int) if len(z) else side
    far = np.where(np.abs(z) > limit * 2 / 3 + DUST, side, 0)
    two = np.array([
        side[i] if far[i] and (far[max(0, i - 2) : i + 1] == far[i]).sum() >= 2 else 0 for i in range(len(z))
    ], int)  # fmt: skip
    return {
        "beyond": np.where(np.abs(z) > limit + DUST, side, 0),
        "two_of_three": two,
        "run": _in_a_row(side, RUN),
        "trend": _in_a_row(step, TREND - 1),  # six points, five steps
    }


def _in_a_row(side: np.ndarray, length: int) -> np.ndarray:
    """Side where it has been the same, and not 0, for at least `length` points."""
    out, count = np.zeros(len(side), int), 0
    for i, now in enumerate(side):
        count = count + 1 if now != 0 and i and now == side[i - 1] else int(now != 0)
        out[i] = now if count >= length else 0
    return out
