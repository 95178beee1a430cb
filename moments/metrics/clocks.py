"""Promises with a clock: answered within 30 seconds, closed within 48 hours. "Within" means <=.

A case still open is not a breach before its clock has run, and never a success; a flag may be pending. Both are left
out of the share, and counted beside it. Times and clocks are in one unit, whichever the rows have.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moments.metrics.intervals import floats, wilson

KEPT, BREACHED, RUNNING = "kept", "breached", "running"


def state(time, is_open, clock) -> np.ndarray:
    """kept, breached or running for each case; None where the time is unknown.

    time: until it was done, or for how long it has been open; is_open: boolean.
    """
    (time,) = floats(time)
    is_open = np.asarray(is_open, bool)
    late = np.where(time > clock, BREACHED, np.where(is_open, RUNNING, KEPT)).astype(object)
    return np.where(np.isnan(time), None, late)


def kept(counts: pd.DataFrame) -> pd.DataFrame:
    """Share kept with Wilson's interval. counts: keys, kept, breached (running or pending beside them change nothing).

    Gives counts and estimate, low, high, n (kept + breached).
    """
    n = counts[KEPT] + counts[BREACHED]
    return counts.assign(**wilson(counts[KEPT], n)._asdict(), n=n)


def from_times(counts: pd.DataFrame, clocks: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """The share kept under each clock, from the rows of a survival curve: by, time, closed, open.

    Gives one row per (by, clock): by, clock, kept, breached, running, estimate, low, high, n.
    """
    parts = []
    for clock in clocks:
        late = counts["time"] > clock
        part = counts[list(by)].assign(clock=clock, kept=counts["closed"].where(~late, 0))
        part[BREACHED] = (counts["closed"] + counts["open"]).where(late, 0)
        part[RUNNING] = counts["open"].where(~late, 0)
        parts.append(part[counts["time"].notna()])
    columns = [*by, "clock", KEPT, BREACHED, RUNNING]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return kept(rows.groupby([*by, "clock"], as_index=False, sort=False, observed=True, dropna=False).sum())


def ageing(counts: pd.DataFrame, edges: Sequence[float], by: Sequence[str] = ()) -> pd.DataFrame:
    """Open cases by age: (0, e1], (e1, e2], ..., beyond the last edge. counts: by, time (age), open.

    Gives one row per (by, band): by, age_from, age_to (inf in the last), open, share (of the open cases of the
    group). Bands without cases are there with 0.
    """
    ends = np.array([*edges, np.inf], float)
    rows = counts[counts["time"].notna()]
    band = np.searchsorted(ends, rows["time"].to_numpy(float), side="left")
    cells = rows[list(by)].assign(**{f"band{i}": rows["open"].where(band == i, 0) for i in range(len(ends))})
    sums = cells.groupby(list(by), sort=False, observed=True, dropna=False).sum() if by else cells.sum().to_frame().T
    out = []
    for key, line in sums.iterrows():
        held = line.to_numpy(float)
        total = held.sum()
        for i, count in enumerate(held):
            names = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)) if by else {}
            band = {"age_from": ends[i - 1] if i else 0.0, "age_to": ends[i], "open": count}
            out.append(names | band | {"share": count / total if total > 0 else np.nan})
    return pd.DataFrame(out, columns=[*by, "age_from", "age_to", "open", "share"])


def promised(counts: pd.DataFrame) -> pd.DataFrame:
    """`kept` of counts that tell closed too late from still open too long: keys, kept, late, overdue, running.

    Both are broken promises; running beside them changes nothing. Gives counts, breached, and estimate, low, high, n.
    """
    return kept(counts.assign(**{BREACHED: counts["late"] + counts["overdue"]}))


def funnel(counts: pd.DataFrame, stages: Sequence[str]) -> pd.DataFrame:
    """How many of all received came to each stage. counts: one row with n and a column per stage.

    Gives one row per stage, "received" first: stage, n, of (received), and estimate, low, high (share of it, Wilson).
    """
    row = counts.iloc[0]
    rows = [("received", row["n"]), *((stage, row[stage]) for stage in stages)]
    out = pd.DataFrame(rows, columns=["stage", "n"]).assign(of=row["n"])
    return out.assign(**wilson(out["n"], out["of"])._asdict())
