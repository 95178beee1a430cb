"""Net Promoter Score: promoters (9-10) minus detractors (0-6), in points from -100 to 100.

The point is the plain NPS = 100 (p - d). The interval is the adjusted Wald: add 3/4 promoter, 3/4 detractor and 3/2
passive, then Wald around the adjusted point, clipped to ±100. Rocks (2016), "Interval estimation for the Net Promoter
Score", The American Statistician 70: it keeps its coverage where plain Wald has no width at all (everyone agrees).
Weighted answers: p and d are weighted shares and n in the interval is n_eff = (Σw)² / Σw² (Kish).
An item asked on 1-10 is not an NPS; nothing here can know, so the caller labels it.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from moments.metrics import jackknife, matching
from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, newcombe, p_normal, t_mean, wilson, z_quantile

COUNTS = ("detractors", "passives", "promoters")
WEIGHTS = ("sum_w", "sum_w2", "w_promoters", "w_detractors")
PROMOTER, PASSIVE, DETRACTOR = "promoter", "passive", "detractor"


def score(counts: pd.DataFrame) -> pd.DataFrame:
    """NPS with its interval, one row per row of counts.

    counts: keys, detractors, passives, promoters; with sum_w, sum_w2, w_promoters, w_detractors too (sums of the
    weights and their squares over the same answers) the result is weighted.
    Returns: counts and estimate, low, high (points), n (answers), and n_eff when weighted. No answers: NaN.
    """
    estimate, middle, se, n_eff = _parts(counts)
    half = z_quantile() * se
    result = counts.assign(
        estimate=estimate,
        low=np.clip(middle - half, -100, 100),
        high=np.clip(middle + half, -100, 100),
        n=_answers(counts),
    )
    return result.assign(n_eff=n_eff) if _weighted(counts) else result


def shares(counts: pd.DataFrame) -> pd.DataFrame:
    """The three shares with Wilson intervals, three rows per row of counts: keys, part, estimate, low, high, n.

    Weighted where counts is (see `score`): the interval is Wilson's on n_eff.
    """
    promoters, detractors, n_eff = _shares(counts)
    parts = {DETRACTOR: detractors, PASSIVE: 1 - promoters - detractors, PROMOTER: promoters}
    found = wilson(np.clip(np.array([*parts.values()]).T, 0, 1) * n_eff[:, None], n_eff[:, None])
    each = np.repeat(np.arange(len(counts)), len(parts))
    return counts[_keys(counts)].iloc[each].reset_index(drop=True).assign(
        part=[*parts] * len(counts), **{k: v.ravel() for k, v in found._asdict().items()}, n=_answers(counts)[each]
    )  # fmt: skip


def difference(one: pd.DataFrame, other: pd.DataFrame, on: list[str] | None = None) -> pd.DataFrame:
    """NPS of one minus NPS of other, for each row of one: the change, or one group against another.

    one, other: counts as for `score`, aligned on the key columns `on` (default: the keys that both have; with none,
    each is one row). A row that other lacks gives NaN.
    Returns: keys of one, estimate (plain points), low, high (around the adjusted difference), z, p, n, n_other.
    """
    on = [k for k in _keys(one) if k in other.columns] if on is None else list(on)
    place = matching.places(one, other, on)
    point, middle, se, _ = _parts(one)
    point_other, middle_other, se_other = (matching.taken(c, place) for c in _parts(other)[:3])
    adjusted, se = middle - middle_other, np.hypot(se, se_other)
    z, half = adjusted / se, z_quantile() * se
    return one[_keys(one)].reset_index(drop=True).assign(
        estimate=point - point_other,
        low=np.clip(adjusted - half, -200, 200),
        high=np.clip(adjusted + half, -200, 200),
        z=z,
        p=p_normal(z),
        n=_answers(one),
        n_other=matching.taken(_answers(other), place, 0).astype("int64"),
    )  # fmt: skip


def against_rest(counts: pd.DataFrame) -> pd.DataFrame:
    """Each group's NPS, and whether it differs from that of all others together.

    counts: keys, detractors, passives, promoters; one row per group. Returns counts with estimate, low, high, n as
    `score` does, and p (z test against the rest), q (Benjamini-Hochberg over the groups).
    """
    plain = counts[[*COUNTS]].reset_index(drop=True)
    rest = plain.sum() - plain
    p = difference(plain.assign(group=plain.index), rest.assign(group=plain.index))["p"].to_numpy()
    return score(counts).assign(p=p, q=q_values(p))


def from_scores(distribution: pd.DataFrame) -> pd.DataFrame:
    """One row of counts for `score` from how often each score was given.

    distribution: score (0-10), n; with sum_w, sum_w2 (weights and their squares by score) the row is weighted.
    """
    s, n = floats(distribution["score"], distribution["n"])
    parts = {"detractors": s <= 6, "passives": (s >= 7) & (s <= 8), "promoters": s >= 9}
    row = {part: int(np.nansum(n[inside])) for part, inside in parts.items()}
    if "sum_w" in distribution and distribution["sum_w"].notna().any():
        w, w2 = floats(distribution["sum_w"], distribution["sum_w2"])
        row |= {"sum_w": np.nansum(w), "sum_w2": np.nansum(w2)}
        row |= {f"w_{part}": np.nansum(w[parts[part]]) for part in ("promoters", "detractors")}
    return pd.DataFrame([row])


def unweighted(counts: pd.DataFrame) -> pd.DataFrame:
    """The same counts without their weights: every answer counts once."""
    return counts.drop(columns=[c for c in WEIGHTS if c in counts.columns])


def share_changes(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Share of each part in one minus the same in other (one row of counts each), by Newcombe's method, unweighted.

    Returns three rows: part, estimate, low, high (-1..1), p, n, n_other.
    """
    n, n_other = (int(frame[list(COUNTS)].sum(axis=1).iloc[0]) for frame in (one, other))
    rows = []
    for column, part in zip(COUNTS, (DETRACTOR, PASSIVE, PROMOTER), strict=True):
        found = newcombe(one[column].iloc[0], n, other[column].iloc[0], n_other)
        values = {k: float(getattr(found, k)) for k in ("estimate", "low", "high", "p")}
        rows.append({"part": part, **values, "n": n, "n_other": n_other})
    return pd.DataFrame(rows)


def three_ways(distribution: pd.DataFrame) -> pd.DataFrame:
    """The same answers read three ways: NPS (points), top-two box (% of 9-10, Wilson), mean index (10 x mean, t).

    distribution: keys, score (0-10), n. Returns, for each key: reading ("nps", "top_two", "mean_index"), estimate,
    low, high, n. Scores are integers on 0-10; anything else raises ValueError.
    """
    if not distribution["score"].isin(range(11)).all():
        raise ValueError("three_ways: score must be an integer from 0 to 10")
    keys = [c for c in distribution.columns if c not in ("score", "n")]
    s, n = floats(distribution["score"], distribution["n"])
    n = np.nan_to_num(n)
    each = (n * (s <= 6), n * ((s == 7) | (s == 8)), n * (s >= 9), n * s, n * s * s)
    head, (*counts, total, total_sq) = jackknife.summed(distribution, keys, each)
    n = sum(counts).astype("int64")
    scored, top = score(pd.DataFrame(dict(zip(COUNTS, counts, strict=True)))), wilson(counts[-1], n)
    mean = t_mean(n, 10 * total, 100 * total_sq)
    frames = [
        head.assign(reading="nps", estimate=scored["estimate"], low=scored["low"], high=scored["high"], n=n),
        head.assign(reading="top_two", **{k: 100 * v for k, v in top._asdict().items()}, n=n),
        head.assign(reading="mean_index", **mean._asdict(), n=n),
    ]
    return pd.concat(frames).sort_index(kind="stable").reset_index(drop=True)


def experience(rows: pd.DataFrame) -> pd.DataFrame:
    """Who met an experience: detractors beside promoters.

    rows: item, grp (promoter, passive, detractor), n (asked), met. Returns one row per item: detractor, promoter
    (shares 0..1), estimate, low, high, p (detractor minus promoter, Newcombe), n, n_other; the largest first.
    """
    wide = rows.pivot(index="item", columns="grp", values=["met", "n"]).reindex(
        columns=pd.MultiIndex.from_product([["met", "n"], [DETRACTOR, PROMOTER]])
    )
    table = pd.DataFrame(
        {
            "item": wide.index,
            "detractors": wide["met", DETRACTOR].to_numpy(),
            "promoters": wide["met", PROMOTER].to_numpy(),
            "all_detractors": wide["n", DETRACTOR].to_numpy(),
            "all_promoters": wide["n", PROMOTER].to_numpy(),
        }
    )
    return words(table)


def words(rows: pd.DataFrame) -> pd.DataFrame:
    """Who says a word (or met an experience): share of detractors beside share of promoters.

    rows: keys, detractors, promoters, all_detractors, all_promoters (counts). Returns the keys and detractor,
    promoter (shares 0..1), estimate, low, high, p (detractor minus promoter, Newcombe), n, n_other; largest first.
    """
    d, p, all_d, all_p = floats(*(rows[c] for c in ("detractors", "promoters", "all_detractors", "all_promoters")))
    found = newcombe(d, all_d, p, all_p)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares_ = {DETRACTOR: d / all_d, PROMOTER: p / all_p}
    counted = ("detractors", "promoters", "all_detractors", "all_promoters", "n", "hidden")
    result = rows[[c for c in rows.columns if c not in counted]].assign(
        **shares_, **{k: getattr(found, k) for k in ("estimate", "low", "high", "p")}, n=all_d, n_other=all_p
    )
    return result.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)


def flow(transitions: pd.DataFrame) -> pd.DataFrame:
    """Where customers who answered twice went, as shares of all of them with Wilson intervals.

    transitions: keys, first_class, last_class ("detractor", "passive", "promoter"), n (customers).
    Returns: transitions, and estimate, low, high (share of the key's customers), n_all. Here n stays the cell's count.
    """
    keys = [c for c in transitions.columns if c not in ("first_class", "last_class", "n")]
    whole = transitions.groupby(keys, dropna=False)["n"].transform("sum") if keys else \
        pd.Series(transitions["n"].sum(), index=transitions.index)
    return transitions.assign(**wilson(transitions["n"], whole)._asdict(), n_all=whole)


def movement(transitions: pd.DataFrame) -> pd.DataFrame:
    """Did customers who answered twice move up, on balance? One row per key (see `flow` for the input).

    Returns: keys, up, down (customers who rose or fell a class), estimate, low, high (net share, -1..1), z, p,
    points (change of the NPS on these same customers), n. The interval is the adjusted Wald for matched pairs,
    half a customer added to each of up and down and two to n (Agresti and Min 2005); p is of the same statistic,
    so that interval and test never disagree.
    """
    keys = [c for c in transitions.columns if c not in ("first_class", "last_class", "n")]
    rank = {DETRACTOR: -1, PASSIVE: 0, PROMOTER: 1}
    first, last = ([rank.get(code, np.nan) for code in transitions[c]] for c in ("first_class", "last_class"))
    step = np.array(last, dtype=float) - np.array(first, dtype=float)
    if np.isnan(step).any():
        raise ValueError(f"movement: classes must be {', '.join(rank)}")
    n = np.nan_to_num(floats(transitions["n"])[0])
    head, (up, down, steps, n) = jackknife.summed(transitions, keys, (n * (step > 0), n * (step < 0), n * step, n))
    total = np.where(n > 0, n, np.nan)
    a, b, m = up + 0.5, down + 0.5, total + 2
    net = (a - b) / m
    se = np.sqrt((a + b) / m - net**2) / np.sqrt(m)
    half = z_quantile() * se
    return head.assign(
        up=up.astype("int64"),
        down=down.astype("int64"),
        estimate=(up - down) / total,
        low=np.clip(net - half, -1, 1),
        high=np.clip(net + half, -1, 1),
        z=net / se,
        p=p_normal(net / se),
        points=100 * steps / total,
        n=n.astype("int64"),
    )


def needed(v: float, margin: float) -> int:
    """Answers needed for an interval of ± margin points when one answer has variance v (0..1; .6 is usual)."""
    return int(np.ceil(v * (100 * z_quantile() / margin) ** 2))


def needed_to_tell(v: float, points: float, power: float = 0.8) -> int:
    """Answers needed in each of two groups to tell `points` apart at 5 %, two-sided, with the given power."""
    return int(np.ceil(2 * v * (100 * (z_quantile() + float(ndtri(power))) / points) ** 2))


def _keys(counts: pd.DataFrame) -> list[str]:
    return [c for c in counts.columns if c not in (*COUNTS, *WEIGHTS, "n")]


def _answers(counts: pd.DataFrame) -> np.ndarray:
    """How many answers each row counts; 0 of what is hidden."""
    return np.nan_to_num(floats(*(counts[c] for c in COUNTS))).sum(axis=0).astype("int64")


def _weighted(counts: pd.DataFrame) -> bool:
    return set(WEIGHTS) <= set(counts.columns)


def _shares(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of promoters, share of detractors, and the n that their precision rests on."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if _weighted(counts):
            w, w2, promoters, detractors = floats(*(counts[c] for c in WEIGHTS))
            return promoters / w, detractors / w, w * w / w2
        detractors, passives, promoters = floats(*(counts[c] for c in COUNTS))
        n = detractors + passives + promoters
        return promoters / n, detractors / n, np.where(n > 0, n, np.nan)


def _parts(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Plain point, adjusted point, adjusted standard error (points), effective n."""
    p, d, n = _shares(counts)
    adjusted_p, adjusted_d = (p * n + 0.75) / (n + 3), (d * n + 0.75) / (n + 3)
    middle = adjusted_p - adjusted_d
    se = np.sqrt((adjusted_p + adjusted_d - middle**2) / (n + 3))
    return 100 * (p - d), 100 * middle, 100 * se, n
