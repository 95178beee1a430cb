"""Sentences on who comes first: they name one only where the intervals tell it apart."""

import pandas as pd
import pytest

from moments import insights, text

NAN = float("nan")


@pytest.fixture(autouse=True)
def english():
    with text.reading("en"):
        yield


def features(*rows):
    return pd.DataFrame(rows, columns=["name", "worse", "worse_low", "worse_high"])


def test_the_first_is_named_alone_where_no_interval_reaches_it():
    rows = features(("a", -0.3, -0.35, -0.25), ("b", -0.8, -0.85, -0.75), ("c", NAN, NAN, NAN))
    found = insights.foremost("kano.quadrant", rows.assign(better=0.0, better_low=0.0, better_high=0.1), {"worse": 0})
    assert found.values == {"worse": "Most missed if it were not there: b (Worse −0.80)"}


def test_those_whose_intervals_reach_it_are_named_with_it():
    rows = features(("a", -0.7, -0.78, -0.6), ("b", -0.8, -0.85, -0.75), ("c", -0.1, -0.2, 0.0))
    phrase = insights.foremost("kano.quadrant", rows, {"worse": 0}).values["worse"]
    assert phrase == "Most missed, with no clear difference between them: b, a (Worse down to −0.80)"


def test_nobody_is_named_below_the_limit_and_nothing_said_of_nobody():
    rows = features(("a", -0.1, -0.2, 0.0))
    assert insights.foremost("kano.quadrant", rows, {"worse": 0.3}).values["worse"] == "Nothing would clearly be missed"
    assert insights.foremost("kano.quadrant", rows.iloc[:0], {"worse": 0}).key == "kano.quadrant.few"


def test_steps_are_said_in_the_order_of_the_rows():
    rows = pd.DataFrame({"rule": ["M", "M", "A", "hidden"], "name": list("abcd")})
    steps = insights.ordered("kano.work", rows, "rule").values["steps"]
    assert steps == "First secure what must be there: a and others (2 in all); then add what delights: c"
    assert insights.ordered("kano.work", rows.iloc[3:], "rule").key == "kano.work.none"


def shifts(*rows):
    return pd.DataFrame(rows, columns=["group_name", "name", "category", "whole", "real", "q"])


def test_the_clearest_shift_is_told():
    mass = ("mass", "a", "M", "I", True, 0.001), ("mass", "b", "A", "I", False, 0.5)
    rows = shifts(("vip", "a", "A", "I", True, 0.01), *mass)
    found = insights.shifted("kano.segments", rows, {"A": "Attractive", "M": "Must-be", "I": "Indifferent"})
    assert found.values == {"count": 2, "group": "mass", "name": "a", "kind": "Must-be", "whole": "Indifferent"}
    assert insights.shifted("kano.segments", rows.assign(real=False), {}).key == "kano.segments.none"
    assert insights.shifted("kano.segments", rows.iloc[1:], {}).key == "kano.segments.few"


def test_agreement_names_those_that_differ():
    rows = pd.DataFrame({"name": list("abc"), "rule": ["M", "O", None], "field": ["M", "A", "A"]})
    assert insights.agreement("kano.cloud", rows, "rule", "field").values == {"count": 2, "same": 1, "names": "b"}
    assert insights.agreement("kano.cloud", rows.iloc[:1], "rule", "field").key == "kano.cloud.all"
    assert insights.agreement("kano.cloud", rows.iloc[2:], "rule", "field").key == "kano.cloud.few"


def test_names_in_a_row():
    assert text.listed("abc") == "a, b, c" and text.listed("abcd") == "a, b, c and others (4 in all)"
    with text.reading("zh"):
        assert text.listed("ab", 1) == "a等 2 项" and text.listed([]) == ""


def test_counts_are_told_unless_there_is_nothing_to_count():
    row = pd.DataFrame({"features": [3], "clear": 1})
    assert insights.numbers("kano.classes", row, of="features").key == "kano.classes.found"
    assert insights.numbers("kano.classes", row.assign(features=0), of="features").key == "kano.classes.few"
