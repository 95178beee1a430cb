"""Funnel, caterpillar and table of verdicts: what goes in is what is drawn, and no crowd is too large."""

import numpy as np
import pandas as pd
import pytest

from moments.charts import caterpillar, funnel, theme, verdicts
from moments.metrics import leagues

NASTY = "<b>A</b> & <img src=x onerror=alert(1)>"


def league(hits, n, **more):
    counts = pd.DataFrame({"branch": [f"b{i}" for i in range(len(hits))], "hits": hits, "n": n})
    counts = counts.assign(code=counts["branch"], name=counts["branch"], chosen=False, **more)
    return leagues.standing(counts, "none"), leagues.walls(counts, "none")


def marks(figure):
    return next(t for t in figure.data if t.mode == "markers")


@pytest.mark.parametrize("mode", theme.MODES)
def test_funnel_draws_every_branch_and_colours_only_the_real(mode):
    theme.use(mode)
    try:
        rows, walls = league([50, 90, 40, 45], [100, 100, 100, 90])
        figure = funnel.draw(rows, walls, scale=100, unit="%")
        drawn = marks(figure)
        assert list(drawn.y) == pytest.approx(list(rows["estimate"] * 100)) and list(drawn.x) == list(rows["n"])
        assert list(drawn.marker.color)[1] == theme.colour("good")
        assert any("b1" in a.text for a in figure.layout.annotations)
        worse = marks(funnel.draw(rows, walls, scale=100, better=-1))
        assert list(worse.marker.color)[1] == theme.colour("bad")
    finally:
        theme.use("light")


def test_funnel_of_nothing_one_hidden_and_hostile():
    rows, walls = league([5], [10])
    for some in (rows.iloc[:0], rows, rows.assign(estimate=np.nan)):
        funnel.draw(some, walls)
    funnel.draw(rows.iloc[:0], walls.iloc[:0])
    figure = funnel.draw(rows.assign(name=NASTY, chosen=True), walls, chosen="chosen")
    assert "<img" not in figure.to_json().replace("&lt;img", "")


def test_five_thousand_are_drawn_by_the_graphics_card_with_few_names():
    rng = np.random.default_rng(1)
    n = rng.integers(20, 400, 5000)
    hits = rng.binomial(n, 0.4)
    hits[:60] = n[:60]
    rows, walls = league(hits, n)
    figure = funnel.draw(rows, walls)
    assert marks(figure).type == "scattergl" and len(marks(figure).x) == 5000
    assert len(figure.layout.annotations) < 25


def test_caterpillar_shows_the_bare_value_beside_the_shrunk():
    rows = pd.DataFrame({"name": ["a", NASTY], "raw": [0.9, 0.2], "estimate": [0.7, 0.3], "low": [0.6, 0.2]})
    rows = rows.assign(high=rows["estimate"] + 0.1, n=9)
    figure = caterpillar.draw(rows, scale=100, reference=0.5)
    assert list(figure.data[-1].x) == [90, 20] and list(figure.data[0].x) == [70, 30]
    assert "<img" not in figure.to_json().replace("&lt;img", "")
    caterpillar.draw(rows.iloc[:0])
    caterpillar.draw(rows.assign(estimate=np.nan, raw=np.nan))


def cells(**more):
    frame = pd.DataFrame({
        "branch": ["a", "a", "b"], "measure": ["x", "y", "x"], "estimate": [1.0, 2.0, np.nan], "n": [9, 8, np.nan],
        "side": [1, -1, 0], "words": ["1 min", "2%", "–"], "code": ["a", "a", "b"],
    })  # fmt: skip
    return frame.assign(**more)


def test_verdicts_say_value_and_side_and_hide_the_hidden():
    names = {"rows": {"a": NASTY, "b": "B"}, "columns": {"x": "X", "y": "Y"}}
    figure = verdicts.draw(cells(), row="branch", column="measure", **names)
    assert list(figure.data[0].text) == ["▲ 1 min", "▼ 2%", "…"]
    assert list(figure.data[0].customdata) == ["a", "a", "b"]
    assert "<img" not in figure.to_json().replace("&lt;img", "")


def test_verdicts_of_nothing():
    verdicts.draw(cells().iloc[:0], row="branch", column="measure", rows={}, columns={})
