"""The answers: who answered when, what they lived through, and what they would therefore say to every question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from moments.sample.bank import CHANNELS, SEGMENTS, Bank, effect, is_fixed, level, share
from moments.sample.bank import SERVICES as SERVICE_TABLE
from moments.sample.draw import DATES, DAYS, WEEKDAY, day_of, logit, pick, pick_alike, rounded, scores, vocabulary
from moments.sample.stories import STORIES
from moments.sample.visits import WEEKDAYS

COUNTER, HOTLINE = list(CHANNELS).index("counter"), list(CHANNELS).index("hotline")

# What share of people give each score, from the lowest: skewed, as such scores are.
RECOMMEND = np.array([2.2, 1.0, 1.6, 2.6, 3.0, 6.6, 8.0, 15.0, 22.0, 17.0, 21.0])
TEN = np.array([0.8, 0.8, 1.6, 2.3, 5.0, 8.0, 17.0, 29.0, 21.0, 14.5])

SERVICE_TILT = np.array([  # channel x service: a loan is not cashed in the app
    [1, 1, 1, 1, 1, 1], [1.6, 1.0, 1.2, 0.2, 0.1, 0.1], [0.05, 2.2, 0.9, 0.3, 0.6, 1.5], [0.1, 0.8, 2.0, 0.6, 1.0, 0.8],
    [0.1, 1.0, 1.8, 0.6, 0.9, 1.0]])
FACTORS = {  # how often somebody who waited says it, and what it adds to the logarithm of the felt wait
    "idle": (0.46, 0.15), "before": (0.38, 0.08), "anxious": (0.24, 0.20), "uncertain": (0.42, 0.24),
    "unexplained": (0.36, 0.18), "unfair": (0.09, 0.36), "valuable": (0.28, -0.10), "alone": (0.55, -0.03),
    "uncomfortable": (0.17, 0.14), "unfamiliar": (0.13, 0.10)}
FELT_AT_ONE, FELT_POWER, FELT_NOISE = 0.16, 0.93, 0.32  # log felt = 0.16 + 0.93 log actual + factors + noise
GAPS = {"tangibles": -0.20, "reliability": -0.95, "responsiveness": -0.72, "assurance": -0.45, "empathy": -0.52}
ITEM_GAPS = {  # around the gap of the dimension
    "tan1": -0.16, "tan2": 0.05, "tan3": 0.18, "tan4": -0.08, "rel1": -0.12, "rel2": 0.08, "rel3": 0.0, "rel4": -0.05,
    "rel5": 0.24, "res1": -0.22, "res2": -0.06, "res3": 0.19, "res4": 0.07, "ass1": 0.05, "ass2": 0.14, "ass3": 0.09,
    "ass4": -0.20, "emp1": -0.07, "emp2": 0.16, "emp3": -0.24, "emp4": -0.03, "emp5": 0.10}
TOUCHES = {"enter": 0.2, "ticket": 0.3, "wait": -0.7, "serve": 0.6, "explain": -0.7, "confirm": 0.3, "farewell": 0.1}
FAILURES = (0.55, 0.30, 0.15)  # share of severities 1 to 3
RECOVERED = np.array([0, 0.62, 0.52, 0.42])  # share by severity
AFTER_RECOVERY, WITHOUT = np.array([0, 0.45, 0.0, -0.40]), np.array([0, -0.7, -1.1, -1.5])


def draw(rng: np.random.Generator, bank: Bank, visits: Mapping[str, np.ndarray], size: float) -> dict[str, Any]:
    """One entry per questionnaire, in order of time: codes as numbers, latent values, and every score."""
    day = np.arange(DAYS)
    busy = (WEEKDAYS[WEEKDAY] ** 0.6) * (1 + 0.12 * day / DAYS)
    weights = (bank.size[:, None] * busy * (day >= bank.opened[:, None])).ravel()
    place = rng.choice(weights.size, int(60_000 * size), p=weights / weights.sum())
    a: dict[str, Any] = {"branch": place // DAYS, "day": place % DAYS}
    a["channel"] = pick(rng, bank.channel_mix[a["branch"]])
    a["segment"] = pick(rng, bank.segment_mix[a["branch"]])
    a["service"] = pick(rng, SERVICE_TILT[a["channel"]] * share(SERVICE_TABLE))
    _time_and_wait(rng, bank, a, visits)
    _game(rng, bank, a)
    order = np.lexsort((a["branch"], a["second"]))
    a = {key: values[order] for key, values in a.items()}
    a["response"] = np.arange(1, len(place) + 1)
    a["customer"] = _customers(rng, a)
    person = np.where(a["customer"] > 0, a["customer"], 10_000_000 + a["response"])
    a["person"] = person
    _wait_as_felt(rng, bank, a)
    _journey(rng, bank, a)
    _servqual(rng, bank, a)
    _value(rng, a)
    _outcomes(rng, bank, a)
    return a


def by_hour() -> np.ndarray:
    """Share of app, phone and machine business by hour of the day."""
    hour = np.arange(24)
    found = np.exp(-((hour - 11) ** 2) / 14) + 1.2 * np.exp(-((hour - 20) ** 2) / 6) + 0.01
    found[:6] = 0.003
    return found / found.sum()


def _time_and_wait(rng: np.random.Generator, bank: Bank, a: dict, visits: Mapping[str, np.ndarray]) -> None:
    """A counter answer borrows hour and wait from a ticket of the same branch, month and class of customer."""
    n = len(a["branch"])
    months = np.array([12 * date.year + date.month for date in DATES])
    served = np.flatnonzero(visits["outcome"] == 0)
    keys = _ticket_key(bank, visits["branch"], visits["segment"], months[visits["day"]])[served]
    order = np.argsort(keys, kind="stable")
    served, keys = served[order], keys[order]
    wanted = _ticket_key(bank, a["branch"], a["segment"], months[a["day"]])
    low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    at = low + (rng.random(n) * (high - low)).astype(int)
    ticket = served[np.minimum(at, len(served) - 1)]  # where that month has no such ticket, the next month's
    counter = a["channel"] == COUNTER
    left = visits["finished"][ticket].astype(int) % 86_400 + rng.integers(60, 2400, n)
    second = rng.choice(24, n, p=by_hour()) * 3600 + rng.integers(0, 3600, n)
    a["second"] = a["day"] * 86_400 + np.where(counter, left, second)
    on_hold = np.exp(rng.normal(np.log(2.5), 0.8, n))
    a["wait"] = np.round(np.where(counter, visits["wait"][ticket] / 60, on_hold), 1)
    a["waited"] = counter | (a["channel"] == HOTLINE)


def _ticket_key(bank: Bank, branch: np.ndarray, segment: np.ndarray, month: np.ndarray) -> np.ndarray:
    return (branch * 2 + _overtakes(bank, branch, segment)) * 100_000 + month


def _overtakes(bank: Bank, branch: np.ndarray, segment: np.ndarray) -> np.ndarray:
    """True for customers whom the unfair hall calls first."""
    story = STORIES["unfair_queue"]
    first = [list(SEGMENTS).index(code) for code in story["called_first"]]
    return (bank.codes[branch] == story["branch"]) & np.isin(segment, first)


def _game(rng: np.random.Generator, bank: Bank, a: dict) -> None:
    """The branch that fills in its own forms: evenings of the last days of the month, half a minute apart."""
    story = STORIES["gaming"]
    here = (a["branch"] == bank.index(story["branch"])) & (a["day"] >= day_of(story["since"]))
    a["gamed"] = here & (rng.random(len(here)) < 0.62)
    months = np.array([12 * date.year + date.month for date in DATES])
    last_day = np.searchsorted(months, months, "right") - 1
    evening: dict[int, int] = {}
    for i in np.flatnonzero(a["gamed"]):
        day = int(last_day[a["day"][i]] - rng.integers(0, 3))
        evening[day] = evening.get(day, 20 * 3600 + 600) + int(rng.integers(20, 45))
        a["day"][i], a["second"][i] = day, day * 86_400 + evening[day]
    a["channel"] = np.where(a["gamed"], COUNTER, a["channel"])
    a["waited"] = a["waited"] & ~a["gamed"]


def _customers(rng: np.random.Generator, a: Mapping[str, np.ndarray]) -> np.ndarray:
    """A number per known customer, 0 for the anonymous; about a quarter of the known answer more than once."""
    n = len(a["branch"])
    customer, known, given = np.zeros(n, int), (rng.random(n) < 0.55) & ~a["gamed"], 0
    group = a["branch"] * 10 + a["segment"]
    for g in np.unique(group[known]):
        rows = np.flatnonzero((group == g) & known)
        people = -(-len(rows) * 3 // 4)
        numbers = np.concatenate([np.arange(people), rng.integers(0, people, len(rows) - people)])
        customer[rows] = given + 1 + rng.permutation(numbers)
        given += people
    return customer


def _wait_as_felt(rng: np.random.Generator, bank: Bank, a: dict) -> None:
    """The level of the place, the mood of the person, and the wait as it felt; `strain` is how much too long."""
    n = len(a["branch"])
    a["level"] = level(bank, a["branch"], a["day"]) + effect(CHANNELS, a["channel"]) + effect(SEGMENTS, a["segment"])
    lasting = rng.normal(0, 1, a["customer"].max() + 1)[a["customer"]]
    passing = rng.normal(0, 1, n)
    a["mood"] = np.where(a["customer"] > 0, 0.65 * lasting + 0.76 * passing, passing)

    unfair_hall = a["branch"] == bank.index(STORIES["unfair_queue"]["branch"])
    overtaken = unfair_hall & ~_overtakes(bank, a["branch"], a["segment"])
    told = is_fixed(bank, a["branch"], a["day"])
    lean = {name: np.full(n, logit(often)) for name, (often, _) in FACTORS.items()}
    lean["unfair"] += 3.0 * overtaken
    lean["anxious"] += 0.35 * (np.log1p(a["wait"]) - 2)
    for name in ("anxious", "unexplained", "uncomfortable"):
        lean[name] -= 0.25 * a["mood"]
    for name in ("uncertain", "unexplained"):
        lean[name] -= 1.1 * told
    a["factors"] = {name: rng.random(n) < expit(value) for name, value in lean.items()}

    added = sum(a["factors"][name] * by for name, (_, by) in FACTORS.items())
    felt = FELT_AT_ONE + FELT_POWER * np.log(np.maximum(a["wait"], 0.3)) + added + rng.normal(0, FELT_NOISE, n)
    minutes = np.exp(felt)
    heaped = (minutes > 12) & (rng.random(n) < 0.4)  # people say "a quarter of an hour", not 14 minutes
    a["perceived"] = np.maximum(np.where(heaped, 5 * np.rint(minutes / 5), np.rint(minutes)), 1)
    typical = np.array([17.0, 14.0, 10.0, 14.0])[a["segment"]] * np.where(a["channel"] == HOTLINE, 0.3, 1)
    a["acceptable"] = np.maximum(np.rint(typical * np.exp(rng.normal(0, 0.35, n))), 1)
    strain = np.clip(np.log((a["perceived"] + 2) / (a["acceptable"] + 2)), -1.5, 2.0)
    a["strain"] = np.where(a["waited"], strain - strain[a["waited"]].mean(), 0.0)


def _journey(rng: np.random.Generator, bank: Bank, a: dict) -> None:
    """A score per touchpoint; `memory` is the mean of peak and end, which weighs on the overall score."""
    n, story = len(a["branch"]), STORIES["bad_end"]
    bad_end = a["branch"] == bank.index(story["branch"])
    a["touches"] = {}
    for name, base in TOUCHES.items():
        value = 7.5 + base + 0.9 * a["level"] + 0.65 * a["mood"] + 1.0 * rng.standard_t(5, n)
        value = value - 0.9 * a["strain"] * (name == "wait") - 3.6 * bad_end * (name == story["touch"])
        a["touches"][name] = rounded(value, 1, 10)
    journey = np.column_stack(list(a["touches"].values())).astype(float)
    peak = journey[np.arange(n), np.abs(journey - 5.5).argmax(axis=1)]
    a["memory"] = np.where(a["channel"] == COUNTER, ((peak + journey[:, -1]) / 2 - 7.5) / 2, 0.0)


def _servqual(rng: np.random.Generator, bank: Bank, a: dict) -> None:
    """Expectation, perception and adequate level of each item; the felt dimensions weigh on recommending."""
    n = len(a["branch"])
    normal = partial(rng.standard_normal, n)
    a["source"] = pick_alike(rng, [0.38, 0.25, 0.19, 0.18], n)
    heard = np.array([0, 0.05, 0.12, 0.28])[a["source"]]
    hopeful = normal()
    rebuilding = (a["branch"] == bank.index("e05")) & (a["day"] >= 212) & (a["day"] <= 303)
    a["expected"], a["felt"], a["adequate"] = {}, {}, {}
    for item, entry in vocabulary()["items"]["servqual"].items():
        dimension = entry["dimension"]
        if dimension not in a:
            a[dimension], hope = normal(), normal()
        gap = GAPS[dimension] + ITEM_GAPS[item] - 0.75 * (item == STORIES["must_be_missing"]["item"])
        gap = gap - 0.9 * (rebuilding & (dimension == "tangibles"))
        expected = 6.35 + 0.12 * (dimension == "reliability") + heard + 0.45 * hopeful + 0.3 * hope + 0.5 * normal()
        a["expected"][item] = rounded(expected, 1, 7)
        felt = 6.22 + gap + 0.8 * a["level"] + 0.5 * a["mood"] + 0.5 * a[dimension] + 0.65 * normal()
        felt = felt - 0.35 * a["strain"] * (dimension == "responsiveness")
        a["felt"][item] = rounded(felt, 1, 7)
        a["adequate"][item] = rounded(np.minimum(expected - 1.35 + 0.4 * normal(), a["expected"][item]), 1, 7)


def _value(rng: np.random.Generator, a: dict) -> None:
    """Four gains and four costs; `worth` is what they add to the wish to recommend."""
    normal = partial(rng.standard_normal, len(a["branch"]))
    rich, pressed = np.array([0.0, 0.15, 0.35, -0.05])[a["segment"]], np.array([0.0, 0.1, 0.3, 0.35])[a["segment"]]
    gain = {name: 0.4 * a["mood"] + 0.9 * normal() for name in ("brand", "service", "people", "image")}
    cost = {"money": 0.25 + normal(), "time": 0.1 + 0.9 * normal() + 0.6 * a["strain"] + pressed,
            "energy": -0.45 + normal(), "mind": -0.1 + normal()}
    a["gain"] = {name: scores(a["level"] + rich + value, TEN, 1) for name, value in gain.items()}
    cheap = 5.0 - 0.7 * a["level"] - 0.5 * a["mood"]
    a["cost"] = {name: rounded(cheap + 1.8 * value, 1, 10) for name, value in cost.items()}
    a["worth"] = (0.45 * gain["service"] + 0.35 * gain["people"] + 0.15 * gain["brand"] + 0.05 * gain["image"]
                  - 0.45 * cost["time"] - 0.3 * cost["mind"] - 0.15 * cost["money"])


def _outcomes(rng: np.random.Generator, bank: Bank, a: dict) -> None:
    """Failure and recovery, the five indicators of satisfaction, and the wish to recommend."""
    n = len(a["branch"])
    normal = partial(rng.standard_normal, n)
    failed = rng.random(n) < expit(-1.95 - 0.2 * a["mood"] - 0.5 * a["level"])
    a["failure"] = np.where(failed, 1 + pick_alike(rng, FAILURES, n), 0).astype(np.int8)
    a["recovered"] = rng.random(n) < RECOVERED[a["failure"]]
    blow = np.where(a["recovered"], AFTER_RECOVERY[a["failure"]], WITHOUT[a["failure"]])

    skill = 0.6 * a["mood"] + 0.8 * normal()
    attitude = 0.6 * a["mood"] + 0.8 * normal()
    timeliness = 0.5 * a["mood"] + 0.75 * normal() - 0.62 * a["strain"]
    parts = 0.5 * a["mood"] + 0.87 * normal()
    drivers = np.column_stack([skill, attitude, timeliness, parts]) + bank.driver_shift[a["branch"]]
    overall = drivers @ [0.14, 0.30, 0.36, 0.07] + 0.62 * a["memory"] + 0.40 * normal() + 0.55 * blow
    names = ("skill", "attitude", "timeliness", "parts", "overall")
    a["sat"] = {name: scores(a["level"] + value, TEN, 1)
                for name, value in zip(names, [*drivers.T, overall], strict=True)}
    latent = (a["level"] + 0.72 * overall + 0.22 * a["reliability"] + 0.12 * a["responsiveness"] + 0.20 * a["worth"]
              + 0.34 * normal() + 0.55 * blow + 0.06)
    a["latent"], a["recommend"] = latent, scores(latent, RECOMMEND, 0)
