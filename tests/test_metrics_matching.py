"""Rows beside rows: what a merge gives, on frames of a few rows."""

import numpy as np
import pandas as pd
import pytest

from moments.metrics import matching

OTHER = pd.DataFrame({"branch": ["b", "a", None], "code": ["x", "x", "y"]})


def test_places_are_those_of_the_same_keys():
    one = pd.DataFrame({"branch": ["a", "c", np.nan, "b"], "code": ["x", "x", "y", "y"]})
    assert matching.places(one, OTHER, ["branch"]).tolist() == [1, -1, 2, 0]
    assert matching.places(one, OTHER, ["branch", "code"]).tolist() == [1, -1, 2, -1]
    assert matching.places(one.iloc[:0], OTHER, ["branch"]).tolist() == []


def test_without_keys_one_row_stands_beside_all():
    one = pd.DataFrame({"n": [1, 2]})
    assert matching.places(one, pd.DataFrame({"n": [5]}), []).tolist() == [0, 0]
    assert matching.places(one, pd.DataFrame({"n": []}), []).tolist() == [-1, -1]


def test_keys_that_are_not_unique_are_refused():
    with pytest.raises(ValueError, match="not unique"):
        matching.places(OTHER, OTHER, ["code"])


def test_what_is_not_there_is_missing():
    assert matching.taken(pd.Series([3, 4]), np.array([1, -1]), 0).tolist() == [4, 0]
    assert np.isnan(matching.taken(np.array([]), np.array([-1]))).all()


def test_counts_stay_whole():
    n = pd.Series([3, 4])
    assert matching.counted(n, np.array([1, 0])).dtype == "int64" and matching.counted(n, np.array([1, -1]))[0] == 4
    assert matching.counted(n / 2, np.array([0])).tolist() == [1.5]
