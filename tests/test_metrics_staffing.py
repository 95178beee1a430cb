"""Erlang C and A: the published numbers, the laws of queues, and a simulated queue as the second source."""

import ciw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import staffing

close = pytest.approx
CENTRE = {"arrivals": 200, "service": 3, "target": 20 / 60}  # 100 per half hour, 3 minutes each, 20 seconds


@pytest.mark.parametrize(
    ("counters", "p_wait", "level", "seconds", "occupancy"),
    [(14, 0.1741319, 0.8883500, 7.836, 0.7142857), (12, 0.449388, 0.640158, 40.445, 10 / 12)],
)
def test_erlang_c_as_published(counters, p_wait, level, seconds, occupancy):
    model = staffing.erlang_c(counters=counters, **CENTRE)
    assert model["p_wait"] == close(p_wait, rel=1e-5)
    assert model["service_level"] == close(level, rel=1e-5)
    assert model["wait"] * 60 == close(seconds, rel=1e-4)
    assert model["occupancy"] == close(occupancy, rel=1e-6)
    assert model["load"] == close(10)


def test_erlang_a_as_published():
    model = staffing.erlang_a(counters=14, patience=5, **CENTRE)
    assert model["p_wait"] == close(0.145260, rel=1e-5)
    assert model["abandon"] == close(0.0139837, rel=1e-5)
    assert model["service_level"] == close(0.916792, rel=1e-5)


def test_one_more_counter_in_a_hall():
    hall = pd.DataFrame({"hour": [9, 10], "arrivals": [30.0, 50.0]})
    before = hall.copy()
    out = staffing.what_if(hall, service=6, counters=4)
    pd.testing.assert_frame_equal(hall, before)
    nine, ten = out.iloc[0], out.iloc[1]
    assert (nine.p_wait, nine.wait, nine.wait_one_more) == close((0.50943, 3.0566, 0.70845), rel=1e-4)
    assert nine.saves == close(2.35, abs=0.005)
    assert staffing.erlang_c(30, 6, 5)["p_wait"] == close(0.23615, rel=1e-4)
    # five erlangs on four counters: the line grows without end, and five are still not enough
    assert not ten.stable and ten.p_wait == 1 and ten.wait == np.inf and ten.service_level == 0
    assert ten.wait_one_more == np.inf and np.isnan(ten.saves)


def test_load_equal_to_the_counters_has_no_end():
    model = staffing.erlang_c(40, 6, 4, 1)
    assert not model["stable"] and model["wait"] == np.inf and model["occupancy"] == 1


def test_own_service_and_counters_per_hour():
    hours = pd.DataFrame({"arrivals": [30.0, 20.0], "service": [6.0, 3.0], "counters": [4, 2]})
    out = staffing.what_if(hours, None, None)
    assert out.wait.tolist() == close([3.05660, float(staffing.erlang_c(20, 3, 2)["wait"])], rel=1e-4)


def test_the_day_is_what_an_arrival_meets():
    day = staffing.day(staffing.what_if(pd.DataFrame({"arrivals": [30.0, 10.0, 0.0]}), 6, 4)).iloc[0]
    a, b = (float(staffing.erlang_c(per_hour, 6, 4)["wait"]) for per_hour in (30, 10))
    assert day.wait == close((30 * a + 10 * b) / 40)
    assert day.occupancy == close((3 + 1 + 0) / 12)
    assert day.stable and day.arrivals == 40


def test_counters_needed_is_the_fewest():
    needed = staffing.counters_needed([200, np.nan, 5_000_000], 3, 20 / 60, level=0.8)
    assert needed[0] == 14 and np.isnan(needed[1:]).all()
    assert staffing.erlang_c(counters=13, **CENTRE)["service_level"] < 0.8
    assert staffing.counters_needed(200, 3, 20 / 60, level=0.8, patience=5) == 13


@pytest.mark.parametrize("patience", [None, 5])
def test_no_hours_no_rows(patience):
    nothing = staffing.what_if(pd.DataFrame({"hour": [], "arrivals": []}), 6, 4, patience=patience)
    assert len(nothing) == 0 and {*staffing.MODEL, "wait_one_more", "saves"} <= set(nothing)
    assert np.isnan(staffing.day(nothing).wait[0])


def test_nobody_comes_and_nothing_known():
    for model in (staffing.erlang_c([0, np.nan], 6, 2, 1), staffing.erlang_a([0, np.nan], 6, 2, 5, 1)):
        assert model["wait"][0] == 0 and model["service_level"][0] == 1 and model["p_wait"][0] == 0
        assert np.isnan([model[name][1] for name in ("wait", "service_level", "p_wait", "abandon")]).all()
        assert not model["stable"][1]


@settings(max_examples=80)
@given(
    load=st.floats(0.01, 600), counters=st.integers(1, 620), service=st.floats(0.2, 60), target=st.floats(0, 30),
    patience=st.floats(0.05, 2000),
)  # fmt: skip
def test_laws_of_queues(load, counters, service, target, patience):
    arrivals = load / service * 60
    c, c_more = (staffing.erlang_c(arrivals, service, n, target) for n in (counters, counters + 1))
    a, a_more = (staffing.erlang_a(arrivals, service, n, patience, target) for n in (counters, counters + 1))
    for model in (c, a):
        assert all(0 <= model[name] <= 1 for name in ("p_wait", "service_level", "abandon", "occupancy"))
        assert model["wait"] >= 0
    slack = 1e-7
    assert c_more["wait"] <= c["wait"] and a_more["wait"] <= a["wait"] + slack
    assert c_more["service_level"] >= c["service_level"] - slack
    assert a_more["service_level"] >= a["service_level"] - slack
    assert a["p_wait"] <= c["p_wait"] + slack and a["wait"] <= c["wait"] + slack  # who leaves makes room
    assert a["abandon"] >= 1 - counters / load - slack  # no more than the counters can serve is served
    # Little's law, twice: in line = arrivals x wait, and each in line leaves at rate 1 / patience
    assert a["abandon"] == close(a["wait"] / patience, abs=1e-9)


def test_endless_patience_is_erlang_c():
    c = staffing.erlang_c(counters=410, arrivals=8000, service=3, target=0.3)
    a = staffing.erlang_a(counters=410, arrivals=8000, service=3, patience=1e7, target=0.3)
    for name in ("p_wait", "wait", "service_level"):
        assert a[name] == close(c[name], rel=1e-4)


def test_erlang_c_sums_to_the_textbook_series():
    load, n = 3.7, 6
    terms = np.cumprod(np.r_[1, load / np.arange(1, n + 1)])
    last = terms[-1] * n / (n - load)
    assert staffing.erlang_c(37, 6, 6)["p_wait"] == close(last / (terms[:-1].sum() + last))
    assert staffing.erlang_b(load, n) == close(terms[-1] / terms.sum())


def simulate(arrivals, service, counters, target, patience=None, minutes=12_000, seed=7):
    """A simulated queue: waits of all, in minutes; who gives up has left within the time shown."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(arrivals / 60)],
        service_distributions=[ciw.dists.Exponential(1 / service)],
        number_of_servers=[counters],
        reneging_time_distributions=[ciw.dists.Exponential(1 / patience) if patience else None],
    )
    queue = ciw.Simulation(network)
    queue.simulate_until_max_time(minutes)
    records = [r for r in queue.get_all_records(only=["service", "renege"]) if 500 < r.arrival_date < minutes - 300]
    waits, served = np.array([(r.waiting_time, r.record_type == "service") for r in records]).T
    return {
        "p_wait": (waits > 0).mean(), "wait": waits.mean(), "abandon": 1 - served.mean(),
        "service_level": ((waits <= target) & (served == 1)).mean(),
    }  # fmt: skip


def agrees(run, model, shares=0.03, minutes=0.12):
    for name in ("p_wait", "service_level", "abandon"):
        assert run[name] == close(model[name], abs=shares)
    assert run["wait"] == close(model["wait"], rel=minutes)


def test_a_simulated_hall_agrees():
    agrees(simulate(30, 6, 5, 5, minutes=30_000), staffing.erlang_c(30, 6, 5, 5), shares=0.02, minutes=0.15)
    agrees(simulate(50, 6, 4, 5, patience=8), staffing.erlang_a(50, 6, 4, 8, 5))


@pytest.mark.slow
def test_a_simulated_hall_agrees_over_a_long_time():
    agrees(simulate(30, 6, 4, 5, minutes=250_000), staffing.erlang_c(30, 6, 4, 5), shares=0.015, minutes=0.1)
    agrees(simulate(50, 6, 4, 5, patience=8, minutes=120_000), staffing.erlang_a(50, 6, 4, 8, 5), 0.01, 0.03)
    agrees(simulate(200, 3, 14, 1 / 3, patience=5, minutes=30_000), staffing.erlang_a(200, 3, 14, 5, 1 / 3), 0.01, 0.08)


@given(st.floats(5, 200), st.floats(1, 12), st.integers(1, 30), st.one_of(st.none(), st.floats(1, 60)))
@settings(max_examples=30)
def test_counters_can_be_told_from_the_wait_they_bring(arrivals, service, counters, patience):
    if patience is None:
        model = staffing.erlang_c(arrivals, service, counters)
    else:
        model = staffing.erlang_a(arrivals, service, counters, patience)
    if np.isfinite(model["wait"]) and model["wait"] > 0.01:
        assert staffing.counters_behind(arrivals, service, model["wait"], patience) == counters


def test_counters_behind_what_is_not_known():
    assert np.isnan(staffing.counters_behind([np.nan, 30, 30], [6, np.nan, 6], [3, 3, np.nan])).all()
    assert staffing.counters_behind(30, 6, 0.0) >= 5 and staffing.counters_behind(30, 6, 1e6) == 4


def test_a_plan_takes_each_hours_own_counters_or_those_its_wait_looks_like():
    hours = pd.DataFrame({"hour": [9, 10], "arrivals": [30.0, 30], "service": 6.0, "counters": [3.7, np.nan]})
    hours = hours.assign(estimate=[2.0, 0.7])
    out = staffing.plan(hours, 5)
    assert out["counters"].tolist() == [4, 5] and out["guessed"].tolist() == [False, True]
    assert out["wait"].tolist() == close([3.0566, 0.70845], rel=1e-4)
    assert len(staffing.plan(hours.iloc[:0], 5)) == 0


def test_a_ladder_stands_around_the_counters_that_are_open():
    out = staffing.ladder(30, 6, 4, 5)
    assert out["counters"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert out["wait"].tolist()[:2] == [np.inf, np.inf] and out["wait"][2] == close(3.0566, rel=1e-4)
    assert staffing.ladder(30, 6, 1, 5)["counters"].tolist() == [1, 2, 3, 4, 5]


def test_two_levers_side_by_side():
    explained = pd.DataFrame({"estimate": [2.0], "low": [1.0], "high": [3.0], "share": [0.4], "n": [300]})
    out = staffing.levers(2.35, explained).set_index("lever")
    assert out.loc["counter", "estimate"] == 2.35 and np.isnan(out.loc["counter", "low"])
    assert out.loc["explain", ["estimate", "low", "high"]].tolist() == close([0.8, 0.4, 1.2])
    assert staffing.levers(2.35, explained.iloc[:0])["estimate"].isna().tolist() == [False, True]
