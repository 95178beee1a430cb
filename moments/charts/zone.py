"""A band per row from what would do to what is hoped for, and a dot where things stand."""

from moments.charts import theme
from moments.charts.drawing import Drawing

MARKS = ("adequate", "desired", "perception")  # the columns of the band's lower end, its upper end, and the dot


def draw(
    frame,
    *,
    label: str = "name",
    names: dict[str, str],
    low: str = "low",
    high: str = "high",
    n: str = "n",
    digits: int = 2,
    span: tuple[float, float] | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """Rows of `frame` from top to bottom; `names` says what the columns MARKS are called.

    `low` and `high` name the interval of dot - lower end: the dot is orange where it lies wholly below the band's
    lower end, blue where wholly above, grey where that is not sure.
    """
    rows = len(frame)
    places = list(range(rows))[::-1]
    figure = theme.figure(theme.rows_height(rows) + 20, margin={"l": 8, "r": 90, "t": 36, "b": 8})
    *ends, dots = (frame[c].astype(float) for c in MARKS)
    known = (ends[0] + ends[1] + dots).notna()
    tones = [theme.verdict(a, b) for a, b in zip(frame[low], frame[high], strict=True)]
    for place, a, b, k in zip(places, *ends, known, strict=True):
        if k:
            figure.add_shape(
                type="rect", x0=a, x1=b, y0=place - 0.28, y1=place + 0.28, layer="below", line={"width": 0},
                fillcolor=theme.faded("expectation", 0.22),
            )  # fmt: skip
    words = []
    for place, a, v, below, above, tone, k in zip(
        places, ends[0], dots, frame[low], frame[high], tones, known, strict=True
    ):
        words.append(f"<b>{theme.fixed(v, digits)}</b>" if k else hidden_label)
        if k:
            figure.add_shape(
                type="line", x0=a + below, x1=a + above, y0=place, y1=place, layer="below",
                line={"color": theme.colour(tone), "width": theme.size("line")},
            )  # fmt: skip
    marks = (
        (ends[0], "line-ns-open", ["expectation"] * rows),
        (ends[1], "diamond-open", ["expectation"] * rows),
        (dots, "circle", tones),
    )
    for name, (values, symbol, shades) in zip((names[m] for m in MARKS), marks, strict=True):
        figure.add_scatter(
            x=list(values),
            y=places,
            name=name,
            mode="markers",
            marker={
                "size": theme.size("marker") + 4,
                "symbol": symbol,
                "color": [theme.colour(s) for s in shades],
                "line": {"width": 2, "color": [theme.colour(s) for s in shades]},
            },
            hovertext=[
                f"{theme.plain(row)}<br>{name} {theme.fixed(v, digits)}<br>n {c:,.0f}" if k else theme.plain(row)
                for row, v, c, k in zip(frame[label], values, frame[n], known, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_yaxes(
        tickvals=places, ticktext=[theme.plain(v) for v in frame[label]], range=[-0.7, rows - 0.3], showgrid=False,
        zeroline=False, tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    figure.add_words(places, words, 7)
    figure.update_xaxes(showgrid=True, zeroline=False, range=list(span) if span else None)
    figure.update_layout(legend={"y": 1, "yanchor": "bottom"}, showlegend=True)
    return figure
