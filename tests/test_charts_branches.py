"""Funnel, caterpillar and table of verdicts: what goes in is what is drawn, and no crowd is too large."""

import json

import numpy as np
import pandas as pd
import pytest

from moments.charts import caterpillar, funnel, labels, ranking, theme, verdicts
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


def note(figure, words):
    return next(a for a in figure.layout.annotations if a.text == words)


@pytest.mark.parametrize("mode", theme.MODES)
def test_the_middle_is_named_where_no_dot_is(mode):
    """Dots at the far left on both sides of the line, then all along it but for the end."""
    theme.use(mode)
    try:
        n = np.array([100, 100, 1000, 10_000])
        words, drawn = "all 50.0%", {"scale": 100, "unit": "%", "middle_label": "all 50.0%"}
        for hits in ([51, 49, 520, 5000], [10, 90, 500, 5000]):
            figure = funnel.draw(*league(hits, n), **drawn)
            said, dots = note(figure, words), marks(figure)
            up, across = figure.layout.yaxis.range, figure.layout.xaxis.range
            em = theme.size("small")
            wide, tall = labels.width(words, em), 1.3 * em
            for area in (funnel.AREA, (1200, 500)):
                left = said.x * area[0] - {"left": 0, "center": wide / 2, "right": wide}[said.xanchor]
                low = (said.y - up[0]) / (up[1] - up[0]) * area[1] - {"bottom": 0, "top": tall}[said.yanchor]
                for x, y, size in zip(dots.x, dots.y, dots.marker.size, strict=True):
                    at = (np.log10(x) - across[0]) / (across[1] - across[0]) * area[0]
                    height, r = (y - up[0]) / (up[1] - up[0]) * area[1], size / 2
                    aside = at + r <= left or at - r >= left + wide
                    assert aside or height + r <= low or height - r >= low + tall, (hits, area, x, y)
    finally:
        theme.use("light")


def test_a_crowd_lets_the_middle_be_read_on_paper():
    rng = np.random.default_rng(2)
    n = rng.integers(20, 400, 2000)
    figure = funnel.draw(*league(rng.binomial(n, 0.5), n), middle_label="all")
    assert note(figure, "all").bgcolor == theme.faded("paper", 0.7)


def test_walls_that_end_at_the_edge_of_the_scale_are_named_once():
    rows, walls = league([10, 10, 9, 10], [10, 10, 10, 10])
    assert (walls["high_95"] == 1).all() and (walls["high_998"] == 1).all()
    said = [a.text for a in funnel.draw(rows, walls).layout.annotations]
    assert said.count("99.8%") == 2 and said.count("95%") == 1


def test_funnel_of_nothing_one_hidden_and_hostile():
    rows, walls = league([5], [10])
    for some in (rows.iloc[:0], rows, rows.assign(estimate=np.nan)):
        funnel.draw(some, walls)
    funnel.draw(rows.iloc[:0], walls.iloc[:0])
    figure = funnel.draw(rows.assign(name=NASTY, chosen=True), walls, chosen="chosen")
    assert "<img" not in json.dumps(figure.to_dict(), default=str).replace("&lt;img", "")


def test_five_thousand_are_drawn_without_a_graphics_card_and_with_few_names():
    """A bank's thin clients have none, and Plotly then shows a grey box in English."""
    rng = np.random.default_rng(1)
    n = rng.integers(20, 400, 5000)
    hits = rng.binomial(n, 0.4)
    hits[:60] = n[:60]
    rows, walls = league(hits, n)
    figure = funnel.draw(rows, walls)
    assert marks(figure).type == "scatter" and len(marks(figure).x) == 5000
    assert len(figure.layout.annotations) < 25


@pytest.mark.parametrize(("most", "gives_way"), [(400, False), (4000, True)])
def test_many_steps_of_the_axis_give_way_on_a_phone(most, gives_way):
    steps = funnel.draw(*league([10, 20, most // 2], [20, 50, most])).layout.xaxis
    assert all(10 < step < 2 * most for step in steps.tickvals)
    assert steps.tickfont.family.startswith("days, ") == gives_way


def test_caterpillar_shows_the_bare_value_beside_the_shrunk():
    rows = pd.DataFrame({"name": ["a", NASTY], "raw": [0.9, 0.2], "estimate": [0.7, 0.3], "low": [0.6, 0.2]})
    rows = rows.assign(high=rows["estimate"] + 0.1, n=9)
    figure = caterpillar.draw(rows, scale=100, reference=0.5)
    assert list(figure.data[-1].x) == [90, 20] and list(figure.data[0].x) == [70, 30]
    assert "<img" not in json.dumps(figure.to_dict(), default=str).replace("&lt;img", "")
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
    assert list(figure.data[0].text) == ["▲1 min", "▼2%", "…", "…"]  # b has no row for y
    assert list(figure.data[0].customdata) == ["a", "a", "b", "b"]
    assert "<img" not in json.dumps(figure.to_dict(), default=str).replace("&lt;img", "")


def test_verdicts_of_nothing():
    verdicts.draw(cells().iloc[:0], row="branch", column="measure", rows={}, columns={})


def test_verdicts_break_long_names_so_that_a_phone_has_room_for_the_cells():
    names = {"a": "University Town South", "b": "B"}
    figure = verdicts.draw(cells(), row="branch", column="measure", rows=names, columns={"x": "In time", "y": "Y"})
    assert figure.layout.yaxis.ticktext == ("University<br>Town South", "B")
    assert figure.layout.xaxis.ticktext == ("In<br>time", "Y")


def ranked(values, **more):
    frame = pd.DataFrame({"name": [f"b{i}" for i in range(len(values))], "estimate": values, "n": 1234})
    return frame.assign(low=frame["estimate"] - 1, high=frame["estimate"] + 1, **more)


def beside(figure) -> tuple[str, ...]:
    """What is written at the right of each row."""
    return figure.layout.yaxis2.ticktext


def test_changes_carry_their_sign_and_values_do_not():
    said = beside(ranking.draw(ranked([2.5, 0.04, -3.0]), reference=0))
    assert said == ("<b>+2.5</b>  n 1,234", "<b>0.0</b>  n 1,234", "<b>\N{MINUS SIGN}3.0</b>  n 1,234")
    assert beside(ranking.draw(ranked([2.5]), reference=1)) == ("<b>2.5</b>  n 1,234",)
    assert beside(ranking.draw(ranked([-0.04])))[0].startswith("<b>0.0</b>")


def test_a_fold_is_no_head_and_ranks_are_whole():
    figure = ranking.draw(ranked([1.0, 2.0, 3.0], strong=[True, None, False]), digits=0)
    assert figure.layout.yaxis.ticktext == ("<b>b0</b>", "b1", "b2") and figure.layout.xaxis.dtick == 1
    assert "%" not in (figure.layout.xaxis.ticksuffix or "")
    assert ranking.draw(ranked([1.0]), scale=100, unit="%").layout.xaxis.ticksuffix == "%"
