"""False discovery rate: the table of 1995, scipy as the second source."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from moments.metrics import discovery

TABLE = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]  # fmt: skip


def test_benjamini_and_hochbergs_own_table():
    shuffled = pd.DataFrame({"p": TABLE}).sample(frac=1, random_state=3)
    found = discovery.discoveries(shuffled)
    assert found["real"].sum() == 4
    assert sorted(found.loc[found["real"], "p"]) == TABLE[:4]
    assert (np.array(TABLE) <= 0.05 / 15).sum() == 3  # Bonferroni finds three


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_equals_scipy(p):
    assert discovery.q_values(p) == pytest.approx(false_discovery_control(p), abs=1e-15)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.randoms())
def test_order_does_not_matter_and_q_is_never_under_p(p, random):
    q = discovery.q_values(p)
    assert (q >= np.array(p) * (1 - 1e-12)).all() and (q <= 1).all()
    order = random.sample(range(len(p)), len(p))
    assert discovery.q_values(np.array(p)[order]) == pytest.approx(q[order])


def test_what_cannot_be_tested_is_no_look():
    q = discovery.q_values([0.04, np.nan, 0.5])
    assert q == pytest.approx([0.08, np.nan, 0.5], nan_ok=True)
    frame = pd.DataFrame({"p": [0.04, np.nan]})
    assert discovery.discoveries(frame)["real"].tolist() == [True, False]


def test_families_are_corrected_apart():
    frame = pd.DataFrame({"measure": ["nps", "nps", "wait"], "p": [0.03, 0.9, 0.04]})
    before = frame.copy()
    assert discovery.discoveries(frame)["q"].tolist() == pytest.approx([0.06, 0.9, 0.06])
    assert discovery.discoveries(frame, ["measure"])["q"].tolist() == pytest.approx([0.06, 0.9, 0.04])
    pd.testing.assert_frame_equal(frame, before)


def test_nothing_looked_at():
    empty = pd.DataFrame({"measure": [], "p": []})
    for family in ([], ["measure"]):
        assert {"q", "real"} <= set(discovery.discoveries(empty, family))
    assert len(discovery.q_values([])) == 0
