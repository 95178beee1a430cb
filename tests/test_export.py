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
