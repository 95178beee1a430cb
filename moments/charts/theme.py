"""The only file with a colour in it: tokens for light and dark, and the template every figure wears."""

import html
import math
from contextvars import ContextVar

from moments.charts.drawing import Drawing

FONTS = (
    '"Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif'
)

_LIGHT = {
    "ink": "#1b2026",
    "muted": "#5a6472",
    "line": "#e2e6ea",
    "paper": "#ffffff",
    "card": "#f7f9fb",
    "good": "#1463a5",
    "bad": "#b9500b",
    "unsure": "#8b949e",
    "expectation": "#6b7683",
    "perception": "#1463a5",
    "promoter": "#1463a5",
    "passive": "#cfd6dd",
    "detractor": "#b9500b",
    "on_passive": "#1b2026",
    "on_mark": "#ffffff",
    "categories": ("#1463a5", "#b9500b", "#3d8b7d", "#8a5a9e", "#a8800f", "#5a6472"),
    "ramp": ("#f7f9fb", "#cfe0ee", "#8fb7d8", "#4b8cc0", "#1463a5"),
}
_DARK = {
    "ink": "#e8ebee",
    "muted": "#9aa4af",
    "line": "#2d343c",
    "paper": "#12161a",
    "card": "#1a1f25",
    "good": "#6db3f2",
    "bad": "#f0995a",
    "unsure": "#7d8792",
    "expectation": "#9aa4af",
    "perception": "#6db3f2",
    "promoter": "#6db3f2",
    "passive": "#3a424b",
    "detractor": "#f0995a",
    "on_passive": "#e8ebee",
    "on_mark": "#12161a",
    "categories": ("#6db3f2", "#f0995a", "#6fc2b2", "#c096d6", "#e3bd52", "#9aa4af"),
    "ramp": ("#1a1f25", "#22405c", "#2f628f", "#4a8ac2", "#6db3f2"),
}
# On the wall greys wash out: more contrast, and type and marks are larger (see `size`).
_WALL = {"light": {"ink": "#000000", "muted": "#3a424b"}, "dark": {"ink": "#ffffff", "muted": "#c3cad1"}}

MODES = {"light": _LIGHT, "dark": _DARK}
_mode: ContextVar[str] = ContextVar("mode", default="light")
_wall: ContextVar[bool] = ContextVar("wall", default=False)


def use(mode: str, wall: bool = False) -> None:
    """Draw the rest of this run in "light" or "dark", for a screen or, with `wall`, for a projector."""
    _mode.set(mode if mode in MODES else "light")
    _wall.set(wall)


def on_wall() -> bool:
    """Whether this run draws for a projector."""
    return _wall.get()


def tokens() -> dict:
    """All tokens of the mode being drawn."""
    mode = _mode.get()
    return MODES[mode] | _WALL[mode] if on_wall() else MODES[mode]


def colour(token: str) -> str:
    """The colour of a token in the mode being drawn. Raises KeyError for an unknown token."""
    return tokens()[token]


def categories() -> tuple[str, ...]:
    """At most six colours for unordered groups."""
    return tokens()["categories"]


def ramp() -> list[list]:
    """A Plotly colour scale from little to much."""
    steps = tokens()["ramp"]
    return [[i / (len(steps) - 1), c] for i, c in enumerate(steps)]


def tint(place: int) -> str:
    """A ground of the category at `place` that text can be read on."""
    return _through(categories()[place % 6], 0.22)


def faded(token: str, opacity: float = 0.16) -> str:
    """The same colour let through, for interval bands."""
    return _through(colour(token), opacity)


def _through(shade: str, opacity: float) -> str:
    r, g, b = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{opacity})"


def readable(token: str, opacity: float) -> str:
    """The colour of text on a mark of `token` that lets so much of the paper through: the one that contrasts more."""
    return colour(max(("ink", "on_mark"), key=lambda ink: _contrast(ink, token, opacity)))


def deepest(token: str) -> float:
    """How much of a colour may cover the paper (0..1) so that ink upon it still reads: contrast 4.5 as in WCAG 2."""
    return next(step / 100 for step in range(100, -1, -1) if _contrast("ink", token, step / 100) >= 4.5)


def _contrast(ink: str, token: str, opacity: float) -> float:
    """Contrast of text with a mark through which the paper shows, as WCAG 2 defines it: 1 to 21."""
    text, mark, paper = ([int(colour(t)[i : i + 2], 16) / 255 for i in (1, 3, 5)] for t in (ink, token, "paper"))
    mixed = [a * opacity + b * (1 - opacity) for a, b in zip(mark, paper, strict=True)]

    def light(shade: list[float]) -> float:
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((light(text), light(mixed)))
    return (high + 0.05) / (low + 0.05)


def verdict(low: float, high: float, better: int = 1) -> str:
    """The token of a difference with its interval: good, bad, or unsure when it holds zero or nothing is known."""
    if low > 0:
        return "good" if better > 0 else "bad"
    if high < 0:
        return "bad" if better > 0 else "good"
    return "unsure"


def headroom() -> int:
    """Pixels above a figure for the upper half of a number at the end of its axis, whether there is one or not."""
    return round(8 + 0.75 * size("text"))


def size(kind: str) -> float:
    """Pixels of text, lines and markers; larger on the wall."""
    return {"text": (13, 20), "small": (12, 17), "line": (2, 3), "marker": (8, 11)}[kind][on_wall()]


def plain(words) -> str:
    """People's text in a figure, where Plotly would otherwise read tags."""
    return html.escape(str(words), quote=False)


def fixed(value: float, digits: int = 1, signed: bool = False) -> str:
    """A number with so many decimals and a true minus sign; `signed` with a plus too. Never a signed zero."""
    words = f"{value:{'+' if signed else ''},.{digits}f}"
    return (words if words.strip("+-0.,") else words.lstrip("+-")).replace("-", "\N{MINUS SIGN}")


def interval(name, value: float, low: float, high: float, n: float, digits: int = 1, unit: str = "") -> str:
    """What a mark says when touched: its name, value, interval and n; the name alone for what is hidden."""
    if value != value:
        return plain(name)
    ends = f" ({fixed(low, digits)} ~ {fixed(high, digits)})" if low == low else ""
    return f"{plain(name)}<br>{fixed(value, digits)}{unit}{ends}" + (f"<br>n {n:,.0f}" if n == n else "")


def figure(height: int = 320, **layout) -> Drawing:
    """An empty figure in the house's clothes."""
    tall = 1.6 if on_wall() else 1
    return Drawing({"template": template(), "height": round(height * tall), **layout})


def title(words: str) -> dict:
    """The name of an axis. Where it keeps off the labels Plotly measures them all, so an axis without one does not."""
    return {"text": words, "standoff": 8} if words else {}


def broken(name: str, ems: float, most: int = 2) -> str:
    """A name on at most so many lines of so many ems (a Chinese character is one, a letter about half), escaped.

    Plotly breaks no line by itself. Lines end between words, or between Chinese characters; what is left over is cut.
    """
    spaced = " " in name or all(ord(c) <= 0x2E7F for c in name)
    words, glue = (name.split(), " ") if spaced else (list(name), "")
    lines = [""]
    for word in words:
        longer = f"{lines[-1]}{glue}{word}" if lines[-1] else word
        if lines[-1] and sum(1 if ord(c) > 0x2E7F else 0.55 for c in longer) > ems:
            lines.append(word)
        else:
            lines[-1] = longer
    lines = lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]
    return "<br>".join(plain(line) for line in lines)


def rows_height(rows: int, lines: int = 1) -> int:
    """The height of a ranked list whose names take so many lines."""
    return max(rows, 1) * (10 + 16 * lines) + 80


def template() -> dict:
    """The layout that all figures share."""
    axis = {
        "gridcolor": colour("line"),
        "linecolor": colour("line"),
        "zerolinecolor": colour("unsure"),
        "zerolinewidth": 1,
        "tickfont": {"color": colour("muted"), "size": size("small")},
        "title": {"font": {"color": colour("muted"), "size": size("small")}},
        "automargin": True,
        "fixedrange": True,
        "separatethousands": True,  # 12,000 as everywhere else, never 12k
        "exponentformat": "none",
    }
    quiet = axis | {"showgrid": False}
    polar = {"gridcolor": colour("line"), "linecolor": colour("line"), "tickfont": axis["tickfont"]}
    return {
        "layout": {
            "font": {"family": FONTS, "size": size("text"), "color": colour("ink")},
            "paper_bgcolor": colour("paper"),  # a saved picture may be laid on any ground
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(categories()),
            "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
            "xaxis": quiet | {"tickangle": 0},
            # to hide a label at the edge, Plotly measures all of them anew after each that it has put down
            "yaxis": axis | {"ticklabeloverflow": "allow"},
            "polar": {
                "bgcolor": "rgba(0,0,0,0)",
                "gridshape": "linear",
                "radialaxis": polar | {"angle": 90, "tickangle": 90},
                "angularaxis": polar | {"direction": "clockwise", "rotation": 90},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": -0.14,
                "yanchor": "top",
                "font": {"size": size("small"), "color": colour("muted")},
            },
            "hoverlabel": {
                "bgcolor": colour("card"),
                "bordercolor": colour("line"),
                "font": {"family": FONTS, "color": colour("ink"), "size": size("small")},
            },
            "dragmode": False,
            "separators": ".,",
        }
    }


def source_line(*lines: str, room: float = math.inf) -> dict:
    """Layout of the small print at the foot of a figure that says what it is, also in a saved picture.

    Each line is broken where it would take more than `room` pixels.
    """
    em = size("small") - 2
    words = "<br>".join(broken(line, room / em, most=4) for line in lines)
    more = words.count("<br>")
    # Plotly lets further lines grow downwards, and the first begin lower the more there are
    up = round(em * (2.6 * more + 0.65)) if more else 0
    return {
        "title": {
            "text": words,
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "automargin": True,
            "pad": {"l": 4, "t": 10 - up, "b": 4 + up},
            "font": {"size": em, "color": colour("muted")},
        }
    }


def css() -> str:
    """The stylesheet of what is set in type; sizes follow the mode."""
    # .gtitle is the source line of a figure: too long for a phone, but a saved picture has it all the same
    base = 20 if on_wall() else 16
    # :lang(en): Chinese fonts set quotation marks as wide as a character; Plotly measures its text without that
    # .stAppHeader: with the side bar folded away, Streamlit lays an empty strip over the title
    c = tokens()
    return f"""<style>
html {{ font-size: {base}px; }}
html:lang(en) {{ font-variant-east-asian: proportional-width; }}
.js-plotly-plot {{ font-variant-east-asian: normal; }}
.stApp, .stApp button, .stApp input {{ font-family: {FONTS}; font-variant-numeric: tabular-nums; }}
.stMain .stPageLink :is(span, span *) {{ white-space: normal; line-height: 1.45; }}
.stMainBlockContainer {{ max-width: 1500px; padding-top: 2.5rem; }}
h1.m-title {{ font-size: 1.75rem; font-weight: 700; margin: 0; padding: 0; color: {c["ink"]}; }}
p.m-question {{ color: {c["muted"]}; margin: .15rem 0 0; font-size: 1rem; }}
h2.m-finding {{ font-size: 1.08rem; font-weight: 650; line-height: 1.45; margin: 0; padding: 0; color: {c["ink"]}; }}
p.m-how {{ color: {c["muted"]}; font-size: .8rem; line-height: 1.5; margin: 0; }}
.m-formula {{ white-space: pre-line; font-size: .85rem; line-height: 1.55; margin: 0; color: {c["ink"]}; }}
.m-cards {{ display: grid; gap: 0 1.5rem; grid-template-columns: repeat(auto-fit,
  minmax(max(9.5rem, (100% - (var(--across) - 1) * 1.5rem) / var(--across) - 1px), 1fr)); }}
.m-card {{ padding: .1rem 0 .75rem; min-width: 0; display: grid; grid-row: span 6; grid-template-rows: subgrid; }}
.m-label {{ color: {c["muted"]}; font-size: .85rem; }}
.m-value {{ font-size: 2rem; font-weight: 700; line-height: 1.2; color: {c["ink"]}; }}
.m-unit {{ font-size: 1rem; font-weight: 400; margin-left: .2rem; color: {c["muted"]}; }}
.m-small {{ color: {c["muted"]}; font-size: .78rem; font-weight: 400; margin: 0; padding: 0; }}
.m-change {{ font-size: .85rem; margin-top: .2rem; }}
.m-mark {{ font-size: .7rem; }}
.m-good {{ color: {c["good"]}; }}
.m-bad {{ color: {c["bad"]}; }}
.m-unsure {{ color: {c["muted"]}; }}
.m-spark {{ width: 100%; height: 1.6rem; display: block; }}
.m-notice {{ min-height: 9rem; display: flex; flex-direction: column; justify-content: center; align-items: center;
  text-align: center; gap: .4rem; color: {c["ink"]}; }}
.m-notice p {{ margin: 0; max-width: 34rem; }}
.m-key {{ columns: 14rem; column-gap: 1.5rem; list-style: none; margin: 0; padding: 0; font-size: .85rem;
  line-height: 1.6; color: {c["ink"]}; }}
.m-key li {{ margin: 0; break-inside: avoid; }}
.m-key b {{ display: inline-block; min-width: 1.6rem; }}
.m-steps {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .9rem 1.5rem; }}
.m-steps section {{ border-top: 3px solid {c["ink"]}; padding-top: .5rem; }}
.m-steps h3 {{ font-size: 1rem; font-weight: 650; margin: 0; padding: 0; color: {c["ink"]}; }}
.m-steps ul {{ list-style: none; margin: .5rem 0 0; padding: 0; font-size: .95rem; line-height: 1.7; }}
.m-steps li {{ margin: 0; padding-left: 1.6rem; text-indent: -1.6rem; color: {c["ink"]}; }}
.m-steps li b {{ display: inline-block; min-width: 1.6rem; text-indent: 0; }}
.m-steps .m-small {{ display: block; margin: -.3rem 0 .2rem; text-indent: 0; }}
.js-plotly-plot .modebar {{ visibility: hidden; }}
.js-plotly-plot:is(:hover, :focus-within) .modebar {{ visibility: visible; }}
[class*="st-key-panel-"] {{ container-type: inline-size; }}
@container (min-width: 600px) {{ .m-key .m-named {{ display: none; }} }}
@container (max-width: 599.9px) {{
  .scatterlayer text[style*="names,"] {{ display: none; }}
  .xtick:nth-child(even) text[style*="days,"] {{ display: none; }}
  .scatterlayer text[style*="numbers,"] {{ fill: {c["ink"]} !important; fill-opacity: 1 !important; }}
}}
.m-foot {{ color: {c["muted"]}; font-size: .8rem; border-top: 1px solid {c["line"]}; padding-top: .6rem; }}
[class*="st-key-head-"] {{ flex-wrap: nowrap; }}
[class*="st-key-head-"] > div:first-child {{ flex: 1 1 auto; min-width: 0; }}
[data-testid="stSidebarHeader"] {{ margin-bottom: 0; }}
[data-testid="stSidebarNavItems"] > div + div {{ margin-top: .5rem; }}
[data-testid="stSidebarNavItems"] :is(li, a) {{ margin: 0; }}
.stButtonGroup [role="radiogroup"] {{ flex-wrap: wrap; }}
.stButtonGroup [data-variant="pills"] {{ height: auto; min-height: 2rem; border-radius: 1rem; }}
.stButtonGroup [data-variant="pills"] * {{ white-space: normal; text-align: left; overflow-wrap: anywhere; }}
@media (min-width: 641px) {{ .stAppHeader {{ background: transparent; }} }}
@media (max-width: 640px) {{
  .stMainBlockContainer {{ padding-left: .9rem; padding-right: .9rem; }}
  .stMainBlockContainer {{ padding-top: 4.2rem; }}
  .m-cards {{ grid-template-columns: repeat(2, minmax(0, 1fr)); }}
  .m-value {{ font-size: 1.6rem; }}
  .js-plotly-plot .gtitle {{ display: none; }}
}}
</style>"""
