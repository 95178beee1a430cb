"""The SERVQUAL page: every panel in both languages, numbers counted by hand, choices, states, the sample's story."""

import conftest
import pytest
from test_pages import faults, show, words

from moments import text


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_cards_hold_the_numbers_counted_by_hand(few, language):
    app = show("servqual", "few", lang=language, period="all")
    said = words(app)
    assert not faults(app) and text.catalogue()["servqual.title"][language] in said
    # tangibles (-8/11 - 7/10) / 2 = -.7136 and reliability (-21/11 - 16/10) / 2 = -1.7545: mean -1.23, 30/70 -1.44
    for value in ("−1.23", "−1.44"):
        assert f'<div class="m-value">{value}<' in said


def test_a_filter_changes_the_number_to_the_right_one(few):
    app = show("servqual", "few", lang="en", period="all", branch="b1")
    # b1: tangibles (-4/5 - 3/5) / 2 = -.7, reliability (-10/5 - 11/5) / 2 = -2.1
    assert not faults(app) and '<div class="m-value">−1.40<' in words(app)


def test_weights_come_from_the_link_and_are_mended_to_a_hundred(few):
    app = show("servqual", "few", lang="en", period="all", w_tangibles="100", w_reliability="0")
    assert '<div class="m-value">−0.71<' in words(app)
    mended = show("servqual", "few", lang="en", period="all", w_tangibles="40", w_reliability="90")
    assert sorted(n.value for n in mended.number_input) == [40, 60] and not faults(mended)


def test_setting_one_weight_moves_the_other(few):
    app = show("servqual", "few", lang="en", period="all")
    assert sorted(n.value for n in app.number_input) == [30, 70]
    next(n for n in app.number_input if n.label == "Tangibles").set_value(80).run()
    assert sorted(n.value for n in app.number_input) == [20, 80] and not faults(app)


def test_a_dimension_in_the_link_leaves_only_its_items(few):
    app = show("servqual", "few", lang="en", period="all", dimension="tangibles")
    assert not faults(app) and any("Tangibles" in b.label for b in app.button)
    strange = show("servqual", "few", lang="en", period="all", dimension="<b>", item="nothing")
    assert not faults(strange)


def test_missing_columns_and_nothing_left_are_said(few):
    rows = {f.stem: conftest.table(f.stem, f) for f in sorted((conftest.TESTS / "rows").glob("*.csv"))}
    bare = rows["responses"].select(["response", "answered_at", "replicate", "branch"])
    conftest.write("no_servqual", tables={"responses": bare})
    assert "no such columns" in words(show("servqual", "no_servqual", lang="en", period="all"))
    asked = {"period": "custom", "from": "2031-01-01", "to": "2031-01-31"}
    assert "nothing is left" in words(show("servqual", "few", lang="en", **asked))


@pytest.mark.parametrize(
    ("language", "worst", "widest"),
    [
        ("zh", "最差是“收费和条款事先讲清楚”（−1.91）", "差得最多的是“可靠性”"),
        ("en", "worst of all Tells fees and terms beforehand (−1.91)", "The widest gap is Reliability"),
    ],
)
def test_the_missing_must_be_is_the_widest_gap_of_all_items(shipped, language, worst, widest):
    said = words(show("servqual", shipped, lang=language, period="all"))
    assert worst in said and widest in said
