"""Branches with different customers, compared as if each had the customers of all: direct standardisation.

adjusted = sum over strata of (share of the stratum among all answers) x (branch's mean in the stratum). A branch may
be ahead in every stratum and behind in total, only because more of its customers are in the demanding one (Simpson
1951). Source: Inskip, Beral, Fraser and Haskey (1983), Statistics in Medicine 2.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics import scores
from moments.metrics.intervals import z_quantile


def standardise(counts: pd.DataFrame, strata: Sequence[str], key: str = "branch") -> pd.DataFrame:
    """Each branch's score with the mix of all.

    counts: one row per (key, *strata), any form of `scores`. Gives one row per key, in order of appearance: key, raw
    (as it is), estimate (adjusted), low, high, se, n, covered (share of the standard mix that the branch has answers
    for; below 1 the rest is left out and the estimate is of that part only).
    """
    strata = list(strata)
    cells = scores.of(counts).groupby([key, *strata], sort=False, observed=True, dropna=False, as_index=False).sum()
    cells = scores.league(cells[cells["n"] > 0]).reset_index(drop=True)
    of_all = cells.groupby(strata, sort=False, observed=True, dropna=False)["n"].transform("sum")
    mix = of_all / max(cells["n"].sum(), 1)
    weighed = pd.DataFrame({
        key: cells[key], "n": cells["n"], "total": cells["n"] * cells["estimate"], "covered": mix,
        "sum": mix * cells["estimate"], "error": mix**2 * cells["se"] ** 2,
    })  # fmt: skip
    out = weighed.groupby(key, sort=False, observed=True, dropna=False, as_index=False).sum()
    se = np.sqrt(out["error"]) / out["covered"]
    estimate = out["sum"] / out["covered"]
    half = z_quantile() * se
    low, high = (end.clip(*scores.BOUNDS[scores.form(counts)]) for end in (estimate - half, estimate + half))
    return out[[key]].assign(
        raw=out["total"] / out["n"], estimate=estimate, low=low, high=high, se=se, n=out["n"],
        covered=out["covered"].clip(upper=1.0),
    )  # fmt: skip
