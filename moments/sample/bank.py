"""What is true of the synthetic bank: sizes, mixes, and the level of each branch on each day.

Effects are in standard deviations of a score unless said otherwise: one tenth is worth some ten points of NPS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from moments.sample.draw import DAYS, FIRST, LAST, codes, day_of, vocabulary
from moments.sample.stories import STORIES

REGIONS = {"n": "north", "e": "east", "s": "south"}  # by the first letter of a branch
SIZE = {"n03": 8.0, "e07": 1.8, "s02": 9.0, "s05": 8.5, "e10": 4.0, "s08": 6.0, "n09": 5.5, "s04": 6.5, "s12": 0.14}
SHIFT = {"n03": -0.12, "e07": -0.02, "s02": 0.06, "s05": -0.10, "e10": -0.10, "s08": 0.0, "n09": 0.03, "s04": 0.10,
         "s12": 0.0}
LOAD = {"n03": 1.05, "s08": 0.93, "s02": 0.86, "s05": 0.86}  # work that arrives per counter hour
CHANGES = (  # branch, first day, last day, change of level
    ("n03", date(2024, 6, 1), LAST, 0.12),
    ("s04", date(2025, 4, 1), LAST, -0.24),
    ("e05", date(2023, 8, 1), date(2023, 10, 31), -0.20),
)

CHANNELS = {  # share of answers, effect
    "counter": (0.40, -0.20), "machine": (0.14, 0.08), "mobile": (0.30, 0.45), "hotline": (0.09, -0.35),
    "online": (0.07, -0.05)}
CHANNEL_MIX = {"s02": (0.66, 0.14, 0.06, 0.09, 0.05), "s05": (0.12, 0.14, 0.62, 0.06, 0.06)}
SEGMENTS = {"mass": (0.60, -0.03), "wealth": (0.21, 0.05), "vip": (0.06, 0.18), "business": (0.13, -0.12)}
SEGMENT_MIX = {"s08": (0.56, 0.24, 0.10, 0.10)}
SERVICES = {  # share, service time against the average
    "cash": (0.26, 0.65), "transfer": (0.24, 0.75), "card": (0.18, 0.85), "account": (0.13, 1.5), "loan": (0.09, 1.8),
    "invest": (0.10, 1.3)}


@dataclass(frozen=True)
class Bank:
    """The branches, one entry per branch in the order of `codes`."""

    codes: np.ndarray
    size: np.ndarray  # relative
    shift: np.ndarray
    driver_shift: np.ndarray  # branch x (skill, attitude, timeliness, parts)
    channel_mix: np.ndarray
    segment_mix: np.ndarray
    opened: np.ndarray  # day number since FIRST, negative before
    counters: np.ndarray  # open on a normal day
    tickets: np.ndarray  # expected on an average day
    service: np.ndarray  # mean minutes

    def index(self, branch: str) -> int:
        """The number of a branch."""
        return int(np.flatnonzero(self.codes == branch)[0])


def share(table: Mapping[str, tuple]) -> list[float]:
    """The first entries of a table: how often each of its codes occurs."""
    return [entry[0] for entry in table.values()]


def effect(table: Mapping[str, tuple], index: np.ndarray) -> np.ndarray:
    """The second entries of a table, for each row."""
    return np.array([entry[1] for entry in table.values()])[index]


def make(rng: np.random.Generator) -> Bank:
    """Draw the branches; those with a story are given, not drawn."""
    names = list(vocabulary()["branches"])
    n = len(names)
    size = rng.permutation(np.geomspace(1, 10, n))
    shift = rng.normal(0, 0.13, n)
    driver_shift = rng.normal(0, 0.12, (n, 4))
    channel_mix = rng.dirichlet(np.array(share(CHANNELS)) * 80, n)
    segment_mix = rng.dirichlet(np.array(share(SEGMENTS)) * 150, n)
    load = rng.uniform(0.80, 0.93, n)
    for i, name in enumerate(names):
        size[i] = SIZE.get(name, size[i])
        shift[i] = SHIFT.get(name, shift[i])
        channel_mix[i] = CHANNEL_MIX.get(name, channel_mix[i])
        segment_mix[i] = SEGMENT_MIX.get(name, segment_mix[i])
        load[i] = LOAD.get(name, load[i])
        driver_shift[i] *= name not in SHIFT
    tickets = 23.2 * size
    counters = np.maximum(np.rint(tickets * 8.5 / (480 * load)), 1)
    service = np.minimum(load * counters * 480 / tickets, 11)
    opened = np.full(n, -1)
    opened[names.index(STORIES["tiny"]["branch"])] = day_of(STORIES["tiny"]["since"])
    return Bank(np.array(names, dtype=object), size, shift, driver_shift, channel_mix, segment_mix, opened,
                counters.astype(int), tickets, service)


def level(bank: Bank, branch: np.ndarray, day: np.ndarray) -> np.ndarray:
    """How good each branch is on each day, whoever is asked: a slow rise, a bad season, and the changes."""
    found = bank.shift[branch] + 0.06 * day / DAYS - 0.06 * (day % 365 < 50)
    for name, since, until, by in CHANGES:
        found = found + by * ((bank.codes[branch] == name) & (day >= day_of(since)) & (day <= day_of(until)))
    return found


def is_fixed(bank: Bank, branch: np.ndarray, day: np.ndarray) -> np.ndarray:
    """True where the fix that worked is in place."""
    story = STORIES["fix_worked"]
    return (bank.codes[branch] == story["branch"]) & (day >= day_of(story["since"]))


@cache
def rush() -> np.ndarray:
    """For each day, whether it lies in a Spring Festival rush."""
    found = np.zeros(DAYS, bool)
    for event in vocabulary()["events"]:
        if event["event"] in STORIES["festival"]["events"]:
            found[day_of(event["starts_on"]) : day_of(event["ends_on"]) + 1] = True
    return found


def dimensions(bank: Bank, branch: np.ndarray, channel: pa.Array, segment: np.ndarray, service: np.ndarray) -> dict:
    """The filter dimensions of a fact table as columns."""
    return {
        "branch": codes(bank.codes, branch),
        "region": codes([REGIONS[code[0]] for code in bank.codes], branch),
        "channel": channel,
        "segment": codes(SEGMENTS, segment),
        "service": codes(SERVICES, service),
    }


def table(rng: np.random.Generator, bank: Bank) -> pa.Table:
    """The table `branches`."""
    names: Mapping[str, Any] = vocabulary()["branches"]
    n = len(bank.codes)
    age = rng.integers(700, 9000, n)
    opened = [FIRST + timedelta(days=int(o if o > 0 else -d)) for o, d in zip(bank.opened, age, strict=True)]
    return pa.table({
        "branch": codes(bank.codes, np.arange(n)),
        "branch_zh": pa.array([names[code]["zh"] for code in bank.codes]),
        "branch_en": pa.array([names[code]["en"] for code in bank.codes]),
        "region": pa.array([REGIONS[code[0]] for code in bank.codes]),
        "opened_on": pa.array(opened, pa.date32()),
        "counters": pa.array(bank.counters + 1 + (bank.counters > 3), pa.int32()),  # some are always shut
        "outlets": pa.array(np.maximum(np.rint(bank.size * 0.7), 1).astype(int), pa.int32()),
        "customers": pa.array(np.rint(bank.size * 14_000 * rng.uniform(0.8, 1.2, n)).astype(int), pa.int64()),
    })
