"""The zone of tolerance: a band from adequate to desired, and a dot."""

import numpy as np
import pandas as pd
import pytest

from moments.charts import theme, zone

NAMES = {"adequate": "A", "desired": "D", "perception": "P"}


def frame(rows: int, **columns) -> pd.DataFrame:
    made = {"name": [f"d{i}" for i in range(rows)], "adequate": 4.8, "desired": 6.3, "perception": 5.4, "n": 40}
    return pd.DataFrame(made | {"low": 0.4, "high": 0.8} | columns, index=range(rows))


@pytest.mark.parametrize("rows", [0, 1, 5, 30])
def test_a_band_and_three_marks_per_row(rows):
    figure = zone.draw(frame(rows), names=NAMES)
    assert [t.name for t in figure.data] == ["A", "D", "P"] and all(len(t.x) == rows for t in figure.data)
    bands = [s for s in figure.layout.shapes if s.type == "rect"]
    assert len(bands) == rows and all((s.x0, s.x1) == (4.8, 6.3) for s in bands)
    assert figure.layout.yaxis2 is None if not rows else figure.layout.yaxis2.ticktext == ("<b>5.40</b>",) * rows


def test_the_dot_is_coloured_by_what_is_sure():
    rows = frame(3, low=[0.1, -0.9, -0.2], high=[0.9, -0.1, 0.2])
    shades = list(zone.draw(rows, names=NAMES).data[2].marker.color)
    assert shades == [theme.colour("good"), theme.colour("bad"), theme.colour("unsure")]
    lines = [s for s in zone.draw(rows, names=NAMES).layout.shapes if s.type == "line"]
    assert (lines[0].x0, lines[0].x1) == pytest.approx((4.9, 5.7))  # the interval, measured from adequate


def test_hidden_rows_keep_their_name():
    figure = zone.draw(frame(2, perception=[np.nan, 5.4], low=[np.nan, 0.4], high=[np.nan, 0.8]), names=NAMES)
    assert list(figure.layout.yaxis.ticktext) == ["d0", "d1"]
    assert figure.layout.yaxis2.ticktext == ("…", "<b>5.40</b>")
    assert len([s for s in figure.layout.shapes if s.type == "rect"]) == 1


def test_names_are_text_and_data_unchanged():
    rows = frame(1, name=["<b>x</b>"])
    before = rows.copy()
    figure = zone.draw(rows, names=NAMES)
    assert figure.layout.yaxis.ticktext[0] == "&lt;b&gt;x&lt;/b&gt;"
    pd.testing.assert_frame_equal(rows, before)
