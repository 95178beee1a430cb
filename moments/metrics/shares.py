"""Shares of counts: of one group against all others, and now against before. Wilson, Newcombe, Benjamini-Hochberg."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics import matching
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
    place = matching.places(now, before, on)
    n_other = matching.counted(before[n], place)
    found = newcombe(now[hits], now[n], matching.taken(before[hits], place), n_other)
    return now[on].reset_index(drop=True).assign(
        estimate=found.estimate, low=found.low, high=found.high, p=found.p, n=now[n].to_numpy(), n_other=n_other
    )  # fmt: skip
