"""SERVQUAL: gaps, dimensions, overall, zone of tolerance, weights and names."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import jackknife, servqual

FIVE = ["tangibles", "reliability", "responsiveness", "assurance", "empathy"]
E = [5.8, 6.6, 6.4, 6.5, 6.1]
P = [5.6, 5.5, 5.7, 6.0, 5.6]
WEIGHTS = dict(zip(FIVE, [11, 32, 22, 19, 16], strict=True))
SIZES = dict(zip(FIVE, [4, 5, 4, 4, 5], strict=True))


def answered(e, p, dimension="d", item="i", replicate=None, adequate=None, **keys):
    """Sums by replicate of paired answers, as SQL gives them."""
    e, p = np.asarray(e, dtype=float), np.asarray(p, dtype=float)
    replicate = np.arange(len(e)) % 20 if replicate is None else replicate
    rows = pd.DataFrame({"replicate": replicate, "n": 1, "sum_e": e, "sum_p": p, "sum_d": p - e})
    rows = rows.assign(sum_d2=rows["sum_d"] ** 2)
    if adequate is not None:
        rows = rows.assign(sum_a=adequate, sum_pa=p - adequate, sum_pa2=(p - adequate) ** 2)
    summed = rows.groupby("replicate").sum().reset_index()
    return summed.assign(dimension=dimension, item=item, **keys)


def survey(n=600, seed=1, gap=-0.5, **keys):
    rng = np.random.default_rng(seed)
    person = rng.normal(0, 0.7, n)
    return pd.concat([
        answered(e := np.clip(np.round(6 + person + rng.normal(0, 0.6, n)), 1, 7),
                 np.clip(np.round(e + gap + rng.normal(0, 0.8, n)), 1, 7), d, f"{d}{i}", **keys)
        for d, size in SIZES.items() for i in range(size)
    ])


def test_published_paired_gap():
    row = servqual.items(answered([6, 7, 6, 7, 5, 6, 7, 6, 6, 7], [5, 6, 6, 5, 5, 5, 6, 6, 4, 6])).iloc[0]
    assert (row.estimate, row.t, row.p) == pytest.approx((-0.9, -3.857143, 0.0038639), rel=1e-4)
    assert (row.low, row.high) == pytest.approx((-1.42784, -0.37216), rel=1e-4) and row.n == 10
    assert row.perception - row.expectation == pytest.approx(-0.9)


def test_published_overall():
    rows = pd.concat([answered([e] * 40, [p] * 40, d) for d, e, p in zip(FIVE, E, P, strict=True)])
    gaps = servqual.dimensions(rows)
    assert gaps["dimension"].tolist() == FIVE and gaps["estimate"].tolist() == pytest.approx([-.2, -1.1, -.7, -.5, -.5])
    assert servqual.overall(rows)["estimate"].tolist() == pytest.approx([-0.60])
    assert servqual.overall(rows, WEIGHTS)["estimate"].tolist() == pytest.approx([-0.703])


def test_overall_without_replicates_is_the_same_without_an_interval():
    rows = survey(50)
    found = servqual.overall(rows.drop(columns="replicate"), WEIGHTS)
    assert found["estimate"].tolist() == pytest.approx(servqual.overall(rows, WEIGHTS)["estimate"].tolist())
    assert found[["low", "high", "se"]].isna().all(axis=None) and servqual.overall(rows, WEIGHTS)["se"][0] > 0


def test_overall_is_the_mean_of_dimensions_not_of_items():
    rows = pd.concat([answered([6] * 20, [6 - (d == "empathy")] * 20, d, f"{d}{i}")
                      for d, size in SIZES.items() for i in range(size)])
    assert servqual.overall(rows)["estimate"].tolist() == pytest.approx([-1 / 5])  # of 22 items it would be -5/22


def test_published_zone():
    row = servqual.zone(answered([6.3] * 5, [5.4] * 5, adequate=4.8)).iloc[0]
    assert (row.estimate, row.superiority, row.position) == pytest.approx((0.6, -0.9, 0.40))
    assert row.zone == "inside" and row.low == pytest.approx(0.6) and row.superiority_high == pytest.approx(-0.9)


def test_zone_limits():
    assert servqual.zone_of([0, -0.1, 1, 1, np.nan], [-1, -1, 0, 0.5, 1]).tolist() == [
        "inside", "below", "above", "above", None]
    assert np.isnan(servqual.position(5, 5, 5))


def test_zone_of_dimensions():
    rng = np.random.default_rng(6)
    rows = pd.concat([
        answered(rng.normal(6.3, .2, 200), rng.normal(5.4, .4, 200), "d", i, adequate=rng.normal(4.8, .3, 200))
        for i in "ab"
    ])
    row = servqual.zone_of_dimensions(rows).iloc[0]
    assert row.zone == "inside" and row.low < 0.6 < row.high and row.superiority_low < -0.9 < row.superiority_high
    assert row.n == 200 and row.position == pytest.approx(0.4, abs=0.05)


def test_jackknife_agrees_with_paired_t():
    """A dimension of one item has both intervals."""
    ratios = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        e, d = rng.choice([5, 6, 7], 5000), rng.choice([-2, -1, 0, 0, 1], 5000)
        rows = answered(e, e + d, replicate=rng.permutation(np.arange(5000) % 20))
        jack, closed = servqual.dimensions(rows).iloc[0], servqual.items(rows).iloc[0]
        assert jack.estimate == pytest.approx(closed.estimate)
        ratios.append((jack.high - jack.low) / (closed.high - closed.low) * 1.96044 / 2.093024)
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)


def test_dimension_interval_knows_that_the_items_share_respondents():
    n, rng = 2000, np.random.default_rng(9)
    d = rng.choice([-2.0, 0.0], n)
    rows = pd.concat([answered(np.full(n, 6.0), 6 + d, "d", i) for i in "abcd"])
    one = servqual.dimensions(rows[rows["item"] == "a"]).iloc[0]
    four = servqual.dimensions(rows).iloc[0]
    assert four.se == pytest.approx(one.se) and four.n == n


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_permutation_of_items_changes_nothing(seed):
    rows = survey(100, seed)
    mixed = rows.sample(frac=1, random_state=seed % 1000)
    one, other = (servqual.dimensions(r).set_index("dimension").loc[FIVE] for r in (rows, mixed))
    assert one.to_numpy() == pytest.approx(other.to_numpy(), nan_ok=True)
    assert servqual.overall(rows, WEIGHTS).to_numpy() == pytest.approx(servqual.overall(mixed, WEIGHTS).to_numpy())


@settings(max_examples=15)
@given(st.lists(st.integers(1, 7), min_size=2, max_size=60))
def test_equal_answers_have_no_gap(scores):
    rows = answered(scores, scores)
    item = servqual.items(rows).iloc[0]
    assert (item.estimate, item.low, item.high, item.p) == (0, 0, 0, 1)
    assert servqual.dimensions(rows)["estimate"].tolist() == [0] and servqual.overall(rows)["high"].tolist() == [0]


def test_respondents_own_means_give_the_sharper_interval():
    rng = np.random.default_rng(12)
    d = rng.choice([-2, -1, 0, 1], (300, 4))
    whole = servqual.items(answered(np.full(300, 6.0), 6 + d.mean(axis=1)).drop(columns="item")).iloc[0]
    parts = servqual.dimensions(pd.concat([answered(np.full(300, 6.0), 6 + d[:, i], item=str(i)) for i in range(4)]))
    assert whole.estimate == pytest.approx(parts["estimate"][0])
    assert whole.high - whole.estimate == pytest.approx(1.967930 * d.mean(axis=1).std(ddof=1) / 300**0.5, rel=1e-5)
    bare = servqual.items(answered([6, 6], [5, 7]).drop(columns=["item", "dimension"]))
    assert len(bare) == 1 and bare["estimate"][0] == 0


def test_keys_periods_and_a_branch_without_a_dimension():
    rows = pd.concat([survey(400, 1, -0.9, branch="a"), survey(400, 2, -0.2, branch="b"),
                      answered([6, 6], [5, 5], "tangibles", "tangibles0", branch="c")])
    result = servqual.overall(rows)
    assert result["branch"].tolist() == ["a", "b", "c"] and np.isnan(result["estimate"][2])
    change = jackknife.difference(result.iloc[[0]], result.iloc[[1]])
    assert change["high"][0] < 0 and change["p"][0] < 0.01
    assert len(servqual.dimensions(rows)) == 11
    assert servqual.dimensions(rows, of="perception")["estimate"].between(1, 7).all()


def test_weights_must_sum_to_100():
    with pytest.raises(ValueError, match="not 100"):
        servqual.overall(survey(50), dict.fromkeys(FIVE, 25))


def test_few_rows():
    rows = answered([6], [5])
    assert np.isnan(servqual.items(rows)["low"][0]) and servqual.items(rows)["estimate"][0] == -1
    assert np.isnan(servqual.dimensions(rows)["low"][0]) and servqual.overall(rows)["estimate"][0] == -1
    nothing = answered([6], [5], adequate=4).iloc[:0]
    for result in (servqual.items(nothing), servqual.dimensions(nothing), servqual.overall(nothing),
                   servqual.zone(nothing), servqual.zone_of_dimensions(nothing)):
        assert result.empty and {"estimate", "low", "high", "n"} <= set(result.columns)


@pytest.mark.parametrize(("code", "names"), [
    ("tangibles", ["有形性", "有形度", "Tangibles"]), ("reliability", ["可靠性", "信赖度"]),
    ("responsiveness", ["响应性", "反应度", " responsiveness "]), ("assurance", ["保证性", "专业度", "ASSURANCE"]),
    ("empathy", ["移情性", "同理度"]), (None, ["价格", ""]),
])
def test_names_of_dimensions(code, names):
    assert {servqual.dimension_code(name) for name in names} == {code}


def test_gaps_hold_both_sides_and_their_difference():
    rows = servqual.gaps(survey(200))
    assert rows["dimension"].tolist() == FIVE
    assert (rows["perception"] - rows["expectation"]).tolist() == pytest.approx(rows["estimate"].tolist())
    assert (rows["p"] < 0.001).all()
    same = servqual.gaps(answered([6] * 30, [6] * 30)).iloc[0]
    assert (same.estimate, same.low, same.high, same.p) == (0, 0, 0, 1)


def products(scores, dimension="d"):
    """Sums of products of the columns of an array of respondents x items."""
    rows = []
    for i in range(scores.shape[1]):
        for j in range(i, scores.shape[1]):
            x, y = scores[:, i], scores[:, j]
            rows.append((dimension, f"i{i}", f"i{j}", len(x), x.sum(), y.sum(), x @ x, y @ y, x @ y))
    return pd.DataFrame(rows, columns=["dimension", "x", "y", *servqual.PRODUCTS])


def test_paired_t_of_a_dimension_is_that_of_the_respondents_means():
    from scipy import stats

    rng = np.random.default_rng(5)
    d = rng.integers(-3, 2, (37, 4)).astype(float)
    both = servqual.paired_dimensions(pd.concat([products(d), products(d[:, :1], "one")]))
    row = both.set_index("dimension").loc["d"]
    wanted = stats.ttest_1samp(d.mean(axis=1), 0)
    assert (row.estimate, row.t, row.p) == pytest.approx((d.mean(), wanted.statistic, wanted.pvalue))
    assert row.se == pytest.approx(d.mean(axis=1).std(ddof=1) / 37**0.5) and (row.n, row.k) == (37, 4)
    assert (row.low, row.high) == pytest.approx(tuple(wanted.confidence_interval()))


def test_paired_t_of_hardly_anyone():
    assert servqual.paired_dimensions(products(np.ones((0, 3)))[:0]).empty
    lone = servqual.paired_dimensions(products(np.array([[-1.0, -2.0]]))).iloc[0]
    assert lone.estimate == -1.5 and np.isnan(lone.low) and np.isnan(lone.se)


def test_starting_weights():
    assert servqual.starting_weights(FIVE, {}) == servqual.PUBLISHED
    assert servqual.starting_weights(["a", "b"], {"a": 1, "b": 3}) == {"a": 25, "b": 75}
    eight = servqual.starting_weights("abcdefgh", {})
    assert sum(eight.values()) == 100 and set(eight.values()) <= {12, 13}
    assert servqual.starting_weights([], {}) == {}
    assert servqual.starting_weights(FIVE[:4], dict(zip(FIVE, [20] * 5, strict=True))) == dict.fromkeys(FIVE[:4], 25)


def test_names_of_the_dimensions_come_as_a_table():
    rows = servqual.names()
    assert rows["dimension"].tolist() == FIVE
    for r in rows.itertuples():
        assert {servqual.dimension_code(n) for n in (r.first_zh, r.first_en, *r.others.split(" · "))} == {r.dimension}


def test_outline_puts_items_under_their_dimension_the_widest_gap_first():
    answers = survey(200)
    rows = servqual.outline(answers, reference=servqual.overall(answers)["estimate"].iloc[0])
    assert len(rows) == 5 + 22 and rows.loc[rows["level"] == "dimension", "dimension"].tolist() == FIVE
    assert rows.loc[0, "level"] == "dimension" and (rows["item"] == "").sum() == 5
    for _, part in rows.groupby("dimension"):
        assert part["estimate"].iloc[1:].is_monotonic_increasing
        assert part["estimate"].iloc[0] == pytest.approx(part["estimate"].iloc[1:].mean())
    assert (rows["p_gap"] < 0.001).all() and rows["p"].median() > 0.05  # all alike: none differs from the whole
    assert servqual.outline(answers.iloc[:0]).empty


def test_contributions_sum_to_the_weighted_overall():
    answers = survey(200)
    rows = servqual.contributions(answers, WEIGHTS)
    assert rows["estimate"].sum() == pytest.approx(servqual.overall(answers, WEIGHTS)["estimate"].iloc[0])
    assert rows.set_index("dimension")["weight"].to_dict() == WEIGHTS
