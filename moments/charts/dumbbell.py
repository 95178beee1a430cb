"""Two values per row on one line, so that the distance between them is what the eye sees."""

from moments.charts import theme
from moments.charts.drawing import Drawing

WIDEST = 11  # ems of a name on one line


def draw(
    frame,
    *,
    pairs: tuple[str, str],
    names: dict[str, str],
    tokens: tuple[str, str] | None = None,
    intervals: tuple[tuple[str, str] | None, tuple[str, str] | None] = (None, None),
    note: str | None = None,
    percent: bool = False,
    digits: int = 1,
    span: tuple[float, float] | None = None,
    code: str | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """Rows of `frame` from top to bottom; `pairs` names the two value columns, drawn as an
    open and a filled mark; `names` says what they are called, `tokens` their colours (the columns' own names).

    `intervals` gives the columns of low and high for each, or None; `note` a column of words written at the right.
    `percent` shows shares 0..1 as %. A row with a hidden value keeps its name and says so.
    """
    rows, tokens = len(frame), tokens or pairs
    places = list(range(rows))[::-1]
    unit, scale = ("%", 100) if percent else ("", 1)
    broken = [theme.broken(str(name), WIDEST) for name in frame["name"]]
    lines = 2 if any("<br>" in name for name in broken) else 1
    figure = theme.figure(theme.rows_height(rows, lines) + 20, margin={"l": 8, "r": 16, "t": 36, "b": 8})
    first, second = (frame[c].astype(float) * scale for c in pairs)
    between = {"color": theme.colour("line"), "width": theme.size("line") * 3}
    figure.add_spans(zip(places, first, second, strict=True), layer="below", line=between)
    for i, values in enumerate((first, second)):
        shade = theme.colour(tokens[i])
        bars = None
        if intervals[i]:
            low, high = (frame[c].astype(float) * scale for c in intervals[i])
            bars = {
                "type": "data", "symmetric": False, "array": list(high - values), "arrayminus": list(values - low),
                "color": shade, "thickness": 1, "width": 0,
            }  # fmt: skip
        figure.add_scatter(
            x=list(values),
            y=places,
            name=names[pairs[i]],
            mode="markers",
            error_x=bars,
            marker={
                "size": theme.size("marker") + 3,
                "color": shade if i else theme.colour("paper"),
                "line": {"width": 2, "color": shade},
                "symbol": "circle" if i else "diamond",
            },
            customdata=list(frame[code]) if code else None,
            hovertext=[
                f"{theme.plain(name)}<br>{names[pairs[i]]} {v:.{digits}f}{unit}" if v == v else ""
                for name, v in zip(frame["name"], values, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_yaxes(
        tickvals=places, ticktext=broken, range=[-0.7, rows - 0.3], showgrid=False,
        zeroline=False, ticklabelstandoff=4, tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    known = (first + second).notna()
    words = [w if k else hidden_label for w, k in zip(frame[note] if note else [""] * rows, known, strict=True)]
    figure.add_words(places, [theme.plain(w) for w in words], 7)
    figure.update_xaxes(showgrid=True, zeroline=False, ticksuffix=unit, range=list(span) if span else None)
    beside = round(7.5 * theme.size("small")) if note else 24
    figure.update_layout(legend={"y": 1, "yanchor": "bottom"}, margin={"r": beside}, showlegend=True)
    return figure
