"""Where labels go so that none covers another or a mark, at every size that a browser may give the figure."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from moments.charts import theme

# the corners first: an interval crosses a mark level and upright
POSITIONS = (
    "top right", "top left", "bottom right", "bottom left",
    "middle right", "middle left", "top center", "bottom center",
)  # fmt: skip
_EM = {"W": 1.05, "F": 1.05}
_ACROSS = {"right": 1, "left": -1, "center": 0}
_UP = {"top": 1, "bottom": -1, "middle": 0}


class Box(NamedTuple):
    """A rectangle in pixels, seen from its point; up is positive."""

    left: float
    bottom: float
    right: float
    top: float


class Spot(NamedTuple):
    """A label's place as Plotly says it: `position`, and the `size` of the mark that it keeps clear of."""

    position: str
    size: float


def width(words: str, em: float) -> float:
    """Pixels that a line of text takes at most in a font of `em` pixels."""
    return em * sum(
        _EM.get(unicodedata.east_asian_width(c), 0.72 if c.isupper() or c.isdigit() else 0.6) for c in words
    )


def shortened(words: str, longest: float, em: float) -> str:
    """The text, cut with an ellipsis where it would take more than `longest` pixels."""
    if width(words, em) <= longest:
        return words
    while words and width(f"{words}…", em) > longest:
        words = words[:-1]
    return f"{words.rstrip()}…"


def wrapped(words: str, ems: float) -> str:
    """The text in lines of at most `ems` ems as Plotly writes them, broken at spaces where there are any."""
    lines = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]|\s+", words):
        if lines[-1] and width(lines[-1] + piece.rstrip(), 1) > ems:
            lines.append("")
        lines[-1] += piece
    return "<br>".join(theme.plain(line.strip()) for line in lines)


def box(words: str, em: float, spot: Spot) -> Box:
    """What a label covers at a spot."""
    up, across = spot.position.split(" ")
    reach = spot.size / 2 / 0.8 + 1  # as Plotly keeps text away from a mark
    wide, tall = width(words, em), 1.3 * em
    x = {1: reach, -1: -reach - wide, 0: -wide / 2}[_ACROSS[across]]
    y = {1: reach, -1: -reach - tall, 0: -tall / 2}[_UP[up]]
    return Box(x, y, x + wide, y + tall)


def place(
    words: Sequence[str],
    points: Sequence[tuple[float, float]],
    area: tuple[float, float],
    em: float,
    sizes: Sequence[float],
    taken: Sequence[tuple[tuple[float, float], Box]] = (),
    largest: tuple[float, float] = (4_000, 2_000),
) -> list[Spot | None]:
    """A spot for every label, first come first served; None where no spot is free.

    points: across and up the area, 0..1. area: its smallest width and height in pixels, `largest` the largest ones.
    sizes: how far from the point to try, nearest first, as sizes of a mark. taken: (point, box) of what is there
    already. The same input always gives the same places.
    """
    there = list(taken)
    found: list[Spot | None] = []
    for label, point in zip(words, points, strict=True):
        for spot in (Spot(position, size) for size in sizes for position in POSITIONS):
            mine = box(label, em, spot)
            if _inside(point, mine, area) and all(_apart(point, mine, *other, area, largest) for other in there):
                found.append(spot)
                there.append((point, mine))
                break
        else:
            found.append(None)
    return found


def _inside(point, mine: Box, area) -> bool:
    (x, y), (wide, tall) = point, area
    return (
        0 <= x * wide + mine.left
        and x * wide + mine.right <= wide
        and 0 <= y * tall + mine.bottom
        and y * tall + mine.top <= tall
    )


def _apart(point, mine: Box, other_point, other: Box, least, largest) -> bool:
    """Whether two boxes stay apart, side by side or one above the other, from the least to the largest area.

    Stretching moves points apart evenly, so what holds at both ends holds between them.
    """
    x, y = point[0] - other_point[0], point[1] - other_point[1]
    across, up = (x * least[0], x * largest[0]), (y * least[1], y * largest[1])
    return (
        max(across) <= other.left - mine.right
        or min(across) >= other.right - mine.left
        or max(up) <= other.bottom - mine.top
        or min(up) >= other.top - mine.bottom
    )
