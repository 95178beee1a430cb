"""What complaints are counted against, and shares of one group against the rest."""

import numpy as np
import pandas as pd
import pytest

from moments.metrics import exposure, shares

close = pytest.approx
MONTHS = pd.Series(pd.date_range("2025-01-01", periods=3, freq="MS"))


def test_the_grain_is_as_fine_as_the_complaints_are_many():
    assert [exposure.grain(n, 365) for n in (5000, 200, 40, 1, 0)] == ["week", "month", "quarter", "quarter", "quarter"]
    assert exposure.grain(10, 0) == "quarter"


def test_days_of_a_period_that_is_cut():
    assert exposure.days(MONTHS, "month", "2025-01-15", "2025-03-31").tolist() == [17, 28, 31]
    weeks = pd.Series(pd.to_datetime(["2024-12-30", "2025-01-06"]))
    assert exposure.days(weeks, "week", "2025-01-01", "2025-01-06").tolist() == [5, 1]
    assert exposure.days(MONTHS, "month", "2026-01-01", "2026-02-01").tolist() == [0, 0, 0]
    assert len(exposure.days(MONTHS[:0], "month", "2026-01-01", "2026-02-01")) == 0


def test_customers_of_the_branches_asked_for():
    register = pd.DataFrame({"branch": list("abc"), "region": ["n", "n", "s"], "customers": [10, 20, None]})
    assert exposure.of_customers(register) == 30
    assert exposure.of_customers(register, branches=("a",)) == 10
    assert exposure.of_customers(register, regions=("n",), branches=("b",)) == 20
    assert np.isnan(exposure.of_customers(register, branches=("c",)))
    assert np.isnan(exposure.of_customers(register[:0]))


def test_tickets_are_counted_against_only_if_all_are_on_record():
    span = pd.Series([31.0, 28.0, 31.0])
    every = pd.DataFrame({"period": MONTHS, "n": [1000] * 3, "days": [44, 40, 44], "branches": [2, 2, 2]})
    sample = every.assign(days=[3, 3, 3])
    answers = every[["period", "n"]]
    assert exposure.recorded(every, span) == close(128 / 180)
    assert exposure.usual({"visits": every, "answers": answers}, span) == "visits"
    assert exposure.usual({"visits": sample, "answers": answers}, span) == "answers"
    assert exposure.usual({"visits": sample, "customers": answers}, span) == "visits"
    assert exposure.usual({}, span) == "days"
    assert exposure.recorded(every[:0], span[:0]) == 0


def test_periods_without_or_with_hidden_exposure_have_none():
    complaints = pd.DataFrame({"period": MONTHS.dt.date, "n": [5, 0, 2]})
    visits = pd.DataFrame({"period": MONTHS[:2], "n": [100.0, np.nan]})
    rows = exposure.against(complaints, visits)
    assert rows["complaints"].tolist() == [5, 0, 2] and rows["exposure"].tolist() == [100, 0, 0]
    assert exposure.against(complaints[:0], visits).empty


def test_a_share_against_the_rest_and_against_before():
    counts = pd.DataFrame({"grp": list("abcd"), "hits": [56.0, 48.0, np.nan, 0], "n": [70.0, 80.0, np.nan, 0]})
    rows = shares.against_rest(counts)
    assert rows["estimate"].tolist() == close([0.8, 0.6, np.nan, np.nan], nan_ok=True)
    assert rows["p"][0] == close(rows["p"][1]) and rows["q"][:2].tolist() == close([rows["p"][0]] * 2)
    moved = shares.difference(counts.iloc[:1], counts.iloc[1:2].assign(grp="a"), ["grp"])
    assert moved.loc[0, ["estimate", "low", "high"]].tolist() == close([0.2, 0.05243, 0.33387], abs=1e-5)
    assert shares.difference(counts.iloc[:1], counts.iloc[1:2])["n_other"][0] == 80
    assert shares.against_rest(counts[:0]).empty


def test_what_is_looked_at_ends_with_the_data():
    data = pd.Timestamp("2025-01-10"), pd.Timestamp("2025-06-20")
    assert exposure.within(None, None, *data) == data
    assert exposure.within("2024-01-01", "2025-03-31", *data) == (data[0], pd.Timestamp("2025-03-31"))
    assert exposure.upto("2025-03-31", "2025-06-20 09:00") == pd.Timestamp("2025-04-01")  # the whole last day
    assert exposure.upto("2025-06-20", "2025-06-20 09:00") == pd.Timestamp("2025-06-20 09:00")


def test_a_period_ends_where_the_next_begins():
    week, month, quarter = ("2025-03-31", "2025-04-07"), ("2025-02-01", "2025-03-01"), ("2025-10-01", "2026-01-01")
    for step, (first, end) in {"week": week, "month": month, "quarter": quarter}.items():
        assert exposure.ends(pd.Series([first]), step).tolist() == [pd.Timestamp(end)]


def test_customers_are_counted_by_the_year_and_days_are_there_always():
    span, periods = pd.Series([365.25, 0.0]), pd.Series(["2025-01-01", "2026-01-01"])
    nothing = pd.DataFrame({"period": [], "n": []})
    found = exposure.found(span, periods, 20_000, visits=nothing, answers=None)
    assert list(found) == ["customers", "days"] and found["customers"]["n"].tolist() == close([20_000, 0])
    assert list(exposure.found(span, periods)) == ["days"]


def test_periods_without_exposure_do_not_count_towards_the_whole():
    rows = pd.DataFrame({"complaints": [5, 7, 2], "exposure": [100.0, 0.0, 50.0]})
    assert exposure.total(rows).iloc[0].tolist() == [7, 150]
