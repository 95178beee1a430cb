"""A value over time with its 95 % band, n under the axis."""

import plotly.graph_objects as go

from moments.charts import theme


def draw(
    frame,
    *,
    labels: list[str],
    name: str,
    y: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    code: str | None = None,
    before=None,
    before_name: str = "",
    digits: int = 1,
    span: tuple[float, float] | None = None,
) -> go.Figure:
    """One line of `y` over the rows of `frame`, in their order, with a band from `low` to `high`.

    `labels` names the points on the axis; `code` names the column that a click reports. `before` (values, aligned
    by position) adds the comparison as a grey dotted line. `span` fixes the value axis. Missing values leave a gap.
    """
    places = list(range(len(frame)))
    good = theme.colour("good")
    figure = theme.figure(margin={"l": 8, "r": 72, "t": 12, "b": 8})
    for first, last in _runs(frame[y]):
        if first == last:  # a band needs two points; a lone one gets a bar
            row = frame.iloc[first]
            bar = {"color": good, "width": theme.size("line")}
            figure.add_shape(type="line", x0=first, x1=first, y0=row[low], y1=row[high], line=bar, layer="below")
            continue
        part = frame.iloc[first : last + 1]
        figure.add_scatter(
            x=places[first : last + 1] + places[first : last + 1][::-1],
            y=list(part[high]) + list(part[low])[::-1],
            fill="toself",
            fillcolor=theme.faded("good"),
            mode="lines",
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    if before is not None:
        figure.add_scatter(
            x=places[: len(before)],
            y=list(before)[: len(places)],
            name=before_name,
            mode="lines",
            line={"color": theme.colour("unsure"), "width": theme.size("line"), "dash": "dot"},
            hovertemplate="%{y:." + str(digits) + "f}<extra>" + before_name + "</extra>",
        )
    hover = [
        f"{label}<br>{name} {value:.{digits}f} ({a:.{digits}f} ~ {b:.{digits}f})<br>n {count:,.0f}"
        if value == value
        else label
        for label, value, a, b, count in zip(labels, frame[y], frame[low], frame[high], frame[n], strict=True)
    ]
    figure.add_scatter(
        x=places,
        y=frame[y],
        name=name,
        mode="lines+markers",
        line={"color": good, "width": theme.size("line")},
        marker={"size": theme.size("marker"), "color": good},
        hovertext=hover,
        hoverinfo="text",
        customdata=[str(v) for v in frame[code]] if code else None,
    )
    step = max(1, -(-len(places) // 12))
    shown = [i for i in places if i % step == 0]
    ticks = [f"{labels[i]}<br>{_count(frame[n].iloc[i])}" for i in shown]
    figure.update_xaxes(
        tickvals=shown, ticktext=ticks, range=[-0.5, max(len(places) - 0.5, 0.5)], zeroline=False, showgrid=False
    )
    figure.update_yaxes(range=list(span) if span else None, zeroline=True)
    figure.update_layout(showlegend=before is not None)
    last = frame[y].last_valid_index()
    if last is not None:
        at = frame.index.get_loc(last)
        figure.add_annotation(
            x=at,
            y=frame[y].iloc[at],
            text=f"<b>{frame[y].iloc[at]:.{digits}f}</b>".replace("-", "\N{MINUS SIGN}"),
            showarrow=False,
            xanchor="left",
            xshift=10,
            font={"color": good, "size": theme.size("text") + 2},
        )
    return figure


def _runs(values) -> list[tuple[int, int]]:
    """First and last place of every stretch without a gap, so that the band does not bridge what is hidden."""
    found, first = [], None
    for i, there in enumerate(values.notna()):
        if there and first is None:
            first = i
        if not there and first is not None:
            found.append((first, i - 1))
            first = None
    return found + ([(first, len(values) - 1)] if first is not None else [])


def _count(value) -> str:
    return f"n {value:,.0f}" if value > 0 else "n …"
