"""Weeks, months and quarters without gaps, so that a line does not jump over what was not asked."""

import functools

import pandas as pd

STEP = {"week": "W-MON", "month": "MS", "quarter": "QS"}


def complete(rows: pd.DataFrame, grain: str, start=None, end=None) -> pd.DataFrame:
    """rows with every period between the first and the last (or `start` and `end`, days within them), in order.

    rows: period (first day of a week, month or quarter), n, any columns. An added row has n = 0 and else nothing.
    `grain` is "week", "month" or "quarter". Raises KeyError for another.
    """
    days = pd.to_datetime(rows["period"])
    if rows.empty and not (start and end):
        return rows
    first = _floor(start, grain) if start else days.min()
    last = _floor(end, grain) if end else days.max()
    every = _every(min(first, days.min()) if len(days) else first, last, STEP[grain])
    if days.array.equals(every.array):
        return rows.assign(period=days, n=rows["n"].fillna(0)).reset_index(drop=True)
    found = rows.assign(period=days).set_index("period").reindex(every.rename("period")).reset_index()
    return found.assign(n=found["n"].fillna(0))


def bounds(day: str, grain: str) -> tuple:
    """First day of the period that `day` (ISO) lies in, and of the next; (None, None) for what is no day."""
    found = pd.to_datetime(day or None, format="ISO8601", errors="coerce")
    if pd.isna(found):
        return None, None
    first = _floor(found, grain)
    return first.date(), (first + pd.tseries.frequencies.to_offset(STEP[grain])).date()


@functools.lru_cache(maxsize=256)
def _every(first: pd.Timestamp, last: pd.Timestamp, step: str) -> pd.DatetimeIndex:
    return pd.date_range(first, last, freq=step)


@functools.lru_cache(maxsize=256)
def _floor(day, grain: str) -> pd.Timestamp:
    return pd.Timestamp(day).to_period({"week": "W-SUN", "month": "M", "quarter": "Q"}[grain]).start_time
