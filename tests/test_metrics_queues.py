"""The queue from its tickets: honest intervals, shut hours apart, and a model that a simulated hall confirms."""

import ciw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import queues, staffing
from moments.metrics.intervals import wilson

close = pytest.approx
COUNTS = ("n", "served", "abandoned", "closed", "in_time", "waited", "wait")


def tickets(rows) -> pd.DataFrame:
    """replicate, served, abandoned, closed, in_time, wait -> the columns of a query."""
    frame = pd.DataFrame(rows, columns=["replicate", "served", "abandoned", "closed", "in_time", "wait"])
    frame = frame.astype(float)  # as a query types them, also without rows
    n = frame["served"] + frame["abandoned"] + frame["closed"]
    return frame.assign(n=n, waited=n)


def test_shares_and_waits_counted_by_hand():
    rows = tickets([(0, 4, 1, 0, 3, 30), (1, 2, 1, 1, 2, 51), (2, 3, 1, 0, 2, 31)])
    before = rows.copy()
    found = {what: queues.measure(rows, what).iloc[0] for what in queues.BETTER}
    assert found["wait"].estimate == close(112 / 13) and found["wait"].n == 13
    assert found["in_time"].estimate == close(7 / 12) and found["abandoned"].estimate == close(3 / 12)
    assert found["closed"].estimate == close(1 / 13) and found["in_time"].n == 12
    for row in found.values():
        assert row.low <= row.estimate <= row.high and row.groups == 3
    pd.testing.assert_frame_equal(rows, before)


def test_a_clock_says_within_and_never_leaves_the_scale():
    everyone = tickets([(g, 50, 0, 0, 50, 10) for g in range(20)])
    row = queues.measure(everyone, "in_time").iloc[0]
    assert row.estimate == 1 and row.high == 1 and row.low == close(float(wilson(1000, 1000).low))
    nobody = queues.measure(everyone, "abandoned").iloc[0]
    assert nobody.estimate == 0 and nobody.low == 0 and 0 < nobody.high < 0.01


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_independent_tickets_have_about_wilsons_interval_and_never_a_shorter_one(seed, share):
    rng = np.random.default_rng(seed)
    served = rng.binomial(250, share, 20)
    rows = tickets([(g, k, 250 - k, 0, k, 1) for g, k in enumerate(served)])
    row, plain = queues.measure(rows, "abandoned").iloc[0], wilson(5000 - served.sum(), 5000)
    assert row.low <= plain.low + 1e-12 and row.high >= plain.high - 1e-12
    assert row.high - row.low < 2 * (plain.high - plain.low)


def test_tickets_of_one_bad_day_do_not_look_like_many_witnesses():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(300):
        shares = rng.beta(2, 6, 20)  # every replicate a few whole days, good or bad
        served = rng.binomial(200, 1 - shares)
        rows = tickets([(g, k, 200 - k, 0, k, 1) for g, k in enumerate(served)])
        row = queues.measure(rows, "abandoned").iloc[0]
        inside += row.low <= 0.25 <= row.high
    assert 0.92 <= inside / 300 <= 0.985


def test_a_change_and_its_sign():
    calm = tickets([(g, 90, 10 + g % 3, 0, 80, 500) for g in range(20)])
    rush = tickets([(g, 80, 20 + g % 3, 0, 60, 900) for g in range(20)])
    more = queues.change(rush, calm, "abandoned").iloc[0]
    assert more.estimate > 0.08 and more.low > 0 and more.p < 0.001
    same = queues.change(calm, calm, "wait").iloc[0]
    assert same.estimate == 0 and same.low <= 0 <= same.high


def test_the_group_that_differs_is_found_and_the_others_are_left_in_peace():
    rng = np.random.default_rng(3)
    parts = [
        tickets([(g, 100, 0, 0, 50, rng.normal(1000 + 600 * (name == "c"), 60)) for g in range(20)]).assign(grp=name)
        for name in "abcdef"
    ]
    out = queues.against_rest(pd.concat(parts), "wait").set_index("grp")
    assert out.loc["c", "q"] < 0.001 and out["estimate"].idxmax() == "c"
    assert out.loc["c", "estimate"] == close(16, abs=1)


def test_hours_in_which_nobody_serves_are_shut_and_tell_no_wait():
    night = tickets([(0, 1, 99, 0, 1, 5), (1, 0, 60, 0, 0, 0)]).assign(weekday=1, hour=2)
    noon = tickets([(0, 90, 10, 0, 50, 500), (1, 90, 10, 0, 50, 700)]).assign(weekday=1, hour=12)
    rows = pd.concat([night, noon], ignore_index=True)
    out = queues.cells(rows, "wait").set_index("hour")
    assert out["shut"].tolist() == [True, False] and out["estimate"].isna().tolist() == [True, False]
    assert out.loc[12, "estimate"] == close(6)
    # a hidden cell keeps its place and is not called shut
    hidden = rows.assign(hidden=rows["hour"] == 12)
    hidden.loc[hidden["hidden"], list(COUNTS)] = np.nan
    out = queues.cells(hidden, "wait").set_index("hour")
    assert not out.loc[12, "shut"] and np.isnan(out.loc[12, "estimate"])


def by_hour(rows) -> pd.DataFrame:
    names = ["hour", "replicate", "days", "n", "served", "abandoned", "in_time", "wait", "service", "counters"]
    frame = pd.DataFrame(rows, columns=names).astype(float)
    return frame.assign(closed=0, waited=frame["n"], timed=frame["served"], counted=frame["n"])


def test_what_a_model_needs_counted_by_hand():
    rows = by_hour(
        [
            (2, 0, 1, 40, 1, 39, 1, 2.0, 3.0, 0),  # night: one answered by chance
            (9, 0, 4, 30, 28, 2, 20, 90.0, 140.0, 60),
            (9, 1, 4, 30, 27, 3, 20, 110.0, 135.0, 90),
            (10, 0, 0, 5, 0, 5, 0, 0.0, 0.0, 5),
        ]
    )
    out = queues.hours(rows)
    assert out["hour"].tolist() == [9]
    nine = out.iloc[0]
    assert (nine.arrivals, nine.service, nine.counters, nine.days) == close((15, 5, 2.5, 4))
    assert nine.estimate == close(200 / 60) and nine.n == 60
    assert queues.patience(rows) == close(200 / 5)


def test_nothing_and_one():
    nothing = tickets([])
    for what in queues.BETTER:
        assert len(queues.measure(nothing, what)) <= 1
        assert len(queues.measure(nothing.assign(grp=[]), what, ["grp"])) == 0
        one = queues.measure(tickets([(3, 1, 0, 0, 1, 2)]), what).iloc[0]
        assert np.isnan(one.low) and np.isnan(one.high)
    assert len(queues.cells(nothing.assign(weekday=[], hour=[]), "wait")) == 0
    assert len(queues.hours(by_hour([]))) == 0 and queues.patience(by_hour([])) is None
    assert queues.costliest(nothing.assign(grp=[])) == ""
    assert len(queues.against_rest(tickets([(3, 1, 0, 0, 1, 2)]).assign(grp="a"), "wait")) == 1


def test_the_hall_that_loses_most_minutes_is_named():
    halls = {"a": (10, 5), "b": (10, 9), "c": (2, 8)}  # tickets, minutes
    rows = pd.concat([tickets([(g, n, 0, 0, 5, w) for g in range(3)]).assign(grp=k) for k, (n, w) in halls.items()])
    assert queues.costliest(rows) == "b"


def run(counters: int, arrivals=30, service=6, patience=12, days=40, seed=11) -> pd.DataFrame:
    """A simulated hall, all hours of a day alike, as the tickets that it would leave behind."""
    ciw.seed(seed)
    hall = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(arrivals / 60)],
        service_distributions=[ciw.dists.Exponential(1 / service)],
        number_of_servers=[counters],
        reneging_time_distributions=[ciw.dists.Exponential(1 / patience)],
    )
    simulation = ciw.Simulation(hall)
    simulation.simulate_until_max_time(days * 24 * 60)
    records = pd.DataFrame(simulation.get_all_records(only=["service", "renege"]))
    served = records["record_type"] == "service"
    frame = pd.DataFrame(
        {
            "hour": (records["arrival_date"] // 60 % 24).astype(int), "replicate": records["arrival_date"] // 1440 % 20,
            "n": 1, "served": served.astype(int), "abandoned": (~served).astype(int), "closed": 0,
            "in_time": (served & (records["waiting_time"] <= 5)).astype(int), "waited": 1,
            "wait": records["waiting_time"], "timed": served.astype(int),
            "service": records["service_time"].where(served, 0), "counted": 1, "counters": counters,
        }
    )  # fmt: skip
    return frame.groupby(["hour", "replicate"], as_index=False).sum().assign(days=days)


def test_a_simulated_hall_waits_as_the_model_made_from_its_own_tickets_says():
    rows = run(counters=3)
    seen, patience = queues.hours(rows), queues.patience(rows)
    assert patience == close(12, rel=0.06)
    day = staffing.day(staffing.plan(seen, 5, patience)).iloc[0]
    four = run(counters=4, seed=12)
    assert day.wait == close(rows["wait"].sum() / rows["n"].sum(), rel=0.08)
    assert day.wait_one_more == close(four["wait"].sum() / four["n"].sum(), rel=0.12)
    assert day.abandon == close(rows["abandoned"].sum() / rows["n"].sum(), abs=0.015)
    assert day.service_level == close(rows["in_time"].sum() / rows["n"].sum(), abs=0.03)
    # without a word on counters, the wait itself tells how many there were
    blind = staffing.plan(seen.assign(counters=np.nan), 5, patience)
    assert blind["guessed"].all() and (blind["counters"] == 3).mean() > 0.9


@pytest.mark.parametrize(("waited", "minutes", "clock"), [(9, 1.9, "HOTLINE"), (9, 2.0, "HALL"), (0, np.nan, "HALL")])
def test_a_quick_place_is_held_to_the_clock_of_a_hotline(waited, minutes, clock):
    waits = pd.DataFrame({"replicate": [0, 1], "waited": waited, "wait": waited * minutes})
    assert queues.usual_clock(waits) == queues.usual_clock(waits.iloc[:1]) == getattr(queues, clock)
    assert queues.usual_clock(waits.iloc[:0]) == queues.HALL
