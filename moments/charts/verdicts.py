"""Groups by measures, every cell with its value in the measure's own unit: blue and up-arrowed where really better,
orange and down-arrowed where really worse, plain where nobody can tell."""

import pandas as pd

from moments.charts import labels, theme

MARKS = {1: ("good", "▲"), -1: ("bad", "▼"), 0: ("unsure", "")}
SHADE, WIDEST = 0.28, 7  # ems of a line of a name: on a phone the rest is for the cells


def draw(frame, *, row: str, column: str, rows: dict, columns: dict, words: str = "words", hidden_label: str = "…"):
    """One cell per row of `frame`: `row` downwards in the order of `rows` {code: name}, `column` across in that of
    `columns`. `words` names the column with the value as it is written, `side` is 1 better, -1 worse, 0 neither.

    A click reports the row's `code`. Cells without an estimate, or without a row, are hollow.
    """
    across = {code: i for i, code in enumerate(columns)}
    down = {code: len(rows) - 1 - i for i, code in enumerate(rows)}
    names = [theme.broken(str(name), WIDEST) for name in rows.values()]
    tall = 38 if any("<br>" in name for name in names) else 30
    figure = theme.figure(max(len(rows), 1) * tall + 70, margin={"l": 8, "r": 8, "t": 40, "b": 8}, bargap=0)
    codes = dict(zip(frame[row], frame["code"], strict=True))
    every = pd.MultiIndex.from_product([rows, columns], names=[row, column])
    cells = frame.set_index([row, column]).reindex(every).reset_index()
    known = cells["estimate"].notna()
    sides = [MARKS[int(s)] if k else ("unsure", "") for s, k in zip(cells["side"], known, strict=True)]
    figure.add_bar(  # bars, because a click on a heat map's cell reports nothing
        x=[across[c] for c in cells[column]],
        base=[down[r] - 0.5 for r in cells[row]],
        y=[1] * len(cells),
        width=1,
        marker={
            "color": [theme.faded(token, SHADE if mark else 0.04) for token, mark in sides],
            "line": {"color": theme.colour("line"), "width": 1},
        },
        text=[
            f"{mark}{theme.plain(w)}" if k else hidden_label
            for (_, mark), w, k in zip(sides, cells[words], known, strict=True)
        ],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": theme.size("small"), "color": theme.colour("ink")},
        customdata=[str(codes.get(r, "")) for r in cells[row]],
        hovertext=[
            f"{theme.plain(rows[r])} · {theme.plain(columns[c])}<br>{theme.plain(w) if k else hidden_label}"
            + (f"<br>n {n:,.0f}" if k else "")
            for r, c, w, n, k in zip(*(cells[c] for c in (row, column, words, "n")), known, strict=True)
        ],
        hoverinfo="text",
        showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(across.values()), ticktext=[labels.wrapped(w, 4) for w in columns.values()], side="top",
        range=[-0.5, max(len(columns), 1) - 0.5], zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(down.values()), ticktext=names, showgrid=False, zeroline=False, ticklabelstandoff=4,
        range=[-0.5, max(len(rows), 1) - 0.5], tickfont={"color": theme.colour("ink"), "size": theme.size("text")},
    )  # fmt: skip
    return figure
