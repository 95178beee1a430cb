"""Two outlines around one centre: the shape of what is expected and of what is met. Never alone: areas mislead."""

from math import cos, radians, sin

from moments.charts import theme
from moments.charts.drawing import Drawing

WIDEST = 7  # ems of a name on one line


def draw(
    frame,
    *,
    label: str = "name",
    pairs: tuple[str, str],
    names: dict[str, str],
    tokens: tuple[str, str] | None = None,
    span: tuple[float, float],
    note: str | None = None,
    values: bool = True,
    digits: int = 1,
    height: int | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """Rows of `frame` clockwise from the top, in their order, on the full scale `span`.

    `pairs` names the two value columns: the first is drawn dashed with open marks, the second solid with filled ones;
    `names` says what they are called, `tokens` their colours (the columns' own names). `values` writes the numbers at
    the points, the larger outside; `note` names a column of numbers written under each name. A row with a hidden value
    keeps its axis, says so, and leaves the outline open there. Plotly reports no clicks here.
    """
    rows, tokens = len(frame), tokens or pairs
    step = 360 / max(rows, 1)
    angles = [i * step for i in range(rows)]
    spokes = [str(i) for i in range(rows)]  # names may be alike; straight grid lines ask for categories
    both = [frame[c].astype(float) for c in pairs]
    sides, above = 80 if values else 4, 5 * theme.size("small")
    figure = theme.figure(
        height or (380 if values else 290), margin={"l": sides, "r": sides, "t": above, "b": 28}
    )
    for i, (mine, other) in enumerate(zip(both, both[::-1], strict=True)):
        shade = theme.colour(tokens[i])
        outside = [a >= b if i == 0 else a > b for a, b in zip(mine, other, strict=True)]
        figure.add_scatterpolar(
            theta=_closed(spokes),
            r=_closed(list(mine)),
            name=names[pairs[i]],
            mode="lines+markers+text" if values else "lines+markers",
            text=_closed([theme.fixed(v, digits) if v == v else "" for v in mine], end=""),
            textposition=_closed([_beside(a, out) for a, out in zip(angles, outside, strict=True)]),
            textfont={"color": shade, "size": theme.size("small")},
            line={"color": shade, "width": theme.size("line"), "dash": "solid" if i else "dash"},
            marker={
                "size": theme.size("marker"),
                "color": shade if i else theme.colour("paper"),
                "line": {"width": 2, "color": shade},
                "symbol": "circle" if i else "diamond",
            },
            connectgaps=False,
            hovertext=_closed(
                [
                    f"{theme.plain(name)}<br>{names[pairs[i]]} {theme.fixed(v, digits)}" if v == v else ""
                    for name, v in zip(frame[label], mine, strict=True)
                ]
            ),
            hoverinfo="text",
            cliponaxis=False,
        )
    known = (both[0] + both[1]).notna()
    words = [f"<br>{theme.fixed(v, 2)}" for v in frame[note]] if note else [""] * rows
    axes = [
        theme.broken(str(name), WIDEST) + (under if shown else f"<br>{hidden_label}")
        for name, under, shown in zip(frame[label], words, known, strict=True)
    ]
    rings = _rings(*span)
    figure.update_polars(
        domain={"x": [0, 1] if values else [0.27, 0.73]},  # a small figure's key needs the whole of its width
        angularaxis={
            "type": "category", "categoryarray": spokes, "tickvals": spokes, "ticktext": axes,
            "ticks": "outside", "ticklen": 14 if values else 4, "tickcolor": theme.faded("line", 0),
            "tickfont": {"color": theme.colour("ink"), "size": theme.size("text" if values else "small")},
        },
        # the outer rings go without their numbers, which would stand among the values of the first row
        radialaxis={
            "range": list(span), "tickvals": rings, "ticktext": [f"{r:g}" for r in rings[:-2]] + ["", ""],
            "ticks": "", "side": "counterclockwise", "showline": False, "layer": "below traces",
        },
    )  # fmt: skip
    figure.update_layout(
        legend={"xref": "container", "x": 0.5, "xanchor": "center", "yref": "container", "y": 1, "yanchor": "top"},
        showlegend=True,
    )
    return figure


def _rings(low: float, high: float) -> list[float]:
    """The values of the grid lines, both ends of the scale among them: three to five steps."""
    steps = next((k for k in (3, 4, 5) if (high - low) % k == 0), 4)
    return [low + (high - low) * k / steps for k in range(steps + 1)]


def _closed(values: list, end=None) -> list:
    """Back to the first point, so that the outline closes; `end` stands there instead of what is written twice."""
    return [*values, values[0] if end is None else end] if values else []


def _beside(angle: float, outside: bool) -> str:
    """Where a number stands: on the far side of its point as seen from the centre, or on the near side."""
    way = 1 if outside else -1
    across, up = way * sin(radians(angle)), way * cos(radians(angle))
    high = "top" if up > 0.4 else "bottom" if up < -0.4 else "middle"
    side = "right" if across > 0.4 else "left" if across < -0.4 else "center"
    return f"{high} {side}" if (high, side) != ("middle", "center") else "top center"
