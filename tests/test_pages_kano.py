"""The KANO page: its numbers on rows counted by hand, its choices, and the stories planted in the sample."""

import json

import conftest
import pytest
from test_pages import faults, figures, show, words

from moments import text, warehouse
from moments.filters import Filters
from moments.metrics import kano

PANELS = ("work", "quadrant", "classes", "segments", "doubts", "cloud")


def chart(app, key: str):
    """The figure of a panel, as the browser gets it."""
    return json.dumps(figures(app)[f"kano-{key}"]["figure"])


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_panel_says_how_to_read_it(few, language):
    app = show("kano", "few", lang=language, period="all")
    assert not faults(app)
    for key in PANELS:
        assert text.catalogue()[f"kano.{key}.how"][language] in words(app).replace("&gt;", ">")


@pytest.mark.parametrize(
    ("query", "answers", "seats"),
    [
        # seats: A3 O1 M3 I9 R7 Q2, so Better 4/16 and Worse -4/16
        ({}, "26 KANO answers", "Better 0.25 · Worse −0.25"),
        # those who answered live-with or better without it: A1 I3 R5 Q1
        ({"segment": "vip"}, "10 KANO answers", "Better 0.25 · Worse 0.00"),
        # and by Pouliot's table two of the indifferent contradict themselves, one of them here: A1 I2 R5 Q2
        ({"segment": "vip", "rule": "pouliot"}, "10 KANO answers", "Better 0.33 · Worse 0.00"),
        # third and fourth row of the table, twice RIIIM: M2 I6 R2
        ({"branch": "b2"}, "10 KANO answers", "Better 0.00 · Worse −0.25"),
    ],
)
def test_a_filter_changes_the_numbers_to_the_right_ones(few, query, answers, seats):
    app = show("kano", "few", lang="en", period="all", **query)
    assert not faults(app)
    assert answers in words(app)
    line = next(li for li in words(app).split("<li>") if " Seats " in li)
    assert seats in line


def test_what_is_hidden_is_named_and_tells_nothing(few):
    app = show("kano", "few", lang="en", period="all")
    told = words(app).split("Too few answers")[1]
    assert "Robot" in told and "Video teller" in told
    assert "Better – · Worse –" in told.split("</section>")[0]


def test_a_clicked_feature_stands_out_and_can_be_let_go(few):
    app = show("kano", "few", lang="en", period="all", feature="seats")
    chip = next(b for b in app.button if "Seats" in b.label)
    assert '"opacity":[0.35' in chart(app, "quadrant").replace(" ", "")
    chip.click().run()
    assert "0.35" not in chart(app, "quadrant") and "feature" not in app.query_params


@pytest.mark.parametrize("query", [{"feature": "nobody"}, {"rule": "x"}, {"by": "branch"}])
def test_what_cannot_be_chosen_is_dropped(few, query):
    app = show("kano", "few", lang="en", period="all", **query)
    assert not faults(app) and not any("highlight" in b.label for b in app.button)


def test_a_dataset_without_kano_says_so(few):
    rows = {"responses": conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")}
    conftest.write("no_kano", tables=rows)
    app = show("kano", "no_kano", lang="en", period="all")
    assert not faults(app) and "This dataset has no such columns (KANO answers" in words(app)


def test_nothing_left_says_which_filter_to_relax(few):
    app = show("kano", "few", lang="en", period="custom", **{"from": "2031-01-01", "to": "2031-01-31"})
    assert not faults(app) and "Without the filter on Period there would be 26" in words(app)


def test_how_few_a_relaxed_filter_would_leave_is_not_said(few):
    """Two answers of b3 by app, at a threshold of three: a reader with another period must not learn that."""
    never = {"period": "custom", "from": "2031-01-01", "to": "2031-01-31"}
    app = show("nps", "few", lang="en", branch="b3", channel="app", **never)
    assert not faults(app) and "nothing is left" in words(app)
    assert "there would be" not in words(app) and "Relax a filter, or reset" in words(app)


def test_sql_and_metrics_class_every_pair_alike(few):
    """The test rows hold each of the 25 pairs once, for seats: seen pair by pair, both tables give the same letter."""
    pairs = warehouse.query("kano_by_pair", Filters(few))
    seats = pairs[pairs["feature"] == "seats"]
    assert len(seats) == 25
    for rule in kano.TABLES:
        counted = kano.counts(seats[["feature", "functional", "dysfunctional", "n"]], rule).iloc[0]
        asked = kano.summed(warehouse.query("kano_by_feature", Filters(few), rule=rule)).set_index("feature")
        for letter in kano.CATEGORIES:
            assert counted[letter] == asked.loc["seats", letter]


def test_the_missing_must_be_is_the_first_thing_to_do(shipped):
    """STORIES.md: fee_notice is must-be for 774 of 1,476, Better 0.296, Worse -0.780, more of a must than any other."""
    app = show("kano", shipped, lang="en", period="all")
    assert not faults(app)
    first = words(app).split("<li>")[1]
    assert "<b>1</b> Fees told beforehand" in first and "Better 0.30 · Worse −0.78" in first
    assert "First secure what must be there: Fees told beforehand and others (3 in all)" in words(app)
    assert "Lobby robot" in words(app).split("4 Indifferent (I)")[1].split("</section>")[0]


def test_groups_that_see_a_feature_otherwise_are_found(shipped):
    """Planted: the wealthy and VIPs are delighted by a birthday call, businesses need appointments more than others."""
    app = show("kano", shipped, lang="en", period="all", by="segment")
    assert "to Small business, Booking by phone is One-dimensional, to all together Attractive" in words(app)
    app = show("kano", shipped, lang="en", period="all", by="channel")
    assert "No group clearly differs from the whole" in words(app)
