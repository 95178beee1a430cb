"""Who is really different: the sentences on real answers, on the sample's stories, and on five thousand branches."""

import json
import re
import shutil
import time

import conftest
import duckdb
import numpy as np
import pyarrow as pa
import pytest
from conftest import SHARED
from scipy import stats
from test_pages import faults, figures, show, words

from moments import datasets, text
from moments.imports.run import run

YEAR = {"period": "custom", "from": "2018-01-01", "to": "2018-12-31"}
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)")


def findings(app) -> list[str]:
    """The sentences above the figures, in order."""
    return re.findall(r'<h2 class="m-finding">(.*?)</h2>', words(app))


def read(page, dataset, language="en", **query):
    app = show(page, dataset, lang=language, **query)
    assert not faults(app), words(app)
    return findings(app)


@pytest.fixture(scope="module")
def sample(data_root):
    """The shipped sample, in the tests' data folder."""
    shutil.copytree(conftest.TESTS.parent / "data" / "sample", data_root / "sample", dirs_exist_ok=True)
    return "sample"


@real
@pytest.mark.real
def test_boarding_areas_that_differ_and_that_do_not(brought):
    brought("sfo_airport_survey")
    said = read("branches", "sfo_airport_survey", one="A", other="E", **YEAR)[0]
    assert said.startswith("Boarding area A is clearly below Boarding area E: 31.3 points") and "19.7" in said
    said = read("branches", "sfo_airport_survey", one="B", other="C", **YEAR)[0]
    assert said.startswith("Not enough answers to tell Boarding area B (33.2) and Boarding area C (27.0) apart")
    found = re.search(r"about ([\d,]+) each.*?([\d,]+) more.*?([\d,]+) more", said).groups()
    needed, more, more_other = (int(n.replace(",", "")) for n in found)
    assert (more, more_other) == (needed - 238, needed - 189) and needed > 1000
    said = read("branches", "sfo_airport_survey", "zh", one="B", other="C", **YEAR)[0]
    assert "答卷还不够" in said and f"{needed:,}" in said


@real
@pytest.mark.real
def test_states_as_branches_of_timeliness(brought):
    report = brought("cfpb_bank_of_america")
    said = read("branches", "cfpb_bank_of_america", measure="timely", period="all", spread="none")
    strict = read("branches", "cfpb_bank_of_america", measure="timely", period="all")
    for sentence in (said[1], strict[1]):
        assert re.search(r"(Of|None of the) \d+ branches", sentence) and "96.1%" in sentence
    # scipy, on the states that are large enough to be shown alone: none survives Benjamini-Hochberg, so none is named
    source = f"from '{report.snapshot.file('complaints')}' where timely in ('yes', 'no') and branch is not null"
    counted = "select count(*) filter (timely = 'yes'), count(*)"
    counts = duckdb.sql(f"{counted} {source} group by branch having count(*) >= 5").fetchall()
    hits, n = np.array(counts, float).T
    theta = hits.sum() / n.sum()
    p = 2 * stats.norm.sf(np.abs(hits / n - theta) / np.sqrt(theta * (1 - theta) / n))
    assert stats.false_discovery_control(p).min() > 0.025 and said[1].startswith("None of the")
    assert strict[1].startswith("None of the")
    by_product = read("branches", "cfpb_bank_of_america", measure="timely", period="all", mix="service")
    assert any("service mix" in sentence for sentence in by_product)


@real
@pytest.mark.real
def test_products_as_branches_of_timeliness(brought, tmp_path):
    """Products differ by more than chance does: scipy finds those that are named; over-dispersion takes most back."""
    recipe = conftest.TESTS.parent / "data" / "recipes" / "cfpb_bank_of_america.toml"
    file = tmp_path / "by_product.toml"
    file.write_text(re.sub(r'branch = \{ from = "State".*', 'branch = "Product"', recipe.read_text("utf-8")), "utf-8")
    source = SHARED / "cfpb_bank_of_america" / conftest.REAL["cfpb_bank_of_america"]
    snapshot = run(file, [source], into="cfpb_by_product").snapshot
    said = read("branches", "cfpb_by_product", measure="timely", period="all", spread="none")[1]
    allowed = read("branches", "cfpb_by_product", measure="timely", period="all")[1]
    sums = "select branch, count(*) filter (timely = 'yes'), count(*)"
    where = "where timely in ('yes', 'no') group by branch"
    counts = duckdb.sql(f"{sums} from '{snapshot.file('complaints')}' {where}").df()
    hits, n = (counts[c].to_numpy(float) for c in counts.columns[1:])
    theta = hits.sum() / n.sum()
    z = (hits / n - theta) / np.sqrt(theta * (1 - theta) / n)
    real = stats.false_discovery_control(2 * stats.norm.sf(np.abs(z))) <= 0.05
    above, below = (int((real & (sign * z > 0)).sum()) for sign in (1, -1))
    assert above and below and f"really above: {above}," in said and f"really below: {below}," in said
    assert "really above: 1, most of all Mortgage" in allowed and "really below: none" in allowed


def test_simpsons_paradox_is_told(sample):
    for language, before, after in (("zh", "明显低于", "反过来"), ("en", "clearly below", "turns round")):
        said = read("branches", sample, language, period="all", one="s02", other="s05", mix="channel")
        assert before in said[0] and any(after in s for s in said)


def test_the_branch_that_games_is_flagged_with_a_cautious_word(sample):
    said = read("gaming", sample, period="custom", **{"from": "2025-01-01", "to": "2025-12-31"})
    assert len(said) == 3 and all(s.startswith("In Jingui Road") and "(1 in all)" in s for s in said)
    assert "A sign, not a proof" in said[0]
    assert "迹象，不是证据" in read("gaming", sample, "zh", period="m12")[0]


def test_noise_is_no_difference_and_a_branch_chosen_stays_among_its_peers(sample):
    span = {"period": "custom", "from": "2025-03-01", "to": "2025-05-31"}
    said = read("branches", sample, one="e07", other="e05", branch="e07", **span)
    assert "clearly" not in said[0] and "Bailu Islet" in said[0]
    assert re.search(r"\b3[456] branches", said[1])  # not the one that is filtered


def changed(said: list[str]) -> str:
    return next(s for s in said if s.startswith("Against the compared period"))


def test_what_was_mended_is_said_to_have_risen(sample):
    """Liuyin Street was mended in June 2024; the other one that rose games its scores, which is for its own page."""
    span = {"period": "custom", "from": "2024-06-01", "to": "2024-11-30"}
    said = changed(read("branches", sample, **span))
    assert "really rose 2 (Jingui Road, Liuyin Street)" in said and "none really fell" in said


def test_what_is_noise_is_not_said_to_have_changed(sample):
    said = changed(read("branches", sample, period="custom", **{"from": "2025-03-01", "to": "2025-05-31"}))
    assert "Bailu" not in said


def test_what_declined_is_said_to_have_fallen(sample):
    span = {"period": "custom", "from": "2025-04-01", "to": "2025-12-31"}
    assert "Kapok" in changed(read("branches", sample, **span)).split("fell")[1]
    assert "木棉路" in next(s for s in read("branches", sample, "zh", **span) if s.startswith("和对比期比"))


def test_who_is_far_from_all_is_named_by_default(sample):
    """Over-dispersion allowed for, the branch that games still stands out; against pure chance many do."""
    for measure in ("nps", "satisfaction", "gap"):
        app = show("branches", sample, lang="en", measure=measure, period="m12")
        assert "Jingui Road" in findings(app)[1] and "against pure chance" in words(app), measure


def test_every_figure_says_how_many_answers_it_shows(sample):
    """Of 20,671 answers 20,388 have an NPS, and the two branches that are held against each other 923 of them."""
    app = show("branches", sample, lang="en", period="m12")
    told = {spot: f["figure"]["layout"]["title"]["text"].split(" · ")[2] for spot, f in figures(app).items()}
    whole = {f"branches-{key}": "n 20,388" for key in ("funnel", "shrunk", "ranks", "mix", "regions", "table")}
    assert whole | {"branches-versus": "n 923"} == {k: n for k, n in told.items() if k != "branches-changed"}


def test_regions_that_differ_by_more_than_chance_are_counted(sample):
    """Three regions lie far apart, which their usual difference hides."""
    app = show("branches", sample, lang="en", period="m12")
    assert "None of the 3 regions stands out" in words(app) and "How regions usually differ" in words(app)
    assert "How regions usually differ" not in words(show("branches", sample, lang="en", period="m12", spread="none"))


def test_the_quickest_by_five_answers_does_not_hide_that_others_differ(sample):
    said = read("branches", sample, measure="wait", period="m12")
    assert any("bands that can be told apart" in s for s in said)


def test_only_pools_are_shown_beside_each_other_where_no_pair_is_left(sample):
    """A month of one small channel: each region's branches only together."""
    app = show("branches", sample, lang="en", channel="online", period="m1")
    assert findings(app)[0] == "Fewer than two branches can be shown: nothing to compare."
    assert "n 107 " in figures(app)["branches-versus"]["figure"]["layout"]["title"]["text"]
    assert "no earlier period" not in words(app) and words(app).count("Fewer than 5 answers") == 1  # of the change


def test_what_nobody_answered_leaves_the_table_of_the_rest(sample):
    """Who comes online does not wait."""
    table = figures(show("branches", sample, lang="en", channel="online", period="m3"))["branches-table"]["figure"]
    said = table["data"][0]["text"]
    assert "…" in said and any(words[-1].isdigit() for words in said)


def test_differences_of_shares_are_no_shares(sample):
    app = show("branches", sample, lang="en", measure="timely", period="m12")
    drawn = {key: json.dumps(figures(app)[f"branches-{key}"]["figure"]) for key in ("changed", "versus")}
    written = {key: bool(re.search(r"\d(</b>)?%", figure)) for key, figure in drawn.items()}
    assert written == {"changed": False, "versus": True}


def test_the_regulators_count_by_region_and_branch(sample):
    """Three regions alike, their intervals about the median; some branches are clearly beyond theirs."""
    for by, told in (("region", "none is clearly more than the median"), ("branch", "times the median")):
        said = read("regulator", sample, period="m12", by=by)
        assert len(said) == 2 and all(told in s for s in said), by


@pytest.mark.parametrize("measure", ["nps", "satisfaction", "gap", "wait", "timely"])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_measure_on_the_few_rows(few, measure, language):
    read("branches", "few", language, measure=measure, period="all")


def test_three_branches(data_root):
    """Answers 10 and 0 in halves, except c, where all are 10: clearly above, whichever it is held against."""
    place = np.arange(600) % 3
    table = pa.table({
        "response": np.arange(600), "replicate": (np.arange(600) % 20).astype("int8"),
        "answered_at": pa.array(["2025-06-02T09:00:00"] * 600, pa.string()).cast(pa.timestamp("us")),
        "branch": np.array(list("abc"))[place],
        "recommend": np.where((place == 2) | (np.arange(600) % 2 == 0), 10, 0).astype("int8"),
    })  # fmt: skip
    meta = {"title": {"zh": "三家", "en": "Three"}, "threshold": 5, "data_from": "2025-06-01", "data_to": "2025-06-30"}
    datasets.write("three", "s1", {"responses": table}, meta, conftest.CODEBOOK)
    said = read("branches", "three", period="all", one="a", other="c")
    assert said[0].startswith("a is clearly below c: 100.0 points") and "3 pairs" in said[0]
    assert any("3 branches fall into 2 bands" in s and "First (1): c" in s for s in said)


def test_five_thousand_branches(data_root):
    rng, k = np.random.default_rng(1), 5000
    codes = [f"b{i:04}" for i in range(k)]
    place = rng.integers(0, k, 200_000)
    table = pa.table({
        "response": np.arange(len(place)), "replicate": (np.arange(len(place)) % 20).astype("int8"),
        "answered_at": pa.array(np.full(len(place), "2025-06-02T09:00:00"), pa.string()).cast(pa.timestamp("us")),
        "branch": np.array(codes)[place], "region": np.array(["r0", "r1", "r2"])[place % 3],
        "channel": np.array(["hall", "app"])[rng.integers(0, 2, len(place))],
        "recommend": np.where(place == 7, 0, rng.integers(0, 11, len(place))).astype("int8"),
    })  # fmt: skip
    meta = {"title": {"zh": "五千", "en": "5,000"}, "threshold": 5, "data_from": "2025-06-01", "data_to": "2025-06-30"}
    datasets.write("many", "s1", {"responses": table}, meta, conftest.CODEBOOK)
    begin = time.monotonic()
    app = show("branches", "many", lang="en", period="all", one="b0007", other="b0008", branch="b0007")
    assert not faults(app), words(app)
    first = findings(app)[0]  # forty answers prove nothing to whoever could have looked at twelve million pairs
    assert first.startswith("Seen alone b0007 (−100.0) and b0008") and "12,497,500 pairs" in first
    assert time.monotonic() - begin < 60
    specs = [json.dumps(sent) for sent in figures(app).values()]
    assert not any("scattergl" in s for s in specs) and max(map(len, specs)) < 4_000_000
