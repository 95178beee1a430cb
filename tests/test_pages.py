"""Every page, run as Streamlit runs it: both languages, and datasets that have little or nothing to show."""

import ast
import collections
import json
import re
import sys
from pathlib import Path

import conftest
import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from moments import browser, datasets, text

ROOT = Path(__file__).parents[1]
PAGES = sorted(p.stem for p in (ROOT / "pages").glob("*.py"))


def show(page: str, dataset: str, **query) -> AppTest:
    """The page after it has run, with nothing mocked."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params.update(
        {"dataset": dataset} | {k: list(v) if isinstance(v, tuple) else v for k, v in query.items()}
    )
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    return app


def words(app: AppTest) -> str:
    """Everything that is set in type."""
    return "\n".join(e.proto.body for e in app.get("html") if not e.proto.body.startswith("<style>"))


def figures(app: AppTest) -> dict[str, dict]:
    """What the browser gets for every figure: {"<page>-<panel>": {figure, config, alt, clicks}}."""
    return {e.proto.id.split("-", 2)[2].removesuffix("-figure"): json.loads(e.proto.bytes)
            for e in app.get("bidi_component") if e.proto.component_name == "moments.figure"}  # fmt: skip


def faults(app: AppTest) -> bool:
    both = [text.catalogue()["page.fault"][language] for language in text.LANGUAGES]
    return bool(app.exception) or any(w in words(app) for w in both)


@pytest.fixture(scope="module", autouse=True)
def odd_ones(few):
    """Datasets at the edge of what there is."""
    rows = {f.stem: conftest.table(f.stem, f) for f in sorted((conftest.TESTS / "rows").glob("*.csv"))}
    responses = rows["responses"]
    conftest.write("no_rows", tables={name: table.slice(0, 0) for name, table in rows.items()})
    conftest.write("one_row", threshold=1, tables={name: table.slice(0, 1) for name, table in rows.items()})
    same = responses.take([0] * 8)
    same = same.set_column(0, "response", [list(range(8))])
    conftest.write("all_equal", tables={**rows, "responses": same})
    one = responses.filter([b == "b1" for b in responses["branch"].to_pylist()])
    conftest.write("one_branch", tables={**rows, "responses": one})
    bare = responses.select(["response", "answered_at", "replicate"])
    conftest.write("no_columns", tables={"responses": bare})


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", PAGES)
def test_every_panel_is_drawn_on_the_few_rows(page, language):
    app = show(page, "few", lang=language, period="all")
    assert not faults(app), words(app)
    assert text.catalogue()[f"{page}.title"][language] in words(app)


@pytest.mark.parametrize(
    "dataset",
    [
        "no_rows",
        "one_row",
        "no_columns",
        pytest.param("all_equal", marks=pytest.mark.slow),
        pytest.param("one_branch", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_every_panel_survives_what_is_hardly_data(page, dataset):
    app = show(page, dataset, period="all")
    assert not faults(app), words(app)
    assert "m-foot" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_filters_that_leave_nothing_say_which_to_relax(page):
    app = show(page, "few", lang="en", period="custom", **{"from": "2031-01-01", "to": "2031-01-31"})
    assert not faults(app) and "nothing is left" in words(app) and "Period" in words(app)


NONSENSE = {
    "period": "x", "from": "1e999", "to": "13/45", "compare": "9", "region": ("'; drop table", "☃"), "branch": "b99",
    "channel": "", "lang": "xx", "view": "<b>", "grain": "$x", "by": "1;2", "at": "nan", "word": "\\u0000", "who": "0",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_every_parameter_is_dropped(page):
    app = show(page, "few", **NONSENSE)
    assert not faults(app), words(app)
    assert "m-foot" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_figures_carry_alt_and_the_words_of_people_are_quoted(page):
    app = show(page, "few", period="all")
    for sent in figures(app).values():
        assert sent["alt"] and "<img" not in json.dumps(sent)
        assert {trace["type"] for trace in sent["figure"]["data"]} <= browser.TRACES
        go.Figure(sent["figure"])  # raises at what Plotly does not know
    for html in app.get("html"):
        assert "onerror" not in html.proto.body.replace("&lt;img src=x onerror=alert(1)&gt;", "")


def test_pages_import_cheaply():
    """No page imports anything but the house: what a page needs beyond that belongs in a layer below."""
    for page in PAGES:
        tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                assert all(n.split(".")[0] in {"moments", *sys.stdlib_module_names} for n in names), page


def test_without_any_dataset_the_page_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("MOMENTS_DATA", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception and "python -m moments sample" in words(app)


def test_how_many_are_too_few_is_not_told(few):
    rows = pq.read_table(datasets.current("few").file("responses"), columns=["answered_at"])["answered_at"]
    day, n = min(collections.Counter(str(moment)[:10] for moment in rows.to_pylist()).items(), key=lambda one: one[1])
    assert n < 3
    told = words(show("nps", "few", lang="en", period="custom", **{"from": day, "to": day}))
    assert "fewer than 3 answers" in told and f"{n} answers" not in told


def test_a_broken_dataset_is_named_and_the_others_stay(few, data_root):
    broken = data_root / "broken"
    (broken / "s1").mkdir(parents=True)
    (broken / "CURRENT").write_text("s1\n")
    (broken / "s1" / "snapshot.json").write_text("{")
    try:
        assert not faults(show("nps", "few", period="all"))
        app = show("nps", "broken", lang="en")
        assert not app.exception and "snapshot.json" in words(app) and "cannot be read" in words(app)
    finally:
        (broken / "CURRENT").unlink()


def test_a_newer_snapshot_is_told_of_and_taken_on_request(few, data_root):
    conftest.write("moving", "s1")
    app = show("nps", "moving", period="all")
    conftest.write("moving", "s2")
    app.run()
    assert " s1 " in words(app)
    app.button(key="newer").click().run()
    assert " s2 " in words(app)


def test_what_a_browser_says_late_is_not_taken_for_a_choice(few):
    """Two chips are let go of in a moment: with the second click comes what the list of branches and the URL were."""
    app = show("nps", "few", period="all", branch=("b1", "b2"))
    before, url = app._tree, dict(app.query_params)
    first, second = (app.button(key=f"chip@branch@{code}") for code in ("b1", "b2"))
    first.click().run()
    assert app.session_state.url["branch"] == ["b2"]
    first._value, app._tree = False, before
    app.query_params.update(url)
    app.multiselect(key="branch@zh").set_value(["b1", "b2"])
    second.click().run()
    assert "branch" not in app.session_state.url and app.multiselect(key="branch@zh").value == []


def test_six_codes_stand_side_by_side_and_seven_in_a_list(few):
    """Who changes from one such dataset to the other keeps their choice."""
    responses = conftest.table("responses", conftest.TESTS / "rows" / "responses.csv")
    channels = [f"{'app' if n % 7 == 0 else f'c{n % 7}'}" for n in range(len(responses))]
    for count in (6, 7):
        which = [channel if channel < f"c{count}" else "app" for channel in channels]
        changed = responses.set_column(responses.column_names.index("channel"), "channel", [which])
        conftest.write(f"channels{count}", tables={"responses": changed})
    app = show("nps", "channels6", period="all", channel="app")
    side_by_side = app.pills(key="channel@zh")
    assert side_by_side.value == ["app"] and len(side_by_side.options) == 6 and side_by_side.label == "渠道"
    assert app.pills(key="segment@zh").label == "客群：全部"
    app.selectbox(key="dataset@zh").select("channels7").run()
    listed = app.multiselect(key="channel@zh")
    assert listed.value == ["app"] and len(listed.options) == 7 and not app.exception
    app.selectbox(key="dataset@zh").select("channels6").run()
    assert app.pills(key="channel@zh").value == ["app"] and app.session_state.url["channel"] == ["app"]


def test_back_undoes_also_after_a_link_whose_weights_were_mended(few):
    app = show("satisfaction", "few", period="all", w_skill="90", w_attitude="90")
    app.query_params.update({"period": ["m12"]})
    app.run()
    assert app.selectbox(key="period@zh").value == "m12"


@pytest.mark.parametrize(
    ("page", "highest", "lowest"),
    [
        ("nps", ("groups", "changes"), ()), ("waiting", ("factors", "groups", "where"), ()),
        ("queues", ("groups",), ()), ("recovery", ("worth", "where", "again"), ()),
        ("satisfaction", (), ("groups", "changes")),
        ("servqual", (), ("shares", "changes", "groups")),
    ],
)  # fmt: skip
def test_a_ranked_list_begins_with_what_a_reader_looks_for(shipped, page, highest, lowest):
    drawn = figures(show(page, shipped))
    for panel in (*highest, *lowest):
        marks = next(t for t in drawn[f"{page}-{panel}"]["figure"]["data"] if t.get("mode") == "markers")
        rows = zip(marks["y"], marks["x"], marks["marker"]["size"], strict=True)
        values = [value for _, value, size in sorted(rows, reverse=True) if size]
        assert len(values) > 2 and values == sorted(values, reverse=panel in highest), panel


FOLDS = {
    "complaints": ("signals", "list"), "deadlines": ("broken",), "nps": ("experiences", "voices"),
    "satisfaction": ("voices",), "servqual": ("side_by_side", "tolerance", "sure", "voices"), "waiting": ("voices",),
}  # fmt: skip


@pytest.mark.parametrize("page", FOLDS)
def test_what_is_folded_away_is_made_when_it_is_opened(shipped, page):
    app = show(page, shipped, period="all")
    closed = len(app.get("html"))
    for key in FOLDS[page]:
        app.session_state[f"more-{page}-{key}"] = True
    app.run()
    assert not faults(app) and not app.get("alert")
    assert len(app.get("html")) >= closed + 2 * len(FOLDS[page])  # a finding and how to read it, of each
    for name, drawn in figures(app).items():
        assert not {"nan", "None"} & set(re.findall(r"[\w.]+", json.dumps(drawn["figure"]["layout"]))), name
