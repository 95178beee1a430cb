"""Weights that sum to 100."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import weights as w

FIVE = ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]
WEIGHTS = dict(zip(FIVE, [11, 32, 22, 19, 16], strict=True))


def test_weighted():
    gaps = pd.DataFrame({"dimension": FIVE, "estimate": [-.2, -1.1, -.7, -.5, -.5], "n": [9, 8, 7, 8, 9]})
    assert w.weighted(gaps, WEIGHTS, "dimension").iloc[0].tolist() == pytest.approx([-0.703, 7])
    assert w.weighted(gaps, w.equal(FIVE), "dimension")["estimate"].tolist() == pytest.approx([-0.6])
    lacking = pd.concat([gaps.assign(branch="a"), gaps.iloc[:3].assign(branch="b")])
    assert np.isnan(w.weighted(lacking, WEIGHTS, "dimension")["estimate"]).tolist() == [False, True]
    assert w.weighted(lacking.iloc[:0], WEIGHTS, "dimension").empty


def test_check():
    assert w.check({"a": 100, "b": 0}) == {"a": 100}
    for wrong in ({}, {"a": 99}, {"a": 60, "b": 60}):
        with pytest.raises(ValueError, match="not 100"):
            w.check(wrong)


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(FIVE), st.integers(0, 100), min_size=1), st.data(),
       st.floats(-20, 120, allow_nan=False))
def test_rebalance_keeps_the_sum(weights, data, value):
    changed = data.draw(st.sampled_from(sorted(weights)))
    result = w.rebalance(weights, changed, value)
    assert sum(result.values()) == 100 and list(result) == list(weights)
    assert all(isinstance(w, int) and w >= 0 for w in result.values())
    if len(weights) > 1:
        assert result[changed] == np.clip(round(value), 0, 100)
        assert w.rebalance(result, changed, result[changed]) == result


def test_rebalance_keeps_proportions():
    assert w.rebalance(WEIGHTS, "reliability", 32) == WEIGHTS
    assert w.rebalance(WEIGHTS, "reliability", 66) == {
        "tangibles": 6, "reliability": 66, "responsiveness": 11, "assurance": 9, "empathy": 8}
    assert w.rebalance({"a": 100, "b": 0, "c": 0}, "a", 50) == {"a": 50, "b": 25, "c": 25}
    with pytest.raises(ValueError, match="no weight is named z"):
        w.rebalance(WEIGHTS, "z", 10)


def test_starting_takes_what_is_stated_for_exactly_these_names():
    assert w.starting(["a", "b"], {"a": 1, "b": 3}) == {"a": 25, "b": 75}
    assert w.starting(["a", "b"], {"a": 1}, {"a": 3, "b": 1}) == {"a": 75, "b": 25}
    assert w.starting(["a", "b"], {"a": 1, "b": 0}) == {"a": 50, "b": 50}
    assert w.starting([]) == {}
