"""Driver weights: published numbers, the definition spelled out, and statsmodels on raw answers."""

import itertools
from math import factorial

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from products_of import products_of
from scipy.stats import pearsonr

from moments.metrics import drivers
from moments.metrics.products import correlations, matrix

close = pytest.approx
TWO = np.array([[1, 0.5, 0.6], [0.5, 1, 0.5], [0.6, 0.5, 1]])
# Motor Trend road tests of 1974 (R's mtcars): mpg, cyl, disp, hp, gear
CARS = np.array([
    21, 6, 160, 110, 4, 21, 6, 160, 110, 4, 22.8, 4, 108, 93, 4, 21.4, 6, 258, 110, 3, 18.7, 8, 360, 175, 3,
    18.1, 6, 225, 105, 3, 14.3, 8, 360, 245, 3, 24.4, 4, 146.7, 62, 4, 22.8, 4, 140.8, 95, 4, 19.2, 6, 167.6, 123, 4,
    17.8, 6, 167.6, 123, 4, 16.4, 8, 275.8, 180, 3, 17.3, 8, 275.8, 180, 3, 15.2, 8, 275.8, 180, 3,
    10.4, 8, 472, 205, 3, 10.4, 8, 460, 215, 3, 14.7, 8, 440, 230, 3, 32.4, 4, 78.7, 66, 4, 30.4, 4, 75.7, 52, 4,
    33.9, 4, 71.1, 65, 4, 21.5, 4, 120.1, 97, 3, 15.5, 8, 318, 150, 3, 15.2, 8, 304, 150, 3, 13.3, 8, 350, 245, 3,
    19.2, 8, 400, 175, 3, 27.3, 4, 79, 66, 4, 26, 4, 120.3, 91, 5, 30.4, 4, 95.1, 113, 5, 15.8, 8, 351, 264, 5,
    19.7, 6, 145, 175, 5, 15, 8, 301, 335, 5, 21.4, 4, 121, 109, 4,
]).reshape(32, 5)  # fmt: skip
CARS = pd.DataFrame(CARS, columns=["mpg", "cyl", "disp", "hp", "gear"])


def told(products, outcome):
    return drivers.weights(products, outcome).pivot(index="driver", columns="statistic", values="estimate")


def survey(n=400, k=4, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) @ rng.normal(size=(k, k)) + 5
    names = [f"d{i}" for i in range(k)]
    frame = pd.DataFrame(x, columns=names)
    return frame.assign(overall=x @ rng.normal(size=k) + rng.normal(0, 2, n), replicate=rng.integers(0, 20, n))


def correlation_matrices(k):
    return st.integers(0, 10_000).map(
        lambda seed: np.corrcoef(np.random.default_rng(seed).normal(size=(40, k + 1)) @ np.ones((k + 1, k + 1))
                                 + 3 * np.random.default_rng(seed + 1).normal(size=(40, k + 1)), rowvar=False)
    )  # fmt: skip


def test_two_drivers_as_worked():
    assert drivers.lmg(TWO) == close([0.261667, 0.151667], rel=1e-5)
    assert drivers.johnson(TWO) == close([0.261667, 0.151667], rel=1e-5)
    sums = {"n": 100, "sum_x": 0, "sum_y": 0, "sum_xx": 99, "sum_yy": 99}
    products = [99 * 0.6, 99 * 0.5, 99 * 0.5]
    pairs = pd.DataFrame({"x": ["a", "b", "a"], "y": ["o", "o", "b"], "sum_xy": products, **sums})
    out = told(pairs, "o")
    assert out.loc["o", "r2"] == close(0.413333, rel=1e-5)
    assert out.loc[["a", "b"], "beta"].tolist() == close([0.466667, 0.266667], rel=1e-5)
    assert out.loc["a", "slope"] == close(out.loc["a", "beta"]) and out.loc["a", "vif"] == close(1 / 0.75)


def test_cars_as_published_and_the_top_driver_differs():
    out = told(products_of(CARS), "mpg").loc[["cyl", "disp", "hp", "gear", "mpg"]]
    assert out.loc["mpg", "r2"] == close(0.7791896, rel=1e-6)
    assert out["johnson"].tolist()[:4] == close([0.2284797, 0.2221469, 0.2321744, 0.0963886], rel=1e-6)
    assert out["lmg"].tolist()[:4] == close([0.247052, 0.243500, 0.210913, 0.077725], rel=1e-5)
    assert out["lmg"].idxmax() == "cyl" and out["johnson"].idxmax() == "hp"


def test_everything_equals_a_regression_on_the_answers():
    frame = survey()
    names = ["d0", "d1", "d2", "d3"]
    out = told(products_of(frame.drop(columns="replicate")), "overall")
    fit = sm.OLS(frame["overall"], sm.add_constant(frame[names])).fit()
    assert out.loc["overall", "r2"] == close(fit.rsquared)
    assert out.loc[names, "slope"].tolist() == close(fit.params[names].tolist())
    z = (frame - frame.mean()) / frame.std()
    assert out.loc[names, "beta"].tolist() == close(sm.OLS(z["overall"], z[names]).fit().params.tolist())
    for name in names:
        others = [n for n in names if n != name]
        r2 = sm.OLS(frame[name], sm.add_constant(frame[others])).fit().rsquared
        assert out.loc[name, "vif"] == close(1 / (1 - r2))


@settings(max_examples=25)
@given(correlation_matrices(4))
def test_lmg_is_the_mean_over_all_orders_of_entry(r):
    def r2(some):
        some = list(some)
        return r[some, -1] @ np.linalg.solve(r[np.ix_(some, some)], r[some, -1]) if some else 0.0

    by_hand = np.zeros(4)
    for order in itertools.permutations(range(4)):
        for place, j in enumerate(order):
            by_hand[j] += (r2(order[: place + 1]) - r2(order[:place])) / factorial(4)
    assert drivers.lmg(r) == close(by_hand, abs=1e-10)


@settings(max_examples=25)
@given(correlation_matrices(5), st.permutations(range(5)))
def test_both_sum_to_r2_and_the_order_of_drivers_does_not_matter(r, order):
    r2 = drivers.r2_of_subsets(r)[-1]
    index = [*order, 5]
    for weigh in (drivers.lmg, drivers.johnson):
        weights = weigh(r)
        assert weights.sum() == close(r2, rel=1e-9)
        assert (weights >= -1e-12).all()
        assert weigh(r[np.ix_(index, index)]) == close(weights[list(order)], abs=1e-10)


def test_twelve_drivers_are_exact_and_thirteen_are_not_tried():
    frame = survey(k=12).drop(columns="replicate")
    out = told(products_of(frame), "overall")
    assert out["lmg"].sum() == close(out.loc["overall", "r2"], rel=1e-9)
    out = told(products_of(frame.assign(more=np.arange(400) % 7)), "overall")
    assert out["lmg"].isna().all() and out["johnson"].sum() == close(out.loc["overall", "r2"], rel=1e-9)


def test_a_driver_that_never_varies_and_copies():
    frame = survey().drop(columns="replicate")
    whole = told(products_of(frame), "overall")
    flat = told(products_of(frame.assign(flat=3)), "overall")
    assert flat.loc["flat"].drop("r2").isna().all()
    assert flat.loc["d1"].drop("r2").tolist() == close(whole.loc["d1"].drop("r2").tolist())
    copied = told(products_of(frame.assign(copy=frame["d0"])), "overall")
    assert copied.loc[["d0", "copy"], ["beta", "slope"]].isna().all(axis=None)
    assert np.isinf(copied.loc["d0", "vif"])
    assert copied.loc["d1", "beta"] == close(whole.loc["d1", "beta"], rel=1e-6)
    assert copied["johnson"].sum() == close(whole.loc["overall", "r2"], rel=1e-6)
    assert copied["lmg"].sum() == close(whole.loc["overall", "r2"], rel=1e-6)


def test_jackknife_intervals_agree_with_the_closed_form_of_the_slope():
    frame = survey(n=5_000)
    out = drivers.weights(products_of(frame, replicate=True), "overall").set_index(["statistic", "driver"])
    slopes = out.loc["slope"]
    fit = sm.OLS(frame["overall"], sm.add_constant(frame[slopes.index])).fit().conf_int().loc[slopes.index]
    width = (slopes["high"] - slopes["low"]) / (fit[1] - fit[0])
    assert width.mean() == close(1, abs=0.15)
    assert (out["low"] <= out["estimate"]).all() and (out["estimate"] <= out["high"]).all()
    assert (out["n"] == 5_000).all()


def test_no_answers_one_answer_all_equal():
    frame = survey()
    for few in (frame.iloc[:0], frame.iloc[:1], frame.iloc[:2], frame.assign(overall=4.0)):
        for replicate in (False, True):
            answers = few if replicate else few.drop(columns="replicate")
            out = drivers.weights(products_of(answers, replicate), "overall")
            assert list(out.columns) == ["driver", "statistic", "estimate", "low", "high", "n"]
            if len(few) != 2:
                assert out["estimate"].isna().all()


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=4, max_size=50))
def test_correlation_equals_scipy(pairs):
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    out = correlations(products_of(frame)).iloc[0]
    if frame["a"].nunique() == 1 or frame["b"].nunique() == 1:
        assert np.isnan(out["estimate"])
        return
    theirs = pearsonr(frame["a"], frame["b"])
    assert out["estimate"] == close(theirs.statistic, abs=1e-9)
    low, high = theirs.confidence_interval()
    if abs(out["estimate"]) < 1 - 1e-9:
        assert (out["low"], out["high"]) == close((low, high), abs=1e-7)
    assert out["n"] == len(pairs)


def test_pairs_may_have_different_answers():
    frame = survey().drop(columns="replicate")
    frame.loc[:99, "d0"] = np.nan
    r, sd, n = matrix(products_of(frame), ["d0", "d1", "overall"])
    assert n == 300
    assert r[0, 1] == close(frame["d0"].corr(frame["d1"])) and r[1, 2] == close(frame["d1"].corr(frame["overall"]))
    assert sd.tolist() == close([frame[c].std() for c in ("d0", "d1", "overall")])
