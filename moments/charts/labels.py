"""Where labels go so that none covers another or a mark, at this size and at every larger one.

Only the smallest size of a figure is known here; a browser may stretch it. So two boxes count as apart only if they
lie in the order of the points they belong to: stretching moves the points apart and the boxes with them.
"""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

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
) -> list[Spot | None]:
    """A spot for every label, first come first served; None where no spot is free.

    points: across and up the area, 0..1. area: its smallest width and height in pixels. sizes: how far from the point
    to try, nearest first, as sizes of a mark. taken: (point, box) of what is there already. The same input always
    gives the same places.
    """
    there = [(_pixels(point, area), covered) for point, covered in taken]
    found: list[Spot | None] = []
    for label, point in zip(words, points, strict=True):
        at = _pixels(point, area)
        for spot in (Spot(position, size) for size in sizes for position in POSITIONS):
            mine = box(label, em, spot)
            if _inside(at, mine, area) and all(_apart(at, mine, *other) for other in there):
                found.append(spot)
                there.append((at, mine))
                break
        else:
            found.append(None)
    return found


def _pixels(point, area):
    return point[0] * area[0], point[1] * area[1]


def _inside(at, mine: Box, area) -> bool:
    (x, y), (wide, tall) = at, area
    return 0 <= x + mine.left and x + mine.right <= wide and 0 <= y + mine.bottom and y + mine.top <= tall


def _apart(at, mine: Box, other_at, other: Box) -> bool:
    (x, y), (other_x, other_y) = at, other_at
    return (
        (x <= other_x and x + mine.right <= other_x + other.left)
        or (x >= other_x and x + mine.left >= other_x + other.right)
        or (y <= other_y and y + mine.top <= other_y + other.bottom)
        or (y >= other_y and y + mine.bottom >= other_y + other.top)
    )
