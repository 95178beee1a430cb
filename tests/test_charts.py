"""Forms that many pages share: what goes in is what is drawn, nothing hidden leaks, nobody's name is markup."""

import html
import json

import pandas as pd
import pytest

from moments.charts import cards, dumbbell, flow, ranking, stack, theme, trend

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"
SHADES = ("expectation", "perception")


def periods(*values, n=10):
    days = pd.date_range("2025-01-01", periods=len(values), freq="MS")
    frame = pd.DataFrame({"period": days, "estimate": list(values), "n": n})
    return frame.assign(low=frame["estimate"] - 5, high=frame["estimate"] + 5)


def groups(*values, **more):
    frame = pd.DataFrame({"name": [f"g{i}" for i in range(len(values))], "estimate": list(values), "n": 9} | more)
    return frame.assign(low=frame["estimate"] - 5, high=frame["estimate"] + 5)


def line(figure, name="NPS"):
    return next(t for t in figure.data if t.name == name)


def draw_trend(frame, **more):
    return trend.draw(frame, labels=[f"{d:%Y-%m}" for d in frame["period"]], name="NPS", **more)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
def test_every_form_is_drawn_in_every_mode(mode, wall):
    theme.use(mode, wall)
    try:
        draw_trend(periods(1.0, 2.0))
        ranking.draw(groups(1.0, -2.0), reference=0, reference_label="0")
        flow.draw(
            pd.DataFrame({"a": ["promoter"], "b": ["detractor"], "n": [3]}),
            start="a", end="b", names={"promoter": "P", "detractor": "D"}, sides=("1", "2"),
        )  # fmt: skip
        assert theme.css().startswith("<style>")
    finally:
        theme.use("light")


def test_trend_draws_its_values_and_band():
    figure = draw_trend(periods(1.0, 2.0, 3.0))
    assert list(line(figure).y) == [1, 2, 3]
    band = next(t for t in figure.data if getattr(t, "fill", None) == "toself")
    assert list(band.y) == [6, 7, 8, -2, -3, -4]


def test_trend_does_not_bridge_what_is_missing():
    nan = float("nan")
    figure = draw_trend(periods(1.0, 2.0, nan, 4.0))
    assert len([t for t in figure.data if getattr(t, "fill", None) == "toself"]) == 1  # the lone last point has a bar
    assert [s.x0 for s in figure.layout.shapes] == ["2025-04-01"]
    assert line(figure).hovertext[2] == "2025-03"


@pytest.mark.parametrize("values", [(), (5.0,), (float("nan"),)])
def test_trend_of_hardly_anything(values):
    draw_trend(periods(*values))


def test_ranking_is_blue_only_where_interval_and_q_say_so():
    frame = groups(20.0, 20.0, 2.0, -20.0, q=[0.01, 0.2, 0.01, 0.01])
    marks = ranking.draw(frame, reference=0).data[0].marker.color
    good, bad, unsure = (theme.colour(t) for t in ("good", "bad", "unsure"))
    assert list(marks) == [good, unsure, unsure, bad]


def test_ranking_reaches_as_far_as_its_numbers_and_not_for_the_words_of_its_reference():
    low, high = ranking.draw(groups(1.0, 21.0), reference=30, reference_label="x" * 200).layout.xaxis.range
    assert -7 < low < -4 and 30 < high < 33  # intervals from -4 to 26
    assert ranking.draw(groups(1.0), span=(0, 100)).layout.xaxis.range == (0, 100)
    assert ranking.draw(groups(float("nan"))).layout.xaxis.range[0] < 0.5 < ranking.draw(groups()).layout.xaxis.range[1]


def test_ranking_draws_intervals_of_one_colour_as_one_shape_and_none_that_is_missing():
    frame = groups(20.0, -20.0, 30.0, float("nan"), 2.0)
    spans = [(s.line.color, s.path) for s in ranking.draw(frame, reference=0).layout.shapes if s.type == "path"]
    good, bad, unsure = (theme.colour(t) for t in ("good", "bad", "unsure"))
    assert spans == [(good, "M15.0,4L25.0,4M25.0,2L35.0,2"), (bad, "M-25.0,3L-15.0,3"), (unsure, "M-3.0,0L7.0,0")]


def test_ranking_takes_its_colours_from_a_column_and_a_fold_has_none():
    frame = groups(20.0, float("nan"), 2.0, tone=["bad", float("nan"), "good"], folded=[False, True, False])
    shapes = ranking.draw(frame, tone="tone").layout.shapes
    assert [s.line.color for s in shapes if s.type == "path"] == [theme.colour("bad"), theme.colour("good")]


def test_an_axis_without_a_title_keeps_it_off_nothing():
    """Plotly would measure every label of the axis to know where such a title goes."""
    axes = theme.template()["layout"]
    assert not {"text", "standoff"} & {*axes["xaxis"]["title"], *axes["yaxis"]["title"]}
    assert theme.title("words") == {"text": "words", "standoff": 8} and theme.title("") == {}


def test_ranking_shows_hidden_rows_as_hollow_and_tells_nothing():
    frame = groups(20.0, float("nan"))
    figure = ranking.draw(frame.assign(n=[9, float("nan")]))
    assert figure.data[0].marker.color[1] == theme.colour("paper") and figure.data[0].marker.opacity == 1
    assert figure.data[0].hovertext[1] == "g1"
    assert figure.layout.yaxis2.ticktext == ("<b>20.0</b>  n 9", "…") and figure.layout.yaxis2.tickvals == (1, 0)


def pair(frame):
    return dumbbell.draw(frame, pairs=("low", "high"), names={"low": "a", "high": "b"}, tokens=SHADES)


def test_dumbbell_joins_the_two_values_of_a_row_and_none_that_lacks_one():
    shapes = pair(groups(20.0, float("nan"), 2.0)).layout.shapes
    assert [s.path for s in shapes if s.type == "path"] == ["M15.0,2L25.0,2M-3.0,0L7.0,0"]


def test_words_stand_beside_their_rows_whatever_the_form():
    frame = groups(1.0, float("nan"), 3.0).assign(note=[NASTY, "b", "c"])
    noted = dumbbell.draw(frame, pairs=("low", "high"), names={"low": "a", "high": "b"}, tokens=SHADES, note="note")
    assert noted.layout.yaxis2.ticktext == (theme.plain(NASTY), "…", "c")
    for figure in (noted, ranking.draw(frame)):
        names, beside = figure.layout.yaxis, figure.layout.yaxis2
        assert beside.tickvals == names.tickvals and beside.range == names.range
    assert pair(groups(1.0)).layout.yaxis2 is None  # nothing to say


@pytest.mark.parametrize("form", [ranking.draw, pair])
@pytest.mark.parametrize("values", [(), (5.0,), (float("nan"),)])
def test_lists_of_hardly_anything(form, values):
    form(groups(*values))


def test_names_of_people_are_not_markup():
    frame = groups(1.0).assign(name=NASTY)
    for figure in (
        ranking.draw(frame),
        pair(frame),
        stack.draw(
            pd.DataFrame({"period": pd.to_datetime(["2025-01-01"]), "promoter": [1]}),
            parts={"promoter": "P"}, tokens={"promoter": "promoter"}, labels=[NASTY],
        ),
    ):  # fmt: skip
        assert "<img" not in json.dumps(figure.to_dict(), default=str)
    assert "<img" not in cards.row((cards.Card(NASTY, NASTY),)) + cards.finding(NASTY) + cards.notice(NASTY, NASTY)


def test_stack_adds_up_to_a_hundred_and_leaves_empty_periods_empty():
    frame = pd.DataFrame({"period": pd.date_range("2025-01-01", periods=2, freq="MS"), "a": [1, 0], "b": [3, 0]})
    figure = stack.draw(
        frame, parts={"a": "A", "b": "B"}, tokens={"a": "promoter", "b": "detractor"}, labels=["1", "2"]
    )
    assert [t.y[0] for t in figure.data] == [25, 75]
    assert all(t.y[1] != t.y[1] for t in figure.data)
    assert figure.layout.yaxis.ticktext == ("50%", "100%"), "Plotly puts no suffix to places that it is given"


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", theme.MODES)
def test_colours_can_be_told_from_their_ground(mode):
    c = theme.MODES[mode]
    for text in ("ink", "muted", "good", "bad"):
        assert contrast(c[text], c["paper"]) >= 4.5 and contrast(c[text], c["card"]) >= 4.5, text
    for mark in ("unsure", "expectation", "perception", "promoter", "detractor", *c["categories"]):
        assert contrast(c.get(mark, mark), c["paper"]) >= 3, mark
    assert contrast(c["on_passive"], c["passive"]) >= 4.5
    assert contrast(c["on_mark"], c["promoter"]) >= 4.5 and contrast(c["on_mark"], c["detractor"]) >= 4.5


@pytest.mark.parametrize(
    "call",
    [
        lambda f: f.add_scatter(x=[1, 2], y=[3, 4], line_color="#000000", error_x={"array": [1, 1]}),
        lambda f: f.add_bar(x=[1], y=[2], marker={"line": {"width": 0}}),
        lambda f: f.add_annotation(x=1, y=2, text="a", font_size=9),
        lambda f: f.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line_width=2),
        lambda f: f.add_hline(y=3, line={"width": 1}),
        lambda f: f.add_vline(x=3, line={"width": 1}),
        lambda f: f.add_vrect(1, 2, fillcolor="#000000"),
        lambda f: f.update_layout(yaxis2={"domain": [0, 1]}, legend_x=0).update_yaxes(range=[0, 1], title_text="t"),
        lambda f: f.update_polars(radialaxis_range=[0, 1]),
    ],
)
def test_a_drawing_is_what_plotly_would_have_made(call):
    """Plotly itself is the second implementation: the same calls, the same figure."""
    import plotly.graph_objects as go

    from moments.charts.drawing import Drawing

    mine, theirs = call(Drawing({})), call(go.Figure())
    assert go.Figure(mine.to_dict()).to_dict()["data"] == theirs.to_dict()["data"]
    wanted = {k: v for k, v in theirs.to_dict()["layout"].items() if k != "template"}
    assert go.Figure(mine.to_dict()).to_dict()["layout"] | {"template": 0} == wanted | {"template": 0}


@pytest.mark.parametrize(("count", "across"), [(0, 0), (1, 1), (5, 5), (6, 3), (7, 4), (9, 5), (11, 4)])
def test_no_card_is_left_alone_in_its_row(count, across):
    assert f'style="--across:{across}"' in cards.row((cards.Card("a", "1"),) * count)


def test_a_source_line_is_text_and_fits_its_room():
    wide = theme.source_line("Hotline", NASTY)["title"]
    assert wide["text"] == f"Hotline<br>{html.escape(NASTY, quote=False)}"
    narrow = theme.source_line(NASTY, "区域, " * 9, room=10 * wide["font"]["size"])["title"]
    lines = [html.unescape(line) for line in narrow["text"].split("<br>")]
    assert lines == ["<b>A</b> & <img", "src=x", "onerror=alert(1)>", *["区域, 区域, 区域,"] * 3]
    assert wide["pad"]["t"] + wide["pad"]["b"] == narrow["pad"]["t"] + narrow["pad"]["b"] == 14
