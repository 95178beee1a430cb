"""Early warning: which branch x category has more complaints this week than its own past explains.

The count of a week is negative binomial about the past mean mu = (before + 1/2) / weeks, variance phi mu (1 + 1 /
weeks): the error of mu is in it, and phi >= 1 is how much more than Poisson weeks differ, pooled over all cells. With
phi = 1 this is the exact Poisson prediction under Jeffreys' prior. Many cells are looked at, so q is
Benjamini-Hochberg.
"""

import numpy as np
import pandas as pd
from scipy.special import betainc

from moments.metrics.control import rate
from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.intervals import floats


def dispersion(counts: pd.DataFrame) -> float:
    """Pooled variance / mean of weekly counts, at least 1. counts: before, before_sq (sum of squares), weeks."""
    total, square, weeks = floats(counts["before"], counts["before_sq"], counts["weeks"])
    some = weeks > 1
    spread = (square[some] - total[some] ** 2 / weeks[some]).sum()
    poisson = (total[some] * (weeks[some] - 1) / weeks[some]).sum()
    return max(1.0, float(spread / poisson)) if poisson > 0 else 1.0


def dispersion_in_all(totals: pd.DataFrame) -> float:
    """The same from sums over all cells. totals: one row with before, before_sq, squares (sum of before^2), weeks."""
    columns = floats(*(totals[c] for c in ("before", "before_sq", "squares", "weeks")))
    before, square, squares, weeks = (float(c[0]) for c in columns)
    poisson = before * (weeks - 1) / weeks if weeks > 1 else 0.0
    return max(1.0, (square - squares / weeks) / poisson) if poisson > 0 else 1.0


def early(
    counts: pd.DataFrame, level: float = FALSE_SHARE, phi: float | None = None, looks: int | None = None
) -> pd.DataFrame:
    """Each cell's count against what its past leads one to expect.

    counts: keys (branch, category), now (this week), before and before_sq (sum and sum of squares of the weekly
    counts of the past), weeks (how many). With exposure_now and exposure_before (visits of this week, and of the past
    together) the past is per visit. `phi` and `looks` where the rows are only some of the cells looked at: their
    dispersion, and how many there are; a cell that is not here counts as p = 1, so q is never too small. Gives keys,
    now, expected, ratio, p (as many or more), q, flag (q <= level). NaN without a past.
    """
    now, before, weeks = floats(counts["now"], counts["before"], counts["weeks"])
    phi = dispersion(counts) if phi is None else phi
    times = weeks
    if {"exposure_now", "exposure_before"} <= set(counts.columns):
        present, past = floats(counts["exposure_now"], counts["exposure_before"])
        times = np.divide(past, present, out=np.full(len(past), np.nan), where=present > 0)
    times = np.where(times > 0, times, np.nan)
    mu = (before + 0.5) / times
    variance = phi * mu * (1 + 1 / times)
    size = mu**2 / (variance - mu)
    with np.errstate(invalid="ignore"):
        p = np.where(now > 0, betainc(np.maximum(now, 1), size, mu / (size + mu)), 1.0)
    p = np.where(np.isnan(mu) | np.isnan(now), np.nan, p)
    unseen = max(0, (looks or 0) - len(p))
    q = q_values(np.concatenate([p, np.ones(unseen)]))[: len(p)]
    past = ("now", "before", "before_sq", "weeks", "exposure_now", "exposure_before")
    keys = counts.drop(columns=[c for c in past if c in counts])
    return keys.assign(now=counts["now"], expected=mu, ratio=now / mu, p=p, q=q, flag=q <= level)


def watched(cells: pd.DataFrame | None, totals: pd.DataFrame) -> pd.DataFrame:
    """The cells large enough to be shown, judged among all that were looked at, the clearest first.

    cells: grp, category, now, before, before_sq, weeks (None: none is large enough); totals: one row as for
    `dispersion_in_all`, and cells. Gives the columns of `early`, and estimate, low, high (times what was expected, with
    the exact interval of the count), n (the count), tone ("bad" where flagged, else "unsure").
    """
    if cells is None:
        cells = pd.DataFrame(columns=["grp", "category", "now", "before", "before_sq", "weeks"])
    rows = early(cells, phi=dispersion_in_all(totals), looks=int(totals["cells"].iloc[0]))
    times = rate(rows, "now", "expected", per=1)[["estimate", "low", "high"]]
    rows = rows.assign(**times, n=rows["now"].astype(float), tone=np.where(rows["flag"], "bad", "unsure"))
    return rows.sort_values(["flag", "p"], ascending=[False, True], kind="stable").reset_index(drop=True)
