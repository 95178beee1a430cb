"""A ranked list of estimates pulled towards all, each beside the bare value that it was pulled from."""

from moments.charts import ranking, theme


def draw(frame, *, raw: str = "raw", scale: float = 1, **look):
    """`ranking.draw` of the estimates with `raw` as an upright dash on each line; other options as there."""
    figure = ranking.draw(frame, scale=scale, **look)
    rows = len(frame)
    figure.add_scatter(
        x=list(frame[raw].astype(float) * scale),
        y=list(range(rows))[::-1],
        mode="markers",
        marker={
            "symbol": "line-ns-open",
            "size": theme.size("marker") + 4,
            "color": theme.colour("muted"),
            "line": {"width": theme.size("line"), "color": theme.colour("muted")},
        },
        hoverinfo="skip",
        showlegend=False,
    )
    return figure
