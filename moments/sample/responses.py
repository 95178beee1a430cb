"""The questionnaires and the KANO pairs, as far as each person was asked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from moments.sample.answers import COUNTER
from moments.sample.bank import CHANNELS, SEGMENTS, SERVICES, Bank, dimensions
from moments.sample.draw import cells, codes, day_of, moments, pick, pick_alike, replicate, tokens, vocabulary

KANO_SHIFTS = (  # feature, segments, what is added to must-be, one-dimensional, attractive, indifferent (percent)
    ("video_teller", ("wealth", "vip"), (0, 10, 35, -30)),
    ("appointment", ("business",), (20, 20, -25, -10)),
    ("home_service", ("business",), (-2, -5, -20, 30)),
    ("birthday_call", ("wealth", "vip"), (0, 2, 22, -8)),
)
KANO_CELLS = (  # functional, dysfunctional, share; must-be, one-dimensional, attractive, indifferent, reverse, doubtful
    ((2, 5, 0.5), (3, 5, 0.35), (4, 5, 0.15)),
    ((1, 5, 1),),
    ((1, 2, 0.15), (1, 3, 0.6), (1, 4, 0.25)),
    ((2, 2, 0.04), (2, 3, 0.2), (2, 4, 0.2), (3, 3, 0.34), (3, 4, 0.14), (4, 4, 0.03), (4, 3, 0.05)),
    ((5, 3, 0.4), (5, 2, 0.2), (5, 1, 0.1), (3, 1, 0.2), (4, 1, 0.1)),
    ((1, 1, 0.8), (5, 5, 0.2)),
)


def table(rng: np.random.Generator, bank: Bank, a: Mapping[str, Any]) -> pa.Table:
    """The table `responses`. All are asked whether they would recommend; of the other blocks each only some."""
    n, gamed = len(a["branch"]), a["gamed"]

    def some(chance: float | np.ndarray) -> np.ndarray:
        return rng.random(n) < chance

    def score(values: np.ndarray, asked: np.ndarray, straight: int) -> pa.Array:
        """A column of scores, a cell left blank now and then; forms filled in by the branch itself are all alike."""
        return cells(np.where(gamed, straight, values), pa.int8(), asked & (some(0.985) | gamed))

    def flag(lean: np.ndarray | float, straight: bool) -> pa.Array:
        return cells(np.where(gamed, straight, some(expit(lean))), pa.bool_(), asked_pain)

    columns = {
        "response": cells(a["response"], pa.int64()),
        "customer": pa.array([f"c{number:06d}" if number else None for number in a["customer"]], pa.string()),
        **dimensions(bank, a["branch"], codes(CHANNELS, a["channel"]), a["segment"], a["service"]),
        "replicate": cells(replicate(a["person"]), pa.int8()),
        "answered_at": moments(a["second"]),
        "recommend": score(a["recommend"], np.ones(n, bool), 10),
    }
    asked, asked_overall = some(0.72), some(0.95)
    for name, values in a["sat"].items():
        columns[f"sat_{name}"] = score(values, asked_overall if name == "overall" else asked, 10)
    asked = some(0.22)
    for family, values, shown in (("expected", a["expected"], asked), ("perceived", a["felt"], asked),
                                  ("adequate", a["adequate"], asked & some(0.5))):
        columns |= {f"{family}_{item}": score(given, shown, 7) for item, given in values.items()}
    columns["source"] = codes(vocabulary()["codes"]["source"], a["source"], asked)

    asked = some(0.45) & a["waited"]
    for name, values in (("actual", a["wait"]), ("perceived", a["perceived"]), ("acceptable", a["acceptable"])):
        columns[f"wait_{name}"] = cells(values, pa.float64(), asked & some(0.985))
    columns |= {f"factor_{name}": cells(said, pa.bool_(), asked) for name, said in a["factors"].items()}

    asked_pain, low = some(0.35), -0.75 * a["latent"]
    pains = {"time": -1.3 + low + 0.8 * a["strain"], "worry": -1.5 + low - 0.5 * a["reliability"], "effort": -2.0 + low}
    vip = a["segment"] == list(SEGMENTS).index("vip")
    warmths = {"comfort": -0.6, "ease": -0.3, "respect": -1.1 + 0.8 * vip, "warmth": -0.9}
    columns |= {f"pain_{name}": flag(lean, False) for name, lean in pains.items()}
    columns |= {f"warm_{name}": flag(lean - low, True) for name, lean in warmths.items()}

    asked = some(0.34) & (a["channel"] == COUNTER)
    columns |= {f"touch_{name}": score(values, asked, 10) for name, values in a["touches"].items()}
    asked = some(0.16)
    columns |= {f"gain_{name}": score(values, asked, 10) for name, values in a["gain"].items()}
    columns |= {f"cost_{name}": score(values, asked, 1) for name, values in a["cost"].items()}
    asked = some(0.45) & ~gamed
    columns["failure"] = cells(a["failure"], pa.int8(), asked)
    columns["recovered"] = cells(a["recovered"], pa.bool_(), asked & (a["failure"] > 0))
    comments = _comments(rng, a)
    columns["comment"] = pa.array(comments, pa.string())
    columns["words"] = tokens(comments)
    return pa.table(columns)


def _comments(rng: np.random.Generator, a: Mapping[str, Any]) -> list[str | None]:
    """Free text that goes with the scores: its theme is what weighed most on this person, or pleased them most."""
    v, n = vocabulary()["comments"], len(a["branch"])
    bad = a["recommend"] <= 6
    grudging = bad | ((a["recommend"] == 7) & (rng.random(n) < 0.5))
    writes = rng.random(n) < np.where(np.abs(a["recommend"] - 7.5) > 1.2, 0.31, 0.20)
    english = rng.random(n) < 0.04
    chances = _theme_chances(a, bad)
    themes = list(chances)
    matrix = np.column_stack(list(chances.values()))
    first, second = pick(rng, matrix), pick(rng, matrix)
    draws = rng.random((n, 7))
    services = [vocabulary()["codes"]["service"][code] for code in SERVICES]
    texts: list[str | None] = [None] * n
    for i in np.flatnonzero(writes):
        u = draws[i]
        if a["gamed"][i]:
            texts[i] = _one(v["frame"]["gamed"], u[0])
            continue
        language, mood = "en" if english[i] else "zh", "bad" if grudging[i] else "good"
        fill = {"min": int(max(a["perceived"][i], 2)), "service": services[a["service"][i]][language].lower()}
        if english[i]:
            text = _one(v[themes[first[i]]][f"{mood}_en"], u[0])
            texts[i] = text[0].upper() + text[1:].format(**fill) + "."
            continue
        text = _one(v["frame"]["open"], u[1]) if u[2] < 0.3 and a["channel"][i] == COUNTER else ""
        text += _one(v[themes[first[i]]][mood], u[0])
        if u[3] < 0.45 and second[i] != first[i]:
            text += v["frame"]["comma"] + _one(v[themes[second[i]]][mood], u[4])
        ends = v["frame"][f"close_{mood}"]
        texts[i] = (text + (_one(ends, u[5]) if u[6] < 0.3 else ends[0])).format(**fill)
    return texts


def _one(options: list[str], u: float) -> str:
    return options[int(u * len(options))]


def _theme_chances(a: Mapping[str, Any], bad: np.ndarray) -> dict[str, np.ndarray]:
    """How likely each person is to write about each theme."""
    channel = list(CHANNELS).index
    sat, counter = a["sat"], a["channel"] == COUNTER
    in_branch = counter | (a["channel"] == channel("machine"))
    relief = np.clip(np.where(bad, a["strain"], -a["strain"]), 0, None)
    return {
        "wait": (0.5 + 1.6 * relief) * counter,
        "attitude": (0.9 + 0.3 * np.abs(sat["attitude"] - 7)) * counter,
        "skill": (0.6 + 0.2 * np.abs(sat["skill"] - 7)) * counter,
        "fees": np.where(bad, 1.6, 0.25),
        "machine": (0.6 + 0.15 * np.abs(sat["parts"] - 7)) * in_branch,
        "app": 2.2 * (a["channel"] == channel("mobile")),
        "line": 2.6 * np.isin(a["channel"], (channel("hotline"), channel("online"))),
        "unfair": np.where(bad, 7.0, 0.1) * np.where(bad, a["factors"]["unfair"], 1) * counter,
        "farewell": np.where(bad, 3.0 * (a["touches"]["farewell"] < 4), 0.25) * counter,
        "failure": 2.5 * (a["failure"] > 0) * (bad | a["recovered"]),
        "general": np.full(len(bad), 0.7),
    }


def kano(rng: np.random.Generator, bank: Bank, a: Mapping[str, Any], size: float) -> pa.Table:
    """The table `kano`: pairs of one respondent and one feature, asked of some of last year's respondents."""
    eligible = np.flatnonzero((a["day"] >= day_of(date(2025, 1, 1))) & ~a["gamed"])
    people = np.sort(rng.choice(eligible, min(int(1_500 * size), len(eligible)), replace=False))
    features = vocabulary()["items"]["kano"]
    who = np.repeat(people, len(features))
    feature = np.tile(np.array(list(features), dtype=object), len(people))
    mix = np.tile([entry["mix"] for entry in features.values()], (len(people), 1)).astype(float)
    for name, segments, added in KANO_SHIFTS:
        group = np.isin(a["segment"][who], [list(SEGMENTS).index(code) for code in segments])
        mix[(feature == name) & group, :4] += added
    category = pick(rng, np.maximum(mix, 0.5))
    pair = np.zeros((len(who), 2), np.int8)
    for number, options in enumerate(KANO_CELLS):
        rows = np.flatnonzero(category == number)
        pair[rows] = np.array(options)[pick_alike(rng, [often for *_, often in options], len(rows)), :2]
    columns = pa.table({
        "response": cells(a["response"][who], pa.int64()),
        **dimensions(bank, a["branch"][who], codes(CHANNELS, a["channel"][who]), a["segment"][who], a["service"][who]),
        "replicate": cells(replicate(a["person"][who]), pa.int8()),
        "answered_at": moments(a["second"][who]),
        "feature": pa.array(feature, pa.string()),
        "functional": cells(pair[:, 0], pa.int8()),
        "dysfunctional": cells(pair[:, 1], pa.int8()),
    })
    return columns.filter(pa.array(rng.random(len(who)) < 0.985))
