"""Points in four fields: labels never cover one another, at any width; what goes in comes out; nothing breaks it."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moments.charts import labels, quadrant, theme

WORDS = {
    "titles": ("less", "more"),
    "corners": ("attractive", "one-dimensional", "indifferent", "must-be"),
    "cuts": (0.5, 0.5),
}


def points(rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["name", "x", "y"])
    for c in "xy":
        frame[f"{c}_low"], frame[f"{c}_high"] = frame[c] - 0.05, frame[c] + 0.05
    return frame.assign(n=50, code=[f"f{i}" for i in range(len(frame))])


def draw(frame, **more):
    return quadrant.draw(frame, x="x", y="y", spans=((-0.02, 1.02), (-0.02, 1.02)), **WORDS | more)


def texts(figure, name: str):
    return next(trace for trace in figure.data if trace.mode == "markers+text" and trace.name == name)


def boxes(figure, name: str, width: float) -> list[tuple[str, labels.Box]]:
    """Where each label lies, in pixels, when the field is `width` wide."""
    trace, tall = texts(figure, name), figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    (x0, x1), (y0, y1) = figure.layout.xaxis.range, figure.layout.yaxis.range
    found = []
    for x, y, words, position, size in zip(
        trace.x, trace.y, trace.text, trace.textposition, trace.marker.size, strict=True
    ):
        if words:
            b = labels.box(words, trace.textfont.size, labels.Spot(position, size))
            at_x, at_y = (x - x0) / (x1 - x0) * width, (y - y0) / (y1 - y0) * tall
            found.append((words, labels.Box(at_x + b.left, at_y + b.bottom, at_x + b.right, at_y + b.top)))
    return found


def overlap(one: labels.Box, other: labels.Box) -> bool:
    dust = 1e-6
    return (
        min(one.right, other.right) - max(one.left, other.left) > dust
        and min(one.top, other.top) - max(one.bottom, other.bottom) > dust
    )


NAMES = st.text(st.sampled_from("等候手机appW 1"), min_size=1, max_size=12)
SHARES = st.integers(0, 20).map(lambda v: v / 20)  # coarse, so that points fall on one another


def marks(figure, name: str = ""):
    return next(trace for trace in figure.data if trace.mode == "markers" and trace.name == name)


def lines(figure) -> set[tuple]:
    """Every interval drawn, as (x, y, x, y)."""
    found = set()
    for trace in (t for t in figure.data if t.mode == "lines"):
        for i in range(0, len(trace.x), 3):
            found.add((trace.x[i], trace.y[i], trace.x[i + 1], trace.y[i + 1]))
    return found


@settings(max_examples=25)
@given(st.lists(st.tuples(NAMES, SHARES, SHARES), min_size=1, max_size=29), st.floats(0, 1))
def test_labels_never_cover_one_another_nor_leave_the_field(rows, between):
    figure = draw(points(rows))
    for name, (least, most) in (("names", (quadrant.WIDE, 1_500)), ("numbers", quadrant.NARROW)):
        width = least + between * (most - least)
        found = boxes(figure, name, width)
        for (_, one), (_, other) in itertools.combinations(found, 2):
            assert not overlap(one, other)
        for _, b in found:
            assert b.left >= -1e-6 and b.right <= width + 1e-6 and b.bottom >= -1e-6


@pytest.mark.parametrize("seed", range(12))
def test_twelve_points_anywhere_all_have_a_label(seed):
    random = np.random.default_rng(seed)
    figure = draw(points([("十分钟内办结", *at) for at in random.random((12, 2)).round(2)]))
    assert all(texts(figure, "names").text) and all(texts(figure, "numbers").text)


def test_thirty_points_in_one_place_still_have_thirty_numbers():
    figure = draw(points([("等候不超过十分钟", 0.5, 0.5)] * 30))
    assert sorted(map(int, texts(figure, "numbers").text)) == list(range(1, 31))


def test_names_where_there_is_room_numbers_where_not():
    rows = [("left", 0.2, 0.8), ("right", 0.8, 0.2)] + [("the same place, a long name", 0.5, 0.5)] * 9
    figure = draw(points(rows))
    shown = list(texts(figure, "names").text)
    assert shown[:2] == ["left", "right"]
    for entry, words in zip(figure.layout.meta["key"], shown, strict=True):
        assert entry["inside"] == (not words.isdigit())
        assert words.isdigit() <= (words == str(entry["number"]))
    assert any(w.isdigit() for w in shown)


def test_what_goes_in_comes_out():
    frame = points([("a", 0.2, 0.8), ("b", 0.6, 0.1)])
    figure = draw(frame, code="code")
    assert list(marks(figure).x) == [0.2, 0.6] and list(marks(figure).y) == [0.8, 0.1]
    assert list(marks(figure).customdata) == ["f0", "f1"]
    a, b = frame.to_dict("records")
    assert lines(figure) == {
        (a["x_low"], 0.8, a["x_high"], 0.8), (0.2, a["y_low"], 0.2, a["y_high"]),
        (b["x_low"], 0.1, b["x_high"], 0.1), (0.6, b["y_low"], 0.6, b["y_high"]),
    }  # fmt: skip


def test_groups_have_their_own_mark_and_the_unsure_are_grey():
    frame = points([("a", 0.2, 0.8), ("b", 0.6, 0.1), ("c", 0.7, 0.7)]).assign(
        kind=["m", "o", "m"], clear=[True, True, False]
    )
    figure = draw(frame, group="kind", groups={"m": "must", "o": "more"}, sure="clear")
    assert marks(figure, "must").marker.symbol != marks(figure, "more").marker.symbol
    assert list(marks(figure, "must").marker.color) == [theme.categories()[0], theme.colour("unsure")]


def test_the_chosen_one_stands_out():
    figure = draw(points([("a", 0.2, 0.8), ("b", 0.6, 0.1)]), code="code", chosen="f1")
    assert marks(figure).marker.opacity[0] < marks(figure).marker.opacity[1] == 1


@pytest.mark.parametrize("rows", [[], [("alone", 0.4, 0.6)]])
def test_none_or_one(rows):
    frame = points(rows)
    figure = quadrant.draw(frame, x="x", y="y", **WORDS)
    assert len(texts(figure, "names").x) == len(rows)


def test_hidden_rows_stay_in_the_list_only():
    frame = points([("a", 0.2, 0.8), ("b", np.nan, np.nan)])
    figure = draw(frame)
    assert list(texts(figure, "numbers").text) == ["1"]
    assert [e["known"] for e in figure.layout.meta["key"]] == [True, False]


def test_a_point_without_interval_is_drawn_without_one():
    frame = points([("a", 0.2, 0.8)]).assign(x_low=np.nan, x_high=np.nan)
    figure = draw(frame)
    assert "~" not in marks(figure).hovertext[0].split("<br>")[1]


def test_hostile_names_stay_text():
    figure = draw(points([("<img src=x onerror=alert(1)>", 0.2, 0.8)]))
    assert "<img" not in marks(figure).hovertext[0] and "<img" not in texts(figure, "names").text[0]


def test_two_pairs_of_cuts_are_told_apart():
    figure = draw(points([("a", 0.2, 0.8)]), other_cuts=(0.3, 0.4), cut_names=("means", "medians"))
    assert {a.text for a in figure.layout.annotations} >= {"means", "medians"}
    assert {s.line.dash for s in figure.layout.shapes} >= {"solid", "dot"}


def test_a_cloud_lies_beneath():
    cloud = pd.DataFrame({"x": [0.1, 0.9], "y": [0.1, 0.9], "n": [1, 4]})
    figure = draw(points([("a", 0.2, 0.8)]), cloud=cloud)
    small, large = figure.data[0].marker.size  # the first trace lies lowest
    assert large == pytest.approx(2 * small)


def test_names_cut_short_keep_to_their_width():
    assert labels.shortened("等候不超过十分钟", 5 * 12, 12).endswith("…")
    assert labels.width(labels.shortened("等候不超过十分钟", 5 * 12, 12), 12) <= 60
    assert labels.shortened("短", 60, 12) == "短"


def test_the_stylesheet_knows_both_sets_of_labels():
    figure = draw(points([("a", 0.2, 0.8)]))
    for name in ("names", "numbers"):
        assert texts(figure, name).textfont.family.startswith(f"{name},") and f'*="{name},"' in theme.css()
