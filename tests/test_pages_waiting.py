"""Waiting, queues and counters: numbers counted by hand, choices, states, and the unfair queue in the sample."""

import html
import math

import conftest
import pandas as pd
import pyarrow.compute as pc
import pytest
from test_pages import faults, figures, show, words

from moments import datasets, text, warehouse
from moments.filters import Filters
from moments.metrics import queues, waiting

PANELS = {
    "waiting": ("length", "factors", "groups", "where", "excess"),
    "queues": ("cells", "groups", "clocks"),
    "staffing": ("hours", "counters", "levers"),
}
ALL_TIME = {"lang": "en", "period": "all"}


def chart(app, key: str) -> dict:
    """The figure of a panel ("waiting-length"), as the browser gets it."""
    return figures(app)[key]["figure"]


def values(app) -> list[str]:
    """The big numbers of the cards, in order."""
    return [part.split("<")[0] for part in words(app).split('<div class="m-value">')[1:]]


def written(app, key: str) -> dict[str, str]:
    """{name: number} as a ranked list writes them."""
    layout = chart(app, key)["layout"]
    names = dict(zip(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"], strict=True))
    said = zip(layout["yaxis2"]["tickvals"], layout["yaxis2"]["ticktext"], strict=True)
    return {names[at]: words for at, words in said}


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("page", PANELS)
def test_every_panel_is_drawn_and_says_how_to_read_it(shipped, page, language):
    app = show(page, shipped, lang=language, period="all")
    assert not faults(app)
    for key in PANELS[page]:
        assert chart(app, f"{page}-{key}")["data"]
        assert text.catalogue()[f"{page}.{key}.how"][language] in html.unescape(words(app))


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        # ten answers with both waits: 38 and 54 minutes; nine of them say what is acceptable: 40 minutes, 3 felt longer
        ({}, ["3.8", "5.4", "4.4", "1.36", "33.3%"]),
    ],
)
def test_a_filter_changes_the_waits_to_the_right_ones(few, query, cards):
    app = show("waiting", "few", **ALL_TIME, **query)
    assert not faults(app) and values(app) == cards


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        # nine served after 64 minutes in all, seven of them within ten; three gave up, one was sent away at closing
        ({}, ["7.1", "58.3%", "25.0%", "7.7%"]),
        ({"clock": "300"}, ["7.1", "33.3%", "25.0%", "7.7%"]),
        ({"clock": "own", "minutes": "12"}, ["7.1", "66.7%", "25.0%", "7.7%"]),
        ({"branch": "b1"}, ["5.7", "62.5%", "25.0%", "11.1%"]),
    ],
)
def test_a_filter_or_a_clock_changes_the_queue_to_the_right_one(few, query, cards):
    app = show("queues", "few", **ALL_TIME, clock=query.pop("clock", "600"), **query)
    assert not faults(app) and values(app) == cards
    if "branch" not in query:
        assert "13 tickets with a person behind them; 1 phantom tickets are left out" in words(app)


def test_a_clicked_cell_asks_of_that_hour_only_and_can_be_let_go(shipped):
    app = show("queues", shipped, **ALL_TIME, weekday="1", hour="12")
    chips = [b for b in app.button if b.label.startswith("only ")]
    assert len(chips) == 2
    snapshot = datasets.current(shipped)
    rows = warehouse.query("visits_by_clock", Filters(snapshot), weekday=1, hour=12)
    share = queues.measure(rows[rows["clock"] == 600], "in_time")["estimate"].iloc[0]
    tickets = pd.read_parquet(snapshot.file("visits"))
    there = tickets[(tickets["arrived_at"].dt.day_of_week == 0) & (tickets["arrived_at"].dt.hour == 12)]
    there = there[there["outcome"].isin(["served", "abandoned"])]
    kept = ((there["outcome"] == "served") & (there["wait_minutes"] <= 10)).mean()
    assert share == pytest.approx(kept) and f"{kept:.1%} are served within" in words(app)
    for name in ("weekday", "hour"):
        next(b for b in app.button if b.key == f"chip@{name}").click().run()
    assert "weekday" not in app.query_params and "hour" not in app.query_params


def test_the_answers_behind_a_point_are_as_many_as_it_says(shipped):
    asked = Filters(datasets.current(shipped))
    rows = waiting.bins(warehouse.query("waiting_by_length", asked, width=2.0, most=15), 2.0, 15, "actual")
    for k, n in zip(rows["bin"], rows["n"], strict=True):
        answers = warehouse.query("waiting_answers", asked, width=2.0, most=15, bin=int(k), skip=0, take=1)
        assert answers["n"].iloc[0] == n
    assert rows["place"].is_monotonic_increasing and rows["name"].iloc[-1] == ">28"


def test_inputs_of_the_estimate_live_in_the_url_and_leave_what_is_empty_to_the_tickets(shipped):
    asked = {"branch": "s08", "clock": "600", "model": "c"}
    own = show("staffing", shipped, **ALL_TIME, **asked)
    hall = show("staffing", shipped, **ALL_TIME, **asked, arrivals="30", takes="6", counters="4")
    assert not faults(own) and not faults(hall)
    assert "4, with a mean wait of 3.1 minutes; one more makes it 0.7 and saves 2.3" in words(hall)
    assert "4, with a mean wait of 3.1 minutes" not in words(own)
    assert list(hall.query_params["counters"]) == ["4"] and "counters" not in own.query_params
    endless = show("staffing", shipped, **ALL_TIME, **asked, arrivals="45", takes="6", counters="4")
    assert "the queue grows without end; with one more the mean wait is" in words(endless)
    hopeless = show("staffing", shipped, **ALL_TIME, **asked, arrivals="90", takes="6", counters="4")
    assert "the queue grows without end; one more is not enough" in words(hopeless)


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("waiting", {"region": "north"}),  # nine of the ten answers with both waits: b3's one would follow
        ("queues", {"branch": "b1", "service": "cash"}),
    ],
)
def test_a_choice_that_would_tell_of_few_is_refused_in_words(few, page, query):
    app = show(page, "few", **ALL_TIME, **query)
    refusals = [text.catalogue()[f"page.{key}"]["en"].split("{")[0] for key in ("too_few_left_out", "parted_pool")]
    assert not faults(app) and not values(app)
    assert any(said in html.unescape(words(app)) for said in refusals)


@pytest.mark.parametrize("query", [{"bin": "x"}, {"factor": "no"}, {"hour": "99", "weekday": "8"}, {"counters": "-1"}])
@pytest.mark.parametrize("page", PANELS)
def test_what_cannot_be_chosen_is_dropped(few, page, query):
    app = show(page, "few", **ALL_TIME, **query, arrivals="nan", minutes="1e99", patience="0")
    assert not faults(app) and "m-foot" in words(app)


def test_a_dataset_says_what_it_has_not(few):
    rows = {f.stem: conftest.table(f.stem, f) for f in sorted((conftest.TESTS / "rows").glob("*.csv"))}
    answers = rows["responses"]
    plain = [c for c in answers.column_names if not c.startswith(("factor_", "sat_", "wait_acceptable"))]
    conftest.write("few_waits", tables={"responses": answers.select(plain)})
    app = show("waiting", "few_waits", **ALL_TIME)
    assert not faults(app) and values(app)[:2] == ["3.8", "5.4"]
    for missing in ("factor_unfair", "sat_overall", "wait_acceptable"):
        assert missing in words(app)
    for page in ("queues", "staffing"):
        app = show(page, "few_waits", **ALL_TIME)
        assert not faults(app) and "This dataset has no such columns (queue tickets" in words(app)
    tickets = rows["visits"].drop_columns(["counters_open", "branch", "region"])
    conftest.write("few_tickets", tables={"visits": tickets})
    for page in ("queues", "staffing"):
        app = show(page, "few_tickets", **ALL_TIME)
        assert not faults(app), words(app)
    assert "answers: responses" in words(app)  # explaining the wait asks for answers


def test_no_service_times_no_estimate(few):
    visits = conftest.table("visits", conftest.TESTS / "rows" / "visits.csv").drop_columns(["service_minutes"])
    conftest.write("no_service", tables={"visits": visits})
    app = show("staffing", "no_service", **ALL_TIME)
    assert not faults(app) and "service_minutes" in words(app)


def test_a_night_without_anybody_to_answer_is_shut(few):
    visits = conftest.table("visits", conftest.TESTS / "rows" / "visits.csv")
    many = visits.take([13] * 30 + [0] * 30)
    many = many.set_column(0, "ticket", [list(range(60))])
    conftest.write("night", tables={"visits": many})
    app = show("queues", "night", **ALL_TIME)
    bars = chart(app, "queues-cells")["data"][0]
    assert bars["marker"]["pattern"]["shape"] == ["/", ""] and bars["text"] == ["", "2.0"]
    assert pc.unique(many["outcome"]).to_pylist() == ["abandoned", "served"]


# --- the stories of the sample (data/sample/STORIES.md) -------------------------------------------------------------


def test_story_unfair_queue_the_factor_and_its_branch(shipped):
    """Story 6: as long a wait as elsewhere by the clock, but in s08 four times as many say that it was unfair."""
    app = show("waiting", shipped, **ALL_TIME)
    assert "most of all “Unfair”" in words(app)
    found = "“Unfair” is clearly more common at 1, most of all Zhulian Alley"
    assert found in words(app)
    assert "Zhulian Alley" not in words(app).split("clearly keeping more people longer")[1].split("</h2>")[0]
    here = show("waiting", shipped, **ALL_TIME, branch="s08", channel="counter", by="branch")
    assert written(here, "waiting-where")["Zhulian Alley"].startswith("<b>46</b>%")


def test_story_unfair_queue_the_tickets_tell_why(shipped):
    """Story 6: VIP 3.3 and affluent 3.0 minutes, mass customers 14.2."""
    app = show("queues", shipped, **ALL_TIME, branch="s08", by="segment")
    assert values(app)[0] == "10.1"
    told, names = written(app, "queues-groups"), datasets.current(shipped).codebook["codes"]["segment"]
    for code, minutes in {"vip": "3.3", "wealth": "3.0", "mass": "14.2"}.items():
        assert told[names[code]["en"]].startswith(f"<b>{minutes}</b>")


def test_story_fix_that_worked_the_wait(shipped):
    """Story 1: in n03 the wait of those served falls from 15.8 to 4.9 minutes."""
    app = show(
        "queues", shipped, lang="en", branch="n03", period="custom", compare="previous",
        **{"from": "2024-06-01", "to": "2024-11-30"},
    )  # fmt: skip
    assert values(app)[0] == "4.9" and "down 10.9, clear" in words(app)


def test_story_effects_are_those_that_were_drawn(shipped):
    """What the generator adds to the logarithm of the felt wait lies in the interval of nearly every factor."""
    from moments.sample.answers import FACTORS

    asked = Filters(datasets.current(shipped))
    sums = warehouse.query("waiting_by_factors", asked)
    found = waiting.factors(sums, 10).set_index("factor")
    drawn = {name: math.expm1(added) for name, (_, added) in FACTORS.items()}
    assert sum(found.loc[name, "low"] <= effect <= found.loc[name, "high"] for name, effect in drawn.items()) >= 8
