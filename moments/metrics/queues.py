"""The queue as its tickets tell it: who is served, gives up or is sent away, how soon, and what a model needs to know.

Rows hold keys, `replicate`, n (tickets with a person behind them), served, abandoned, closed (sent away at closing),
in_time (served within a clock), waited and wait (tickets whose wait is known, sum of their minutes; the query says
whether those who gave up are among them). People who queue
together wait together, so intervals come from the stored replicate and not from n alone.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics import jackknife
from moments.metrics.discovery import q_values
from moments.metrics.intervals import floats, p_student, t_quantile, wilson, z_quantile

SHARES = {"abandoned": ("served", "abandoned"), "in_time": ("served", "abandoned"), "closed": ("n",)}  # hits: of these
BETTER = {"wait": -1, "in_time": 1, "abandoned": -1, "closed": -1}  # whether more is better
HOTLINE, HALL = "20", "600"  # the clock, in seconds, that each is usually held to
QUICK = 2.0  # mean minutes of waiting under which it is a hotline
OPEN = 0.1  # share of an hour's tickets that must be served for the doors to count as open


def measure(rows: pd.DataFrame, what: str, keys: Sequence[str] = ()) -> pd.DataFrame:
    """One row per key: estimate, low, high, se, groups, n.

    what: "wait" mean minutes of the tickets that the query counts; "abandoned" share of served and abandoned that gave
    up; "in_time" share of the same that was served within the clock; "closed" share of all sent away at closing.
    Shares (0..1) have a Wilson interval on the effective n that the jackknife's error implies (Korn and Graubard
    1998, Survey Methodology 24), never more than n. Raises KeyError for another measure.
    """
    found = jackknife.of_arrays(rows, keys, _sums(rows, what), lambda sums: _divided(**sums))
    if what == "wait":
        return found.assign(low=found["low"].clip(lower=0))
    p, se, n = floats(found["estimate"], found["se"], found["n"])
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = p * (1 - p) * (z_quantile() / (t_quantile(found["groups"] - 1) * se)) ** 2
    effective = np.where((p == 0) | (p == 1), n, np.minimum(effective, n))
    effective = np.where(found["groups"] > 1, effective, np.nan)
    limits = wilson(p * effective, effective)
    return found.assign(low=limits.low, high=limits.high)


def change(now: pd.DataFrame, before: pd.DataFrame, what: str) -> pd.DataFrame:
    """`measure` of all rows now less before: estimate, low, high, p, n, n_other, one row (Student on the jackknife)."""
    return jackknife.difference(measure(now, what), measure(before, what))


def against_rest(rows: pd.DataFrame, what: str, key: str = "grp") -> pd.DataFrame:
    """`measure` per group, and whether it differs from that of all other groups together.

    Adds p (Student on the jackknife's error of the difference) and q (Benjamini-Hochberg over the groups).
    """

    def difference(sums: dict[str, np.ndarray]) -> np.ndarray:
        rest = {name: values.sum(axis=-1, keepdims=True) - values for name, values in sums.items()}
        return _divided(**sums) - _divided(**rest)

    d = jackknife.of_arrays(rows, [key], _sums(rows, what), difference)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = p_student(d["estimate"] / d["se"], d["groups"] - 1)
    return measure(rows, what, [key]).assign(p=p, q=q_values(p))


def usual_clock(rows: pd.DataFrame) -> str:
    """HOTLINE or HALL, whichever these tickets look like; HALL where no wait is known."""
    return HOTLINE if measure(rows, "wait")["estimate"].lt(QUICK).any() else HALL


def is_open(rows: pd.DataFrame) -> pd.Series:
    """True where at least one ticket in ten was served; rows are summed over replicates. Night calls that nobody
    could answer are not a queue."""
    served, n = floats(rows["served"], rows["n"])
    return pd.Series((n > 0) & (served >= OPEN * n) & (served > 0), index=rows.index)


def summed(rows: pd.DataFrame, keys: Sequence[str], same: Sequence[str] = ()) -> pd.DataFrame:
    """The rows of one key added up over replicates, in order of the keys; `same` names columns that repeat instead.

    Hidden rows are left out.
    """
    shown = rows[~rows["hidden"].astype(bool)] if "hidden" in rows else rows
    numbers = [c for c in shown.columns if c not in (*keys, "replicate", "hidden")]
    heads, place = jackknife.places(shown, keys)
    _, first = np.unique(place, return_index=True)
    found = {
        c: values[first] if c in same else np.bincount(place, np.nan_to_num(values), len(heads))
        for c, values in zip(numbers, floats(*(shown[c] for c in numbers)), strict=True)
    }
    return heads.assign(**found).sort_values(list(keys), ignore_index=True)


def patience(rows: pd.DataFrame) -> float | None:
    """Mean minutes until people give up, were they never served: all minutes waited over the number who gave up.

    rows: by hour, as for `hours`; shut hours are left out. The maximum likelihood of exponential patience, with those
    served or sent away censored (Brown et al. 2005, JASA 100, section 5). None where nobody gave up.
    """
    whole = summed(rows, ["hour"], same=["days"])
    whole = whole[is_open(whole)]
    gone = whole["abandoned"].sum()
    return float(whole["wait"].sum() / gone) if gone > 0 else None


def cells(rows: pd.DataFrame, what: str) -> pd.DataFrame:
    """`measure` per weekday and hour; `shut` where nearly nobody is served, whose numbers tell nothing."""
    whole = summed(rows, ["weekday", "hour"])
    shut = whole[["weekday", "hour"]].assign(shut=~is_open(whole))
    found = measure(rows, what, ["weekday", "hour"]).merge(shut, on=["weekday", "hour"], how="left")
    found["shut"] = found["shut"].eq(True)
    numbers = ["estimate", "low", "high"]
    return found.assign(**{c: found[c].where(~found["shut"]) for c in numbers})


def costliest(rows: pd.DataFrame) -> str:
    """The group whose tickets lost most minutes in line, all told; "" where none is shown. rows: grp and as above."""
    found = summed(rows, ["grp"])
    return str(found.loc[found["wait"].idxmax(), "grp"]) if len(found) else ""


def hours(rows: pd.DataFrame) -> pd.DataFrame:
    """What a model of each open hour needs, and what was seen in it.

    rows: hour, replicate, days (the same in all rows of an hour), the columns named above, timed and service (tickets
    with a service time, sum of minutes), counted and counters (tickets that tell the open counters, sum).
    Gives one row per open hour with a known service time: hour, arrivals (per open hour of one day of one branch),
    service (mean minutes), counters (mean; NaN where no ticket tells), days, and the wait seen: estimate, low, high, n.
    """
    whole = summed(rows, ["hour"], same=["days"])
    whole = whole[is_open(whole) & (whole["days"] > 0)]
    found = pd.DataFrame(
        {
            "hour": whole["hour"].astype(int),
            "arrivals": _divided(whole["n"], whole["days"]),
            "service": _divided(whole["service"], whole["timed"]),
            "counters": _divided(whole["counters"], whole["counted"]),
            "days": whole["days"].astype(int),
        }
    ).dropna(subset="service")
    seen = measure(rows, "wait", ["hour"])[["hour", "estimate", "low", "high", "n"]]
    return found.merge(seen, on="hour", how="left")


def _sums(rows: pd.DataFrame, what: str) -> dict[str, np.ndarray]:
    """What a measure divides, row by row: by n."""
    if what == "wait":
        return dict(zip(("top", "n"), floats(rows["wait"], rows["waited"]), strict=True))
    return {"top": floats(rows[what])[0], "n": sum(floats(*(rows[c] for c in SHARES[what])))}


def _divided(top, n) -> np.ndarray:
    top, n = floats(top, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, top / n, np.nan)
