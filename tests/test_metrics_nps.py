"""Net Promoter Score: published numbers, properties and edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import nps

CELLS = st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))


def counts(*rows, **keys):
    return pd.DataFrame(rows, columns=["detractors", "passives", "promoters"], dtype="int64").assign(**keys)


def test_published_scores():
    result = nps.score(counts((10, 20, 70), (1, 2, 7), (0, 0, 5)))
    assert result["estimate"].tolist() == pytest.approx([60, 60, 100])
    assert result["low"].tolist() == pytest.approx([45.270, 7.039, 17.49], rel=1e-4)
    assert result["high"].tolist() == pytest.approx([71.235, 85.268, 100], rel=1e-4)
    assert result["n"].tolist() == [100, 10, 5]


def test_published_difference():
    result = nps.difference(counts((15, 25, 60)), counts((25, 30, 45))).iloc[0]
    assert (result.estimate, result.z, result.p) == pytest.approx((25, 2.2409, 0.02503), rel=1e-4)
    assert (result.low, result.high) == pytest.approx((3.043, 45.500), abs=5e-4)
    assert (result.low + result.high) / 2 == pytest.approx(24.2718, rel=1e-4)
    assert (result.n, result.n_other) == (100, 100)


def test_sample_sizes():
    assert nps.needed(0.6, 10) == 231 and nps.needed_to_tell(0.6, 10) == 942


def test_equal_weights_change_nothing_and_uneven_ones_widen():
    weighted = counts((100, 200, 300)).assign(sum_w=600.0, sum_w2=600.0, w_promoters=300.0, w_detractors=100.0)
    plain = nps.score(counts((100, 200, 300)))
    result = nps.score(weighted)
    columns = ["estimate", "low", "high"]
    assert result[columns].to_numpy() == pytest.approx(plain[columns].to_numpy())
    assert result["n_eff"].tolist() == [600] and result["n"].tolist() == [600]
    uneven = nps.score(weighted.assign(sum_w2=1800.0))
    assert uneven["n_eff"].tolist() == [200] and uneven["low"][0] < result["low"][0]


@settings(max_examples=25)
@given(CELLS)
def test_score_properties(cells):
    result = nps.score(counts(cells)).iloc[0]
    d, p, q = cells
    if sum(cells) == 0:
        assert np.isnan([result.estimate, result.low, result.high]).all() and result.n == 0
        return
    adjusted = 100 * (q - d) / (sum(cells) + 3)
    assert -100 <= result.low <= adjusted <= result.high <= 100
    assert -100 <= result.estimate <= 100 and result.low < result.high
    assert nps.score(counts((d, p, q + 1)))["estimate"][0] >= result.estimate - 1e-9
    mirror = nps.score(counts((q, p, d))).iloc[0]
    assert (mirror.estimate, mirror.low, mirror.high) == pytest.approx((-result.estimate, -result.high, -result.low))


@settings(max_examples=25)
@given(CELLS, CELLS)
def test_difference_properties(a, b):
    result = nps.difference(counts(a), counts(b)).iloc[0]
    back = nps.difference(counts(b), counts(a)).iloc[0]
    if sum(a) and sum(b):
        assert result.estimate == pytest.approx(-back.estimate) and result.p == pytest.approx(back.p)
        assert (result.p < 0.05) == (result.low > 0 or result.high < 0)
    else:
        assert np.isnan(result.estimate) and np.isnan(result.p)


def test_difference_aligns_on_keys():
    now = counts((1, 2, 7), (10, 20, 70), (3, 3, 3), branch=["a", "b", "c"])
    then = counts((10, 20, 70), (2, 2, 6), branch=["b", "a"])
    result = nps.difference(now, then)
    assert result["branch"].tolist() == ["a", "b", "c"]
    assert result["estimate"].tolist()[:2] == [20, 0] and np.isnan(result["estimate"][2])
    assert result["n_other"].tolist() == [10, 100, 0]
    whole = nps.difference(now, counts((10, 20, 70)))
    assert whole["estimate"].tolist() == [0, 0, -60]


def test_shares_sum_to_one():
    result = nps.shares(counts((10, 20, 70), (0, 0, 0), branch=["a", "b"]))
    assert result["part"].tolist() == ["detractor", "passive", "promoter"] * 2
    assert result["estimate"].tolist()[:3] == pytest.approx([0.1, 0.2, 0.7]) and result["estimate"][3:].isna().all()


def test_three_ways_worked_case():
    result = nps.three_ways(pd.DataFrame({"score": [6, 7, 8, 9], "n": [1, 2, 34, 1]}))
    assert result["reading"].tolist() == ["nps", "top_two", "mean_index"]
    assert result["estimate"].tolist() == pytest.approx([0, 100 / 38, 79.210526])
    assert result.loc[2, ["low", "high"]].tolist() == pytest.approx([77.805, 80.616], rel=1e-5)


def test_three_ways_keys_and_wrong_scale():
    frame = pd.DataFrame({"branch": ["b", "b", "a"], "score": [10, 0, 9], "n": [3, 1, 5]})
    result = nps.three_ways(frame)
    assert result["branch"].tolist() == ["b"] * 3 + ["a"] * 3
    assert result["estimate"].tolist() == [50, 75, 75, 100, 100, 90]
    for wrong in (11, -1, 5.5):
        with pytest.raises(ValueError, match="0 to 10"):
            nps.three_ways(pd.DataFrame({"score": [wrong], "n": [1]}))


TRANSITIONS = pd.DataFrame(
    {"first_class": ["detractor", "detractor", "passive", "promoter", "promoter"],
     "last_class": ["promoter", "detractor", "promoter", "passive", "promoter"], "n": [6, 10, 4, 3, 27]}
)


def test_flow_and_movement():
    shares = nps.flow(TRANSITIONS)
    assert shares["estimate"].sum() == pytest.approx(1) and shares["n_all"].tolist() == [50] * 5
    result = nps.movement(TRANSITIONS).iloc[0]
    assert (result.up, result.down, result.n, result.estimate) == (10, 3, 50, 0.14)
    assert result.points == 100 * (6 * 2 + 4 - 3) / 50
    # Agresti and Min by hand: (10.5 - 3.5) / 52, variance (14/52 - (7/52)^2) / 52
    assert (result.low + result.high) / 2 == pytest.approx(7 / 52)
    assert (result.high - result.low) / 2 == pytest.approx(1.959964 * np.sqrt((14 / 52 - (7 / 52) ** 2) / 52))
    assert (result.p < 0.05) == (result.low > 0)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=9, max_size=9))
def test_movement_mirror(cells):
    classes = ["detractor", "passive", "promoter"]
    pairs = [(a, b) for a in classes for b in classes]
    frame = pd.DataFrame(pairs, columns=["first_class", "last_class"]).assign(n=cells)
    one = nps.movement(frame).iloc[0]
    back = nps.movement(frame.rename(columns={"first_class": "last_class", "last_class": "first_class"})).iloc[0]
    if sum(cells):
        assert -1 <= one.low <= one.high <= 1
        assert (one.estimate, one.low, one.points) == pytest.approx((-back.estimate, -back.high, -back.points))


def test_movement_unknown_class():
    with pytest.raises(ValueError, match="detractor, passive, promoter"):
        nps.movement(TRANSITIONS.replace("passive", "neutral"))


def test_counts_from_scores():
    frame = pd.DataFrame({"score": [0, 6, 7, 8, 9, 10], "n": [1, 2, 3, 4, 5, 6]}).assign(sum_w=2.0, sum_w2=3.0)
    row = nps.from_scores(frame)
    assert row[["detractors", "passives", "promoters"]].iloc[0].tolist() == [3, 7, 11]
    assert row[["sum_w", "sum_w2", "w_promoters", "w_detractors"]].iloc[0].tolist() == [12, 18, 4, 4]
    assert "n_eff" in nps.score(row) and "n_eff" not in nps.score(nps.unweighted(row))
    assert "sum_w" not in nps.from_scores(frame.assign(sum_w=np.nan))


def test_share_changes():
    result = nps.share_changes(counts((8, 4, 8)), counts((2, 9, 9))).set_index("part")
    assert result["estimate"].tolist() == pytest.approx([0.3, -0.25, -0.05])
    assert result.loc["detractor", "low"] > 0 > result.loc["promoter", "low"]


def test_experiences_set_detractors_beside_promoters():
    rows = pd.DataFrame({"item": ["a", "a", "b", "b", "b"], "n": [80, 70, 80, 70, 5], "met": [48, 56, 40, 7, 5],
                         "grp": ["detractor", "promoter", "detractor", "promoter", "passive"]})
    result = nps.experience(rows).set_index("item")
    assert result.index.tolist() == ["b", "a"] and result.loc["a", "estimate"] == pytest.approx(-0.2)
    assert (result.loc["a", "low"], result.loc["a", "high"]) == pytest.approx((-0.33387, -0.05243), rel=1e-4)
    assert result.loc["b", ["detractor", "promoter", "n", "n_other"]].tolist() == [0.5, 0.1, 80, 70]


def test_no_rows():
    nothing = counts(branch="a").iloc[:0]
    results = [nps.score(nothing), nps.shares(nothing), nps.difference(nothing, nothing),
               nps.three_ways(pd.DataFrame({"branch": [], "score": [], "n": []})),
               nps.flow(TRANSITIONS.iloc[:0]), nps.movement(TRANSITIONS.iloc[:0])]
    for result in results:
        assert len(result) == 0 and {"estimate", "low", "high", "n"} <= set(result.columns)


def test_input_is_left_alone():
    frame = counts((10, 20, 70), branch="a")
    before = frame.copy()
    nps.score(frame), nps.shares(frame), nps.difference(frame, frame)
    pd.testing.assert_frame_equal(frame, before)
