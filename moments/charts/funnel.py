"""Each branch at its number of answers, between the walls that chance leaves: wide at few answers, narrow at many."""

import math

from moments.charts import labels, theme

CROWD = 500  # marks above which they are small and let through
NAMED = 12
ABREAST = 6  # steps of the axis that a phone has room for
WALLS = (("95", "dot", "95%"), ("998", "solid", "99.8%"))
AREA = (280, 260)  # pixels that the figure has at least
MIDDLES = (0, 1, 0.5)  # how far across the name of the middle line may stand, 0..1, the first that is free
ANCHOR = {"right": "left", "left": "right", "center": "center"}  # where a label stands -> its own edge that is there


def draw(
    frame,
    walls,
    *,
    label: str = "name",
    code: str = "code",
    chosen: str | None = None,
    titles: tuple[str, str] = ("", ""),
    middle_label: str = "",
    scale: float = 1,
    unit: str = "",
    digits: int = 1,
    better: int = 1,
):
    """A mark per row of `frame` (estimate, low, high, n, theta, real) over n, on a logarithmic axis, blue or orange
    where `real`, else grey; `walls` (n, theta, low_95, high_95, low_998, high_998) are the lines about it.

    Those that are real or `chosen` (a column of booleans) are named, as far as there is room, the farthest first.
    Values are shown times `scale` with `unit`. A click reports `code`. Rows without an estimate are left out.
    """
    rows = frame[frame["estimate"].notna() & (frame["n"] > 0)]
    figure = theme.figure(380, margin={"l": 8, "r": 52, "t": 8, "b": 8}, showlegend=False)
    across, up = _axes(figure, rows, walls, scale, unit, titles)
    near = (up[1] - up[0]) * theme.size("small") / AREA[1]
    for name, dash, words in WALLS if len(walls) else ():
        for side in ("low", "high"):
            ys = list(walls[f"{side}_{name}"].astype(float) * scale)
            line = {"color": theme.colour("unsure"), "width": theme.size("line") * 0.75, "dash": dash}
            figure.add_scatter(x=list(walls["n"]), y=ys, mode="lines", line=line, hoverinfo="skip", name=words)
            outer = float(walls[f"{side}_998"].iloc[-1]) * scale
            if name == "998" or abs(outer - ys[-1]) > near:  # one name where both end at the edge
                _say(figure, walls["n"].iloc[-1], ys[-1], words, xanchor="left", xshift=4, log=True)
    tones = [
        theme.verdict(e - t, e - t, better) if real else "unsure"
        for e, t, real in zip(rows["estimate"], rows["theta"], rows["real"], strict=True)
    ]
    picked = [bool(c) for c in rows[chosen]] if chosen else [False] * len(rows)
    crowd = len(rows) > CROWD
    quiet = 0.35 if crowd else 0.85
    sizes = [theme.size("marker") * (1.7 if p else 0.6 if crowd else 1.1) for p in picked]
    figure.add_scatter(
        x=list(rows["n"]),
        y=list(rows["estimate"].astype(float) * scale),
        mode="markers",
        marker={
            "size": sizes,
            "color": [theme.colour(t) for t in tones],
            "opacity": [1 if p or t != "unsure" else quiet for p, t in zip(picked, tones, strict=True)],
            "symbol": ["circle" if c else "diamond-open" for c in rows[code]],
            "line": {"width": [2 if p else 0 for p in picked], "color": theme.colour("ink")},
        },
        customdata=[str(c) for c in rows[code]],
        hovertext=[
            theme.interval(name, v * scale, a * scale, b * scale, n, digits, unit)
            for name, v, a, b, n in zip(*(rows[c] for c in (label, "estimate", "low", "high", "n")), strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    if len(rows):
        theta = float(rows["theta"].iloc[0]) * scale
        figure.add_hline(y=theta, line={"color": theme.colour("muted"), "width": 1})
        taken = _middle(figure, rows, sizes, middle_label, theta, scale, across, up)
        _names(figure, rows, tones, picked, label, scale, across, up, taken)
    return figure


def _axes(figure, rows, walls, scale: float, unit: str, titles) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges of both axes, as the logarithm of n and as drawn: all marks, and the walls where there is a mark."""
    if not len(rows):
        figure.update_xaxes(title=theme.title(titles[0]))
        figure.update_yaxes(title=theme.title(titles[1]), ticksuffix=unit)
        return (0, 1), (0, 1)
    least, most = math.log10(rows["n"].min()), math.log10(rows["n"].max())
    room = max((most - least) * 0.05, 0.05)
    across = (least - room, most + room)
    values = rows["estimate"].astype(float) * scale
    inner = walls[walls["n"] >= rows["n"].quantile(0.1)]
    low = min(values.min(), (inner["low_998"] * scale).min() if len(inner) else values.min())
    high = max(values.max(), (inner["high_998"] * scale).max() if len(inner) else values.max())
    pad = (high - low) * 0.07 or 1
    up = (low - pad, high + pad)
    steps = [m * 10**e for e in range(math.floor(across[0]), math.ceil(across[1])) for m in (1, 2, 5)]
    steps = [n for n in steps if across[0] <= math.log10(n) <= across[1]]
    letters = theme.FONTS if len(steps) <= ABREAST else f"days, {theme.FONTS}"  # every other one gives way on a phone
    figure.update_xaxes(
        type="log", range=list(across), title=theme.title(titles[0]), zeroline=False, tickvals=steps, tickformat=",d",
        tickfont={"family": letters},
    )  # fmt: skip
    figure.update_yaxes(range=list(up), title=theme.title(titles[1]), ticksuffix=unit, zeroline=False)
    return across, up


def _middle(figure, rows, sizes, words: str, theta: float, scale: float, across, up) -> list:
    """The name of the middle line, above or below it at the first place where it covers no mark; what it takes."""
    if not words:
        return []
    marks = [
        (_point(n, v * scale, across, up), labels.Box(-size / 2, -size / 2, size / 2, size / 2))
        for n, v, size in zip(rows["n"], rows["estimate"].astype(float), sizes, strict=True)
    ]
    level, em = (theta - up[0]) / (up[1] - up[0]), theme.size("small")
    for x in MIDDLES:
        (spot,) = labels.place([words], [(x, level)], AREA, em, (0,), taken=marks)
        if spot and not spot.position.startswith("middle"):
            break
    else:
        x, spot = 0, labels.Spot("top right", 0)  # a crowd everywhere: read upon a ground of paper
    up_down, side = spot.position.split(" ")
    where = {"xanchor": ANCHOR[side], "yanchor": "bottom" if up_down == "top" else "top"}
    _say(figure, x, theta, words, xref="paper", bgcolor=theme.faded("paper", 0.7), borderpad=0, **where)
    return [((x, level), labels.box(words, em, spot))]


def _point(n: float, value: float, across, up) -> tuple[float, float]:
    """Where a value over n lies in the figure, 0..1 across and up."""
    return (math.log10(n) - across[0]) / (across[1] - across[0]), (value - up[0]) / (up[1] - up[0])


def _names(figure, rows, tones, picked, label: str, scale: float, across, up, taken: list) -> None:
    """Names of those that matter, where they cover neither each other nor a mark that matters, nor what is `taken`."""
    distance = (rows["estimate"] - rows["theta"]).abs()
    wanted = [
        (not p, -d, i)
        for i, (p, d, t) in enumerate(zip(picked, distance, tones, strict=True))
        if p or t != "unsure"
    ]
    order = [i for _, _, i in sorted(wanted)][:NAMED]
    if not order:
        return
    words = [labels.shortened(str(rows[label].iloc[i]), 130, theme.size("small")) for i in order]
    at = [(math.log10(rows["n"].iloc[i]), float(rows["estimate"].iloc[i]) * scale) for i in order]
    points = [_point(10**x, y, across, up) for x, y in at]
    size = theme.size("marker")
    mark = labels.Box(-size / 2, -size / 2, size / 2, size / 2)
    spots = labels.place(
        words, points, AREA, theme.size("small"), (size, size * 2), taken=[*taken, *((point, mark) for point in points)]
    )
    for word, (x, y), spot in zip(words, at, spots, strict=True):
        if spot:
            up_down, side = spot.position.split(" ")
            anchor = ANCHOR[side]
            reach = spot.size / 2 + 2
            _say(
                figure, x, y, f"<b>{theme.plain(word)}</b>", xanchor=anchor, bgcolor=theme.faded("paper", 0.7),
                xshift={"left": reach, "right": -reach, "center": 0}[anchor],
                yanchor={"top": "bottom", "bottom": "top", "middle": "middle"}[up_down],
                yshift={"top": reach, "bottom": -reach, "middle": 0}[up_down],
            )  # fmt: skip


def _say(figure, x, y, words: str, log: bool = False, **where) -> None:
    font = {"size": theme.size("small"), "color": theme.colour("muted")}
    figure.add_annotation(x=math.log10(x) if log else x, y=y, text=words, showarrow=False, font=font, **where)
