"""The league that a page shows: what may be seen of it, and that its sentences do not cry wolf."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_metrics_branches import EQUALS, nps_league, share_league
from test_metrics_pooling import derivable

from moments import comparisons
from moments.metrics import leagues, scores

close = pytest.approx


def whole(league):
    """A simulated league as `leagues.pooled` gives one."""
    return league.assign(code=league["branch"], name=league["branch"], region=[("",)] * len(league), members=1)


def rows(*cells):
    """branch, region, hits, n."""
    return pd.DataFrame(list(cells), columns=["branch", "region", "hits", "n"])


def test_small_branches_are_shown_together_and_named_by_their_region():
    found = leagues.pooled(rows(("a", "N", 4, 20), ("b", "N", 1, 2), ("c", "N", 3, 9), ("d", "S", 30, 40)), 5)
    found = found.set_index("branch")
    assert found["code"].to_dict() == {"others:N": "", "a": "a", "d": "d"}
    assert found.loc["others:N", ["hits", "n", "members"]].tolist() == [4, 11, 2]
    assert leagues.pooled(rows(("a", "N", 1, 2)), 5).empty


def test_branches_that_stand_alone_come_by_region_with_or_without_what_is_within_them():
    cells = rows(("d", "S", 30, 40), ("a", "N", 4, 20), ("c", "N", 3, 9))
    strata = pd.concat([cells.assign(stratum=code) for code in "yx"], ignore_index=True)
    whole, parts = leagues.pooled(cells, 5), leagues.pooled(strata, 5, "stratum")
    assert whole[["branch", "hits", "n", "members"]].to_numpy().tolist() == [
        ["a", 4, 20, 1], ["c", 3, 9, 1], ["d", 30, 40, 1]
    ]  # fmt: skip
    assert (parts["branch"] + parts["stratum"]).tolist() == ["ax", "ay", "cx", "cy", "dx", "dy"]
    assert parts["n"].tolist() == [20, 20, 9, 9, 40, 40] and whole["region"].tolist() == [("N",), ("N",), ("S",)]
    pd.testing.assert_frame_equal(leagues.pooled(strata, 5), whole.assign(hits=2 * whole["hits"], n=2 * whole["n"]))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("NSW"), st.integers(1, 12)), min_size=2, max_size=7), st.integers(2, 6))
def test_rows_regions_and_total_tell_of_no_small_branch(pairs, threshold):
    """Whoever adds and subtracts what the page shows finds no sum over fewer answers than the threshold."""
    league = rows(*((f"b{i}", region, 0, n) for i, (region, n) in enumerate(pairs)))
    shown = leagues.pooled(league, threshold)
    if shown.empty:
        assert league["n"].sum() < threshold
        return
    order = list(league["branch"])
    region = dict(zip(league["branch"], league["region"], strict=True))
    alone = set(shown["code"])
    told = [[1.0 if b == code else 0.0 for b in order] for code in alone if code]
    for _, row in shown[shown["code"] == ""].iterrows():
        told.append([1.0 if region[b] in row["region"] and b not in alone else 0.0 for b in order])
    for regions in leagues.regions(shown)["grp"]:
        told.append([1.0 if region[b] in regions else 0.0 for b in order])
    told.append([1.0] * len(order))
    subsets = np.array(list(itertools.product([0.0, 1.0], repeat=len(order))))[1:]
    few = subsets[subsets @ league["n"].to_numpy() < threshold]
    assert not len(few) or not derivable(np.array(told), few).any()


def test_estimates_are_those_of_each_measure():
    share = leagues.estimates(pd.DataFrame({"branch": ["a"], "hits": [56], "n": [70]}))
    assert (share["estimate"][0], share["low"][0], share["high"][0]) == close((0.8, 0.6916, 0.8772), abs=5e-4)
    mean = leagues.estimates(pd.DataFrame({"branch": ["a"], "n": [4], "total": [20.0], "total_sq": [110.0]}))
    assert mean["estimate"][0] == 5 and mean["low"][0] < 5 < mean["high"][0]


def test_a_pair_to_begin_with():
    counts = whole(rows(("a", "N", 5, 20), ("b", "N", 18, 20), ("c", "N", 10, 20)))
    assert leagues.rivals(counts) == ("a", "b")
    assert leagues.rivals(counts, ("c",)) == ("c", "a") and leagues.rivals(counts, ("c", "b", "a")) == ("c", "b")
    assert leagues.rivals(counts.iloc[:1]) is None


def test_the_pair_to_begin_with_is_told_apart_by_many_answers():
    """Two branches of five answers lie farthest out, but say less than those of hundreds next to them."""
    counts = pd.DataFrame({"branch": list("abcdef"), "hits": [1, 4, 90, 110, 60, 140], "n": [5, 5, 200, 200, 200, 200]})
    assert leagues.rivals(counts.assign(code=counts["branch"])) == ("e", "f")


def test_ladder_gives_the_best_first_and_heads_above_each_band():
    counts = whole(pd.DataFrame({"branch": list("abcde"), "n": 400, "hits": [380, 376, 240, 236, 100]}))
    ladder = leagues.ladder(counts)
    assert ladder["branch"].tolist() == list("abcde") and ladder["band"].tolist() == [1, 1, 2, 2, 3]
    assert leagues.ladder(counts, -1)["branch"].tolist() == list("edcba")
    headed = leagues.headed(ladder, {1: "one", 2: "two", 3: "three"})
    assert headed["name"].tolist() == ["one", "a", "b", "two", "c", "d", "three", "e"]
    assert headed["strong"].tolist() == [True, False, False, True, False, False, True, False]


def test_adjusting_shows_simpson_and_leaves_small_cells_out():
    cells = [("a", "easy", 81, 90), ("a", "hard", 2, 10), ("b", "easy", 10, 10), ("b", "hard", 27, 90)]
    counts = pd.DataFrame(cells, columns=["branch", "stratum", "hits", "n"])
    found = leagues.adjusted(counts, 5)
    assert found["raw"].tolist() == close([0.83, 0.37]) and found["estimate"].tolist() == close([0.55, 0.65])
    between = leagues.between(found, "b", "a").iloc[0]
    assert between["estimate"] == close(0.1) and between["low"] < 0.1 < between["high"]
    assert leagues.between(found, "a", "z")["estimate"].isna().all() and leagues.between(found).isna().all(axis=None)
    tiny = counts.assign(n=[90, 3, 10, 90], hits=[81, 2, 10, 27])
    assert leagues.adjusted(tiny, 5)["estimate"].isna().any()  # its one large cell would tell of the small one


def test_table_counts_all_cells_as_one_family_and_knows_what_is_better():
    rng = np.random.default_rng(1)
    good, bad = (nps_league(rng, 20, smallest=150, largest=300) for _ in range(2))
    bad.loc[3, ["detractors", "passives", "promoters"]] = [280, 10, 10]
    found = leagues.table({"x": whole(good), "y": whole(bad)}, {"x": 1, "y": 1})
    assert found.loc[found["side"] != 0, ["branch", "measure", "side"]].to_numpy().tolist() == [["b3", "y", -1]]
    turned = leagues.table({"x": whole(good), "y": whole(bad)}, {"x": 1, "y": -1})
    assert turned["side"].max() == 1


def claims(league) -> list[str]:
    """Which of the page's sentences say that somebody is really different."""
    counts = whole(league)
    said = leagues.standing(counts)
    pair = leagues.rivals(counts)
    words = str
    found = [
        comparisons.stand_out("f", said, words),
        comparisons.stand_out("n", leagues.standing(counts, "none"), words),
        comparisons.versus("v", leagues.duel(counts, *pair), pair, words, words, words),
        comparisons.rungs("r", leagues.ladder(counts)),
        comparisons.patches("t", leagues.table({"x": counts}, {"x": 1})),
    ]
    quiet = {"f.none", "n.none", "v.unclear", "v.corrected", "v.same", "r.one", "t.none"}
    return [s.key for s in found if s.key not in quiet]


@pytest.mark.parametrize("name", EQUALS)
def test_the_pages_sentences_call_equals_equal(name):
    rng = np.random.default_rng(11)
    assert np.mean([not claims(EQUALS[name](rng, 12)) for _ in range(20)]) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("name", EQUALS)
def test_the_pages_sentences_call_a_thousand_leagues_of_equals_equal(name, monkeypatch):
    monkeypatch.setattr(leagues, "DRAWS", 2400)  # ranks are not what is tested here
    rng = np.random.default_rng(12)
    assert np.mean([not claims(EQUALS[name](rng, 12)) for _ in range(1000)]) >= 0.95


def test_nothing_one_and_all_equal():
    counts = whole(rows(("a", "N", 5, 20)))
    for some in (counts, counts.iloc[:0], whole(rows(("a", "N", 20, 20), ("b", "N", 20, 20)))):
        assert not leagues.standing(some)["real"].any()
        assert len(leagues.ladder(some)) == len(some) and len(leagues.shrunk(some)) == len(some)
        assert len(leagues.regions(some)) == min(len(some), 1)
        leagues.walls(some)


def test_five_thousand_branches_are_a_league():
    counts = whole(share_league(np.random.default_rng(3), 5000, 0.4))
    assert len(leagues.standing(counts)) == 5000 and len(leagues.ladder(counts)) == 5000
    assert scores.form(counts) == "share"
