"""Importance against performance with both cuts, and what a lift would buy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moments.metrics import priorities

close = pytest.approx
ITEMS = pd.DataFrame({"item": list("abcd"), "importance": [0.1, 0.2, 0.3, 1.4], "performance": [9.0, 5.0, 8.0, 2.0]})


def test_quarters_with_both_cuts_and_who_changes_side():
    """Means .5 and 6, medians .25 and 6.5: only c, important beside the others but not beside d, changes side."""
    before = ITEMS.copy()
    out = priorities.quarters(ITEMS)
    assert out["by_mean"].tolist() == ["spare", "later", "spare", "fix"]
    assert out["by_median"].tolist() == ["spare", "later", "keep", "fix"]
    assert out["moves"].tolist() == [False, False, True, False]
    assert out.loc[0, ["importance_mean", "performance_mean"]].tolist() == close([0.5, 6])
    assert out.loc[0, ["importance_median", "performance_median"]].tolist() == close([0.25, 6.5])
    pd.testing.assert_frame_equal(ITEMS, before)


def test_quarters_of_nothing_one_equal_and_unknown():
    assert len(priorities.quarters(ITEMS.iloc[:0])) == 0
    assert priorities.quarters(ITEMS.iloc[:1])["by_mean"].tolist() == ["keep"]
    same = priorities.quarters(ITEMS.assign(importance=1.0, performance=1.0))
    assert set(same["by_mean"]) == {"keep"} and not same["moves"].any()
    holed = priorities.quarters(ITEMS.assign(importance=[0.1, 0.2, 0.3, np.nan]))
    assert holed["by_mean"].isna().tolist() == [False, False, False, True] and not holed["moves"][3]


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(1, 10)), min_size=1, max_size=20))
def test_units_do_not_move_an_item_far_from_the_cut(pairs):
    frame = pd.DataFrame(pairs, columns=["importance", "performance"])
    out = priorities.quarters(frame)
    for cut in ("mean", "median"):
        high = frame["performance"] >= out["performance_" + cut]
        assert (out["by_" + cut].isin(["keep", "spare"]) == high).all()


def test_the_ladder():
    items = pd.DataFrame({
        "item": ["wait", "skill", "tone"], "lift": [0.4, 1.0, 2.0], "n": 900, "cost": [10.0, 0, np.nan],
        "estimate": [0.5, 0.3, -0.1], "low": [0.4, -0.1, -0.2], "high": [0.6, 0.7, 0.0],
    })  # fmt: skip
    out = priorities.ladder(items)
    assert out["item"].tolist() == ["skill", "wait", "tone"]
    assert out["estimate"].tolist() == close([0.3, 0.2, -0.2])
    assert out[["low", "high"]].iloc[1].tolist() == close([0.16, 0.24])
    assert out["per_cost"].tolist() == close([np.nan, 0.02, np.nan], nan_ok=True)
    assert "per_cost" not in priorities.ladder(items.drop(columns="cost"))
    assert len(priorities.ladder(items.iloc[:0])) == 0


def test_what_the_better_branches_reach():
    estimates, n = np.array([5.0, 6, 7, 8, 9]), np.full(5, 10)
    assert priorities.reachable(n, estimates) == (close(7), close(1), 5)  # a quarter of them lie above 8
    many = np.array([10, 10, 10, 10, 160])
    assert priorities.reachable(many, estimates) == (close(8.5), 0, 5)  # the mean is past it already
    assert priorities.reachable(np.array([5, 50]), np.array([4.0, 4.0]))[1] == 0
    assert priorities.reachable(np.array([9]), np.array([6.0])) == (6, 0, 1)
    assert priorities.reachable(np.array([9, 0]), np.array([6.0, np.nan])) == (6, 0, 1)
    both = priorities.reachable(np.array([n, many]), np.array([estimates, estimates]))
    assert both[1].tolist() == close([1, 0])


PRODUCTS = ["x", "y", "replicate", "n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy"]


def summed(data, places, replicate):
    """(products, branches) of answers {name: values} given at `places`, as the two queries count them."""
    parts, names = [], list(data)
    for group in np.unique(replicate):
        some = {name: values[replicate == group] for name, values in data.items()}
        parts += [
            (x, y, group, len(some[x]), some[x].sum(), some[y].sum(), some[x] @ some[x], some[y] @ some[y],
             some[x] @ some[y])
            for i, x in enumerate(names) for y in names[i:]
        ]  # fmt: skip
    keys = ["grp", "replicate"]
    branches = [
        pd.DataFrame({"grp": places, "replicate": replicate, "n": 1, "total": v, "total_sq": v**2})
        .groupby(keys, as_index=False).sum().assign(item=name) for name, v in data.items()
    ]  # fmt: skip
    return pd.DataFrame(parts, columns=PRODUCTS), pd.concat(branches)


def test_top_is_slope_times_reachable_lift():
    """Overall = skill + 3: slope 1. Shrunk means of branches known well are the means: 4, 6, 8, 10; all 7, best
    quarter 8.5: 1.5 points within reach, shown times ten. An indicator that overall does not follow buys nothing."""
    skill = np.repeat([4.0, 6.0, 8.0, 10.0], 2000) + np.tile([-1.0, 1.0], 4000)
    other = np.tile([5.0, 5.0, 6.0, 6.0], 2000)
    data = {"skill": skill, "other": other, "overall": skill + 3}
    out = priorities.top(*summed(data, np.repeat(list("abcd"), 2000), np.arange(8000) // 4 % 20), "overall", unit=10)
    assert out["item"].tolist() == ["skill", "other"]
    first = out.iloc[0]
    assert first[["estimate", "lift", "performance"]].tolist() == close([15, 15, 70], abs=0.02)
    assert first["low"] == close(first["estimate"], abs=0.01) and first["branches"] == 4
    assert out.iloc[1]["estimate"] == close(0, abs=1e-6)


def test_the_range_of_top_holds_the_error_of_the_lift():
    """The weight is 1 without any error, the lift is known from 100 answers a branch: from one survey to the next the
    points bought scatter as much as the range says (its half width is 2.09 standard errors on 20 groups)."""
    rng, places, got = np.random.default_rng(5), np.repeat(np.arange(12), 100), []
    for _ in range(60):
        skill = np.linspace(5, 8, 12)[places] + rng.normal(0, 2, len(places))
        data = {"skill": skill, "other": rng.normal(5, 1, len(places)), "overall": skill + 3}
        counted = summed(data, places, rng.permutation(np.arange(len(places)) % 20))
        got.append(priorities.top(*counted, "overall").set_index("item").loc["skill"])
    got = pd.DataFrame(got)
    assert (got["high"] - got["estimate"]).mean() / 2.09 == close(got["estimate"].std(), rel=0.25)
    inside = (got["low"] <= got["estimate"].mean()) & (got["estimate"].mean() <= got["high"])
    assert inside.mean() >= 0.85


def test_top_of_nothing():
    products = pd.DataFrame(columns=PRODUCTS)
    branches = pd.DataFrame(columns=["grp", "item", "replicate", "n", "total", "total_sq"])
    assert priorities.top(products, branches, "overall").empty
