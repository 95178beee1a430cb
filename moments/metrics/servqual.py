"""SERVQUAL: gap = perception - expectation of the same respondents, in points of the scale (Parasuraman et al. 1988).

A dimension is the mean of its items' gaps; the unweighted overall is the mean of the dimensions (not of the items, or a
dimension with five items would count for more than one with four); the weighted overall is Σ weight x gap / 100.
Items have Student's paired interval; dimensions and overall, whose items come from the same respondents, the jackknife.
Expectations saturate near the top of the scale, so perception is to be shown by itself too (`dimensions(of=...)`).

One frame serves all levels. Answers: keys, dimension, item, replicate, n and sums over the answers that gave both
sides: sum_e, sum_p, sum_d, sum_d2 (expectation, perception, d = perception - expectation, d²); where adequate levels
were asked also sum_a, sum_pa, sum_pa2 (adequate, perception - adequate and its square).
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.intervals import floats, paired, t_quantile
from moments.metrics.weights import check, equal, of_means, starting

NAMES = Path(__file__).parents[2] / "data" / "dimension_names.toml"
SUMS = ("n", "sum_e", "sum_p", "sum_d", "sum_d2", "sum_a", "sum_pa", "sum_pa2")
SIDES_SHOWN = ("expectation", "perception")
PRODUCTS = ("n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy")
# What customers gave when asked to share 100 points (Zeithaml, Parasuraman and Berry 1990).
PUBLISHED = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 16}
SIDES = {"gap": "sum_d", "perception": "sum_p", "expectation": "sum_e", "adequate": "sum_a", "adequacy": "sum_pa"}


def items(answers: pd.DataFrame) -> pd.DataFrame:
    """Each item's gap: keys, dimension, item, expectation, perception (means), estimate, low, high (gap), t, p, n.

    Answers without `item` (or `dimension`) may hold each respondent's own mean over a dimension's items instead: then
    the row is the dimension, and its paired interval is sharper than the jackknife's (n - 1 degrees of freedom to 19).
    """
    summed = _summed(answers)
    found = paired(summed["n"], summed["sum_d"], summed["sum_d2"])
    return summed[[c for c in summed.columns if c not in SUMS]].assign(
        expectation=_mean(summed, "sum_e"), perception=_mean(summed, "sum_p"),
        estimate=found.estimate, low=found.low, high=found.high, t=found.statistic, p=found.p, n=summed["n"],
    )


def dimensions(answers: pd.DataFrame, of: str = "gap") -> pd.DataFrame:
    """Each dimension as the mean of its items: keys, dimension, estimate, low, high, se, groups, n.

    of: "gap", "perception", "expectation", "adequate" or "adequacy". n is that of the item with fewest answers; an item
    that nobody answered is left out of the mean.
    """
    return of_means(answers, [*_keys(answers), "dimension"], ["dimension", "item"], SIDES[of])


def gaps(answers: pd.DataFrame) -> pd.DataFrame:
    """Each dimension in one row: keys, dimension, expectation, perception, estimate, low, high (gap), se, groups, p, n.

    p tests the gap against 0 with the jackknife's error. `half` is half the interval's width; `from` and `to` are where
    perception would lie at its ends: expectation + low, expectation + high.
    """
    found = jackknife.against(dimensions(answers), 0.0)
    expectation, perception = (dimensions(answers, of)["estimate"] for of in SIDES_SHOWN)
    ends = {"from": expectation + found["low"], "to": expectation + found["high"]}
    return found.assign(expectation=expectation, perception=perception, half=found["high"] - found["estimate"], **ends)


def paired_dimensions(products: pd.DataFrame) -> pd.DataFrame:
    """Each dimension's gap by Student's paired t, on the respondents who answered every item of it.

    products: keys, x, y, n, sum_x, sum_y, sum_xx, sum_yy, sum_xy of the items' gaps for each pair of a key's items
    once, an item with itself too. The score of a respondent is the mean of the items' gaps: Σ d_i / k, whose square
    sums to Σ_ij Σ d_i d_j / k². Returns keys, estimate, low, high, se, t, p, n, k.
    """
    keys = [c for c in products.columns if c not in ("x", "y", *PRODUCTS)]
    own = (products["x"] == products["y"]).to_numpy()
    parts = products[[*keys, "n"]].assign(
        total=np.where(own, products["sum_x"], 0), squares=np.where(own, 1, 2) * products["sum_xy"], k=own
    )
    how = {"n": "min", "total": "sum", "squares": "sum", "k": "sum"}
    summed = parts.groupby(keys, sort=False, dropna=False).agg(how).reset_index()
    n, total, squares, k = floats(*(summed[c] for c in how))
    k = np.where(k > 0, k, np.nan)
    found = paired(n, total / k, squares / k**2)
    half = found.high - found.estimate
    return summed[keys].assign(
        estimate=found.estimate, low=found.low, high=found.high, se=half / t_quantile(n - 1), t=found.statistic,
        p=found.p, n=summed["n"], k=summed["k"],
    )


def outline(answers: pd.DataFrame, reference: float = 0.0) -> pd.DataFrame:
    """Each dimension and under it its items, the widest gap first: one frame for both levels, without keys.

    Returns level ("dimension" or "item"), dimension, item ("" for a dimension), expectation, perception, estimate, low,
    high (gap), p_gap (paired test of the gap against 0), p (against `reference`, e.g. the overall gap), n.
    """
    whole = gaps(answers)
    parts, sums = items(answers), _summed(answers)
    whole = jackknife.against(whole.assign(level="dimension", item="", p_gap=whole["p"]), reference)
    p = paired(sums["n"], sums["sum_d"], sums["sum_d2"], against=reference).p
    parts = parts.assign(level="item", p_gap=parts["p"], p=p).sort_values("estimate", kind="stable")
    columns = ["level", "dimension", "item", *SIDES_SHOWN, "estimate", "low", "high", "p_gap", "p", "n"]
    both = pd.concat([whole[columns], parts[columns]], ignore_index=True)
    place = both["dimension"].map({d: i for i, d in enumerate(whole["dimension"])})
    return both.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def contributions(answers: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """What each dimension adds to the weighted overall gap: dimension, weight, gap, estimate, low, high, n.

    estimate = weight x gap / 100, in points of the scale; they sum to the weighted overall.
    """
    rows = dimensions(answers)
    weight = rows["dimension"].map(weights).astype(float).fillna(0.0)
    parts = {c: weight * rows[c] / 100 for c in ("estimate", "low", "high")}
    return rows[["dimension", "n"]].assign(weight=weight, gap=rows["estimate"], **parts)


def overall(answers: pd.DataFrame, weights: Mapping[str, float] | None = None, of: str = "gap") -> pd.DataFrame:
    """The overall gap: mean of the dimensions, or weighted: keys, estimate, low, high, se, groups, n.

    weights: dimension -> weight, sum 100 (else ValueError); dimensions without a weight do not count. A key that lacks
    a dimension which counts is NaN: a mean of fewer dimensions would not be comparable.
    """
    weights = check(weights) if weights else equal(answers["dimension"].unique())
    return of_means(answers, _keys(answers), ["dimension", "item"], SIDES[of], "dimension", weights)


def zone(answers: pd.DataFrame) -> pd.DataFrame:
    """The zone of tolerance of each item, where an adequate level was asked.

    Needs sum_a, sum_pa, sum_pa2 beside the rest; desired is the expectation. Returns keys, dimension, item, adequate,
    desired, perception (means); estimate, low, high (adequacy = perception - adequate, paired t); superiority,
    superiority_low, superiority_high (perception - desired); position (0 at adequate, 1 at desired; NaN when they
    coincide); zone ("below", "inside" when adequacy >= 0 > superiority, "above"); n.
    """
    summed = _summed(answers)
    adequacy = paired(summed["n"], summed["sum_pa"], summed["sum_pa2"])
    superiority = paired(summed["n"], summed["sum_d"], summed["sum_d2"])
    adequate, desired, perception = (_mean(summed, c) for c in ("sum_a", "sum_e", "sum_p"))
    return summed[[c for c in summed.columns if c not in SUMS]].assign(
        adequate=adequate, desired=desired, perception=perception,
        estimate=adequacy.estimate, low=adequacy.low, high=adequacy.high,
        superiority=superiority.estimate, superiority_low=superiority.low, superiority_high=superiority.high,
        position=position(adequate, desired, perception), zone=zone_of(adequacy.estimate, superiority.estimate),
        n=summed["n"],
    )


def zone_of_dimensions(answers: pd.DataFrame) -> pd.DataFrame:
    """The zone of tolerance of each dimension, with the columns of `zone` but item; intervals by jackknife."""
    keys = [*_keys(answers), "dimension"]
    means = {side: dimensions(answers, of=side).set_index(keys)
             for side in ("adequate", "expectation", "perception", "adequacy", "gap")}
    adequate, desired, perception = (means[s]["estimate"] for s in ("adequate", "expectation", "perception"))
    adequacy, superiority = means["adequacy"], means["gap"]
    return pd.DataFrame({
        "adequate": adequate, "desired": desired, "perception": perception,
        "estimate": adequacy["estimate"], "low": adequacy["low"], "high": adequacy["high"],
        "superiority": superiority["estimate"], "superiority_low": superiority["low"],
        "superiority_high": superiority["high"], "position": position(adequate, desired, perception),
        "zone": zone_of(adequacy["estimate"], superiority["estimate"]), "n": adequacy["n"],
    }).reset_index()


def position(adequate, desired, perception) -> np.ndarray:
    """Where perception stands between adequate (0) and desired (1); NaN when the two coincide."""
    adequate, desired, perception = floats(adequate, desired, perception)
    width = desired - adequate
    return (perception - adequate) / np.where(width != 0, width, np.nan)


def zone_of(adequacy, superiority) -> np.ndarray:
    """"below" the zone of tolerance, "inside" (adequacy >= 0 > superiority) or "above"; None where unknown."""
    adequacy, superiority = floats(adequacy, superiority)
    known = np.where(adequacy < 0, "below", np.where(superiority < 0, "inside", "above")).astype(object)
    return np.where(np.isnan(adequacy) | np.isnan(superiority), None, known)


@cache
def _codes() -> dict[str, str]:
    table = tomllib.loads(NAMES.read_text("utf-8"))
    return {_plain(name): code for code, names in table.items() for name in (code, *names)}


def dimension_code(name: str) -> str | None:
    """The code of a SERVQUAL dimension under any of its names, of both languages; None for a stranger."""
    return _codes().get(_plain(name))


def names() -> pd.DataFrame:
    """What the five dimensions are called elsewhere: dimension, first_zh, first_en, others."""
    table = tomllib.loads(NAMES.read_text("utf-8"))
    rows = [(code, zh, en, " · ".join(others)) for code, (zh, en, *others) in table.items()]
    return pd.DataFrame(rows, columns=["dimension", "first_zh", "first_en", "others"])


def starting_weights(dimensions: Iterable[str], stated: Mapping[str, float]) -> dict[str, int]:
    """The weights to begin with, whole points that sum to 100: those that the dataset states for all the dimensions,
    else the published ones where the five are asked, else equal ones."""
    return starting(dimensions, stated, PUBLISHED)


def _plain(name: str) -> str:
    return re.sub(r"[\s\-_]", "", name).casefold()


def _keys(answers: pd.DataFrame) -> list[str]:
    return [c for c in answers.columns if c not in ("dimension", "item", "replicate", *SUMS)]


def _summed(answers: pd.DataFrame) -> pd.DataFrame:
    """Over the replicates: one row per key, dimension and item."""
    by = [*_keys(answers), *(c for c in ("dimension", "item") if c in answers)]
    sums = [c for c in SUMS if c in answers]
    if not by:
        return answers[sums].sum().to_frame().T.iloc[: min(len(answers), 1)]
    return answers.groupby(by, sort=False, dropna=False)[sums].sum().reset_index()


def _mean(summed: pd.DataFrame, column: str) -> np.ndarray:
    n, total = floats(summed["n"], summed[column])
    return total / np.where(n > 0, n, np.nan)
