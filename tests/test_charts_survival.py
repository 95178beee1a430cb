"""What is left over time: steps as given, clocks, names that do not touch, hardly anything."""

import json

import pandas as pd
import pytest

from moments.charts import survival, theme
from moments.metrics import survival as closing

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"


def groups(**times):
    """Steps of groups {name: times at which all close}."""
    parts = [pd.DataFrame({"grp": g, "time": t, "closed": 1, "open": 0}) for g, t in times.items()]
    none = pd.DataFrame(columns=["grp", "time", "closed", "open"])
    return closing.curve(pd.concat(parts) if parts else none, ["grp"])


def draw(frame, until=10.0, **more):
    names = more.pop("names", {g: g.upper() for g in frame["grp"].unique()})
    return survival.draw(frame, by="grp", names=names, until=until, **more)


def curves(figure):
    return [t for t in figure.data if t.fill != "toself"]


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
@pytest.mark.parametrize("times", [{}, {"a": [1.0]}, {"a": [0.0, 0.0]}, {"a": [99.0]}, {"a": [1.0], "b": [2.0]}])
def test_of_hardly_anything_in_every_mode(mode, wall, times):
    theme.use(mode, wall)
    try:
        assert len(curves(draw(groups(**times), clocks=[(2, "clock")], half="half"))) == len(times)
        assert draw(groups(**times)).layout.yaxis.ticktext == ("0%", "25%", "50%", "75%", "100%")
    finally:
        theme.use("light")


def test_the_steps_are_those_given_in_the_unit_of_the_axis():
    (line,) = curves(draw(groups(a=[24.0, 48.0]), until=72, unit=24))
    assert list(line.x) == [0, 1, 2, 3] and list(line.y) == pytest.approx([100, 50, 0, 0]) and line.line.shape == "hv"
    assert "n 2" in line.hovertext[0]


def test_nothing_beyond_the_end_of_the_axis():
    (line,) = curves(draw(groups(a=[1.0, 5.0, 50.0]), until=10))
    assert max(line.x) == 10 and line.y[-1] == pytest.approx(100 / 3)


def test_bands_for_three_groups_and_not_for_four():
    times = {g: [1.0, 2.0, 3.0] for g in "abcd"}
    assert len(draw(groups(**{g: times[g] for g in "abc"})).data) == 6
    figure = draw(groups(**times))
    assert len(figure.data) == 4 and len({t.line.dash for t in figure.data}) == 4  # told apart without colour too


def test_at_most_six_in_the_order_of_their_names():
    frame = groups(**{g: [1.0, 2.0] for g in "abcdefgh"})
    figure = draw(frame, names={g: g for g in "hgfedcba"})
    assert [t.name for t in figure.data] == list("hgfedc")


def test_clocks_are_lines_with_their_words_where_the_axis_reaches_them():
    figure = draw(groups(a=[1.0, 9.0]), until=10, clocks=[(2, "two"), (30, "thirty")])
    assert [s.x0 for s in figure.layout.shapes] == [2]
    said = [a.text for a in figure.layout.annotations]
    assert "two" in said and "thirty" not in said


def test_names_at_the_ends_do_not_touch_and_stay_inside():
    frame = groups(**{g: [100.0] for g in "abcdef"})  # all still at 100 % where the axis ends
    at = sorted(a.y for a in draw(frame).layout.annotations if a.xref == "paper")
    assert len(at) == 6 and at[-1] <= 100
    assert min(b - a for a, b in zip(at, at[1:], strict=False)) > 100 * theme.size("small") / 290


def test_names_are_not_markup():
    figure = draw(groups(a=[1.0]), names={"a": NASTY}, clocks=[(2, NASTY)], half=NASTY, title="x")
    assert "<img" not in json.dumps(figure.to_dict(), default=str)
