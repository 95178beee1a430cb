"""Parts of a whole: every bar says its number, hidden rows say nothing, what is assumed looks so."""

import json

import pandas as pd
import pytest

from moments.charts import bars, theme

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"
NAN = float("nan")


def parts(*values, **more):
    frame = pd.DataFrame({"name": [f"k{i}" for i in range(len(values))], "estimate": list(values)}, dtype=object)
    low, high = frame["estimate"].astype(float) - 0.1, frame["estimate"].astype(float) + 0.2
    return frame.assign(note=[f"n{i}" for i in range(len(values))], low=low, high=high, **more)


def notes(figure):
    return list(figure.layout.yaxis2.ticktext)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
@pytest.mark.parametrize("values", [(), (0.5,), (NAN,), (0.5, NAN), (0.0, 0.0)])
def test_of_hardly_anything_in_every_mode(mode, wall, values):
    theme.use(mode, wall)
    try:
        assert len(bars.draw(parts(*values), note="note", low="low", high="high").data[0].x) == len(values)
    finally:
        theme.use("light")


def test_each_bar_is_its_row_from_top_to_bottom():
    frame = parts(0.6, 0.3, strong=[True, False])
    figure = bars.draw(frame, note="note", low="low", high="high", strong="strong", code="name", scale=100, unit="%")
    bar = figure.data[0]
    assert list(bar.x) == [60, 30] and list(bar.y) == [1, 0] and list(bar.customdata) == ["k0", "k1"]
    assert list(bar.error_x.array) == pytest.approx([20, 20])
    assert list(bar.error_x.arrayminus) == pytest.approx([10, 10])
    assert list(bar.marker.color) == [theme.colour("good"), theme.colour("unsure")]
    assert list(figure.layout.yaxis.ticktext) == ["k0", "k1"] and notes(figure) == ["n0", "n1"]


def test_a_hidden_row_keeps_its_name_and_tells_nothing():
    figure = bars.draw(parts(0.6, NAN), note="note", code="name")
    assert list(figure.data[0].x) == [0.6, 0] and notes(figure) == ["n0", "…"]
    assert figure.data[0].hovertext[1] == "k1<br>…" and "n1" not in json.dumps(figure.to_dict(), default=str)


def test_what_is_assumed_is_hatched():
    pattern = bars.draw(parts(1.0, 26.0, assumed=[False, True]), note="note", assumed="assumed").data[0].marker.pattern
    assert list(pattern.shape) == ["", "/"]


def test_names_and_notes_are_not_markup():
    figure = bars.draw(parts(0.5).assign(name=NASTY, note=NASTY), note="note")
    assert "<img" not in json.dumps(figure.to_dict(), default=str)


def test_the_notes_have_room():
    short, wide = (bars.draw(parts(0.5).assign(note=note), note="note") for note in ("1", "1,234 complaints, 99%"))
    assert wide.layout.margin.r > short.layout.margin.r + 80


def test_a_long_name_takes_two_lines_and_counts_need_no_scale():
    figure = bars.draw(parts(5.0).assign(name="Confirmed by the customer"), note="note")
    assert list(figure.layout.yaxis.ticktext) == ["Confirmed by the<br>customer"]
    assert figure.layout.xaxis.showticklabels is False
    assert bars.draw(parts(0.5), note="note", unit="%").layout.xaxis.showticklabels
