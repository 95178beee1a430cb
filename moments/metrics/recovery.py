"""Does mending pay? Satisfaction after recovery, the CLEAR steps, the six strategies.

The published evidence (de Matos, Henrique and Rossi 2007, J. Serv. Res. 10): a recovered failure may lift
satisfaction above that of customers who never had one, but not their repurchase; and people choose whether they
complain.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, t_mean, two_means, wilson
from moments.metrics.regression import least_squares

SUMS = ("n", "total", "total_sq")
STEPS = ("control", "listen", "establish", "apologise", "resolve")


def against_never(sums: pd.DataFrame, never: str = "never", group: str = "group") -> pd.DataFrame:
    """Each group of customers who met a failure, less all who never did: Welch.

    sums: group, other keys (severity), n, total, total_sq; the rows of `never` are added up. Gives the other rows'
    keys, mean, mean_never, estimate (difference), low, high, p, n, n_never.
    """
    is_never = sums[group] == never
    rows = sums[~is_never]
    base = [np.full(len(rows), float(sums.loc[is_never, c].sum())) for c in SUMS]
    found = two_means(*(rows[c] for c in SUMS), *base)
    means = t_mean(*(rows[c] for c in SUMS)).estimate, t_mean(*base).estimate
    return rows.drop(columns=list(SUMS)).assign(
        mean=means[0], mean_never=means[1], estimate=found.estimate, low=found.low, high=found.high, p=found.p,
        n=rows["n"], n_never=base[0],
    )  # fmt: skip


def steps_kept(counts: pd.DataFrame) -> pd.DataFrame:
    """Share of cases in which a step was kept, Wilson. counts: keys (step, branch), hits, n."""
    return counts.assign(**wilson(counts["hits"], counts["n"])._asdict())


def by_number(sums: pd.DataFrame) -> pd.DataFrame:
    """Satisfaction after, by how many steps were kept, Student. sums: keys (number of steps), n, total, total_sq."""
    return sums.assign(**t_mean(*(sums[c] for c in SUMS))._asdict())


def worth(sums: pd.DataFrame, names: Sequence[str] = STEPS, mask: str = "steps") -> pd.DataFrame:
    """What each step goes with in satisfaction after, the others held: least squares on all flags together.

    sums: one row (or more) per mask (bit k set: names[k] kept) with n, total, total_sq. Gives step, estimate, low,
    high (points), p, share (kept), n. NaN for a step always or never kept, or always together with another.
    """
    n, y, yy = floats(*(sums[c] for c in SUMS))
    flags = sums[mask].to_numpy(np.int64)[:, None] >> np.arange(len(names)) & 1
    design = np.column_stack([np.ones(len(sums)), flags])
    fit = least_squares(design.T @ (design * n[:, None]), design.T @ y, yy.sum(), n.sum(), y.sum())
    low, high = fit.interval()
    share = flags.T @ n / n.sum() if n.sum() > 0 else np.full(len(names), np.nan)
    return pd.DataFrame({
        "step": list(names), "estimate": fit.b[1:], "low": low[1:], "high": high[1:], "p": fit.p[1:], "share": share,
        "n": n.sum(),
    })  # fmt: skip


def strategies(sums: pd.DataFrame) -> pd.DataFrame:
    """Mean satisfaction after each strategy (Student), and against all the others together (Welch, q over the rows).

    sums: keys (strategy), n, total, total_sq. Gives sums' keys, estimate, low, high, n, more, more_low, more_high
    (less the others' mean), p, q.
    """
    own = [sums[c].to_numpy(float) for c in SUMS]
    rest = [c.sum() - c for c in own]
    found = two_means(*own, *rest)
    out = sums.drop(columns=list(SUMS)).assign(**t_mean(*own)._asdict(), n=sums["n"])
    return out.assign(
        more=found.estimate, more_low=found.low, more_high=found.high, p=found.p, q=q_values(found.p)
    )
