"""The delete-a-group jackknife against closed forms, and on data too small for it."""

import numpy as np
import pandas as pd
import pytest

from moments.metrics import jackknife, nps
from moments.metrics.intervals import t_mean


def by_replicate(values, replicate, **keys):
    frame = pd.DataFrame({"replicate": replicate, "total": values, "n": 1, **keys})
    return frame.groupby([*keys, "replicate"], sort=False)[["total", "n"]].sum().reset_index()


def interval(frame, keys, statistic):
    """`of_arrays` of all that can be added up in a frame."""
    sums = frame.drop(columns=[*keys, "replicate"]).select_dtypes("number")
    return jackknife.of_arrays(frame, keys, {c: sums[c].to_numpy() for c in sums}, statistic)


def mean(sums):
    with np.errstate(invalid="ignore"):  # one group left out of one
        return sums["total"] / sums["n"]


def test_one_value_a_group_is_the_t_interval():
    values = np.arange(20.0) ** 1.5
    result = interval(by_replicate(values, range(20)), [], mean).iloc[0]
    expected = t_mean(20, values.sum(), (values**2).sum())
    assert (result.estimate, result.low, result.high) == pytest.approx(tuple(map(float, expected)), rel=1e-9)
    assert result.n == 20 and result.groups == 20


def test_agrees_with_closed_form_on_5000_rows():
    """Each width varies by chance (19 df, about 16 %), so the mean ratio over 60 samples is what must agree."""
    rng = np.random.default_rng(5)
    values = rng.choice(11, (60, 20, 250), p=[.05] * 6 + [.1] * 4 + [.3])
    frame = pd.DataFrame({
        "sample": np.repeat(np.arange(60), 20), "replicate": np.tile(np.arange(20), 60), "n": 250,
        "total": values.sum(axis=2).ravel(), "total_sq": (values**2).sum(axis=2).ravel(),
        "detractors": (values <= 6).sum(axis=2).ravel(), "promoters": (values >= 9).sum(axis=2).ravel(),
        "passives": ((values > 6) & (values < 9)).sum(axis=2).ravel(),
    })
    whole = frame.drop(columns="replicate").groupby("sample").sum().reset_index()
    t_and_z = 2.093024 / 1.959964  # 19 degrees of freedom against a normal quantile
    for statistic, closed in [
        (mean, t_mean(whole["n"], whole["total"], whole["total_sq"])),
        (lambda s: (s["promoters"] - s["detractors"]) / s["n"] * 100, nps.score(whole)),
    ]:
        result = interval(frame, ["sample"], statistic)
        ratio = (result["high"] - result["low"]) / np.asarray(closed.high - closed.low) / t_and_z
        assert ratio.mean() == pytest.approx(1, abs=0.15)


def test_covers_the_truth_about_95_in_100():
    values = np.random.default_rng(11).exponential(3, (400, 20, 100)).sum(axis=2)
    frame = pd.DataFrame({"sample": np.repeat(np.arange(400), 20), "replicate": np.tile(np.arange(20), 400),
                          "total": values.ravel(), "n": 100})
    result = interval(frame, ["sample"], mean)
    assert 0.92 <= ((result["low"] <= 3) & (result["high"] >= 3)).mean() <= 0.98


def test_few_groups_in_one_key_do_not_disturb_another():
    big = by_replicate(np.arange(40.0), np.arange(40) % 20, branch="big")
    small = by_replicate([1.0, 2, 3], [4, 9, 9], branch="small")
    lone = by_replicate([5.0], [0], branch="lone")
    result = interval(pd.concat([small, big, lone]), ["branch"], mean).set_index("branch")
    assert result.index.tolist() == ["small", "big", "lone"]
    assert result["groups"].tolist() == [2, 20, 1]
    # Two groups: theta 2, without one 2.5, without the other 1: se = sqrt(1/2 (.25 + 1)), t(1) = 12.7062
    assert result.loc["small", "high"] - 2 == pytest.approx(12.7062 * np.sqrt(0.625), rel=1e-4)
    alone = interval(big, ["branch"], mean).iloc[0]
    assert result.loc["big", "low"] == pytest.approx(alone.low)
    assert result.loc["lone", "estimate"] == 5 and np.isnan(result.loc["lone", "low"])


def test_statistic_may_return_coarser_keys():
    frame = pd.DataFrame({"branch": ["a", "a", "a", "a"], "item": ["x", "y", "x", "y"], "replicate": [0, 0, 1, 1],
                          "total": [4.0, 8, 6, 8], "n": [1, 1, 1, 1]})

    def mean_of_items(summed):
        means = summed.assign(estimate=summed["total"] / summed["n"])
        return means.groupby("branch")["estimate"].mean().reset_index()

    result = jackknife.of_frames(frame, ["branch", "item"], mean_of_items)
    assert result.columns.tolist() == ["branch", "estimate", "low", "high", "se", "groups"]
    assert result.loc[0, ["estimate", "se", "groups"]].tolist() == pytest.approx([6.5, 0.5, 2])


@pytest.mark.parametrize("keys", [[], ["branch"]])
def test_no_rows(keys):
    frame = by_replicate(np.array([1.0]), [0], branch="a").iloc[:0]
    result = interval(frame, keys, mean)
    assert len(result) == 0 and {"estimate", "low", "high", "n", *keys} <= set(result.columns)


def test_all_equal_has_no_width():
    result = interval(by_replicate(np.full(40, 7.0), np.arange(40) % 20), [], mean).iloc[0]
    assert (result.estimate, result.low, result.high) == (7, 7, 7)


def test_input_is_left_alone():
    frame = by_replicate(np.arange(40.0), np.arange(40) % 20, branch="a")
    before = frame.copy()
    interval(frame, ["branch"], mean)
    pd.testing.assert_frame_equal(frame, before)


def test_difference():
    rng = np.random.default_rng(2)
    sides = [pd.concat([by_replicate(rng.normal(m, 1, 400), np.arange(400) % 20, branch=b) for b in "ab"])
             for m in (5, 6)]
    one, other = (interval(side, ["branch"], mean) for side in sides)
    result = jackknife.difference(one, other.iloc[::-1], ["branch"])
    assert result["branch"].tolist() == ["a", "b"] and (result["high"] < 0).all() and (result["p"] < 0.001).all()
    back = jackknife.difference(other, one, ["branch"])
    assert back["low"].tolist() == pytest.approx((-result["high"]).tolist())
    assert result[["n", "n_other"]].to_numpy().tolist() == [[400, 400]] * 2
    assert np.isnan(jackknife.difference(one, other.iloc[:1], ["branch"])["estimate"]).tolist() == [False, True]


def test_rows_fold_in_the_order_of_first_appearance():
    frame = pd.DataFrame({"a": ["y", "x", None, "y"], "b": [1, 1, 2, 1]})
    for keys, expected in ((["a"], [0, 1, 2, 0]), (["b", "a"], [0, 1, 2, 0]), (["b"], [0, 0, 1, 0]), ([], [0] * 4)):
        assert jackknife.places(frame, keys)[1].tolist() == expected
    heads, sums = jackknife.summed(frame, ["a"], (np.arange(4), np.ones(4)))
    assert heads["a"].tolist()[:2] == ["y", "x"] and sums.tolist() == [[3, 1, 2], [2, 1, 1]]
    heads, sums = jackknife.summed(frame.iloc[:0], ["a"], (np.array([]),))
    assert len(heads) == 0 and sums.shape == (1, 0)
