"""Five levels of satisfaction as diverging bars: dissatisfied to the left, satisfied to the right, neutral set apart.

Neutral in the middle would push both sides out by half of itself; apart, on the same scale, it pushes nothing.
"""

from moments.charts import labels as labels_of
from moments.charts import theme
from moments.charts.drawing import Drawing

# level -> token and how much of it is let through: the outer levels are full
SHADES = {
    "dissatisfied": ("bad", 0.45),
    "very_dissatisfied": ("bad", 1.0),
    "satisfied": ("good", 0.45),
    "very_satisfied": ("good", 1.0),
    "neutral": ("unsure", 0.6),
}
GAP, LEAST, WIDE = 4, 8, 13  # % between the parts; % that holds its number; ems that a line of a name takes


def draw(
    frame,
    *,
    levels: dict[str, str],
    label: str = "name",
    note: str | None = None,
    code: str | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """Rows of `frame` from top to bottom; a column of shares 0..1 for each level of SHADES, named by `levels`.

    estimate, low, high are the share of the two best and its interval, drawn as a thin line about the end of the bar;
    n is said when touched. `note` names a column of words for under the name, `code` the column a click reports. All
    bars have one scale, those of neutral too. A row without shares keeps its name and says so.
    """
    rows, share = len(frame), {level: frame[level].astype(float) * 100 for level in SHADES}
    names = _names(frame, label, note)
    lines = max((name.count("<br>") for name in names), default=0)
    under = round(2 * 1.5 * theme.size("small")) + 32  # the key, and the source line
    tall = theme.rows_height(rows) + rows * 17 * lines + 24
    figure = theme.figure(tall, barmode="relative", bargap=0.3, margin={"l": 8, "r": 8, "t": 26, "b": under})
    places = list(range(rows))[::-1]
    left = max(_most(share["dissatisfied"] + share["very_dissatisfied"]), 1)
    right = max(_most(share["satisfied"] + share["very_satisfied"]), _most(frame["high"].astype(float) * 100), 1)
    apart = _most(share["neutral"])
    whole = left + right + (apart + GAP if apart else 0)
    for level, (token, opacity) in SHADES.items():
        minus = -1 if token == "bad" else 1
        figure.add_bar(
            y=places,
            x=list(share[level] * minus),
            xaxis="x2" if level == "neutral" and apart else "x",
            orientation="h",
            name=levels[level],
            marker={"color": theme.faded(token, opacity), "line": {"width": 0}},
            text=[f"{v:.0f}%" if v >= LEAST else "" for v in share[level].fillna(0)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="inside",
            textfont={"color": theme.readable(token, opacity), "size": theme.size("small")},
            customdata=list(frame[code]) if code else None,
            hovertext=[
                f"{theme.plain(name)}<br>{levels[level]} {v:.1f}%<br>n {n:,.0f}" if v == v else theme.plain(name)
                for name, v, n in zip(frame[label], share[level], frame["n"], strict=True)
            ],
            hoverinfo="text",
            visible=bool(apart) or level != "neutral",
        )
    ends = (frame[c].astype(float) * 100 for c in ("low", "high"))
    figure.add_spans(zip(places, *ends, strict=True), line={"color": theme.colour("ink"), "width": 1})
    known = share["satisfied"].notna()
    for place, k in zip(places, known, strict=True):
        if not k:
            figure.add_annotation(
                x=0, y=place, text=hidden_label, showarrow=False, xanchor="left",
                font={"size": theme.size("small"), "color": theme.colour("muted")},
            )  # fmt: skip
    figure.add_vline(x=0, line={"color": theme.colour("unsure"), "width": 1})
    main = (left + right) / whole
    axis = {"showgrid": False, "zeroline": False, "showticklabels": False}
    figure.update_layout(
        xaxis=axis | {"range": [-left, right], "domain": [0, main]},
        xaxis2=axis | {"range": [0, apart or 1], "domain": [min(main + GAP / whole, 0.99), 1], "anchor": "y"},
        showlegend=False,
        uniformtext={"minsize": theme.size("small"), "mode": "hide"},  # where a part is too narrow, no number at all
    )
    figure.add_annotation(  # Plotly's own legend would take a phone's whole height, one line for each level
        xref="paper", x=1, yref="paper", y=0, xanchor="right", yanchor="top", showarrow=False, align="left",
        text=_key(levels if apart else {level: name for level, name in levels.items() if level != "neutral"}),
        font={"size": theme.size("small"), "color": theme.colour("muted")},
    )  # fmt: skip
    if apart:
        figure.add_annotation(
            xref="paper", x=1, yref="paper", y=1, xanchor="right", yanchor="bottom", showarrow=False,
            text=levels["neutral"], font={"size": theme.size("small"), "color": theme.colour("muted")},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=places, ticktext=names, range=[-0.7, rows - 0.3], showgrid=False, zeroline=False, ticklabelstandoff=4,
        tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    return figure


def _names(frame, label: str, note: str | None) -> list[str]:
    """What stands at the left of each row: its name, and under it in small print its note where it has numbers."""
    names = [labels_of.wrapped(str(name), WIDE) for name in frame[label]]
    if note is None:
        return names
    size = f'<span style="font-size:{theme.size("small")}px">'
    return [
        f"{name}<br>{size}{labels_of.wrapped(str(words), WIDE + 3)}</span>" if known else name
        for name, words, known in zip(names, frame[note], frame["satisfied"].notna(), strict=True)
    ]


def _key(levels: dict[str, str]) -> str:
    """What the colours are called, on two lines."""
    said = [f'<span style="color:{theme.faded(*SHADES[code])}">■</span> {theme.plain(levels[code])}' for code in levels]
    half = (len(said) + 1) // 2
    return "<br>".join("   ".join(line) for line in (said[:half], said[half:]))


def _most(column) -> float:
    """The longest of the bars, in %; 0 where there is none."""
    return float(column.max()) if column.notna().any() else 0.0
