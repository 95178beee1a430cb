"""The felt wait: the ten factors equal a regression on the raw answers, and no factor gets blamed for nothing."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import waiting

close = pytest.approx
EFFECTS = np.array([0.2, 0.0, 0.3, 0.1, 0.0, 0.25, 0.05, -0.1, 0.15, 0.0])
POWERS = 1 << np.arange(10)


def answers(n=600, seed=1, effects=EFFECTS, noise=0.3):
    rng = np.random.default_rng(seed)
    flags = rng.random((n, 10)) < rng.uniform(0.1, 0.6, 10)
    x = np.log(rng.gamma(3, 4, n) + 0.5)
    y = 0.1 + 0.9 * x + flags @ effects + rng.normal(0, noise, n)
    return flags, x, y


def counted(flags, x, y, replicate=None):
    """The group-by that SQL does."""
    columns = {"n": 1, "sum_x": x, "sum_y": y, "sum_xx": x * x, "sum_xy": x * y, "sum_yy": y * y}
    raw = pd.DataFrame({"factors": flags @ POWERS, **columns})
    keys = ["factors"]
    if replicate is not None:
        raw["replicate"], keys = replicate, ["factors", "replicate"]
    return raw.groupby(keys, as_index=False).sum()


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(60, 400))
def test_factors_from_sums_equal_least_squares_on_the_answers(seed, n):
    flags, x, y = answers(n, seed)
    ours = waiting.factors(counted(flags, x, y), wait=10)
    varies = flags.any(axis=0) & ~flags.all(axis=0)
    design = np.column_stack([np.ones(n), x, flags[:, varies]])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return
    theirs = sm.OLS(y, design).fit()
    told = ours[varies]
    assert np.log1p(told["estimate"]).to_numpy() == close(theirs.params[2:], rel=1e-7, abs=1e-9)
    assert np.log1p(told[["low", "high"]]).to_numpy() == close(theirs.conf_int()[2:], rel=1e-7, abs=1e-9)
    assert told["p"].to_numpy() == close(theirs.pvalues[2:], rel=1e-6, abs=1e-12)
    assert ours.loc[~varies, ["estimate", "low", "high", "minutes", "p"]].isna().all(axis=None)
    assert ours["share"].to_numpy() == close(flags.mean(axis=0))


def test_felt_minutes_are_the_model_with_and_without():
    flags, x, y = answers()
    out = waiting.factors(counted(flags, x, y), wait=12)
    fit = sm.OLS(y, np.column_stack([np.ones(len(x)), x, flags])).fit()
    for k in (0, 2, 7):
        others = flags.mean(axis=0)
        with_it, without = (np.r_[1, np.log(12), np.where(np.arange(10) == k, flag, others)] for flag in (1, 0))
        assert out["minutes"][k] == close(np.exp(fit.params @ with_it) - np.exp(fit.params @ without))
    inside = out["minutes_low"] < out["minutes"]
    assert (inside & (out["minutes"] < out["minutes_high"])).all()
    assert (np.sign(out["minutes"]) == np.sign(out["estimate"])).all()


def test_a_factor_always_or_never_there_is_unknown_and_harms_no_other():
    flags, x, y = answers()
    flags[:, 3], flags[:, 8] = True, False
    out = waiting.factors(counted(flags, x, y), wait=10).set_index("factor")
    unknown = ["uncertain", "uncomfortable"]
    assert out.loc[unknown, ["estimate", "low", "high", "minutes", "minutes_low"]].isna().all(axis=None)
    kept = [k for k in range(10) if k not in (3, 8)]
    theirs = sm.OLS(y, np.column_stack([np.ones(len(x)), x, flags[:, kept]])).fit()
    told = out.drop(unknown)
    assert np.log1p(told["estimate"]).to_numpy() == close(theirs.params[2:], rel=1e-8)
    assert np.log1p(told["high"]).to_numpy() == close(theirs.conf_int()[2:, 1], rel=1e-8)


def test_two_factors_that_always_come_together_cannot_be_told_apart():
    flags, x, y = answers()
    flags[:, 5] = flags[:, 6]
    out = waiting.factors(counted(flags, x, y), wait=10)
    assert out["estimate"].isna().tolist() == [k in (5, 6) for k in range(10)]


def test_all_waits_alike_still_tells_the_factors():
    flags, x, y = answers()
    out = waiting.factors(counted(flags, np.full_like(x, 2.0), y), wait=np.exp(2.0))
    assert out["estimate"].notna().all() and out["minutes"].notna().all()


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_felt_as_long_as_it_was_blames_nothing(seed):
    flags, x, _ = answers(200, seed)
    out = waiting.factors(counted(flags, x, x), wait=10).dropna()
    assert (out["low"] <= 0).all() and (out["high"] >= 0).all()
    assert np.abs(out["estimate"]).max() < 1e-6


def test_rows_may_come_in_parts_and_in_any_order():
    flags, x, y = answers()
    parts = pd.concat([counted(flags[:250], x[:250], y[:250]), counted(flags[250:], x[250:], y[250:])[::-1]])
    whole = counted(flags, x, y)
    before = whole.copy()
    pd.testing.assert_frame_equal(waiting.factors(parts, 10), waiting.factors(whole, 10), rtol=1e-9)
    pd.testing.assert_frame_equal(whole, before)


def test_the_jackknife_agrees_with_the_closed_form():
    flags, x, y = answers(5_000, seed=4)
    replicate = np.random.default_rng(2).integers(0, 20, 5_000)
    closed = waiting.factors(counted(flags, x, y), 10)
    groups = waiting.factors(counted(flags, x, y, replicate), 10)
    assert groups["estimate"].to_numpy() == close(closed["estimate"].to_numpy(), rel=1e-9)
    width = (groups["high"] - groups["low"]) / (closed["high"] - closed["low"])
    assert width.mean() == close(1, abs=0.15)


def test_no_answers_one_answer():
    flags, x, y = answers()
    whole = counted(flags, x, y)
    for few in (whole.iloc[:0], counted(flags[:1], x[:1], y[:1]), counted(flags[:5], x[:5], y[:5])):
        out = waiting.factors(few, 10)
        assert out["factor"].tolist() == list(waiting.FACTORS)
        assert out[["low", "high"]].isna().all(axis=None)
    assert len(waiting.factors(counted(flags[:1], x[:1], y[:1], np.array([0])), 10)) == 10


def test_ratio_is_a_geometric_mean():
    sums = counted(np.zeros((3, 10), bool), np.log([10, 10, 5.0]), np.log([20, 5, 10.0]))
    out = waiting.ratio(sums.assign(branch="a").drop(columns="factors"))
    assert out["estimate"][0] == close((2 * 0.5 * 2) ** (1 / 3))
    assert out["low"][0] < out["estimate"][0] < out["high"][0] and out["n"][0] == 3
    logs = np.log([2, 0.5, 2])
    half = 4.302653 * logs.std(ddof=1) / np.sqrt(3)
    assert np.log(out["high"][0]) == close(logs.mean() + half, rel=1e-5)
    nothing = waiting.ratio(sums.assign(**dict.fromkeys(waiting.SUMS, 0)))
    assert nothing[["estimate", "low", "high"]].isna().all(axis=None)
    assert len(waiting.ratio(sums.iloc[:0])) == 0


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80))
def test_median_from_counts_is_the_median_of_the_answers(values):
    counts = pd.Series(values).value_counts().rename_axis("value").reset_index(name="n")
    out = waiting.median(counts).iloc[0]
    assert out["estimate"] == np.median(values) and out["n"] == len(values)
    if not np.isnan(out["low"]):
        assert out["low"] <= out["estimate"] <= out["high"]


def test_the_median_interval_covers():
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(400):
        counts = pd.DataFrame({"value": rng.exponential(1, 101), "n": 1})
        out = waiting.median(counts).iloc[0]
        hits += out["low"] <= np.log(2) <= out["high"]
    assert 0.93 <= hits / 400 <= 0.99


def test_median_by_group_and_of_nothing():
    counts = pd.DataFrame({"hour": [9, 9, 10], "value": [1.0, 2.0, np.nan], "n": [1, 3, 2]})
    out = waiting.median(counts, ["hour"])
    assert out["hour"].tolist() == [9] and out["estimate"].tolist() == [2] and np.isnan(out["low"][0])
    assert list(waiting.median(counts.iloc[:0]).columns) == ["estimate", "low", "high", "n"]


def test_share_above_acceptable_and_satisfaction_by_bin():
    out = waiting.over(pd.DataFrame({"hour": [9, 10], "n": [263, 0], "over": [81, 0]}))
    assert out.loc[0, ["low", "high"]].tolist() == close([0.25529, 0.36621], rel=1e-4)
    assert np.isnan(out["estimate"][1])
    bins = pd.DataFrame({"excess": [-5, 0, 5], "n": [4, 1, 0], "total": [36.0, 8, 0], "total_sq": [326.0, 64, 0]})
    out = waiting.minutes(bins)
    assert out["estimate"].tolist() == close([9, 8, np.nan], nan_ok=True)
    assert out["low"].isna().tolist() == [False, True, True]


def test_a_group_is_compared_with_all_the_others():
    counts = pd.DataFrame({"grp": list("abc"), "n": [200, 200, 200], "over": [120, 40, 42]})
    out = waiting.against_rest(counts).set_index("grp")
    assert out["estimate"].tolist() == close([0.6, 0.2, 0.21]) and (out["q"] >= out["p"]).all()
    assert out.loc["a", "q"] < 1e-6
    hidden = waiting.against_rest(pd.DataFrame({"grp": ["a", "b"], "n": [9, np.nan], "over": [3, np.nan]}))
    assert hidden["estimate"].isna().tolist() == [False, True]


def test_changes_between_two_periods():
    def kinds(n, total, total_sq, asked, over):
        row = {"kind": "perceived", "n": n, "total": total, "total_sq": total_sq, "asked": asked, "over": over}
        return pd.DataFrame([row])

    now, before = kinds(100, 900.0, 9000.0, 70, 56), kinds(100, 1200.0, 15000.0, 80, 48)
    minutes = waiting.changes(now, before).iloc[0]
    assert minutes.estimate == close(-3) and minutes.high < 0 and (minutes.n, minutes.n_other) == (100, 100)
    share = waiting.limit_changes(now, before).iloc[0]
    assert (share.estimate, share.low, share.high) == close((0.20, 0.05243, 0.33387), rel=1e-3)
    assert waiting.limits(now)["estimate"][0] == close(0.8)


def test_what_waiting_beyond_the_acceptable_costs():
    sides = pd.DataFrame({"side": ["within", "beyond"], "n": [7, 3], "total": [56, 11], "total_sq": [460, 45]})
    row = waiting.beyond(sides).iloc[0]
    assert row.estimate == close(11 / 3 - 8) and row.high < 0 and (row.n, row.n_other) == (3, 7)
    assert waiting.beyond(sides.iloc[:1])["estimate"].isna().all()
    assert waiting.beyond(sides.iloc[:0])["low"].isna().all()


WIDTHS = [(7, 2), (12, 5), (0.4, 0.2), (60, 20), (0, 1), (np.nan, 1), (np.inf, 1)]


@pytest.mark.parametrize(("typical", "width"), WIDTHS)
def test_bins_are_as_wide_as_people_count(typical, width):
    assert waiting.bin_width(typical) == close(width)


def test_bins_know_their_place_and_name():
    sums = pd.DataFrame({"bin": [0, 1, 2, 15], "n": [3, 4, np.nan, 5], "actual": [0.0, 6, np.nan, 200]})
    sums = sums.assign(total=[3.0, 9, np.nan, 300], total_sq=[3.0, 25, np.nan, 20_000])
    out = waiting.bins(sums, 2.0, 15, "actual")
    assert out["name"].tolist() == ["0", "0~2", "2~4", ">28"]
    assert out["place"].tolist() == close([0, 1.5, 3, 40])
    assert out["estimate"].tolist() == close([1, 2.25, np.nan, 60], nan_ok=True)
    signed = waiting.bins(sums.assign(bin=[-6, 0, 1, 6], excess=[-90.0, -4, np.nan, 200]), 2.0, 6, "excess")
    assert signed["name"].tolist() == ["≤−12", "−2~0", "0~2", ">10"]
    assert len(waiting.bins(sums.iloc[:0], 2.0, 15, "actual")) == 0


def test_factors_in_minutes_leave_out_what_cannot_be_told():
    flags, x, y = answers()
    flags[:, 3] = True
    out = waiting.in_minutes(waiting.factors(counted(flags, x, y), 10))
    assert len(out) == 9 and "uncertain" not in set(out["factor"])
    assert out["estimate"].is_monotonic_decreasing and (out["low"] < out["estimate"]).all()
    assert out["each"].to_numpy() == close((out["estimate"] * out["share"]).to_numpy())
    assert len(waiting.in_minutes(waiting.factors(counted(flags, x, y).iloc[:0], 10))) == 0
