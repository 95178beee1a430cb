"""Where each of a few classes went: from the left to the right, as wide as they are many.

Plotly's own form for this (sankey) moves for half a second at every change; here the bands are areas.
"""

import numpy as np

from moments.charts import theme
from moments.charts.drawing import Drawing

WIDE = 0.025  # of a class's bar, as a share of the figure
GAP = 0.1  # between two classes, as a share of all of them
STEPS = np.linspace(0, 1, 13)  # along a band
BEND = STEPS**2 * (3 - 2 * STEPS)


def draw(frame, *, start: str, end: str, names: dict[str, str], sides: tuple[str, str], n: str = "n") -> Drawing:
    """Bands from class `start` to class `end` with `n`; `names` per class, from top to bottom;
    a class is also its colour token.

    `sides` names the left and the right column. A band keeps the colour of where it ends.
    """
    order = list(names)
    sizes = {(a, b): float(v) for a, b, v in zip(frame[start], frame[end], frame[n], strict=True)}
    whole = sum(sizes.values()) or 1
    # every class with its highest point, then how far its bands have come down from there
    left = _stacked({c: sum(v for (a, _), v in sizes.items() if a == c) for c in order}, whole)
    right = _stacked({c: sum(v for (_, b), v in sizes.items() if b == c) for c in order}, whole)
    figure = theme.figure(margin={"l": 8, "r": 8, "t": 36, "b": 8}, showlegend=False)
    down = {**{(c, 0): top for c, (top, _) in left.items()}, **{(c, 1): top for c, (top, _) in right.items()}}
    bands: dict[str, tuple[list, list]] = {c: ([], []) for c in order}
    middles = []
    for a in order:
        for b in order:
            size = sizes.get((a, b), 0)
            if not size:
                continue
            above = down[a, 0] + (down[b, 1] - down[a, 0]) * BEND
            down[a, 0], down[b, 1] = down[a, 0] - size, down[b, 1] - size
            x, across = WIDE + (1 - 2 * WIDE) * STEPS, bands[b]
            across[0].extend([*x, *x[::-1], None])
            across[1].extend([*above, *(above - size)[::-1], None])
            middles.append((0.5, above[6] - size / 2, f"{names[a]} → {names[b]} {size:,.0f}"))
    for c, (x, y) in bands.items():
        if x:
            figure.add_scatter(
                x=x[:-1], y=y[:-1], mode="lines", line={"width": 0}, fill="toself", fillcolor=theme.faded(c, 0.35),
                hoverinfo="skip",
            )  # fmt: skip
    figure.add_scatter(
        x=[m[0] for m in middles], y=[m[1] for m in middles], hovertext=[m[2] for m in middles], hoverinfo="text",
        mode="markers", marker={"size": 24, "opacity": 0},
    )  # fmt: skip
    labels = []
    for x, column, side in ((0, left, "right"), (1, right, "left")):
        for c, (top, size) in column.items():
            figure.add_shape(
                type="rect", x0=x, x1=x + (WIDE if x == 0 else -WIDE), y0=top - size, y1=top, line={"width": 0},
                fillcolor=theme.colour(c),
            )  # fmt: skip
            at = x + 1.4 * (WIDE if x == 0 else -WIDE), top - size / 2
            labels.append((*at, f"{theme.plain(names[c])} {size:,.0f}", f"middle {side}"))
    x, y, text, position = (list(values) for values in zip(*labels, strict=True))
    figure.add_scatter(
        x=x, y=y, text=text, textposition=position, mode="text", hoverinfo="skip",
        textfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    for x, anchor, words in ((0, "left", sides[0]), (1, "right", sides[1])):
        figure.add_annotation(
            x=x, y=1, xref="paper", yref="paper", yanchor="bottom", yshift=10, xanchor=anchor, text=words,
            showarrow=False, font={"size": theme.size("small"), "color": theme.colour("muted")},
        )  # fmt: skip
    for axis, most in (("xaxis", 1), ("yaxis", whole * (1 + GAP * (len(order) - 1)))):
        figure.update_layout(**{axis: {"range": [0, most], "visible": False, "fixedrange": True}})
    return figure


def _stacked(sizes: dict[str, float], whole: float) -> dict[str, tuple[float, float]]:
    """{class: (its highest point, its size)}, the first class on top."""
    top, found = whole * (1 + GAP * (len(sizes) - 1)), {}
    for c, size in sizes.items():
        found[c] = (top, size)
        top -= size + GAP * whole
    return found
