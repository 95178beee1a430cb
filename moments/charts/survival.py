"""What is left over time: one falling staircase per group, with the clocks that were promised."""

from moments.charts import theme
from moments.charts.drawing import Drawing
from moments.charts.labels import width

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
BANDS = 3  # groups up to which intervals are shown: more bands than that hide one another


def draw(
    frame,
    *,
    by: str,
    names: dict[str, str],
    until: float,
    clocks: list[tuple[float, str]] = (),
    time: str = "time",
    y: str = "estimate",
    low: str = "low",
    high: str = "high",
    left: str = "at_risk",
    half: str = "",
    title: str = "",
    unit: float = 1.0,
    unit_label: str = "",
) -> Drawing:
    """Share `y` (0..1) still left after `time`, in steps, for each group of `by` in the order of `names` {code: name}.

    The axis ends at `until` and counts in `unit` (24 turns hours into days); `unit_label` follows a time in what a
    touched point says. `clocks` are times with the words of their lines, `half` names the line at one half, `title` the
    axis. Bands are 95 % intervals, for at most three groups. At most six groups are drawn.
    """
    codes = [code for code in names if (frame[by] == code).any()][:6] if len(frame) else []
    figure = theme.figure(360, margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=False)
    ends = []
    for place, code in enumerate(codes):
        rows = frame[(frame[by] == code) & (frame[time] <= until)].sort_values(time)
        if rows.empty:
            continue
        at, share = list(rows[time] / unit), list(rows[y].astype(float) * 100)
        shade = theme.categories()[place] if len(codes) > 1 else theme.colour("good")
        if len(codes) <= BANDS:
            _band(figure, at, rows[low] * 100, rows[high] * 100, until / unit, place if len(codes) > 1 else None)
        figure.add_scatter(
            x=at + [until / unit],
            y=share + share[-1:],
            name=theme.plain(names[code]),
            mode="lines",
            line={"color": shade, "width": theme.size("line"), "shape": "hv", "dash": DASHES[place]},
            hovertext=[
                f"{theme.plain(names[code])}<br>{theme.fixed(t)}{unit_label}  {theme.fixed(s)}%<br>n {r:,.0f}"
                for t, s, r in zip(at, share, rows[left], strict=True)
            ]
            + [theme.plain(names[code])],
            hoverinfo="text",
        )
        ends.append([share[-1], names[code], shade])
    for clock, words in clocks:
        if 0 < clock <= until:
            figure.add_vline(x=clock / unit, line={"color": theme.colour("unsure"), "width": 1, "dash": "dash"})
            _say(figure, clock / unit, 1, words, yref="paper", yanchor="bottom")
    if half:
        figure.add_hline(y=50, line={"color": theme.colour("unsure"), "width": 1, "dash": "dot"})
        _say(figure, 1, 50, half, xref="paper", xanchor="right", yanchor="bottom")
    _name(figure, ends)
    figure.update_xaxes(range=[0, until / unit], title=theme.title(title), zeroline=False)
    figure.update_yaxes(range=[0, 102], tickvals=[*range(0, 101, 25)], ticktext=[f"{p}%" for p in range(0, 101, 25)])
    return figure


def _band(figure, at: list[float], low, high, until: float, place: int | None) -> None:
    """The interval, in the same steps as its line; where it is not known, it has no width."""
    x, bottom, top = [], [], []
    low, high = low.astype(float).ffill(), high.astype(float).ffill()
    for i, (t, a, b) in enumerate(zip(at, low, high, strict=True)):
        after = at[i + 1] if i + 1 < len(at) else until
        x += [t, after]
        bottom += [a, a]
        top += [b, b]
    figure.add_scatter(
        x=x + x[::-1], y=top + bottom[::-1], fill="toself", mode="lines", line={"width": 0}, hoverinfo="skip",
        fillcolor=theme.faded("good") if place is None else theme.tint(place),
    )  # fmt: skip


def _name(figure, ends: list) -> None:
    """The group's name at the end of its line, far enough from the next to read."""
    ends.sort(key=lambda each: each[0])
    gap = 100 * theme.size("small") * 1.5 / 290
    for under, over in zip(ends, ends[1:], strict=False):
        over[0] = max(over[0], under[0] + gap)
    if ends and ends[-1][0] > 100:
        for each in ends:
            each[0] -= ends[-1][0] - 100
    for at, words, shade in ends:
        figure.add_annotation(
            xref="paper", x=1, y=at, xanchor="left", xshift=4, text=theme.plain(words), showarrow=False,
            font={"size": theme.size("small"), "color": shade},
        )  # fmt: skip
    widest = max((width(words, theme.size("small")) for _, words, _ in ends), default=0)
    figure.update_layout(margin={"r": 12 + widest})


def _say(figure, x, y, words: str, **where) -> None:
    font = {"size": theme.size("small"), "color": theme.colour("muted")}
    figure.add_annotation(x=x, y=y, text=theme.plain(words), showarrow=False, font=font, **where)
