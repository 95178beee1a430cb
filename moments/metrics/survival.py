"""Time until something is done, with what is still open counted as what it is: not done *yet* (Kaplan-Meier).

Counts in: one row per (any keys, `time`) with `closed` (done at that time) and `open` (still open, looked at for so
long). Time is in the unit of the rows (hours, days), never negative; a case open at t was still at risk at t.
Where a row stands for many closings, `first` tells when the first of them was and `time` the last: the curve is right
at every `time`, and a median that falls between is read off as if they were spread evenly.
Sources: Kaplan and Meier (1958); Greenwood (1926), log-log interval of Kalbfleisch and Prentice (2002), 1.4;
Brookmeyer and Crowley (1982) for the median; Mantel (1966) for the log-rank test.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from moments.metrics.intervals import z_quantile


def _groups(counts: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[dict, pd.DataFrame]]:
    if not by:
        if len(counts):
            yield {}, counts
        return
    for key, rows in counts.groupby(list(by), sort=False, observed=True, dropna=False):
        yield dict(zip(by, key, strict=True)), rows


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    """time, closed, open, at_risk, estimate, low, high of one group, from time 0 on."""
    rows = counts.loc[counts["time"].notna(), ["time", "closed", "open"]].astype(float)
    if (rows["time"] < 0).any():
        raise ValueError("time is negative")
    first = counts.loc[rows.index, "first"].astype(float) if "first" in counts else rows["time"]
    rows["first"] = first.where(rows["closed"] > 0)
    start = pd.DataFrame({"time": [0.0], "closed": 0.0, "open": 0.0, "first": np.nan})
    sums = pd.concat([start, rows]).groupby("time", as_index=False)
    table = sums.agg({"closed": "sum", "open": "sum", "first": "min"})
    leaving = table["closed"] + table["open"]
    table["at_risk"] = leaving[::-1].cumsum()[::-1]
    closed, at_risk = table["closed"].to_numpy(), table["at_risk"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(closed > 0, closed / at_risk, 0.0)
        survival = np.cumprod(1 - share)
        greenwood = np.cumsum(np.where(closed > 0, closed / (at_risk * (at_risk - closed)), 0.0))
        spread = np.exp(z_quantile() * np.sqrt(greenwood) / np.abs(np.log(survival)))
        low, high = survival**spread, survival ** (1 / spread)
    untouched = survival == 1
    table["estimate"] = survival
    table["low"], table["high"] = np.where(untouched, 1.0, low), np.where(untouched, 1.0, high)
    if at_risk.max(initial=0) == 0:
        table[["estimate", "low", "high"]] = np.nan
    return table


def curve(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Share still open after each time, one row per (by, time): time, at_risk, closed, open, estimate, low, high, n.

    A step holds from its time to the next. 95 % interval; NaN where the last case at risk closes (nothing is left to
    tell the error from).
    """
    parts = []
    for key, rows in _groups(counts, by):
        table = _table(rows)
        parts.append(table.assign(n=table["at_risk"].iloc[0], **key))
    columns = [*by, "time", "at_risk", "closed", "open", "estimate", "low", "high", "n"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _first(table: pd.DataFrame, column: str) -> float:
    """First time at which the steps are at or under one half; a step of exactly one half counts to its middle."""
    value = table[column].to_numpy()
    under = np.flatnonzero(value <= 0.5 + 1e-12)
    if not len(under):
        return np.nan
    step = under[0]
    if not step or not table["closed"].iloc[step]:
        return float(table["time"].iloc[step])
    before, after, closings = value[step - 1], value[step], table["closed"].iloc[step]
    nth = float(np.clip(np.ceil((before - 0.5) / (before - after) * closings - 1e-9), 1, closings))
    exactly = column == "estimate" and abs(before - (before - after) * nth / closings - 0.5) <= 1e-12
    found = _closing(table.iloc[step], nth)
    if not exactly:
        return found
    if nth < closings:
        return (found + _closing(table.iloc[step], nth + 1)) / 2
    lower = np.flatnonzero(value < 0.5 - 1e-12)
    return (found + _closing(table.iloc[lower[0]], 1)) / 2 if len(lower) else found


def _closing(step: pd.Series, nth: float) -> float:
    """When the n-th closing of a step was, if they lie evenly between its first and its last."""
    part = (nth - 1) / (step["closed"] - 1) if step["closed"] > 1 else 1.0
    return float(step["first"] + part * (step["time"] - step["first"]))


def median(counts: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Time by which half are closed, one row per group: estimate, low, high (time unit), n, closed, open.

    NaN where half are not closed yet; `high` NaN where the data do not bound it. Without open cases the estimate is
    the ordinary median.
    """
    out = []
    for key, rows in _groups(counts, by):
        table = _table(rows)
        out.append(
            key
            | {"estimate": _first(table, "estimate"), "low": _first(table, "low"), "high": _first(table, "high")}
            | {"n": table["at_risk"].iloc[0], "closed": table["closed"].sum(), "open": table["open"].sum()}
        )
    return pd.DataFrame(out, columns=[*by, "estimate", "low", "high", "n", "closed", "open"])


def closed_by(counts: pd.DataFrame, times: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """Share closed within (<=) each of `times`, one row per (by, time): estimate, low, high (0..1), n, at_risk.

    at_risk is how many were still watched at that time: NaN estimate when nobody was watched so long and not all had
    closed.
    """
    out = []
    for key, rows in _groups(counts, by):
        table = _table(rows)
        time = table["time"].to_numpy()
        for asked in times:
            step = table.iloc[np.searchsorted(time, asked, side="right") - 1]
            at_risk = float(table.loc[table["time"] >= asked, ["closed", "open"]].to_numpy().sum())
            known = at_risk > 0 or step["estimate"] == 0
            share = (1 - step[["estimate", "high", "low"]].to_numpy(float)) if known else np.full(3, np.nan)
            named = dict(zip(("estimate", "low", "high"), share, strict=True))
            out.append(key | {"time": asked} | named | {"n": table["at_risk"].iloc[0], "at_risk": at_risk})
    return pd.DataFrame(out, columns=[*by, "time", "estimate", "low", "high", "n", "at_risk"])


def log_rank(counts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Do the groups close equally fast? One row: chi2, df, p, n. NaN with fewer than two groups or no closures."""
    empty = pd.DataFrame([{"chi2": np.nan, "df": 0, "p": np.nan, "n": 0.0}])
    rows = counts[counts["time"].notna()]
    if not len(rows):
        return empty
    sums = rows.groupby(["time", by], observed=True)[["closed", "open"]].sum()
    wide = sums.unstack(by, fill_value=0)
    closed, left = wide["closed"].to_numpy(float), wide["open"].to_numpy(float)
    at_risk = (closed + left)[::-1].cumsum(axis=0)[::-1]
    groups = closed.shape[1]
    d, n = closed.sum(axis=1), at_risk.sum(axis=1)
    event = d > 0
    closed, at_risk, d, n = closed[event], at_risk[event], d[event], n[event]
    share = at_risk / n[:, None]
    excess = (closed - d[:, None] * share).sum(axis=0)
    spread = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    variance = np.einsum("t,ti,ij->ij", spread, share, np.eye(groups)) - np.einsum("t,ti,tj->ij", spread, share, share)
    total = float((wide["closed"] + wide["open"]).to_numpy().sum())
    df = groups - 1
    if df < 1 or not np.trace(variance) > 0:
        return empty.assign(n=total)
    chi2 = float(excess[1:] @ np.linalg.pinv(variance[1:, 1:]) @ excess[1:])
    return pd.DataFrame([{"chi2": chi2, "df": df, "p": float(chdtrc(df, chi2)), "n": total}])


def reach(steps: pd.DataFrame, by: str, most: float, left: float = 0.05) -> float:
    """How far an axis should go: until every group of `curve` has at most the share `left` open, and never over `most`.

    A few cases that drag on for years would else press all that matters against the side.
    """
    ends = []
    for _, rows in steps.groupby(by, sort=False):
        few = rows.loc[rows["estimate"] <= left + 1e-12, "time"]
        ends.append(few.min() if len(few) else rows["time"].max())
    return float(min(max(ends, default=most) or most, most))


def of_closed(counts: pd.DataFrame) -> pd.DataFrame:
    """The time of those that are closed, as if nothing were open: one row of median, mean, n; what open cases correct.

    counts: time, closed, hours (sum of the times of the closed), and first as above.
    """
    rows = counts[counts["closed"] > 0]
    n = rows["closed"].sum()
    middle = median(rows.assign(open=0))["estimate"].iloc[0] if n else np.nan
    return pd.DataFrame([{"median": middle, "mean": rows["hours"].sum() / n if n else np.nan, "n": n}])
