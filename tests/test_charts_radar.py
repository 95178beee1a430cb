"""The radar: full scale, fixed order, two outlines that close, values at the points."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from moments.charts import radar, theme

NAMES = {"expectation": "E", "perception": "P"}


def frame(rows: int, **columns) -> pd.DataFrame:
    made = {"name": [f"d{i}" for i in range(rows)], "expectation": 6.0, "perception": 5.0, "code": list(range(rows))}
    return pd.DataFrame(made | columns, index=range(rows))


def draw(rows: pd.DataFrame, **more):
    return radar.draw(rows, pairs=("expectation", "perception"), names=NAMES, span=(1, 7), **more)


@pytest.mark.parametrize("rows", [0, 1, 2, 5, 8, 22])
def test_outlines_close_in_the_given_order(rows):
    figure = draw(frame(rows, perception=[float(i % 7 + 1) for i in range(rows)]))
    assert len(figure.data) == 2
    for trace, column in zip(figure.data, ("expectation", "perception"), strict=True):
        values = list(frame(rows, perception=[float(i % 7 + 1) for i in range(rows)])[column])
        assert list(trace.r) == values + values[:1]
        assert list(trace.theta) == [str(i) for i in range(rows)] + ["0"] * bool(rows)
        assert trace.fill is None
    assert list(figure.layout.polar.angularaxis.ticktext) == [f"d{i}" for i in range(rows)]
    go.Figure(figure.to_dict())  # raises at what Plotly does not know


def test_the_scale_is_whole_whatever_the_values():
    polar = draw(frame(5)).layout.polar
    assert tuple(polar.radialaxis.range) == (1, 7) and tuple(polar.radialaxis.tickvals) == (1, 3, 5, 7)
    wide = radar.draw(frame(5), pairs=("expectation", "perception"), names=NAMES, span=(0, 100))
    assert tuple(wide.layout.polar.radialaxis.tickvals) == (0, 25, 50, 75, 100)


def test_dashed_against_solid_and_values_at_the_points():
    expected, met = draw(frame(5)).data
    assert (expected.line.dash, met.line.dash) == ("dash", "solid")
    assert list(expected.text) == ["6.0"] * 5 + [""] and list(met.text) == ["5.0"] * 5 + [""]
    assert expected.textposition[0] == "top center" and met.textposition[0] == "bottom center"  # outside, inside
    assert draw(frame(5), values=False).data[0].mode == "lines+markers"


def test_a_value_that_equals_the_other_stands_on_the_other_side():
    expected, met = draw(frame(5, perception=6.0)).data
    assert all(a != b for a, b in zip(expected.textposition, met.textposition, strict=True))


def test_hidden_values_leave_the_outline_open_and_say_so():
    figure = draw(frame(5, perception=[5.0, np.nan, 5.0, 5.0, 5.0]), note="code", values=False)
    assert "…" in figure.layout.polar.angularaxis.ticktext[1] and "…" not in figure.layout.polar.angularaxis.ticktext[0]
    assert figure.data[1].connectgaps is False and figure.data[1].text[1] == ""


def test_names_of_people_are_text_and_long_ones_are_broken():
    rows = frame(3, name=["<img src=x onerror=alert(1)>", "一二三四五六七八九十一二三四五六七八九十", "same"])
    shown = draw(rows).layout.polar.angularaxis.ticktext
    assert "<img" not in shown[0] and "&lt;img" in shown[0].replace("<br>", " ")
    assert shown[1].count("<br>") == 1 and shown[1].endswith("…") and max(map(len, shown[1].split("<br>"))) <= 8


def test_names_that_are_alike_keep_their_own_axis():
    assert len(set(draw(frame(3, name="same")).data[0].theta)) == 3


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_mode_and_data_unchanged(mode):
    rows = frame(5)
    before = rows.copy()
    theme.use(mode)
    try:
        draw(rows)
    finally:
        theme.use("light")
    pd.testing.assert_frame_equal(rows, before)
