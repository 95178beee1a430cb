"""What complaints are counted against: tickets, answers, customers; days where there is nothing better.

A count without what it came from says little: twice the visitors, twice the complaints. Which of them a dataset has,
and whether its tickets are all or only a sample of days, decides.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from moments.metrics import matching
from moments.metrics.periods import STEP

PER = {"visits": 1_000, "answers": 1_000, "customers": 10_000, "days": 1}  # customers: customers in a year
YEAR = 365.25
RECORDED = 0.5  # share of branch-days on record under which tickets are a sample of days
TYPICAL = 10  # complaints that a period should hold: normal limits need no fewer, and few are hidden
LENGTHS = {"week": 7, "month": 30.4, "quarter": 91.3}


def grain(n: float, days: float) -> str:
    """The finest of week, month and quarter that holds TYPICAL complaints on average."""
    a_day = n / days if days > 0 else 0
    return next((name for name, length in LENGTHS.items() if a_day * length >= TYPICAL), "quarter")


def within(start, end, first, last) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day looked at: those chosen (None: no limit), as far as there are data."""
    first, last = pd.Timestamp(first), pd.Timestamp(last)
    return max(pd.Timestamp(start or first), first), min(pd.Timestamp(end or last), last)


def days(periods: pd.Series, step: str, first, last) -> pd.Series:
    """How many days of each period lie between `first` and `last`, both included."""
    start = pd.to_datetime(periods)
    until = pd.Timestamp(last) + pd.Timedelta(days=1)
    inside = ends(periods, step).clip(upper=until) - start.clip(lower=pd.Timestamp(first))
    return (inside.dt.total_seconds() / 86_400).clip(lower=0)


def ends(periods: pd.Series, step: str) -> pd.Series:
    """The first day after each week, month or quarter."""
    return pd.to_datetime(periods) + pd.tseries.frequencies.to_offset(STEP[step])


def of_customers(register: pd.DataFrame | None, regions=(), branches=()) -> float:
    """Personal customers of the branches asked for; none chosen means all. NaN where nobody knows.

    register: branch, region, customers.
    """
    if register is None:
        return np.nan
    rows = register
    for column, chosen in (("region", regions), ("branch", branches)):
        rows = rows[rows[column].isin(list(chosen))] if chosen else rows
    total = float(rows["customers"].sum())
    return total if total > 0 else np.nan


def recorded(visits: pd.DataFrame, span: pd.Series) -> float:
    """Share of all branch-days that have tickets. visits: days, branches per period; span: days of each period."""
    whole = (visits["branches"].max() if len(visits) else 0) * span.sum()
    return float(visits["days"].sum() / whole) if whole > 0 else 0.0


def usual(found: Mapping[str, pd.DataFrame], span: pd.Series) -> str:
    """Which to count against unless the reader says otherwise.

    Tickets if they are all on record, else answers, else what there is; days are there always.
    """
    if "visits" in found and recorded(found["visits"], span) >= RECORDED:
        return "visits"
    return next((name for name in ("answers", "visits", "customers") if name in found), "days")


def found(span: pd.Series, periods: pd.Series, customers: float = np.nan, **others) -> dict[str, pd.DataFrame]:
    """What complaints may be counted against: {name: period, n}, always with "days" and at its end.

    span: days of each of the periods. others: frames (period, n, ...) by name, or None. customers: how many there are.
    """
    known = {name: rows for name, rows in others.items() if rows is not None and rows["n"].sum() > 0}
    if customers > 0:
        known["customers"] = pd.DataFrame({"period": periods, "n": span * customers / YEAR})
    return known | {"days": pd.DataFrame({"period": periods, "n": span})}


def total(rows: pd.DataFrame) -> pd.DataFrame:
    """All periods with an exposure together, as one row."""
    rows = rows[rows["exposure"] > 0]
    return rows[["complaints", "exposure"]].sum().to_frame().T


def against(complaints: pd.DataFrame, exposure: pd.DataFrame) -> pd.DataFrame:
    """period, complaints, exposure: one row per period of `complaints`.

    Both frames: period, n. A period without exposure, or with a hidden one, has 0.
    """
    days = {"period": pd.to_datetime(complaints["period"]).to_numpy()}
    there = pd.DataFrame({"period": pd.to_datetime(exposure["period"])})
    place = matching.places(pd.DataFrame(days), there, ["period"])
    counted = np.nan_to_num(matching.taken(exposure["n"], place, 0.0))
    return pd.DataFrame(days | {"complaints": complaints["n"].fillna(0).to_numpy(), "exposure": counted})


def upto(last, until) -> pd.Timestamp:
    """The moment up to which is looked: the end of the last day, or what is known if that is earlier."""
    return min(pd.Timestamp(last) + pd.Timedelta(days=1), pd.Timestamp(until))
