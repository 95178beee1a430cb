"""Shares of counts: of one group against all others, and now against before. Wilson, Newcombe, Benjamini-Hochberg."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, newcombe, wilson


def share(counts: pd.DataFrame, hits: str = "hits", n: str = "n") -> pd.DataFrame:
    """The rows with estimate, low, high (0..1, Wilson) and n."""
    return counts.assign(**wilson(counts[hits], counts[n])._asdict(), n=counts[n])


def against_rest(counts: pd.DataFrame, hits: str = "hits", n: str = "n") -> pd.DataFrame:
    """The share of each row, and whether it differs from that of all other rows together.

    Adds to `share` p (score test against the rest) and q (Benjamini-Hochberg over the rows). Hidden rows count nowhere.
    """
    k, m = floats(counts[hits], counts[n])
    p = newcombe(k, m, np.nansum(k) - k, np.nansum(m) - m).p
    return share(counts, hits, n).assign(p=p, q=q_values(p))


def difference(
    now: pd.DataFrame, before: pd.DataFrame, on: Sequence[str] = (), hits: str = "hits", n: str = "n"
) -> pd.DataFrame:
    """Now less before, one row per row of `now`: keys, estimate, low, high (-1..1, Newcombe), p, n, n_other."""
    on = list(on)
    how = {"on": on, "how": "left"} if on else {"how": "cross"}
    both = now[[*on, hits, n]].merge(before[[*on, hits, n]], suffixes=("", "_before"), **how)
    found = newcombe(both[hits], both[n], both[f"{hits}_before"], both[f"{n}_before"])
    return both[on].assign(
        estimate=found.estimate, low=found.low, high=found.high, p=found.p, n=both[n], n_other=both[f"{n}_before"]
    )
