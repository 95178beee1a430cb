"""Averages of many answers over a scale: one point per bin, as large as it has answers, with its interval."""

from moments.charts import theme

LARGEST = 3.2  # diameter of the fullest bin over that of the emptiest


def draw(
    frame,
    *,
    x: str = "place",
    label: str = "name",
    y: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    code: str | None = None,
    name: str = "",
    titles: tuple[str, str] = ("", ""),
    diagonal: str = "",
    across: tuple[float, str] | None = None,
    upright: tuple[float, str] | None = None,
    span: tuple[float, float] | None = None,
    digits: int = 1,
    unit: str = "",
    hidden_label: str = "…",
):
    """`y` with `low` and `high` over `x`, one point per row of `frame`; `name` says what the points are.

    `diagonal` names the 45 degree line, drawn where given; points whose interval is wholly above it are orange, wholly
    below blue, else grey. `across` and `upright` are a value and the words of a line at that height or place.
    `titles` names the axes, `code` the column a click reports. Bins with no value (hidden) are named under the axis.
    """
    shown, hidden = frame[frame[y].notna()], frame[frame[y].isna()]
    at, value = shown[x].astype(float), shown[y].astype(float)
    ends = shown[low].astype(float), shown[high].astype(float)
    tones = ["good"] * len(shown)
    if diagonal:
        tones = [theme.verdict(a - p, b - p, -1) for a, b, p in zip(*ends, at, strict=True)]
    figure = theme.figure(340, margin={"l": 8, "r": 16, "t": 20, "b": 8}, showlegend=False)
    if diagonal and len(shown):
        _line(figure, (0, at.max()), (0, at.max()), "dot")
        _say(figure, at.max(), at.max(), diagonal, xanchor="right", yanchor="top", yshift=-30)
    if across and across[0] == across[0] and len(shown):
        _line(figure, (min(at.min(), 0), at.max()), (across[0], across[0]), "dash")
        _say(figure, at.max(), across[0], across[1], xanchor="right", yanchor="top")
    if upright and len(shown):
        figure.add_vline(x=upright[0], line={"color": theme.colour("unsure"), "width": 1, "dash": "dash"})
        _say(figure, upright[0], 1, upright[1], yref="paper", xanchor="left", yanchor="bottom", xshift=3)
    counts = shown[n].astype(float)
    share = (counts / counts.max()) ** 0.5 if len(shown) else counts
    figure.add_scatter(
        x=list(at),
        y=list(value),
        name=name,
        mode="lines+markers",
        line={"color": theme.colour("unsure"), "width": 1},
        cliponaxis=False,
        marker={
            "size": list(theme.size("marker") * (1 + (LARGEST - 1) * share)),
            "color": [theme.colour(t) for t in tones],
            "opacity": 1,
            "line": {"width": 1, "color": theme.colour("paper")},
        },
        error_y={
            "type": "data", "symmetric": False, "array": list((ends[1] - value).fillna(0)),
            "arrayminus": list((value - ends[0]).fillna(0)), "color": theme.colour("muted"),
            "thickness": theme.size("line") * 0.75, "width": 3,
        },
        customdata=[str(v) for v in shown[code]] if code else None,
        hovertext=[
            theme.interval(words, *row, digits, unit)
            for words, row in zip(shown[label], zip(value, *ends, counts, strict=True), strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    unseen = f" ({hidden_label} {', '.join(theme.plain(v) for v in hidden[label])})" if len(hidden) else ""
    figure.update_xaxes(
        title=theme.title(titles[0] + unseen), zeroline=False, rangemode="tozero" if diagonal else "normal"
    )
    figure.update_yaxes(
        title=theme.title(titles[1]), zeroline=False, range=list(span) if span else None,
        rangemode="tozero" if diagonal else "normal",
    )  # fmt: skip
    return figure


def _line(figure, x, y, dash: str) -> None:
    line = {"color": theme.colour("unsure"), "width": theme.size("line") * 0.75, "dash": dash}
    figure.add_scatter(x=list(x), y=list(y), mode="lines", line=line, hoverinfo="skip")


def _say(figure, x, y, words: str, **where) -> None:
    font = {"size": theme.size("small"), "color": theme.colour("muted")}
    figure.add_annotation(x=x, y=y, text=words, showarrow=False, font=font, **where)
