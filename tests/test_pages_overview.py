"""The overview: numbers as on their own pages, what is missing said quietly, planted changes found and noise not."""

from collections import Counter
from pathlib import Path

import conftest
import pytest
from streamlit.testing.v1 import AppTest
from test_pages import faults, show, words

from moments import text, warehouse

SAMPLE = Path(__file__).parents[1] / "data"


@pytest.fixture
def sample(monkeypatch):
    """The shipped demonstration data instead of the few rows."""
    monkeypatch.setenv("MOMENTS_DATA", str(SAMPLE))
    return "sample"


def links(app) -> list[str]:
    return [link.proto.label.replace("\\", "") for link in app.get("page_link")]


def between(first: str, last: str) -> dict:
    return {"period": "custom", "from": first, "to": last}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_numbers_of_the_few_rows(few, language):
    """NPS: 6 promoters and 4 detractors of 13; satisfaction: 70.0 and 75.8, weighted 60 to 40."""
    app = show("overview", "few", lang=language, period="all")
    assert not faults(app)
    for value in ("15.4", "72.3"):
        assert f'<div class="m-value">{value}<' in words(app)


def test_it_is_the_landing_page(few):
    app = AppTest.from_file(str(SAMPLE.parent / "app.py"), default_timeout=60)
    app.query_params.update({"dataset": "few", "period": "all", "lang": "en"})
    assert "How are we doing, and what changed?" in words(app.run())


def test_what_a_dataset_lacks_is_said_on_its_card_and_the_others_stay(few):
    rows = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")
    kept = rows.select(["response", "answered_at", "replicate", "recommend", "branch"])
    conftest.write("only_nps", tables={"responses": kept})
    app = show("overview", "only_nps", lang="en", period="all")
    assert not faults(app) and '<div class="m-value">15.4<' in words(app)
    assert words(app).count("This dataset has no such columns") >= 5
    assert "There is no earlier period to compare with" in words(app)


def test_the_period_before_is_asked_only_for_what_complaints_are_counted_against(sample, monkeypatch):
    asked, query = set(), warehouse.query
    heard = lambda name, chosen, **given: asked.add((name, chosen)) or query(name, chosen, **given)  # noqa: E731
    monkeypatch.setattr(warehouse, "query", heard)
    app = show("overview", sample, lang="en", channel="mobile")  # where nobody draws a ticket
    assert not faults(app) and "Complaints per 1,000 answers" in words(app)
    times = Counter(name for name, _ in asked)
    assert times["visits_by_period"] == 1 and times["answers_by_period"] == times["complaints_by_period"] == 2


def test_the_fix_is_found(sample):
    app = show("overview", sample, lang="en", **between("2024-06-01", "2024-11-30"))
    assert not faults(app)
    assert any(link.startswith("Liuyin Street") and "NPS +21.2" in link for link in links(app))


def test_the_decline_is_found_and_pointed_at(sample):
    app = show("overview", sample, lang="zh", **between("2025-04-01", "2025-12-31"))
    assert any(link.startswith("木棉路支行：净推荐值 −") for link in links(app)) and "先看“木棉路支行”" in words(app)


def test_noise_is_not_called_a_change(sample):
    app = show("overview", sample, lang="en", **between("2025-03-01", "2025-05-31"))
    assert not faults(app) and not any("Bailu" in link for link in links(app))


def test_links_carry_the_filters_and_set_the_branch(sample):
    app = show("overview", sample, lang="en", segment="mass", **between("2025-04-01", "2025-12-31"))
    found = [link.proto for link in app.get("page_link") if link.proto.label.startswith("Kapok")]
    assert found and all("branch=s04" in p.query_string and "segment=mass" in p.query_string for p in found)
    assert all("from=2025-04-01" in p.query_string and "lang=en" in p.query_string for p in found)


def test_without_a_comparison_nothing_is_claimed(sample):
    app = show("overview", sample, lang="en", compare="none")
    assert not faults(app) and "There is nothing earlier to compare with." in words(app)


def test_what_to_improve_first_is_three_links_with_what_each_would_buy(sample):
    app = show("overview", sample, lang="en", **between("2025-01-01", "2025-12-31"))
    found = [link.proto for link in app.get("page_link") if "within reach" in link.proto.label]
    assert [link.label.split("\\")[0].split(":")[0] for link in found] == ["Attitude", "Timeliness", "Skill"]
    assert [link.query_string.split("item=")[1].split("&")[0] for link in found] == ["attitude", "timeliness", "skill"]
    assert "Start with Attitude" in words(app) and "could be about 0.72 points higher (0.49 to 0.95)" in words(app)


def test_behind_the_numbers_are_the_branches_that_the_filters_leave(sample):
    """Twelve of the 36 branches are in the north; with one branch chosen it is one."""
    for chosen, told in (({"region": "north"}, "branches 12."), ({"branch": "s02"}, "branches 1.")):
        app = show("overview", sample, lang="en", period="m12", **chosen)
        assert not faults(app) and told in words(app), chosen


def test_what_to_improve_first_says_what_is_missing(few):
    rows = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")
    kept = rows.select(["response", "answered_at", "replicate", "recommend", "branch", "sat_skill"])
    conftest.write("no_overall", tables={"responses": kept})
    app = show("overview", "no_overall", lang="en", period="all")
    assert not faults(app) and "(answers: sat_overall)" in words(app)


def test_a_time_without_data_is_not_blamed_on_those_who_did_not_answer(sample):
    app = show("overview", sample, lang="en", period="custom", **{"from": "2031-01-01", "to": "2031-01-31"})
    told = words(app)
    assert not faults(app) and text.catalogue()["page.none_of_these"]["en"] not in told
    assert "nothing earlier to compare with. Look" not in told and "<h2" not in told  # nor on what came before
