"""Parts of a whole, one level bar each: how many of what, with the words that belong to it at its right."""

from moments.charts import theme
from moments.charts.drawing import Drawing
from moments.charts.labels import width

WIDEST = 10  # ems of a name on one line: on a phone the rest of the width is for the bars


def draw(
    frame,
    *,
    label: str = "name",
    value: str = "estimate",
    low: str | None = None,
    high: str | None = None,
    note: str,
    strong: str | None = None,
    assumed: str | None = None,
    token: str = "good",
    code: str | None = None,
    scale: float = 1,
    unit: str = "",
    digits: int = 1,
    span: tuple[float, float] | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """One bar per row of `frame`, from top to bottom in their order: `value` times `scale`, with an interval where
    `low` and `high` are given; `note` names a column of words for its right end.

    Rows whose column `strong` is true are in `token`, the others grey (all in `token` without it). Rows whose column
    `assumed` is true are hatched: no data stand behind them. `code` names the column a click reports. A row without a
    value keeps its name and says so.
    """
    rows = len(frame)
    places = list(range(rows))[::-1]
    values = frame[value].astype(float) * scale
    lit = list(frame[strong].fillna(False).astype(bool)) if strong else [True] * rows
    made_up = list(frame[assumed].fillna(False).astype(bool)) if assumed else [False] * rows
    words = [str(w) if v == v else hidden_label for w, v in zip(frame[note], values, strict=True)]
    bars = None
    if low and high:
        ends = frame[low].astype(float) * scale, frame[high].astype(float) * scale
        bars = {
            "type": "data", "symmetric": False, "array": list((ends[1] - values).fillna(0)),
            "arrayminus": list((values - ends[0]).fillna(0)), "color": theme.colour("ink"), "thickness": 1, "width": 3,
        }  # fmt: skip
    names = [theme.broken(str(name), WIDEST) for name in frame[label]]
    lines = 2 if any("<br>" in name for name in names) else 1
    figure = theme.figure(theme.rows_height(rows, lines), margin={"l": 8, "r": 8, "t": 8, "b": 8}, bargap=0.35)
    colours = [
        theme.faded(token, 0.25) if a else theme.colour(token if s else "unsure")
        for s, a in zip(lit, made_up, strict=True)
    ]
    figure.add_bar(
        x=[v if v == v else 0 for v in values],
        y=places,
        orientation="h",
        error_x=bars,
        marker={
            "color": colours,
            "line": {"width": [1 if a else 0 for a in made_up], "color": theme.colour(token)},
            "pattern": {
                "shape": ["/" if a else "" for a in made_up], "fgcolor": theme.colour(token), "bgcolor": colours,
                "fgopacity": 0.5, "size": 7, "solidity": 0.2,
            },
        },
        customdata=list(frame[code]) if code else None,
        hovertext=[
            f"{theme.plain(name)}<br>{theme.fixed(v, digits)}{unit}<br>{theme.plain(w)}"
            if v == v
            else f"{theme.plain(name)}<br>{hidden_label}"
            for name, v, w in zip(frame[label], values, words, strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=places, ticktext=names, range=[-0.7, max(rows, 1) - 0.3], ticklabelstandoff=6,
        showgrid=False, zeroline=False, tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    figure.add_words(places, [theme.plain(w) for w in words], 7)
    figure.update_xaxes(
        showgrid=True, zeroline=True, ticksuffix=unit, range=list(span) if span else None, rangemode="tozero",
        nticks=3,  # few fit a phone
        showticklabels=bool(unit),  # counts stand at the end of their bars already
    )  # fmt: skip
    figure.update_layout(margin={"r": 14 + max((width(w, theme.size("small")) for w in words), default=0)})
    return figure
