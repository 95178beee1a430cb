"""What a reader takes along: columns by their names, days as days."""

import datetime

import pandas as pd

from moments import export, text


def test_times_at_midnight_are_days_and_others_stay_times():
    day, time = pd.Timestamp("2025-08-11"), pd.Timestamp("2025-08-11 09:30")
    rows = pd.DataFrame({"period": [day, None], "received_at": [day, time], "internal": 1})
    with text.reading("en"):
        shown, none = (export.labelled(part, "complaints") for part in (rows, rows.iloc[:0]))
    assert list(shown) == list(none) == ["Period", "Received at"]
    assert shown["Period"][0] == datetime.date(2025, 8, 11) and pd.isna(shown["Period"][1])
    assert shown["Received at"][1] == time
    assert export.csv(shown).decode("utf-8-sig").splitlines()[1] == "2025-08-11,2025-08-11 00:00:00"


def test_numbers_are_short_for_the_eye_alone():
    rows = pd.DataFrame({"a": [8675.4767, 39.2157, 0.023456, 0, float("nan"), -123456.8], "b": [1, 2, 3, 4, 5, 123456]})
    shown = export.short(rows)
    assert shown["a"].tolist()[:4] == [8675, 39.22, 0.02346, 0] and pd.isna(shown["a"][4]) and shown["a"][5] == -123457
    assert shown["b"].tolist() == rows["b"].tolist() and rows["a"][0] == 8675.4767
