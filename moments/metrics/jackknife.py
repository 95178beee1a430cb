"""The delete-a-group jackknife: an interval for any statistic, from sums by the stored `replicate`.

θ₍g₎ is the statistic without group g; var = (G - 1)/G Σ (θ₍g₎ - θ)²; interval θ ± t(G - 1) √var (Kott 2001, "The
delete-a-group jackknife", Journal of Official Statistics 17). G is the number of groups that hold any row of the key:
20 on a large dataset, fewer on a small one, and under 2 there is no interval.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from moments.metrics import matching
from moments.metrics.intervals import LEVEL, floats, p_student, t_quantile


def of_arrays(
    rows: pd.DataFrame,
    keys: Sequence[str],
    sums: Mapping[str, np.ndarray],
    statistic: Callable[[dict[str, np.ndarray]], np.ndarray],
    level: float = LEVEL,
) -> pd.DataFrame:
    """A statistic of sums with its interval, one row per key.

    rows: keys and `replicate`; sums: name -> one number per row, which is added up, a missing one as 0.
    statistic: takes name -> sums of all keys, the last axis, and returns a value for each. It is called twice, the
    second time with an axis more, of what is left without each group.
    Returns: keys, estimate, low, high, se, groups, and the sum n where there is one. Input rows in any order; output
    in the order in which the keys first appear. Where leaving out a group leaves nothing to estimate, no interval: NaN.
    """
    heads, parts = by_group(rows, keys, [*sums.values()], np.unique(rows["replicate"]))
    parts = dict(zip(sums, np.moveaxis(parts, -1, 0), strict=True))
    whole = {c: part.sum(axis=0) for c, part in parts.items()}
    theta, without = statistic(whole), statistic({c: whole[c] - part for c, part in parts.items()})
    present = np.any([part != 0 for part in parts.values()], axis=0)
    low, high, se, count = spread(theta, without, present, level)
    found = {"estimate": theta, "low": low, "high": high, "se": se, "groups": count}
    counted = {"n": whole["n"].astype("int64")} if "n" in whole else {}
    return pd.DataFrame({key: heads[key].array for key in keys} | found | counted)


def of_frames(
    frame: pd.DataFrame, keys: Sequence[str], statistic: Callable[[pd.DataFrame], pd.DataFrame], level: float = LEVEL
) -> pd.DataFrame:
    """A statistic of many rows at once with its interval, one row per row of it.

    frame: keys, `replicate`, and additive numeric columns (counts, sums, sums of squares or products).
    statistic: takes one row per key with the additive columns summed (keys are columns) and returns a frame of its own
    keys, `estimate` and, where it likes, `n`. It is called once more for every group.
    Returns: its keys, estimate, low, high, se, groups, n where it says so. Where leaving out a group leaves nothing to
    estimate, the interval is NaN.
    """
    keys = list(keys)
    sums = [c for c in frame.select_dtypes("number").columns if c not in (*keys, "replicate")]
    replicates = np.unique(frame["replicate"])
    heads, parts = by_group(frame, keys, floats(*(frame[c] for c in sums)), replicates)
    whole = parts.sum(axis=0)

    def summed(values: np.ndarray) -> pd.DataFrame:
        return pd.concat([heads, pd.DataFrame(values, columns=sums)], axis=1)

    out = statistic(summed(whole)).reset_index(drop=True)
    own = [c for c in out.columns if c not in ("estimate", "n")]
    without = np.full((len(replicates), len(out)), np.nan)
    for g, part in enumerate(parts):
        without[g] = _aligned(statistic(summed(whole - part)), out, own)
    theta, present = out["estimate"].to_numpy(dtype=float), _present(parts, heads, out, [k for k in own if k in keys])
    low, high, se, count = spread(theta, without, present, level)
    result = out[own].assign(estimate=theta, low=low, high=high, se=se, groups=count)
    return result.assign(n=out["n"]) if "n" in out else result


def by_group(rows: pd.DataFrame, keys: Sequence[str], values: Sequence[np.ndarray], replicates) -> tuple:
    """(one row per key, the sums of each group and key: groups x keys x values) for groups in the order of replicates.

    values: one number per row each; a missing one is 0.
    """
    heads, row = places(rows, keys)
    shape = len(replicates), len(heads)
    cell = np.searchsorted(replicates, rows["replicate"]) * len(heads) + row
    parts = [np.bincount(cell, np.nan_to_num(v), np.prod(shape)).reshape(shape) for v in values]
    return heads, np.stack(parts, axis=-1)


def spread(theta: np.ndarray, without: np.ndarray, present: np.ndarray, level: float = LEVEL) -> tuple:
    """(low, high, se, groups) of the estimates theta (K,) from those without each group (G, K).

    present (G, K): whether a group holds anything of a key; one that holds nothing changes nothing, and dust from a
    subtraction must not say otherwise.
    """
    squares = np.where(present, (without - theta) ** 2, 0.0).sum(axis=0)
    count = present.sum(axis=0)
    se = np.sqrt(np.where(count > 1, (count - 1) / np.maximum(count, 1) * squares, np.nan))
    half = t_quantile(count - 1.0, level) * se
    return theta - half, theta + half, se, count


def difference(one: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str] = (), level: float = LEVEL) -> pd.DataFrame:
    """Difference of two independent results of `of_arrays`, first minus second, one row per row of `one`.

    se² = se₁² + se₂², Student on G₁ + G₂ - 2. Returns keys, estimate, low, high, p, and n, n_other where known.
    """
    keys = list(keys)
    place = matching.places(one, other, keys)
    value, se, groups = ((*floats(one[c]), matching.taken(other[c], place)) for c in ("estimate", "se", "groups"))
    d, se, df = value[0] - value[1], np.hypot(*se), sum(groups) - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = p_student(np.where((d == 0) & (se == 0), 0.0, d / se), df)
    half = t_quantile(df, level) * se
    result = one[keys].reset_index(drop=True).assign(estimate=d, low=d - half, high=d + half, p=p)
    if "n" not in one or "n" not in other:
        return result
    return result.assign(n=one["n"].to_numpy(), n_other=matching.counted(other["n"], place))


def against(found: pd.DataFrame, value: float) -> pd.DataFrame:
    """A result of `of_arrays` with `p`: two-sided, of the estimate against a value, Student on groups - 1."""
    d, se, groups = (c.to_numpy(dtype=float) for c in (found["estimate"] - value, found["se"], found["groups"]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return found.assign(p=p_student(np.where((d == 0) & (se == 0), 0.0, d / se), groups - 1))


def places(rows: pd.DataFrame, keys: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """How rows fold into one row per key: those rows in the order of first appearance, and each row's place there."""
    keys = list(keys)
    if not keys:
        return pd.DataFrame(index=range(min(len(rows), 1))), np.zeros(len(rows), dtype=int)
    place, known = pd.factorize(rows[keys[0]], use_na_sentinel=False)
    for key in keys[1:]:  # one column at a time: pandas' groupby of words costs ten times as much
        values, found = pd.factorize(rows[key], use_na_sentinel=False)
        place, known = pd.factorize(place * len(found) + values)
    first = np.zeros(len(known), dtype=int)
    first[place[::-1]] = np.arange(len(rows))[::-1]
    return pd.DataFrame({key: rows[key].array.take(first) for key in keys}), place


def summed(rows: pd.DataFrame, keys: Sequence[str], values: Sequence[np.ndarray]) -> tuple[pd.DataFrame, np.ndarray]:
    """One row per key as `places` gives them, and the values of the rows (arrays as long as those) added up there."""
    heads, place = places(rows, keys)
    sums = [np.bincount(place, column, len(heads)) for column in values]
    return heads, np.array(sums, dtype=float).reshape(len(values), len(heads))


def _aligned(result: pd.DataFrame, out: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """The result's estimates in the rows of out; NaN where leaving out a group left no row."""
    if not result[keys].equals(out[keys]):
        result = out[keys].merge(result, on=keys, how="left") if keys else result.reindex(out.index)
    return result["estimate"].to_numpy(dtype=float)


def _present(parts: np.ndarray, heads: pd.DataFrame, out: pd.DataFrame, shared: list[str]) -> np.ndarray:
    """Which group (axis 0) holds anything of which row of the result (axis 1)."""
    held = (parts != 0).any(axis=2)
    if not shared:
        return np.repeat(held.any(axis=1)[:, None], len(out), axis=1)
    flags = heads[shared].join(pd.DataFrame(held.T)).groupby(shared, sort=False, dropna=False).any().reset_index()
    return out[shared].merge(flags, on=shared, how="left").drop(columns=shared).to_numpy(dtype=bool).T
