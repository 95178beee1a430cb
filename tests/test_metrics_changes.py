"""What changed: real changes found, noise left alone, pools and half-known branches left out."""

import numpy as np
import pandas as pd
import pytest

from moments.metrics import changes

BETTER = {"nps": 1, "wait": -1, "complaints": -1, "timely": 1}


def nps(*rows):
    return pd.DataFrame(rows, columns=["branch", "detractors", "passives", "promoters"])


def test_a_real_change_is_found_with_its_side():
    now, before = nps(("a", 10, 30, 60), ("b", 30, 30, 40)), nps(("a", 40, 30, 30), ("b", 30, 30, 40))
    rows = changes.of_branches({"nps": now}, {"nps": before}, BETTER)
    first = rows.iloc[0]
    assert (first["branch"], first["estimate"], first["value"], first["before"]) == ("a", 60, 50, -10)
    assert first["real"] and first["good"] and first["low"] > 0
    assert not rows.iloc[1]["real"] and rows.iloc[1]["p"] == 1


def test_less_is_better_where_it_is():
    wait = pd.DataFrame({"branch": ["a"], "n": [100], "total": [500.0], "total_sq": [2600.0]})
    longer = wait.assign(total=[800.0], total_sq=[6500.0])
    assert changes.of_branches({"wait": wait}, {"wait": longer}, BETTER)["good"].tolist() == [True]
    worse = changes.of_branches({"wait": longer}, {"wait": wait}, BETTER)
    assert changes.first(worse, False)["branch"].tolist() == ["a"] and changes.first(worse, True).empty


def test_complaints_are_rates_per_thousand():
    now = pd.DataFrame({"branch": ["a", "b"], "complaints": [100, 10], "exposure": [1000, 1000], "hidden": False})
    before = now.assign(complaints=[50, 10])
    rows = changes.of_branches({"complaints": now}, {"complaints": before}, BETTER).set_index("branch")
    assert rows.loc["a", "estimate"] == 50 and rows.loc["a", "real"] and not rows.loc["a", "good"]
    z = 50 / np.hypot(10, np.sqrt(50))
    assert rows.loc["a", "low"] == pytest.approx(50 - 1.959964 * 50 / z)


def test_pools_and_branches_of_one_side_are_left_out():
    now = nps(("a", 10, 10, 10), ("others:x", 9, 9, 9), ("c", 5, 5, 5)).assign(code=["a", "", "c"])
    before = nps(("a", 10, 10, 10), ("others:x", 9, 9, 9)).assign(code=["a", ""])
    assert changes.of_branches({"nps": now}, {"nps": before}, BETTER)["branch"].tolist() == ["a"]
    assert changes.of_branches({"nps": now}, {}, BETTER).empty
    assert changes.of_branches({"nps": now.iloc[:0]}, {"nps": before}, BETTER).empty


def test_a_branch_that_comes_twice_is_refused():
    once, twice = nps(("a", 10, 10, 10), ("b", 9, 9, 9)), nps(("a", 10, 10, 10), ("a", 9, 9, 9))
    with pytest.raises(pd.errors.InvalidIndexError, match="unique"):
        changes.of_branches({"nps": once}, {"nps": twice}, BETTER)
    pools = twice.assign(code=["a", ""])  # of which one is the branch itself
    assert changes.of_branches({"nps": once}, {"nps": pools}, BETTER)["branch"].tolist() == ["a"]


def test_a_few_answers_that_agree_prove_nothing():
    """Five tens against five nines: no spread of their own, but others have it."""
    crowd = [("c", 40, 0, 60)]
    rows = changes.of_branches({"nps": nps(("a", 0, 0, 5), *crowd)}, {"nps": nps(("a", 0, 2, 3), *crowd)}, BETTER)
    assert not rows["real"].any()


@pytest.mark.parametrize("times", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_leagues_in_which_nothing_changed_are_called_quiet(times):
    """In 95 of 100 leagues without any change nothing is listed: Benjamini-Hochberg on 36 branches x 2 measures."""
    random, quiet = np.random.default_rng(7), 0
    size = random.integers(30, 400, 36)

    def league():
        parts = np.array([random.multinomial(n, [0.2, 0.35, 0.45]) for n in size])
        counts = pd.DataFrame(parts, columns=["detractors", "passives", "promoters"]).assign(branch=range(36))
        hits = pd.DataFrame({"branch": range(36), "n": size, "hits": random.binomial(size, 0.92)})
        return {"nps": counts, "timely": hits}

    for _ in range(times):
        quiet += not changes.of_branches(league(), league(), BETTER)["real"].any()
    assert quiet / times > 0.925 - (times < 100) * 0.1


def test_what_branches_move_by_anyway_is_allowed_for():
    """Months that differ in every branch: changes scatter twice as much as their errors say, and nothing is claimed."""
    z = pd.Series(np.random.default_rng(3).normal(0, 2, 400))
    assert changes.restlessness(z) == pytest.approx(1.66, abs=0.15)  # the ends drawn in
    assert changes.restlessness(z + 5) == pytest.approx(changes.restlessness(z))  # what moves all alike is no scatter
    assert changes.restlessness(z / 10) == 1 and changes.restlessness(z.head(7)) == 1
