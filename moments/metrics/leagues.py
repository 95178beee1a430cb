"""Branches side by side under one measure: the small ones pooled, each with its interval, held against the others.

Counts come in any form of `scores`. What a reader may see of a branch is decided here, once, before anything is
computed from it: see `pooling`.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from moments import privacy
from moments.metrics import casemix, discovery, funnel, nps, ranks, scores, shrinkage, versus
from moments.metrics.intervals import p_normal, t_mean, wilson, z_quantile
from moments.metrics.pooling import plan, pool

DRAWS = 2_000_000  # ranks drawn in all: 2,000 of each branch, fewer of very many branches


def pooled(rows: pd.DataFrame, threshold: int, by: str | None = None) -> pd.DataFrame:
    """The rows that may be shown: branches with fewer than `threshold` answers become "others" of their region.

    rows: branch, region, `by` (a code within the branch, or None to add up over all), counts, and under filters what
    each may be shown as (see `privacy.Reach`). Gives one row per
    (branch, by): branch (the code, or one that names a pool), code (the branch's own, "" of a pool), region (tuple of
    the regions shown as one), members (branches in the row), counts. No rows where all together are too few.
    """
    counts = rows[["branch", "region", *([by] if by else []), *scores.FORMS[scores.form(rows)]]]
    shown = plan(rows.assign(n=scores.sums(counts)[0]), threshold)
    out = pool(counts, shown, by=[by] if by else [])
    out.columns = ["code", *out.columns[1:]]
    pairs = zip(out["code"], out["region"], strict=True)
    return out.assign(branch=[code or "others:" + "+".join(regions) for code, regions in pairs])


def pooled_each(rows: pd.DataFrame, threshold: int, each: str) -> pd.DataFrame:
    """`pooled` for the rows of every code in the column `each` for itself, which is kept."""
    parts = [pooled(part, threshold).assign(**{each: code}) for code, part in rows.groupby(each, sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else pooled(rows, threshold).assign(**{each: ""})


def estimates(counts: pd.DataFrame) -> pd.DataFrame:
    """Keys with estimate, low, high, n in the measure's own way: adjusted Wald, Wilson or Student's interval."""
    form = scores.form(counts)
    keys = scores.keys(counts)
    if form == "nps":
        found = nps.score(counts[list(scores.FORMS["nps"])].astype("int64"))
        return keys.assign(**{c: found[c].to_numpy() for c in ("estimate", "low", "high", "n")})
    found = wilson(counts["hits"], counts["n"]) if form == "share" else t_mean(*(counts[c] for c in scores.FORMS[form]))
    return keys.assign(estimate=found.estimate, low=found.low, high=found.high, n=counts["n"])


def standing(counts: pd.DataFrame, dispersion: str = "additive") -> pd.DataFrame:
    """`estimates` with what the funnel says of each: theta, z, p, q, real (really different), and its walls."""
    said = _said(counts, dispersion)
    told = ["theta", "z", "p", "q", "real", *(c for c in said if c.endswith(("_95", "_998")))]
    return estimates(counts).assign(**{c: said[c].to_numpy() for c in told})


def _said(counts: pd.DataFrame, dispersion: str) -> pd.DataFrame:
    """What the funnel says of each."""
    said = funnel.funnel(counts, dispersion)
    if dispersion == "none":  # of the false alarms that a page may give, 5 %, walls of pure chance take half
        said["real"] = said["q"] <= discovery.FALSE_SHARE / 2
    return said


def by_chance(counts: pd.DataFrame, dispersion: str) -> int:
    """How many are really different from pure chance, where `dispersion` allows for more than that; else 0."""
    return 0 if dispersion == "none" else int(_said(counts, "none")["real"].sum())


def walls(counts: pd.DataFrame, dispersion: str = "additive", points: int = 60) -> pd.DataFrame:
    """The funnel's walls from the least to the most answers of a branch, evenly on a logarithmic scale."""
    n = scores.sums(counts)[0]
    n = n[n > 0]
    grid = np.geomspace(n.min(), n.max(), points) if len(n) else []
    return funnel.limits(grid, funnel.target(counts, dispersion))


def regions(counts: pd.DataFrame) -> pd.DataFrame:
    """What `pooled` gave, added up to the regions that it shows: grp (tuple), members, counts."""
    columns = ["members", *scores.FORMS[scores.form(counts)]]
    return counts.groupby("region", as_index=False)[columns].sum().rename(columns={"region": "grp"})


def furthest(counts: pd.DataFrame) -> tuple[str, str] | None:
    """The lowest and the highest branch, pools left out; None with less than two.

    By the shrunk estimates: of thousands the bare extremes are those with the fewest answers, which tell least.
    """
    own = counts[counts["code"] != ""]
    if len(own) < 2:
        return None
    league = shrunk(own)
    league = league[league["estimate"].notna()].sort_values(["estimate", "raw"], kind="stable")
    return (league["branch"].iloc[0], league["branch"].iloc[-1]) if len(league) > 1 else None


def ladder(counts: pd.DataFrame, better: int = 1) -> pd.DataFrame:
    """Ranks with their intervals, in bands that cannot be told apart; the best first.

    Gives keys, estimate (rank), low, high, n, value (the measure), band.
    """
    league = scores.league(counts)
    known = league["estimate"].notna().to_numpy()
    counts, league = counts[known], league[known].reset_index(drop=True)
    draws = int(np.clip(DRAWS // max(len(league), 1), 200, 2000))
    out = ranks.ranks(league, descending=better > 0, draws=draws).assign(value=league["estimate"])
    order = np.argsort(out["estimate"].to_numpy())
    return out.iloc[order].reset_index(drop=True).assign(band=versus.bands(counts.iloc[order]))


def headed(rows: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """rows with a head above each band, as ranked lists draw them: name, strong, folded. A fold has no band."""
    order, heads, seen = [], [], set()
    for place, band in enumerate(rows["band"]):
        if band == band and band not in seen:
            seen.add(band)
            order.append(-1)
            heads.append(names[int(band)])
        order.append(place)
    head = np.array(order, dtype=int) < 0
    rows = rows.assign(strong=False, folded=rows["folded"] if "folded" in rows else False)
    out = rows.reset_index(drop=True).reindex(order)
    out.loc[head, "name"] = heads
    return out.assign(strong=head, folded=head | out["folded"].eq(True)).reset_index(drop=True)


def adjusted(counts: pd.DataFrame, threshold: int, by: str = "stratum") -> pd.DataFrame:
    """Each branch with the mix of all (see `casemix.standardise`), from `pooled` counts by stratum.

    Cells so small that raw and adjusted together would tell of single answers are left out of both mix and branch.
    """
    form = list(scores.FORMS[scores.form(counts)])
    cells = counts[["branch", by, *form]].assign(n=scores.sums(counts)[0])
    seen = privacy.hide(cells, "n", ("branch", by), threshold)
    seen = seen[~seen["hidden"]].drop(columns="hidden")
    whole = estimates(counts.groupby("branch", as_index=False, sort=False)[form].sum())
    found = casemix.standardise(seen[["branch", by, *form]], [by]).drop(columns=["raw", "n"])
    return whole[["branch", "n", "estimate"]].rename(columns={"estimate": "raw"}).merge(found, on="branch", how="left")


def between(rows: pd.DataFrame, one: str = "", other: str = "") -> pd.DataFrame:
    """Difference one less other of two rows with estimate and se (`adjusted`): one row, estimate, low, high, p.

    NaN where either is not there.
    """
    both = rows.set_index("branch").reindex([one, other])
    difference = both["estimate"].iloc[0] - both["estimate"].iloc[1]
    se = float(np.hypot(*both["se"]))
    half = z_quantile() * se
    p = float(p_normal(difference / se)) if se > 0 else np.nan
    return pd.DataFrame({"estimate": [difference], "low": difference - half, "high": difference + half, "p": p})


def table(
    leagues: Mapping[str, pd.DataFrame], better: Mapping[str, int], dispersion: str = "additive"
) -> pd.DataFrame:
    """Branch by measure, every cell against its own league, all cells one family of looks.

    leagues: measure -> pooled counts. Gives branch, code, name, region, members, measure, estimate, low, high, n, p, q,
    real, and side: 1 better than the league, -1 worse, 0 not really different.
    """
    parts = [standing(counts, dispersion).assign(measure=measure) for measure, counts in leagues.items()]
    out = discovery.discoveries(pd.concat(parts, ignore_index=True))
    way = np.sign(out["estimate"] - out["theta"]) * out["measure"].map(better)
    keep = ["branch", "code", "name", "region", "members", "measure", "estimate", "low", "high", "n", "p", "q", "real"]
    return out[[c for c in keep if c in out]].assign(side=np.where(out["real"], way, 0).astype(int))


def rivals(counts: pd.DataFrame, chosen: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """The pair to begin with: the first two chosen, filled up with the lowest and the highest; None with under two."""
    pair = furthest(counts)
    if pair is None:
        return None
    known = set(counts.loc[counts["code"] != "", "branch"])
    order = list(dict.fromkeys([*(c for c in chosen if c in known), *pair]))
    return order[0], order[1]


def duel(counts: pd.DataFrame, one: str, other: str) -> pd.Series:
    """`versus.a_or_b` with the two estimates as value and value_other, and `pairs`, how many could be looked at."""
    row = versus.a_or_b(counts, one, other)
    league = scores.league(counts).set_index("branch")["estimate"]
    k = int(league.notna().sum())
    return pd.concat([row, pd.Series({"value": league[one], "value_other": league[other], "pairs": k * (k - 1) // 2})])


def shrunk(counts: pd.DataFrame) -> pd.DataFrame:
    """Shrunk estimates in the measure's own way: beta-binomial for shares, else normal.

    Gives keys, raw, estimate, low, high, n, weight.
    """
    if scores.form(counts) == "share":
        return shrinkage.beta_binomial(counts)
    return shrinkage.normal(scores.league(counts))
