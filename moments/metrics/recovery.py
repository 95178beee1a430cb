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


def by_step(masks: pd.DataFrame, names: Sequence[str] = STEPS) -> pd.DataFrame:
    """hits and n of every step. masks: one row per combination with steps (bit k set: names[k] kept) and n."""
    flags = masks["steps"].to_numpy(np.int64)[:, None] >> np.arange(len(names)) & 1
    n = masks["n"].to_numpy(float)
    return pd.DataFrame({"step": list(names), "hits": flags.T @ n, "n": n.sum()})


def by_count(masks: pd.DataFrame, most: int = len(STEPS)) -> pd.DataFrame:
    """n, total, total_sq by how many steps were kept, 0 to `most`. masks: steps, rated, total, total_sq."""
    bits = masks["steps"].to_numpy(np.int64)[:, None] >> np.arange(most) & 1
    sums = masks[["rated", "total", "total_sq"]].groupby(bits.sum(axis=1)).sum().reindex(range(most + 1), fill_value=0)
    return sums.rename(columns={"rated": "n"}).rename_axis("steps").reset_index()


def after(counts: pd.DataFrame) -> pd.DataFrame:
    """Mean satisfaction after, Student. counts: rated, total, total_sq. Gives estimate, low, high, n."""
    found = t_mean(counts["rated"], counts["total"], counts["total_sq"])
    return pd.DataFrame({**found._asdict(), "n": counts["rated"].to_numpy()})


def after_change(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Its difference, now less before: Welch. Both of one row. Gives estimate, low, high, p, n, n_other."""
    columns = [side[c] for side in (now, before) for c in ("rated", "total", "total_sq")]
    found = two_means(*columns)
    sizes = {"n": now["rated"].to_numpy(), "n_other": before["rated"].to_numpy()}
    return pd.DataFrame({"estimate": found.estimate, "low": found.low, "high": found.high, "p": found.p, **sizes})


def tones(rows: pd.DataFrame) -> list[str]:
    """good, bad or unsure for rows of `strategies`: against the others together, after allowing for many looks."""
    sure = rows["q"] < 0.05
    way = np.where(rows["more"] > 0, "good", "bad")
    return list(np.where(sure, way, "unsure"))
