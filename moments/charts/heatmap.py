"""A field of cells, two categories by one another: the worse the darker, with its number inside."""

import pandas as pd

from moments.charts import theme

LABELS = 9  # as many names as a phone has room for side by side
FAINT = 0.06  # how much of the colour the least of all cells wears


def draw(
    frame,
    *,
    row: str,
    column: str,
    rows: dict,
    columns: dict,
    value: str = "estimate",
    low: str = "low",
    high: str = "high",
    n: str = "n",
    note: str | None = None,
    shut: str | None = None,
    shut_label: str = "",
    better: int = -1,
    digits: int | None = None,
    scale: float = 1,
    unit: str = "",
    hidden_label: str = "…",
):
    """One cell per row of `frame`: `row` downwards and `column` across, in the order of `rows` and `columns`
    {code: name}. `value` is shown times `scale` with `unit`, with
    a decimal where all are small; darker orange is worse (`better` -1: more is worse), blue
    where neither is (`better` 0). A row of the frame without a column is hidden in all of them.

    `note` names a column of words for a touched cell. Cells whose column `shut` is true are hatched and say
    `shut_label`; hidden cells are hollow and say "…". A click reports the codes of row and column.
    """
    if (everywhere := frame[column].isna()).any():
        blank = frame[everywhere].drop(columns=column).merge(pd.DataFrame({column: list(columns)}), how="cross")
        frame = pd.concat([frame[~everywhere], blank], ignore_index=True)
    known = frame[value].astype(float) * scale
    across = {code: i for i, code in enumerate(columns)}
    down = {code: len(rows) - 1 - i for i, code in enumerate(rows)}
    digits = digits if digits is not None else int(known.max() < 10)
    figure = theme.figure(max(len(rows), 1) * 34 + 60, margin={"l": 8, "r": 8, "t": 28, "b": 8}, bargap=0)
    closed = frame[shut].astype(bool) if shut else known.isna() & False
    told = known[~closed & known.notna()]
    least, most = (told.min(), told.max()) if len(told) else (0.0, 0.0)
    token = "bad" if better else "good"
    full = theme.deepest(token)
    fills, texts, hovers = [], [], []
    for at, v in known.items():
        name = f"{rows[frame.at[at, row]]} {columns[frame.at[at, column]]}"
        depth = (v - least) / (most - least) if most > least else 0.5
        depth = FAINT + (full - FAINT) * (1 - depth if better > 0 else depth)
        if closed[at]:
            fills.append(theme.faded("unsure", 0.05))
            texts.append("")
            hovers.append(f"{theme.plain(name)}<br>{theme.plain(shut_label)}")
        elif v != v:
            fills.append(theme.colour("paper"))
            texts.append(hidden_label)
            hovers.append(f"{theme.plain(name)}<br>{hidden_label}")
        else:
            fills.append(theme.faded(token, round(depth, 3)))
            texts.append(theme.fixed(v, digits))
            ends = (frame.at[at, low] * scale, frame.at[at, high] * scale)
            words = f"<br>{theme.plain(frame.at[at, note])}" if note else ""
            hovers.append(theme.interval(name, v, *ends, frame.at[at, n], digits + 1, unit) + words)
    figure.add_bar(  # bars, because a click on a heat map's cell reports nothing
        x=[across[c] for c in frame[column]],
        base=[down[r] - 0.5 for r in frame[row]],
        y=[1] * len(frame),
        width=1,
        marker={
            "color": fills,
            "line": {"color": theme.colour("line"), "width": 1},
            "pattern": {
                "shape": ["/" if c else "" for c in closed],
                "fgcolor": theme.colour("unsure"),
                "size": 6,
                "solidity": 0.2,
            },
        },
        text=texts,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="inside",
        textfont={"size": theme.size("small"), "color": theme.colour("ink")},
        customdata=[[str(r), str(c)] for r, c in zip(frame[row], frame[column], strict=True)],
        hovertext=hovers,
        hoverinfo="text",
        showlegend=False,
    )  # fmt: skip
    figure.update_layout(uniformtext={"minsize": theme.size("small") - 3, "mode": "hide"})  # rather none than tiny
    step = -(-len(columns) // LABELS) or 1
    figure.update_xaxes(
        tickvals=list(across.values())[::step], ticktext=[theme.plain(w) for w in columns.values()][::step], side="top",
        range=[-0.5, max(len(columns), 1) - 0.5], zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(down.values()), ticktext=[theme.plain(w) for w in rows.values()], showgrid=False, zeroline=False,
        range=[-0.5, max(len(rows), 1) - 0.5], ticklabelstandoff=6,
        tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    return figure
