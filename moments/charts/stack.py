"""Shares that add up to 100 %, one bar per period or group."""

from moments.charts import theme
from moments.charts.drawing import Drawing
from moments.charts.trend import over_time


def draw(
    frame, *, parts: dict[str, str], tokens: dict[str, str], labels: list[str], x: str = "period", grain: str = "month"
) -> Drawing:
    """One upright bar per row of `frame` over the dates in `x`.

    `parts` maps count columns to their names, from the bottom up, `tokens` the columns to their colours; `labels`
    names the bars. Shares are written inside where there is room. Rows without counts leave an empty place.
    """
    total = frame[list(parts)].astype(float).sum(axis=1)
    days = [f"{d:%Y-%m-%d}" for d in frame[x]]
    figure = theme.figure(barmode="stack", bargap=0.25, margin={"l": 8, "r": 16, "t": theme.headroom(), "b": 8})
    for column, name in parts.items():
        counts = frame[column].astype(float)
        share = counts / total.where(total > 0) * 100
        figure.add_bar(
            x=days,
            y=share,
            name=name,
            marker={"color": theme.colour(tokens[column]), "line": {"width": 0}},
            text=[f"{s:.0f}" if len(days) <= 14 and s >= 8 else "" for s in share.fillna(0)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="inside",
            textfont={
                "color": theme.colour("on_passive" if tokens[column] == "passive" else "on_mark"),
                "size": theme.size("small"),
            },
            hovertext=[
                f"{theme.plain(label)}<br>{name} {s:.1f}%<br>n {c:,.0f}" if s == s else theme.plain(label)
                for label, s, c in zip(labels, share, counts, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_xaxes(**over_time(grain, len(days)))
    figure.update_yaxes(range=[0, 100], tickvals=[50, 100], ticktext=["50%", "100%"])  # 0 stands in the way of dates
    figure.update_layout(legend={"traceorder": "normal"})
    return figure
