"""Time to close: equal to statsmodels, honest about what is still open."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from moments.metrics import survival

close = pytest.approx
# two close at 1, one is still open after 2, one closes at 3, one is still open after 4
FIVE = pd.DataFrame({"time": [1, 2, 3, 4], "closed": [2, 0, 1, 0], "open": [0, 1, 0, 1]})

cases = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


def counted(raw, **key):
    """Rows of (time, closed?) -> counts, as SQL returns them."""
    frame = pd.DataFrame(raw, columns=["time", "done"])
    rows = frame.groupby("time", as_index=False).agg(closed=("done", "sum"), n=("done", "size"))
    return rows.assign(open=rows["n"] - rows["closed"], **key).drop(columns="n")


def test_five_cases_by_hand():
    out = survival.curve(FIVE)
    assert out["time"].tolist() == [0, 1, 2, 3, 4]
    assert out["at_risk"].tolist() == [5, 5, 3, 2, 1]
    assert out["estimate"].tolist() == close([1, 0.6, 0.6, 0.3, 0.3])
    assert (out["n"] == 5).all()
    assert survival.median(FIVE).iloc[0][["estimate", "n", "closed", "open"]].tolist() == [3, 5, 3, 2]


def test_the_input_stays_as_it_was():
    before = FIVE.copy()
    survival.curve(FIVE), survival.median(FIVE), survival.closed_by(FIVE, [1])
    pd.testing.assert_frame_equal(FIVE, before)


@given(cases)
def test_equals_statsmodels(raw):
    time, done = np.array(raw, float).T
    theirs = SurvfuncRight(time, done)
    ours = survival.curve(counted(raw))
    at_events = ours[ours["closed"] > 0]
    assert at_events["time"].tolist() == theirs.surv_times[theirs.n_events > 0].tolist()
    assert at_events["estimate"].to_numpy() == close(theirs.surv_prob, abs=1e-12)
    assert at_events["at_risk"].tolist() == theirs.n_risk.tolist()
    if len(at_events):
        inside = (theirs.surv_prob > 1e-9) & (theirs.surv_prob < 1)
        with np.errstate(all="ignore"):
            half = 1.959964 * theirs.surv_prob_se / (theirs.surv_prob * np.log(theirs.surv_prob))
            low = np.exp(-np.exp(np.log(-np.log(theirs.surv_prob)) - half))
        assert at_events["low"].to_numpy()[inside] == close(low[inside], rel=1e-5)


@given(cases)
def test_median_and_its_interval_equal_statsmodels(raw):
    time, done = np.array(raw, float).T
    if not done.any():
        return
    theirs = SurvfuncRight(time, done)
    if np.isclose(theirs.surv_prob, 0.5).any():
        return  # where the curve is at exactly one half statsmodels takes the next time, we the middle (as R does)
    ours = survival.median(counted(raw)).iloc[0]
    assert ours["estimate"] == close(theirs.quantile(0.5), nan_ok=True)
    if (theirs.surv_prob <= 1e-9).any():
        return  # statsmodels divides by zero where everything closed
    low, high = theirs.quantile_ci(0.5)
    if np.isfinite(low):
        assert ours["low"] == close(low)
        assert ours["high"] == close(high if np.isfinite(high) else np.nan, nan_ok=True)


def test_without_open_cases_the_median_is_the_ordinary_one():
    for times in ([1, 2, 3, 10], [1, 2, 3], [5], [4, 4, 4, 4], [1, 1, 9, 9]):
        rows = counted([(t, True) for t in times])
        assert survival.median(rows)["estimate"][0] == np.median(times)


def test_open_cases_are_not_dropped():
    """Ten of twenty closed on day one, ten still open after day five: half are closed, not all of them."""
    rows = pd.DataFrame({"time": [1, 5], "closed": [10, 0], "open": [0, 10]})
    share = survival.closed_by(rows, [0.5, 1, 5, 6])
    assert share["estimate"].tolist() == close([0, 0.5, 0.5, np.nan], nan_ok=True)  # nobody was watched for six days
    assert share["low"][1] < 0.5 < share["high"][1]
    assert share["at_risk"].tolist() == [20, 20, 10, 0]


def test_within_means_at_most():
    rows = counted([(48, True), (48.5, True)])
    assert survival.closed_by(rows, [48])["estimate"][0] == 0.5
    assert survival.closed_by(rows, [49])["estimate"][0] == 1  # all closed: known for ever after


def test_groups_are_kept_apart():
    rows = pd.concat([counted([(1, True), (2, True)], channel="app"), counted([(7, False)], channel="hall")])
    out = survival.median(rows, ["channel"])
    assert out["channel"].tolist() == ["app", "hall"]
    assert out["estimate"].tolist() == close([1.5, np.nan], nan_ok=True)
    assert set(survival.curve(rows, ["channel"])["channel"]) == {"app", "hall"}
    assert len(survival.closed_by(rows, [1, 2], ["channel"])) == 4


@given(cases, cases)
def test_log_rank_equals_statsmodels(one, two):
    raw = [(*row, "one") for row in one] + [(*row, "two") for row in two]
    time, done, group = (np.array(c) for c in zip(*raw, strict=True))
    ours = survival.log_rank(pd.concat([counted(one, group="one"), counted(two, group="two")]), "group").iloc[0]
    with np.errstate(all="ignore"):
        try:
            chi2, p = survdiff(time, done.astype(int), group)
        except (np.linalg.LinAlgError, ValueError):
            return
    if np.isfinite(p) and np.isfinite(ours["p"]):
        assert (ours["chi2"], ours["p"]) == close((chi2, p), rel=1e-6, abs=1e-9)
    assert ours["n"] == len(raw)


def test_log_rank_of_three_groups_and_of_one():
    rng = np.random.default_rng(5)
    raw = {g: [(int(t), bool(d)) for t, d in zip(rng.exponential(m, 80), rng.random(80) < 0.8, strict=True)]
           for g, m in (("a", 20), ("b", 20), ("c", 50))}  # fmt: skip
    rows = pd.concat([counted(v, group=g) for g, v in raw.items()])
    flat = [(t, d, g) for g, v in raw.items() for t, d in v]
    chi2, p = survdiff(*(np.array(c) for c in zip(*flat, strict=True)))
    out = survival.log_rank(rows, "group").iloc[0]
    assert (out["chi2"], out["df"], out["p"]) == close((chi2, 2, p), rel=1e-6)
    assert np.isnan(survival.log_rank(rows[rows["group"] == "a"], "group")["p"][0])


def test_nothing_one_and_all_equal():
    nothing = FIVE.iloc[:0]
    assert len(survival.curve(nothing)) == len(survival.median(nothing)) == 0
    assert len(survival.closed_by(nothing, [1])) == 0
    assert {"estimate", "low", "high", "n"} <= set(survival.curve(nothing)) & set(survival.median(nothing))
    assert np.isnan(survival.log_rank(nothing.assign(g=[]), "g")["p"][0])
    one = survival.median(counted([(3, True)])).iloc[0]
    assert one["estimate"] == 3 and one["n"] == 1
    same = survival.curve(counted([(2, True)] * 8))
    assert same["estimate"].tolist() == [1, 0]
    assert survival.curve(counted([(2, False)] * 8))["estimate"].tolist() == [1, 1]
    none_in_it = pd.DataFrame({"time": [1.0], "closed": [0], "open": [0]})
    assert survival.curve(none_in_it)["estimate"].isna().all()
    with pytest.raises(ValueError, match="negative"):
        survival.curve(counted([(-1, True)]))


# --- many closings in one step ---------------------------------------------------------------------------------------


def in_steps(time, done, most):
    """At most so many steps of as many closings each, and as many of open cases, as the query makes them."""
    frame = pd.DataFrame({"time": np.asarray(time, float), "done": np.asarray(done, bool)}).sort_values("time")
    size = frame.groupby("done")["time"].transform("size")
    frame["step"] = (frame.groupby("done").cumcount() * np.minimum(most, size) / size).astype(int)
    sums = {"first": ("time", "min"), "last": ("time", "max"), "n": ("time", "size")}
    rows = frame.groupby(["done", "step"], as_index=False).agg(**sums)
    closed = rows["n"].where(rows["done"], 0)
    return pd.DataFrame({"first": rows["first"], "time": rows["last"], "closed": closed, "open": rows["n"] - closed})


@given(cases)
def test_steps_of_one_are_the_whole_truth(raw):
    frame = pd.DataFrame(raw, columns=["time", "done"])
    one = survival.median(in_steps(frame["time"], frame["done"], 100))
    pd.testing.assert_frame_equal(one, survival.median(counted(raw)), check_dtype=False)


def test_a_median_inside_a_step_is_read_off_within_it():
    rng = np.random.default_rng(7)
    time, done = rng.lognormal(3, 1.5, 20_000), rng.random(20_000) < 0.93
    exact = survival.median(counted(list(zip(time, done, strict=True)))).iloc[0]
    pooled = survival.median(in_steps(time, done, 100)).iloc[0]
    for name in ("estimate", "low", "high"):
        assert pooled[name] == close(exact[name], rel=2e-3)
    closed = in_steps(time[done], done[done], 100)
    assert survival.median(closed)["estimate"][0] == close(np.median(time[done]), rel=5e-4)


def test_an_axis_reaches_until_few_are_open_and_never_beyond_its_end():
    fast = survival.curve(counted([(t, True) for t in range(1, 21)], grp="fast"), ["grp"])
    slow = survival.curve(counted([(50, True), (100, False)], grp="slow"), ["grp"])
    assert survival.reach(fast, "grp", 1000) == 19  # one of twenty is left then
    assert survival.reach(pd.concat([fast, slow]), "grp", 1000) == 100  # half stay open: as far as it is known
    assert survival.reach(pd.concat([fast, slow]), "grp", 60) == 60
    assert survival.reach(fast.iloc[:0], "grp", 60) == 60


def test_of_the_closed_alone():
    rows = pd.DataFrame({
        "first": [1.0, 5.0, 9.0, 2.0], "time": [3.0, 5.0, 9.0, 40.0],
        "closed": [2, 1, 1, 0], "open": [0, 0, 0, 6], "hours": [4.0, 5.0, 9.0, 0.0],
    })  # fmt: skip
    assert survival.of_closed(rows).iloc[0].tolist() == close([4.0, 4.5, 4.0])  # 1, 3, 5, 9
    assert survival.of_closed(rows.iloc[3:]).iloc[0].tolist() == close([np.nan, np.nan, 0], nan_ok=True)
