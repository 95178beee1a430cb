"""A field of tiles: every cell where it belongs, the marked ones framed, the hidden ones hollow."""

import json

import pandas as pd
import pytest

from moments.charts import theme, tiles

KINDS = {"M": "must-be", "A": "attractive"}


def cells(*rows):
    frame = pd.DataFrame(rows, columns=["feature", "grp", "kind", "real"])
    return frame.assign(name=frame["feature"].str.upper(), group_name=frame["grp"].str.upper())


def draw(frame, **more):
    return tiles.draw(
        frame, row="feature", column="grp", column_label="group_name", kind="kind", kinds=KINDS, marked="real",
        code="grp", **more,
    )  # fmt: skip


def test_each_tile_lies_in_its_row_and_column():
    first = ("f1", "a", "M", False), ("f1", "b", "A", True)
    figure = draw(cells(*first, ("f2", "a", "A", False), ("f2", "b", "A", False)))
    must, attractive, hidden = figure.data
    assert (list(must.x), list(must.y), list(must.text)) == ([0], [1], ["M"])
    assert (list(attractive.x), list(attractive.y)) == ([1, 0, 1], [1, 0, 0])
    assert list(attractive.text) == ["<b>A</b>", "A", "A"]
    assert [w > 0 for w in attractive.marker.line.width] == [True, False, False]
    assert list(attractive.customdata) == ["b", "a", "b"] and not len(hidden.x)
    assert list(figure.layout.yaxis.ticktext) == ["F1", "F2"] and list(figure.layout.xaxis.ticktext) == ["A", "B"]


def test_a_hidden_tile_is_hollow_and_tells_nothing():
    figure = draw(cells(("f1", "a", "M", False), ("f1", "b", None, False)))
    hidden = figure.data[-1]
    assert list(hidden.text) == ["…"] and hidden.hoverinfo == "skip" and hidden.customdata is None


@pytest.mark.parametrize("rows", [[], [("f1", "a", "M", False)]])
def test_none_or_one(rows):
    draw(cells(*rows) if rows else cells().astype(object))


def test_hostile_names_stay_text():
    frame = cells(("f1", "a", "M", False)).assign(name="<img src=x onerror=alert(1)>", group_name="<b>x</b>")
    spec = json.dumps(draw(frame).to_dict(), default=str)
    assert "<img" not in spec and "<b>x" not in spec


def test_many_groups_have_their_names_on_two_levels():
    frame = cells(*[("f1", g, "M", False) for g in "abcdef"])
    heads = draw(frame).layout.xaxis.ticktext
    assert [h.endswith("<br> ") for h in heads] == [False, True] * 3


def heads(*names):
    frame = cells(*[("f1", name, "M", False) for name in names])
    frame["group_name"] = names
    return list(draw(frame).layout.xaxis.ticktext)


def test_a_long_word_has_its_neighbours_above_all_its_lines():
    assert heads("Small business", "Mass", "VIP") == ["Small<br>business", "Mass<br> <br> ", "VIP"]
    assert heads("Mass", "VIP") == ["Mass", "VIP"]
    assert heads("大众客户", "贵宾客户") == ["大众<br>客户", "贵宾<br>客户"]


@pytest.mark.parametrize("mode", theme.MODES)
def test_in_every_mode(mode):
    theme.use(mode)
    try:
        draw(cells(("f1", "a", "M", True)))
    finally:
        theme.use("light")
