"""A rate between its limits: points, steps of limits, signals by form and colour, events, phases."""

import json

import pandas as pd
import pytest

from moments.charts import control, theme
from moments.metrics import control as limits

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"
NAMES = {"upper": "upper", "centre": "centre", "lower": "lower", "plain": "ordinary"}


def months(*counts, exposure=1000.0, phase=None):
    days = pd.Series(pd.date_range("2024-01-01", periods=len(counts), freq="MS"))
    frame = pd.DataFrame({"period": days, "complaints": list(counts), "exposure": exposure})
    return limits.chart(frame.assign(phase=phase if phase is not None else 0), per=1000)


def draw(frame, **more):
    labels = more.pop("labels", [f"{d:%Y-%m}" for d in frame["period"]])
    return control.draw(frame, labels=labels, names=NAMES, **more)


def points(figure):
    return next(t for t in figure.data if t.mode == "lines+markers")


def lines(figure, name):
    return [t for t in figure.data if t.name == name]


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("wall", [False, True])
@pytest.mark.parametrize("counts", [(), (5,), (5, 9), (0, 0, 0)])
def test_of_hardly_anything_in_every_mode(mode, wall, counts):
    theme.use(mode, wall)
    try:
        assert len(points(draw(months(*counts), chosen="2024-01-01")).x) == len(counts)
    finally:
        theme.use("light")


def test_points_limits_and_centre_are_those_of_the_rows():
    frame = months(14, 12, 20, 11)
    figure = draw(frame)
    assert list(points(figure).y) == [14, 12, 20, 11] and points(figure).customdata[2] == "2024-03-01"
    for name in ("upper", "centre", "lower"):
        (line,) = lines(figure, name)
        assert list(line.y) == pytest.approx(frame[name].tolist()) and line.line.shape == "hvh"
    assert points(figure).hovertext[2].endswith("20 / 1,000") and "2024-03<br>20.0" in points(figure).hovertext[2]


def test_a_signal_has_a_form_as_well_as_a_colour():
    frame = months(*[20] * 9, 60, *[20] * 9, 1)
    marker = points(draw(frame)).marker
    assert frame["beyond"].tolist() == [False] * 9 + [True] + [False] * 9 + [True]
    assert (marker.symbol[9], marker.symbol[19]) == ("triangle-up", "triangle-down")
    assert (marker.color[9], marker.color[19]) == (theme.colour("bad"), theme.colour("good"))
    assert marker.symbol[0] == "circle" and marker.size[9] > marker.size[0]


def test_a_hidden_period_leaves_a_gap_and_tells_nothing():
    frame = months(14, 2, 20)
    frame.loc[1, ["estimate", "low", "high", "complaints"]] = float("nan")
    trace = points(draw(frame))
    assert trace.y[1] != trace.y[1] and trace.hovertext[1] == "2024-02"


def test_each_phase_has_limits_of_its_own():
    frame = months(10, 12, 11, 30, 33, 31, phase=[0, 0, 0, 1, 1, 1])
    first, second = lines(draw(frame), "centre")
    assert list(first.y) == [11] * 3 and list(second.y) == pytest.approx([94 / 3] * 3)
    assert list(first.x) == ["2024-01-01", "2024-02-01", "2024-03-01"] and second.x[0] == "2024-04-01"


def test_ordinary_limits_are_dotted_beside():
    counts = pd.DataFrame({"period": pd.date_range("2024-01-01", periods=4, freq="MS"), "complaints": [9, 30, 5, 28]})
    counts = counts.assign(exposure=1000.0, phase=0)
    wide, plain = (limits.chart(counts, per=1000, laney=laney) for laney in (True, False))
    figure = draw(wide, plain=plain)
    dotted = [t for t in figure.data if t.line.dash == "dot"]
    assert [list(t.y) for t in dotted] == [plain["upper"].tolist(), plain["lower"].tolist()]
    said = [a.text for a in figure.layout.annotations]
    assert any(s.startswith("ordinary") for s in said) and any(s.startswith("upper") for s in said)
    at = sorted(a.y for a in figure.layout.annotations if a.xref == "paper")
    assert all(b - a > 0.5 for a, b in zip(at, at[1:], strict=False))  # names do not lie on one another


def test_events_are_numbered_bands_that_are_explained_beneath():
    events = pd.DataFrame({
        "starts_on": pd.to_datetime(["2024-02-10", "2023-01-01", "2024-03-05"]),
        "ends_on": pd.to_datetime(["2024-02-17", "2023-02-01", "2024-03-05"]), "name": ["Rush", "Long ago", NASTY],
    })  # fmt: skip
    figure = draw(months(14, 12, 20, 11), events=events)
    key = figure.layout.meta["key"]
    assert [k["number"] for k in key] == [1, 2] and [k["group"] for k in key] == ["2024-02-10~02-17", "2024-03-05"]
    assert [a.text for a in figure.layout.annotations if a.yref == "paper"] == ["<b>1</b>", "<b>2</b>"]
    assert [s.x0 for s in figure.layout.shapes] == ["2024-02-01", "2024-03-01"]


def test_names_are_not_markup():
    names = dict.fromkeys(NAMES, NASTY)
    figure = control.draw(months(14, 12), labels=[NASTY, NASTY], names=names, title="x")
    assert "<img" not in json.dumps(figure.to_dict(), default=str)
