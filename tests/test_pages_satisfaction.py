"""The satisfaction page: the worked case as published, numbers counted by hand, any scale, weights in the link."""

import json

import duckdb
import pytest
from conftest import CODEBOOK, SHARED, write
from test_pages import faults, figures, show, words

from moments import text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "79.21, 3 score points short of 80.0: 2 customers at the fewest, or 3 single steps. "
               "But the interval, 77.81 to 80.62, holds the target (p 0.26): the miss may be chance."),
        ("zh", "指数 79.21，离 80.0 差 3 分：最少 2 位客户，或 3 个一分的台阶。但区间 77.81～80.62 含着目标（p 0.26）"),
    ],
)  # fmt: skip
def test_the_worked_case_of_38_calls(few, language, told):
    app = show("satisfaction", "few", lang=language, period="all", case="calls")
    assert not faults(app) and told in words(app)
    for number in ("0.2632", "97.37%", "86.51%", "99.53%"):
        assert number in words(app)


def test_the_example_says_who_would_move_and_is_marked_as_none_of_the_data(few):
    app = show("satisfaction", "few", lang="en", period="all", case="calls")
    specs = (json.dumps(sent).replace("<br>", " ") for sent in figures(app).values())
    spec = next(s for s in specs if "1 from 6 to 8" in s)
    assert "1 from 7 to 8" in spec and "3 from 8 to 9" in spec and "Example: 38 calls" in spec
    assert "A few rows" not in spec and "not of this dataset" in words(app)


def test_the_example_keeps_its_ten_points_on_a_dataset_of_five(data_root, few):
    five = write("five_points", codebook=CODEBOOK | {"scales": {"satisfaction": [1, 12]}})
    app = show("satisfaction", five.dataset, lang="en", period="all", case="calls")
    assert "79.21, 3 score points short of 80.0" in words(app) and "Scale 1-12" in words(app)


def test_indices_and_total_counted_by_hand(few):
    """overall: 91 on 13 answers, 70.0; skill: 91 on 12, 75.83; weights of the codebook 60 and 40: 72.33."""
    app = show("satisfaction", "few", lang="en", period="all")
    for value in ("70.0", "75.8", "72.3"):
        assert f'<div class="m-value">{value}<' in words(app)
    assert "Scale 1-10" in words(app) and "runs from 10 to 100" in words(app)


def test_weights_from_the_link_change_the_total(few):
    app = show("satisfaction", "few", lang="en", period="all", w_skill="100", w_overall="0")
    assert words(app).count('<div class="m-value">75.8<') == 2


def test_moving_an_indicator_moves_the_total_by_its_weight(few):
    app = show("satisfaction", "few", lang="en", period="all", move_overall="5")
    assert "the total goes from 72.33 to 75.33 (+3.00)" in words(app)
    assert "one point there adds 0.60 to the total" in words(show("satisfaction", "few", lang="en", period="all"))


def test_no_indicator_weighs_most_where_all_weigh_the_same(few):
    equal = {f"w_{code}": str(weight) for code, weight in (("skill", 50), ("overall", 50))}
    assert "All indicators weigh the same: one point more of any adds 0.50" in words(
        show("satisfaction", "few", lang="en", period="all", **equal)
    )


@pytest.mark.parametrize(("goal", "key"), [(10, "reached"), (70, "barely"), (71, "inside"), (100, "outside")])
def test_whether_a_target_is_told_apart_from_chance(few, goal, key):
    """The index of overall is 70 with an interval of 54.5 to 85.5."""
    with text.reading("en"):
        end = text.catalogue()[f"satisfaction.target.{key}"]["en"].rsplit("}", 1)[1]
    app = show("satisfaction", "few", lang="en", period="all", goal=str(goal))
    assert end in words(app) and not faults(app)


def test_five_points_are_five_levels(data_root):
    from test_metrics_satisfaction import frame

    from moments.metrics import satisfaction

    rows = satisfaction.balance(frame({5: 2, 4: 1, 1: 1}), satisfaction.bands(1, 5), 5).iloc[0]
    assert (rows["very_satisfied"], rows["satisfied"], rows["very_dissatisfied"]) == (0.5, 0.25, 0.25)
    assert rows["index"] == 75


def test_answers_behind_an_indicator_are_as_many_as_its_n(few):
    app = show("satisfaction", "few", lang="en", period="all", item="skill", by="channel")
    assert not faults(app)
    from moments import warehouse
    from moments.filters import Filters

    rows = warehouse.query("satisfaction_answers", Filters(few), item="skill", least=1, most=10, skip=0, take=50)
    assert len(rows) == rows["n"].iloc[0] == 12


def test_weights_sum_to_a_hundred_when_one_is_set(few):
    """skill 70 leaves 30 for overall: .7 x 75.83 + .3 x 70 = 74.08."""
    app = show("satisfaction", "few", lang="en", period="all", w_skill="70")
    assert not faults(app) and '<div class="m-value">74.1<' in words(app)


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)")
def test_an_airport_on_its_scale_of_five(brought):
    """The index of the airport as a whole in 2018 is 20 x the mean of its answers."""
    report = brought("sfo_airport_survey")
    told = f"from '{report.snapshot.file('responses')}' where year(answered_at) = 2018"
    mean, n = duckdb.sql(f"select avg(sat_overall), count(sat_overall) {told}").fetchall()[0]
    span = {"period": "custom", "from": "2018-01-01", "to": "2018-12-31"}
    app = show("satisfaction", "sfo_airport_survey", lang="en", item="overall", **span)
    assert not faults(app), words(app)
    card = words(app).split("The airport as a whole")[1][:400]
    assert f'<div class="m-value">{20 * mean:.1f}<' in card and f"n {n:,}" in card and "Scale 1-5" in words(app)
