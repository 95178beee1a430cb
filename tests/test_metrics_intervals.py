"""Closed-form intervals: the published numbers, a second implementation, and the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from moments.metrics.intervals import (
    mean_variance,
    newcombe,
    paired,
    sums,
    t_mean,
    two_means,
    wilson,
)

SCORES = st.lists(st.integers(0, 10), min_size=2, max_size=60)


def added(values):
    values = np.asarray(values, dtype=float)
    return len(values), values.sum(), (values**2).sum()


def test_wilson_published():
    result = wilson([81, 0, 37], [263, 20, 38])
    assert result.low == pytest.approx([0.25529, 0, 0.8651], rel=1e-4)
    assert result.high == pytest.approx([0.36621, 0.16113, 0.9953], rel=1e-4)


def test_wilson_nothing_asked():
    assert np.isnan(wilson(0, 0)).all()
    assert all(len(part) == 0 for part in wilson([], []))


@settings(max_examples=25)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_statsmodels(kn):
    k, n = kn
    result = wilson(k, n)
    assert (result.low, result.high) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-9)
    assert 0 <= result.low <= result.estimate <= result.high <= 1


def test_newcombe_published():
    result = newcombe(56, 70, 48, 80)
    assert (result.estimate, result.low, result.high) == pytest.approx((0.20, 0.05243, 0.33387), rel=1e-4)
    other = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert (result.low, result.high) == pytest.approx(other, rel=1e-9)


def test_newcombe_edges():
    same = newcombe(5, 5, 9, 9)
    assert same.estimate == 0 and same.statistic == 0 and same.p == 1 and same.low < 0 < same.high
    assert np.isnan(newcombe(0, 0, 3, 4)).tolist() == [True, True, True, True, False, True]


@settings(max_examples=25)
@given(st.integers(1, 90), st.integers(1, 90), st.data())
def test_newcombe_mirror(n1, n2, data):
    x1, x2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    one, other = newcombe(x1, n1, x2, n2), newcombe(x2, n2, x1, n1)
    assert -1 <= one.low <= one.estimate <= one.high <= 1
    assert one.low == pytest.approx(-other.high, abs=1e-12) and one.p == pytest.approx(other.p)


def test_t_mean_worked_case():
    scores = [6] + [7] * 2 + [8] * 34 + [9]
    n, total, total_sq = added(scores)
    result = t_mean(n, 10 * total, 100 * total_sq)
    assert result == pytest.approx((79.2105, 77.805, 80.616), rel=1e-5)
    assert np.sqrt(mean_variance(n, total, total_sq)[1]) == pytest.approx(0.42754, rel=1e-4)
    test = paired(n, 10 * total, 100 * total_sq, against=80)
    assert (test.statistic, test.df, test.p) == pytest.approx((-1.1383, 37, 0.2623), rel=1e-4)


@settings(max_examples=25)
@given(SCORES)
def test_t_mean_agrees_with_scipy(scores):
    result = t_mean(*added(scores))
    assert result.low <= result.estimate <= result.high
    if len(set(scores)) == 1:
        assert result.low == result.high == scores[0]
    else:
        low, high = stats.t.interval(0.95, len(scores) - 1, np.mean(scores), stats.sem(scores))
        assert (result.low, result.high) == pytest.approx((low, high), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("n", "width"), [(0, "none"), (1, "none"), (2, "zero")])
def test_t_mean_few(n, width):
    result = t_mean(n, 7 * n, 49 * n)
    assert np.isnan(result.estimate) == (n == 0)
    assert np.isnan(result.low) if width == "none" else result.low == result.high == 7


def test_paired_published():
    d = np.array([5, 6, 6, 5, 5, 5, 6, 6, 4, 6]) - np.array([6, 7, 6, 7, 5, 6, 7, 6, 6, 7])
    result = paired(*added(d))
    assert result == pytest.approx((-0.9, -1.42784, -0.37216, -3.857143, 9, 0.0038639), rel=1e-4)


def test_paired_no_difference():
    result = paired(12, 0, 0)
    assert (result.estimate, result.low, result.high, result.p) == (0, 0, 0, 1)


def test_two_means_published():
    result = two_means(*sums(60, 8.3, 1.6), *sums(400, 7.8, 1.5))
    assert result == pytest.approx((0.5, 0.06227, 0.93773, 2.27528, 75.388, 0.025732), rel=1e-4)


@pytest.mark.filterwarnings("ignore:Precision loss occurred")
@settings(max_examples=25)
@given(SCORES, SCORES)
def test_two_means_agrees_with_scipy(a, b):
    result = two_means(*added(a), *added(b))
    if len(set(a)) > 1 or len(set(b)) > 1:
        other = stats.ttest_ind(a, b, equal_var=False)
        assert (result.statistic, result.p) == pytest.approx((other.statistic, other.pvalue), rel=1e-6, abs=1e-9)
        interval = other.confidence_interval()
        assert (result.low, result.high) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-8)
    assert result.low <= result.estimate <= result.high


def test_columns_of_a_frame_go_in_and_come_out():
    frame = pd.DataFrame({"k": pd.array([1, None, 3], dtype="Int64"), "n": [4, 4, 4]}, index=[7, 8, 9])
    result = frame.assign(**wilson(frame.k, frame.n)._asdict())
    assert result["estimate"].tolist()[::2] == [0.25, 0.75] and np.isnan(result["estimate"].iloc[1])
