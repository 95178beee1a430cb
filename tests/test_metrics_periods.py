"""Periods without gaps."""

from datetime import date

import pandas as pd
import pytest

from moments.metrics import periods


def rows(*days, n=1):
    return pd.DataFrame({"period": pd.to_datetime(list(days)), "n": n, "estimate": 1.0})


@pytest.mark.parametrize(
    ("grain", "first", "last", "count"),
    [
        ("month", "2025-01-01", "2025-04-01", 4),
        ("quarter", "2025-01-01", "2025-07-01", 3),
        ("week", "2025-01-06", "2025-01-27", 4),
    ],
)
def test_gaps_are_filled_with_nothing(grain, first, last, count):
    found = periods.complete(rows(first, last), grain)
    assert len(found) == count
    assert found["n"].tolist() == [1] + [0] * (count - 2) + [1]
    assert found["estimate"].isna().sum() == count - 2


def test_edges_reach_as_far_as_the_filter():
    found = periods.complete(rows("2025-02-01"), "month", date(2025, 1, 15), date(2025, 3, 31))
    assert [f"{d:%Y-%m}" for d in found["period"]] == ["2025-01", "2025-02", "2025-03"]


def test_no_rows():
    assert periods.complete(rows(), "month").empty
    assert len(periods.complete(rows(), "month", date(2025, 1, 1), date(2025, 2, 1))) == 2
