"""Customer value: gains, costs and what is left."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.metrics import value
from moments.metrics.intervals import t_mean

GAINS, COSTS = ["brand", "service", "people", "image"], ["money", "time", "energy", "mind"]


def answers_of(wide, replicate=None, **keys):
    """wide: item -> scores of the same customers."""
    size = len(next(iter(wide.values())))
    replicate = np.arange(size) % 20 if replicate is None else replicate
    rows = []
    for item, scores in wide.items():
        s = np.asarray(scores, dtype=float)
        frame = pd.DataFrame({"replicate": replicate, "n": 1, "total": s, "total_sq": s * s})
        side = "gain" if item in GAINS else "cost"
        rows.append(frame.groupby("replicate").sum().reset_index().assign(side=side, item=item, **keys))
    return pd.concat(rows, ignore_index=True)


def survey(n, seed):
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 1, n)
    gains = {i: np.clip(np.round(8 + mood + rng.normal(0, 1, n)), 1, 10) for i in GAINS}
    return gains | {i: np.clip(np.round(5 - mood / 2 + rng.normal(0, 1, n)), 1, 10) for i in COSTS}


def test_by_hand():
    wide = {"brand": [8, 10], "service": [6, 8], "money": [5, 5], "time": [1, 3]}
    table = value.net(answers_of(wide)).set_index("side")
    assert table.index.tolist() == ["gain", "cost", "net"]
    assert table["estimate"].tolist() == [8, 3.5, 4.5] and table["n"].tolist() == [2, 2, 2]
    # Without the first 9 - 4 = 5, without the second 7 - 3 = 4: se = √(1/2 (.25 + .25)) = .5, t(1) = 12.7062
    assert table.loc["net", "se"] == 0.5 and table.loc["net", "high"] == pytest.approx(4.5 + 12.7062 * 0.5, rel=1e-5)
    items = value.items(answers_of(wide)).set_index("item")
    assert items["estimate"].to_dict() == {"brand": 9, "service": 7, "money": 5, "time": 2}
    assert items.loc["money", ["low", "high", "side"]].tolist() == [5, 5, "cost"]


def test_jackknife_agrees_with_the_t_interval_of_each_customers_net():
    ratios = []
    for seed in range(12):
        wide = survey(5000, seed)
        each = np.mean([wide[i] for i in GAINS], axis=0) - np.mean([wide[i] for i in COSTS], axis=0)
        replicate = np.random.default_rng(seed).permutation(np.arange(5000) % 20)
        net = value.net(answers_of(wide, replicate)).set_index("side").loc["net"]
        closed = t_mean(5000, each.sum(), (each**2).sum())
        assert net["estimate"] == pytest.approx(float(closed.estimate))
        ratios.append((net["high"] - net["low"]) / (closed.high - closed.low) * 1.96044 / 2.093024)
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)


@settings(max_examples=12)
@given(st.lists(st.integers(1, 10), min_size=2, max_size=30))
def test_gains_equal_to_costs_leave_nothing(scores):
    table = value.net(answers_of(dict.fromkeys(GAINS + COSTS, scores))).set_index("side")
    assert table.loc["net", ["estimate", "low", "high"]].tolist() == pytest.approx([0, 0, 0], abs=1e-9)
    assert table["n"].tolist() == [len(scores)] * 3


def test_segments_and_their_difference():
    both = pd.concat([answers_of(survey(500, 1), segment="a"), answers_of(survey(500, 2), segment="b")])
    table = value.net(both)
    assert table["segment"].tolist() == ["a"] * 3 + ["b"] * 3 and table["side"].tolist() == ["gain", "cost", "net"] * 2
    a, b = table[table["segment"] == "a"], table[table["segment"] == "b"]
    change = value.difference(a, b)
    assert change["side"].tolist() == ["gain", "cost", "net"] and (change["p"] > 0.001).all()
    assert change["estimate"].tolist() == pytest.approx((a["estimate"].to_numpy() - b["estimate"].to_numpy()).tolist())


def test_order_of_rows_changes_nothing():
    rows = answers_of(survey(200, 4))
    pd.testing.assert_frame_equal(value.net(rows), value.net(rows.sample(frac=1, random_state=1)))


def test_one_side_only_nothing_and_one_row():
    gains = answers_of({"brand": [8, 9], "image": [7, 7]})
    table = value.net(gains).set_index("side")
    assert table.loc["gain", "estimate"] == 7.75 and np.isnan(table.loc["net", "estimate"])
    for empty in (value.net(gains.iloc[:0]), value.items(gains.iloc[:0])):
        assert empty.empty and {"side", "estimate", "low", "high", "n"} <= set(empty.columns)
    single = value.net(answers_of({"brand": [8], "money": [3]})).set_index("side")
    assert single.loc["net", "estimate"] == 5 and single["low"].isna().all()
