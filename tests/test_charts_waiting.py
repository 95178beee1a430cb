"""Binned averages, the field of cells, the profile: what goes in is drawn, hidden stays hidden, hardly anything too."""

import json
import math

import pandas as pd
import pytest

from moments.charts import binned, heatmap, profile, theme

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"
NAN = float("nan")


def bins(*values, n=100):
    frame = pd.DataFrame({"name": [f"{i}~{i + 1}" for i in range(len(values))], "estimate": list(values), "n": n})
    frame = frame.assign(bin=range(len(values)), place=[i + 0.5 for i in range(len(values))])
    return frame.assign(low=frame["estimate"] - 0.4, high=frame["estimate"] + 0.4)


def week(*values, **more):
    frame = pd.DataFrame({"weekday": 1, "hour": [9 + i for i in range(len(values))], "estimate": list(values), "n": 50})
    return frame.assign(low=frame["estimate"] - 1, high=frame["estimate"] + 1, shut=False, **more)


def field(frame, **more):
    hours = {h: f"{h}:00" for h in frame["hour"]}
    return heatmap.draw(frame, row="weekday", column="hour", rows={1: "Mon"}, columns=hours, **more)


def day(*values):
    frame = pd.DataFrame({"name": [str(9 + i) for i in range(len(values))], "estimate": list(values), "n": 50})
    return frame.assign(low=frame["estimate"] - 1, high=frame["estimate"] + 1, hour=[9 + i for i in range(len(values))])


def points(figure):
    return next(t for t in figure.data if t.mode == "lines+markers")


def texts(figure):
    return [a.text for a in figure.layout.annotations]


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
def test_drawn_in_every_mode(mode, wall):
    theme.use(mode, wall)
    try:
        binned.draw(bins(1.0, 2.0), diagonal="=", across=(1.5, "limit"))
        field(week(1.0, 2.0))
        profile.draw(day(1.0, 2.0), name="seen", models={"low": ("model", "unsure")})
    finally:
        theme.use("light")


@pytest.mark.parametrize("values", [(), (5.0,), (NAN,), (5.0, NAN), (0.0, 0.0)])
def test_of_hardly_anything(values):
    binned.draw(bins(*values), code="bin", diagonal="=", across=(NAN, "limit"), upright=(0, "here"))
    field(week(*values))
    profile.draw(day(*values), name="seen", models={"low": ("model", "unsure")}, code="hour", target=(3, "goal"))


def test_a_point_per_bin_larger_with_more_answers_and_reporting_its_code():
    trace = points(binned.draw(bins(1.0, 2.0, n=[400, 100]), code="bin"))
    assert list(trace.x) == [0.5, 1.5] and list(trace.y) == [1, 2]
    assert list(trace.error_y.array) == pytest.approx([0.4, 0.4]) and list(trace.customdata) == ["0", "1"]
    assert trace.marker.size[0] > trace.marker.size[1]


def test_orange_only_where_the_interval_is_wholly_above_the_diagonal():
    trace = points(binned.draw(bins(1.5, 1.6, 1.0), diagonal="felt = actual"))
    bad, unsure, good = (theme.colour(t) for t in ("bad", "unsure", "good"))
    assert list(trace.marker.color) == [bad, unsure, good]


def test_hidden_bins_are_named_and_not_drawn():
    figure = binned.draw(bins(1.0, NAN), code="bin")
    assert list(points(figure).customdata) == ["0"] and "(… 1~2)" in figure.layout.xaxis.title.text


def test_cells_say_their_number_and_report_both_codes():
    bars = field(week(4.0, 30.0)).data[0]
    assert list(bars.text) == ["4", "30"] and [list(c) for c in bars.customdata] == [["1", "9"], ["1", "10"]]
    assert list(field(week(0.44, 1.66)).data[0].text) == ["0.4", "1.7"]
    assert list(field(week(0.5, 0.25), scale=100, unit="%").data[0].text) == ["50", "25"]


def opacity(colour):
    return float(colour.rsplit(",", 1)[1].rstrip(")"))


def test_the_worst_cell_is_the_darkest_whichever_way_is_worse():
    assert [opacity(c) for c in field(week(1.0, 9.0)).data[0].marker.color] == [0.06, theme.deepest("bad")]
    assert [opacity(c) for c in field(week(1.0, 9.0), better=1).data[0].marker.color] == [theme.deepest("bad"), 0.06]


def test_shut_cells_are_hatched_and_hidden_ones_hollow():
    frame = week(1.0, 2.0, NAN)
    frame["shut"] = [False, True, False]
    bars = field(frame, shut="shut", shut_label="shut").data[0]
    assert list(bars.marker.pattern.shape) == ["", "/", ""] and list(bars.text) == ["1.0", "", "…"]
    assert "2" not in bars.hovertext[1] and bars.hovertext[1].endswith("shut") and bars.hovertext[2].endswith("…")
    assert bars.marker.color[2] == theme.colour("paper")


@pytest.mark.parametrize("mode", theme.MODES)
def test_numbers_can_be_read_on_the_darkest_cell(mode):
    theme.use(mode)
    try:
        for token in ("good", "bad"):
            assert theme._contrast("ink", token, theme.deepest(token)) >= 4.5
            assert theme.deepest(token) > 0.4
    finally:
        theme.use("light")


def test_a_profile_draws_what_was_seen_with_its_band_and_the_model_without():
    frame = day(1.0, 2.0).assign(wait=[1.5, 2.5])
    figure = profile.draw(frame, name="seen", models={"wait": ("model", "unsure")}, code="hour")
    band = next(t for t in figure.data if t.fill == "toself")
    assert list(band.y) == [2, 3, 1, 0]
    seen, model = (next(t for t in figure.data if t.name == n) for n in ("seen", "model"))
    assert list(seen.y) == [1, 2] and list(model.y) == [1.5, 2.5] and list(seen.customdata) == ["9", "10"]
    assert {"seen", "model"} <= set(texts(figure)) and "n" not in model.hovertext[0].split("<br>")


def test_a_queue_without_end_leaves_the_line_and_says_so():
    figure = profile.draw(day(math.inf, 2.0), name="model")
    assert texts(figure) == ["∞"] and points(figure).y[0] != points(figure).y[0]


def test_names_at_the_end_of_lines_do_not_touch():
    frame = day(1.0, 2.0).assign(wait=[1.5, 2.0], more=[1.0, 2.01])
    figure = profile.draw(frame, name="seen", models={"wait": ("model", "unsure"), "more": ("more", "ink")})
    at = sorted(a.y for a in figure.layout.annotations)
    most = max(frame["high"])
    assert min(b - a for a, b in zip(at, at[1:], strict=False)) >= most * theme.size("small") / 240


def test_never_more_names_under_the_axis_than_a_phone_has_room_for():
    frame = day(*range(24))
    assert len(profile.draw(frame).layout.xaxis.tickvals) <= profile.LABELS
    assert len(field(week(*map(float, range(24)))).layout.xaxis.tickvals) <= heatmap.LABELS


def test_a_row_without_a_column_is_hidden_in_all_of_them():
    hidden = pd.DataFrame({"weekday": [2], "hour": [math.nan], "estimate": [math.nan], "shut": [False]})
    frame = pd.concat([week(1.0, 2.0), hidden], ignore_index=True)
    rows, columns = {1: "Mon", 2: "Tue"}, {9: "9:00", 10: "10:00"}
    figure = heatmap.draw(frame, row="weekday", column="hour", rows=rows, columns=columns)
    assert len(figure.data[0].x) == 4
    assert list(figure.data[0].hovertext)[2:] == ["Tue 9:00<br>…", "Tue 10:00<br>…"]


def test_names_are_not_markup():
    for figure in (
        binned.draw(bins(1.0, NAN).assign(name=NASTY)),
        profile.draw(day(1.0).assign(name=NASTY, wait=2.0), models={"wait": (NASTY, "ink")}),
        heatmap.draw(week(1.0), row="weekday", column="hour", rows={1: NASTY}, columns={9: NASTY}),
    ):
        assert "<img" not in json.dumps(figure.to_dict(), default=str)
