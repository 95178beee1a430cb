"""Points in four fields, each with its interval both ways, and labels that never cover one another.

A figure knows no width. So there are two sets of labels: names for a wide panel and numbers for a narrow one, each
placed for the smallest size it may be shown at. The stylesheet shows the numbers, unseen at first, instead of the
names where it is narrow. `layout.meta["key"]` tells what the numbers mean: a page puts that list under the figure.
"""

from moments.charts import labels, theme
from moments.charts.drawing import Drawing

HEIGHT = 504
MARGIN = {"l": 52, "r": 16, "t": 84, "b": 72}  # fixed, so that the height of the field is known; above: four kinds
WIDE, NARROW = 500, (210, 560)  # pixels across the field: at least in a wide panel, from and to in a narrow one
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")


def draw(
    frame,
    *,
    x: str,
    y: str,
    titles: tuple[str, str],
    corners: tuple[str, str, str, str],
    cuts: tuple[float, float],
    spans: tuple[tuple[float, float], tuple[float, float]] | None = None,
    other_cuts: tuple[float, float] | None = None,
    cut_names: tuple[str, str] = ("", ""),
    label: str = "name",
    code: str | None = None,
    group: str | None = None,
    groups: dict[str, str] | None = None,
    tokens: dict[str, str] | None = None,
    sure: str | None = None,
    chosen: str | None = None,
    cloud=None,
    digits: int = 2,
) -> Drawing:
    """One mark per row of `frame` at columns `x` and `y`, its interval from `<x>_low` to `<x>_high`, the same for y.

    Rows are numbered in their order; the first get the best places for names. `titles` name the axes, `corners` the
    fields (top left, top right, bottom left, bottom right), `cuts` where they meet; `other_cuts` adds a second
    pair, dotted, `cut_names` tells them apart. `spans` are the ranges of the axes. `group` names the column whose codes
    decide the mark, `groups` says what they are called, `tokens` their colours (else six neutral ones). A row whose
    column `sure` is false is grey. `code` names the column a click reports; `chosen` is the code to stand out.
    `cloud` (columns x, y, n) is drawn beneath as spots as large as n. Hidden rows are in the list only.
    """
    known = frame[frame[x].notna() & frame[y].notna()]
    ranges = spans or [_range(known, c, cut) for c, cut in zip((x, y), cuts, strict=True)]
    figure = theme.figure(HEIGHT)
    margin = {side: round(room * figure.layout.height / HEIGHT) for side, room in MARGIN.items()}
    figure.update_layout(margin=margin | {"autoexpand": False})
    if cloud is not None and len(cloud):
        _spots(figure, cloud)
    _fields(figure, cuts, other_cuts, cut_names)
    names = groups or {"": ""}
    column = frame[group] if group else frame[label].map(lambda _: "")
    for place, (key, name) in enumerate(names.items()):
        rows = known[column[known.index] == key]
        shade = _shade(tokens, key, place)
        _marks(figure, rows, x, y, place, shade, name, label, titles, sure, code, chosen, digits)
    _corners(figure, corners)
    _labels(figure, frame, known, x, y, label, column.map(names), corners, ranges)
    for axis, title, limits in zip((figure.update_xaxes, figure.update_yaxes), titles, ranges, strict=True):
        axis(title=theme.title(title), range=limits, showgrid=False, zeroline=False, showline=True, automargin=False)
    figure.update_layout(showlegend=bool(groups), legend={"y": 1, "yanchor": "bottom", "yref": "paper"})
    return figure


def _range(known, column: str, cut: float) -> tuple[float, float]:
    """From the lowest to the highest interval, the cut among them, with a little air."""
    ends = [cut, *known[column], *known[f"{column}_low"].dropna(), *known[f"{column}_high"].dropna()]
    air = (max(ends) - min(ends)) * 0.06 or 0.5
    return min(ends) - air, max(ends) + air


def _shade(tokens, key: str, place: int) -> str:
    return theme.colour(tokens[key]) if tokens else theme.categories()[place % 6]


def _spots(figure, cloud) -> None:
    most = max(cloud["n"].max(), 1)
    figure.add_scatter(
        x=list(cloud["x"]),
        y=list(cloud["y"]),
        mode="markers",
        showlegend=False,
        marker={
            "size": [44 * (n / most) ** 0.5 for n in cloud["n"]],
            "color": theme.faded("unsure", 0.3),
            "line": {"width": 0},
        },
        hovertext=[f"n {n:,.0f}" for n in cloud["n"]],
        hoverinfo="text",
    )


def _fields(figure, cuts, other_cuts, cut_names) -> None:
    for pair, dash, name in ((cuts, "solid", cut_names[0]), (other_cuts, "dot", cut_names[1])):
        if pair is not None:
            line = {"color": theme.colour("unsure"), "width": 1, "dash": dash}
            figure.add_vline(x=pair[0], line=line, layer="below")
            figure.add_hline(y=pair[1], line=line, layer="below")
            if name:
                figure.add_annotation(
                    x=pair[0], yref="paper", y=1, yanchor="bottom", showarrow=False, text=name,
                    font={"size": theme.size("small"), "color": theme.colour("muted")},
                )  # fmt: skip


def _intervals(figure, rows, x, y, shades, dim) -> None:
    """Both intervals of every row, as one broken line for each look."""
    ends = rows[[x, f"{x}_low", f"{x}_high", y, f"{y}_low", f"{y}_high"]].to_numpy(dtype=float)
    for shade, opacity in dict.fromkeys(zip(shades, dim, strict=True)):
        looks_so = [s == shade and d == opacity for s, d in zip(shades, dim, strict=True)]
        across, up = [], []
        for x_at, x_low, x_high, y_at, y_low, y_high in ends[looks_so]:
            across += [x_low, x_high, None, x_at, x_at, None]
            up += [y_at, y_at, None, y_low, y_high, None]
        figure.add_scatter(
            x=across,
            y=up,
            mode="lines",
            line={"color": shade, "width": theme.size("line") / 2},
            opacity=0.55 * opacity,
            hoverinfo="skip",
            showlegend=False,
        )


def _marks(figure, rows, x, y, place, shade, name, label, titles, sure, code, chosen, digits) -> None:
    shades = [shade if s else theme.colour("unsure") for s in (rows[sure] if sure else [True] * len(rows))]
    dim = [0.35 if chosen and c != chosen else 1.0 for c in (rows[code] if code else [chosen] * len(rows))]
    _intervals(figure, rows, x, y, shades, dim)
    figure.add_scatter(
        x=list(rows[x]),
        y=list(rows[y]),
        name=name,
        mode="markers",
        marker={
            "size": theme.size("marker") + 3,
            "symbol": SYMBOLS[place % 6],
            "color": shades,
            "opacity": dim,
            "line": {"width": 1, "color": theme.colour("paper")},
        },
        customdata=list(rows[code]) if code else None,
        hovertext=_hover(rows, label, (x, y), titles, digits, name),
        hoverinfo="text",
        showlegend=len(rows) > 0,
    )


def _hover(rows, label, columns, titles, digits, name) -> list[str]:
    heads = [f"<b>{theme.plain(words)}</b>" + (f" · {name}" if name else "") for words in rows[label]]
    for column, title in zip(columns, titles, strict=True):
        for i, ends in enumerate(zip(rows[column], rows[f"{column}_low"], rows[f"{column}_high"], strict=True)):
            value, low, high = (theme.fixed(v, digits) for v in ends)
            heads[i] += f"<br>{title} {value}" + (f" ({low} ~ {high})" if ends[1] == ends[1] else "")
    return [f"{head}<br>n {n:,.0f}" for head, n in zip(heads, rows["n"], strict=True)]


def _corners(figure, corners) -> None:
    for words, (across, up) in zip(corners, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=True):
        figure.add_annotation(
            x=across,
            y=up,
            xref="paper",
            yref="paper",
            xanchor=("left", "right")[across],
            yanchor=("bottom", "top")[up],
            text=words,
            showarrow=False,
            font={"size": theme.size("small"), "color": theme.colour("muted")},
        )


def _labels(figure, frame, known, x, y, label, group, corners, ranges) -> None:
    """Both sets of labels, and the list of what the numbers mean."""
    em, mark = theme.size("small"), theme.size("marker") + 3
    tall = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    (x0, x1), (y0, y1) = ranges
    points = list(zip((known[x] - x0) / (x1 - x0), (known[y] - y0) / (y1 - y0), strict=True))
    half = mark / 2 + 1
    taken = [(point, labels.Box(-half, -half, half, half)) for point in points]
    for words, (across, up) in zip(corners, ((0, 1), (1, 1), (0, 0), (1, 0)), strict=True):
        wide, high = labels.width(words, em) + 6, em * 1.3 + 6
        taken.append(((across, up), labels.Box(-wide * across, -high * up, wide * (1 - across), high * (1 - up))))
    order = {row: number for number, row in enumerate(frame.index, start=1)}
    numbers = [str(order[row]) for row in known.index]
    names = [labels.shortened(str(name), 16 * em, em) for name in known[label]]
    near, far = [mark, mark + 14], [mark + step for step in range(0, 300, 6)]

    words, wide = _named(names, numbers, points, (WIDE, tall), em, near, far, taken)
    narrow = labels.place(numbers, points, (NARROW[0], tall), em, far, taken, (NARROW[1], tall))
    _texts(figure, "names", known[x], known[y], words, wide, em, mark, theme.colour("ink"))
    _texts(figure, "numbers", known[x], known[y], numbers, narrow, em, mark, theme.faded("ink", 0))
    inside = {row for row, shown, name in zip(known.index, words, names, strict=True) if shown == name}
    figure.update_layout(
        meta={
            "key": [
                {
                    "number": number,
                    "name": str(frame[label][row]),
                    "group": group[row] if isinstance(group[row], str) else "",
                    "inside": row in inside,
                    "known": row in known.index,
                }
                for row, number in order.items()
            ]
        }
    )


def _named(names, numbers, points, area, em, near, far, taken) -> tuple[list[str], list]:
    """Names where there is room, numbers elsewhere: what to write, and where.

    Numbers first, so that a name never pushes another point's number away from it; then each name that fits instead.
    """
    largest = 1_500, area[1]
    words, spots = list(numbers), labels.place(numbers, points, area, em, far, taken, largest)
    for _ in range(2):  # a number that became a name may have made room for another
        for i, name in enumerate(names):
            if words[i] == name:
                continue
            others = [
                (points[j], labels.box(words[j], em, spot)) for j, spot in enumerate(spots) if spot and j != i
            ]
            (spot,) = labels.place([name], [points[i]], area, em, near, [*taken, *others], largest)
            if spot:
                words[i], spots[i] = name, spot
    return words, spots


def _texts(figure, name, x, y, texts, spots, em, mark, shade) -> None:
    """Labels round unseen marks, whose size keeps the distance.

    The stylesheet knows either set by the first of its fonts: Plotly writes that into the page, and little else.
    """
    figure.add_scatter(
        x=list(x),
        y=list(y),
        name=name,
        mode="markers+text",
        text=[theme.plain(t) if spot else "" for t, spot in zip(texts, spots, strict=True)],
        textposition=[spot.position if spot else "top right" for spot in spots],
        textfont={"size": em, "color": shade, "family": f"{name}, {theme.FONTS}"},
        marker={"size": [spot.size if spot else mark for spot in spots], "opacity": 0},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
