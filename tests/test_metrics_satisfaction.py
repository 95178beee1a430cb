"""Satisfaction: the worked case of 38 calls to the last digit, totals, levels, and the least that reaches a target."""

from itertools import combinations_with_replacement, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments import text
from moments.metrics import satisfaction

CALLS = pd.DataFrame({"score": [6, 7, 8, 9], "n": [1, 2, 34, 1]})
EQUAL = dict.fromkeys(["skill", "attitude", "timeliness", "parts", "overall"], 20)
COUNTS = st.dictionaries(st.integers(1, 10), st.integers(1, 6), min_size=1, max_size=6)


def frame(counts):
    return pd.DataFrame({"score": list(counts), "n": list(counts.values())}, dtype="int64")


def index_of(distribution):
    return satisfaction.index(satisfaction.sums(distribution)).iloc[0]


def test_worked_case():
    row = satisfaction.target(CALLS, 80).iloc[0]
    assert (row.estimate, row.low, row.high) == pytest.approx((79.2105, 77.805, 80.616), rel=1e-5)
    assert (row.n, row.missing, row.customers, row.steps) == (38, 3, 2, 3)
    assert row.one_step == pytest.approx(0.2632, rel=1e-3)
    assert (row.t, row.p) == pytest.approx((-1.1383, 0.2623), rel=1e-4) and row.inside


def test_worked_case_which_customers():
    few = satisfaction.upgrades(CALLS, 80)
    assert few.to_numpy().tolist() == [[6, 8, 1, 2], [7, 8, 1, 1]]
    steps = satisfaction.upgrades(CALLS, 80, by="steps")
    assert steps.to_numpy().tolist() == [[8, 9, 3, 3]]
    for moves in (few, steps):
        assert index_of(satisfaction.after(CALLS, moves)).estimate == 80
    before, then = (satisfaction.levels(f).set_index("level") for f in (CALLS, satisfaction.after(CALLS, steps)))
    assert before.loc["very_satisfied", "estimate"] == pytest.approx(0.02632, rel=1e-3)
    assert then.loc["very_satisfied", "estimate"] == pytest.approx(0.10526, rel=1e-4)


def test_worked_case_when_a_six_may_become_a_nine():
    """Without the bound of the goal's own score, one customer is enough: 6 -> 9 brings the three points."""
    assert satisfaction.upgrades(CALLS, 80, reach=9).to_numpy().tolist() == [[6, 9, 1, 3]]
    assert satisfaction.target(CALLS, 80, reach=10)["customers"].tolist() == [1]


def test_counting_heads_is_not_the_rule():
    heads = pd.DataFrame({"score": [6, 7, 8, 9], "n": [1, 2, 32, 3]})
    assert index_of(heads).estimate == pytest.approx(79.74, abs=5e-3)
    assert satisfaction.target(heads, 80)["missing"].tolist() == [1]


def test_top_two_levels():
    shares = satisfaction.levels(CALLS).set_index("level")
    assert shares["count"].tolist() == [1, 36, 1, 0, 0] and shares["n"].tolist() == [38] * 5
    assert shares["estimate"].iloc[:2].sum() == pytest.approx(37 / 38)


@settings(max_examples=25)
@given(COUNTS)
def test_target_rule(counts):
    """80 is reached exactly when the sum of (score - 8) is not negative."""
    row = satisfaction.target(frame(counts), 80).iloc[0]
    assert (row.missing == 0) == (sum(k * (s - 8) for s, k in counts.items()) >= 0)
    assert (row.estimate >= 80 - 1e-9) == (row.missing == 0)


@settings(max_examples=25)
@given(COUNTS, st.sampled_from([0, 33.3, 61.5, 80, 82.5, 95, 100]), st.sampled_from(["customers", "steps"]))
def test_upgrades_reach_the_goal_and_not_less(counts, goal, by):
    distribution = frame(counts)
    moves = satisfaction.upgrades(distribution, goal, by=by)
    row = satisfaction.target(distribution, goal).iloc[0]
    then = satisfaction.after(distribution, moves)
    assert (then["n"] >= 0).all() and then["n"].sum() == distribution["n"].sum() and then["score"].max() <= 10
    assert moves["steps"].sum() == row.missing == row.steps
    assert satisfaction.target(then, goal)["missing"].tolist() == [0]
    if by == "customers":
        assert moves["customers"].sum() == row.customers


FEW_PEOPLE = st.dictionaries(st.integers(1, 5), st.integers(1, 2), min_size=1, max_size=3)


@settings(max_examples=30)
@given(FEW_PEOPLE, st.sampled_from([60, 75, 90, 100]))
def test_fewest_customers_by_trying_all(counts, goal):
    people = [s for s, k in counts.items() for _ in range(k)]
    best, needed = 5, int(np.ceil(goal * len(people) * 5 / 100 - 1e-9))
    fewest = next(
        k for k in range(len(people) + 1)
        for chosen in combinations_with_replacement(range(len(people)), k)
        if len(set(chosen)) == k
        and any(sum(people) + sum(lifts) >= needed for lifts in product(*(range(best - people[i] + 1) for i in chosen)))
    )
    assert satisfaction.target(frame(counts), goal, best=best, reach=best)["customers"].tolist() == [fewest]


def test_target_by_branch_and_reached():
    both = pd.concat([CALLS.assign(branch="a"), pd.DataFrame({"score": [10], "n": [4], "branch": "b"})])
    result = satisfaction.target(both, 80)
    assert result["branch"].tolist() == ["a", "b"] and result["missing"].tolist() == [3, 0]
    assert result["customers"].tolist() == [2, 0] and result["inside"].tolist() == [True, False]
    assert satisfaction.upgrades(both[both["branch"] == "b"], 80).empty


def test_target_refuses_nonsense():
    for goal in (101, -1):
        with pytest.raises(ValueError, match="0-100"):
            satisfaction.target(CALLS, goal)
    with pytest.raises(ValueError, match="cannot bring everyone"):
        satisfaction.target(CALLS, 80, reach=7)
    with pytest.raises(ValueError, match="customers or steps"):
        satisfaction.upgrades(CALLS, 80, by="heads")


def test_index_on_other_scales_and_round_half_up():
    five = satisfaction.index(pd.DataFrame({"n": [4], "total": [14], "total_sq": [52]}), best=5)
    assert five["estimate"].tolist() == [70]
    assert text.round_half_up(index_of(pd.DataFrame({"score": [4, 5], "n": [27, 13]})).estimate.item()) == 43.3


@settings(max_examples=25)
@given(COUNTS)
def test_index_properties(counts):
    row = index_of(frame(counts))
    if sum(counts.values()) > 1:
        assert 0 <= row.low <= row.estimate + 1e-9 and row.estimate - 1e-9 <= row.high <= 100
    score = min(counts)
    if score < 10:
        better = dict(counts)
        better[score] -= 1
        better[score + 1] = better.get(score + 1, 0) + 1
        assert index_of(frame(better)).estimate - row.estimate == pytest.approx(10 / sum(counts.values()))


def test_difference():
    one, other = satisfaction.sums(CALLS), satisfaction.sums(CALLS.assign(score=CALLS["score"] - 1))
    result = satisfaction.difference(one, other).iloc[0]
    assert result.estimate == pytest.approx(10) and result.low > 0 and result.p < 1e-9
    assert result.n == result.n_other == 38
    keyed = satisfaction.difference(one.assign(branch="a"), other.assign(branch="b"))
    assert np.isnan(keyed["estimate"][0]) and keyed["n_other"].tolist() == [0]


def answers(n=5000, seed=3):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, 1, n)
    wide = pd.DataFrame({i: np.clip(np.round(8 + common + rng.normal(0, 1, n)), 1, 10) for i in EQUAL})
    return wide.assign(replicate=rng.permutation(np.arange(n) % 20))


def by_item(wide):
    long = wide.melt("replicate", var_name="item", value_name="total").dropna().assign(n=1)
    return long.groupby(["item", "replicate"])[["n", "total"]].sum().reset_index()


def test_total_jackknife_agrees_with_what_each_respondent_adds():
    """Linearised: who is d off the mean of an indicator that n answered moves it by d / n; squares of that added up."""
    ratios = []
    for seed in range(12):
        wide = answers(seed=seed)
        wide.loc[wide.index % 7 == 0, "parts"] = np.nan
        jack, scores = satisfaction.total(by_item(wide), EQUAL).iloc[0], wide[list(EQUAL)]
        moves = ((scores - scores.mean()) / scores.count()).fillna(0).mean(axis=1)
        assert jack.estimate == pytest.approx(10 * scores.mean().mean())
        ratios.append((jack.high - jack.low) / (2 * 2.093024 * 10 * (moves**2).sum() ** 0.5))
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)


def test_total_weights_and_missing_indicator():
    rows = pd.DataFrame({"branch": list("aabb"), "item": ["skill", "parts", "skill", "skill"],
                         "replicate": [0, 1, 0, 1], "n": [2, 2, 2, 2], "total": [16, 12, 10, 12]})
    result = satisfaction.total(rows, {"skill": 75, "parts": 25})
    assert result["estimate"].tolist()[:1] == [75.0] and np.isnan(result["estimate"][1])
    alone = satisfaction.total(rows, {"skill": 100, "parts": 0})
    assert alone["estimate"].tolist() == [80, 55]
    with pytest.raises(ValueError, match="not 100"):
        satisfaction.total(rows, {"skill": 60, "parts": 60})


def test_what_if_five_rises_of_a_tenth_each():
    indices = pd.DataFrame({"item": list(EQUAL), "estimate": [80.0, 81, 82, 79, 99.9]})
    one = satisfaction.what_if(indices, EQUAL, {"skill": 0.5})
    assert one["gain"].sum() == pytest.approx(0.1)
    spread = satisfaction.what_if(indices, EQUAL, {"skill": 0.2, "parts": 0.3})
    assert spread["gain"].sum() == pytest.approx(0.1)
    assert satisfaction.what_if(indices, EQUAL, {"overall": 5})["after"].iloc[4] == 100


def test_levels_of_other_scales_and_strangers():
    shares = satisfaction.levels(pd.DataFrame({"score": [5, 1], "n": [3, 1]}), satisfaction.FIVE)
    assert shares["count"].tolist() == [3, 0, 0, 0, 1]
    with pytest.raises(ValueError, match="11 belongs to no level"):
        satisfaction.levels(pd.DataFrame({"score": [11], "n": [1]}))


def test_no_rows_one_row_all_equal():
    nothing = CALLS.iloc[:0]
    keyed = nothing.assign(branch=pd.Series(dtype=object))
    for empty in (nothing, keyed):
        for result in (satisfaction.index(satisfaction.sums(empty)), satisfaction.levels(empty),
                       satisfaction.target(empty, 80)):
            assert result.empty and {"estimate", "low", "high", "n"} <= set(result.columns)
    assert satisfaction.upgrades(nothing, 80).empty
    assert satisfaction.total(by_item(answers(20)).iloc[:0], EQUAL).empty
    single = satisfaction.target(pd.DataFrame({"score": [7], "n": [1]}), 80).iloc[0]
    assert single.estimate == 70 and np.isnan(single.low) and single.missing == 1
    equal = satisfaction.target(pd.DataFrame({"score": [8], "n": [9]}), 80).iloc[0]
    assert (equal.low, equal.high, equal.missing, equal.p) == (80, 80, 0, 1)


def test_bands_of_any_scale():
    assert satisfaction.bands(1, 10) == satisfaction.TEN and satisfaction.bands(1, 5) == satisfaction.FIVE
    seven = satisfaction.bands(1, 7)
    assert seven == dict(zip(satisfaction.LEVELS, ((7, 7), (5, 6), (4, 4), (2, 3), (1, 1)), strict=True))
    assert satisfaction.bands(0, 10)["neutral"] == (4, 6)
    assert "neutral" not in satisfaction.bands(1, 4)
    assert list(satisfaction.bands(1, 2)) == ["very_satisfied", "very_dissatisfied"]


@given(st.integers(0, 3), st.integers(0, 12))
def test_bands_hold_every_score_once_and_are_the_same_from_both_ends(low, width):
    bands, high = satisfaction.bands(low, low + width), low + width
    assert sorted(s for a, b in bands.values() for s in range(a, b + 1)) == list(range(low, high + 1))
    mirror = dict(zip(satisfaction.LEVELS, satisfaction.LEVELS[::-1], strict=True))
    assert {mirror[level]: (low + high - b, low + high - a) for level, (a, b) in bands.items()} == bands


def test_balance_of_the_worked_case():
    row = satisfaction.balance(CALLS).iloc[0]
    assert (row.estimate, row.low, row.high) == pytest.approx((37 / 38, 0.8651, 0.9953), abs=5e-5)
    assert row["index"] == pytest.approx(79.2105, rel=1e-5) and row["neutral"] == pytest.approx(1 / 38)


def test_balance_keeps_hidden_groups_without_numbers():
    rows = satisfaction.balance(pd.DataFrame({"grp": ["a", "a", "b"], "score": [9, 2, np.nan], "n": [3, 1, np.nan]}))
    assert rows["grp"].tolist() == ["a", "b"] and rows.iloc[1].isna().sum() == len(rows.columns) - 1
    assert satisfaction.balance(CALLS.iloc[:0]).empty


@given(COUNTS)
def test_balance_adds_up(counts):
    row = satisfaction.balance(frame(counts)).iloc[0]
    assert sum(row[level] for level in satisfaction.LEVELS) == pytest.approx(1)
    assert row["estimate"] == pytest.approx(row["very_satisfied"] + row["satisfied"])


def test_paths_of_the_worked_case_end_at_the_goal():
    rows = satisfaction.paths(satisfaction.worked_case(), 80).set_index("path")
    assert rows["index"].tolist() == pytest.approx([79.2105, 80, 80], rel=1e-5)
    assert rows["very_satisfied"].tolist() == pytest.approx([0.02632, 0.02632, 0.10526], rel=1e-3)
    moves = satisfaction.moves(satisfaction.worked_case(), 80)
    assert moves["path"].tolist() == ["customers", "customers", "steps"] and moves["steps"].sum() == 6


def test_over_replicates_adds_up_and_hidden_rows_hold_nothing():
    rows = pd.DataFrame({"item": ["a", "a", "b"], "replicate": [0, 1, np.nan], "n": [2, 1, np.nan],
                         "total": [9, 8, np.nan], "total_sq": [41, 64, np.nan]})
    assert satisfaction.over_replicates(rows)[["n", "total"]].to_numpy().tolist() == [[3, 17], [0, 0]]


def test_a_goal_that_is_reached_needs_no_path():
    assert satisfaction.paths(satisfaction.worked_case(), 79)["path"].tolist() == ["now"]
    assert satisfaction.paths(satisfaction.worked_case(), 80)["path"].tolist() == ["now", "customers", "steps"]
