"""A ranked list of values, each a dot on its interval (a forest)."""

from moments.charts import theme
from moments.charts.drawing import Drawing
from moments.charts.labels import width

WIDEST = 10  # ems of a name on one line: on a phone the rest of the width is for the values


def draw(
    frame,
    *,
    label: str = "name",
    value: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    code: str | None = None,
    reference: float | None = None,
    reference_label: str = "",
    tone: str | None = None,
    hidden_label: str = "…",
    unit: str = "",
    digits: int = 1,
    scale: float = 1,
    better: int = 1,
    span: tuple[float, float] | None = None,
) -> Drawing:
    """Rows of `frame` from top to bottom in their order; `value` with `low` and `high`, n at the right.

    A dot is blue or orange when its interval lies wholly above or below `reference` (the other way round where
    `better` is -1), else grey; `tone` names a column of tokens that overrides this, and a column `q` (after correcting
    for many looks) must be under 5 %. Values and reference are shown times `scale` with `unit`. `code` names the
    column a click reports. Rows without a value get a hollow mark; rows with `strong` set are the heads of others.
    Against a reference of 0 values are changes, so they are written with their sign.
    """
    rows = len(frame)
    frame = frame.assign(**{c: frame[c].astype(float) * scale for c in (value, low, high)})
    reference = reference * scale if reference is not None else None
    heads = frame["strong"].eq(True) if "strong" in frame else [False] * rows  # a fold is neither
    names = [theme.broken(str(name), WIDEST) for name in frame[label]]
    lines = 2 if any("<br>" in name for name in names) else 1
    names = [f"<b>{name}</b>" if head else name for name, head in zip(names, heads, strict=True)]
    above = 28 if reference_label else 8
    figure = theme.figure(theme.rows_height(rows, lines), margin={"l": 8, "r": 84, "t": above, "b": 8})
    places = list(range(rows))[::-1]
    tones = _tones(frame, tone, low, high, reference, better)
    intervals = list(zip(places, frame[low], frame[high], tones, strict=True))
    for token in dict.fromkeys(its for its in tones if isinstance(its, str)):  # a fold has none
        line = {"color": theme.colour(token), "width": theme.size("line")}
        figure.add_spans([ends for *ends, its in intervals if its == token], layer="between", line=line)
    known = frame[value].notna()
    folded = frame["folded"] if "folded" in frame else [False] * rows
    middle = reference if reference is not None else frame[value].mean() if known.any() else 0
    figure.add_scatter(
        x=[v if k else middle for v, k in zip(frame[value], known, strict=True)],
        y=places,
        mode="markers",
        marker={
            "size": [0 if fold else theme.size("marker") + 2 for fold in folded],
            "opacity": 1,  # Plotly takes marks whose sizes are listed for bubbles and lets their lines shine through
            "color": [theme.colour(t) if k else theme.colour("paper") for t, k in zip(tones, known, strict=True)],
            "line": {
                "width": 2,
                "color": [theme.colour(t if k else "unsure") for t, k in zip(tones, known, strict=True)],
            },
        },
        customdata=list(frame[code]) if code else None,
        hovertext=[
            theme.interval(*row, digits, unit)
            for row in zip(frame[label], frame[value], frame[low], frame[high], frame[n], strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
        cliponaxis=False,  # a dot at 100 % is a whole one
    )
    words, widest = [], 0.0
    for v, c, k, fold in zip(frame[value], frame[n], known, folded, strict=True):
        number = theme.fixed(v, digits, signed=reference == 0)
        count = f"  n {c:,.0f}" if k and c == c else ""
        words.append(f"<b>{number}</b>{unit}{count}" if k else "" if fold else hidden_label)
        widest = max(widest, width(f"{number}{unit}{count}", theme.size("small")) if k else 0)
    if reference is not None:
        figure.add_vline(x=reference, line={"color": theme.colour("unsure"), "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=reference, yref="paper", y=1, yanchor="bottom", showarrow=False, text=reference_label,
            font={"size": theme.size("small"), "color": theme.colour("muted")},
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=places, ticktext=names, range=[-0.7, rows - 0.3], showgrid=False,
        zeroline=False, tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    figure.add_words(places, words, 11)
    span = span or _reach(frame[[low, value, high]], reference)
    whole = {"dtick": 1} if not digits and span[1] - span[0] < 5 else {"nticks": 3}  # no rank 1.5; few fit a phone
    suffix = unit if unit == "%" else ""
    figure.update_xaxes(showgrid=True, zeroline=False, range=list(span), ticksuffix=suffix, **whole)
    figure.update_layout(margin={"r": 14 + 0.8 * widest})  # figures are narrower than `width` allows for
    return figure


def _reach(frame, reference: float | None) -> tuple[float, float]:
    """From the lowest to the highest number drawn; Plotly alone would make room for the words of the reference too."""
    values = frame.to_numpy(dtype=float).ravel().tolist()
    known = [v for v in values if v == v] + ([] if reference is None else [reference])
    low, high = min(known, default=0), max(known, default=1)
    room = (high - low) * 0.08 or 1
    return low - room, high + room


def _tones(frame, tone: str | None, low: str, high: str, reference: float | None, better: int) -> list[str]:
    """A token per row: what its interval says against the reference, and q, where there is one, does not take back."""
    if tone:
        return list(frame[tone])
    if reference is None:
        return ["unsure"] * len(frame)
    sure = frame["q"] < 0.05 if "q" in frame else [True] * len(frame)
    ends = zip(frame[low] - reference, frame[high] - reference, sure, strict=True)
    return [theme.verdict(a, b, better) if s else "unsure" for a, b, s in ends]
