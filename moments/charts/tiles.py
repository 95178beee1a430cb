"""Which kind each thing is in each group: a field of tiles, one letter and one tint each."""

from moments.charts import labels, theme
from moments.charts.drawing import Drawing

SYMBOL = "square"


def draw(
    frame,
    *,
    row: str,
    column: str,
    column_label: str,
    kind: str,
    kinds: dict[str, str],
    marked: str | None = None,
    code: str | None = None,
    label: str = "name",
    note: str | None = None,
    hidden_label: str = "…",
) -> Drawing:
    """One tile per row of `frame`: things (`row`, named by `label`) downwards, groups (`column`, named by
    `column_label`) across, both as they first come. `kinds` names the codes in the column `kind`: the code is the
    letter in the tile, its place the tint.

    Rows whose column `marked` is true stand out with a frame; of the others, those that `note` gives words for say
    them when touched. `code` names the column a click reports. A hidden tile is hollow.
    """
    things = frame.drop_duplicates(row)
    places = {thing: len(things) - 1 - i for i, thing in enumerate(things[row])}
    columns = dict(zip(frame[column], frame[column_label], strict=True))
    across = {group: i for i, group in enumerate(columns)}
    figure = theme.figure(max(len(things), 1) * 30 + 150, margin={"l": 8, "r": 8, "t": 60, "b": 8})
    for place, (letter, name) in enumerate(kinds.items()):
        rows = frame[frame[kind] == letter]
        out = list(rows[marked]) if marked else [False] * len(rows)
        shade = theme.categories()[place % 6]
        figure.add_scatter(
            x=[across[g] for g in rows[column]],
            y=[places[t] for t in rows[row]],
            name=f"{letter} {name}",
            mode="markers+text",
            text=[f"<b>{letter}</b>" if o else letter for o in out],
            textfont={"size": theme.size("small"), "color": theme.colour("ink")},
            marker={
                "symbol": SYMBOL,
                "size": theme.size("marker") * 3,
                "color": theme.tint(place),
                "line": {"width": [2.5 if o else 0 for o in out], "color": shade},
            },
            customdata=list(rows[code]) if code else None,
            hovertext=[
                f"<b>{theme.plain(thing)}</b> · {theme.plain(columns[g])}<br>{name}" + (f"<br>{words}" if words else "")
                for thing, g, words in zip(
                    rows[label], rows[column], rows[note] if note else [""] * len(rows), strict=True
                )
            ],
            hoverinfo="text",
            showlegend=len(rows) > 0,
        )
    hidden = frame[~frame[kind].isin(list(kinds))]
    figure.add_scatter(
        x=[across[g] for g in hidden[column]],
        y=[places[t] for t in hidden[row]],
        mode="markers+text",
        text=[hidden_label] * len(hidden),
        textfont={"size": theme.size("small"), "color": theme.colour("muted")},
        marker={"symbol": f"{SYMBOL}-open", "size": theme.size("marker") * 3, "color": theme.colour("line")},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_xaxes(
        tickvals=list(across.values()), ticktext=_heads(list(columns.values())), side="top",
        range=[-0.5, max(len(columns), 1) - 0.5], zeroline=False, ticklabeloverflow="allow",
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(places.values()), ticktext=[theme.plain(n) for n in things[label]], showgrid=False,
        range=[-0.6, max(len(things), 1) - 0.4], zeroline=False,
        tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    figure.update_layout(showlegend=True, legend={"y": 0, "yanchor": "top"})
    return figure


def _heads(names: list[str]) -> list[str]:
    """Names over narrow columns: in lines, and where there are many, or a long word, every other one above the rest."""
    many = len(names) > 4
    heads = [labels.wrapped(labels.shortened(name, 11, 1), 5 if many else 3) for name in names]
    if not many and all(labels.width(line, 1) <= 3.5 for head in heads for line in head.split("<br>")):
        return heads
    below = "<br> " * max(head.count("<br>") + 1 for head in heads[::2])
    return [head + below if place % 2 else head for place, head in enumerate(heads)]
