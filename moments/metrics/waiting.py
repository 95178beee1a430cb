"""Waiting: how long it felt against how long it was, and what makes it feel longer.

Minutes throughout; x = log(actual wait), y = log(perceived wait), natural logs, so rows need both waits above 0.
Propositions: D. Maister (1985), The psychology of waiting lines; uncomfortable (Davis and Heineke 1994) and
unfamiliar (Jones and Peppiatt 1996). Their sign is an outcome here, not an assumption.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, newcombe, p_student, t_mean, two_means, wilson, z_quantile
from moments.metrics.regression import Fit, least_squares

FACTORS = (
    "idle", "before", "anxious", "uncertain", "unexplained",
    "unfair", "valuable", "alone", "uncomfortable", "unfamiliar",
)  # fmt: skip
SUMS = ("n", "sum_x", "sum_y", "sum_xx", "sum_xy", "sum_yy")


def over(counts: pd.DataFrame, hits: str = "over") -> pd.DataFrame:
    """Share of waits above what was acceptable (or left before being served: name the column), Wilson interval.

    counts: keys, n, hits. Gives counts and estimate, low, high (0..1).
    """
    return counts.assign(**wilson(counts[hits], counts["n"])._asdict())


def against_rest(counts: pd.DataFrame, hits: str = "over") -> pd.DataFrame:
    """The same per group, and whether its share differs from that of all others together.

    counts: one row per group. Adds p (score test against the rest) and q (Benjamini-Hochberg over the groups).
    """
    k, n = floats(counts[hits], counts["n"])
    p = newcombe(k, n, np.nansum(k) - k, np.nansum(n) - n).p
    return over(counts, hits).assign(p=p, q=q_values(p))


def changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Mean minutes per kind, now less before: kind, estimate, low, high, p, n, n_other (Welch).

    now, before: kind, n, total, total_sq.
    """
    both = now.merge(before, on="kind", suffixes=("", "_other"))
    sides = (both[f"{c}{side}"] for side in ("", "_other") for c in ("n", "total", "total_sq"))
    d = two_means(*sides)
    return both[["kind", "n", "n_other"]].assign(estimate=d.estimate, low=d.low, high=d.high, p=d.p)


def limits(kinds: pd.DataFrame) -> pd.DataFrame:
    """Share above what is acceptable per kind, of answers that tell it: kind, estimate, low, high (0..1), n.

    kinds: kind, asked, over.
    """
    return over(kinds[["kind", "over"]].assign(n=kinds["asked"]))


def limit_changes(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Share above acceptable per kind, now less before: kind, estimate, low, high, p, n, n_other (Newcombe).

    now, before: kind, asked, over.
    """
    both = now.merge(before, on="kind", suffixes=("", "_other"))
    d = newcombe(both["over"], both["asked"], both["over_other"], both["asked_other"])
    kept = both[["kind"]].assign(n=both["asked"], n_other=both["asked_other"])
    return kept.assign(estimate=d.estimate, low=d.low, high=d.high, p=d.p)


def beyond(sides: pd.DataFrame) -> pd.DataFrame:
    """Mean satisfaction of those who waited beyond what they accept less that of the others: estimate, low, high, p,
    n, n_other (Welch), one row; NaN where a side is missing or hidden.

    sides: side ("beyond", "within"), n, total, total_sq.
    """
    told = sides.set_index("side").reindex(["beyond", "within"])
    (n, total, total_sq) = floats(told["n"], told["total"], told["total_sq"])
    d = two_means(n[:1], total[:1], total_sq[:1], n[1:], total[1:], total_sq[1:])
    return pd.DataFrame(
        {"estimate": d.estimate, "low": d.low, "high": d.high, "p": d.p, "n": n[:1], "n_other": n[1:]}
    )


def bin_width(typical: float) -> float:
    """Minutes per bin that put a typical wait in about the third: 1, 2 or 5 times a power of ten."""
    if not typical > 0 or not np.isfinite(typical):
        return 1.0
    rough = typical / 2.5
    power = 10.0 ** np.floor(np.log10(rough))
    return float(power * min((1, 2, 5, 10), key=lambda step: abs(np.log(step * power / rough))))


def bins(sums: pd.DataFrame, width: float, most: int, at: str) -> pd.DataFrame:
    """The bins of a figure: sums with `name` ("4~6"), `place` (the mean of `at` there; where hidden, the bin's middle)
    and estimate, low, high as in `minutes`.

    sums: bin, n, total, total_sq and the sum `at`. Bin k holds (k - 1) width < minutes <= k width; bin `most` all that
    is longer (">30"), bin -`most` all that is shorter, and where nothing is negative bin 0 holds only 0.
    """
    n, total = floats(sums["n"], sums[at])
    middle = (sums["bin"].to_numpy(float) - 0.5) * width
    place = np.where(n > 0, total / np.where(n > 0, n, 1), middle)
    signed = bool((sums["bin"] < 0).any())

    def name(k: int) -> str:
        if k == most:
            return f">{(k - 1) * width:g}"
        if k == -most:
            return f"\N{LESS-THAN OR EQUAL TO}{k * width:g}"
        return f"{(k - 1) * width:g}~{k * width:g}" if k or signed else "0"

    return minutes(sums).assign(place=place, name=[name(int(k)).replace("-", "\N{MINUS SIGN}") for k in sums["bin"]])


def minutes(sums: pd.DataFrame) -> pd.DataFrame:
    """Mean minutes (or mean satisfaction per bin of perceived minus acceptable), Student interval.

    sums: keys, n, total, total_sq. Gives sums and estimate, low, high.
    """
    return sums.assign(**t_mean(sums["n"], sums["total"], sums["total_sq"])._asdict())


def ratio(sums: pd.DataFrame) -> pd.DataFrame:
    """Perceived / actual as a geometric mean: 1.2 says that it felt a fifth longer.

    sums: keys and the columns of SUMS. Gives the keys, estimate, low, high, n; Student interval of the mean log ratio.
    """
    n, x, y, xx, xy, yy = floats(*(sums[c] for c in SUMS))
    logs = t_mean(n, y - x, np.maximum(yy - 2 * xy + xx, 0.0))
    keys = sums.drop(columns=list(SUMS))
    return keys.assign(estimate=np.exp(logs.estimate), low=np.exp(logs.low), high=np.exp(logs.high), n=n)


def median(counts: pd.DataFrame, by: Sequence[str] = (), value: str = "value") -> pd.DataFrame:
    """Median of a value from how often each value occurs, with its interval from the order statistics.

    counts: by, value (rounded in SQL as finely as is wanted), n. Gives by, estimate, low, high, n. The interval runs
    between the values ranked n/2 -+ z sqrt(n)/2 (Conover 1999, 3.2); NaN at an end where n is too small for it.
    """
    out = []
    groups = counts.groupby(list(by), sort=False, observed=True, dropna=False) if by else [((), counts)]
    for key, rows in groups:
        rows = rows[(rows["n"] > 0) & rows[value].notna()].sort_values(value)
        if not len(rows):
            continue
        held, upto = rows[value].to_numpy(float), rows["n"].to_numpy(float).cumsum()
        n = upto[-1]

        def ranked(rank: float, held=held, upto=upto, n=n) -> float:  # the rank-th smallest, from 1
            return float(held[np.searchsorted(upto, rank)]) if 1 <= rank <= n else np.nan

        half = z_quantile() * np.sqrt(n) / 2
        middle = (ranked((n + 1) // 2) + ranked(n // 2 + 1)) / 2
        ends = ranked(np.floor(n / 2 - half)), ranked(np.ceil(n / 2 + half) + 1)
        out.append([*key, middle, *ends, n])
    return pd.DataFrame(out, columns=[*by, "estimate", "low", "high", "n"])


def _normal_equations(rows: Mapping, factors: Sequence[str], mask: str) -> tuple[Fit, np.ndarray, float]:
    """Fit of y on 1, x and the flags; the share of answers with each flag; mean y."""
    n, x, y, xx, xy, yy = floats(*(rows[c] for c in SUMS))
    flags = np.asarray(rows[mask], np.int64)[:, None] >> np.arange(len(factors)) & 1
    design = np.column_stack([np.ones(len(n)), np.zeros(len(n)), flags])
    total = n.sum()
    middle = x.sum() / total if total > 0 else 0.0  # x about its mean: nothing else changes, and nothing cancels
    xtx = design.T @ (design * n[:, None])
    xtx[1] = xtx[:, 1] = design.T @ (x - n * middle)
    xtx[1, 1] = max((xx - 2 * middle * x + n * middle**2).sum(), 0.0)
    xty = design.T @ y
    xty[1] = (xy - middle * y).sum()
    fit = least_squares(xtx, xty, yy.sum(), total, y.sum())
    shares = flags.T @ n / total if total > 0 else np.full(len(factors), np.nan)
    return fit, shares, middle


def factors(
    sums: pd.DataFrame, wait: float, names: Sequence[str] = FACTORS, mask: str = "factors"
) -> pd.DataFrame:
    """What each factor adds to the felt wait, all of them estimated together: y = a + b x + sum of effects.

    sums: one row (or more) per `mask` (bit k set: names[k] was there) with the columns of SUMS. With `replicate` the
    interval is the delete-a-group jackknife's, without it that of least squares.
    wait: minutes at which the felt minutes are told, usually the median actual wait.
    Gives one row per factor, in order: factor; estimate, low, high (a share: .12 = felt 12 % longer); minutes,
    minutes_low, minutes_high (felt minutes at `wait`, the other factors as common as they are); p; share (of answers
    with it); n. NaN for a factor that is always or never there, or always together with another.
    """
    fit, shares, middle = _normal_equations(sums, names, mask)
    out = pd.DataFrame({"factor": list(names)})
    b, (low, high), p = fit.b[2:], (limit[2:] for limit in fit.interval()), fit.p[2:]
    if "replicate" in sums:
        values = floats(*(sums[c] for c in SUMS))
        heads, parts = jackknife.by_group(sums, [mask], values, np.unique(sums["replicate"]))
        rest = [dict(zip(SUMS, left.T, strict=True)) | {mask: heads[mask]} for left in parts.sum(axis=0) - parts]
        without = np.array([_normal_equations(rows, names, mask)[0].b[2:] for rows in rest]).reshape(-1, len(names))
        present = np.repeat((parts != 0).any(axis=(1, 2))[:, None], len(names), axis=1)
        low, high, se, groups = jackknife.spread(b, without, present)
        p = p_student(b / se, groups - 1.0)
    typical = fit.solution @ np.concatenate([[1.0, np.log(wait) - middle], np.nan_to_num(shares)])

    def felt(effect: np.ndarray) -> np.ndarray:  # with the factor less without it, through the mean of the rest
        return np.exp(typical + effect * (1 - shares)) - np.exp(typical - effect * shares)

    return out.assign(
        **{"estimate": np.expm1(b), "low": np.expm1(low), "high": np.expm1(high)},
        **{"minutes": felt(b), "minutes_low": felt(low), "minutes_high": felt(high)},
        **{"p": p, "share": shares, "n": float(sums["n"].sum())},
    )


def in_minutes(effects: pd.DataFrame) -> pd.DataFrame:
    """The result of `factors` with felt minutes as estimate, low and high; what cannot be told is left out.

    `ratio` keeps the share by which the wait felt longer, `each` the minutes spread over all who answered.
    """
    told = effects[effects["minutes"].notna()]
    return told.assign(
        **{"estimate": told["minutes"], "low": told["minutes_low"], "high": told["minutes_high"]},
        **{"ratio": told["estimate"], "each": told["minutes"] * told["share"], "q": q_values(told["p"])},
    ).sort_values("estimate", ascending=False, ignore_index=True)
