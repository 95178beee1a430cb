"""Signs that scores are made rather than given: too many all-tens, answers without variance, answers in bursts.

A sign is a reason to look, never a proof; each is the branch's rate beside that of its peers. The spread among peers
is allowed for as in the funnel, and all branches and signs together are one family of looks.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from moments.metrics.discovery import FALSE_SHARE, q_values
from moments.metrics.funnel import funnel
from moments.metrics.intervals import wilson

SIGNS = ("all_tens", "no_variance", "burst")


def signs(counts: pd.DataFrame, level: float = FALSE_SHARE) -> pd.DataFrame:
    """Each branch's rate of each sign against the others'.

    counts: one row per (branch, sign) with hits (answers that show it) and n. Gives counts' keys, estimate, low, high
    (rate, Wilson), n, peers (rate of all others), p (one-sided: more than the peers), q, flag (q <= level).
    """
    parts = [counts.iloc[:0]]
    for _, rows in counts.groupby("sign", sort=False, observed=True):
        others, hits = rows["n"].sum() - rows["n"], rows["hits"].sum() - rows["hits"]
        z = funnel(rows)["z"] if len(rows) > 1 else pd.Series(np.nan, index=rows.index)
        parts.append(rows.assign(peers=hits / others.where(others > 0), p=1 - ndtr(z)))
    out = pd.concat(parts).reindex(counts.index)
    rate = wilson(out["hits"], out["n"])
    out = out.drop(columns="hits").assign(**rate._asdict())
    if "p" not in out:
        out = out.assign(peers=np.nan, p=np.nan)
    q = q_values(out["p"])
    return out.assign(q=q, flag=q <= level)
