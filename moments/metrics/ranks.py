"""Where in the league could a branch really stand? A rank with its interval, by simulation from the estimates' errors.

A rank read off noisy estimates is itself noise: the top of a league is mostly the luckiest. So true values are drawn
from what the data leave possible (every branch's error, the league's spread tau and its mean all uncertain; flat
prior on tau), each draw is ranked, and the shortest range of ranks with 95 % of the draws is the interval.
Source: Gelman et al. (2013), Bayesian Data Analysis, 5.4; Goldstein and Spiegelhalter (1996), J. R. Stat. Soc. A 159.
"""

import numpy as np
import pandas as pd

from moments.metrics.intervals import LEVEL, floats

SEED = 20_260_101  # the same data always show the same ranks
TAUS = 200
CHUNK = 100  # draws at a time: 5,000 branches stay under ten megabytes


def _possible(y: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """tau^2 on a grid, the probability of each, and sum of weights at each, given estimates and their errors."""
    top = max(3 * y.std(), np.sqrt(variance.mean()), 1e-300)
    tau2 = np.linspace(0, 1.5 * top, TAUS) ** 2
    weight = 1 / (variance + tau2[:, None])
    total = weight.sum(axis=1)
    mean = (weight @ y) / total
    log = 0.5 * (np.log(weight).sum(axis=1) - np.log(total) - (weight * (y - mean[:, None]) ** 2).sum(axis=1))
    chance = np.exp(log - log.max())
    return tau2, chance / chance.sum(), np.column_stack([mean, 1 / np.sqrt(total)])


def draw_ranks(estimate, se, draws: int = 2000, seed: int = SEED) -> np.ndarray:
    """Ranks (draws, branches), 1 = highest, of values drawn from what the data leave possible. No NaN allowed."""
    y, se = floats(estimate, se)
    spread = y.std() if y.std() > 0 else 1.0
    variance = np.maximum(se, 1e-6 * spread) ** 2  # a branch known for certain is as good as one known very well
    rng = np.random.default_rng(seed)
    tau2, chance, mean = _possible(y, variance)
    ranks = np.empty((draws, len(y)), np.int32)
    for start in range(0, draws, CHUNK):
        some = rng.choice(TAUS, min(CHUNK, draws - start), p=chance)
        theta = mean[some, 0] + mean[some, 1] * rng.standard_normal(len(some))
        own = tau2[some, None] / (tau2[some, None] + variance)
        value = theta[:, None] + own * (y - theta[:, None])
        value += np.sqrt(own * variance) * rng.standard_normal(value.shape)
        order = np.argsort(-value, axis=1)
        np.put_along_axis(ranks[start : start + CHUNK], order, np.arange(1, len(y) + 1, dtype=np.int32)[None], axis=1)
    return ranks


def shortest(draws: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Per column the shortest range that holds `level` of the draws; of several as short, the middle one."""
    ordered = np.sort(draws, axis=0)
    count, held = len(ordered), int(np.ceil(level * len(ordered)))
    width = ordered[held - 1 :] - ordered[: count - held + 1]
    best = (width == width.min(axis=0)).cumsum(axis=0)
    start = (best >= (best[-1] + 1) // 2).argmax(axis=0)
    column = np.arange(ordered.shape[1])
    return ordered[start, column], ordered[start + held - 1, column]


def ranks(league: pd.DataFrame, descending: bool = True, draws: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """Rank and interval of every branch.

    league: keys, estimate, se, n (`scores.league`, `casemix.standardise`); descending: the highest is first.
    Gives keys, estimate (rank: 1 is best; in the order of the mean drawn rank), low, high, n. NaN without an
    estimate.
    """
    known = league["estimate"].notna() & league["se"].notna()
    keys = league.drop(columns=[c for c in ("estimate", "low", "high", "se", "variance") if c in league])
    out = keys.assign(estimate=np.nan, low=np.nan, high=np.nan)
    if not known.any():
        return out
    y = league.loc[known, "estimate"].to_numpy(float) * (1 if descending else -1)
    drawn = draw_ranks(y, league.loc[known, "se"], draws, seed)
    low, high = shortest(drawn)
    place = np.empty(len(y))
    place[np.lexsort((-y, drawn.mean(axis=0)))] = np.arange(1, len(y) + 1)
    found = np.column_stack([place, np.minimum(low, place), np.maximum(high, place)])
    out.loc[known.to_numpy(), ["estimate", "low", "high"]] = found
    return out
