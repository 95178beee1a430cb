"""The pages on queues, asked of the real call centre, give the numbers of its README (files: see test_real_data.py)."""

import pandas as pd
import pytest
from conftest import SHARED
from test_pages import faults, show, words
from test_pages_waiting import ALL_TIME, chart, values

from moments import warehouse
from moments.filters import Filters
from moments.metrics import queues, staffing
from moments.metrics.intervals import wilson

NAME = "bank_callcentre_1999_02"
SECONDS_20 = 20 / 60

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]


@pytest.fixture(scope="module")
def calls(brought):
    """A month of calls, under no filter."""
    return Filters(brought(NAME).snapshot)


def whole(calls, what: str) -> pd.Series:
    return queues.measure(warehouse.query("visits_by_replicate", calls, clock="20", within=0.0), what).iloc[0]


def test_abandonment_and_service_level_as_published(calls):
    assert whole(calls, "abandoned").estimate == pytest.approx(0.178552, abs=5e-7)
    assert whole(calls, "in_time").estimate == pytest.approx(0.490201, abs=5e-7)
    for what, hits in (("abandoned", 5904), ("in_time", 16209)):
        row, plain = whole(calls, what), wilson(hits, 33066)
        assert row.n == 33066 and row.low <= plain.low < plain.high <= row.high
        assert row.high - row.low < 4 * (plain.high - plain.low)


def test_phantom_calls_belong_in_no_rate(calls):
    counts = warehouse.query("visits_by_replicate", calls, clock="20", within=0.0).sum()
    assert (counts["n"], counts["phantom"]) == (33066, 278)
    for name, given in (("visits_by_clock", {"weekday": 0, "hour": -1}), ("visits_by_group", {"by": "service"})):
        given = {"clock": "20", "within": 0.0, "weekday": 0, "hour": -1} | given if "by" in given else given
        rows = warehouse.query(name, calls, **given)
        assert rows["n"].sum() == 33066 * (rows["clock"].nunique() if "clock" in rows else 1)


def test_the_clock_of_twenty_seconds_counts_the_twentieth(calls):
    clocks = queues.measure(warehouse.query("visits_by_clock", calls, weekday=0, hour=-1), "in_time", ["clock"])
    clocks = clocks.set_index("clock")["estimate"]
    assert clocks[20] == pytest.approx(0.490201, abs=5e-7) and clocks.is_monotonic_increasing
    assert clocks[3600] == pytest.approx(1 - 0.178552, abs=5e-7)


def test_the_page_shows_them(brought):
    brought(NAME)
    app = show("queues", NAME, **ALL_TIME)
    assert not faults(app)
    assert values(app) == ["0.68", "49.0%", "17.9%", "0.0%"]  # 20 s is the clock that so quick a place starts with
    assert "33,066 tickets with a person behind them; 278 phantom tickets are left out" in words(app)
    assert "49.0% are served within the clock (20 s)" in words(app)


def test_night_hours_without_agents_are_shut(brought):
    brought(NAME)
    bars = chart(show("queues", NAME, **ALL_TIME), "queues-cells")["data"][0]
    cells = pd.DataFrame([[int(a) for a in c] for c in bars["customdata"]], columns=["weekday", "hour"])
    cells = cells.assign(shut=[s == "/" for s in bars["marker"]["pattern"]["shape"]], words=bars["text"])
    night, day = cells[cells["hour"].between(1, 5)], cells[cells["hour"].between(10, 16) & cells["weekday"].le(4)]
    assert night["shut"].any() and set(night["words"]) <= {"", "…"}
    assert not day["shut"].any() and (day["words"] != "").all()


def test_the_model_made_from_the_calls_agrees_with_the_calls(calls):
    """Nobody wrote down how many agents there were: the wait of an hour tells, and the rest has to follow from it."""
    rows = warehouse.query("visits_by_hour", calls, weekday=0, hall="", within=SECONDS_20)
    seen, patience = queues.hours(rows), queues.patience(rows)
    assert seen["hour"].tolist() == list(range(6, 24)) and 3.5 < patience < 4.5
    plan = staffing.plan(seen, SECONDS_20, patience)
    assert plan["guessed"].all() and plan["counters"].between(1, 8).all()
    shares = queues.summed(rows, ["hour"], same=["days"]).merge(plan, on="hour", suffixes=("", "_model"))
    busy = shares[shares["hour"].between(8, 22)]
    kept = busy["in_time"] / (busy["served"] + busy["abandoned"])
    assert (busy["service_level"] - kept).abs().mean() < 0.12
    assert (busy["abandon"] - busy["abandoned"] / busy["n"]).abs().mean() < 0.06


def test_counters_for_a_centre_that_never_wrote_them_down(brought):
    brought(NAME)
    app = show("staffing", NAME, **ALL_TIME)
    assert not faults(app)
    assert "the wait is longest at 15:00, 1.1 minutes on average" in words(app)
    assert "answers: responses" in words(app)  # felt minutes ask for a survey
