"""A value over a few named places (hours of the day, clocks, counters), and what a model says beside it."""

from moments.charts import theme
from moments.charts.labels import width
from moments.charts.trend import runs

LABELS = 9  # as many names as a phone has room for side by side
ROOM = 200  # pixels that a phone has for them; of wider ones, every other one gives way there
DASHES = ("dash", "dot", "dashdot")


def draw(
    frame,
    *,
    label: str = "name",
    name: str = "",
    y: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    code: str | None = None,
    models: dict[str, tuple[str, str]] | None = None,
    chosen: list[int] | tuple = (),
    target: tuple[float, str] | None = None,
    title: str = "",
    digits: int = 1,
    scale: float = 1,
    unit: str = "",
    span: tuple[float, float] | None = None,
    endless: str = "∞",
):
    """Rows of `frame` from left to right, named by `label`: `y` as a line with a band from `low` to `high`, shown
    times `scale`.

    `models` maps further columns to (name, token): lines without intervals. An infinite value is a queue without end:
    the line stops and `endless` stands at the top. `chosen` are the places looked at, `target` a value
    with the words of its line, `title` what is under the axis, `code` the column a click reports. Lines are named at
    their right end, far enough apart to read.
    """
    nothing = (float("nan"),) * 3
    places, labels = list(range(len(frame))), list(frame[label])
    lines = {y: (name, "good")} | (models or {})
    values = {c: frame[c].astype(float) * scale for c in lines}
    finite = {c: v.where(v.abs() != float("inf")) for c, v in values.items()}
    figure = theme.figure(margin={"l": 8, "r": 8, "t": 16, "b": 8}, showlegend=False)
    for place in chosen:
        shade = theme.faded("unsure", 0.14)
        figure.add_vrect(x0=place - 0.4, x1=place + 0.4, fillcolor=shade, line_width=0, layer="below")
    ends = frame[low].astype(float) * scale, frame[high].astype(float) * scale
    for first, last in runs(finite[y]):
        run = places[first : last + 1]
        figure.add_scatter(
            x=run + run[::-1], y=list(ends[1].iloc[run]) + list(ends[0].iloc[run])[::-1], fill="toself", mode="lines",
            fillcolor=theme.faded("good"), line={"width": 0 if first < last else theme.size("line")}, hoverinfo="skip",
            line_color=theme.faded("good", 0.4),
        )  # fmt: skip
    for i, (column, (words, token)) in enumerate(lines.items()):
        seen = column == y
        figure.add_scatter(
            x=places,
            y=list(finite[column]),
            name=theme.plain(words),
            mode="lines+markers",
            line={
                "color": theme.colour(token), "width": theme.size("line"),
                "dash": "solid" if seen else DASHES[(i - 1) % len(DASHES)],
            },
            marker={"size": theme.size("marker") if seen else theme.size("marker") * 0.7, "color": theme.colour(token)},
            customdata=[str(v) for v in frame[code]] if code else None,
            hovertext=[
                theme.interval(f"{each} {words}", v, *(sure if seen else nothing), digits, unit)
                for each, v, *sure in zip(labels, finite[column], *ends, frame[n], strict=True)
            ],
            hoverinfo="text",
        )  # fmt: skip
        for place, v in enumerate(values[column]):
            if v == float("inf"):
                _say(figure, place, 1, endless, token, yref="paper", yanchor="bottom")
    most = max([v.max() for v in [*finite.values(), ends[1]] if v.notna().any()] + [target[0] * scale if target else 0])
    if target is not None:
        figure.add_hline(y=target[0] * scale, line={"color": theme.colour("unsure"), "width": 1, "dash": "dash"})
        _say(figure, 0, target[0] * scale, target[1], "muted", xref="paper", xanchor="left", yanchor="bottom")
    _names(figure, lines, finite, span[1] if span else most, len(places))
    step = -(-len(places) // LABELS) or 1
    shown = labels[::step]
    wide = sum(width(v, theme.size("small")) for v in shown) > ROOM
    figure.update_xaxes(
        tickvals=places[::step], ticktext=[theme.plain(v) for v in shown], title=theme.title(title),
        tickfont={"family": f"days, {theme.FONTS}" if wide else theme.FONTS}, zeroline=False,
        showgrid=False, range=[-0.5, max(len(places), 1) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(
        range=list(span) if span else [0, most * 1.08 or 1], ticksuffix=unit if unit == "%" else "", zeroline=True
    )
    return figure


def _names(figure, lines: dict, values: dict, most: float, count: int) -> None:
    """The name of each line beside its last point, moved apart where two would touch."""
    gap = most * theme.size("small") * 1.5 / 200
    named = []
    for column, (words, token) in lines.items():
        known = values[column].dropna()
        if len(known) and len(lines) > 1:
            named.append([float(known.iloc[-1]), words, token])
    named.sort(key=lambda each: each[0])
    for under, over in zip(named, named[1:], strict=False):
        over[0] = max(over[0], under[0] + gap)
    for at, words, token in named:
        _say(figure, count - 0.5, at, theme.plain(words), token, xanchor="left", xshift=4)
    figure.update_layout(margin={"r": 8 + max((width(words, theme.size("small")) for _, words, _ in named), default=0)})


def _say(figure, x, y, words: str, token: str, **where) -> None:
    font = {"size": theme.size("small"), "color": theme.colour(token)}
    figure.add_annotation(x=x, y=y, text=words, showarrow=False, font=font, **where)
