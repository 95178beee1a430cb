"""Where each of a few classes went: from the left to the right, as wide as they are many."""

from moments.charts import theme
from moments.charts.drawing import Drawing


def draw(frame, *, start: str, end: str, names: dict[str, str], sides: tuple[str, str], n: str = "n") -> Drawing:
    """Links from class `start` to class `end` with `n`; `names` per class, from top to bottom;
    a class is also its colour token.

    `sides` names the left and the right column. A link keeps the colour of where it ends.
    """
    order = list(names)
    left = frame.groupby(start)[n].sum().reindex(order).fillna(0)
    right = frame.groupby(end)[n].sum().reindex(order).fillna(0)
    count = len(order)
    shades = [theme.colour(c) for c in order]
    figure = theme.figure(margin={"l": 8, "r": 8, "t": 36, "b": 8})
    figure.add_trace(
        dict(
            type="sankey",
            arrangement="snap",
            node={
                "label": [f"{names[c]} {left[c]:,.0f}" for c in order] + [f"{names[c]} {right[c]:,.0f}" for c in order],
                "color": shades * 2,
                "thickness": 14,
                "pad": 24,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [order.index(c) for c in frame[start]],
                "target": [count + order.index(c) for c in frame[end]],
                "value": list(frame[n]),
                "color": [theme.faded(c, 0.35) for c in frame[end]],
                "customdata": [
                    f"{names[a]} → {names[b]} {v:,.0f}"
                    for a, b, v in zip(frame[start], frame[end], frame[n], strict=True)
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            textfont={"color": theme.colour("ink"), "size": theme.size("text"), "shadow": "none"},
        )
    )
    for x, anchor, words in ((0, "left", sides[0]), (1, "right", sides[1])):
        figure.add_annotation(
            x=x, y=1, xref="paper", yref="paper", yanchor="bottom", yshift=10, xanchor=anchor, text=words,
            showarrow=False, font={"size": theme.size("small"), "color": theme.colour("muted")},
        )  # fmt: skip
    return figure
