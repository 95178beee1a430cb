"""Small branches stay hidden, against a reader who adds and subtracts everything on the page."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import pooling

leagues = st.lists(st.tuples(st.sampled_from("NSWE"), st.integers(0, 12)), min_size=0, max_size=9)


def league(pairs):
    region, n = zip(*pairs, strict=True) if pairs else ((), ())
    names = [f"b{i}" for i in range(len(pairs))]
    sizes = pd.Series(n, dtype=int)
    return pd.DataFrame({"branch": names, "region": list(region), "n": sizes, "total": sizes * 7})


def derivable(published, vectors):
    """Which rows of `vectors` are sums and differences of rows of `published`: those that least squares hits."""
    basis = np.linalg.svd(published.T, full_matrices=False)[0][:, : np.linalg.matrix_rank(published)]
    return np.abs(vectors - vectors @ basis @ basis.T).max(axis=1) < 1e-9


@settings(max_examples=100)
@given(leagues, st.integers(2, 8))
def test_no_few_answers_follow_from_what_is_shown(pairs, threshold):
    frame = league(pairs)
    shown = pooling.plan(frame, threshold)
    rows = pooling.pool(frame, shown)
    if frame["n"].sum() < threshold:
        assert len(rows) == 0
        return
    assert (rows["n"] >= threshold).all()
    assert rows["n"].sum() == frame["n"].sum() and rows["total"].sum() == frame["total"].sum()
    # the reader knows each row, each region's total and the grand total: all are sums over branches
    cells = shown.reset_index(drop=True)
    each_row = [list(rows.index) for _, rows in cells.groupby(["within", "group"])]
    each_region = [list(rows.index) for _, rows in cells.groupby("within")]
    told = [*each_row, *each_region, cells.index]
    published = np.array([[row in sum_of for row in cells.index] for sum_of in told], float)
    subsets = np.array(list(itertools.product([0.0, 1.0], repeat=len(cells))))[1:]
    few = subsets[subsets @ cells["n"].to_numpy() < threshold]
    assert not len(few) or not derivable(published, few).any(), cells


def test_the_reader_of_that_test_is_no_fool():
    """A small branch hidden alone is the total less the rest: the check above must see that."""
    total, a, b, c = [1, 1, 1.0], [1, 0, 0.0], [0, 1, 0.0], [0, 0, 1.0]
    assert derivable(np.array([total, a, b]), np.array([c])).tolist() == [True]
    assert derivable(np.array([total, a]), np.array([b, c, [0, 1, 1]])).tolist() == [False, False, True]


def test_one_small_branch_takes_the_next_smallest_with_it():
    frame = league([("N", 20), ("N", 3), ("N", 9), ("W", 50)])
    rows = pooling.pool(frame, pooling.plan(frame, 5)).set_index(["region", "branch"])
    assert rows.index.tolist() == [(("N",), ""), (("N",), "b0"), (("W",), "b3")]
    assert rows.loc[(("N",), ""), ["n", "total", "members"]].tolist() == [12, 84, 2]
    assert rows.loc[(("N",), "b0"), "n"] == 20 and rows.loc[(("W",), "b3"), "members"] == 1


def test_a_small_region_is_shown_with_another():
    frame = league([("N", 20), ("N", 30), ("S", 2), ("W", 90)])
    rows = pooling.pool(frame, pooling.plan(frame, 5))
    assert set(rows["region"]) == {("N", "S"), ("W",)}
    assert rows.loc[rows["branch"] == "", "n"].tolist() == [22]


def test_nothing_to_hide_changes_nothing():
    frame = league([("N", 5), ("S", 6), ("S", 7)])
    rows = pooling.pool(frame, pooling.plan(frame, 5))
    assert rows["branch"].tolist() == ["b0", "b1", "b2"] and rows["n"].tolist() == [5, 6, 7]


def test_slices_follow_the_same_plan():
    frame = league([("N", 20), ("N", 3), ("N", 9)])
    months = pd.concat([frame.assign(month=1), frame.assign(month=2)])
    before = months.copy()
    rows = pooling.pool(months, pooling.plan(frame, 5), by=["month"])
    assert rows.loc[rows["branch"] == "", ["month", "n"]].to_numpy().tolist() == [[1, 12], [2, 12]]
    pd.testing.assert_frame_equal(months, before)
    assert pooling.plan(months, 5)[["group", "n"]].to_numpy().tolist() == [["b0", 40], ["b1", 6], ["b2", 18]]


@pytest.mark.parametrize("missing", [None, np.nan])
def test_who_has_no_region_or_no_slice_is_added_up_as_well(missing):
    frame = league([("N", 20), (missing, 3), ("N", 9), (missing, 2)]).assign(slice=["x", missing, missing, "x"])
    rows = pooling.pool(frame, pooling.plan(frame, 5), by=["slice"])
    assert rows["region"].tolist() == [("",), ("",), ("N",), ("N",)] and rows["branch"].tolist() == ["", "", "b0", "b2"]
    assert rows["slice"].fillna("-").tolist() == ["x", "-", "x", "-"] and rows["n"].tolist() == [2, 3, 20, 9]
    nobody = pooling.plan(frame.assign(region=missing), 5)
    assert nobody["region"].tolist() == [""] * 4 and nobody["within"].tolist() == [("",)] * 4


def test_empty_one_and_two_regions():
    empty = league([])
    assert len(pooling.pool(empty, pooling.plan(empty, 5))) == 0
    assert len(pooling.plan(league([("N", 4)]), 5)) == 0
    assert pooling.plan(league([("N", 5)]), 5)["group"].tolist() == ["b0"]
    with pytest.raises(ValueError, match="two regions"):
        pooling.plan(pd.DataFrame({"branch": ["a", "a"], "region": ["N", "S"], "n": [9, 9]}), 5)
