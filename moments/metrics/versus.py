"""Is A really worse than B, or is it noise? Every claim corrected for all the pairs that could have been looked at.

The difference and its interval are those of the measure: adjusted Wald for NPS, Newcombe for shares, Welch for means.
Among many pairs of small branches the luckiest variance makes the boldest claim, so a claim must also hold with the
variance of the whole league (and, for shares, on the scale of asin sqrt): q is Benjamini-Hochberg over the largest p of
these for every pair; above MOST branches it is that p times the number of pairs, which is never smaller.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from moments.metrics import nps, scores
from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.funnel import target
from moments.metrics.intervals import newcombe, p_normal, two_means

MOST = 300  # branches whose 45,000 pairs are all looked at
POWER = 0.8


def _differences(counts: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> pd.DataFrame:
    """estimate, low, high, p, claim (the p that a claim among many rests on) of row `one` less row `other`."""
    found = _measured(counts, one, other)
    league = target(counts, "none")
    n, total, _ = scores.sums(counts)
    n = np.where(n > 0, n, np.nan)
    mean, per_answer = total / n, 1 / n[one] + 1 / n[other]
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = p_normal((mean[one] - mean[other]) / np.sqrt(league.variance * per_answer))
        arc = np.arcsin(np.sqrt(np.clip(mean, 0, 1))) if league.share else mean
        scaled = p_normal((arc[one] - arc[other]) / np.sqrt(0.25 * per_answer)) if league.share else pooled
    claim = np.fmax(np.fmax(pooled, scaled), found["p"])  # all answers alike: pooled is nothing over nothing
    return found.assign(claim=np.where(found["p"].isna(), np.nan, claim))


def _measured(counts: pd.DataFrame, one: np.ndarray, other: np.ndarray) -> pd.DataFrame:
    name = scores.form(counts)
    sides = [counts.iloc[side][list(scores.FORMS[name])].reset_index(drop=True) for side in (one, other)]
    if name == "nps":
        pair = pd.Series(np.arange(len(one)), name="pair")
        found = nps.difference(*(side.assign(pair=pair) for side in sides), on=["pair"])
        return found[["estimate", "low", "high", "p"]].reset_index(drop=True)
    columns = [side[c] for side in sides for c in scores.FORMS[name]]
    found = newcombe(*columns) if name == "share" else two_means(*columns)
    return pd.DataFrame({"estimate": found.estimate, "low": found.low, "high": found.high, "p": found.p})


def _all_pairs(counts: pd.DataFrame) -> pd.DataFrame:
    one, other = np.triu_indices(len(counts), 1)
    found = _differences(counts, one, other)
    return found.assign(one=one, other=other, q=q_values(found["claim"]))


def _against(counts: pd.DataFrame, row: int) -> pd.DataFrame:
    """Row less every other row, in order: other, estimate, low, high, p, q."""
    k = len(counts)
    others = np.delete(np.arange(k), row)
    if k > MOST:
        found = _differences(counts, np.full(k - 1, row), others)
        return found.assign(other=others, q=np.minimum(found["claim"] * (k * (k - 1) / 2), 1.0))
    pairs = _all_pairs(counts)
    first, second = pairs[pairs["one"] == row], pairs[pairs["other"] == row]
    turned = second.assign(estimate=-second["estimate"], low=-second["high"], high=-second["low"], other=second["one"])
    return pd.concat([turned, first], ignore_index=True)  # triu order: those above the row, then those below


def needed(difference, variance_one, variance_other, alpha=FALSE_SHARE, power: float = POWER) -> np.ndarray:
    """Answers per branch that would show `difference`: (z(1 - alpha/2) + z(power))^2 (v1 + v2) / difference^2.

    Rounded up. Variances of one answer in squared units of the difference. Infinite where there is no difference, NaN
    where nothing varies either.
    """
    d = np.asarray(difference, float)
    z = ndtri(1 - np.asarray(alpha, float) / 2) + ndtri(power)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.ceil(z**2 * (np.asarray(variance_one, float) + variance_other) / d**2)


def against(counts: pd.DataFrame, branch: str, key: str = "branch", level: float = FALSE_SHARE) -> pd.DataFrame:
    """One branch against each other one.

    counts: one row per key, any form of `scores`. Gives one row per other branch: one, other, estimate (one less
    other; -200..200, -1..1 or points), low, high, p, q, n, n_other, real (q <= level), needed (answers in each that
    would show a difference as large as this in four cases of five, at the same correction), more and more_other
    (answers still missing; 0 when real).
    """
    rows = np.flatnonzero(counts[key] == branch)
    if len(rows) != 1:
        raise KeyError(f"{branch} is in {len(rows)} rows")
    row = int(rows[0])
    league = scores.league(counts)
    found = _against(counts, row)
    n, variance = league["n"].to_numpy(float), league["variance"].to_numpy(float)
    other = found["other"].to_numpy()
    q, p = found["q"].to_numpy(), found["p"].to_numpy()
    real = q <= level
    with np.errstate(divide="ignore", invalid="ignore"):
        each_look = np.where(q > 0, level * np.minimum(p / q, 1.0), level)  # p that a claim takes among so many
    enough = needed(found["estimate"], variance[row], variance[other], each_look)
    missing = [np.where(real, 0.0, np.maximum(enough - have, 0.0)) for have in (n[row], n[other])]
    out = pd.DataFrame({"one": branch, "other": counts[key].to_numpy()[other]})
    return out.assign(
        **{c: found[c].to_numpy() for c in ("estimate", "low", "high", "p", "q")},
        **{"n": n[row], "n_other": n[other], "real": real},
        **{"needed": enough, "more": missing[0], "more_other": missing[1]},
    )


def a_or_b(counts: pd.DataFrame, one: str, other: str, key: str = "branch", level: float = FALSE_SHARE) -> pd.Series:
    """The row of `against` for these two branches."""
    rows = against(counts, one, key, level)
    rows = rows[rows["other"] == other]
    if not len(rows):
        raise KeyError(other)
    return rows.iloc[0]


def bands(counts: pd.DataFrame, level: float = FALSE_SHARE) -> np.ndarray:
    """The band (1, 2, ...) of each branch of a league that stands in order, the best first.

    Within a band nobody can be told apart: it ends before the first that is really different from anybody in it.
    Every row needs answers.
    """
    k, counts = len(counts), counts.reset_index(drop=True)
    apart = _looked_at(counts, level) if k <= MOST else _looked_through(counts, level)
    band, leader, number = np.ones(k, int), 0, 1
    for row in range(1, k):
        if apart(leader, row):
            leader, number = row, number + 1
        band[row] = number
    return band


def _looked_at(counts: pd.DataFrame, level: float):
    """Whether a row is really different from any of those from `leader` on above it, all pairs being looked at."""
    pairs, met = _all_pairs(counts), np.full(len(counts), -1)  # met: the last one above from whom each is different
    real = pairs["q"] <= level
    np.maximum.at(met, pairs.loc[real, "other"], pairs.loc[real, "one"])
    return lambda leader, row: met[row] >= leader


def _looked_through(counts: pd.DataFrame, level: float):
    """The same for more than MOST: a pair is only looked at where the variance of the league allows a claim."""
    k, sums, spread = len(counts), scores.of(counts), target(counts, "none").variance
    cut = level / (k * (k - 1) / 2)
    n = sums["n"].to_numpy()
    mean, least = sums["total"].to_numpy() / n, ndtri(1 - cut / 2) ** 2 * spread

    def apart(leader: int, row: int) -> bool:
        beyond = (mean[leader:row] - mean[row]) ** 2 > least * (1 / n[leader:row] + 1 / n[row])
        some = leader + np.flatnonzero(beyond)
        return bool(len(some)) and bool((_differences(counts, some, np.full(len(some), row))["claim"] <= cut).any())

    return apart
