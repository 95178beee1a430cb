"""KANO: the published tables, both rules, intervals, segments."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from moments.metrics import kano

# methods.md, n = 296: counts M, O, A, I, R, Q
PUBLISHED = pd.DataFrame(
    {"feature": ["app", "hotline", "loan"], "M": [95, 15, 65], "O": [123, 24, 87], "A": [45, 121, 93],
     "I": [33, 124, 51], "R": [0, 6, 0], "Q": [0, 6, 0], "n": [296, 296, 296]}
)
CELLS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 40)), min_size=1, max_size=12)


def cells_of(rows, feature="f", **keys):
    frame = pd.DataFrame(rows, columns=["functional", "dysfunctional", "n"])
    return frame.groupby(["functional", "dysfunctional"])["n"].sum().reset_index().assign(feature=feature, **keys)


def one(feature="f", **counts):
    row = dict.fromkeys(kano.CATEGORIES, 0) | counts
    return pd.DataFrame([{"feature": feature, **row, "n": sum(row.values())}])


def test_tables():
    assert [kano.category_of(1, d) for d in range(1, 6)] == list("QAAAO")
    assert [kano.category_of(f, 5) for f in range(1, 6)] == list("OMMMQ")
    differ = [(f, d) for f in range(1, 6) for d in range(1, 6)
              if kano.category_of(f, d) != kano.category_of(f, d, "pouliot")]
    assert differ == [(2, 2), (4, 4)] and {kano.category_of(*c, "pouliot") for c in differ} == {"Q"}


@pytest.mark.parametrize("pair", [(0, 1), (1, 6)])
def test_stranger(pair):
    with pytest.raises(ValueError, match="1 to 5"):
        kano.counts(cells_of([(*pair, 3)]))


def test_published():
    table = kano.features(PUBLISHED).set_index("feature")
    assert table["mode"].tolist() == list("OIA") and table["rule"].tolist() == list("OAO")
    assert (100 * table["estimate"]).tolist() == pytest.approx([88.85, 54.05, 82.77], abs=5e-3)
    assert (100 * table["strength"]).tolist() == pytest.approx([9.46, 1.01, 2.03], abs=5e-3)
    assert table["fong_difference"].tolist() == [28, 3, 6] and table["fong"].tolist() == [True, False, False]
    assert table["fong_bound"].tolist() == pytest.approx([19.364, 19.773, 18.467], rel=1e-4)
    assert table["berger"].tolist() == list("OAA")
    assert (table["low"] < table["estimate"]).all() and (table["high"] > table["estimate"]).all()


def test_published_coefficients():
    wide = kano.side_by_side(kano.coefficients(PUBLISHED), "coefficient")
    assert wide["better"].tolist() == pytest.approx([.5676, .5106, .6081], abs=5e-5)
    assert wide["worse"].tolist() == pytest.approx([-.7365, -.1373, -.5135], abs=5e-5)
    assert wide["n"].tolist() == [296, 284, 296]


def test_kiosk_items():
    counted = pd.concat([one("1", A=43, O=52, M=90, I=21, Q=1), one("10", A=111, O=57, M=18, I=17, R=2, Q=2)])
    wide = kano.side_by_side(kano.coefficients(counted), "coefficient")
    assert wide["better"].tolist() == pytest.approx([.4612, .8276], abs=5e-5)
    assert wide["worse"].tolist() == pytest.approx([-.6893, -.3695], abs=5e-5)
    assert kano.features(counted)["rule"].tolist() == ["M", "A"]


def test_ties():
    assert kano.features(one(M=20, A=20, I=20)).loc[0, ["mode", "rule", "tied"]].tolist() == ["M", "M", "MAI"]
    # Exactly five points of 100 is tied, six of 100 is not.
    assert kano.features(one(I=40, M=35, O=25))["rule"].tolist() == ["M"]
    assert kano.features(one(I=41, M=35, O=24))["rule"].tolist() == ["I"]
    # Berger disagrees with the mode: indifferent is the largest, yet most answers care.
    row = kano.features(one(I=80, A=60, O=50, M=17)).iloc[0]
    assert (row["mode"], row.berger) == ("I", "A")


def test_counts_of_cells():
    cells = cells_of([(1, 5, 3), (2, 2, 4), (3, 5, 5), (1, 1, 1), (5, 1, 2), (1, 3, 6)])
    classic, pouliot = kano.counts(cells), kano.counts(cells, "pouliot")
    assert classic.loc[0, list("AOMIRQ") + ["n"]].tolist() == [6, 3, 5, 4, 2, 1, 21]
    assert pouliot.loc[0, list("AOMIRQ") + ["n"]].tolist() == [6, 3, 5, 0, 2, 5, 21]


@settings(max_examples=12)
@given(CELLS, st.sampled_from(["classic", "pouliot"]))
def test_properties(rows, table):
    cells = cells_of(rows)
    counted = kano.counts(cells, table)
    assert counted["n"].sum() == cells["n"].sum() == counted[list(kano.CATEGORIES)].to_numpy().sum()
    wide = kano.side_by_side(kano.coefficients(counted), "coefficient").iloc[0]
    if wide.n:
        assert 0 <= wide.better_low <= wide.better + 1e-12 and wide.better - 1e-12 <= wide.better_high <= 1
        assert -1 <= wide.worse_low <= wide.worse + 1e-12 and wide.worse - 1e-12 <= wide.worse_high <= 0
    else:
        assert np.isnan(wide.better) and np.isnan(wide.worse_low)
    row = kano.features(counted).iloc[0]
    assert row["rule"] in row.tied and 0 <= row.estimate <= 1 and 0 <= row.strength <= 1
    assert counted[row["mode"]][0] == counted[list(kano.CATEGORIES)].to_numpy().max()
    shuffled = kano.counts(cells.sample(frac=1, random_state=0), table)
    pd.testing.assert_frame_equal(shuffled, counted)


def respondents(n, seed, probabilities=(.3, .25, .2, .2, .03, .02)):
    rng = np.random.default_rng(seed)
    letters = rng.choice(list(kano.CATEGORIES), n, p=probabilities)
    wide = pd.DataFrame({c: letters == c for c in kano.CATEGORIES}).astype("int64")
    wide = wide.assign(n=1, replicate=rng.permutation(np.arange(n) % 20), feature="f")
    return wide.groupby(["feature", "replicate"]).sum().reset_index()


def test_jackknife_agrees_with_closed_form():
    """Wilson and the delta method on 5,000 answers against the jackknife, over 15 samples."""
    ratios, delta = [], []
    for seed in range(15):
        counted = respondents(5000, seed)
        jack = kano.coefficients(counted)
        closed = kano.coefficients(counted.groupby("feature").sum().reset_index().drop(columns="replicate"))
        pd.testing.assert_series_equal(jack["estimate"], closed["estimate"])
        width, p = closed["high"] - closed["low"], closed["estimate"].abs()
        delta += (width / (2 * 1.959964 * np.sqrt(p * (1 - p) / closed["n"]))).tolist()
        ratios += ((jack["high"] - jack["low"]) / width * 1.959964 / 2.093024).tolist()
    assert np.mean(ratios) == pytest.approx(1, abs=0.15) and delta == pytest.approx(np.ones(len(delta)), abs=0.01)


def test_where_the_jackknife_knows_nothing_wilson_answers():
    everyone = respondents(200, 1, (1, 0, 0, 0, 0, 0))
    row = kano.side_by_side(kano.coefficients(everyone), "coefficient").iloc[0]
    assert row.better == 1 and row.better_low == pytest.approx(0.98116, rel=1e-4) and row.worse_low < 0 == row.worse
    alone = kano.coefficients(one(A=3, M=1).assign(replicate=4))
    assert alone["low"].notna().all()


def test_continuous():
    cells = pd.concat([cells_of([(1, 5, 2), (3, 3, 1), (2, 4, 1)]), cells_of([(4, 1, 5)], "g")])
    wide = kano.side_by_side(kano.continuous(cells), "axis").set_index("feature")
    assert wide.loc["f", ["functional", "dysfunctional"]].tolist() == [2.5, 2.5]
    assert wide.loc["g", ["functional", "dysfunctional", "n"]].tolist() == [-1, -2, 5]
    row = kano.continuous(cells).iloc[0]
    assert row.se == pytest.approx(stats.sem([4, 4, 0, 2])) and row.high - 2.5 == pytest.approx(3.182446 * row.se)
    points = kano.cloud(cells)
    assert points["share"].sum() == pytest.approx(2) and points["functional"].tolist() == [4, 2, 0, -1]


def test_shift():
    a = pd.concat([one("x", A=60, I=30, M=10), one("y", O=50, I=50)]).assign(segment="young")
    b = pd.concat([one("x", A=20, I=20, M=60), one("y", O=48, I=52)]).assign(segment="old")
    table = kano.shift(pd.concat([a, b])).set_index(["segment", "feature"])
    young = table.loc[("young", "x")]
    # Together A 80, M 70, I 50 of 200: exactly five points apart, so must-be by the rule of ties.
    assert (young.category, young.whole, young.shifts) == ("A", "M", True)
    assert table.loc[("old", "x"), "category"] == "M" and not table.loc[("old", "x"), "shifts"]
    assert young.p == pytest.approx(stats.chi2_contingency([[60, 10, 30], [20, 60, 20]])[1]) and young.q >= young.p
    assert young.estimate == pytest.approx(0.4) and young.low > 0 and young.worse == pytest.approx(0.5)
    assert table.loc[("young", "y"), "p"] > 0.5 and table.loc[("young", "y"), "n_other"] == 100


def test_one_segment_has_nothing_to_shift_from():
    table = kano.shift(one(A=5, I=3).assign(segment="only"))
    assert table["p"].isna().all() and table["estimate"].isna().all() and not table["shifts"].any()


def test_doubtful():
    table = kano.doubtful(PUBLISHED).set_index(["feature", "answer"])
    assert table.loc[("hotline", "questionable"), "estimate"] == 6 / 296 and table.loc[("app", "reverse"), "low"] == 0


def test_order_of_work():
    table = kano.order_of_work(kano.features(PUBLISHED), kano.coefficients(PUBLISHED))
    assert table["feature"].tolist() == ["app", "loan", "hotline"] and table["place"].tolist() == [1, 2, 3]
    must = pd.concat([one("mild", M=60, A=40), one("hard", M=90, A=10), one("shrug", I=9)])
    table = kano.order_of_work(kano.features(must), kano.coefficients(must))
    assert table["feature"].tolist() == ["hard", "mild", "shrug"]


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_order_of_features_changes_nothing(seed):
    mixed = PUBLISHED.sample(frac=1, random_state=seed % 2**31)
    assert kano.features(mixed).set_index("feature")["rule"].to_dict() == {"app": "O", "hotline": "A", "loan": "O"}


def test_few():
    nothing = kano.counts(cells_of([(1, 5, 1)]).iloc[:0])
    for table in (kano.features(nothing), kano.coefficients(nothing), kano.doubtful(nothing),
                  kano.continuous(cells_of([(1, 5, 1)]).iloc[:0]), kano.shift(nothing.assign(segment=[])),
                  kano.coefficients(nothing.assign(replicate=np.array([], dtype=int)))):
        assert table.empty and {"estimate", "low", "high", "n"} <= set(table.columns)
    assert kano.cloud(cells_of([(1, 5, 1)]).iloc[:0]).empty
    assert kano.order_of_work(kano.features(nothing), kano.coefficients(nothing)).empty
    zero = kano.features(one())
    assert zero["rule"].tolist() == [None] and not zero["fong"][0] and np.isnan(zero["estimate"][0])
    assert kano.coefficients(one(Q=4))["estimate"].isna().all()
    single = kano.features(kano.counts(cells_of([(1, 5, 1)]))).iloc[0]
    assert (single["rule"], single.tied, single.estimate) == ("O", "O", 1)


def test_replicates_add_up_and_what_is_hidden_stays_hidden():
    counted = pd.concat([one("a", M=2, O=1).assign(replicate=0), one("a", M=1, I=3).assign(replicate=1)])
    counted = pd.concat([counted, pd.DataFrame([{"feature": "b"}])], ignore_index=True)
    table = kano.summed(counted).set_index("feature")
    assert table.loc["a", ["M", "O", "I", "n"]].tolist() == [3, 1, 3, 7] and table.loc["b"].isna().all()
    classified = kano.features(table.reset_index())
    assert classified["rule"].iloc[0] == "M" and classified["rule"].isna().iloc[1] and not classified["fong"].iloc[1]
    order = kano.order_of_work(classified, kano.coefficients(counted))
    assert order["feature"].tolist() == ["a", "b"] and order.loc[0, ["worse_low", "worse_high"]].notna().all()


def test_fields_of_the_continuous_plane():
    cells = pd.concat([
        cells_of([(1, 5, 9), (1, 4, 1)], "more"), cells_of([(1, 3, 9), (1, 2, 1)], "delight"),
        cells_of([(3, 5, 9), (3, 4, 1)], "must"), cells_of([(3, 3, 9), (3, 4, 1)], "no"),
    ])  # fmt: skip
    found = kano.fields(kano.continuous(cells)).set_index("feature")
    assert found["field"].to_dict() == {"more": "O", "delight": "A", "must": "M", "no": "I"}
    # must-be: without it nine times 4 and once 2: mean 3.8, sd .632456, standard error .2
    assert found.loc["must", ["dysfunctional_low", "dysfunctional_high"]].tolist() == pytest.approx([3.6, 4.0])
    nothing = pd.DataFrame({"feature": ["f"], "functional": [np.nan], "dysfunctional": [np.nan], "n": [np.nan]})
    assert kano.fields(kano.continuous(nothing))["field"].isna().all()


def test_spots_add_the_features_up():
    cells = pd.concat([cells_of([(1, 5, 9)], "a"), cells_of([(1, 5, 2), (2, 4, 1)], "b")])
    assert kano.spots(cells).to_numpy().tolist() == [[2, 2, 1], [4, 4, 11]]


def test_settled_counts_what_another_rule_or_table_would_change():
    classified = kano.features(PUBLISHED)
    assert classified["sure"].tolist() == [True, False, False]
    tables = kano.by_tables(classified, {"classic": classified, "pouliot": classified.assign(rule=["M", "A", "O"])})
    assert tables["pouliot"].tolist() == ["M", "A", "O"]
    found = kano.settled(tables).iloc[0].to_dict()
    assert found == {"features": 3, "clear": 1, "tied": 2, "berger": 1, "other": 1}
    assert kano.settled(tables.iloc[:0]).iloc[0].tolist() == [0] * 5


def test_doubts_side_by_side():
    wide = kano.side_by_side(kano.doubtful(one(Q=1, R=3, M=16)), "answer")
    assert wide.loc[0, ["questionable", "reverse"]].tolist() == [0.05, 0.15]
