"""What goes wrong: the vital few, the silent many, and the regulator's way of counting."""

import numpy as np
import pandas as pd

from moments.metrics.control import rate
from moments.metrics.intervals import wilson

VITAL = 0.8
OUTLETS, CUSTOMERS = 1_000, 10_000_000


def pareto(counts: pd.DataFrame, n: str = "n", vital: float = VITAL, whole: float | None = None) -> pd.DataFrame:
    """Categories by size with their share and running share.

    counts: keys, n (at least 0; missing where hidden, then `whole` says how many there are in all). Gives the rows,
    largest first, with estimate, low, high (share, Wilson), cumulative, and `vital` (among the fewest that reach the
    share `vital` of all).
    """
    out = counts.sort_values(n, ascending=False, kind="stable").reset_index(drop=True)
    whole = out[n].sum() if whole is None else whole
    share = wilson(out[n], whole)
    before = out[n].cumsum() - out[n]
    cumulative = (before + out[n]) / whole if whole else np.nan
    return out.assign(**share._asdict(), cumulative=cumulative, vital=(before < vital * whole) & (out[n] > 0))


def iceberg(complaints: float, silent: float, tell: float, tell_silent: float | None = None) -> pd.DataFrame:
    """Those who do not complain, and those who hear of it. The arguments but the first are assumptions, not data.

    silent: unhappy customers who say nothing, per complaint; tell: people told by each who complains; tell_silent: by
    each who does not (default: as many). Gives part ("complaints", "silent", "told"), estimate (people), assumed
    (boolean).
    """
    if min(silent, tell, 0 if tell_silent is None else tell_silent) < 0:
        raise ValueError("an assumption is negative")
    quiet = complaints * silent
    told = complaints * tell + quiet * (tell if tell_silent is None else tell_silent)
    parts = [("complaints", complaints, False), ("silent", quiet, True), ("told", told, True)]
    return pd.DataFrame(parts, columns=["part", "estimate", "assumed"])


def regulator(counts: pd.DataFrame) -> pd.DataFrame:
    """Complaints per 1,000 outlets and per 10 million personal customers, each beside the median of all rows.

    counts: keys, complaints, outlets, customers (0 or missing where unknown). Gives two rows per row: keys, per
    ("outlets" or "customers"), estimate, low, high (exact Poisson), n (outlets or customers), median, times (estimate
    / median).
    """
    units = {"outlets": OUTLETS, "customers": CUSTOMERS}
    keys = counts.columns.drop(["complaints", *units])
    each = counts.iloc[np.repeat(np.arange(len(counts)), len(units))].reset_index(drop=True)
    exposure = counts[[*units]].to_numpy().ravel()
    each = rate(each.assign(exposure=exposure, per=[*units] * len(counts)), per=np.tile([*units.values()], len(counts)))
    median = each.groupby("per")["estimate"].transform("median")
    out = each[[*keys, "per", "estimate", "low", "high", "n"]]
    return out.assign(median=median, times=out["estimate"] / median.where(median > 0))


def largest(rows: pd.DataFrame, most: int, kind: str = "kind", n: str = "n") -> pd.DataFrame:
    """The rows of the `most` kinds with the largest n, those kinds in order. Hidden rows stay with their kind."""
    size = rows.groupby(kind, sort=False)[n].transform("max").fillna(0)
    kinds = pd.DataFrame({"kind": rows[kind], "size": size}).drop_duplicates("kind")
    order = kinds.nlargest(most, "size")["kind"]
    place = rows[kind].map({code: i for i, code in enumerate(order)})
    return rows[place.notna()].iloc[np.argsort(place[place.notna()].to_numpy(), kind="stable")].reset_index(drop=True)
