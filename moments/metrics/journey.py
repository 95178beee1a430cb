"""The journey and what is remembered of it: stages, best and worst moments, peak and end.

Source: Fredrickson and Kahneman (1993); Alaybek et al. (2022), a meta-analysis of 174 effects, in which peak-end goes
with the overall score (r .581) about as well as the plain mean does: so both are shown.
"""

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.discovery import q_values
from moments.metrics.intervals import mean_variance, t_mean, two_means, wilson
from moments.metrics.products import SUMS, correlations, matrix

MEASURES = ("peak_end", "peak", "end", "mean")
RIVAL = {"peak_end": "mean", "peak": "mean", "end": "mean", "mean": "peak_end"}


def peak_end(touches: pd.DataFrame, midpoint: float = 5.5) -> pd.DataFrame:
    """The definition, for a handful of answers: one row per answer, one column per stage in journey order, NaN = not
    there.

    peak: the score farthest from the scale's midpoint, the lower one of two as far (bad weighs more than good,
    Baumeister et al. 2001); end: the last score given; peak_end: their mean; mean: of all given.
    Gives peak, end, peak_end, mean. SQL does the same on large data.
    """
    scores = touches.to_numpy(float)
    given = ~np.isnan(scores)
    row = np.arange(len(scores))
    # distance decides; a hair more for the lower score breaks the tie
    pull = np.where(given, np.abs(scores - midpoint) - 1e-9 * scores, -np.inf)
    last = scores.shape[1] - 1 - given[:, ::-1].argmax(axis=1)
    peak, end = scores[row, pull.argmax(axis=1)], scores[row, last]
    count = given.sum(axis=1)
    mean = np.where(count > 0, np.nansum(scores, axis=1) / np.maximum(count, 1), np.nan)
    return pd.DataFrame({"peak": peak, "end": end, "peak_end": (peak + end) / 2, "mean": mean}, index=touches.index)


def line(sums: pd.DataFrame) -> pd.DataFrame:
    """Mean score of each stage with Student's interval and `sd`. sums: keys, n, total, total_sq."""
    mean = t_mean(sums["n"], sums["total"], sums["total_sq"])
    variance = mean_variance(sums["n"], sums["total"], sums["total_sq"])[1]
    return sums.assign(**mean._asdict(), sd=np.sqrt(variance))


def compare(one: pd.DataFrame, other: pd.DataFrame, stage: str = "stage") -> pd.DataFrame:
    """Two journeys laid over each other: one minus other at each stage, Welch, with q over the stages.

    one, other: stage, n, total, total_sq. Gives one row per stage of `one`: stage, estimate, low, high, p, q, n,
    n_other.
    """
    both = one[[stage, "n", "total", "total_sq"]].merge(other, on=stage, how="left", suffixes=("", "_other"))
    sides = [both[f"{c}{side}"] for side in ("", "_other") for c in ("n", "total", "total_sq")]
    result = two_means(*sides)
    out = both[[stage]].assign(estimate=result.estimate, low=result.low, high=result.high, p=result.p)
    return out.assign(q=q_values(result.p), n=both["n"], n_other=both["n_other"].fillna(0))


def extremes(counts: pd.DataFrame) -> pd.DataFrame:
    """How often each stage was the best or the worst moment of a journey, Wilson intervals.

    counts: keys (a stage among them), n (journeys that touched the stage), best, worst (of them, journeys in which no
    other stage scored higher or lower). Gives two rows per row: keys, moment ("best" or "worst"), estimate, low,
    high, n.
    """
    keys = counts.drop(columns=["n", "best", "worst"])
    parts = [
        keys.assign(moment=moment, **wilson(counts[moment], counts["n"])._asdict(), n=counts["n"])
        for moment in ("best", "worst")
    ]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def memory(products: pd.DataFrame, overall: str = "overall") -> pd.DataFrame:
    """How well each summary of a journey goes with the overall score, and what it adds to its rival.

    products: see `products`, over MEASURES (or those there are) and the overall score; with `replicate`, intervals
    for `adds`. Gives one row per measure: measure; estimate, low, high (correlation); n; r2 (alone); adds, adds_low,
    adds_high (R2 of both less R2 of the rival alone; the rival of the mean is peak_end, of the others the mean).
    """
    summed = products.groupby(["x", "y"], sort=False, as_index=False)[list(SUMS)].sum()
    names = set(summed["x"]) | set(summed["y"])
    measures = [m for m in MEASURES if m in names]
    r = correlations(summed)
    pairs = pd.concat([r[r["y"] == overall].rename(columns={"x": "measure"}),
                       r[r["x"] == overall].rename(columns={"y": "measure"})])  # fmt: skip
    out = pd.DataFrame({"measure": pd.Series(measures, dtype=object)})
    out = out.merge(pairs[["measure", "estimate", "low", "high", "n"]], on="measure", how="left")
    out["r2"] = out["estimate"] ** 2

    def added(sums: pd.DataFrame) -> pd.DataFrame:
        values = [_adds(sums, m, RIVAL[m], overall) for m in measures]
        return pd.DataFrame({"measure": pd.Series(measures, dtype=object), "estimate": np.array(values, float)})

    if "replicate" in products:
        error = jackknife.of_frames(products[["x", "y", "replicate", *SUMS]], ["x", "y"], added)
    else:
        error = added(summed).assign(low=np.nan, high=np.nan)
    names = {"estimate": "adds", "low": "adds_low", "high": "adds_high"}
    return out.merge(error[["measure", *names]].rename(columns=names), on="measure", how="left")


def _adds(products: pd.DataFrame, measure: str, rival: str, overall: str) -> float:
    r, _, _ = matrix(products, [measure, rival, overall])
    a, b, c = r[0, 2], r[1, 2], r[0, 1]
    free = 1 - c * c  # nothing of its own when the two always agree
    return float((a - b * c) ** 2 / free) if free > 1e-9 else (0.0 if np.isfinite(a) else np.nan)
