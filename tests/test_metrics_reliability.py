"""Cronbach's alpha, raw and standardised, against published numbers, numpy and simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from moments.metrics import reliability


def products(answers):
    """answers: respondents x items."""
    rows = []
    for i in range(answers.shape[1]):
        for j in range(i, answers.shape[1]):
            x, y = answers[:, i], answers[:, j]
            rows.append((f"i{i}", f"i{j}", len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y))
    return pd.DataFrame(rows, columns=["x", "y", *reliability.SUMS])


def directly(answers):
    """(raw, standardised) from the covariance and correlation matrices."""
    k, cov, r = answers.shape[1], np.cov(answers.T), np.corrcoef(answers.T)
    mean_r = (r.sum() - k) / (k * (k - 1))
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum()), k * mean_r / (1 + (k - 1) * mean_r)


def parallel(rng, n, k, alpha):
    """Items of equal variance and correlation whose true alpha is given."""
    r = alpha / (k - (k - 1) * alpha)
    return np.sqrt(r) * rng.normal(size=(n, 1)) + np.sqrt(1 - r) * rng.normal(size=(n, k))


def test_published():
    """Bland and Altman (1997), Statistics notes: Cronbach's alpha, BMJ 314:572, the mini-HAQ."""
    assert reliability.coefficient(10, 11.16, 77.44) == pytest.approx(0.95, abs=0.005)
    # The formula by hand: six items of mean correlation .5.
    assert reliability.standardised(6, 0.5) == pytest.approx(6 / 7)


def test_feldt_is_the_f_quantile():
    found = reliability.feldt(0.8, 5, 100)
    low, high = (1 - 0.2 * stats.f.ppf(q, 99, 396) for q in (0.975, 0.025))
    assert tuple(map(float, found)) == pytest.approx((0.8, low, high))


def test_feldt_covers_the_truth():
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(400):
        raw, _ = directly(parallel(rng, 60, 4, 0.75))
        found = reliability.feldt(raw, 4, 60)
        hits += found.low <= 0.75 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_two_items_that_mirror_each_other_have_no_standardised_alpha():
    """Each measured in its own spread, their sum never varies: k r / (1 + (k - 1) r) divides by zero at r = -1."""
    table = reliability.alpha(products(np.array([[1, 7], [3, 6], [5, 5]]))).set_index("kind")["estimate"]
    assert table["raw"] == pytest.approx(2 * (1 - (4 + 1) / 1)) and np.isnan(table["standardised"])


@settings(max_examples=15)
@given(st.integers(2, 5), st.integers(3, 40), st.integers(0, 10**6))
@example(2, 3, 22)  # they mirror each other
def test_agrees_with_numpy(k, n, seed):
    rng = np.random.default_rng(seed)
    answers = np.clip(np.round(4 + 2 * parallel(rng, n, k, 0.7)), 1, 7)
    if (answers.std(axis=0) == 0).any() or np.var(answers.sum(axis=1)) < 1e-6:
        return  # alpha is not defined: see test_constant_item_and_all_equal
    if np.corrcoef(answers.T).sum() < 1e-6:
        return  # nor is this one: see test_two_items_that_mirror_each_other_have_no_standardised_alpha
    table = reliability.alpha(products(answers)).set_index("kind")
    raw, std = directly(answers)
    assert table["estimate"].tolist() == pytest.approx([raw, std], abs=1e-9)
    assert (table["low"] <= table["estimate"] + 1e-9).all() and (table["estimate"] <= table["high"] + 1e-9).all()
    assert (table["high"] <= 1 + 1e-9).all() and table["n"].tolist() == [n, n] and table["k"].tolist() == [k, k]
    order = rng.permutation(k)
    assert reliability.alpha(products(answers[:, order]))["estimate"].tolist() == pytest.approx([raw, std], abs=1e-9)


def test_sums_give_the_same_raw_alpha():
    answers = np.round(5 + parallel(np.random.default_rng(8), 200, 4, 0.8))
    items = pd.DataFrame({"dimension": "d", "item": list("abcd"), "n": 200, "total": answers.sum(axis=0),
                          "total_sq": (answers**2).sum(axis=0)})
    sums = answers.sum(axis=1)
    totals = pd.DataFrame({"dimension": ["d"], "n": [200], "total": [sums.sum()], "total_sq": [(sums**2).sum()]})
    table = reliability.from_sums(items, totals)
    other = reliability.alpha(products(answers).assign(dimension="d"))
    columns = ["dimension", "kind", "estimate", "low", "high", "n", "k"]
    assert table.columns.tolist() == columns == other.columns.tolist()
    assert table.iloc[0, 2:].tolist() == pytest.approx(other.iloc[0, 2:].tolist())
    keyless = reliability.from_sums(items.drop(columns="dimension"), totals.drop(columns="dimension"))
    assert keyless["estimate"][0] == pytest.approx(table["estimate"][0])


def test_identical_items_have_alpha_one():
    table = reliability.alpha(products(np.array([[1.0, 1], [4, 4], [6, 6]])))
    assert table["estimate"].tolist() == pytest.approx([1, 1]) and table["low"].tolist() == pytest.approx([1, 1])


def test_constant_item_and_all_equal():
    mixed = reliability.alpha(products(np.array([[1.0, 7, 2], [4, 7, 4], [6, 7, 5]]))).set_index("kind")
    assert np.isfinite(mixed.loc["raw", "estimate"]) and np.isnan(mixed.loc["standardised", "estimate"])
    assert reliability.alpha(products(np.full((9, 3), 5.0)))["estimate"].isna().all()
    cancelling = reliability.alpha(products(np.array([[1.0, 7], [3, 5], [4, 4.0], [6, 2]])))
    assert cancelling["estimate"].isna().all()


def test_missing_pair_is_not_guessed():
    some = products(np.round(5 + parallel(np.random.default_rng(1), 50, 3, 0.8)))
    holes = some[~((some["x"] == "i0") & (some["y"] == "i2"))]
    assert reliability.alpha(holes)["estimate"].isna().all()


def test_few():
    many = products(np.array([[1.0, 2], [3, 3], [5, 7]]))
    assert reliability.alpha(many.iloc[:0]).empty
    assert reliability.alpha(many.assign(dimension="d").iloc[:0]).columns.tolist()[0] == "dimension"
    assert reliability.alpha(products(np.array([[4.0], [5]]))).empty  # one item
    lone = reliability.alpha(products(np.array([[4.0, 5]])))
    assert lone["estimate"].isna().all() and lone["n"].tolist() == [1, 1]
    nothing = reliability.from_sums(pd.DataFrame(columns=["item", "n", "total", "total_sq"], dtype=float),
                                    pd.DataFrame(columns=["n", "total", "total_sq"], dtype=float))
    assert nothing.empty and "estimate" in nothing
