"""The real surveys, brought in by the shipped recipes, give the numbers that their owners and READMEs give.

They lie beside this folder, in ../shared/data, and are no part of it: where they are not, these tests say so and stop.
"""

from pathlib import Path

import duckdb
import pytest
from conftest import REAL, SHARED

from moments import datasets

ROOT = Path(__file__).parents[1]
NPS = "100.0 * (count(*) filter (recommend >= 9) - count(*) filter (recommend <= 6)) / count(recommend)"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]


def ask(report, table, what, rest=""):
    """One row of plain SQL over a table that was brought."""
    return duckdb.sql(f"select {what} from '{report.snapshot.file(table)}' {rest}").fetchall()[0]


def near(*numbers):
    return pytest.approx(numbers, abs=5e-5)


def test_every_shipped_recipe_is_tried_here():
    assert {p.stem for p in (ROOT / "data" / "recipes").glob("*.toml")} == set(REAL)


@pytest.mark.parametrize("name", REAL)
def test_nothing_is_lost_and_nothing_real_lies_in_the_project(brought, name):
    report = brought(name)
    for counts in report.counts:
        stored = ask(report, counts.table, "count(*)")[0]
        assert counts.rows == stored + counts.left_out + counts.rejected
    assert ROOT not in report.snapshot.path.parents
    assert not report.snapshot.meta["synthetic"]
    assert datasets.current(name) == report.snapshot


def test_telecom(brought):
    report = brought("telecom_nps_verbatims")
    assert ask(report, "responses", f"count(*), count(recommend), {NPS}") == near(2385, 2353, -24.6919)
    assert ask(report, "responses", f"count(recommend), {NPS}", "where service = 'order'") == near(962, -9.9792)
    march = "where strftime(answered_at, '%Y-%m') = '2018-03'"
    assert ask(report, "responses", f"count(recommend), {NPS}", march) == near(528, -25.1894)
    # day first: read the other way round, days after the 12th would have no month
    assert (report.snapshot.meta["data_from"], report.snapshot.meta["data_to"]) == ("2017-12-11", "2018-06-20")


def test_comments_are_masked_and_cut_into_words(brought):
    report = brought("telecom_nps_verbatims")
    assert ask(report, "responses", "count(*)", "where comment like '%@%.com%' or comment like '%01736 810570%'") == (
        0,
    )
    assert ask(report, "responses", "count(*)", "where list_contains(words, 'service')")[0] > 500
    assert ask(report, "responses", "count(*)", "where list_contains(words, 'the')") == (0,)


def test_airport(brought):
    report = brought("sfo_airport_survey")
    year = "where year(answered_at) = 2018 and recommend is not null"
    assert ask(report, "responses", f"count(*), {NPS}", year) == near(2650, 30.9811)
    weighted = "100 * sum(weight * ((recommend >= 9)::int - (recommend <= 6)::int)) / sum(weight)"
    effective = "sum(weight) ** 2 / sum(weight ** 2)"
    assert ask(report, "responses", f"{weighted}, {effective}", year) == pytest.approx((35.1136, 2134.243), abs=5e-4)
    for area, n, score in (("A", 661, 19.6672), ("B", 238, 33.1933), ("C", 189, 26.9841), ("E", 157, 50.9554)):
        assert ask(report, "responses", f"count(*), {NPS}", f"{year} and branch = '{area}'") == near(n, score)
    assert ask(report, "branches", "count(*), min(branch_en)") == (7, "Boarding area A")
    # code 11 is blank, 0 and 6 of the ratings are no answer
    assert ask(report, "responses", "max(recommend), min(sat_overall), max(touch_food)") == (10, 1, 5)
    assert report.counts[0].left_out == 28665 - 5640


def test_complaints_to_the_regulator(brought):
    report = brought("cfpb_bank_of_america")
    timely = "avg((timely = 'yes')::int) filter (timely <> 'pending')"
    what = f"count(*), {timely}, count(*) filter (timely = 'pending')"
    assert ask(report, "complaints", what) == pytest.approx((62516, 0.960621, 1494), abs=5e-7)
    assert ask(report, "complaints", timely, "where year(received_at) = 2021") == near(0.8902)
    assert ask(report, "complaints", timely, "where category = 'checking'") == near(0.9640)
    for month, n in (("2017-05", 744), ("2018-12", 400)):
        assert ask(report, "complaints", "count(*)", f"where strftime(received_at, '%Y-%m') = '{month}'") == (n,)
    assert ask(report, "complaints", "count(distinct branch)", "where branch in ('Miami', 'Ilunios')") == (0,)


def test_kiosks(brought):
    report = brought("kiosk_servqual_kano")
    items = [i["item"] for i in report.snapshot.codebook["items"] if i["framework"] == "servqual"]
    by = {d: [i for i in items if i.startswith(d)] for d in ("security", "fun")}

    def gap(some):
        return "(" + " + ".join(f"(perceived_{i} - expected_{i})" for i in some) + f") / {len(some)}"

    assert len(items) == 24
    security = gap(by["security"])
    what = f"count(*), avg({gap(items)}), avg({security}), stddev({security}) / sqrt(count(*)), avg({gap(by['fun'])})"
    assert ask(report, "responses", what) == near(207, -1.102053, -1.7101, 0.0974, 0.0531)
    assert ask(report, "kano", "count(*), count(distinct feature), count(distinct response)") == (29 * 207, 29, 207)
    pairs = "count(*) filter (functional = 1 and dysfunctional = {}), count(*) filter ({})"
    neutral = "functional between 2 and 4 and dysfunctional = 5"
    first = ask(report, "kano", pairs.format(5, neutral), "where feature = 'k01'")
    assert first == (52, 90)  # one-dimensional, must-be
    assert ask(report, "kano", pairs.format(5, neutral), "where feature = 'k10'") == (57, 18)
    assert (report.snapshot.meta["data_from"], report.snapshot.meta["data_to"]) == ("2019-08-27", "2019-09-08")
    assert "answered_at" not in report.snapshot.tables["responses"]["columns"]


def test_call_centre(brought):
    report = brought("bank_callcentre_1999_02")
    real = "where outcome <> 'phantom'"
    what = "count(*), avg((outcome = 'abandoned')::int), avg((outcome = 'served' and wait_minutes * 60 <= 20)::int)"
    assert ask(report, "visits", what, real) == pytest.approx((33066, 0.178552, 0.490201), abs=5e-7)
    assert ask(report, "visits", "count(*)", "where outcome = 'phantom'") == (278,)
    # calls over midnight do not end before they began, nor last a day
    assert ask(
        report, "visits", "count(*)", "where finished_at < called_at or finished_at > arrived_at + interval 2 hour"
    ) == (0,)


def test_boston(brought):
    report = brought("boston311_2011h2")
    both = "filter (closed_at is not null and due_at is not null)"
    what = f"count(*), avg((timely = 'yes')::int), count(*) {both}, avg((closed_at <= due_at)::int) {both}"
    assert ask(report, "complaints", what) == pytest.approx((58251, 0.801680, 43821, 0.812191), abs=5e-7)
    hours = "epoch(closed_at - received_at) / 3600"
    what = f"count(*) filter (status = 'open'), count(*) filter (closed_at is null), median({hours}), avg({hours})"
    assert ask(report, "complaints", what) == pytest.approx((3681, 3681, 22.1764, 993.5428), abs=5e-5)
    assert ask(report, "complaints", "count(*)", "where branch = 'unknown'")[0] == 2829 + 41


def test_citizens_messages(brought):
    report = brought("gov_complaints_zh_tipdm2020")
    days = "epoch(closed_at - received_at) / 86400"
    what = f"count(*), median({days}), avg(({days} <= 15)::int), avg(({days} <= 30)::int)"
    assert ask(report, "complaints", what) == pytest.approx((2815, 11.205463, 0.615275, 0.836590), abs=5e-7)
    (counts,) = report.counts
    assert (counts.rows, counts.rejected) == (2816, 1)
    assert set(report.rejected.column("rule").to_pylist()) == {"blank"}
    assert ask(report, "complaints", "count(*)", "where list_contains(words, '公交')")[0] > 5
