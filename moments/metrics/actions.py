"""Did what we did work? Before and after, against those who did not act.

Change = after - before (Welch). Difference in differences = the change of who acted less the change of who did not.
Peers change for reasons of their own, and not all alike: tau^2, the spread of their changes beyond chance
(DerSimonian and Laird), is part of the error, so that one lucky branch is not proof; it is known from so many peers
only, so Student's t on peers - 1.
Source: Card and Krueger (1994) for the design; it assumes that without the action both would have moved alike.
"""

import numpy as np
import pandas as pd

from moments.metrics import scores
from moments.metrics.funnel import between_variance
from moments.metrics.intervals import (
    floats,
    mean_variance,
    p_normal,
    p_student,
    t_quantile,
    two_means,
    z_quantile,
)

FORM = ("n", "total", "total_sq")


def change(counts: pd.DataFrame) -> pd.DataFrame:
    """After less before, one row per row.

    counts: keys, n, total, total_sq (after) and n_before, total_before, total_sq_before. Gives keys, before, after
    (means), estimate, low, high, p, n, n_before, se.
    """
    after = [counts[c] for c in FORM]
    before = [counts[c + "_before"] for c in FORM]
    found = two_means(*after, *before)
    (mean_after, v_after), (mean_before, v_before) = mean_variance(*after), mean_variance(*before)
    n_after, n_before = floats(after[0], before[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(v_after / n_after + v_before / n_before)
    keys = counts.drop(columns=[*FORM, *(c + "_before" for c in FORM)])
    return keys.assign(
        before=mean_before, after=mean_after, estimate=found.estimate, low=found.low, high=found.high, p=found.p,
        n=counts["n"], n_before=counts["n_before"], se=se,
    )  # fmt: skip


def widen(after: pd.DataFrame, before: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Two frames in any form of `scores`, as `change` takes them; keys `on`, rows that both have."""
    sides = [scores.of(side)[[*on, *FORM]] for side in (after, before)]
    return sides[0].merge(sides[1], on=on, suffixes=("", "_before"))


def against_peers(counts: pd.DataFrame, acted: str = "acted") -> pd.DataFrame:
    """Difference in differences of every acting row against all that did not act.

    counts: as for `change`, with the boolean `acted`; peers may be one row (all together) or one row each, which is
    better: only then can their own spread be told (with one row the error is that of chance alone, normal). Gives the
    acting rows of `change` with effect, effect_low, effect_high, effect_p, peers (how many), peers_change, tau (their
    spread, in units of the score). NaN without peers.
    """
    moved = change(counts)
    mine, others = moved[moved[acted].astype(bool)], moved[~moved[acted].astype(bool)]
    others = others[others["se"] > 0]
    variance = others["se"].to_numpy() ** 2
    tau2 = between_variance(others["estimate"], variance)
    weight = 1 / (variance + tau2)
    total = weight.sum()
    drift = (weight * others["estimate"]).sum() / total if total > 0 else np.nan
    error = np.sqrt(mine["se"] ** 2 + tau2 + (1 / total if total > 0 else np.nan))
    effect = mine["estimate"] - drift
    df = len(others) - 1
    half = (t_quantile(df) if df > 0 else z_quantile()) * error
    p = p_student(effect / error, df) if df > 0 else p_normal(effect / error)
    return mine.assign(
        effect=effect, effect_low=effect - half, effect_high=effect + half, effect_p=p,
        peers=len(others), peers_change=drift, tau=np.sqrt(tau2),
    )  # fmt: skip
