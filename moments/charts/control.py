"""A rate over time between its limits: which periods do something new, and what happened then."""

from moments.charts import theme
from moments.charts.drawing import Drawing
from moments.charts.labels import width
from moments.charts.trend import over_time, runs

MARKS = {1: ("bad", "triangle-up"), -1: ("good", "triangle-down")}


def draw(
    frame,
    *,
    labels: list[str],
    names: dict[str, str],
    grain: str = "month",
    x: str = "period",
    y: str = "estimate",
    n: str = "n",
    beyond: str = "beyond",
    direction: str = "direction",
    phase: str = "phase",
    count: str = "complaints",
    plain=None,
    events=None,
    chosen: str = "",
    digits: int = 1,
    title: str = "",
) -> Drawing:
    """`y` over the dates in `x` between the columns `lower` and `upper`, with `centre`; `labels` names the points.

    `names` says what "centre", "upper", "lower" and "plain" are called. A period whose `beyond` is true points up in
    orange or down in blue (`direction`); one with a direction only is a ring of that colour. Each `phase` has lines of
    its own. `plain` (a frame of the same rows) adds its `lower` and `upper` as dotted lines. `events` (starts_on,
    ends_on, name) are numbered bands, explained under the figure. `chosen` is the day of a period looked at. A click
    reports the date. Hidden periods leave a gap.
    """
    days = [f"{d:%Y-%m-%d}" for d in frame[x]]
    figure = theme.figure(380, margin={"l": 8, "r": 8, "t": 6 + 2 * theme.size("small"), "b": 8}, showlegend=False)
    key = _events(figure, frame[x], days, events)
    if chosen in days:
        after = days[min(days.index(chosen) + 1, len(days) - 1)]
        figure.add_vrect(x0=chosen, x1=after, fillcolor=theme.faded("unsure", 0.3), line_width=0, layer="below")
    ends = {name: [] for name in ("upper", "centre", "lower", "plain")}
    for _, part in frame.groupby(phase, sort=False) if phase in frame else [(0, frame)]:
        at = [days[i] for i in frame.index.get_indexer(part.index)]
        _limits(figure, at, part, names, ends)
        if plain is not None:
            _ordinary(figure, at, plain.loc[part.index], ends)
    value, told = frame[y].astype(float), frame[direction].fillna(0).astype(int)
    known = value.notna()
    out = frame[beyond].fillna(False).astype(bool) & known
    tokens = [MARKS[d][0] if d else "unsure" for d in told]
    figure.add_scatter(
        x=days,
        y=value,
        name=title,
        mode="lines+markers",
        line={"color": theme.colour("muted"), "width": theme.size("line") * 0.6},
        marker={
            "symbol": [MARKS[d][1] if o and d else "circle" for d, o in zip(told, out, strict=True)],
            "size": [theme.size("marker") * (1.7 if o else 1.2 if d else 0.7) for d, o in zip(told, out, strict=True)],
            "color": [theme.colour(t if o or not d else "paper") for t, o, d in zip(tokens, out, told, strict=True)],
            "line": {"width": [2 if d else 0 for d in told], "color": [theme.colour(t) for t in tokens]},
            "opacity": 1,
        },
        customdata=days,
        hovertext=[
            f"{theme.plain(label)}<br>{theme.fixed(v, digits)} ({theme.fixed(a, digits)} ~ {theme.fixed(b, digits)})"
            f"<br>{c:,.0f} / {e:,.0f}"
            if v == v
            else theme.plain(label)
            for label, v, a, b, c, e in zip(
                labels, value, frame["lower"], frame["upper"], frame[count], frame[n], strict=True
            )
        ],
        hoverinfo="text",
    )
    tops = [frame["upper"].max(), value.max()] + ([plain["upper"].max()] if plain is not None else [])
    most = max([v for v in tops if v == v], default=1) or 1
    _name(figure, ends, names, most, digits)
    shown = "month" if grain == "week" and len(days) > 26 else grain
    figure.update_xaxes(**over_time(shown, len(days)), showgrid=False)
    figure.update_yaxes(range=[0, most * 1.06], title=theme.title(title), zeroline=True)
    if key:
        figure.update_layout(meta={"key": key})
    return figure


def _limits(figure, days: list[str], part, names: dict, ends: dict) -> None:
    """Centre and limits of one phase, in steps, with the room between them shaded."""
    for first, last in runs(part["upper"]):
        run, inside = days[first : last + 1], part.iloc[first : last + 1]
        figure.add_scatter(
            x=run + run[::-1], y=list(inside["upper"]) + list(inside["lower"])[::-1], fill="toself", mode="lines",
            fillcolor=theme.faded("unsure", 0.1), line={"width": 0, "shape": "hvh"}, hoverinfo="skip",
        )  # fmt: skip
        for column, dash in (("upper", "dash"), ("centre", "solid"), ("lower", "dash")):
            figure.add_scatter(
                x=run, y=list(inside[column]), mode="lines", hoverinfo="skip", name=theme.plain(names[column]),
                line={
                    "color": theme.colour("unsure"), "width": theme.size("line") * 0.75, "dash": dash, "shape": "hvh",
                },
            )  # fmt: skip
            ends[column] = [inside[column].median()]  # the last period is often cut short, and its limits wide


def _ordinary(figure, days: list[str], part, ends: dict) -> None:
    for column in ("upper", "lower"):
        figure.add_scatter(
            x=days, y=list(part[column]), mode="lines", hoverinfo="skip",
            line={"color": theme.colour("ink"), "width": 1, "dash": "dot", "shape": "hvh"},
        )  # fmt: skip
    known = part["upper"].dropna()
    ends["plain"] = [known.median()] if len(known) else ends["plain"]


def _name(figure, ends: dict, names: dict, most: float, digits: int) -> None:
    """What each line is and where it mostly is, at the right, far enough apart to read."""
    said = [
        [float(values[0]), f"{names[column]} {theme.fixed(values[0], digits if values[0] < 100 else 0)}"]
        for column, values in ends.items()
        if values and not (column == "lower" and values[0] == 0)
    ]
    gap = most * theme.size("small") * 1.4 / 300
    said.sort()
    for under, over in zip(said, said[1:], strict=False):
        over[0] = max(over[0], under[0] + gap)
    font = {"size": theme.size("small"), "color": theme.colour("muted")}
    for at, words in said:
        figure.add_annotation(
            xref="paper", x=1, y=at, xanchor="left", xshift=6, text=theme.plain(words), showarrow=False, font=font
        )
    figure.update_layout(margin={"r": 14 + max((width(words, theme.size("small")) for _, words in said), default=0)})


def _events(figure, periods, days: list[str], events) -> list[dict]:
    """A numbered band for each event that touches the periods, and what the numbers mean."""
    key: list[dict] = []
    if events is None or not len(days):
        return key
    starts = list(periods)
    width_of_one = starts[1] - starts[0] if len(starts) > 1 else None
    last = starts[-1] + width_of_one if width_of_one is not None else starts[-1]
    inside = events[(events["ends_on"] >= starts[0]) & (events["starts_on"] < last)]
    for number, row in enumerate(inside.itertuples(), start=1):
        begun = [d for d in starts if d <= row.starts_on]
        first = begun[-1] if begun else starts[0]  # the period in which it began has its point at its own first day
        end = min(max(row.ends_on, first), starts[-1])
        figure.add_vrect(
            x0=f"{first:%Y-%m-%d}", x1=f"{end:%Y-%m-%d}", fillcolor=theme.faded("unsure", 0.16), layer="below",
            line={"width": 1, "color": theme.faded("unsure", 0.5)},
        )  # fmt: skip
        figure.add_annotation(
            x=f"{first:%Y-%m-%d}", yref="paper", y=1, yanchor="bottom",
            yshift=theme.size("small") * ((number - 1) % 2) - 2,
            xanchor="left", showarrow=False, text=f"<b>{number}</b>",
            font={"size": theme.size("small"), "color": theme.colour("ink")},
        )  # fmt: skip
        span = f"{row.starts_on:%Y-%m-%d}"
        same_year = row.ends_on.year == row.starts_on.year
        span += f"~{row.ends_on:{'%m-%d' if same_year else '%Y-%m-%d'}}" if row.ends_on > row.starts_on else ""
        key.append({"number": number, "name": str(row.name), "group": span, "known": True, "inside": False})
    return key
