"""What the tables of the sample are drawn with: the calendar, the vocabulary, random choices, Arrow columns."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from moments import words

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
DAYS = (LAST - FIRST).days + 1
END = DAYS * 86_400  # seconds after FIRST: what would happen later is not known yet
DATES = np.array([FIRST + timedelta(days=day) for day in range(DAYS)], dtype=object)
WEEKDAY = np.array([day.weekday() for day in DATES])
VOCABULARY = Path(__file__).parents[2] / "data" / "sample" / "vocabulary.toml"


@cache
def vocabulary() -> dict[str, Any]:
    """Every word of the sample: names, labels, comments, complaints, actions, events."""
    return tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))


def day_of(when: date) -> int:
    """Days since FIRST."""
    return (when - FIRST).days


def pick(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    """One column number for each row of a matrix of shares."""
    edges = np.cumsum(shares, axis=1)
    return (rng.random((len(shares), 1)) * edges[:, -1:] > edges).sum(axis=1)


def pick_alike(rng: np.random.Generator, shares: Sequence[float], n: int) -> np.ndarray:
    """`n` numbers, all drawn with the same shares."""
    return np.searchsorted(np.cumsum(shares) / np.sum(shares), rng.random(n))


def scores(latent: np.ndarray, shares: np.ndarray, lowest: int) -> np.ndarray:
    """Standard normal values cut into scores so that `shares` of the people give each, from `lowest` up."""
    return (np.searchsorted(ndtri(np.cumsum(shares)[:-1] / shares.sum()), latent) + lowest).astype(np.int8)


def rounded(values: np.ndarray, low: int, high: int) -> np.ndarray:
    """Values as whole scores within a scale."""
    return np.clip(np.rint(values), low, high).astype(np.int8)


def logit(share: float) -> float:
    """The log odds of a share."""
    return float(np.log(share / (1 - share)))


def replicate(numbers: np.ndarray) -> np.ndarray:
    """A group 0-19 from a whole number (splitmix64): stable, and blind to any order in the numbers."""
    z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    return ((z ^ (z >> np.uint64(31))) % np.uint64(20)).astype(np.int8)


def codes(names: Sequence[str], index: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """A text column from numbers into a list of codes; empty where not `known`."""
    return cells(np.asarray(list(names), dtype=object)[index], pa.string(), known)


def cells(values: np.ndarray, type: pa.DataType, known: np.ndarray | None = None) -> pa.Array:
    """A column; empty where not `known`."""
    return pa.array(values, type, mask=None if known is None else ~known)


def moments(seconds: np.ndarray) -> pa.Array:
    """Seconds since FIRST as timestamps; NaN is an empty cell."""
    known = np.isfinite(seconds)
    whole = np.where(known, seconds, 0).astype("int64")
    return cells((np.datetime64(FIRST, "s") + whole).astype("datetime64[us]"), pa.timestamp("us"), known)


def tokens(texts: Sequence[str | None]) -> pa.Array:
    """The words of each text; most texts occur more than once, so each is cut once."""
    cut = {text: words.tokens(text) for text in dict.fromkeys(texts) if text}
    return pa.array([cut.get(text) for text in texts], pa.list_(pa.string()))
