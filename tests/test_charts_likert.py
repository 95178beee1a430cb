"""Diverging bars: both sides and neutral on one scale, what goes in comes out, nothing breaks them."""

import json

import numpy as np
import pandas as pd
import pytest

from moments.charts import likert, theme

LEVELS = dict.fromkeys(["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"])
LEVELS = {level: level.replace("_", " ") for level in LEVELS}
SHARES = {"very_satisfied": 0.3, "satisfied": 0.25, "neutral": 0.2, "dissatisfied": 0.15, "very_dissatisfied": 0.1}


def rows(*names, **more):
    frame = pd.DataFrame([SHARES | {"name": n, "estimate": 0.55, "low": 0.5, "high": 0.6, "n": 40} for n in names])
    frame = frame.reindex(columns=[*SHARES, "name", "estimate", "low", "high", "n"])
    return frame.assign(code=[f"c{i}" for i in range(len(frame))], **more)


def bar(figure, level):
    return next(t for t in figure.data if t.name == LEVELS[level])


def test_what_goes_in_comes_out():
    figure = likert.draw(rows("a", "b"), levels=LEVELS, code="code")
    for level, share in SHARES.items():
        sign = -1 if "dissatisfied" in level else 1
        assert list(bar(figure, level).x) == pytest.approx([100 * share * sign] * 2)
        assert list(bar(figure, level).customdata) == ["c0", "c1"]
    assert [s.path for s in figure.layout.shapes if s.type == "path"] == ["M50.0,1L60.0,1M50.0,0L60.0,0"]
    assert figure.layout.yaxis.tickvals == (1, 0) and figure.layout.yaxis.ticktext == ("a", "b")


def test_neutral_stands_apart_on_the_same_scale():
    figure = likert.draw(rows("a"), levels=LEVELS)
    assert bar(figure, "neutral").xaxis == "x2" and bar(figure, "satisfied").xaxis == "x"
    main, apart = figure.layout.xaxis, figure.layout.xaxis2
    per = [(a.range[1] - a.range[0]) / (a.domain[1] - a.domain[0]) for a in (main, apart)]
    assert per[0] == pytest.approx(per[1])
    assert main.domain[1] < apart.domain[0]


def test_a_scale_without_a_middle_has_no_place_apart():
    figure = likert.draw(rows("a").assign(neutral=0.0, satisfied=0.45), levels=LEVELS)
    assert bar(figure, "neutral").visible is False and figure.layout.xaxis.domain == (0, 1)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
@pytest.mark.parametrize("names", [(), ("alone",), tuple("abcdefgh")])
def test_any_number_of_rows_in_every_mode(names, mode, wall):
    theme.use(mode, wall)
    try:
        figure = likert.draw(rows(*names), levels=LEVELS)
        assert len(figure.layout.yaxis.ticktext) == len(names)
    finally:
        theme.use("light")


def test_hidden_rows_keep_their_name_and_say_so():
    frame = rows("a", "b", note="n 40")
    frame.loc[1, [*SHARES, "estimate", "low", "high", "n"]] = np.nan
    figure = likert.draw(frame, levels=LEVELS, note="note", hidden_label="hidden")
    assert "hidden" in [a.text for a in figure.layout.annotations]
    assert figure.layout.yaxis.ticktext[1] == "b" and "n 40" in figure.layout.yaxis.ticktext[0]
    assert bar(figure, "satisfied").hovertext[1] == "b"


def test_names_of_people_stay_text():
    figure = likert.draw(rows("<img src=x onerror=alert(1)>"), levels=LEVELS)
    assert "<img" not in json.dumps(figure.to_dict(), default=str)


def test_small_parts_bear_no_number():
    figure = likert.draw(rows("a").assign(very_dissatisfied=0.02), levels=LEVELS)
    assert bar(figure, "very_dissatisfied").text == ("",) and bar(figure, "satisfied").text == ("25%",)


def test_the_key_is_two_lines_whatever_the_width():
    figure = likert.draw(rows("a"), levels=LEVELS)
    said = next(a.text for a in figure.layout.annotations if "■" in a.text)
    assert said.count("<br>") == 1 and all(name in said for name in LEVELS.values()) and not figure.layout.showlegend
