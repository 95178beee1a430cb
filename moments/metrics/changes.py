"""What changed, branch by branch and measure by measure, when many are looked at together.

Every branch under every measure is one look; all looks are one family, of which Benjamini-Hochberg lets at most one in
twenty of those called real be noise. A branch's variance borrows from all branches (see `scores.league`), so that five
answers which happen to agree prove nothing. Answers of one day or month are alike (one queue, one season), which no
single answer's variance knows: what the branches' numbers move by anyway is taken from their own changes, as the
over-dispersion of a funnel is (Spiegelhalter 2005, Statistics in Medicine 24).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from moments.metrics import discovery, scores
from moments.metrics.intervals import floats, p_normal, z_quantile

RATE, PER = ("complaints", "exposure"), 1000
TAIL, ENOUGH = 0.1, 8  # share of the changes drawn in at each end; branches that tell what they move by anyway
KEYS = ["measure", "branch"]


def of_branches(
    now: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame], better: Mapping[str, int]
) -> pd.DataFrame:
    """Now less before of every branch that has both, for every measure that has both; the surest first.

    now, before: measure -> counts per branch in a form of `scores`, or complaints and exposure (then per PER); rows
    with a column `code` that is empty are pools, which are not the same branches twice and are left out. better: 1
    where more is better, -1 where less is.
    Gives measure, branch, value, before (levels), estimate, low, high, p, q, real, good (estimate is for the better),
    n, n_other. Only p knows of the other looks, through q.
    """
    parts = [_of_one(now[m], before[m]).assign(measure=m) for m in now if m in before]
    columns = [*KEYS, "value", "before", "estimate", "low", "high", "p", "n", "n_other"]
    rows = pd.concat([p for p in parts if len(p)] or [pd.DataFrame(columns=columns)], ignore_index=True)[columns]
    numbers = {c: "float64" for c in columns if c not in KEYS}
    rows = discovery.discoveries(rows.astype(numbers))
    good = rows["estimate"] * rows["measure"].map(better).astype(float) > 0
    return rows.assign(good=good).sort_values(["p", *KEYS], kind="stable", ignore_index=True)


def first(rows: pd.DataFrame, good: bool, most: int = 5) -> pd.DataFrame:
    """The surest real changes for the better, or for the worse."""
    return rows[rows["real"] & (rows["good"] == good)].head(most)


def restlessness(z: np.ndarray) -> float:
    """By how much changes scatter more than their errors say: standard deviation of the z, the TAIL at each end drawn
    in; at least 1, and 1 with fewer than ENOUGH of them. What moves all branches alike is no scatter."""
    z = z[~np.isnan(z)]
    if len(z) < ENOUGH:
        return 1.0
    z = np.clip(z, *np.quantile(z, [TAIL, 1 - TAIL]))
    return max(float(z.std(ddof=1)), 1.0)


def _of_one(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    (branches, one), (others, other) = _levels(now), _levels(before)
    place = others.get_indexer(branches)  # refuses a branch that comes twice
    both = place >= 0
    (value, se, n), (old, se_other, n_other) = one[:, both], other[:, place[both]]
    d, se = value - old, np.hypot(se, se_other)
    se = se * restlessness(d / np.where(se > 0, se, np.nan))
    z = np.where(se > 0, d / np.where(se > 0, se, np.nan), np.where(d == 0, 0.0, np.nan))
    half = z_quantile() * se
    told = {"branch": branches[both], "value": value, "before": old, "n": n, "n_other": n_other}
    return pd.DataFrame({**told, "estimate": d, "low": d - half, "high": d + half, "p": p_normal(z)})


def _levels(counts: pd.DataFrame) -> tuple[pd.Index, np.ndarray]:
    """The branches that stand for themselves, and of each its estimate, se and n: three rows."""
    if set(RATE) <= set(counts.columns):
        n, exposure = floats(*(counts[c] for c in RATE))
        exposure = np.where(exposure > 0, exposure, np.nan)
        estimate, se = n / exposure * PER, np.sqrt(np.maximum(n, 1)) / exposure * PER
    else:
        n, *squares = scores.sums(counts)
        estimate, _, se = scores.estimates(n, *squares)
    own = (counts["code"] != "").to_numpy() if "code" in counts else True
    kept = own & ~np.isnan(estimate)
    return pd.Index(counts["branch"][kept]), np.array([estimate, se, n])[:, kept]
