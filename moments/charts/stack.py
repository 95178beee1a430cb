"""Shares that add up to 100 %, one bar per group."""

from moments.charts import theme


def draw(frame, *, parts: dict[str, str], tokens: dict[str, str], labels: list[str]):
    """One upright bar per row of `frame`; `parts` maps count columns to their names, `tokens` to their colours.

    Shares are written inside where there is room. Rows without counts leave an empty place.
    """
    total = frame[list(parts)].sum(axis=1)
    places = list(range(len(frame)))
    names = list(labels)
    figure = theme.figure(barmode="stack", bargap=0.25, margin={"l": 8, "r": 16, "t": 8, "b": 8})
    roomy = len(places) <= 14
    for column, name in parts.items():
        share = (frame[column] / total.where(total > 0) * 100).astype(float)
        figure.add_bar(
            x=places,
            y=share,
            name=name,
            marker={"color": theme.colour(tokens[column]), "line": {"width": 0}},
            text=[f"{s:.0f}" if roomy and s >= 8 else "" for s in share.fillna(0)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={
                "color": theme.colour("on_passive" if tokens[column] == "passive" else "on_mark"),
                "size": theme.size("small"),
            },
            hovertext=[
                f"{theme.plain(g)}<br>{name} {s:.1f}%<br>n {c:,.0f}" if s == s else theme.plain(g)
                for g, s, c in zip(names, share, frame[column].astype(float).fillna(0), strict=True)
            ],
            hoverinfo="text",
        )
    step = max(1, -(-len(places) // 12))
    shown = places[::step]
    figure.update_xaxes(tickvals=shown, ticktext=[theme.plain(names[i]) for i in shown], zeroline=False)
    figure.update_yaxes(range=[0, 100], ticksuffix="%", tickvals=[0, 50, 100])
    return figure
