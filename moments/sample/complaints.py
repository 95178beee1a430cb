"""The complaints: what about, how fast answered and closed, how well handled, and what the customer says after."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from moments.sample.answers import by_hour
from moments.sample.bank import SERVICES, Bank, dimensions, effect, is_fixed, level, rush, share
from moments.sample.draw import (
    DAYS,
    END,
    WEEKDAY,
    cells,
    codes,
    day_of,
    logit,
    moments,
    pick,
    pick_alike,
    replicate,
    rounded,
    tokens,
    vocabulary,
)
from moments.sample.stories import STORIES
from moments.sample.visits import WEEKDAYS

CATEGORIES: dict[str, tuple[float, dict[str, float]]] = {  # share of complaints; issues with their share
    "fees": (0.24, {"fee_not_told": 0.72, "fee_wrong": 0.28}),
    "queue": (0.18, {"long_wait": 0.62, "unfair_order": 0.12, "few_counters": 0.26}),
    "attitude": (0.14, {"cold": 0.6, "shifted": 0.4}),
    "card": (0.13, {"frozen": 0.65, "card_lost": 0.35}),
    "app": (0.12, {"app_down": 0.55, "app_login": 0.45}),
    "loan": (0.08, {"loan_slow": 0.55, "loan_papers": 0.45}),
    "invest": (0.06, {"risk_not_told": 0.6, "redeem_late": 0.4}),
    "machine": (0.05, {"card_eaten": 0.5, "out_of_order": 0.5}),
}
GRAVE = ("card", "invest")  # categories with more than their share of serious cases
CHANNELS = {  # share; first answer in seconds: median, spread of its logarithm
    "online": (0.40, 13, 0.75), "hotline": (0.33, 25, 0.9), "counter": (0.17, 360, 1.0), "mobile": (0.10, 7200, 1.1)}
CLOSURE_HOURS = np.array([14.0, 27.0, 75.0])  # median by severity
DUE_HOURS = np.array([48, 120, 360])
CLEAR = {  # how often the step is kept, and what it adds to satisfaction after
    "control": (0.82, 0.20), "listen": (0.76, 0.42), "establish": (0.58, 0.26), "apologise": (0.70, 0.34),
    "resolve": (0.56, 0.75)}
STRATEGIES = {  # share, effect on satisfaction after
    "apology": (0.24, -0.10), "explanation": (0.26, -0.15), "quick_action": (0.20, 0.30),
    "fair_treatment": (0.10, 0.10), "compensation": (0.11, 0.22), "follow_up": (0.09, 0.28)}
OUTAGE = (date(2025, 6, 18), date(2025, 6, 19))
NEW_FEES = date(2024, 7, 1)


def table(rng: np.random.Generator, bank: Bank, size: float) -> pa.Table:
    """The table `complaints`. What would happen after the last day of the data has not happened yet."""
    c = _received(rng, bank, size)
    n = len(c["branch"])
    c |= _subject(rng, bank, c)
    c |= _handling(rng, bank, c)
    complaint = np.arange(1, n + 1)
    texts = _texts(rng, c)
    closed = np.isfinite(c["closed"])
    recorded = closed & (rng.random(n) < 0.93)
    return pa.table({
        "complaint": cells(complaint, pa.int64()),
        **dimensions(bank, c["branch"], codes(CHANNELS, c["channel"]), c["segment"], c["service"]),
        "replicate": cells(replicate(20_000_000 + complaint), pa.int8()),
        "received_at": moments(c["received"]),
        "category": codes(CATEGORIES, c["category"]),
        "issue": pa.array(c["issue"], pa.string()),
        "severity": cells(c["severity"], pa.int8()),
        "classified_at": moments(c["classified"]),
        "first_response_at": moments(c["answered"]),
        "closed_at": moments(c["closed"]),
        "confirmed_at": moments(c["confirmed"]),
        "due_at": moments(c["due"]),
        "timely": codes(("yes", "no", "pending"), c["timely"]),
        "status": codes(("open", "closed"), closed.astype(int)),
        **{f"clear_{step}": cells(kept, pa.bool_(), recorded) for step, kept in c["clear"].items()},
        "strategy": codes(STRATEGIES, c["strategy"], recorded),
        "sat_after": cells(c["after"], pa.int8(), closed & (rng.random(n) < 0.64)),
        "repeated": cells(c["repeated"], pa.bool_()),
        "escalated": cells(c["escalated"], pa.bool_()),
        "text": pa.array(texts, pa.string()),
        "words": tokens(texts),
    })


def _received(rng: np.random.Generator, bank: Bank, size: float) -> dict[str, np.ndarray]:
    """Where and when: more at large, bad and festive places, in order of time."""
    day = np.arange(DAYS)
    by_day = WEEKDAYS[WEEKDAY] * np.where(rush(), 2.7, 1) * np.where(_outage(day), 8, 1)
    good = np.array([level(bank, np.full(DAYS, branch), day) for branch in range(len(bank.codes))])
    weights = (bank.size[:, None] * by_day * np.exp(-1.2 * good) * (day >= bank.opened[:, None])).ravel()
    place = rng.choice(weights.size, int(4_000 * size), p=weights / weights.sum())
    branch, day = place // DAYS, place % DAYS
    n = len(place)
    received = day * 86_400 + rng.choice(24, n, p=by_hour()) * 3600 + rng.integers(0, 3600, n)
    order = np.lexsort((branch, received))
    branch = branch[order]
    return {
        "branch": branch, "day": day[order], "received": received[order].astype(float),
        "channel": pick_alike(rng, share(CHANNELS), n), "segment": pick(rng, bank.segment_mix[branch]),
        "service": pick_alike(rng, share(SERVICES), n),
    }


def _outage(day: np.ndarray) -> np.ndarray:
    return np.isin(day, [day_of(when) for when in OUTAGE])


def _subject(rng: np.random.Generator, bank: Bank, c: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Category, issue and severity."""
    n, day = len(c["branch"]), c["day"]
    unfair = c["branch"] == bank.index(STORIES["unfair_queue"]["branch"])
    chances = dict(zip(CATEGORIES, np.tile(share(CATEGORIES), (n, 1)).T, strict=True))
    fixed = is_fixed(bank, c["branch"], day)
    for name, when, times in (("queue", rush()[day], 3.2), ("queue", fixed, 0.4), ("queue", unfair, 2.2),
                              ("machine", rush()[day], 1.8), ("app", _outage(day), 60),
                              ("fees", day >= day_of(NEW_FEES), 1.3)):
        chances[name] = np.where(when, times * chances[name], chances[name])
    category = pick(rng, np.column_stack(list(chances.values())))
    issue = np.empty(n, dtype=object)
    for number, (_, issues) in enumerate(CATEGORIES.values()):
        rows = np.flatnonzero(category == number)
        parts = np.tile(list(issues.values()), (len(rows), 1))
        if "unfair_order" in issues:
            parts[:, list(issues).index("unfair_order")] *= np.where(unfair[rows], 14, 1)
        issue[rows] = np.array(list(issues), dtype=object)[pick(rng, parts)]
    grave = np.isin(category, [list(CATEGORIES).index(name) for name in GRAVE])
    severity = 1 + pick(rng, np.where(grave[:, None], [0.40, 0.38, 0.22], [0.52, 0.38, 0.10]))
    return {"category": category, "issue": issue, "severity": severity}


def _handling(rng: np.random.Generator, bank: Bank, c: dict[str, np.ndarray]) -> dict[str, Any]:
    """Clocks, steps kept, and what came of it. Times in seconds since FIRST, NaN for what has not happened."""
    n, day, received, severity = len(c["branch"]), c["day"], c["received"], c["severity"]
    median, spread = (np.array([entry[k] for entry in CHANNELS.values()])[c["channel"]] for k in (1, 2))
    answered = received + np.maximum(np.rint(median * np.exp(spread * rng.normal(0, 1, n))), 1)
    classified = received + np.rint((answered - received) * rng.uniform(0.2, 0.9, n))
    strategy = pick_alike(rng, share(STRATEGIES), n)
    quick = strategy == list(STRATEGIES).index("quick_action")
    place = rng.lognormal(0, 0.25, len(bank.codes))[c["branch"]]
    hours = CLOSURE_HOURS[severity - 1] * place * (1 - 0.2 * day / DAYS) * np.where(rush()[day], 1.25, 1)
    hours = hours * np.where(quick, 0.65, 1) * np.exp(rng.normal(0, 0.95, n))
    closed = answered + np.rint(hours * 3600)
    closed[rng.random(n) < 0.012] = np.inf  # lost in a drawer
    confirmed = np.where(rng.random(n) < 0.72, closed + np.rint(rng.uniform(0.3, 5, n) * 86_400), np.inf)
    times = {"answered": answered, "classified": classified, "closed": closed, "confirmed": confirmed}
    times = {name: np.where(time < END, time, np.nan) for name, time in times.items()}
    due = received + DUE_HOURS[severity - 1] * 3600
    done = np.isfinite(times["closed"])
    in_time = done & (times["closed"] <= due)

    care = rng.normal(0, 0.5, len(bank.codes))[c["branch"]]
    clear = {step: rng.random(n) < expit(logit(often) + care) for step, (often, _) in CLEAR.items()}
    days = np.maximum((np.where(done, times["closed"], END) - received) / 86_400, 0.05)
    pleased = sum(clear[step] * by for step, (_, by) in CLEAR.items()) + effect(STRATEGIES, strategy) - 1.55
    pleased = pleased - 0.3 * (severity - 1) - 0.22 * np.log(days) + rng.normal(0, 0.8, n)
    repeated = expit(-1.2 - 1.3 * clear["resolve"] + 0.3 * (severity - 1))
    escalated = expit(-3.2 + 0.8 * (severity - 1) + 0.9 * ~in_time - 0.6 * clear["apologise"])
    return {
        **times, "due": due, "strategy": strategy, "clear": clear, "after": rounded(6.6 + 1.75 * pleased, 1, 10),
        "timely": np.select([in_time, ~done & (due > END)], [0, 2], 1),
        "repeated": rng.random(n) < repeated, "escalated": rng.random(n) < escalated,
    }


def _texts(rng: np.random.Generator, c: dict[str, np.ndarray]) -> list[str]:
    v = vocabulary()
    services = [v["codes"]["service"][code] for code in SERVICES]
    texts = []
    for issue, service, u in zip(c["issue"], c["service"], rng.random((len(c["issue"]), 6)), strict=True):
        english = u[0] < 0.05 and issue in v["complaints_en"]
        options = v["complaints_en" if english else "complaints"][issue]
        text = options[int(u[1] * len(options))]
        large = 100 if issue in ("redeem_late", "risk_not_told") else 1
        fill = {"min": int(25 + 70 * u[2] ** 2), "days": int(3 + 25 * u[3] ** 2),
                "yuan": 10 * round(1 + 80 * u[4] ** 3) * large, "phone": f"1990000{int(u[5] * 1e4):04d}",
                "service": services[service]["en" if english else "zh"].lower()}
        if not english and u[0] > 0.6:
            text += v["complaint_add"]["zh"][int(u[5] * len(v["complaint_add"]["zh"]))]
        texts.append(text.format(**fill))
    return texts
