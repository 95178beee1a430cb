"""Complaints, deadlines, recovery, voices: numbers counted by hand, clocks, and the stories of the sample."""

import html
import json
import re

import conftest
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_pages import faults, figures, show, words
from test_pages_waiting import ALL_TIME, chart, values, written

from moments import datasets, filters, text, warehouse
from moments.filters import Filters
from moments.imports.run import run
from moments.metrics import survival

PANELS = {
    "complaints": ("control", "kinds", "severity"),
    "deadlines": ("funnel", "promises", "curve", "groups", "within", "ageing"),
    "recovery": ("steps", "worth", "count", "strategies", "where", "again", "paid", "iceberg"),
    "voices": ("kinds", "words", "where"),
}
FESTIVALS = [("2023-01-02", "2023-01-31"), ("2024-01-22", "2024-02-18"), ("2025-01-13", "2025-02-09")]


def bar(app, key: str) -> dict:
    """{name: words at its end} of a chart of bars, from top to bottom."""
    layout = chart(app, key)["layout"]
    said = dict(zip(layout["yaxis2"]["tickvals"], layout["yaxis2"]["ticktext"], strict=True))
    names = zip(layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"], strict=True)
    return {name.replace("<br>", " "): said[at] for at, name in names}


def rows_of(dataset, table):
    return pd.read_parquet(datasets.current(dataset).file(table))


def points(app) -> dict:
    """The line of a control chart."""
    return next(t for t in chart(app, "complaints-control")["data"] if t["mode"] == "lines+markers")


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("page", PANELS)
def test_every_panel_is_drawn_and_says_how_to_read_it(shipped, page, language):
    app = show(page, shipped, lang=language, period="all")
    assert not faults(app)
    for key in PANELS[page]:
        assert chart(app, f"{page}-{key}")["data"]
        assert text.catalogue()[f"{page}.{key}.how"][language] in html.unescape(words(app))


# --- deadlines: the clocks are the reader's ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "answered", "closed"),
    [
        # nine of fourteen answered within 30 s, two of them in exactly 30; seven of twelve closed within 48 h, the one
        # that has been open for a day is not counted yet, the one closed at an unknown time never
        ({}, "64.3%", "58.3%"),
        ({"answer": "31"}, "71.4%", "58.3%"),
        ({"answer": "29.9", "closure": "47.9"}, "50.0%", "50.0%"),
        ({"closure": "49"}, "64.3%", "66.7%"),
        # six of nine and five of eight at one branch
        ({"branch": "b1"}, "66.7%", "62.5%"),
    ],
)
def test_the_clocks_in_the_link_change_the_shares_to_the_right_ones(few, query, answered, closed):
    app = show("deadlines", "few", **ALL_TIME, **query)
    assert not faults(app) and values(app)[:2] == [answered, closed]


def test_a_clock_set_on_the_page_is_in_the_link_and_changes_the_numbers(shipped):
    app = show("deadlines", shipped, **ALL_TIME)
    before = values(app)
    next(n for n in app.number_input if n.label == "Closed (hours)").set_value(24.0).run()
    assert app.query_params["closure"] == "24"
    rows = pd.read_parquet(datasets.current(shipped).file("complaints"))
    hours = (rows["closed_at"] - rows["received_at"]).dt.total_seconds() / 3600
    until = rows[[c for c in rows if c.endswith("_at") and c != "due_at"]].max().max()
    waited = (until - rows["received_at"]).dt.total_seconds() / 3600
    known = hours.notna() | (waited > 24)
    share = f"{(hours <= 24).sum() / known.sum():.1%}"
    assert values(app)[1] == share != before[1] and f"Closed in 24 h: kept in {share}" in words(app)
    again = show("deadlines", shipped, **{k: v for k, v in app.query_params.items() if k != "dataset"})
    assert values(again) == values(app)


def test_a_list_counts_all_its_groups_also_where_they_are_no_filter(shipped):
    layouts = (chart(show("deadlines", shipped, by=by), "deadlines-groups")["layout"] for by in ("severity", "region"))
    by_severity, by_region = (re.findall(r"· n ([\d,]+)", json.dumps(layout, ensure_ascii=False)) for layout in layouts)
    assert by_severity == by_region and len(by_region) == 1 and int(by_region[0].replace(",", "")) > 1000


def test_the_median_of_the_closed_is_exact_however_many_share_a_step(shipped):
    rows = pd.read_parquet(datasets.current(shipped).file("complaints"))
    hours = (rows["closed_at"] - rows["received_at"]).dt.total_seconds() / 3600
    given = {"until": "2026-01-01T00:00:00", "clocks": "48.0 360.0", "most": 7}
    found = warehouse.query("closing_by_group", Filters(datasets.current(shipped)), by="channel", **given)
    assert found.groupby("grp")["n"].max().max() > 50
    for channel, steps in found.groupby("grp"):
        alone = survival.of_closed(steps).iloc[0]
        assert alone["median"] == pytest.approx(hours[rows["channel"] == channel].median(), rel=1e-12)
        assert alone["mean"] == pytest.approx(hours[rows["channel"] == channel].mean(), rel=1e-12)


def test_what_a_dataset_does_not_keep_time_of_has_no_card(few):
    rows = conftest.table("complaints", conftest.TESTS / "rows" / "complaints.csv")
    conftest.write("unanswered", tables={"complaints": rows.drop_columns(["first_response_at", "classified_at"])})
    app = show("deadlines", "unanswered", **ALL_TIME)
    assert not faults(app) and values(app)[0] == "58.3%" and "Answered in" not in words(app)


# --- complaints: peaks, kinds, limits ---------------------------------------------------------------------------------


def test_story_festival_peaks_every_spring(shipped):
    """Story 5: the weeks around three festivals, and the outage of June 2025, are the only ones above the limit."""
    app = show("complaints", shipped, **ALL_TIME, grain="week")
    trace = points(app)
    high = [d for d, form in zip(trace["customdata"], trace["marker"]["symbol"], strict=True) if form == "triangle-up"]
    for first, last in FESTIVALS:
        assert sum(first <= day <= last for day in high) >= 3
    assert [d for d in high if not any(first <= d <= last for first, last in FESTIVALS)] == ["2025-06-16"]
    assert "most of all 2023-01-09 (Spring Festival rush): 249.3 against 121.2" in words(app)
    chinese = show("complaints", shipped, lang="zh", period="all", grain="week")
    assert "最高是 2023-01-09（正值春节取现与还款高峰）" in words(chinese)


def test_the_ordinary_chart_stands_beside_when_asked(shipped):
    alone, both = (show("complaints", shipped, **ALL_TIME, lines=lines) for lines in ("laney", "both"))
    dotted = [
        [t for t in chart(a, "complaints-control")["data"] if t["line"].get("dash") == "dot"] for a in (alone, both)
    ]
    assert [len(d) for d in dotted] == [0, 2]
    assert "The ordinary u chart" in words(both) and "The ordinary u chart" not in words(alone)


def test_counted_against_what_the_reader_chooses(shipped):
    customers = sum(rows_of(shipped, "branches")["customers"])
    for against, unit in (("days", 4000 / 1096), ("customers", 4000 / (customers * 1096 / 365.25) * 10_000)):
        app = show("complaints", shipped, **ALL_TIME, against=against)
        assert values(app)[0] == (f"{unit:.1f}" if unit >= 10 else f"{unit:.2f}")


def test_a_new_phase_begins_where_the_reader_says(shipped):
    app = show("complaints", shipped, **ALL_TIME, grain="month", at="2024-06-01", phase="at")
    centres = [t for t in chart(app, "complaints-control")["data"] if t.get("name") == "centre"]
    assert [t["x"][0] for t in centres] == ["2023-01-01", "2024-06-01"]


@pytest.mark.parametrize(("language", "name"), [("en", "Fee not told beforehand"), ("zh", "收费未事先告知")])
def test_story_fees_not_told_is_the_first_kind_of_all(shipped, language, name):
    """Story 7: 679 complaints, first of the Pareto; and its words are about not having been told."""
    app = show("complaints", shipped, lang=language, period="all", kind="issue")
    first, said = next(iter(bar(app, "complaints-kinds").items()))
    assert first == name and said.startswith("679")
    app = show("voices", shipped, lang=language, period="all", kind="issue", about="fee_not_told")
    assert {"没有通知", "手续费"} <= set(bar(app, "voices-words")) and "679" in words(app)


def test_story_the_unfair_queue_is_complained_of_at_one_branch(shipped):
    """Story 6: of 124 complaints about the calling order 27 are from s08."""
    app = show("voices", shipped, **ALL_TIME, kind="issue", about="unfair_order", by="branch")
    assert "Unfair calling order: clearly more at Zhulian Alley, 18% of its complaints against 3%" in words(app)
    assert "124 complaints, newest first" in words(app)
    here = show("voices", shipped, **ALL_TIME, kind="issue", about="unfair_order", branch="s08")
    assert "27 complaints, newest first" in words(here)


# --- early warning ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outbreak(shipped):
    """The sample with twelve complaints about queues at Liuyin Street in its last two days, planted by hand."""
    snapshot = datasets.current(shipped)
    rows = pq.read_table(snapshot.file("complaints"))
    some = rows.filter(pc.and_(pc.equal(rows["branch"], "n03"), pc.equal(rows["category"], "queue"))).slice(0, 12)
    late = pa.array([pd.Timestamp("2025-12-30 09:00") + pd.Timedelta(hours=k) for k in range(12)], pa.timestamp("us"))
    for column in [c for c in some.column_names if c.endswith("_at")]:
        type_ = some[column].type
        some = some.set_column(some.column_names.index(column), column, late.cast(type_))
    some = some.set_column(0, "complaint", pa.array(range(900_000, 900_012), rows["complaint"].type))
    tables = {
        "complaints": pa.concat_tables([rows, some]),
        "branches": pq.read_table(snapshot.file("branches")),
    }
    meta = {k: v for k, v in snapshot.meta.items() if k in ("title", "synthetic", "timezone", "threshold", "sources")}
    datasets.write("outbreak", "s1", tables, meta, snapshot.codebook)
    return "outbreak"


@pytest.mark.parametrize(
    ("by", "cells"), [("branch", "256 cells (branch x category)"), ("region", "(region x category)")]
)
def test_a_quiet_week_is_said_to_be_quiet(shipped, by, cells):
    app = show("complaints", shipped, **ALL_TIME, by=by)
    assert cells in words(app) and "none has clearly more than its own past" in words(app)


@pytest.mark.parametrize(("by", "name"), [("branch", "Liuyin Street · Queues"), ("region", "North · Queues")])
def test_a_planted_outbreak_is_named(outbreak, by, name):
    app = show("complaints", outbreak, **ALL_TIME, by=by)
    assert not faults(app) and f"clearly above their own past: first of all {name}, " in words(app)
    assert next(iter(written(app, "complaints-warning"))).replace("<br>", " ") == name


# --- recovery ---------------------------------------------------------------------------------------------------------


def test_the_more_steps_the_better_and_six_strategies(shipped):
    app = show("recovery", shipped, **ALL_TIME)
    rows = rows_of(shipped, "complaints")
    steps = [c for c in rows if c.startswith("clear_")]
    rated = rows[rows["sat_after"].notna() & rows[steps].notna().all(axis=1)]
    means = rated.groupby(rated[steps].astype(int).sum(axis=1))["sat_after"].mean()
    line = next(t for t in chart(app, "recovery-count")["data"] if t["mode"] == "lines+markers")
    assert line["y"] == pytest.approx(means.tolist()) and means.is_monotonic_increasing and len(means) == 6
    told = written(app, "recovery-strategies")
    by = rows.groupby("strategy")["sat_after"].agg(["mean", "count"]).sort_values("mean", ascending=False)
    assert len(by) == 6
    assert list(told.values()) == [f"<b>{m:.2f}</b>  n {n:,}" for m, n in by.itertuples(index=False)]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_whether_mending_pays_comes_with_its_caveat(shipped, language):
    app = show("recovery", shipped, lang=language, period="all")
    assert text.catalogue()["recovery.paid.caveat"][language] in html.unescape(words(app))
    assert len(written(app, "recovery-paid")) == 6  # three severities, mended and not


def test_the_iceberg_rests_on_assumptions_that_are_marked_and_can_be_changed(shipped):
    app = show("recovery", shipped, **ALL_TIME)
    ice = bar(app, "recovery-iceberg")
    assert list(ice.values()) == ["4,000", "104,000", "1,080,000"]  # 26 silent for each, ten told by each of them all
    assert ["assumed" in name for name in ice] == [False, True, True]
    assert chart(app, "recovery-iceberg")["data"][0]["marker"]["pattern"]["shape"] == ["", "/", "/"]
    next(n for n in app.number_input if n.label == "Assumed: silent per complaint").set_value(5.0).run()
    assert app.query_params["silent"] == "5"
    assert list(bar(app, "recovery-iceberg").values()) == ["4,000", "20,000", "240,000"]


# --- voices -----------------------------------------------------------------------------------------------------------


RECIPE = """
format = 1
dataset = "voiced"
title = { zh = "几件投诉", en = "A few complaints" }
timezone = "Asia/Shanghai"
threshold = 2

[tables.complaints]
file = "complaints.csv"

[tables.complaints.columns]
complaint = "id"
received_at = "when"
category = "kind"
text = "said"
"""
SAID = [
    "柜台收费没有说，回电13800138000",
    "收费又错，身份证110101199003071234",
    "收费看不懂 <img src=x onerror=alert(1)> zhang.san@example.com",
    "My card 4111 1111 1111 1111 was charged twice",
]


def test_the_texts_behind_a_word_are_masked_and_no_markup(data_root, tmp_path):
    (tmp_path / "voiced.toml").write_text(RECIPE, "utf-8")
    lines = [f'{i},2025-03-0{i + 1} 10:00,fees,"{said}"' for i, said in enumerate(SAID)]
    (tmp_path / "complaints.csv").write_text("\n".join(["id,when,kind,said", *lines]), "utf-8")
    assert run(tmp_path / "voiced.toml", [tmp_path / "complaints.csv"]).snapshot.tables["complaints"]["rows"] == 4
    app = show("voices", "voiced", **ALL_TIME, word="收费")
    assert not faults(app) and "3 complaints, newest first" in words(app)
    table = app.dataframe[0].value
    assert table["Text"].str.contains("收费").all() and len(table) == 3
    everything = words(app) + table.to_csv() + json.dumps(figures(app))
    for secret in ("13800138000", "110101199003071234", "zhang.san", "4111"):
        assert secret not in everything
    assert "<img" not in words(app)


def test_numbers_of_telephones_are_masked_whoever_wrote_the_data(shipped):
    """The sample was never imported, and some of its callers leave an (invented) number."""
    raw = rows_of(shipped, "complaints")["text"]
    assert raw.str.contains("19900000353").any()
    app = show("voices", shipped, **ALL_TIME, word="赎回")
    told = app.dataframe[0].value["Text"]
    assert told.str.contains("请回电").any() and not told.str.contains(r"1990000\d", regex=True).any()


def test_a_word_and_a_kind_in_the_link_are_chips_that_can_be_let_go(shipped):
    app = show("voices", shipped, **ALL_TIME, about="queue", word="排队")
    rows = rows_of(shipped, "complaints")
    held = rows[(rows["category"] == "queue") & rows["words"].map(lambda w: w is not None and "排队" in w)]
    assert f"{len(held):,} complaints, newest first" in words(app)
    next(b for b in app.button if b.key == "chip@word").click().run()
    assert "word" not in app.query_params and f"{(rows['category'] == 'queue').sum():,} complaints" in words(app)


def test_the_outage_of_june_is_heard_in_the_words(shipped):
    june = {"period": "custom", "from": "2025-06-01", "to": "2025-06-30"}
    app = show("voices", shipped, lang="en", **june)
    assert "clearly more often in all complaints: 号码, 手机, 收不到 and others (8 in all); none less often" in words(
        app
    )
    rows = rows_of(shipped, "complaints").set_index("received_at").sort_index()
    shares = [rows.loc[span]["words"].map(lambda w: w is not None and "收不到" in w).mean() * 100 for span in (
        slice("2025-05-01", "2025-05-31"), slice("2025-06-01", "2025-06-30")
    )]  # fmt: skip
    drawn = [t for t in chart(app, "voices-moving")["data"] if "收不到" in (t.get("customdata") or [])]
    assert [t["x"][t["customdata"].index("收不到")] for t in drawn] == pytest.approx(shares)
    quiet = show("voices", shipped, lang="en", period="custom", **{"from": "2025-06-18", "to": "2025-07-17"})
    assert "no word of all complaints is clearly more or less frequent" in words(quiet)


@pytest.mark.parametrize(
    "query", [{"about": "x"}, {"word": "☃"}, {"at": "2025-99-01"}, {"closure": "-1", "silent": "nan"}]
)
@pytest.mark.parametrize("page", PANELS)
def test_what_cannot_be_chosen_is_dropped(few, page, query):
    app = show(page, "few", **ALL_TIME, **query)
    assert not faults(app) and "m-foot" in words(app)


def test_a_severity_keeps_its_name_where_small_kinds_are_hidden(shipped):
    """Of the few complaints of these customers some kinds are too few to be shown."""
    snapshot = datasets.current(shipped)
    vip = Filters(snapshot, *filters.period(snapshot, "m12"), segment=("vip",))
    assert warehouse.query("complaints_by_severity", vip, kind="category")["hidden"].any()
    app = show("complaints", shipped, lang="en", segment="vip")
    names = [str(text) for text in chart(app, "complaints-severity")["layout"]["xaxis"]["ticktext"]]
    assert names == ["Minor", "Moderate", "Serious"] and "share of serious" in words(app).lower()


@pytest.mark.parametrize(("days", "spans"), [(7, 4), (28, 3), (28, 52)])
def test_cells_are_counted_span_by_span_as_a_second_library_counts_them(shipped, days, spans):
    """The oldest span asked for is whole, also where the data reach further back; `depth` says how many there are."""
    rows, until = rows_of(shipped, "complaints").dropna(subset=["branch", "category"]), pd.Timestamp("2025-12-31 09:00")
    rows = rows[rows["received_at"] <= until]
    rows = rows.assign(span=(until - rows["received_at"]) // pd.Timedelta(days=days))
    depth = min(rows["span"].max() - 1, spans)
    counts = rows[rows["span"] <= spans].groupby(["branch", "category", "span"]).size().unstack(fill_value=0)
    earlier = counts[[s for s in counts if 1 <= s <= depth]]
    asked = {"by": "branch", "until": str(until), "days": days, "spans": spans}
    all_time = Filters(datasets.current(shipped))
    cells = warehouse.query("complaints_by_cell", all_time, **asked, least=1).set_index(["grp", "category"])
    wanted = counts[counts[0] >= 1]
    assert cells["now"].to_dict() == wanted[0].to_dict() and set(cells["weeks"]) == {depth}
    assert cells["before"].to_dict() == earlier.loc[wanted.index].sum(axis=1).to_dict()
    assert cells["before_sq"].to_dict() == (earlier**2).loc[wanted.index].sum(axis=1).to_dict()
    whole = warehouse.query("complaints_cells", all_time, **asked).iloc[0]
    assert (whole["cells"], whole["weeks"], whole["n"]) == (len(counts), depth, counts.to_numpy().sum())
    assert whole["before"] == earlier.to_numpy().sum() and whole["before_sq"] == (earlier**2).to_numpy().sum()
