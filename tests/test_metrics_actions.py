"""Before and after against those who did not act: the noise branch is not called improved, the fixed one is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from moments.metrics import actions

close = pytest.approx


def branch(name, acted, after, before, sd=1.5, n=200):
    sides = {}
    for mean, tail in ((after, ""), (before, "_before")):
        sides |= {"n" + tail: n, "total" + tail: n * mean, "total_sq" + tail: (n - 1) * sd**2 + n * mean**2}
    return {"branch": name, "acted": acted, **sides}


FOUR = pd.DataFrame([branch("fixed", True, 8.6, 7.5), branch("a", False, 7.6, 7.5), branch("b", False, 7.7, 7.5)])


def test_change_is_welch():
    before = FOUR.copy()
    out = actions.change(FOUR).iloc[0]
    theirs = stats.ttest_ind_from_stats(8.6, 1.5, 200, 7.5, 1.5, 200, equal_var=False)
    assert (out["estimate"], out["p"]) == close((1.1, theirs.pvalue))
    assert (out["before"], out["after"], out["n"], out["n_before"]) == close((7.5, 8.6, 200, 200))
    assert out["se"] == close(1.5 * np.sqrt(2 / 200)) and out["low"] > 0
    pd.testing.assert_frame_equal(FOUR, before)


def test_difference_in_differences_by_hand():
    out = actions.against_peers(FOUR).iloc[0]
    assert out["peers"] == 2 and out["peers_change"] == close(0.15) and out["effect"] == close(0.95)
    se = 1.5 * np.sqrt(2 / 200)
    assert out["tau"] == 0  # .1 and .2 differ less than chance
    half = 12.7062047 * np.sqrt(se**2 + se**2 / 2)  # t(1): two peers say little about how peers scatter
    assert (out["effect_low"], out["effect_high"]) == close((0.95 - half, 0.95 + half), rel=1e-6)


def test_peers_in_one_row_are_taken_as_one():
    rows = pd.DataFrame([branch("fixed", True, 8.6, 7.5), branch("others", False, 7.65, 7.5, n=4000)])
    out = actions.against_peers(rows).iloc[0]
    error = np.sqrt(1.5**2 * (2 / 200 + 2 / 4000))
    assert (out["effect"], out["effect_p"]) == close((0.95, 2 * stats.norm.sf(0.95 / error)), rel=1e-4)
    assert out["effect_high"] == close(0.95 + 1.959964 * error, rel=1e-6)


def test_who_rose_with_everyone_did_not_rise_by_acting():
    rows = pd.DataFrame([branch("acted", True, 8.5, 7.5), *(branch(f"p{i}", False, 8.5, 7.5) for i in range(6))])
    out = actions.against_peers(rows).iloc[0]
    assert out["p"] < 0.001 and out["effect"] == close(0) and out["effect_p"] == close(1)


def test_peers_that_scatter_make_one_rise_less_of_a_proof():
    calm = pd.DataFrame([branch("acted", True, 8.1, 7.5), *(branch(f"p{i}", False, 7.5, 7.5) for i in range(8))])
    moves = [-0.8, -0.5, -0.3, -0.1, 0.1, 0.3, 0.5, 0.8]
    wild = pd.DataFrame([branch("acted", True, 8.1, 7.5), *(branch(f"p{m}", False, 7.5 + m, 7.5) for m in moves)])
    assert actions.against_peers(calm)["effect_low"][0] > 0
    assert actions.against_peers(wild)["effect_low"][0] < 0 < actions.against_peers(wild)["tau"][0]


def test_no_effect_is_seldom_claimed_though_branches_scatter():
    rng, claims = np.random.default_rng(1), 0
    for _ in range(100):
        moves = rng.normal(0.2, 0.3, 20)
        rows = []
        for i, move in enumerate(moves):
            after, before = rng.normal(7.5 + move, 1.5, 100), rng.normal(7.5, 1.5, 100)
            row = {"branch": i, "acted": i == 0}
            for side, tail in ((after, ""), (before, "_before")):
                row |= {"n" + tail: 100, "total" + tail: side.sum(), "total_sq" + tail: (side**2).sum()}
            rows.append(row)
        claims += (actions.against_peers(pd.DataFrame(rows))["effect_p"] <= 0.05).iloc[0]
    assert claims / 100 <= 0.09


def test_any_form_of_score():
    after = pd.DataFrame({"branch": ["x", "y"], "detractors": [10, 5], "passives": [20, 5], "promoters": [70, 10]})
    before = pd.DataFrame({"branch": ["x"], "detractors": [30], "passives": [30], "promoters": [40]})
    rows = actions.widen(after, before, ["branch"])
    out = actions.change(rows)
    assert out["branch"].tolist() == ["x"] and out["estimate"].tolist() == close([50])


def test_nothing_one_all_equal_and_no_peers():
    assert len(actions.change(FOUR.iloc[:0])) == 0 and len(actions.against_peers(FOUR.iloc[:0])) == 0
    alone = actions.against_peers(FOUR.iloc[:1])
    assert alone["estimate"].tolist() == close([1.1]) and alone[["effect", "effect_low"]].isna().all(axis=None)
    assert len(actions.against_peers(FOUR.iloc[1:])) == 0
    same = actions.against_peers(pd.DataFrame([branch(i, i == 0, 7, 7, sd=0) for i in range(4)]))
    assert same["estimate"].tolist() == [0] and same["p"].tolist() == [1]
    empty = actions.change(FOUR.assign(n=0, total=0.0, total_sq=0.0))
    assert empty["estimate"].isna().all()
