"""Satisfaction index: the mean score as points of the best score, 0-100, and what would reach a target.

On a ten-point scale the index is 10 x mean; on any scale that ends at `best` it is 100 x mean / best. Distributions are
exact: every what-if here counts whole points of whole customers, so that 79.2105 and 80 are told apart without
rounding. Published figures round half up (`text.round_half_up`); nothing here rounds.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd

from moments.metrics import jackknife, matching
from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, newcombe, paired, t_mean, two_means, wilson
from moments.metrics.weights import check, of_means

BEST = 10
SUMS = ("n", "total", "total_sq")
# Five levels of a scale, best first: (lowest score, highest score).
LEVELS = ("very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied")
TEN = dict(zip(LEVELS, ((9, 10), (7, 8), (5, 6), (3, 4), (1, 2)), strict=True))
FIVE = dict(zip(LEVELS, ((5, 5), (4, 4), (3, 3), (2, 2), (1, 1)), strict=True))

# 38 callers of a repair line: what three points of a sum are worth (see `target`).
WORKED_CASE = {6: 1, 7: 2, 8: 34, 9: 1}


def worked_case() -> pd.DataFrame:
    """The distribution of WORKED_CASE: score, n."""
    return pd.DataFrame({"score": list(WORKED_CASE), "n": list(WORKED_CASE.values())})


def bands(low: int, high: int) -> dict[str, tuple[int, int]]:
    """The five levels of a scale from low to high: each score goes to the nearest of five evenly spaced marks, halves
    to the middle. 1-10 gives TEN and 1-5 FIVE; a level that a short scale has no score for is left out."""
    marks = np.linspace(4, 0, high - low + 1) if high > low else np.array([2.0])  # of low, low + 1, ..., high
    place = np.where(marks < 2, np.ceil(marks - 0.5), np.floor(marks + 0.5))[::-1].astype(int)
    scores = np.arange(high, low - 1, -1)
    return {
        level: (int(scores[place == i].min()), int(scores[place == i].max()))
        for i, level in enumerate(LEVELS)
        if (place == i).any()
    }


def sums(distribution: pd.DataFrame) -> pd.DataFrame:
    """n, total, total_sq of how often each score was given: keys, score, n -> keys, n, total, total_sq."""
    keys = [c for c in distribution.columns if c not in ("score", "n")]
    s, n = floats(distribution["score"], distribution["n"])
    heads, summed = jackknife.summed(distribution, keys, (n, n * s, n * s * s))
    return heads.assign(**dict(zip(SUMS, summed.astype("int64"), strict=True)))


def over_replicates(scores: pd.DataFrame) -> pd.DataFrame:
    """Sums by replicate added up: keys, replicate, n, total, total_sq -> keys, n, total, total_sq."""
    keys = [c for c in scores.columns if c not in ("replicate", *SUMS)]
    heads, summed = jackknife.summed(scores, keys, [np.nan_to_num(c) for c in floats(*(scores[c] for c in SUMS))])
    return heads.assign(**dict(zip(SUMS, summed, strict=True))).astype({"n": "int64"})


def index(scores: pd.DataFrame, best: int = BEST) -> pd.DataFrame:
    """The index with Student's interval: keys, n, total, total_sq (of scores) -> keys, estimate, low, high (points), n.

    The interval is kept on 0-100. One answer has no interval; where all agree it has no width.
    """
    found = t_mean(*_points(scores, best))
    return scores.drop(columns=["total", "total_sq"]).assign(
        estimate=found.estimate, low=np.clip(found.low, 0, 100), high=np.clip(found.high, 0, 100)
    )


def difference(one: pd.DataFrame, other: pd.DataFrame, on: list[str] | None = None, best: int = BEST) -> pd.DataFrame:
    """Index of one minus index of other by Welch's test, for each row of one (sums as for `index`).

    Aligned on the key columns `on` (default: those that both have; with none, each is one row). Returns keys of one,
    estimate, low, high (points), p, n, n_other; a row that other lacks is NaN.
    """
    keys = [c for c in one.columns if c not in SUMS]
    on = [k for k in keys if k in other.columns] if on is None else list(on)
    place = matching.places(one, other, on)
    sums_other = {c: matching.taken(other[c], place) for c in SUMS}
    found = two_means(*_points(one, best), *_points(sums_other, best))
    values = {k: getattr(found, k) for k in ("estimate", "low", "high", "p")}
    n = {"n": one["n"].to_numpy(), "n_other": np.nan_to_num(sums_other["n"]).astype("int64")}
    return one[keys].reset_index(drop=True).assign(**values, **n)


def item_changes(now: pd.DataFrame, before: pd.DataFrame, best: int = BEST) -> pd.DataFrame:
    """`difference` of every indicator; now and before: item, replicate, n, total, total_sq."""
    return difference(over_replicates(now), over_replicates(before), best=best)


def levels(distribution: pd.DataFrame, bands: Mapping[str, tuple[int, int]] = TEN) -> pd.DataFrame:
    """Shares of the five levels with Wilson intervals.

    distribution: keys, score, n. bands: level -> (lowest, highest score); TEN (10-9, 8-7, 6-5, 4-3, 2-1) and FIVE are
    given, other scales state theirs. Returns for every key all levels, best first: keys, level, count, estimate, low,
    high, n. A score outside every band raises ValueError.
    """
    level_of = {score: level for level, (low, high) in bands.items() for score in range(low, high + 1)}
    if strange := [score for score in distribution["score"] if score not in level_of]:
        raise ValueError(f"levels: score {strange[0]} belongs to no level")
    keys = [c for c in distribution.columns if c not in ("score", "n")]
    given = [level_of[score] for score in distribution["score"]]
    heads, counts = jackknife.summed(
        distribution, keys, [distribution["n"] * [level == one for level in given] for one in bands]
    )
    count = counts.T.astype("int64")  # keys x levels
    n = np.repeat(count.sum(axis=1), len(bands))
    return heads.iloc[np.repeat(np.arange(len(heads)), len(bands))].reset_index(drop=True).assign(
        level=[*bands] * len(heads), count=count.ravel(), **wilson(count.ravel(), n)._asdict(), n=n
    )  # fmt: skip


def balance(distribution: pd.DataFrame, bands: Mapping[str, tuple[int, int]] = TEN, best: int = BEST) -> pd.DataFrame:
    """Each key in one row, the most satisfied first: the share of every level (columns named by LEVELS, 0..1; 0 for a
    level without a score), estimate, low, high (share of the two best, Wilson), index (points), n.

    distribution: keys, score, n. A key whose scores are missing (hidden) keeps its row, without numbers.
    """
    keys = [c for c in distribution.columns if c not in ("score", "n")]
    known = distribution[distribution["score"].notna()].astype({"score": "int64", "n": "int64"})
    shares = levels(known, bands)
    wide = {level: shares.iloc[place :: len(bands)].reset_index(drop=True) for place, level in enumerate(bands)}
    if not wide:
        return distribution[keys].drop_duplicates().reset_index(drop=True)
    rows = next(iter(wide.values()))[[*keys, "n"]]
    satisfied = sum(wide[level]["count"] for level in LEVELS[:2] if level in wide)
    rows = rows.assign(
        **{level: wide[level]["estimate"] if level in wide else 0.0 for level in LEVELS},
        **wilson(satisfied, rows["n"])._asdict(),
        index=index(sums(known), best)["estimate"],
    )
    if not keys:
        return rows
    rows = distribution[keys].drop_duplicates().merge(rows, on=keys, how="left")
    return rows.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def against_rest(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `balance`, one per group, with p and q: the share of the two best against that of all other groups
    together (score test; Benjamini-Hochberg)."""
    n, satisfied = rows["n"].fillna(0), (rows["estimate"] * rows["n"]).fillna(0)
    p = newcombe(satisfied, n, satisfied.sum() - satisfied, n.sum() - n).p
    return rows.assign(p=p, q=q_values(p))


def total(
    scores: pd.DataFrame, weights: Mapping[str, float], best: int = BEST, item: str = "item"
) -> pd.DataFrame:
    """The weighted total of the indicators with its jackknife interval, one row per key.

    scores: keys, item, replicate, n, total (of scores). weights: item -> weight, sum 100. Total = sum of weight x
    index / 100; a key in which a weighted indicator has no answer is NaN. Returns keys, estimate, low, high (points),
    se, groups, n (of the indicator with fewest answers).
    """
    keys = [c for c in scores.columns if c not in (item, "replicate", *SUMS)]
    points = scores.assign(total=100 / best * scores["total"])
    return of_means(points, keys, [item], "total", item, check(weights))


def what_if(indices: pd.DataFrame, weights: Mapping[str, float], moves: Mapping[str, float]) -> pd.DataFrame:
    """What a move of indicators does to the total: one row per indicator.

    indices: item, estimate (points). moves: item -> points up or down; the result stays on 0-100. Returns item,
    weight, estimate, after, gain (points of the total that the move brings). The total before is the sum of weight x
    estimate / 100, after likewise; five equal weights rise .1 only when the indicators' rises sum to .5.
    """
    check(weights)
    weight, move = (indices["item"].map(given).astype(float).fillna(0.0) for given in (weights, moves))
    after = np.clip(indices["estimate"] + move, 0, 100)
    return indices[["item"]].assign(
        weight=weight, estimate=indices["estimate"], after=after, gain=weight * (after - indices["estimate"]) / 100
    )


def target(distribution: pd.DataFrame, goal: float, best: int = BEST, reach: int | None = None) -> pd.DataFrame:
    """How far the index is from a goal (points), and the least that would reach it: one row per key.

    distribution: keys, score (whole numbers up to best), n. Returns keys and
    estimate, low, high, n   the index with its t interval;
    goal, missing            whole score points that are missing, ceil(n goal best / 100 - sum), 0 when reached;
    customers, steps         the fewest customers, and the fewest single steps, that close it (see `upgrades`);
    one_step                 what one customer one step up adds to the index, 100 / (n best): the smallest change;
    t, p, inside             test of the index against the goal; inside: the interval does not exclude the goal, so
                             the difference may be noise (one answer excludes nothing).
    A goal above 100 or below 0 raises ValueError.
    """
    if not 0 <= goal <= 100:
        raise ValueError(f"target: goal {goal} is not on 0-100")
    scores = sums(distribution)
    keys = [c for c in scores.columns if c not in SUMS]
    found = paired(*_points(scores, best), against=goal)
    missing = [
        _missing(int(n), int(s), goal, best) for n, s in zip(scores["n"], scores["total"], strict=True)
    ]
    reach_ = _reach(goal, best, reach)
    customers = [
        sum(k for _, _, k in _fewest_customers(counts, m, reach_))
        for counts, m in zip(_counts(distribution, scores, keys), missing, strict=True)
    ]
    (n,) = floats(scores["n"])
    return index(scores, best).assign(
        goal=float(goal), missing=np.array(missing, dtype="int64"), customers=np.array(customers, dtype="int64"),
        steps=np.array(missing, dtype="int64"), one_step=100 / np.where(n > 0, n * best, np.nan),
        t=found.statistic, p=found.p, inside=~((found.low > 0) | (found.high < 0)),
    )


def upgrades(
    distribution: pd.DataFrame, goal: float, by: str = "customers", best: int = BEST, reach: int | None = None
) -> pd.DataFrame:
    """Which customers would have to move, and how far, to reach the goal: from_score, to_score, customers, steps.

    distribution: score, n (one key). by "customers": as few customers as possible, the unhappiest first, each lifted
    to at most `reach` (default: the goal's own score, 8 for a goal of 80: mend what is below the goal; reach=best
    allows a 6 to become a 10). by "steps": each step is one point, so the number of steps is the missing points
    whatever the path; this path asks one step of each of as many customers as it takes, from the most common score.
    An empty frame: the goal is reached. A reach that cannot reach the goal raises ValueError.
    """
    row = sums(distribution[["score", "n"]])
    moves: list[tuple[int, int, int]] = []
    if len(row):
        (counts,) = _counts(distribution, row, [])
        missing = _missing(int(row["n"].iloc[0]), int(row["total"].iloc[0]), goal, best)
        if by == "customers":
            moves = _fewest_customers(counts, missing, _reach(goal, best, reach))
        elif by == "steps":
            moves = _single_steps(counts, missing, best)
        else:
            raise ValueError(f"upgrades: by is customers or steps, not {by}")
    table = pd.DataFrame(moves, columns=["from_score", "to_score", "customers"], dtype="int64")
    return table.assign(steps=table["customers"] * (table["to_score"] - table["from_score"]))


def paths(
    distribution: pd.DataFrame, goal: float, bands: Mapping[str, tuple[int, int]] = TEN, best: int = BEST
) -> pd.DataFrame:
    """The distribution as it is and at the end of either path of `upgrades`: path ("now", "customers", "steps") and
    the columns of `balance`. Only "now" where the goal is reached."""
    ends = {"now": distribution}
    for by in ("customers", "steps"):
        found = upgrades(distribution, goal, by, best)
        if len(found):
            ends[by] = after(distribution, found)
    parts = [balance(end[["score", "n"]], bands, best).assign(path=path) for path, end in ends.items()]
    return pd.concat(parts, ignore_index=True)


def moves(distribution: pd.DataFrame, goal: float, best: int = BEST) -> pd.DataFrame:
    """The moves of both paths one below the other: path, from_score, to_score, customers, steps."""
    parts = [upgrades(distribution, goal, by, best).assign(path=by) for by in ("customers", "steps")]
    return pd.concat(parts, ignore_index=True)


def after(distribution: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """The distribution (score, n) once the customers of `upgrades` have moved."""
    counts = distribution.groupby("score")["n"].sum()
    counts = counts.sub(moves.groupby("from_score")["customers"].sum(), fill_value=0)
    counts = counts.add(moves.groupby("to_score")["customers"].sum(), fill_value=0).astype("int64")
    return counts.rename_axis("score").rename("n").reset_index()


def _points(scores: Mapping, best: int) -> tuple:
    """n, sum and sum of squares of the scores as points of the index."""
    factor = 100 / best
    return scores["n"], scores["total"] * factor, scores["total_sq"] * factor**2


def _missing(n: int, total: int, goal: float, best: int) -> int:
    """Whole points from the sum of scores to the goal; exact, since 80 % of 380 is 304 and not 304.00000000000006."""
    return max(ceil(Fraction(str(goal)) * n * best / 100) - total, 0)


def _reach(goal: float, best: int, reach: int | None) -> int:
    lowest = ceil(Fraction(str(goal)) * best / 100)
    if reach is None:
        return lowest
    if not lowest <= reach <= best:
        raise ValueError(f"reach {reach} is not on {lowest}-{best}: it cannot bring everyone to the goal")
    return reach


def _counts(distribution: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> list[dict[int, int]]:
    """score -> customers for each row of scores."""
    if not keys:
        groups = [distribution] * len(scores)
    else:
        groups = [g for _, g in distribution.groupby(keys, sort=False, dropna=False)]
    return [{int(s): int(k) for s, k in g.groupby("score")["n"].sum().items() if k} for g in groups]


def _fewest_customers(counts: dict[int, int], missing: int, reach: int) -> list[tuple[int, int, int]]:
    """Lowest scores first: each brings the most points. The last one goes only as far as is still needed."""
    moves = []
    for score in sorted(s for s in counts if s < reach):
        full = min(counts[score], missing // (reach - score))
        if full:
            moves.append((score, reach, full))
            missing -= full * (reach - score)
        if missing and counts[score] > full:
            moves.append((score, score + missing, 1))
            missing = 0
        if not missing:
            break
    return moves


def _single_steps(counts: dict[int, int], missing: int, best: int) -> list[tuple[int, int, int]]:
    """One step for each customer, the most common score first; another round only when everybody has moved."""
    groups = [(score, score, k) for score, k in sorted(counts.items(), key=lambda sk: (-sk[1], -sk[0]))]
    while missing:
        moved = []
        for start, now, k in groups:
            lifted = min(k, missing) if now < best else 0
            missing -= lifted
            moved += [(start, now + 1, lifted), (start, now, k - lifted)]
        groups = [g for g in moved if g[2]]
    return [g for g in groups if g[1] > g[0]]
