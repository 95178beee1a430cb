"""The complaint pages and their queries on real complaints give the numbers known for them (see test_real_data.py)."""

from datetime import date

import pytest
from conftest import SHARED
from test_pages import faults, show, words
from test_pages_waiting import ALL_TIME, chart, values, written

from moments import warehouse
from moments.filters import Filters
from moments.metrics import clocks, survival

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]
BANK, CITY, PEOPLE = "cfpb_bank_of_america", "boston311_2011h2", "gov_complaints_zh_tipdm2020"
PRESETS = {"answer": 30.0, "closure": 172_800.0, "first": 1_296_000.0, "second": 2_592_000.0, "third": 5_184_000.0}


def until(chosen) -> str:
    return str(warehouse.query("complaints_span", Filters(chosen.snapshot))["until"].iloc[0])


def kept(chosen, by="promise", promise=""):
    """The promises of a dataset, each with its share kept, by code."""
    rows = warehouse.query("deadlines_by_group", chosen, by=by, promise=promise, until=until(chosen), **PRESETS)
    return clocks.promised(rows).set_index("grp")


def times(chosen):
    given = {"until": until(chosen), "clocks": "48.0 360.0 720.0 1440.0", "most": 100}
    return warehouse.query("closing_by_group", chosen, by="everything", **given)


def test_the_regulators_complaints(brought):
    chosen = Filters(brought(BANK).snapshot)
    flag = kept(chosen).loc["flag"]
    assert flag["estimate"] == pytest.approx(0.960621, abs=5e-7) and flag["running"] == 1494
    year = Filters(chosen.snapshot, date(2021, 1, 1), date(2021, 12, 31))
    assert kept(year).loc["flag", "estimate"] == pytest.approx(0.8902, abs=5e-5)
    assert kept(chosen, "category", "flag").loc["checking", "estimate"] == pytest.approx(0.9640, abs=5e-5)
    months = warehouse.query("complaints_by_period", chosen, kind="category", grain="month", about="")
    found = {f"{day:%Y-%m}": n for day, n in zip(months["period"], months["n"], strict=True)}
    assert (found["2017-05"], found["2018-12"]) == (744, 400)


def test_boston(brought):
    chosen = Filters(brought(CITY).snapshot)
    rows = kept(chosen)
    assert rows.loc["flag", "estimate"] == pytest.approx(0.801680, abs=5e-7)
    due = rows.loc["due"]
    assert due["kept"] + due["late"] == 43_821
    assert due["kept"] / (due["kept"] + due["late"]) == pytest.approx(0.812191, abs=5e-7)
    counts = times(chosen)
    assert counts["open"].sum() == 3681
    closed = survival.of_closed(counts).iloc[0]
    assert closed["median"] == pytest.approx(22.1764, abs=5e-5) and closed["mean"] == pytest.approx(993.5, abs=0.05)
    assert survival.median(counts)["estimate"].iloc[0] > closed["median"]  # the open ones are not dropped


def test_citizens_messages(brought):
    counts = times(Filters(brought(PEOPLE).snapshot))
    assert survival.of_closed(counts)["median"].iloc[0] / 24 == pytest.approx(11.205, abs=5e-4)
    by = survival.closed_by(counts, [360.0, 720.0])["estimate"].tolist()
    assert by == pytest.approx([0.615275, 0.836590], abs=5e-7)


@pytest.mark.parametrize("dataset", [BANK, CITY, PEOPLE])
@pytest.mark.parametrize("page", ["complaints", "deadlines", "recovery", "voices"])
def test_the_pages_stand_on_real_complaints(brought, page, dataset):
    brought(dataset)
    assert not faults(show(page, dataset, lang="en", period="all"))


def test_the_page_shows_the_regulators_numbers(brought):
    brought(BANK)
    app = show("deadlines", BANK, **ALL_TIME, promise="flag", by="category")
    assert not faults(app) and values(app)[0] == "96.1%"
    assert "kept in 96.1%" in words(app) and "1,494 still have time and are left out" in words(app)
    assert written(app, "deadlines-groups")["checking"] == "<b>96.4</b>%  n 24,104"
    year = show("deadlines", BANK, lang="en", period="custom", **{"from": "2021-01-01", "to": "2021-12-31"})
    assert values(year)[0] == "89.0%"
    points = chart(show("complaints", BANK, **ALL_TIME, grain="month", against="days"), "complaints-control")["data"]
    dots = next(t for t in points if t["mode"] == "lines+markers")
    said = {day[:7]: words for day, words in zip(dots["customdata"], dots["hovertext"], strict=True)}
    assert said["2017-05"].endswith("744 / 31") and said["2018-12"].endswith("400 / 31")


def test_the_page_shows_the_citys_numbers(brought):
    brought(CITY)
    app = show("deadlines", CITY, **ALL_TIME, promise="flag")
    assert "kept in 80.2%" in words(app)
    assert "Of the 54,570 closed ones alone: median 22.2 hours, mean 993.5" in words(app)
    assert "3,681 are still open" in words(app)


def test_the_page_shows_the_citizens_numbers(brought):
    brought(PEOPLE)
    app = show("deadlines", PEOPLE, **ALL_TIME)
    assert values(app)[2] == "268.9"  # hours: 11.205 days
    told = written(app, "deadlines-promises")
    assert told["Closed in 15 days"].startswith("<b>61.5</b>%") and told["Closed in 30 days"].startswith("<b>83.7</b>%")
    assert "2,815 rows" in words(app) and "1 rejected at import" in words(app)
