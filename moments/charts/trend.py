"""A value over time with its 95 % band, and under it how many answers it rests on."""

from moments.charts import theme
from moments.charts.drawing import Drawing

TICKS = {"week": "%Y-%m-%d", "month": "%Y-%m", "quarter": "%Y Q%q"}


def over_time(grain: str, periods: int) -> dict:
    """An axis of periods. Their letters have a name of their own, by which a narrow panel hides every other one."""
    letters = {"family": f"days, {theme.FONTS}"}
    return {"type": "date", "tickformat": TICKS[grain], "nticks": min(max(periods, 2), 5), "tickfont": letters}


def draw(
    frame,
    *,
    labels: list[str],
    name: str,
    grain: str = "month",
    x: str = "period",
    y: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    before=None,
    before_name: str = "",
    digits: int = 1,
    scale: float = 1,
    unit: str = "",
    target: float | None = None,
    target_name: str = "",
    span: tuple[float, float] | None = None,
) -> Drawing:
    """One line of `y` over the dates in `x`, with a band from `low` to `high`; below it bars of `n`.

    `labels` names the points. `before` (a frame like `frame`, aligned by position) adds the comparison as a grey
    dotted line. Values are shown times `scale` with `unit`. A click reports the date of a point. What is missing
    leaves a gap; a lone point gets its interval as a bar. `target` is a line with its name on it.
    """
    days = [f"{d:%Y-%m-%d}" for d in frame[x]]
    shown = frame.assign(**{c: frame[c].astype(float) * scale for c in (y, low, high)})
    figure = theme.figure(margin={"l": 8, "r": 64, "t": theme.headroom(), "b": 8})
    for first, last in runs(shown[y]):
        _band(figure, days[first : last + 1], shown.iloc[first : last + 1], low, high)
    if before is not None and before[y].notna().any():
        figure.add_scatter(
            x=days[: len(before)],
            y=list(before[y].astype(float) * scale)[: len(days)],
            name=before_name,
            mode="lines",
            line={"color": theme.colour("unsure"), "width": theme.size("line"), "dash": "dot"},
            hovertemplate=f"{before_name} %{{y:.{digits}f}}{unit}<extra></extra>",
        )
    figure.add_scatter(
        x=days,
        y=shown[y],
        name=name,
        mode="lines+markers",
        line={"color": theme.colour("good"), "width": theme.size("line")},
        marker={"size": theme.size("marker"), "color": theme.colour("good")},
        hovertext=[
            theme.interval(label, v, a, b, count, digits, unit)
            for label, v, a, b, count in zip(labels, shown[y], shown[low], shown[high], frame[n], strict=True)
        ],
        hoverinfo="text",
        customdata=days,
    )
    _counts(figure, days, labels, frame[n])
    if target is not None:
        figure.add_hline(y=target * scale, line={"color": theme.colour("unsure"), "width": 1, "dash": "dash"})
        _say(figure, 0, target * scale, target_name, xref="paper", xanchor="left", yanchor="bottom")
    last = shown[y].last_valid_index()
    if last is not None:
        at = shown.index.get_loc(last)
        words = f"<b>{theme.fixed(shown[y].iloc[at], digits)}{unit}</b>"
        _say(figure, days[at], shown[y].iloc[at], words, xanchor="left", xshift=10, tone="good")
    figure.update_xaxes(**over_time(grain, len(days)), showgrid=False, anchor="y2")
    figure.update_layout(
        yaxis={"domain": [0.2, 1], "range": list(span) if span else None, "ticksuffix": unit},
        showlegend=before is not None and bool(before[y].notna().any()),
    )
    return figure


def _band(figure, days: list[str], part, low: str, high: str) -> None:
    if len(days) == 1:  # a band needs two points
        row, bar = part.iloc[0], {"color": theme.colour("good"), "width": theme.size("line")}
        figure.add_shape(type="line", x0=days[0], x1=days[0], y0=row[low], y1=row[high], line=bar, layer="below")
        return
    figure.add_scatter(
        x=days + days[::-1],
        y=list(part[high]) + list(part[low])[::-1],
        fill="toself",
        fillcolor=theme.faded("good"),
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def _counts(figure, days: list[str], labels: list[str], counts) -> None:
    """How many answers each point rests on, as quiet bars under the line; the largest is written."""
    counts = counts.astype(float)
    most = counts.max() if counts.notna().any() else 0
    figure.add_bar(
        x=days,
        y=counts,
        yaxis="y2",
        marker={"color": theme.colour("line")},
        hovertext=[f"{label}<br>n {c:,.0f}" if c > 0 else label for label, c in zip(labels, counts, strict=True)],
        hoverinfo="text",
        showlegend=False,
    )
    figure.update_layout(
        yaxis2={
            "domain": [0, 0.12], "range": [0, max(most, 1)], "tickvals": [most] if most else [],
            "ticktext": [f"n {most:,.0f}"] if most else [], "showgrid": False, "zeroline": False, "fixedrange": True,
        }
    )  # fmt: skip


def _say(figure, x, y, words: str, tone: str = "muted", **where) -> None:
    font = {"color": theme.colour(tone), "size": theme.size("text" if tone == "good" else "small")}
    figure.add_annotation(x=x, y=y, text=words, showarrow=False, font=font, **where)


def runs(values) -> list[tuple[int, int]]:
    """First and last place of every stretch without a gap, so that the band does not bridge what is hidden."""
    found, first = [], None
    for i, there in enumerate(values.notna()):
        if there and first is None:
            first = i
        if not there and first is not None:
            found.append((first, i - 1))
            first = None
    return found + ([(first, len(values) - 1)] if first is not None else [])
