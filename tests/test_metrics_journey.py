"""Peak and end: the toy journeys, raw answers as the second source."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from products_of import products_of

from moments.metrics import journey

close = pytest.approx
TOY = pd.DataFrame([(6, 3, 7, 9), (8, 8, 8, 2), (5, 10, 6, 8), (7, 1, 7, 7), (7, 7, 7, 7), (9, 6, 6, 4)])
OVERALL = [9, 3, 9, 4, 7, 6]


def remembered(touches, overall):
    return journey.peak_end(touches).assign(overall=overall)


def test_toy_journeys_as_worked():
    before = TOY.copy()
    found = journey.peak_end(TOY)
    assert found["peak"].tolist() == [9, 2, 10, 1, 7, 9]
    assert found["end"].tolist() == [9, 2, 8, 7, 7, 4]
    assert found["peak_end"].tolist() == [9, 2, 9, 4, 7, 6.5]
    out = journey.memory(products_of(remembered(TOY, OVERALL))).set_index("measure")
    assert out.loc["peak_end", "estimate"] == close(0.988509, abs=1e-6)
    assert out.loc["mean", "estimate"] == close(0.525486, abs=1e-6)
    assert out.loc["peak_end", "n"] == 6
    pd.testing.assert_frame_equal(TOY, before)


def test_what_each_adds_is_the_rise_in_r2():
    rng = np.random.default_rng(1)
    frame = remembered(pd.DataFrame(rng.integers(1, 11, (300, 6))), 0.0)
    frame["overall"] = frame["peak_end"] + frame["mean"] + rng.normal(0, 2, 300)
    out = journey.memory(products_of(frame)).set_index("measure")

    def r2(*names):
        return sm.OLS(frame["overall"], sm.add_constant(frame[list(names)])).fit().rsquared

    assert out["r2"].tolist() == close([r2(m) for m in out.index])
    assert out.loc["peak_end", "adds"] == close(r2("peak_end", "mean") - r2("mean"))
    assert out.loc["mean", "adds"] == close(r2("peak_end", "mean") - r2("peak_end"))
    assert out.loc["end", "adds"] == close(r2("end", "mean") - r2("mean"))
    assert out["adds_low"].isna().all()


def test_what_each_adds_has_an_interval_with_replicates():
    rng = np.random.default_rng(2)
    frame = remembered(pd.DataFrame(rng.integers(1, 11, (2_000, 6))), 0.0)
    frame["overall"] = frame["peak_end"] + rng.normal(0, 2, 2_000)
    with_groups = frame.assign(replicate=rng.integers(0, 20, 2_000))
    out = journey.memory(products_of(with_groups, replicate=True)).set_index("measure")
    plain = journey.memory(products_of(frame)).set_index("measure")
    assert out["adds"].tolist() == close(plain["adds"].tolist())
    assert out.loc["peak_end", "adds_low"] > 0.05
    assert out.loc["mean", "adds_low"] < 0.01


def test_the_bad_peak_wins_a_tie_and_missing_stages_are_passed_over():
    touches = pd.DataFrame([[9, 2, 5, np.nan], [2, 9, np.nan, 6], [np.nan, 3, np.nan, np.nan], [np.nan] * 4])
    found = journey.peak_end(touches)
    assert found["peak"].tolist()[:3] == [2, 2, 3]
    assert found["end"].tolist()[:3] == [5, 6, 3]
    assert found["mean"].tolist()[:3] == close([16 / 3, 17 / 3, 3])
    assert found.iloc[3].isna().all()
    assert journey.peak_end(pd.DataFrame([[1, 4]]), midpoint=4.0)["peak"].tolist() == [1]


@given(st.lists(st.lists(st.integers(1, 10), min_size=4, max_size=4), min_size=1, max_size=20))
def test_laws_of_peak_and_end(rows):
    touches = pd.DataFrame(rows)
    found = journey.peak_end(touches)
    assert (found["end"] == touches[3]).all()
    assert found["peak"].isin(range(1, 11)).all()
    far = (touches - 5.5).abs().max(axis=1)
    assert ((found["peak"] - 5.5).abs() == far).all()
    # all but the end may change places
    assert journey.peak_end(touches[[2, 0, 1, 3]])["peak_end"].tolist() == found["peak_end"].tolist()


def test_all_alike_nothing_one():
    alike = remembered(pd.DataFrame([[7, 7, 7]] * 5), [7] * 5)
    assert journey.memory(products_of(alike))[["estimate", "low", "high", "adds"]].isna().all(axis=None)
    empty = products_of(alike).iloc[:0]
    assert len(journey.memory(empty)) == 0 and "adds" in journey.memory(empty)
    assert len(journey.peak_end(pd.DataFrame(columns=range(3), dtype=float))) == 0
    one = journey.memory(products_of(remembered(TOY, OVERALL).iloc[:1]))
    assert one["estimate"].isna().all()


def test_line_and_spread():
    sums = pd.DataFrame({"stage": ["greet", "queue", "leave"], "n": [3, 1, 0], "total": [24.0, 5, 0]})
    sums["total_sq"] = [194.0, 25, 0]
    out = journey.line(sums)
    assert out["estimate"].tolist() == close([8, 5, np.nan], nan_ok=True)
    assert out["sd"].tolist() == close([1, np.nan, np.nan], nan_ok=True)
    assert out.loc[0, ["low", "high"]].tolist() == close([8 - 4.302653 / 3**0.5, 8 + 4.302653 / 3**0.5])


def test_two_journeys():
    one = pd.DataFrame({"stage": ["a", "b", "c"], "n": [50, 50, 5], "total": [400.0, 300, 25]})
    one["total_sq"] = [3250.0, 1900, 130]
    other = pd.DataFrame({"stage": ["b", "a"], "n": 40, "total": [240.0, 200], "total_sq": [1500.0, 1060]})
    out = journey.compare(one, other).set_index("stage")
    assert out["estimate"].tolist() == close([3, 0, np.nan], nan_ok=True)
    assert out.loc["a", "low"] > 0 and out.loc["a", "q"] < 0.001 and out.loc["b", "p"] == close(1)
    assert out["n_other"].tolist() == [40, 40, 0]
    nearer = other.assign(total=[240.0, 304], total_sq=[1500.0, 2350.2])
    out = journey.compare(one, nearer).set_index("stage")
    assert out.loc["a", "p"] > 0.01 and out.loc["a", "q"] == close(2 * out.loc["a", "p"])  # two stages were looked at
    assert len(journey.compare(one.iloc[:0], other)) == 0


def test_best_and_worst_moments():
    counts = pd.DataFrame({"branch": "x", "stage": ["a", "b"], "n": [263, 20], "best": [81, 0], "worst": [10, 20]})
    out = journey.extremes(counts)
    assert out["stage"].tolist() == list("aabb") and out["moment"].tolist() == ["best", "worst"] * 2
    assert out.loc[0, ["low", "high"]].tolist() == close([0.25529, 0.36621], rel=1e-4)
    assert out.loc[2, ["low", "high"]].tolist() == close([0, 0.16113], abs=1e-5)
    assert out["n"].tolist() == [263, 263, 20, 20]
