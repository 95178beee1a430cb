"""The queue: whole days of each branch, some three in two months, ticket by ticket.

Whole days and not a sample of tickets, so that arrivals per hour mean something: they are tickets per *day on record*.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from moments.sample.bank import CHANNELS, SEGMENTS, SERVICES, Bank, dimensions, effect, is_fixed, rush, share
from moments.sample.draw import DAYS, WEEKDAY, cells, codes, moments, pick_alike, replicate
from moments.sample.stories import STORIES

HOURS = (0.09, 0.16, 0.17, 0.10, 0.08, 0.13, 0.15, 0.12)  # share of a day's tickets, 9 to 17 o'clock
WEEKDAYS = np.array([1.20, 1.05, 0.96, 0.98, 1.08, 0.84, 0.66])
OPENS, LUNCH, AFTER_LUNCH, CLOSES = (int(hour * 3600) for hour in (9, 12, 13.5, 17.5))
STEP = 20  # days from one day on record to the next
OUTCOMES = ("served", "abandoned", "closed", "phantom")


def draw(rng: np.random.Generator, bank: Bank, size: float) -> dict[str, np.ndarray]:
    """Tickets in order of arrival; times in seconds since FIRST, NaN for what did not happen."""
    parts: list[dict[str, np.ndarray]] = []
    for branch in range(len(bank.codes)):
        for start in range(int(rng.integers(0, STEP)), DAYS, STEP):
            day = min(start + int(rng.integers(0, 7)), DAYS - 1)  # so that every weekday comes up
            if day >= bank.opened[branch] and rng.random() < size:
                parts.append(_one_day(rng, bank, branch, day))
    tickets = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    order = np.lexsort((tickets["branch"], tickets["arrived"]))
    return {key: values[order] for key, values in tickets.items()}


def _one_day(rng: np.random.Generator, bank: Bank, branch: int, day: int) -> dict[str, np.ndarray]:
    expected = bank.tickets[branch] * WEEKDAYS[WEEKDAY[day]] * (1 + 0.04 * day / DAYS) * (1.15 if rush()[day] else 1)
    n = max(int(rng.poisson(expected)), 1)
    arrived = np.sort(OPENS + 3600 * (pick_alike(rng, HOURS, n) + rng.random(n))).astype(int)
    segment = pick_alike(rng, bank.segment_mix[branch], n)
    service = pick_alike(rng, share(SERVICES), n)
    length = effect(SERVICES, service) * bank.service[branch] * 60 * np.exp(rng.normal(-0.125, 0.5, n))
    length = np.maximum(length, 30).astype(int)
    patience = (300 + rng.exponential(100 * 60, n)).astype(int)
    fixed = bool(is_fixed(bank, np.array([branch]), np.array([day]))[0])
    counters = int(bank.counters[branch]) + fixed
    lunch = counters > 1 and not fixed  # one counter pauses, except where that was mended
    story = STORIES["unfair_queue"]
    first = np.isin(segment, [list(SEGMENTS).index(code) for code in story["called_first"]])
    rank = np.where(first & (bank.codes[branch] == story["branch"]), 0, 1)
    phantom = rng.random(n) < 0.012
    called = _call(arrived, length, patience, rank, phantom, counters, lunch)
    outcome = np.select([phantom, np.isfinite(called), arrived + patience < CLOSES], [3, 0, 1], 2)
    wait = np.select([outcome == 0, outcome == 1, outcome == 2], [called - arrived, patience, CLOSES - arrived], np.nan)
    at_lunch = lunch & (arrived >= LUNCH) & (arrived < AFTER_LUNCH)
    start = day * 86_400
    return {
        "branch": np.full(n, branch), "day": np.full(n, day), "arrived": start + arrived, "called": start + called,
        "finished": start + called + length, "wait": wait, "length": np.where(outcome == 0, length, np.nan),
        "outcome": outcome, "segment": segment, "service": service, "open": counters - at_lunch,
    }


def _call(arrived, length, patience, rank, phantom, counters: int, lunch: bool) -> np.ndarray:
    """When each ticket is called (seconds of the day); NaN for those who left, were sent away or never existed.

    First come first served within a rank, lower ranks first.
    """
    called = np.full(len(arrived), np.nan)
    arrivals, lengths, patiences, ranks = (a.tolist() for a in (arrived, length, patience, rank))
    coming = np.flatnonzero(~phantom).tolist()
    free = [(OPENS, counter) for counter in range(counters)]
    waiting: list[tuple[int, int]] = []
    following = clock = 0
    while following < len(coming) or waiting:
        time, counter = free[0]
        clock = time = max(time, clock if waiting else arrivals[coming[following]])
        if lunch and counter == 0 and LUNCH <= time < AFTER_LUNCH:
            heapq.heapreplace(free, (AFTER_LUNCH, counter))
            continue
        while following < len(coming) and arrivals[coming[following]] <= time:
            heapq.heappush(waiting, (ranks[coming[following]], coming[following]))
            following += 1
        _, ticket = heapq.heappop(waiting)
        if arrivals[ticket] + patiences[ticket] < time or time >= CLOSES:
            continue  # gone, or the doors are shut
        called[ticket] = time
        heapq.heapreplace(free, (time + lengths[ticket], counter))
    return called


def table(bank: Bank, visits: Mapping[str, np.ndarray]) -> pa.Table:
    """The table `visits`.

    `replicate` is drawn by branch and day: who queues together waits together, and an interval must know it.
    """
    n = len(visits["branch"])
    wait, length = np.round(visits["wait"] / 60, 1), np.round(visits["length"] / 60, 1)
    counter = codes(CHANNELS, np.zeros(n, int))
    return pa.table({
        "ticket": cells(np.arange(1, n + 1), pa.int64()),
        **dimensions(bank, visits["branch"], counter, visits["segment"], visits["service"]),
        "replicate": cells(replicate(visits["branch"] * DAYS + visits["day"] + 1), pa.int8()),
        "arrived_at": moments(visits["arrived"]),
        "called_at": moments(visits["called"]),
        "finished_at": moments(visits["finished"]),
        "outcome": codes(OUTCOMES, visits["outcome"]),
        "wait_minutes": cells(wait, pa.float64(), np.isfinite(wait)),
        "service_minutes": cells(length, pa.float64(), np.isfinite(length)),
        "counters_open": cells(visits["open"], pa.int8()),
    })
