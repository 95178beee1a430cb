"""Looking at many differences at once: how many of those called real would be noise (false discovery rate).

Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300. Holds for independent or positively dependent
tests.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

FALSE_SHARE = 0.05  # of all that is called real, at most this share is expected to be noise


def q_values(p) -> np.ndarray:
    """Benjamini-Hochberg adjusted p values, in the order given. NaN stays NaN and is not counted as a look."""
    p = np.asarray(p, float)
    q = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    raised = p[order] * (len(order) / np.arange(1, len(order) + 1))
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q


def discoveries(
    frame: pd.DataFrame, family: Sequence[str] = (), p: str = "p", level: float = FALSE_SHARE
) -> pd.DataFrame:
    """The rows with `q` and `real` (q <= level). All rows are one family of looks, or those alike in `family`."""
    out = frame.copy()
    if family:
        out["q"] = out.groupby(list(family), observed=True, dropna=False)[p].transform(q_values).astype(float)
    else:
        out["q"] = q_values(out[p])
    out["real"] = out["q"] <= level
    return out
