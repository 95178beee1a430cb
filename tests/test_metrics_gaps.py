"""The five gaps: signs, intervals, and the walk from expectation to perception."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from moments.metrics import gaps, servqual


def audits_of(levels, **keys):
    """levels: rows of belief, standard, delivered, promised."""
    b, s, d, p = np.asarray(levels, dtype=float).reshape(-1, 4).T
    row = {"n": len(b), "sum_belief": b.sum(), "sum_belief2": b @ b, "sum_standard": s.sum(), "sum_delivered": d.sum(),
           "sum_promised": p.sum()}
    for number, difference in ((2, s - b), (3, d - s), (4, d - p)):
        row |= {f"sum_gap{number}": difference.sum(), f"sum_gap{number}_2": difference @ difference}
    return pd.DataFrame([{**keys, **row}])


def customers_of(e, p, dimension="tangibles"):
    e, p = np.asarray(e, dtype=float), np.asarray(p, dtype=float)
    rows = pd.DataFrame({"replicate": np.arange(len(e)) % 20, "n": 1, "sum_e": e, "sum_p": p, "sum_d": p - e,
                         "sum_d2": (p - e) ** 2})
    answers = rows.groupby("replicate").sum().reset_index().assign(dimension=dimension, item="i")
    return {of: servqual.dimensions(answers, of=of) for of in ("expectation", "perception", "gap")}


def test_signs():
    """Expected 6.5, believed 6, standard 5.5, delivered 5, promised 6, perceived 4.5: every gap is short."""
    c = customers_of([6.5] * 40, [4.5] * 40)
    table = gaps.five(audits_of([[6, 5.5, 5, 6]] * 3, dimension="tangibles"), c["expectation"], c["gap"])
    assert table["gap"].tolist() == list(gaps.GAPS)
    assert table["estimate"].tolist() == pytest.approx([-0.5, -0.5, -0.5, -1, -2])
    assert table["n"].tolist() == [3, 3, 3, 3, 40]


def test_intervals():
    rng = np.random.default_rng(3)
    levels = np.round(rng.normal([6, 5.5, 5.2, 5.9], 0.4, (12, 4)), 1)
    e, p = rng.choice([5, 6, 7], 400), rng.choice([4, 5, 6], 400)
    c = customers_of(e, p)
    table = gaps.five(audits_of(levels, dimension="tangibles"), c["expectation"], c["gap"]).set_index("gap")
    b, s, d, promised = levels.T
    for name, difference in (("standard", s - b), ("delivery", d - s), ("communication", d - promised)):
        test = stats.ttest_1samp(difference, 0)
        assert table.loc[name, "p"] == pytest.approx(test.pvalue)
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx(list(test.confidence_interval()))
    knowledge, expected = table.loc["knowledge"], c["expectation"].iloc[0]
    se, e_se = stats.sem(b), expected.se
    df = (se**2 + e_se**2) ** 2 / (se**4 / 11 + e_se**4 / 19)
    assert knowledge.high - knowledge.estimate == pytest.approx(stats.t.ppf(0.975, df) * np.hypot(se, e_se))
    # Close to Welch on the raw answers: the jackknife's error stands in for that of the mean.
    assert knowledge.p == pytest.approx(stats.ttest_ind(b, e, equal_var=False).pvalue, abs=0.02)
    assert table.loc["customer", "low"] == pytest.approx(c["gap"]["low"][0]) and table.loc["customer", "p"] < 1e-6


@settings(max_examples=12)
@given(st.lists(st.tuples(*[st.integers(1, 7)] * 4), min_size=1, max_size=6), st.integers(1, 7), st.integers(1, 7))
def test_the_steps_walk_from_expectation_to_perception(levels, e, p):
    c = customers_of([e, e], [p, p])
    audits = audits_of(levels, dimension="tangibles")
    walk = gaps.levels(audits, c["expectation"], c["perception"])
    found = gaps.five(audits, c["expectation"], c["gap"])
    assert walk["level"].tolist() == list(gaps.LEVELS)
    assert walk["step"][1:4].tolist() == pytest.approx(found["estimate"][:3].tolist())
    assert walk["step"].sum() == pytest.approx(found["estimate"][4]) == walk["estimate"][4] - walk["estimate"][0]


def test_all_alike_has_no_gap():
    c = customers_of([6] * 20, [6] * 20)
    table = gaps.five(audits_of([[6, 6, 6, 6]] * 2, dimension="tangibles"), c["expectation"], c["gap"])
    assert (table[["estimate", "low", "high"]] == 0).all(axis=None) and (table["p"] == 1).all()


def test_one_audit_has_no_interval():
    c = customers_of([6, 7] * 20, [6, 5] * 20)
    table = gaps.five(audits_of([[6, 5, 5, 6]], dimension="tangibles"), c["expectation"], c["gap"])
    assert table["low"].isna().tolist() == [True, True, True, True, False] and table["estimate"].notna().all()


def test_dimensions_without_customers_and_nothing_at_all():
    c = customers_of([6] * 20, [5] * 20)
    both = pd.concat([audits_of([[6, 5, 5, 6]] * 2, dimension=d) for d in ("empathy", "tangibles")])
    table = gaps.five(both, c["expectation"], c["gap"]).set_index(["dimension", "gap"])["estimate"]
    assert np.isnan(table["empathy", "knowledge"]) and np.isnan(table["empathy", "customer"])
    assert table["empathy", "delivery"] == 0 and table["tangibles", "customer"] == -1
    nothing = gaps.five(both.iloc[:0], c["expectation"], c["gap"])
    assert nothing.empty and {"dimension", "gap", "estimate", "low", "high", "p", "n"} <= set(nothing.columns)
    assert gaps.levels(both.iloc[:0], c["expectation"], c["perception"]).empty


def test_without_keys():
    c = {k: v.drop(columns="dimension") for k, v in customers_of([6] * 20, [5] * 20).items()}
    table = gaps.five(audits_of([[6, 5, 5, 6]] * 2), c["expectation"], c["gap"])
    assert table["estimate"].tolist() == [0, -1, 0, -1, -1]
