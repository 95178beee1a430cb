"""The pieces of a page that are set in type: heading, cards, findings, notices. Words in, escaped HTML out."""

import math
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from moments.charts import theme

ABREAST = 5  # cards in a row at most


@dataclass(frozen=True)
class Card:
    """One headline number. `change` is a sentence with its `way` (up, down) and `tone` (good, bad, unsure)."""

    label: str
    value: str
    unit: str = ""
    interval: str = ""
    change: str = ""
    way: str = ""
    tone: str = "unsure"
    spark: tuple = ()
    n: str = ""


def row(made: tuple[Card, ...]) -> str:
    """Cards side by side; all have the same parts, level with each other, and no row is much shorter than another."""
    across = math.ceil(len(made) / max(math.ceil(len(made) / ABREAST), 1))
    return f'<div class="m-cards" style="--across:{across}">{"".join(_card(c) for c in made)}</div>'


def _card(card: Card) -> str:
    mark = {"up": "▲", "down": "▼"}.get(card.way, "●")
    change = f'<span class="m-mark">{mark}</span> {escape(card.change)}' if card.change else "&nbsp;"
    return (
        f'<div class="m-card"><div class="m-label">{escape(card.label)}</div>'
        f'<div class="m-value">{escape(card.value)}<span class="m-unit">{escape(card.unit)}</span></div>'
        f'<div class="m-small">{escape(card.interval) or "&nbsp;"}</div>'
        f'<div class="m-change m-{card.tone}">{change}</div>'
        f'{_spark(card.spark)}<div class="m-small">{escape(card.n) or "&nbsp;"}</div></div>'
    )


def _spark(values: tuple) -> str:
    """A line without axes; hidden values leave a gap."""
    known = [v for v in values if v == v]
    if len(known) < 2:
        return '<div class="m-spark"></div>'
    low, high = min(known), max(known)
    step, scale = 100 / (len(values) - 1), 20 / (high - low) if high > low else 0
    path, pen = "", "M"
    for i, v in enumerate(values):
        if v != v:
            pen = "M"
            continue
        path += f"{pen}{i * step:.1f} {22 - (v - low) * scale if scale else 12:.1f}"
        pen = "L"
    picture = (  # a picture, since inline SVG is taken out of the page on its way
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 24" preserveAspectRatio="none"><path d="{path}" '
        f'fill="none" stroke="{theme.colour("good")}" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f'<img class="m-spark" alt="" src="data:image/svg+xml,{quote(picture)}">'


def heading(title: str, question: str) -> str:
    """The page's name and, under it, its question."""
    return f'<h1 class="m-title">{escape(title)}</h1><p class="m-question">{escape(question)}</p>'


def finding(words: str) -> str:
    """The headline of a panel."""
    return f'<h2 class="m-finding">{escape(words)}</h2>'


def how(words: str) -> str:
    """How to read the figure, in one line."""
    return f'<p class="m-how">{escape(words)}</p>'


def key(entries) -> str:
    """What the numbers in a figure mean (see quadrant.py). The stylesheet hides what a wide figure names itself."""
    lines = (
        f'<li class="{"m-named" if e["inside"] else ""}"><b>{e["number"]}</b> {escape(e["name"])}'
        f'<span class="m-small"> {escape(e["group"] if e["known"] else "…")}</span></li>'
        for e in entries
    )
    return f'<ul class="m-key">{"".join(lines)}</ul>'


def label(words: str) -> str:
    """The name of one figure among several."""
    return f'<h3 class="m-label">{escape(words)}</h3>'


def steps(made) -> str:
    """Groups in the order in which to work on them: (head, advice, [(number, name, small print), ...])."""
    return f'<div class="m-steps">{"".join(_step(*one) for one in made)}</div>'


def _step(head: str, advice: str, lines) -> str:
    items = "".join(
        f'<li><b>{number}</b> {escape(name)} <span class="m-small">{escape(small)}</span></li>'
        for number, name, small in lines
    )
    return f'<section><h3>{escape(head)}</h3><p class="m-how">{escape(advice)}</p><ul>{items}</ul></section>'


def notice(reason: str, advice: str) -> str:
    """Why there is no figure, and what to do."""
    return f'<div class="m-notice" role="status"><p>{escape(reason)}</p><p class="m-how">{escape(advice)}</p></div>'


def formula(head: str, words: str) -> str:
    """How a number is computed, with its source; line breaks are kept."""
    return f'<h3 class="m-small">{escape(head)}</h3><p class="m-formula">{escape(words)}</p>'


def foot(words: str, warning: str) -> str:
    """The last line of a page."""
    flag = f'<strong class="m-bad">{escape(warning)}</strong> ' if warning else ""
    return f'<footer class="m-foot">{flag}{escape(words)}</footer>'
